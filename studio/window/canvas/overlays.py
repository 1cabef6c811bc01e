"""What is painted on top of a picture. Always light on dark: a picture can have any colour."""

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from studio.window.chrome import theme

_LIGHT = QColor(theme.DARK.text)
_ACCENT = QColor(theme.DARK.accent)
_OUTLINE = QColor(19, 20, 22, 190)
_GROUND = QColor(19, 20, 22, 215)


def paint_badge(painter: QPainter, text: str, corner: QPointF, right: bool = False) -> None:
    """A word in a dark box; `corner` is the box's upper left, or upper right, corner."""
    size = _text_size(text, theme.px(8), theme.px(4))
    left = corner.x() - (size.width() if right else 0)
    _paint_word(painter, text, QRectF(QPointF(left, corner.y()), size))


def paint_number(painter: QPainter, text: str, cell: QRectF) -> None:
    """A number on dark in the lower left corner of a cell."""
    size = _text_size(text, 4, 0)
    corner = QPointF(cell.left() + 2, cell.bottom() - size.height() - 2)
    _paint_word(painter, text, QRectF(corner, size))


def _text_size(text: str, beside: float, above: float) -> QSizeF:
    metrics = QFontMetricsF(theme.font(11))
    return QSizeF(metrics.horizontalAdvance(text) + 2 * beside, metrics.height() + 2 * above)


def _paint_word(painter: QPainter, text: str, box: QRectF) -> None:
    painter.save()
    painter.setFont(theme.font(11))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_GROUND)
    painter.drawRoundedRect(box, 3, 3)
    painter.setPen(_LIGHT)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
    painter.restore()


def paint_field(painter: QPainter, box: QRectF) -> None:
    """A rectangle of 2 px around what a unit sees, with a dark outline on both sides."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, width in ((_OUTLINE, 4), (_ACCENT, 2)):
        pen = QPen(colour, width)
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        painter.setPen(pen)
        painter.drawRect(box)
    painter.restore()


def paint_cross(painter: QPainter, pixel: QRectF) -> None:
    """Four lines that lead to a pixel and a frame around it, at least 7 wide."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    centre = pixel.center()
    half = max(3.5, pixel.width() / 2)
    frame = QRectF(centre.x() - half, centre.y() - half, 2 * half, 2 * half)
    reach, gap = half + theme.px(9), half + 2
    for colour, width in ((_OUTLINE, 3), (_LIGHT, 1)):
        painter.setPen(QPen(colour, width))
        painter.drawRect(frame)
        for x, y in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            painter.drawLine(
                QPointF(centre.x() + x * gap, centre.y() + y * gap),
                QPointF(centre.x() + x * reach, centre.y() + y * reach),
            )
    painter.restore()


def paint_focus(painter: QPainter, box: QRectF) -> None:
    """The ring of whatever has the keyboard."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(theme.colour("accent"), 2))
    painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 3, 3)
    painter.restore()


def paint_unit(painter: QPainter, unit: QRectF) -> None:
    """A frame of at least 5 px around one unit of a map."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    middle = unit.center()
    half_wide, half_high = max(2.5, unit.width() / 2), max(2.5, unit.height() / 2)
    frame = QRectF(middle.x() - half_wide, middle.y() - half_high, 2 * half_wide, 2 * half_high)
    for colour, width in ((_OUTLINE, 3), (_LIGHT, 1)):
        painter.setPen(QPen(colour, width))
        painter.drawRect(frame)
    painter.restore()
