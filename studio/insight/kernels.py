"""What a convolution or a dense layer has learned: its kernels, their size, and which are dead."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from studio.errors import ModelError
from studio.image.colour_map import apply_map
from studio.image.statistics import Histogram
from studio.insight.sources import flattened, is_first
from studio.nets.row import Row

Weights = Mapping[str, NDArray[Any]]
Numbers = NDArray[np.float64]
Scaling = Literal["symmetric", "range"]

DEAD_BELOW = 0.01  # of the layer's largest norm
_CHANNELS = (1, 3)  # of a picture
_AT_ONCE = 2**20  # weights


@dataclass(frozen=True, eq=False)
class Kernels:
    """The kernels of one layer.

    Attributes
    ----------
    row : Row
        The layer.
    weights : float array, outputs x inputs x height x width
        Inputs are those of one group. Of a dense layer, the inputs of each unit as the maps they
        were before they were flattened, or values x 1 x 1.
    bias : float array, outputs, optional
    groups : int
    sources : int
        How many maps come in, over all groups.
    is_dense : bool
    in_colour : bool
        Whether the inputs are the red, green and blue of the picture, or its grey.
    """

    row: Row
    weights: NDArray[Any]
    bias: NDArray[Any] | None
    groups: int
    sources: int
    is_dense: bool
    in_colour: bool

    @property
    def count(self) -> int:
        """How many maps or units come out."""
        return len(self.weights)

    @property
    def inputs(self) -> int:
        """How many maps each kernel looks at."""
        return int(self.weights.shape[1])

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of each."""
        height, width = self.weights.shape[2:]
        return int(height), int(width)

    @property
    def is_depthwise(self) -> bool:
        """Whether every map is convolved by itself."""
        return self.groups > 1 and self.inputs == 1

    def source_of(self, output: int, input: int) -> int:
        """The number of the incoming map that one slice of a kernel looks at."""
        return output // (self.count // self.groups) * self.inputs + input

    def kernel(self, output: int) -> NDArray[Any]:
        """All slices for one map; inputs x height x width."""
        return np.asarray(self.weights[output])

    def matrix(self) -> NDArray[Any]:
        """Outputs x (inputs · height · width)."""
        return np.asarray(self.weights.reshape(self.count, -1))

    @property
    def norms(self) -> Numbers:
        """Root of the sum of squares of each map's weights, bias left out; outputs."""
        return row_norms(self.matrix())

    @property
    def means(self) -> Numbers:
        """Mean weight of each map; outputs."""
        return np.asarray(self.matrix().mean(axis=1, dtype=np.float64))

    @property
    def dead(self) -> NDArray[np.bool_]:
        """Which kernels are so small that they hardly do anything; outputs.

        Those whose norm is less than 1 % of the layer's largest; all, where that is zero.
        """
        norms = self.norms
        return np.asarray(norms <= DEAD_BELOW * norms.max())

    def histogram(
        self, output: int | None = None, bins: int = 64, most: int | None = None
    ) -> Histogram:
        """How often weights occur, of one map or of the layer, on a scale around zero.

        Parameters
        ----------
        most : int, optional
            How many weights to count at most: of more, every second, third, ... output is.
        """
        matrix = self.matrix()
        reach = float(max(-matrix.min(), matrix.max())) or 1.0
        counted = Histogram(-reach, reach, bins)
        counted_of = matrix if output is None else matrix[output : output + 1]
        step = max(1, -(-counted_of.size // most)) if most else 1
        for part in _parts(counted_of[::step]):
            counted.add(np.ascontiguousarray(part, np.float32).reshape(-1, 1, 1))
        return counted


def learned_kernels(rows: Sequence[Row], weights: Weights, name: str) -> Kernels | None:
    """The kernels of a row; None where the row learns none.

    Parameters
    ----------
    rows : sequence of Row
        The table; whether the picture's row is among them doesn't matter.
    weights : mapping
        The arrays of the torch module's ``state_dict``.
    name : str
        Of the row.

    Raises
    ------
    ModelError
        When there is no such row.
    """
    row = next((one for one in rows if one.name == name), None)
    if row is None:
        listed = ", ".join(one.name for one in rows)
        raise ModelError(f"the network has no layer '{name}'", f"Its layers are: {listed}")
    array = weights.get(f"{name}.weight")
    if array is None or array.ndim not in (2, 4):
        return None
    bias = weights.get(f"{name}.bias")
    if array.ndim == 4 and row.source.channels % array.shape[1] == 0:
        sources = row.source.channels
        groups = sources // array.shape[1]
        in_colour = array.shape[1] in _CHANNELS and groups == 1 and is_first(rows, row)
        return Kernels(row, array, bias, groups, sources, False, in_colour)
    if array.ndim == 4:
        return None  # a table of something else
    flatten = flattened(rows, row)
    maps: tuple[int, ...] = (array.shape[1], 1, 1)
    if flatten is not None and flatten.source.values == array.shape[1]:
        maps = tuple(flatten.source)
    in_colour = maps[0] in _CHANNELS and maps[1:] != (1, 1) and is_first(rows, row)
    return Kernels(row, array.reshape(len(array), *maps), bias, 1, maps[0], True, in_colour)


def all_kernels(rows: Sequence[Row], weights: Weights) -> tuple[Kernels, ...]:
    """The kernels of every row that has some, in the table's order."""
    found = (learned_kernels(rows, weights, row.name) for row in rows)
    return tuple(kernels for kernels in found if kernels is not None)


def silent_maps(values: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Which maps are zero everywhere on a picture; one for each map.

    Parameters
    ----------
    values : array, channels x height x width
        What comes out behind the activation.
    """
    return np.asarray(~values.reshape(len(values), -1).any(axis=1))


# How they look


class Coloured(NamedTuple):
    """Weights as colours, and which weights the ends of the scale stand for."""

    pixels: NDArray[np.uint8]
    low: float
    high: float


def in_colours(kernel: NDArray[Any], scaling: Scaling = "symmetric", reach: float = 0) -> Coloured:
    """The slices of a first layer's kernel as red, green and blue; a single one in grey.

    Parameters
    ----------
    kernel : array, 1 or 3 x height x width
    scaling : str
        ``symmetric``: weight zero is mid grey, and the scale goes as far on both sides;
        ``range``: from the smallest weight to the largest.
    reach : float
        How far a symmetric scale goes; 0 for as far as this kernel needs.

    Returns
    -------
    Coloured
        height x width x 3.
    """
    low, high = _ends(kernel, scaling, reach)
    shares = (kernel.astype(np.float64) - low) / (high - low)
    pixels = np.rint(255 * np.clip(shares, 0, 1)).astype(np.uint8)
    pixels = np.broadcast_to(pixels, (3, *pixels.shape[1:]))
    return Coloured(np.ascontiguousarray(pixels.transpose(1, 2, 0)), low, high)


def signed(values: NDArray[Any], reach: float = 0) -> Coloured:
    """Weights of one slice or a matrix, height x width, blue below zero and orange above."""
    low, high = _ends(values, "symmetric", reach)
    return Coloured(apply_map(values.astype(np.float32), "signed", low, high), low, high)


def _ends(values: NDArray[Any], scaling: Scaling, reach: float) -> tuple[float, float]:
    if scaling == "range" and values.min() < values.max():
        return float(values.min()), float(values.max())
    high = reach or float(np.abs(values).max()) or 1.0
    return -high, high


# How they changed


@dataclass(frozen=True, eq=False)
class Change:
    """How far the kernels of a layer are from what they were, one number for each map.

    Attributes
    ----------
    norms : array, outputs
        Norm of the difference.
    shares : array, outputs
        The same, as a share of the norm before; infinite where that was zero.
    cosines : array, outputs
        Of the angle between both: 1 where only the size has changed, 0 where they have nothing in
        common; NaN where one of them is zero.
    """

    norms: Numbers
    shares: Numbers
    cosines: Numbers


def change_of(now: Kernels, before: Kernels) -> Change:
    """How kernels have changed.

    Raises
    ------
    ModelError
        When they are not of one shape.
    """
    if now.weights.shape != before.weights.shape:
        raise ModelError(
            f"{now.row.title} has kernels of {_shape(now)}, and {_shape(before)} before",
            "Compare two states of one network",
        )
    ours, theirs = now.matrix(), before.matrix()
    pairs = zip(_parts(ours), _parts(theirs), strict=True)
    norms = np.concatenate([row_norms(np.subtract(a, b, dtype=np.float64)) for a, b in pairs])
    lengths, earlier = row_norms(ours), row_norms(theirs)
    products = np.einsum("ij,ij->i", ours, theirs, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = np.where(norms == 0, 0.0, norms / earlier)
        cosines = np.clip(products / (lengths * earlier), -1, 1)
    return Change(norms, shares, cosines)


def _parts(matrix: NDArray[Any]) -> list[NDArray[Any]]:
    """Some rows of a matrix after the others, so that what is made of them stays small."""
    rows = max(1, _AT_ONCE // max(1, matrix.shape[1]))
    return [matrix[first : first + rows] for first in range(0, len(matrix), rows)]


def row_norms(matrix: NDArray[Any]) -> Numbers:
    """Root of the sum of squares along each row."""
    return np.asarray(np.sqrt(np.einsum("ij,ij->i", matrix, matrix, dtype=np.float64)))


def _shape(kernels: Kernels) -> str:
    return " × ".join(map(str, kernels.weights.shape))
