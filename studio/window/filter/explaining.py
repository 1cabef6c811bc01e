"""The sum behind a pixel: of which pixel, and where it is shown in the picture."""

import functools
from collections.abc import Callable

from PySide6.QtCore import QObject, QRect, Signal, Slot

from studio.filters.arithmetic import why_none
from studio.filters.cutting import Box, window_box
from studio.image.picture import full_scale
from studio.window.canvas.compare import CompareView
from studio.window.canvas.walk_overlay import WalkOverlay
from studio.window.filter.arithmetic.panel import CHANNELS, ArithmeticPanel
from studio.window.filter.pointing import Explained, explained
from studio.window.filter.result import Result
from studio.window.latest import Latest
from studio.window.translate import tr


class Explaining(QObject):
    """Keeps the arithmetic panel at the pinned pixel, the one pointed at, or a striking one.

    Parameters
    ----------
    wanted : callable
        Gives the result and the row of the filter to explain, or words that say why there is none.

    Signals: `failed(StudioError)`.
    """

    failed = Signal(object)

    def __init__(
        self,
        compare: CompareView,
        panel: ArithmeticPanel,
        wanted: Callable[[], tuple[Result, int] | str],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._compare = compare
        self._panel = panel
        self._wanted = wanted
        self._pinned: tuple[int, int] | None = None  # column and row it stays at
        self._cursor: tuple[int, int] | None = None
        self._channel = 0
        self._shown: Explained | None = None
        self._overlay = WalkOverlay()
        self._latest = Latest(tr("Filtering"), interim=True, parent=self)
        self._latest.result.connect(self._show)
        self._latest.failed.connect(self.failed)
        panel.wanted.connect(self._explain)
        panel.walked.connect(self._show_walk)
        panel.walk_ended.connect(self._end_walk)
        panel.channel_changed.connect(self._choose_channel)
        panel.cell_hovered.connect(self._mark_cell)
        panel.cell_left.connect(self._mark_no_cell)
        compare.cursor_moved.connect(self._point)
        compare.cursor_left.connect(self._leave)
        compare.clicked.connect(self.pin)
        compare.view_changed.connect(self._tell_seen)

    @Slot(int, int)
    def pin(self, x: int, y: int) -> None:
        """Stay at a pixel; at the same one again, follow the cursor."""
        self._pinned = None if self._pinned == (x, y) else (x, y)
        self._panel.end_walk()
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Another filter is chosen, or its result is another one."""
        wanted = self._wanted()
        if isinstance(wanted, str):
            self._panel.set_geometry(0, 0)
        else:
            result, row = wanted
            self._panel.set_geometry(*result.evaluation.size(result.stage(row)))
            self._tell_seen()
        self._submit(self._pinned or self._cursor)

    @Slot(int, int)
    def _explain(self, x: int, y: int) -> None:
        self._submit((x, y))

    def _submit(self, place: tuple[int, int] | None) -> None:
        wanted = self._wanted()
        if isinstance(wanted, str):
            self._latest.cancel()
            self._panel.show_words(wanted)
            return
        result, row = wanted
        step = result.chain.steps[row]
        title = tr(step.filter.title)
        if not step.on or why_none(step.filter):
            self._latest.cancel()
            words = tr("{filter} is switched off.") if not step.on else _why(why_none(step.filter))
            self._panel.show_words(words.format(filter=title))
            return
        self._latest.submit(functools.partial(explained, result, row, place, self._channel))

    @Slot(object)
    def _show(self, shown: Explained) -> None:
        wanted = self._wanted()
        if isinstance(wanted, str) or shown.arithmetic is None:
            return
        self._shown = shown
        channel = CHANNELS[min(self._channel, 2)] if shown.channels == 3 else ""
        white = full_scale(wanted[0].picture.pixels)
        self._panel.show_arithmetic(shown.arithmetic, *shown.place, channel, shown.depth, white)

    # The cursor

    @Slot(int, int)
    def _point(self, x: int, y: int) -> None:
        self._cursor = (x, y)
        if self._pinned is None:
            self._panel.hover(x, y)

    @Slot()
    def _leave(self) -> None:
        self._cursor = None

    @Slot(int)
    def _choose_channel(self, channel: int) -> None:
        self._channel = channel
        self._submit(self._shown.place if self._shown else self._pinned or self._cursor)

    # The walk

    @Slot()
    def _tell_seen(self) -> None:
        wanted = self._wanted()
        if isinstance(wanted, str):
            return
        result, row = wanted
        height, width = result.evaluation.size(result.stage(row))
        view = self._compare.current
        seen = view.seen(view.picture_size) & QRect(0, 0, width, height)
        if self._compare.mode == "split":  # the result is right of the line
            seen.setLeft(seen.left() + round(self._compare.split.share * seen.width()))
        box = Box(seen.top(), seen.bottom() + 1, seen.left(), seen.right() + 1)
        pixel = view.scale / view.devicePixelRatioF()
        self._panel.set_seen(None if seen.isEmpty() else box, pixel)

    @Slot(int, int)
    def _show_walk(self, x: int, y: int) -> None:
        wanted, walk = self._wanted(), self._panel.walk
        if isinstance(wanted, str) or walk is None:
            return
        result, row = wanted
        stage = result.stage(row)
        size = result.evaluation.size(stage - 1)
        window = window_box(result.chain.steps[row].filter, y, x)
        self._overlay.show(window, size, walk.block, walk.rest)
        # Other filters before or after it may have changed the size: no place is to be shown there.
        fits_before = size == result.evaluation.size(0)
        fits_after = result.evaluation.size(stage) == result.size
        compare, overlay = self._compare, self._overlay
        compare.before.set_overlay(overlay.paint_before if fits_before else None)
        compare.after.set_overlay(overlay.paint_after if fits_after else None)
        compare.split.set_overlay(overlay.paint_split if fits_before and fits_after else None)

    @Slot()
    def _end_walk(self) -> None:
        self._overlay.clear()
        for view in self._compare.views:
            view.set_overlay(None)

    @Slot(int, int)
    def _mark_cell(self, down: int, across: int) -> None:
        if self._shown is not None and self._shown.arithmetic is not None:
            top, left = self._shown.arithmetic.centre
            self._overlay.set_cell(down + top, across + left)
            self._compare.update_pictures()

    @Slot()
    def _mark_no_cell(self) -> None:
        self._overlay.set_cell()
        self._compare.update_pictures()


def _why(reason: str) -> str:
    return "{filter} " + tr(reason) + "."
