"""The losses of the batches so far, as a small line that ends in its number."""

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from studio.image.write import number
from studio.window.chrome import theme
from studio.window.filter.learning_curve import short_number
from studio.window.translate import tr

_MOST = 60  # batches
_HIGH = 64


class LossLine(QWidget):
    """A dot for each batch before its update, and a ring for the newest one after it."""

    def __init__(self) -> None:
        super().__init__()
        self.before: list[float] = []
        self.after: float | None = None
        self.setFixedHeight(theme.px(_HIGH))
        self.setToolTip(tr("The loss of each batch before its update; the ring: after it"))
        self._describe()

    def clear(self) -> None:
        self.before, self.after = [], None
        self._describe()

    def add(self, loss: float) -> None:
        """Another batch was answered."""
        self.before = [*self.before, loss][-_MOST:]
        self.after = None
        self._describe()

    def end(self, loss: float) -> None:
        """The newest batch's loss after the update."""
        self.after = loss
        self._describe()

    def _describe(self) -> None:
        last = number(float(f"{self.before[-1]:.4g}")) if self.before else ""
        words = tr("Losses of {count} batches, the last {loss}") if last else tr("No losses yet")
        self.setAccessibleName(words.format(count=len(self.before), loss=last))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font(11))
        shown = [*self.before, *([] if self.after is None else [self.after])]
        finite = [loss for loss in shown if math.isfinite(loss)]
        if not finite:
            return
        low, high = min(finite), max(finite)
        ends = [short_number(float(f"{loss:.4g}")) for loss in (high, low)]
        metrics = painter.fontMetrics()
        figures = max(metrics.horizontalAdvance(text) for text in (*ends, "00.000")) + theme.px(6)
        frame = QRectF(self.rect()).adjusted(4, 5, -figures - 4, -5)
        painter.setPen(QPen(theme.colour("line"), 1))
        painter.drawLine(QPointF(0, self.height() - 0.5), QPointF(frame.right(), self.height()))
        span = (high - low) or 1.0
        step = frame.width() / max(9, len(self.before) - 1)

        def place(number: int, loss: float) -> QPointF:
            return QPointF(
                frame.left() + number * step, frame.bottom() - (loss - low) / span * frame.height()
            )

        points = [place(n, one) for n, one in enumerate(self.before) if math.isfinite(one)]
        painter.setPen(QPen(theme.colour("text2"), 1.5))
        painter.drawPolyline(QPolygonF(points))
        painter.setBrush(theme.colour("text2"))
        if len(points) <= _MOST // 2:
            for point in points:
                painter.drawEllipse(point, 1.5, 1.5)
        if self.after is not None and math.isfinite(self.after):
            end = place(len(self.before) - 1, self.after)
            painter.setBrush(theme.colour("window"))
            painter.drawEllipse(end, 3.5, 3.5)
        painter.setPen(theme.colour("text3"))
        room = QRectF(frame.right() + 4, 0, figures, self.height())
        sides = Qt.AlignmentFlag.AlignTop, Qt.AlignmentFlag.AlignBottom
        for side, text in zip(sides, ends if high > low else ends[:1], strict=False):
            painter.drawText(room, side | Qt.AlignmentFlag.AlignRight, text)
