"""The sum and the lines below it, down to what is stored; and a cell's part in words."""

from typing import NamedTuple

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter

from studio.filters.arithmetic import Arithmetic
from studio.filters.working import Term
from studio.image.write import number
from studio.window.canvas.cells import signed_number, tint
from studio.window.chrome import theme
from studio.window.translate import tr

_BIG, _LOW, _USUAL = 36, 18, 22  # heights

_DEPTHS = {"uint8": "8-bit", "uint16": "16-bit", "float32": "32-bit"}
_CUT = {"uint8": "Cut to 0 … 255", "uint16": "Cut to 0 … 65535"}


class Line(NamedTuple):
    """A name, its number, and how they are shown."""

    name: str
    value: float
    text: str
    look: str = ""  # "big" for the one sum, "sum" for one of several, "last" for what is stored


def lines_of(shown: Arithmetic, depth: str) -> list[Line]:
    """From the sums to the stored value, in the depth that it is stored in."""
    terms = shown.working.terms
    write = signed_number if terms else number
    look = "big" if len(terms) == 1 else "sum"
    lines = [Line(term.name, term.total, signed_number(term.total), look) for term in terms]
    lines += [Line(tr(name), value, write(value)) for name, value in shown.working.lines]
    storing = shown.storing(depth)
    if storing:
        name = tr("Rounded") if storing == "rounded" else tr(_CUT[depth])
        lines.append(Line(name, shown.stored, write(shown.stored)))
    stored = tr("Stored, {depth}").format(depth=tr(_DEPTHS[depth]))
    return [*lines, Line(stored, shown.stored, write(shown.stored), "last")]


def paint_lines(painter: QPainter, room: QRectF, lines: list[Line], chosen: str) -> None:
    """Names at the left, numbers at the right.

    Parameters
    ----------
    chosen : str
        The name of the one of several sums whose grids are shown.
    """
    has_big = lines[0].look == "big"
    free = room.height() - (theme.px(_BIG) if has_big else 0)
    fitting = free / max(1, len(lines) - has_big)
    height = max(theme.px(_LOW), min(fitting, theme.px(_USUAL)))
    top = room.top()
    for line in lines:
        tall = theme.px(_BIG) if line.look == "big" else height
        box = QRectF(room.left(), top, room.width(), tall)
        top += tall
        if line.look == "big":
            _paint_big(painter, box, line)
        else:
            _paint_line(painter, box, line, line.look == "sum" and line.name == chosen)


def _paint_big(painter: QPainter, box: QRectF, line: Line) -> None:
    side = theme.px(16)
    _paint_swatch(painter, QRectF(box.left(), box.center().y() - side / 2, side, side), line.value)
    painter.setFont(theme.font(24, 600))
    painter.setPen(theme.colour("text"))
    words = box.adjusted(side + theme.px(8), 0, 0, 0)
    painter.drawText(words, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, line.text)


def _paint_line(painter: QPainter, box: QRectF, line: Line, is_chosen: bool) -> None:
    strong = line.look == "last"
    left = box.left()
    if line.look == "sum":
        side = theme.px(11)
        _paint_swatch(painter, QRectF(left, box.center().y() - side / 2, side, side), line.value)
        left += side + theme.px(8)
    painter.setFont(theme.font(weight=600 if strong else 400))
    metrics = painter.fontMetrics()
    room = box.right() - left - metrics.horizontalAdvance(line.text) - theme.px(8)
    name = metrics.elidedText(line.name, Qt.TextElideMode.ElideRight, int(room))
    painter.setPen(theme.colour("text" if strong or is_chosen else "text2"))
    names = QRectF(left, box.top(), room, box.height())
    painter.drawText(names, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)
    painter.setPen(theme.colour("text"))
    painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, line.text)


def _paint_swatch(painter: QPainter, box: QRectF, value: float) -> None:
    """The colour of a sign."""
    colour = tint(value, abs(value)) or theme.colour("control")
    colour.setAlphaF(0.9)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawRoundedRect(box, theme.px(3), theme.px(3))
    painter.restore()


def words_at(shown: Arithmetic, term: Term | None, row: int, column: int) -> str:
    """The numbers of a cell of the window, in words."""
    dy, dx = row - shown.centre[0], column - shown.centre[1]
    value = signed_number(float(shown.window[row, column])).lstrip("+")
    ranks = shown.ranks if term is None else None
    if not shown.taps[row, column]:
        rest = tr("doesn't count")
    elif term is not None:
        weight = signed_number(float(term.kernel[row, column])).lstrip("+")
        product = signed_number(float(term.products[row, column]))
        rest = f"× {weight} = {product}"
    elif ranks is not None:
        rest = tr("place {place} in order").format(place=int(ranks[row, column]) + 1)
    else:
        rest = ""
    where = tr("row {row}, column {column}").format(row=signed_number(dy), column=signed_number(dx))
    between = " " if term is not None and rest.startswith("×") else ", "
    return f"{where}: {value}" + (between + rest if rest else "")
