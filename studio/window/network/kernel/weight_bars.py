"""The histogram of a layer's weights."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.image.display import Scale
from studio.image.write import number
from studio.window.canvas.histogram_bars import Counted, paint_bars
from studio.window.chrome import theme
from studio.window.translate import tr

_HIGH = 64


class WeightBars(QWidget):
    """How often weights occur, from the most negative to the most positive, zero in the middle."""

    def __init__(self) -> None:
        super().__init__()
        self._counted: Counted | None = None
        self.setFixedHeight(theme.px(_HIGH))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Histogram of the layer's weights"))
        self.setToolTip(tr("How often weights of each size occur in this layer"))

    def show_counts(self, counted: Counted) -> None:
        """Show another layer's."""
        self._counted = counted
        total = int(counted.counts.sum())
        words = tr("{count} weights counted, up to {reach} from zero")
        reach = number(counted.high)
        self.setAccessibleDescription(words.format(count=f"{total:,}", reach=reach))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(200), theme.px(_HIGH))

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._counted is None:
            return
        painter = QPainter(self)
        painter.setFont(theme.font(11))
        figures = painter.fontMetrics().height()
        box = QRectF(0, 0, self.width(), self.height() - figures - theme.px(2))
        scale = Scale("signed", self._counted.low, self._counted.high)
        paint_bars(painter, box, self._counted, scale, logarithmic=False)
        painter.setPen(QPen(theme.colour("line"), 1))
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        painter.setPen(theme.colour("text3"))
        below = QRectF(0, box.bottom() + theme.px(2), self.width(), figures)
        ends = (
            (Qt.AlignmentFlag.AlignLeft, number(self._counted.low)),
            (Qt.AlignmentFlag.AlignHCenter, "0"),
            (Qt.AlignmentFlag.AlignRight, number(self._counted.high)),
        )
        for side, text in ends:
            painter.drawText(below, side, text)
