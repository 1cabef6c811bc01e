"""What a unit sees: a rectangle on the picture, and the input's own pixels in it."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QWidget

from studio.window.canvas import overlays
from studio.window.canvas.levels import image_of
from studio.window.canvas.view import PictureView
from studio.window.chrome import theme
from studio.window.network.look import Sides

_PATCH = 68  # two of them with their words beside fit the narrowest column
_NONE = Sides()
_DASHES = QColor(19, 20, 22)  # over the accent colour of the rectangle


class FieldView(PictureView):
    """A picture with a rectangle on it; the sides that are cut off at its edge are dashed."""

    def __init__(self) -> None:
        super().__init__()
        self._rectangle: QRectF | None = None
        self._cut = Sides()

    @property
    def rectangle(self) -> QRectF | None:
        """In picture pixels."""
        return self._rectangle

    @property
    def cut(self) -> Sides:
        return self._cut

    def set_rectangle(self, sides: Sides | None, cut: Sides = _NONE) -> None:
        """Frame a part of the picture, in its pixels; `cut` says which sides are its edges."""
        self._rectangle, self._cut = None, cut
        if sides is not None:
            corner = QPointF(sides.left, sides.top)
            self._rectangle = QRectF(corner, QPointF(sides.right, sides.bottom))
        self.set_field(sides)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), theme.colour("panel"))
        if not self.picture_size.isEmpty():
            self.paint_picture(painter)
            self.paint_marks(painter)
        if self._ring:
            overlays.paint_focus(painter, QRectF(self.rect()))

    def paint_marks(self, painter: QPainter) -> None:
        super().paint_marks(painter)
        if self._rectangle is None:
            return
        box = QRectF(
            self.place_of(self._rectangle.left(), self._rectangle.top()),
            self.place_of(self._rectangle.right(), self._rectangle.bottom()),
        )
        corners = box.topLeft(), box.topRight(), box.bottomRight(), box.bottomLeft()
        ends = {0: (0, 1), 1: (3, 0), 2: (2, 3), 3: (1, 2)}  # top, left, bottom, right
        pen = QPen(_DASHES, 2, Qt.PenStyle.CustomDashLine)
        pen.setDashPattern([2.0, 2.0])
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        for side, is_cut in enumerate(self._cut):
            if is_cut:
                first, second = ends[side]
                painter.drawLine(corners[first], corners[second])

    def set_picture(self, rgb: NDArray[np.uint8] | None) -> None:
        self.set_rgb(rgb)
        self.fit()
        self._fit_height()

    def _fit_height(self) -> None:
        size = self.picture_size
        share = size.height() / size.width() if not size.isEmpty() else 1.0
        self.setFixedHeight(round(self.width() * min(max(share, 0.4), 1.0)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit_height()


class Patch(QWidget):
    """Pixels of a rectangle of the input, magnified; hatched where the input has none."""

    def __init__(self) -> None:
        super().__init__()
        self._pixels: NDArray[np.uint8] | None = None
        self._field: tuple[int, int, int, int] | None = None
        self._inner: tuple[int, int, int, int] | None = None
        self.setFixedSize(theme.px(_PATCH), theme.px(_PATCH))

    def show_field(
        self,
        pixels: NDArray[np.uint8] | None,
        field: tuple[int, int, int, int] | None,
        inner: tuple[int, int, int, int] | None = None,
    ) -> None:
        """Show top, left, bottom, right of RGB pixels of the input's size; `inner` gets a frame."""
        self._pixels, self._field, self._inner = pixels, field, inner
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._field is None:
            return
        top, left, bottom, right = self._field
        scale = min(self.width() / (right - left), self.height() / (bottom - top))
        box = QRectF(0, 0, (right - left) * scale, (bottom - top) * scale)
        painter = QPainter(self)
        painter.fillRect(box, theme.colour("well"))
        if self._pixels is None:
            return
        painter.fillRect(box, QBrush(theme.colour("edge"), Qt.BrushStyle.BDiagPattern))
        height, width = self._pixels.shape[:2]
        first_row, last_row = max(top, 0), min(bottom, height)
        first_column, last_column = max(left, 0), min(right, width)
        if first_row >= last_row or first_column >= last_column:
            return
        pixels = np.ascontiguousarray(self._pixels[first_row:last_row, first_column:last_column])
        target = QRectF(
            (first_column - left) * scale,
            (first_row - top) * scale,
            pixels.shape[1] * scale,
            pixels.shape[0] * scale,
        )
        painter.drawImage(target, image_of(pixels))
        painter.setPen(QPen(theme.colour("line"), 1))
        painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))
        if self._inner is not None:
            first, before, end, after = self._inner
            corner = QPointF((before - left) * scale, (first - top) * scale)
            frame = QRectF(corner, QPointF((after - left) * scale, (end - top) * scale))
            pen = QPen(QColor(theme.DARK.text), 1, Qt.PenStyle.DashLine)
            painter.setPen(pen)
            painter.drawRect(frame.adjusted(0.5, 0.5, -0.5, -0.5))
