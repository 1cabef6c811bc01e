"""One kernel, unit or vector out of arrays of a layer."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.insight.input_tensor import channel_names
from studio.insight.kernels import Kernels, learned_kernels
from studio.nets.row import Row
from studio.window.train.by_hand.signed_grid import strip
from studio.window.translate import tr

Arrays = Mapping[str, NDArray[Any]]
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class HandLayer:
    """A layer that learns.

    Attributes
    ----------
    name, title : str
        In the torch module, and for a person.
    outputs, inputs : int
        How many kernels or units there are, and how many slices each has to choose from; 1 where
        all is shown at once.
    input_names : tuple of str
        Of the slices, where they have some.
    is_kernel : bool
        Whether its slices are kernels and not the weights of a unit, or one number for each map.
    """

    name: str
    title: str
    outputs: int
    inputs: int
    input_names: tuple[str, ...] = ()
    is_kernel: bool = False


def layers_of(rows: Sequence[Row], weights: Arrays) -> tuple[HandLayer, ...]:
    """The layers that the weights belong to, in the table's order; others by their name."""
    titles = {row.name: row.title for row in rows}
    names = dict.fromkeys(name.rpartition(".")[0] or name for name in weights)
    found = []
    for name in names:
        kernels = _kernels(rows, weights, name)
        if kernels is None:
            found.append(HandLayer(name, titles.get(name, name), 1, 1))
            continue
        inputs = 1 if kernels.size == (1, 1) else kernels.inputs
        colours = channel_names(inputs) if kernels.in_colour and inputs > 1 else ()
        is_kernel = not kernels.is_dense
        found.append(
            HandLayer(name, titles[name], kernels.count, inputs, tuple(colours), is_kernel)
        )
    return tuple(found)


def slice_of(
    rows: Sequence[Row], arrays: Arrays, name: str, output: int, input: int
) -> Numbers | None:
    """A kernel's slice, height x width; single values of a unit or a layer in a grid.

    What is no finite number is infinite. None where the arrays have nothing of the layer.
    """
    kernels = _kernels(rows, arrays, name)
    if kernels is not None:
        one = _finite(kernels.weights[output])
        return strip(one.ravel()) if kernels.size == (1, 1) else one[input]
    array = arrays.get(f"{name}.weight", arrays.get(name))
    if array is None:  # such as the parts of an attention
        array = next((one for key, one in arrays.items() if key.startswith(f"{name}.")), None)
    if array is None:
        return None
    return strip(_finite(array).ravel())


def _finite(values: NDArray[Any]) -> Numbers:
    return np.where(np.isfinite(values), values, np.inf).astype(np.float64)


def bias_of(arrays: Arrays, name: str, output: int) -> float | None:
    """The bias of a kernel or a unit."""
    bias = arrays.get(f"{name}.bias")
    return float(bias[output]) if bias is not None and output < len(bias) else None


def lengths_of(lengths: Mapping[str, float], layers: Sequence[HandLayer]) -> list[float]:
    """L2 over all arrays of each layer."""
    return [
        math.hypot(*(value for key, value in lengths.items() if _belongs(key, layer.name)))
        for layer in layers
    ]


def _belongs(key: str, name: str) -> bool:
    return (key.rpartition(".")[0] or key) == name


def _kernels(rows: Sequence[Row], arrays: Arrays, name: str) -> Kernels | None:
    if all(row.name != name for row in rows):
        return None
    return learned_kernels(rows, arrays, name)


def input_words(layer: HandLayer, input: int) -> str:
    """What the slices of a kernel look at, and which one this is."""
    if layer.input_names:
        return tr("Input: {name}").format(name=tr(layer.input_names[input]).lower())
    return tr("Input map, 0 to {last}").format(last=f"{layer.inputs - 1:,}")
