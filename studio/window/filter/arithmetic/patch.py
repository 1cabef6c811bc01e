"""The pixels around the window, as they are seen, with the window's frame."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen

from studio.filters.arithmetic import Arithmetic
from studio.filters.cutting import Box
from studio.image.display import to_display
from studio.window.canvas import overlays
from studio.window.filter.arithmetic.grids import Bytes, paint_rgb

_SHADE = QColor(0, 0, 0, 110)
_HATCH = QColor(255, 255, 255, 110)
_EDGE = QColor(255, 255, 255)
_DOT_FROM = 6  # pixels that a cell is wide, from which on those that count are dotted


class Patch:
    """Where the pixels of an arithmetic's surroundings are on the screen.

    Parameters
    ----------
    room : QRectF
        The square they are painted into.
    white : float, optional
        What white is for floating-point pixels; the largest of these if not said.
    """

    def __init__(self, shown: Arithmetic, room: QRectF, white: float | None = None) -> None:
        self._shown = shown
        self._around = shown.surroundings
        self._white = white
        self.box = room

    @property
    def _side(self) -> float:
        return self.box.width() / self._around.box.width

    def place(self, box: Box) -> QRectF:
        """Where pixels of the picture are."""
        side, around = self._side, self._around.box
        return QRectF(
            self.box.left() + (box.left - around.left) * side,
            self.box.top() + (box.top - around.top) * side,
            box.width * side,
            box.height * side,
        )

    def cell_of(self, row: int, column: int) -> QRectF:
        """Where a cell of the window is."""
        top, left = self._shown.box.top + row, self._shown.box.left + column
        return self.place(Box(top, top + 1, left, left + 1))

    def window_cell_at(self, place: QPointF) -> tuple[int, int] | None:
        """The cell of the window at a place."""
        window = self.place(self._shown.box)
        if not window.contains(place):
            return None
        rows, columns = self._shown.window.shape
        row = int((place.y() - window.top()) / self._side)
        column = int((place.x() - window.left()) / self._side)
        return min(row, rows - 1), min(column, columns - 1)

    def paint(self, painter: QPainter) -> None:
        painter.save()
        painter.setClipRect(self.box)
        paint_rgb(painter, self.box, self._rgb())
        self._paint_border(painter)
        self._paint_taps(painter)
        overlays.paint_field(painter, self.place(self._shown.box))
        painter.restore()

    def _rgb(self) -> Bytes:
        pixels = self._around.pixels
        if pixels.shape[2] not in (1, 3):
            pixels = pixels[..., :1]
        if pixels.dtype.kind != "f":
            return to_display(pixels).rgb
        white = self._white or float(np.abs(pixels).max(initial=0.0)) or 1.0
        return to_display(pixels, white=white).rgb

    def _paint_border(self, painter: QPainter) -> None:
        """Darken and hatch what lies beyond the picture, and draw the picture's edge."""
        inside = ~self._around.invented
        if inside.all():
            return
        rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
        around = self._around.box
        picture = QRectF()
        if len(rows):
            top, left = around.top + int(rows[0]), around.left + int(columns[0])
            picture = self.place(Box(top, top + len(rows), left, left + len(columns)))
        painter.save()
        outside = [
            QRectF(self.box.topLeft(), QPointF(self.box.right(), picture.top())),
            QRectF(QPointF(self.box.left(), picture.bottom()), self.box.bottomRight()),
            QRectF(QPointF(self.box.left(), picture.top()), picture.bottomLeft()),
            QRectF(picture.topRight(), QPointF(self.box.right(), picture.bottom())),
        ]
        for part in outside if not picture.isEmpty() else [self.box]:
            if not part.isEmpty():
                painter.fillRect(part, _SHADE)
                painter.fillRect(part, QBrush(_HATCH, Qt.BrushStyle.BDiagPattern))
        painter.setPen(QPen(_EDGE, 2))
        for side in _sides(picture, self.box):
            painter.drawLine(*side)
        painter.restore()

    def _paint_taps(self, painter: QPainter) -> None:
        """A dot on each pixel that counts, where others between them don't."""
        if self._shown.working.taps is None or self._side < _DOT_FROM:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(19, 20, 22, 190), 1))
        painter.setBrush(_EDGE)
        radius = max(1.5, self._side / 6)
        for row, column in np.argwhere(self._shown.taps).tolist():
            painter.drawEllipse(self.cell_of(row, column).center(), radius, radius)
        painter.restore()


def _sides(picture: QRectF, patch: QRectF) -> list[tuple[QPointF, QPointF]]:
    """The sides of the picture that lie inside the patch."""
    if picture.isEmpty():
        return []
    near = 0.5
    corners = {
        "left": (picture.topLeft(), picture.bottomLeft()),
        "right": (picture.topRight(), picture.bottomRight()),
        "top": (picture.topLeft(), picture.topRight()),
        "bottom": (picture.bottomLeft(), picture.bottomRight()),
    }
    return [
        line
        for name, line in corners.items()
        if abs(getattr(picture, name)() - getattr(patch, name)()) > near
    ]
