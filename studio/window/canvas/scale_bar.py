"""The colours a picture is shown in, and what their ends stand for."""

import numpy as np
from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QWidget

from studio.image.colour_map import colour_map
from studio.image.display import DisplayImage
from studio.image.write import number
from studio.window.canvas.cells import signed_number
from studio.window.canvas.levels import image_of
from studio.window.chrome import theme


class ScaleBar(QWidget):
    """A strip of the colours from lowest to highest, with its numbers beneath."""

    def __init__(self) -> None:
        super().__init__()
        self._low, self._high = 0.0, 255.0
        self._strip = _strip("grey")
        self.setFixedHeight(theme.px(28))

    def show_scale(self, shown: DisplayImage, channels: int) -> None:
        """Take kind and range from a picture as it is shown; colour pictures keep their colours."""
        in_colours = channels == 1 and shown.kind in ("signed", "direction")
        self._strip = _strip(shown.kind if in_colours else "grey")
        self._low, self._high = shown.low, shown.high
        self.setAccessibleName(f"{number(self._low)} – {number(self._high)}")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        bar = QRectF(0, theme.px(2), self.width(), theme.px(6))
        shape = QPainterPath()
        shape.addRoundedRect(bar, bar.height() / 2, bar.height() / 2)
        painter.save()
        painter.setClipPath(shape)
        painter.drawImage(bar, self._strip)
        painter.restore()
        painter.setFont(theme.font(12))
        painter.setPen(theme.colour("text2"))
        below = QRect(0, theme.px(11), self.width(), theme.px(17))
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft, number(self._low))
        high = signed_number(self._high) if self._low < 0 else number(self._high)
        painter.drawText(below, Qt.AlignmentFlag.AlignRight, high)
        if self._low < 0 < self._high:
            painter.drawText(below, Qt.AlignmentFlag.AlignHCenter, "0")


def _strip(name: str) -> QImage:
    return image_of(np.ascontiguousarray(colour_map(name)[None]))
