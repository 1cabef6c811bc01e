"""How a block, a join and a connection are drawn."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from studio.window.chrome import theme
from studio.window.network.block_graph import Node

_TALLEST, _WIDEST, _SMALLEST = 62.0, 120.0, 5.0  # of a block's front, in the design's pixels
_SLANT = 0.55  # how far a side rises for each pixel it goes back
_DEPTH = 0.4  # of the side, for a map as wide as it is tall
_JOIN = 16.0  # diameter
_BEHIND = 5.0  # how far a block of several stands out behind the first
_GAP, _TIP = 4, 4  # of a connection

# Front colours; top and side are lighter and darker by the factors of `paint_block`.
_FRONTS = {
    "input": ("#C9CDD3", "#5C6068"),
    "maps": ("#B9CFEA", "#47617F"),
    "vector": ("#CFC8E6", "#5B5279"),
}


@dataclass(frozen=True)
class Shape:
    """The sides of a block in device-independent pixels."""

    high: float
    wide: float
    deep: float
    behind: float = 0.0

    @property
    def width(self) -> float:
        return self.wide + self.deep + self.behind

    @property
    def height(self) -> float:
        return self.high + _SLANT * (self.deep + self.behind)


def shape_of(node: Node, tallest: int) -> Shape:
    """A block in proportion to the maps; `tallest` is the side of the network's largest ones."""
    scale = theme.theme().scale
    # Powers below one, so that a map of 16 and one of 512 can both be seen.
    channels, height, width = node.output
    if node.is_vector:
        channels = max(channels, width)
    high = _SMALLEST + _TALLEST * (height / tallest) ** 0.8
    wide = min(_WIDEST, 3.0 + 1.35 * channels**0.65)
    deep = max(_SMALLEST, _DEPTH * _TALLEST * (width / tallest) ** 0.8)
    if node.is_vector:
        high, deep = (13.0, 7.0) if node.output.flat else (30.0, 7.0)
    if node.is_join:
        side = min(_JOIN, 48.0 / node.lanes)
        return Shape(side * scale, side * scale, 0.0)
    if node.lanes > 1:
        fit = min(1.0, 62.0 / node.lanes / (_SMALLEST + _TALLEST))
        high, wide, deep = max(4.0, high * fit), max(3.0, wide * fit), max(2.0, deep * fit)
    return Shape(high * scale, wide * scale, deep * scale, _BEHIND * scale * (node.units > 0))


def paint_block(
    painter: QPainter, node: Node, shape: Shape, left: float, middle: float, current: bool
) -> None:
    """Paint a block; several stand one behind the other where it stands for several layers."""
    if node.is_join:
        _paint_join(painter, node, QPointF(left, middle), shape.wide, current)
        return
    is_dark = theme.tokens() is theme.DARK
    kind = "input" if node.kind == "input" else "vector" if node.is_vector else "maps"
    front = QColor(_FRONTS[kind][is_dark])
    painter.setPen(_outline(current, bool(node.output.values)))
    behind = QPointF(shape.behind, -_SLANT * shape.behind)
    for place in (behind, QPointF()) if shape.behind else (QPointF(),):
        top = middle - shape.height / 2 + _SLANT * (shape.deep + shape.behind)
        corner = QPointF(left, top) + place
        _paint_box(painter, corner, shape, front, is_dark)


def _paint_box(
    painter: QPainter, corner: QPointF, shape: Shape, front: QColor, is_dark: bool
) -> None:
    back = QPointF(shape.deep, -_SLANT * shape.deep)
    across, down = QPointF(shape.wide, 0), QPointF(0, shape.high)
    right = corner + across
    faces = (
        (front, [corner, right, right + down, corner + down]),
        (front.lighter(125 if is_dark else 106), [corner, corner + back, right + back, right]),
        (front.darker(129), [right, right + back, right + back + down, right + down]),
    )
    for colour, corners in faces:
        painter.setBrush(colour)
        painter.drawPolygon(QPolygonF(corners))


def _paint_join(painter: QPainter, node: Node, left: QPointF, side: float, current: bool) -> None:
    """A circle with what happens there: a sum, a product, or maps one behind the other."""
    circle = QRectF(left.x(), left.y() - side / 2, side, side)
    painter.setPen(_outline(current))
    painter.setBrush(theme.colour("control"))
    painter.drawEllipse(circle)
    reach, centre = side / 4, circle.center()
    painter.setPen(QPen(theme.colour("accent" if current else "text2"), 1.5))
    ends = {
        "add": ((-1, 0, 1, 0), (0, -1, 0, 1)),
        "multiply": ((-0.7, -0.7, 0.7, 0.7), (-0.7, 0.7, 0.7, -0.7)),
        "concat": ((-1, -0.45, 1, -0.45), (-1, 0.45, 1, 0.45)),
    }
    for x1, y1, x2, y2 in ends.get(node.kind, ((-0.2, 0, 0.2, 0),)):
        start, end = QPointF(x1, y1) * reach, QPointF(x2, y2) * reach
        painter.drawLine(centre + start, centre + end)


def paint_line(painter: QPainter, start: QPointF, end: QPointF) -> None:
    """An arrow from the right of a block to the left of another, bent where they differ."""
    gap, tip = theme.px(_GAP), theme.px(_TIP)
    start, end = start + QPointF(gap, 0), end - QPointF(gap, 0)
    if end.x() - start.x() < tip:
        return
    path = QPainterPath(start)
    if abs(start.y() - end.y()) > 1:
        bend = min(end.x() - start.x(), theme.px(32.0))
        forks = end.x() - bend if end.x() - start.x() > bend else start.x()
        path.lineTo(forks, start.y())
        half = (end.x() - forks) / 2
        path.cubicTo(QPointF(forks + half, start.y()), QPointF(end.x() - half, end.y()), end)
    else:
        path.lineTo(end)
    painter.setPen(QPen(theme.colour("text3"), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(path)
    painter.drawPolyline([end + QPointF(-tip, -tip), end, end + QPointF(-tip, tip)])


def paint_shortcut(painter: QPainter, start: QPointF, end: QPointF, top: float) -> None:
    """An arrow that leaves to the right of a block, passes over others and comes down on one."""
    gap, tip, bend = theme.px(_GAP), theme.px(_TIP), theme.px(10.0)
    left = start.x() + gap + tip
    path = QPainterPath(QPointF(left, start.y()))
    path.lineTo(left, top + bend)
    path.quadTo(QPointF(left, top), QPointF(left + bend, top))
    path.lineTo(end.x() - bend, top)
    path.quadTo(QPointF(end.x(), top), QPointF(end.x(), top + bend))
    path.lineTo(end)
    painter.setPen(QPen(theme.colour("text3"), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(path)
    painter.drawPolyline([end + QPointF(-tip, -tip), end, end + QPointF(tip, -tip)])


def _outline(current: bool, works: bool = True) -> QPen:
    role = "error" if not works else "accent" if current else "text3"
    pen = QPen(theme.colour(role), 2 if current else 1)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return pen
