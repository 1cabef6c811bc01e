"""Numbers in cells: tinted by sign and size, hatched where a border invented them."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QPainter, QPainterPath, QPen

from studio.image.write import number
from studio.window.chrome import theme

GAP = 3
_FAINTEST, _STRONGEST = 0.12, 0.44


def signed_number(value: float) -> str:
    """A value with its sign; zero has none."""
    return number(value) if value <= 0 else f"+{number(value)}"


def tint(value: float, largest: float) -> QColor | None:
    """The colour a cell is tinted with; none for zero."""
    if value == 0 or largest == 0:
        return None
    share = min(1.0, abs(value) / largest)
    opacity = _FAINTEST + (_STRONGEST - _FAINTEST) * share
    return theme.colour("warm" if value > 0 else "cold", opacity)


def paint_cells(
    painter: QPainter,
    box: QRectF,
    values: NDArray[np.float64],
    *,
    signed: bool,
    plus: bool = False,
    hatched: NDArray[np.bool_] | None = None,
) -> None:
    """Paint a grid of numbers into a box.

    Parameters
    ----------
    values : array, height x width
    signed : bool
        Tint the cells by sign and size.
    plus : bool
        Write the sign of positive numbers too.
    hatched : bool array, height x width, optional
        Which cells to hatch.
    """
    rows, columns = values.shape
    width, height = box.width() / columns, box.height() / rows
    largest = float(np.abs(values).max(initial=0.0))
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    words = [[(signed_number if plus else number)(float(v)) for v in row] for row in values]
    painter.setFont(_fitting(painter, words, width - theme.px(GAP + 4), height))
    for y in range(rows):
        for x in range(columns):
            cell = QRectF(box.left() + x * width, box.top() + y * height, width, height)
            cell.adjust(0, 0, -theme.px(GAP), -theme.px(GAP))
            made_up = hatched is not None and bool(hatched[y, x])
            colour = tint(float(values[y, x]), largest) if signed else None
            _paint_cell(painter, cell, words[y][x], colour, made_up)
    painter.restore()


def _fitting(painter: QPainter, words: list[list[str]], width: float, height: float) -> QFont:
    """The largest size, at most 13, at which the widest number fits in its cell."""
    for size in (13, 12, 11, 10, 9):
        painter.setFont(theme.font(size))
        metrics = painter.fontMetrics()
        widest = max(metrics.horizontalAdvance(word) for row in words for word in row)
        if widest <= width and metrics.height() <= height:
            break
    return painter.font()


def _paint_cell(
    painter: QPainter, cell: QRectF, text: str, colour: QColor | None, made_up: bool
) -> None:
    shape = QPainterPath()
    shape.addRoundedRect(cell, theme.px(3), theme.px(3))
    painter.fillPath(shape, theme.colour("control"))
    if colour is not None:
        painter.fillPath(shape, colour)
    if made_up:
        painter.save()
        painter.setClipPath(shape)
        painter.fillRect(cell, QBrush(theme.colour("text3", 0.5), Qt.BrushStyle.BDiagPattern))
        painter.restore()
        painter.setPen(QPen(theme.colour("box"), 1))
        painter.drawPath(shape)
    painter.setPen(theme.colour("text"))
    painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, text)


def paint_sign(painter: QPainter, middle: QPointF, sign: str) -> None:
    """An operator between two grids."""
    painter.setFont(theme.font(16))
    painter.setPen(theme.colour("text2"))
    side = theme.px(24)
    box = QRectF(middle.x() - side / 2, middle.y() - side / 2, side, side)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, sign)
