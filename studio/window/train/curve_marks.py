"""What is painted over curves: the marker, the crosshair, the dots at the ends, a ringed place."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from studio.window.chrome import theme

_RING = 6
_LEADER = 30  # from a ring to its words


@dataclass(frozen=True)
class Note:
    """A place of a chart, in its own numbers, and a few words about it."""

    x: float
    y: float
    words: str


def run_colour(number: int) -> QColor:
    """The theme's for a run, from 1; they begin again after the last."""
    runs = theme.tokens().runs
    return QColor(runs[(number - 1) % len(runs)])


def paint_marker(painter: QPainter, frame: QRectF, across: float) -> None:
    """The vertical line that all charts share."""
    painter.setPen(QPen(theme.colour("text2"), 1))
    painter.drawLine(QPointF(across, frame.top()), QPointF(across, frame.bottom()))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("text2"))
    tip = QPointF(across, frame.top())
    painter.drawPolygon(QPolygonF([tip, tip + QPointF(-4, -6), tip + QPointF(4, -6)]))


def paint_crosshair(
    painter: QPainter, frame: QRectF, across: float, dots: Sequence[tuple[QPointF, QColor]]
) -> None:
    """A dotted line, and a dot on each curve."""
    painter.setPen(QPen(theme.colour("box"), 1, Qt.PenStyle.DotLine))
    painter.drawLine(QPointF(across, frame.top()), QPointF(across, frame.bottom()))
    painter.setPen(QPen(theme.colour("window"), 1))
    for place, colour in dots:
        if frame.adjusted(-2, -2, 2, 2).contains(place):
            painter.setBrush(colour)
            painter.drawEllipse(place, 3, 3)


def paint_dot(painter: QPainter, place: QPointF, radius: float, colour: QColor, form: int) -> None:
    """The end of a line: a disc, a ring, a square, an open square, for runs of one colour."""
    is_open = form % 2 == 1
    painter.setPen(QPen(colour, 1.5) if is_open else Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("window") if is_open else colour)
    if form // 2 % 2:
        side = radius * 0.9
        painter.drawRect(QRectF(place.x() - side, place.y() - side, 2 * side, 2 * side))
    else:
        painter.drawEllipse(place, radius, radius)


def paint_note(painter: QPainter, frame: QRectF, place: QPointF, words: str) -> None:
    """A ring around a place, and words above it, or below where there is no room."""
    if not frame.adjusted(-2, -_RING, 2, _RING).contains(place):
        place = QPointF(place.x(), min(max(place.y(), frame.top()), frame.bottom()))
    ring, leader = theme.px(_RING), theme.px(_LEADER)
    font = theme.font(12)
    metrics = QFontMetricsF(font)
    width, height = metrics.horizontalAdvance(words) + 6, metrics.height()
    up = place.y() - ring - leader - height >= frame.top()
    side = -1.0 if up else 1.0
    start, end = place + QPointF(0, side * ring), place + QPointF(0, side * (ring + leader))
    left = min(max(place.x() - width / 2, frame.left() + 2), frame.right() - width - 2)
    box = QRectF(left, end.y() - height if up else end.y(), width, height)
    painter.fillRect(box, theme.colour("window", 0.85))
    painter.setPen(QPen(theme.colour("text"), 1))
    painter.drawLine(start, end)
    painter.setPen(QPen(theme.colour("text"), 1.75))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(place, ring, ring)
    painter.setPen(theme.colour("text"))
    painter.setFont(font)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)
