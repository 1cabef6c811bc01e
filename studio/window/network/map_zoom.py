"""One map, large, with its numbers where they fit."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter

from studio.filters.cutting import Box
from studio.window.canvas import overlays
from studio.window.canvas.map_cells import coloured_maps
from studio.window.canvas.pixel_numbers import NARROWEST, PixelNumbers, paint_numbers
from studio.window.canvas.view import PictureView
from studio.window.chrome import theme
from studio.window.translate import tr

_STEPS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}


class MapZoom(PictureView):
    """One map that can be zoomed and panned with the mouse, with one unit marked.

    Signals: `moved` with −1 or 1 for the map before or after it, `stepped` with rows and columns
    for the unit beside the marked one, `closed` for Esc and a double click.
    """

    moved = Signal(int)
    stepped = Signal(int, int)
    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._map = np.zeros((0, 0), np.float32)
        self._unit: tuple[int, int] | None = None
        self._numbers: PixelNumbers | None = None
        self.setAccessibleName(tr("One map, enlarged"))

    def set_map(self, values: NDArray[np.float32], name: str, low: float, high: float) -> None:
        """Show another map, height x width, over a range of colours."""
        self._map, self._numbers = values, None
        ends = np.array([low], np.float32), np.array([high], np.float32)
        words = coloured_maps(values[None], name, *ends)[0]
        channels = words.view(np.uint8).reshape(*values.shape, 4)
        self.set_rgb(np.ascontiguousarray(channels[..., 2::-1]))

    def set_unit(self, y: int, x: int) -> None:
        self._unit = (y, x)
        self.update()

    @property
    def has_numbers(self) -> bool:
        """Whether a unit is large enough for its number."""
        return self.scale / self.devicePixelRatioF() >= theme.px(NARROWEST)

    def paint_marks(self, painter: QPainter) -> None:
        if self.has_numbers and self._map.size:
            seen = self.seen(self.picture_size)
            box = Box(seen.top(), seen.bottom() + 1, seen.left(), seen.right() + 1)
            if self._numbers is None or self._numbers.box != box:
                part = self._map[box.top : box.bottom, box.left : box.right, None]
                self._numbers = PixelNumbers(box, part)
            paint_numbers(painter, self._numbers, self.place_of)
        if self._unit is not None:
            y, x = self._unit
            overlays.paint_unit(painter, QRectF(self.place_of(x, y), self.place_of(x + 1, y + 1)))
        super().paint_marks(painter)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._pressed = None  # the release that follows is no click
        self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Escape:
            self.closed.emit()
        elif key in _STEPS and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.stepped.emit(*_STEPS[key])
        elif key in _STEPS:
            self.moved.emit(sum(_STEPS[key]))
        else:
            super().keyPressEvent(event)
