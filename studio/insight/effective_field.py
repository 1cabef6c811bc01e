"""How strongly a unit depends on each pixel, measured by its gradient.

W. Luo, Y. Li, R. Urtasun and R. Zemel, Understanding the effective receptive field in deep
convolutional neural networks, 2016: a unit's theoretical field says which pixels can change it, the
gradient says by how much they do.
"""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from studio.errors import ModelError, NetworkError
from studio.insight.maps import device_of
from studio.nets.row import INPUT, Row

if TYPE_CHECKING:
    from torch import Tensor, nn

    from studio.nets.steps import Steps

SHARE = 0.95
"""Of the gradient, that the measured rows and the measured columns hold."""

# Steps after which a unit can be silent though the one at its place before them is not.
_ACTIVATIONS = frozenset(("relu", "relu6", "hardtanh", "hardsigmoid", "hardswish"))
_ACTIVATIONS |= frozenset(("sigmoid", "tanh", "softmax", "dropout", "identity"))
_POOLINGS = frozenset(("max_pool", "max_pool2d"))
_FLATTEN = "flatten"
_CHANNELS_LAST = 3  # numbers in `Row.shape` of maps whose channels come last

Unit = tuple[int, int, int]  # map, row, column; a vector's value is a map of one unit
Heat = NDArray[np.float64]


class Box(NamedTuple):
    """A rectangle in input pixels; bottom and right are exclusive."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def height(self) -> int:
        return max(0, self.bottom - self.top)

    @property
    def width(self) -> int:
        return max(0, self.right - self.left)

    def within(self, height: int, width: int) -> "Box":
        """The part that lies inside an input of that size; empty where there is none."""
        top, left = min(max(self.top, 0), height), min(max(self.left, 0), width)
        bottom, right = min(max(self.bottom, top), height), min(max(self.right, left), width)
        return Box(top, left, bottom, right)


@dataclass(frozen=True, eq=False)
class EffectiveField:
    """What one unit's value depends on.

    Attributes
    ----------
    heat : float64 array, rows x columns of the input
        |d unit / d input|, summed over the channels; the mean where there are several pictures.
    theory : Box
        The theoretical field. It reaches outside the input where padding is seen.
    measured : Box, optional
        The fewest rows in a run that hold `SHARE` of the heat, and the fewest columns in a run; for
        a heat shaped like a Gaussian, 1.96 standard deviations to each side. None where no pixel
        changes the unit.
    inside : float
        The share of the heat inside `theory`: 1, unless batch normalisation in training mode makes
        a unit depend on every pixel. 0 where there is no heat.
    before : str
        The row whose values were taken, where the unit was silent: the one before its activation,
        which has a gradient where a ReLU has none. Empty where that was not needed.
    pictures : int
        How many the heat comes from.
    unheard : int
        How many of them had no gradient at all.
    seconds : float
    """

    heat: Heat
    theory: Box
    measured: Box | None
    inside: float
    before: str
    pictures: int
    unheard: int
    seconds: float

    @property
    def seen(self) -> Box:
        """The theoretical field without its padding."""
        return self.theory.within(*self.heat.shape)

    @property
    def ratio(self) -> float:
        """Side of the measured field over that of `seen`: the root of the ratio of their areas."""
        if self.measured is None or not self.seen.height * self.seen.width:
            return 0.0
        areas = self.measured.height * self.measured.width / (self.seen.height * self.seen.width)
        return float(np.sqrt(areas))


def effective_field(
    steps: "Steps",
    rows: Sequence[Row],
    name: str,
    unit: Unit,
    values: NDArray[np.float32],
    draw: int = 0,
) -> EffectiveField:
    """The effective receptive field of one unit over one picture.

    Only the network up to the unit's layer is run, in the mode that its module is in.

    Parameters
    ----------
    rows : sequence of Row
        The network's table for an input of this size.
    name : str
        The unit's row; `INPUT` is allowed.
    values : array, channels x height x width
        What `Preprocessing.apply` gives.
    draw : int
        Seed of what dropout silences in training mode.

    Raises
    ------
    NetworkError
        When there is no such unit.
    ModelError
        When the gradient is not finite.
    """
    return next(average_field(steps, rows, name, unit, [values[None]], draw))


def average_field(
    steps: "Steps",
    rows: Sequence[Row],
    name: str,
    unit: Unit,
    batches: Iterable[NDArray[np.float32]],
    draw: int = 0,
) -> Iterator[EffectiveField]:
    """The same averaged over many pictures; gives the mean so far after each batch.

    Parameters
    ----------
    batches : iterable of arrays, N x channels x height x width

    Raises
    ------
    NetworkError, ModelError
        As `effective_field`.
    """
    by_name = {row.name: row for row in rows}
    theory = _theory(by_name, name, unit, rows)
    total: Heat | None = None
    found = EffectiveField(np.zeros((0, 0)), theory, None, 0.0, "", 0, 0, 0.0)
    for batch in batches:
        started = time.perf_counter()
        with _drawn(steps, draw):
            heats, before = _heats(steps, by_name, name, unit, batch)
        if not np.isfinite(heats).all():
            raise ModelError(f"the gradient of a unit of {name} is not finite")
        total = heats.sum(axis=0) if total is None else total + heats.sum(axis=0)
        pictures = found.pictures + len(batch)
        unheard = found.unheard + int((~heats.any(axis=(1, 2))).sum())
        seconds = found.seconds + time.perf_counter() - started
        found = replace(
            summarise(total / pictures, theory),
            before=before or found.before,
            pictures=pictures,
            unheard=unheard,
            seconds=seconds,
        )
        yield found


def summarise(heat: Heat, theory: Box) -> EffectiveField:
    """Measure a heat: the box that holds `SHARE` of it, and how much lies inside the theory's."""
    whole = float(heat.sum())
    seen = theory.within(*heat.shape)
    part = float(heat[seen.top : seen.bottom, seen.left : seen.right].sum())
    measured = None
    if whole > 0:
        top, bottom = _shortest_run(heat.sum(axis=1))
        left, right = _shortest_run(heat.sum(axis=0))
        measured = Box(top, left, bottom, right)
    return EffectiveField(heat, theory, measured, part / whole if whole else 0.0, "", 1, 0, 0.0)


