"""What the value of one unit is summed up from, for every kind of row that computes something."""

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from studio.errors import NetworkError
from studio.insight.pointwise import spread_of
from studio.insight.sources import flattened
from studio.insight.unit_sum import (
    Line,
    Place,
    Term,
    UnitSum,
    float64,
    parameter,
    terms_of_cells,
    terms_of_maps,
)
from studio.insight.windows import (
    adaptive_inputs,
    averaged_count,
    convolution_inputs,
    pooling_inputs,
    whole_inputs,
)
from studio.nets.row import INPUT, Row

if TYPE_CHECKING:
    from torch import nn

    from studio.nets.steps import Steps

Maps = Mapping[str, NDArray[Any]]

_SCALING: Mapping[str, tuple[str, Callable[[float, float], float]]] = {
    "multiply": ("×", operator.mul),
    "subtract": ("−", operator.sub),
    "divide": ("÷", operator.truediv),
}
# Kinds that only put values elsewhere.
_MOVING = frozenset({"permute", "reshape", "slice"})


class Context(NamedTuple):
    """What all of the arithmetic is made from."""

    steps: "Steps"
    rows: Mapping[str, Row]
    maps: Maps

    def row(self, name: str) -> Row:
        if name not in self.rows:
            raise NetworkError(f"the network has no layer '{name}'")
        return self.rows[name]

    def part(self, row: Row) -> "nn.Module | None":
        return self.steps.part(row.name)

    def given(self, row: Row) -> tuple[str, NDArray[Any]]:
        """The name and the maps of the first row that feeds a row."""
        return row.inputs[0], self.maps[row.inputs[0]]

    def number(self, name: str, unit: Place) -> float:
        """What a step gave at a place: a row, or a parameter by its path."""
        values = self.maps.get(name)
        if values is None:
            values = float64(attrgetter(name)(self.steps.module))
            values = values.reshape(values.shape[-3:])
        return float(values[_at(unit, values.shape)])

    def operands(self, row: Row) -> tuple[str, ...]:
        """The rows and the parameters that meet in a row."""
        given = self.steps.feeders(row.name)
        learned = [name for name, _ in self.steps.module.named_parameters() if name in given]
        return (*row.inputs, *learned)

    def value(self, row: Row, unit: Place) -> float:
        return float(self.maps[row.name][unit])


def base_sum(context: Context, row: Row, unit: Place) -> UnitSum:
    """The sum of a row that isn't pointwise.

    Raises
    ------
    NetworkError
        When its arithmetic isn't known.
    """
    value = context.value(row, unit)
    if row.kind == INPUT:
        return UnitSum(row, unit, "given", (), (), value)
    match row.kind:
        case "add":
            return _joined(context, row, unit, value)
        case "concat":
            return _chosen(row, unit, value, *_branch(context, row, unit))
        case "flatten":
            name, values = context.given(row)
            place = np.unravel_index(unit[0], values.shape)
            return _chosen(row, unit, value, name, (int(place[0]), int(place[1]), int(place[2])))
        case "softmax":
            return _softmax(context, row, unit, value)
    if row.kind in _SCALING:
        return _scaled(context, row, unit, value)
    if row.kind in _MOVING:
        return UnitSum(row, unit, "given", (), (), value)
    part = context.part(row) or _function(row)
    if part is None:
        raise _unknown(row, row.kind)
    return _of_module(context, row, part, unit, value)


def _function(row: Row) -> "nn.Module | None":
    """The module that does the same as a plain function."""
    from torch import nn

    kernel, stride, padding, dilation = row.window
    last = row.name.rpartition(".")[2]
    match row.kind:
        case "max_pool":
            return nn.MaxPool2d(kernel, stride, padding, dilation)
        case "average_pool":
            return nn.AvgPool2d(kernel, stride, padding)
        case "adaptive_pool" | "global_pool" | "mean":
            size = row.output[1:]
            return nn.AdaptiveMaxPool2d(size) if "max" in last else nn.AdaptiveAvgPool2d(size)
    return None


def _unknown(row: Row, what: str) -> NetworkError:
    return NetworkError(f"{row.title}: the arithmetic of {what} is not shown")


def _of_module(context: Context, row: Row, part: "nn.Module", unit: Place, value: float) -> UnitSum:
    from torch import nn

    name, values = context.given(row)
    expected = _channels(part, row)
    if expected is not None and len(values) != expected:
        raise _unknown(row, "values that are no maps")  # such as the tokens of a transformer
    match part:
        case nn.Conv2d():
            inputs = convolution_inputs(part, name, values, unit)
            bias = None if part.bias is None else parameter(part.bias, unit[0])
            return UnitSum(row, unit, "sum", terms_of_maps(inputs, bias), (), value, inputs)
        case nn.Linear():
            return _dense(context, row, part, unit, value)
        case nn.MaxPool2d():
            return _largest(row, unit, value, pooling_inputs(part, name, values, unit))
        case nn.AdaptiveMaxPool2d():
            return _largest(row, unit, value, adaptive_inputs(name, values, unit, row.output[1:]))
        case nn.AvgPool2d():
            inputs = pooling_inputs(part, name, values, unit)
            count = averaged_count(part, inputs, values)
            return _mean(row, unit, value, inputs, count)
        case nn.AdaptiveAvgPool2d():
            return _averaged(context, row, unit, value)
        case nn.LayerNorm():
            return _layer_norm(context, row, part, unit, value)
    raise _unknown(row, type(part).__name__)


