"""The table of layers one after the other, those inside blocks included."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from studio.errors import NetworkError
from studio.nets.field import Field, union
from studio.nets.layer import Layer, Size, number_layers
from studio.nets.layers.block import Block
from studio.nets.row import INPUT, Row

_BROKEN = Size(0, 0, 0)
_NO_FIELD = Field((0, 0), (0, 0), (0, 0))
_JOIN_TITLES = {"add": "Add", "concat": "Concat"}


class _Flow(NamedTuple):
    """What runs into a layer: from which row, how large, and what it sees of the picture."""

    name: str
    size: Size
    field: Field


@lru_cache(maxsize=64)
def lay_out(layers: tuple[Layer, ...], input: Size) -> tuple[Row, ...]:
    """One row for each layer, and in place of a block one for each layer inside it.

    Never raises for sizes that don't fit: the row of the layer says what the problem is, and so do
    all rows below it.
    """
    rows: list[Row] = []
    flow = _Flow(INPUT, input, Field())
    problem = ""
    for index, (layer, (name, title)) in enumerate(zip(layers, number_layers(layers), strict=True)):
        if not problem:
            try:
                inside, flow = _rows_of(layer, name, title, flow)
                rows += [_placed(row, index) for row in inside]
                continue
            except NetworkError as error:
                problem = str(error)
        rows.append(_broken(layer, name, title, index, flow, problem))
        problem = "needs the layers above it to work"
    return tuple(rows)


def _rows_of(layer: Layer, name: str, title: str, flow: _Flow) -> tuple[list[Row], _Flow]:
    if isinstance(layer, Block):
        return _rows_of_block(layer, name, title, flow)
    output = layer.shape(flow.size)
    window = layer.window(flow.size)
    field = flow.field.through(window)
    row = Row(
        name=name,
        kind=layer.kind,
        title=title,
        words=layer.words,
        output=output,
        weights=layer.weights(flow.size),
        multiply_adds=layer.multiply_adds(flow.size),
        receptive_field=field.size,
        stride=field.stride,
        offset=field.offset,
        inputs=(flow.name,),
        source=flow.size,
        window=window,
    )
    return [row], _Flow(name, output, field)


def _rows_of_block(block: Block, name: str, title: str, flow: _Flow) -> tuple[list[Row], _Flow]:
    rows: list[Row] = []
    ends = []
    for branch in block.branches(flow.size):
        inside, end = _rows_of_line(branch.layers, f"{name}.{branch.name}.", flow)
        rows += inside
        ends.append(end)
    output = block.joined(tuple(end.size for end in ends))
    field = union([end.field for end in ends], [end.size for end in ends])
    joint = f"{name}.{block.join}"
    rows.append(
        Row(
            name=joint,
            kind=block.join,
            title=_JOIN_TITLES[block.join],
            words="",
            output=output,
            weights=0,
            multiply_adds=0,
            receptive_field=field.size,
            stride=field.stride,
            offset=field.offset,
            inputs=tuple(end.name for end in ends),
            source=ends[0].size,
        )
    )
    inside, last = _rows_of_line(block.after, f"{name}.", _Flow(joint, output, field))
    rows += inside
    return [_in_block(row, title) for row in rows], last


def _rows_of_line(layers: Sequence[Layer], prefix: str, flow: _Flow) -> tuple[list[Row], _Flow]:
    rows: list[Row] = []
    for layer, (name, title) in zip(layers, number_layers(layers), strict=True):
        inside, flow = _rows_of(layer, prefix + name, title, flow)
        rows += inside
    return rows, flow


def _placed(row: Row, index: int) -> Row:
    return replace(row, layer_index=index)


def _in_block(row: Row, title: str) -> Row:
    return replace(row, block=title, title=f"{title} · {row.title}")


def _broken(layer: Layer, name: str, title: str, index: int, flow: _Flow, problem: str) -> Row:
    return Row(
        name=name,
        kind=layer.kind,
        title=title,
        words=layer.words,
        output=_BROKEN,
        weights=0,
        multiply_adds=0,
        receptive_field=_NO_FIELD.size,
        stride=_NO_FIELD.stride,
        offset=_NO_FIELD.offset,
        problem=problem,
        inputs=(flow.name,),
        source=flow.size,
        layer_index=index,
    )
