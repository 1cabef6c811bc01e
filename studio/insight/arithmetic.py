"""The arithmetic of one unit, with the numbers that the network really had."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from studio.errors import NetworkError
from studio.insight.layer_sums import Context, Maps, base_sum
from studio.insight.pointwise import made_of
from studio.insight.sources import POINTWISE, by_name
from studio.insight.unit_sum import After, Place, UnitSum
from studio.nets.layer import Size
from studio.nets.row import INPUT, Row, input_row

if TYPE_CHECKING:
    from studio.nets.steps import Steps


def explain_unit(
    steps: "Steps", rows: Sequence[Row], maps: Maps, name: str, unit: Place
) -> UnitSum:
    """Where the value of one unit comes from.

    Of a row that works on every value by itself, the row that fed it is explained, and what became
    of its sum; the rows of that sort below it follow too.

    Parameters
    ----------
    steps : Steps
        In the mode that gave the maps.
    rows : sequence of Row
        The network's table, with or without the picture's row.
    maps : mapping
        What each row gave, channels x height x width; `INPUT` is the network's input.
    name : str
        The row.
    unit : tuple of int
        Map, row and column.

    Raises
    ------
    NetworkError
        When there is no such row or unit, or the row's arithmetic isn't known.
    """
    context = Context(steps, _with_input(rows, maps), maps)
    row = context.row(name)
    if not all(0 <= at < end for at, end in zip(unit, row.output, strict=True)):
        raise NetworkError(f"{row.title} has no unit {unit}: it gives {row.output}")
    base = row
    while base.kind in POINTWISE:
        base = context.row(base.inputs[0])
    found = base_sum(context, base, unit)
    return replace(found, after=tuple(_after(context, base, row, unit)))


def _with_input(rows: Sequence[Row], maps: Maps) -> dict[str, Row]:
    known = by_name(rows)
    if INPUT not in known:
        known[INPUT] = input_row(Size(*maps[INPUT].shape))
    return known


def _after(context: Context, base: Row, row: Row, unit: Place) -> Iterator[After]:
    """The pointwise rows behind `base`: as far as `row`, and on while nothing else happens."""
    path, at = [], row
    while at is not base:
        path.append(at)
        at = context.row(at.inputs[0])
    path.reverse()
    last = row
    while (following := _only_follower(context, last)) is not None:
        path.append(following)
        last = following
    for one in path:
        _, values = context.given(one)
        own = context.value(one, unit)
        made = made_of(one, context.part(one), unit[0], values, float(values[unit]), own)
        yield After(one, made.formula, made.result, own)


def _only_follower(context: Context, row: Row) -> Row | None:
    followers = [one for one in context.rows.values() if row.name in one.inputs]
    if len(followers) == 1 and followers[0].kind in POINTWISE:
        return followers[0]
    return None
