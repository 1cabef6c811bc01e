"""The values of all lines at one place, in a row that covers no curve."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.window.chrome import theme
from studio.window.translate import tr

_GAP = 12  # between two values
_DOT = 3
_SPACE = 5
_SAMPLE = 12  # of a dashed line


@dataclass(frozen=True)
class Reading:
    """What a run or a layer says: its name, its values, and the colour of its dot.

    A value is its text, the word for what it is of, and whether its line is dashed.
    """

    name: str
    values: tuple[tuple[str, str, bool], ...]
    colour: QColor

    @property
    def words(self) -> str:
        """All of it, such as ``2: 0.96 validation, 0.42 training``."""
        return f"{self.name}: " + ", ".join(
            f"{text} {what}".strip() for text, what, _ in self.values
        )


class Readout(QWidget):
    """One row; what doesn't fit is counted at the end, and stands in the tooltip.

    Its height stays when there is nothing to say.
    """

    def __init__(self) -> None:
        super().__init__()
        self._place = ""
        self._readings: Sequence[Reading] = ()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    @property
    def words(self) -> str:
        """All of it, for a screen reader and the tooltip."""
        if not self._readings:
            return ""
        return "\n".join([self._place, *(one.words for one in self._readings)])

    def show_readings(self, place: str, readings: Sequence[Reading]) -> None:
        """Say what the lines are at a place; nothing where there are none."""
        self._place, self._readings = place, tuple(readings)
        self.setToolTip(self.words)
        self.setAccessibleName(self.words)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(120), theme.px(17))

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._readings:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        x = self._write(painter, 0.0, self._place, "text2") + theme.px(_GAP)
        for index, one in enumerate(self._readings):
            rest = tr("{count} more").format(count=len(self._readings) - index)
            is_last = index == len(self._readings) - 1
            kept = 0.0 if is_last else _width(rest) + theme.px(_GAP)
            if x + _room(one) + kept > self.width():
                self._write(painter, x, rest, "text3")
                return
            x = self._paint(painter, x, one) + theme.px(_GAP)

    def _paint(self, painter: QPainter, x: float, one: Reading) -> float:
        """Draw one reading and say where it ends."""
        middle, side = self.height() / 2, 2 * theme.px(_DOT)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(one.colour)
        painter.drawEllipse(QRectF(x, middle - side / 2, side, side))
        x = self._write(painter, x + side + theme.px(4), one.name, "text", 600)
        for text, _, is_dashed in one.values:
            x += theme.px(_SPACE)
            if is_dashed:
                pen = QPen(theme.colour("text2"), 1.5)
                pen.setDashPattern([3, 2])
                painter.setPen(pen)
                painter.drawLine(QPointF(x, middle), QPointF(x + theme.px(_SAMPLE), middle))
                x += theme.px(_SAMPLE + _SPACE)
            x = self._write(painter, x, text, "text2")
        return x

    def _write(
        self, painter: QPainter, x: float, words: str, role: str, weight: int = 400
    ) -> float:
        """Write words and say where they end."""
        painter.setFont(theme.font(11, weight))
        painter.setPen(theme.colour(role))
        width = _width(words, weight)
        room = QRectF(x, 0, width + 2, self.height())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, words)
        return x + width


def _room(one: Reading) -> float:
    """How wide a reading is."""
    width = 2 * theme.px(_DOT) + theme.px(4) + _width(one.name, 600)
    for text, _, is_dashed in one.values:
        width += theme.px(_SPACE) + _width(text) + is_dashed * theme.px(_SAMPLE + _SPACE)
    return width


def _width(words: str, weight: int = 400) -> float:
    return QFontMetricsF(theme.font(11, weight)).horizontalAdvance(words)
