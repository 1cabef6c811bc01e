"""Keeps the views of a picture before and after filled, wherever a person looks."""

import functools

from PySide6.QtCore import QObject, QRect, Signal, Slot

from studio.filters.base import Filter
from studio.filters.chain import Chain
from studio.filters.cutting import Box
from studio.filters.rendering import level_for
from studio.image.display import Shown
from studio.image.picture import Picture
from studio.window.canvas.compare import CompareView
from studio.window.canvas.mosaic import Mosaic
from studio.window.filter.result import Drawn, Facts, Result, compute, draw
from studio.window.latest import Latest
from studio.window.translate import tr


class Renderer(QObject):
    """Computes what is looked at, the nearest to the middle first, and shows it piece by piece.

    The last result stays until pieces of the new one take its place.

    Signals: `result_changed(Result)` before the first piece of a new result arrives,
    `facts_changed(Facts)` whenever more is known of it, `failed(StudioError)`,
    `busy_changed(bool)`, `progress(float)` while something has to be computed first, and
    `filled` when all that is looked at is there; `piece_shown` with "before" or "after".
    """

    result_changed = Signal(object)
    facts_changed = Signal(object)
    failed = Signal(object)
    busy_changed = Signal(bool)
    progress = Signal(float)
    filled = Signal()
    piece_shown = Signal(str)

    def __init__(self, compare: CompareView, parent: QObject) -> None:
        super().__init__(parent)
        self._compare = compare
        self._before: Mosaic | None = None
        self._after: Mosaic | None = None
        self._result: Result | None = None
        self._next: Result | None = None
        self._has_drawn = False
        self._was_busy = False
        self._computing = Latest(tr("Filtering"), interim=True, parent=self)
        self._computing.result.connect(self._take_result)
        self._computing.failed.connect(self.failed)
        self._computing.busy.connect(self._tell)
        self._drawing = Latest(tr("Filtering"), parent=self)
        self._drawing.result.connect(self._take_piece)
        self._drawing.failed.connect(self.failed)
        self._drawing.busy.connect(self._go_on)
        compare.view_changed.connect(self._look)

    @property
    def result(self) -> Result | None:
        """The newest result of which something is shown."""
        return self._result

    @property
    def is_busy(self) -> bool:
        """Whether pieces that are looked at are still missing."""
        if self._computing.is_busy or self._next is not None:
            return True
        return self._drawing.is_busy and not self.is_filled

    @property
    def is_filled(self) -> bool:
        """Whether all that is looked at is there."""
        mosaics = (self._before, self._after)
        return all(mosaic is not None and mosaic.is_complete for mosaic in mosaics)

    def show(
        self, picture: Picture, chain: Chain, shown: Shown, row: int, other: Filter | None = None
    ) -> None:
        """Show what a chain makes of a picture; `row` is the chosen filter.

        With another filter: the results of the chosen one and of the other in its place.
        """
        last = self._next or self._result
        self._computing.submit(functools.partial(compute, picture, chain, shown, row, last, other))

    def cancel(self) -> None:
        """Nothing more is computed; what is shown stays."""
        self._next = None
        self._computing.cancel()
        self._drawing.cancel()

    def release(self) -> None:
        """Let go of the views, which something else fills until the next `show`."""
        self.cancel()
        self._before = self._after = self._result = None

    @Slot(object)
    def _take_result(self, given: float | Result) -> None:
        if isinstance(given, float):
            self.progress.emit(given)
            self._computing.skip()
            return
        self._next = given
        # One that never shows a piece because a newer one always comes would be no preview.
        if self._has_drawn or not self._drawing.is_busy:
            self._adopt()

    def _adopt(self) -> None:
        result, self._next = self._next, None
        assert result is not None
        last = self._result
        is_other = last is None or not last.before.looks_like(result.before)
        self._result = None  # until both mosaics are there, nothing looks anywhere
        if self._before is None or (self._before.height, self._before.width) != result.before.size:
            self._before = Mosaic(*result.before.size, self._compare.before.levels)
            self._compare.set_before(self._before)
        if is_other:
            self._before.renew()
        if self._after is None or (self._after.height, self._after.width) != result.after.size:
            self._after = Mosaic(*result.after.size, self._compare.after.levels)
            self._compare.set_after(self._after)
        self._after.renew()
        self._result = result
        self._draw()
        self.result_changed.emit(result)

    @Slot()
    def _look(self) -> None:
        """Another part of the picture is seen, or at another zoom."""
        if self._result is not None and self._next is None:
            self._draw()

    def _draw(self) -> None:
        assert self._result is not None
        assert self._before is not None
        assert self._after is not None
        view, scale = self._compare.current, self._compare.scale
        level = level_for(scale, *self._result.after.size)
        before = self._before.look(level, _box(view.seen(self._before.size)))
        after = self._after.look(level, _box(view.seen(self._after.size)))
        if before or after:
            self._has_drawn = False
            self._drawing.submit(functools.partial(draw, self._result, level, before, after))
        self._tell()

    @Slot(object)
    def _take_piece(self, given: Drawn | Facts) -> None:
        if isinstance(given, Facts):
            self._has_drawn = True
            self.facts_changed.emit(given)
        else:
            mosaic = self._before if given.which == "before" else self._after
            assert mosaic is not None
            mosaic.put(given.tile)
            self._compare.update_pictures()
            self.piece_shown.emit(given.which)
            self._has_drawn |= given.which == "after"
        if self._next is not None and self._has_drawn:
            self._adopt()
        self._tell()

    @Slot()
    def _go_on(self) -> None:
        if self._next is not None and not self._drawing.is_busy:
            self._adopt()
        self._tell()

    @Slot()
    def _tell(self) -> None:
        if self.is_busy != self._was_busy:
            self._was_busy = self.is_busy
            self.busy_changed.emit(self._was_busy)
            if not self._was_busy and self.is_filled:
                self.filled.emit()


def _box(seen: QRect) -> Box:
    return Box(seen.top(), seen.bottom() + 1, seen.left(), seen.right() + 1)
