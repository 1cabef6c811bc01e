"""The column of a unit's sum in words and figures."""

import math
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from studio.insight.sources import FLATTEN
from studio.insight.unit_sum import Inputs, Place, Term, UnitSum
from studio.nets.row import INPUT, Row
from studio.window.network.facts import channel_words
from studio.window.translate import tr

MOST = 5  # contributions that are named

_NEVER_NEGATIVE = ("relu", "relu6", "sigmoid", "hardsigmoid", "softmax")


Style = Literal["term", "total", "after"]


class SumLine(NamedTuple):
    """One line of the column.

    Attributes
    ----------
    words, shown : str
        What it is, and its value.
    value : float
    style : str
        A `term` has a bar, the `total` ends the sum, and what comes `after` has neither.
    target : tuple, optional
        The row and the unit that it comes from.
    tip : str
    """

    words: str
    shown: str
    value: float
    style: Style
    target: tuple[str, Place] | None = None
    tip: str = ""


def sum_lines(
    found: UnitSum, rows: Sequence[Row], names: Sequence[str] = ()
) -> tuple[SumLine, ...]:
    """The lines of a column.

    Parameters
    ----------
    rows : sequence of Row
        The network's table, the picture's row first.
    names : sequence of str
        What the values that softmax is given stand for.
    """
    known = {row.name: row for row in rows}
    column = found.column(MOST)
    figures = [term.value for term in column] + [found.total, found.value]
    figures += [line.value for line in found.lines]
    places = decimals(max((abs(figure) for figure in figures), default=0.0))
    lines = [_term_line(found, term, known, names, places) for term in column]
    if found.kind == "sum" and (len(column) > 1 or not found.lines):
        tip = tr("The network's own value, in float32, differs by {residual}").format(
            residual=f"{found.residual:.1e}".replace("-", "−")
        )
        words = tr("Sum of powers") if found.row.kind == "softmax" else tr("Sum")
        shown = fixed(found.total, places, sign=found.row.kind != "softmax")
        lines.append(SumLine(words, shown, found.total, "total", tip="" if found.lines else tip))
    for line in found.lines:
        shown = fixed(line.value, places, sign=found.row.kind != "softmax")
        lines.append(SumLine(line.words, shown, line.value, "after"))
    for after in found.after:
        sign = after.row.kind not in _NEVER_NEGATIVE
        words = tr("After {layer}").format(layer=after.row.title)
        shown = fixed(after.value, places, sign)
        target = after.row.name, found.unit
        lines.append(SumLine(words, shown, after.value, "after", target, after.formula))
    return tuple(lines)


def decimals(largest: float) -> int:
    """How many a column needs whose largest value is this one: so that it has four figures."""
    if not math.isfinite(largest) or largest == 0:
        return 3
    figures = math.floor(math.log10(largest))
    return min(max(3 - figures if largest >= 1 else 2 - figures, 0), 9)


def fixed(value: float, places: int, sign: bool = False) -> str:
    """A value with so many decimals and a real minus; zero has no sign."""
    text = f"{value + 0.0:.{places}f}"
    if float(text) == 0:
        return text.removeprefix("-")
    return (f"+{text}" if sign and value > 0 else text).replace("-", "−")


def _term_line(
    found: UnitSum,
    term: Term,
    known: Mapping[str, Row],
    names: Sequence[str],
    places: int,
) -> SumLine:
    words = _term_words(found, term, known, names)
    sign = found.row.kind != "softmax"
    target = None
    if term.place is not None and term.row in known:
        target = term.row, _unit_of(term.place, found.inputs)
    style: Style = "term" if found.kind == "sum" else "after"
    return SumLine(words, fixed(term.value, places, sign), term.value, style, target)


def _term_words(found: UnitSum, term: Term, known: Mapping[str, Row], names: Sequence[str]) -> str:
    row = known.get(term.row)
    if term.kind == "bias":
        return tr("Bias")
    if term.kind == "others":
        return _others(found, term, row)
    if term.place is None or row is None:
        return tr("From {layer}").format(layer=term.row)
    index, y, x = term.place
    if term.kind == "cell":
        is_largest = found.kind == "largest"
        words = (
            tr("Largest: row {row}, column {column}") if is_largest else tr("Row {row}, {column}")
        )
        return words.format(row=y, column=x)
    if term.kind == "branch":
        if found.kind == "same":
            words = tr("{layer}, map {map}").format(layer=row.title, map=index)
            if found.row.kind != FLATTEN:
                return words
            return tr("{map}, row {row}, column {column}").format(map=words, row=y, column=x)
        return tr("From {layer}").format(layer=row.title)
    if found.row.kind == "softmax":
        return names[index] if index < len(names) else tr("e^x of {number}").format(number=index)
    if row.output.flat:
        return tr("From unit {number}").format(number=index)
    named = channel_words(row, index)
    return tr("From {map}").format(map=f"{named[:1].lower()}{named[1:]}")


def _others(found: UnitSum, term: Term, row: Row | None) -> str:
    count = f"{term.stands_for:,}"
    if found.row.kind == "softmax" or row is None:
        return tr("{count} others").format(count=count)
    if found.terms[0].kind == "cell":
        return tr("{count} other values").format(count=count)
    if row.output.flat:
        return tr("{count} other units").format(count=count)
    if row.kind == INPUT:
        return tr("{count} other channels").format(count=count)
    return tr("{count} other maps").format(count=count)


def _unit_of(place: Place, inputs: Inputs | None) -> Place:
    """The unit to show of a map that counts as a whole: the middle of what is looked at."""
    index, row, _ = place
    if row >= 0 or inputs is None:
        return place
    inside = [
        axis[~out] if (~out).any() else axis
        for axis, out in (
            (inputs.rows, inputs.invented.all(axis=1)),
            (inputs.columns, inputs.invented.all(axis=0)),
        )
    ]
    down, across = (int(axis[len(axis) // 2]) for axis in inside)
    return index, down, across
