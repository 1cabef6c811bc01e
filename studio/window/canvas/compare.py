"""A picture before and after, with one zoom and one place."""

import functools
import math
from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QKeyEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QWidget

from studio.filters.cutting import Box
from studio.filters.places import Places
from studio.image.picture import Pixels
from studio.window.canvas.levels import Levels
from studio.window.canvas.line_tool import Line, Tool
from studio.window.canvas.measuring import MeasuringView
from studio.window.canvas.mosaic import Paintable
from studio.window.canvas.split import SplitView
from studio.window.chrome import theme
from studio.window.translate import tr

Mode = Literal["side", "split", "blink"]

_BLINK_MS = 600


class CompareView(QWidget):
    """Before and after: side by side, split by a line, or one after the other.

    Signals: as those of `PictureView`, from whichever picture is under the cursor; `line_drawn` as
    that of `MeasuringView`, in pixels of the picture before; `numbers_wanted` when `numbers_boxes`
    are others.
    """

    cursor_moved = Signal(int, int)
    cursor_left = Signal()
    clicked = Signal(int, int)
    view_changed = Signal()
    line_drawn = Signal(int, int, int, int)
    numbers_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._mode: Mode = "side"
        self._left_mode: Mode = "side"
        self.before, self.after, self.split = MeasuringView(), MeasuringView(), SplitView()
        self.set_names()
        self.before.setAccessibleName(tr("Picture before"))
        self.after.setAccessibleName(tr("Picture after"))
        self.split.setAccessibleName(tr("Picture before and after"))
        pair = QWidget()
        row = QHBoxLayout(pair)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(1)  # the line between them is what lies behind
        row.addWidget(self.before, 1)
        row.addWidget(self.after, 1)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(pair)
        self._pages.addWidget(self.split)
        self.before.link(self.after)
        self.before.link(self.split)
        self.after.link(self.split)
        for view in self.views:
            view.cursor_moved.connect(self._point)
            view.cursor_left.connect(self._leave)
            view.clicked.connect(self.clicked)
            view.view_changed.connect(functools.partial(self._tell, view))
            view.line_drawn.connect(functools.partial(self._take_line, view))
        self._places = Places()
        self._numbers_boxes: tuple[Box | None, Box | None] = (None, None)
        self.view_changed.connect(self._ask_numbers)
        self._timer = QTimer(self, interval=_BLINK_MS)
        self._timer.timeout.connect(self.toggle)

    @property
    def views(self) -> tuple[MeasuringView, MeasuringView, SplitView]:
        return self.before, self.after, self.split

    @property
    def current(self) -> MeasuringView:
        """A view that is seen now; all of them look at the same place."""
        return self.after if self._mode == "side" else self.split

    def set_before(self, shown: NDArray[np.uint8] | Paintable | None) -> None:
        """Show height x width x 3 pixels as the picture before, or nothing."""
        levels = Levels(shown) if isinstance(shown, np.ndarray) else shown
        self.before.set_rgb(levels)
        self.split.set_before(levels)

    def set_after(self, shown: NDArray[np.uint8] | Paintable | None) -> None:
        """Show height x width x 3 pixels as the picture after, or nothing."""
        levels = Levels(shown) if isinstance(shown, np.ndarray) else shown
        self.after.set_rgb(levels)
        self.split.set_rgb(levels)

    def set_names(self, before: str = "", after: str = "") -> None:
        """Call the two something else than before and after, or that again."""
        names = before or tr("Before"), after or tr("After")
        self.before.set_badge(names[0])
        self.after.set_badge(names[1])
        self.split.set_names(*names)

    def update_pictures(self) -> None:
        """Paint again what has changed in the pictures themselves."""
        for view in self.views:
            view.update()

    @property
    def mode(self) -> Mode:
        return self._mode

    @mode.setter
    def mode(self, mode: Mode) -> None:
        if mode == "blink" and self._mode != "blink":
            self._left_mode = self._mode
        self._mode = mode
        self._pages.setCurrentIndex(0 if mode == "side" else 1)
        self.split.set_only("before" if mode == "blink" else "")
        self._run_timer()
        self.view_changed.emit()

    @property
    def scale(self) -> float:
        """Device pixels per picture pixel."""
        return self.current.scale

    def fit(self) -> None:
        self.current.fit()

    def actual_size(self) -> None:
        self.current.actual_size()

    def reset(self) -> None:
        self.current.reset()

    def zoom_by(self, factor: float) -> None:
        self.current.zoom_by(factor)

    def set_cross(self, x: int | None = None, y: int | None = None) -> None:
        """Mark a picture pixel in every view, or none."""
        for view in self.views:
            view.set_cross(x, y)

    # Numbers in the pixels, and the line

    @property
    def numbers_boxes(self) -> tuple[Box | None, Box | None]:
        """The parts of the pictures before and after whose values are to be written into them."""
        before, after = (
            self.current.numbers_box_in(view.picture_size) for view in (self.before, self.after)
        )
        return before, after

    @Slot()
    def _ask_numbers(self) -> None:
        boxes = self.numbers_boxes
        if boxes != self._numbers_boxes:
            self._numbers_boxes = boxes
            self.numbers_wanted.emit()

    def set_numbers_before(self, box: Box | None = None, values: Pixels | None = None) -> None:
        """Write values, height x width x channels, into the pixels of the picture before."""
        self.before.set_numbers(box, values)
        self.split.set_numbers_before(box, values)

    def set_numbers_after(self, box: Box | None = None, values: Pixels | None = None) -> None:
        """Write values, height x width x channels, into the pixels of the picture after."""
        self.after.set_numbers(box, values)
        self.split.set_numbers(box, values)

    @property
    def tool(self) -> Tool:
        """What dragging does: `look` around, or draw a `line`."""
        return self.current.tool

    @tool.setter
    def tool(self, tool: Tool) -> None:
        for view in self.views:
            view.tool = tool

    @property
    def line(self) -> Line | None:
        """The line, in pixels of the picture before."""
        return self.before.line

    def set_places(self, places: Places) -> None:
        """Say where pixels of the picture before lie in the one after."""
        self._places = places

    def set_line(self, line: Line | None, mark: tuple[float, float] | None = None) -> None:
        """Show a line, and a place on it, in every view; in pixels of the picture before."""
        there = self._places.there
        self.before.set_line(line, mark)
        for view in (self.after, self.split):
            view.set_line(line and _moved(line, there), mark and there(*mark))

    def _take_line(self, view: MeasuringView, *line: int) -> None:
        drawn = line[0], line[1], line[2], line[3]
        if view is not self.before:
            drawn = _moved(drawn, self._places.back)
        self.set_line(drawn)
        self.line_drawn.emit(*drawn)

    @Slot()
    def toggle(self) -> None:
        """While blinking, show the other one."""
        if self._mode == "blink":
            self.split.set_only("after" if self.split.only == "before" else "before")

    @property
    def is_blinking(self) -> bool:
        """Whether the two take turns by themselves."""
        return self._timer.isActive()

    def _run_timer(self) -> None:
        if self._mode == "blink" and self.isVisible():
            self._timer.start()
        else:
            self._timer.stop()

    @Slot(int, int)
    def _point(self, x: int, y: int) -> None:
        if self._mode == "side":  # the cursor marks one, the cross the other
            self.before.set_cross(*((None, None) if self.before.underMouse() else (x, y)))
            self.after.set_cross(*((None, None) if self.after.underMouse() else (x, y)))
        self.cursor_moved.emit(x, y)

    @Slot()
    def _leave(self) -> None:
        self.before.set_cross()
        self.after.set_cross()
        self.cursor_left.emit()

    def _tell(self, view: MeasuringView) -> None:
        if view is self.current:
            self.view_changed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_B and not event.modifiers():
            self.mode = self._left_mode if self._mode == "blink" else "blink"
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.toggle()
        else:
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._run_timer()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(event.rect(), theme.colour("line"))


def _moved(line: Line, move: Callable[[float, float], tuple[float, float]]) -> Line:
    ends = (*move(line[0], line[1]), *move(line[2], line[3]))
    x0, y0, x1, y1 = (math.floor(end + 0.5) for end in ends)
    return x0, y0, x1, y1