def _shortest_run(amounts: NDArray[np.float64]) -> tuple[int, int]:
    """First and end of the shortest run that holds `SHARE`; of several, the one that holds most."""
    up_to = np.concatenate([[0.0], np.cumsum(amounts)])
    wanted = SHARE * up_to[-1] * (1 - 1e-12)
    ends = np.searchsorted(up_to, up_to + wanted)
    starts = np.flatnonzero(ends < len(up_to))
    lengths = ends[starts] - starts
    shortest = starts[lengths == lengths.min()]
    best = int(shortest[np.argmax(up_to[shortest + lengths.min()] - up_to[shortest])])
    return best, best + int(lengths.min())


def _theory(by_name: Mapping[str, Row], name: str, unit: Unit, rows: Sequence[Row]) -> Box:
    index, y, x = unit
    if name == INPUT:
        size = by_name[INPUT].output if INPUT in by_name else rows[0].source
        box = Box(y, x, y + 1, x + 1)
    elif name in by_name:
        size, box = by_name[name].output, Box(*by_name[name].field_of(y, x))
    else:
        raise NetworkError(f"there is no layer '{name}'", f"The layers are: {', '.join(by_name)}")
    if any(not 0 <= place < length for place, length in zip(unit, size, strict=True)):
        raise NetworkError(f"{name} gives {size}: it has no unit {index}, {y}, {x}")
    return box


def _heats(
    steps: "Steps",
    by_name: Mapping[str, Row],
    name: str,
    unit: Unit,
    batch: NDArray[np.float32],
) -> tuple[Heat, str]:
    """The heat of each picture, N x rows x columns, and the row that was taken instead."""
    import torch

    before, poolings = _before_activation(steps, by_name, name)
    first = next(steps.module.parameters(), None)
    dtype = torch.float32 if first is None else first.dtype
    device = device_of(steps.module)
    with torch.inference_mode(False), torch.enable_grad():
        # A copy: what is kept elsewhere can't be written to, which torch warns about.
        values = torch.tensor(batch, dtype=dtype, device=device, requires_grad=True)
        found = steps.run(values, until=name, keep=(name, before))
        heats = _slopes(found[name], unit, by_name.get(name), values, keep_graph=bool(before))
        silent = ~heats.any(axis=(1, 2))
        if not before or not silent.any():
            return heats, ""
        result = found[before]
        for pooling in poolings:
            result = pooling(result)
        instead = _slopes(result, unit, by_name[name], values, keep_graph=False)
    heats[silent] = instead[silent]
    return heats, before


@contextmanager
def _drawn(steps: "Steps", draw: int) -> Iterator[None]:
    """In training mode dropout follows that seed; torch's own generator is left alone."""
    import torch

    with torch.random.fork_rng(devices=[], enabled=steps.module.training):
        if steps.module.training:
            torch.manual_seed(draw)
        yield


def _slopes(
    result: "Tensor", unit: Unit, row: Row | None, values: "Tensor", keep_graph: bool
) -> Heat:
    """|d unit / d input| of each picture, summed over channels: N x rows x columns."""
    import torch

    index, y, x = unit
    maps = result
    if row is not None:
        maps = result.movedim(-1, 1) if len(row.shape) == _CHANNELS_LAST else result
        maps = maps.reshape(len(values), *row.output)
    # Pictures of a batch don't mix, so the gradient of the sum is that of each.
    one = maps[:, index, y, x].sum()
    slopes: Sequence[Tensor | None] = torch.autograd.grad(
        one, values, retain_graph=keep_graph, allow_unused=True
    )
    slope = slopes[0]
    if slope is None:
        return np.zeros((len(values), *values.shape[2:]))
    heat: Heat = slope.abs().sum(dim=1).double().numpy(force=True)
    return heat


def _before_activation(
    steps: "Steps", by_name: Mapping[str, Row], name: str
) -> tuple[str, list["nn.Module"]]:
    """The row before the activation that a row comes from, and the max poolings after that.

    An activation never falls, so the largest of several values is the same one before it.
    """
    before, row = "", by_name.get(name)
    passed: list[nn.Module] = []
    poolings: list[nn.Module] = []
    while row is not None:
        if row.kind in _ACTIVATIONS:
            before, poolings = row.inputs[0], list(passed)
        elif row.kind in _POOLINGS and (part := steps.part(row.name)) is not None:
            passed.insert(0, part)
        elif row.kind != _FLATTEN:
            break
        row = by_name.get(row.inputs[0])
    return before, poolings
