"""How the activation rises, as a small line that ends in its number."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from studio.image.write import number
from studio.window.chrome import theme
from studio.window.translate import tr


class ActivationCurve(QWidget):
    """The activation at each step; the line reaches the right end with the last step."""

    def __init__(self) -> None:
        super().__init__()
        self._values = np.empty(0)
        self._steps = 1
        self.setFixedHeight(theme.px(48))

    def show_values(self, values: Sequence[float], steps: int) -> None:
        """Show the activations so far, the start's first, of a number of steps."""
        self._values, self._steps = np.array(values), max(1, steps)
        last = number(float(self._values[-1])) if values else ""
        words = tr("Activation {value} after {step} of {steps} steps")
        self.setAccessibleName(words.format(value=last, step=len(values) - 1, steps=steps))
        self.setToolTip(self.accessibleName())
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if not len(self._values):
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font(12))
        room = painter.fontMetrics().horizontalAdvance("−00,000.0") + theme.px(8)
        right, edge = self.width() - room, theme.px(4)
        low, high = float(self._values.min()), float(self._values.max())
        span = (high - low) or 1.0
        across = np.arange(len(self._values)) / self._steps * right
        down = edge + (high - self._values) / span * (self.height() - 2 * edge)
        painter.setPen(QPen(theme.colour("line"), 1))
        painter.drawLine(0, self.height() - 1, right, self.height() - 1)
        points = [QPointF(x, y) for x, y in zip(across.tolist(), down.tolist(), strict=True)]
        painter.setPen(QPen(theme.colour("text2"), 1.5))
        painter.drawPolyline(QPolygonF(points))
        end = points[-1]
        box = QRect(round(end.x()) + theme.px(6), 0, room, theme.px(16))
        box.moveTop(min(max(0, round(end.y()) - theme.px(8)), self.height() - theme.px(16)))
        painter.setPen(theme.colour("text"))
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(box, middle, number(float(self._values[-1])))