def _channels(part: Any, row: Row) -> int | None:
    """How many maps a module takes, where it takes maps or one value of each."""
    from torch import nn

    match part:
        case nn.Conv2d():
            return int(part.in_channels)
        case nn.Linear():
            return int(part.in_features)
        case nn.LayerNorm():
            return int(part.normalized_shape[0])
    return row.output.channels


def _dense(context: Context, row: Row, part: Any, unit: Place, value: float) -> UnitSum:
    name, values = context.given(row)
    weights = float64(part.weight[unit[0]])
    flatten = flattened(tuple(context.rows.values()), row)
    if flatten is not None and flatten.source.values == len(weights):
        inputs = whole_inputs(flatten.inputs[0], values.reshape(flatten.source), weights)
    else:
        _, y, x = unit
        inputs = whole_inputs(name, values[:, y : y + 1, x : x + 1], weights)
    bias = None if part.bias is None else parameter(part.bias, unit[0])
    return UnitSum(row, unit, "sum", terms_of_maps(inputs, bias), (), value, inputs)


def _largest(row: Row, unit: Place, value: float, inputs: Any) -> UnitSum:
    own = np.where(inputs.invented, -np.inf, inputs.values)
    _, i, j = np.unravel_index(int(own.argmax()), own.shape)
    inputs = replace(inputs, winner=(0, int(i), int(j)))
    return UnitSum(row, unit, "largest", terms_of_cells(inputs), (), value, inputs)


def _averaged(context: Context, row: Row, unit: Place, value: float) -> UnitSum:
    """The mean of the part of a map that adaptive or global pooling gives a unit."""
    name, values = context.given(row)
    inputs = adaptive_inputs(name, values, unit, row.output[1:])
    return _mean(row, unit, value, inputs, inputs.values.size)


def _mean(row: Row, unit: Place, value: float, inputs: Any, count: int) -> UnitSum:
    terms = terms_of_cells(inputs)
    found = UnitSum(row, unit, "sum", terms, (), value, inputs)
    return replace(found, lines=(Line(f"÷ {count}", found.total / count),))


def _softmax(context: Context, row: Row, unit: Place, value: float) -> UnitSum:
    """e^x of the unit over the sum of e^x of all, each less the largest x."""
    name, values = context.given(row)
    _, y, x = unit
    scores = float64(values[:, y, x])
    powers = np.exp(scores - scores.max())
    terms = tuple(
        Term("map", float(power), name, (index, y, x)) for index, power in enumerate(powers)
    )
    inputs = whole_inputs(name, values[:, y : y + 1, x : x + 1], None)
    found = UnitSum(row, unit, "sum", terms, (), value, inputs)
    own = float(powers[unit[0]])
    return replace(found, lines=(Line(f"{own:.4g} ÷ ", own / found.total),))


def _layer_norm(context: Context, row: Row, part: Any, unit: Place, value: float) -> UnitSum:
    """Brought to mean 0 and deviation 1 over the maps at one place (Ba et al., 2016)."""
    name, values = context.given(row)
    index, y, x = unit
    given = float(values[unit])
    mean, deviation = spread_of(values[:, y, x], part.eps)
    scale = parameter(part.weight, index, 1.0)
    shift = parameter(part.bias, index)
    lines = (
        Line(f"− {mean:.4g}", given - mean),
        Line(f"÷ {deviation:.4g}", (given - mean) / deviation),
        Line(f"× {scale:.4g} + {shift:.4g}", (given - mean) / deviation * scale + shift),
    )
    term = Term("map", given, name, unit)
    return UnitSum(row, unit, "sum", (term,), lines, value)


def _scaled(context: Context, row: Row, unit: Place, value: float) -> UnitSum:
    """A value times, less or divided by another one, of the same or of a single place."""
    names = context.operands(row)
    if len(names) != 2:
        raise _unknown(row, row.kind)
    first, second = (context.number(name, unit) for name in names)
    sign, operation = _SCALING[row.kind]
    term = Term("branch", first, names[0], unit)
    line = Line(f"{sign} {second:.6g}".replace("-", "−"), operation(first, second))
    return UnitSum(row, unit, "sum", (term,), (line,), value)


def _joined(context: Context, row: Row, unit: Place, value: float) -> UnitSum:
    """What each branch gives there; a map of one value counts everywhere."""
    terms = []
    for name in context.operands(row):
        shape = context.maps[name].shape if name in context.maps else ()
        terms.append(Term("branch", context.number(name, unit), name, _at(unit, shape)))
    return UnitSum(row, unit, "sum", tuple(terms), (), value)


def _at(unit: Place, shape: Sequence[int]) -> Place:
    """The same place; the only one along axes of one value, which counts everywhere."""
    index, y, x = (at if end > 1 else 0 for at, end in zip(unit, shape or unit, strict=True))
    return index, y, x


def _branch(context: Context, row: Row, unit: Place) -> tuple[str, Place]:
    """The branch that a map of a concatenation is from, and the unit there."""
    index, y, x = unit
    for name in row.inputs:
        count = len(context.maps[name])
        if index < count:
            return name, (index, y, x)
        index -= count
    raise NetworkError(f"{row.title}: its branches give fewer maps than it has")


def _chosen(row: Row, unit: Place, value: float, name: str, place: Place) -> UnitSum:
    """A value that is handed on as it is."""
    return UnitSum(row, unit, "same", (Term("branch", value, name, place),), (), value)
