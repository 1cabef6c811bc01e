"""Numbers in cells: tinted by sign and size, hatched where a border invented them."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetrics, QPainter, QPainterPath, QPen

from studio.image.write import number
from studio.window.chrome import theme

GAP = 3
_FAINTEST, _STRONGEST = 0.12, 0.44


def signed_number(value: float) -> str:
    """A value with its sign; zero has none."""
    return number(value) if value <= 0 else f"+{number(value)}"


def opacity_of(value: float, largest: float) -> float:
    """How strongly a cell is tinted, by its share of the largest value of its grid."""
    return _FAINTEST + (_STRONGEST - _FAINTEST) * min(1.0, abs(value) / largest)


def tint(value: float, largest: float) -> QColor | None:
    """The colour a cell is tinted with; none for zero."""
    if value == 0 or largest == 0:
        return None
    return theme.colour("warm" if value > 0 else "cold", opacity_of(value, largest))


def fitting(value: float, metrics: QFontMetrics, width: float, bare: bool = False) -> str:
    """A value with as many digits, at most four, as `width` pixels hold.

    `bare` leaves out the zero before the point in any case, not only where it has no room.
    """
    shown = ""
    for digits in (4, 3, 2, 1):
        text = rounded(value, digits)
        for shown in (_bare(text),) if bare else (text, _bare(text)):
            if metrics.horizontalAdvance(shown) <= width:
                return shown
    return shown


def _bare(text: str) -> str:
    """A number without the zero before its point."""
    return text.replace("0.", ".", 1) if text.lstrip("−").startswith("0.") else text


def rounded(value: float, digits: int) -> str:
    """A value with so many digits and a real minus."""
    text = f"{value + 0.0:.{digits}g}".replace("e-0", "e-").replace("e+0", "e")
    return text.replace("-", "−")


def paint_cells(
    painter: QPainter,
    box: QRectF,
    values: NDArray[np.float64],
    *,
    signed: bool,
    plus: bool = False,
    hatched: NDArray[np.bool_] | None = None,
    left_out: NDArray[np.bool_] | None = None,
) -> None:
    """Paint a grid of numbers into a box.

    Parameters
    ----------
    values : array, height x width
        NaN where there is no cell.
    signed : bool
        Tint the cells by sign and size.
    plus : bool
        Write the sign of positive numbers too.
    hatched : bool array, height x width, optional
        Which cells to hatch.
    left_out : bool array, height x width, optional
        Which cells don't count: empty in a signed grid, a faint number in another.
    """
    rows, columns = values.shape
    width, height = box.width() / columns, box.height() / rows
    largest = float(np.abs(values[~np.isnan(values)]).max(initial=0.0))
    gap = gap_of(width, height)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    room = width - gap - theme.px(2)
    painter.setFont(_font(painter, values, room, height, plus))
    bare = _is_bare(values, painter.fontMetrics(), room, plus)
    for y in range(rows):
        for x in range(columns):
            cell = QRectF(box.left() + x * width, box.top() + y * height, width, height)
            cell.adjust(0, 0, -gap, -gap)
            value = float(values[y, x])
            if np.isnan(value):
                continue
            sign = "+" if plus and value > 0 else ""
            left = room - painter.fontMetrics().horizontalAdvance(sign)
            text = sign + fitting(value, painter.fontMetrics(), left, bare)
            if left_out is not None and left_out[y, x]:
                _paint_left_out(painter, cell, "" if signed else text)
                continue
            made_up = hatched is not None and bool(hatched[y, x])
            colour = tint(value, largest) if signed else None
            _paint_cell(painter, cell, text, colour, made_up)
    painter.restore()


def gap_of(width: float, height: float) -> int:
    """What is left free between cells of a size."""
    return theme.px(GAP if min(width, height) >= theme.px(22) else 2)


def _font(
    painter: QPainter, values: NDArray[np.float64], width: float, height: float, plus: bool
) -> QFont:
    """The largest of the design's sizes at which every number fits whole; else the smallest."""
    known = values[~np.isnan(values)]
    words = [(signed_number if plus else number)(float(value)) for value in known]
    for size in (13, 12, 11):
        painter.setFont(theme.font(size))
        metrics = painter.fontMetrics()
        if metrics.height() <= height and all(
            metrics.horizontalAdvance(word) <= width for word in words
        ):
            break
    return painter.font()


def _is_bare(values: NDArray[np.float64], metrics: QFontMetrics, width: float, plus: bool) -> bool:
    """Whether a number of the grid has no room for its zero: then none is written with one."""
    for value in values[~np.isnan(values)].tolist():
        sign = "+" if plus and value > 0 else ""
        shown = fitting(value, metrics, width - metrics.horizontalAdvance(sign))
        if shown.startswith((".", "−.")):
            return True
    return False


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


def _paint_left_out(painter: QPainter, cell: QRectF, text: str) -> None:
    painter.setPen(QPen(theme.colour("line"), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(cell.adjusted(0.5, 0.5, -0.5, -0.5), theme.px(3), theme.px(3))
    painter.setPen(theme.colour("text3"))
    painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, text)


def paint_sign(painter: QPainter, middle: QPointF, sign: str) -> None:
    """An operator between two grids."""
    painter.setFont(theme.font(16))
    painter.setPen(theme.colour("text2"))
    side = theme.px(24)
    box = QRectF(middle.x() - side / 2, middle.y() - side / 2, side, side)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, sign)
