"""Hand-made kernels put into a layer of a network, and taken out again."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from studio.errors import NetworkError
from studio.nets.hand_made import HandMade, Rows
from studio.nets.layers.convolution import Conv
from studio.nets.network import Network


def with_hand_made(
    network: Network,
    layer_index: int,
    filter: int,
    kernel: Any,
    frozen: bool | None = None,
    name: str = "",
) -> Network:
    """The network with a kernel that one filter of a convolution begins with.

    Parameters
    ----------
    layer_index : int
        Place of the convolution in the network's layers.
    filter : int
        Which of its filters; a hand-made kernel that it already has is replaced.
    kernel : array, height x width
        As it lies on the maps. A smaller one than the layer's stands in the middle, with zeros
        around it.
    frozen : bool, optional
        Whether training leaves the whole layer as it is; as it was if not said.
    name : str
        What people call the kernel.

    Raises
    ------
    NetworkError
        When the layer is no convolution, has no such filter, or the kernel doesn't fit into it.
    """
    layer = _convolution(network, layer_index)
    if not 0 <= filter < layer.filters:
        raise NetworkError(
            f"there is no filter {filter}: they are numbered 0 to {layer.filters - 1}"
        )
    made = HandMade(filter=filter, kernel=_centred(kernel, layer.kernel), name=name)
    others = [one for one in layer.hand_made if one.filter != filter]
    kernels = tuple(sorted([*others, made], key=lambda one: one.filter))
    return _changed(
        network,
        layer_index,
        hand_made=kernels,
        frozen=layer.frozen if frozen is None else frozen,
    )


def without_hand_made(network: Network, layer_index: int, filter: int) -> Network:
    """The network without the hand-made kernel of a filter.

    Raises
    ------
    NetworkError
        When the layer is no convolution.
    """
    layer = _convolution(network, layer_index)
    kept = tuple(one for one in layer.hand_made if one.filter != filter)
    return _changed(network, layer_index, hand_made=kept)


def _changed(network: Network, layer_index: int, **values: Any) -> Network:
    layers = list(network.layers)
    layers[layer_index] = layers[layer_index].change(**values)
    return network.change(layers=tuple(layers))


def _convolution(network: Network, layer_index: int) -> Conv:
    if not 0 <= layer_index < len(network.layers):
        raise NetworkError(f"{network.title} has no layer {layer_index + 1}")
    layer = network.layers[layer_index]
    if not isinstance(layer, Conv):
        raise NetworkError(
            f"layer {layer_index + 1} is no convolution, so it has no kernels to put one in",
            "Choose a convolution that is not inside a block",
        )
    return layer


def _centred(kernel: Sequence[Sequence[float]] | Any, side: int) -> Rows:
    rows = np.asarray(kernel, np.float64)
    height, width = rows.shape
    room = side - height, side - width
    if min(room) < 0:
        raise NetworkError(
            f"a kernel of {height} × {width} doesn't fit into one of {side} × {side}",
            "Make the layer's kernels larger, or choose a smaller kernel",
        )
    if room[0] % 2 or room[1] % 2:
        raise NetworkError(
            f"a kernel of {height} × {width} has no middle place in one of {side} × {side}",
            "Both need an odd number of rows and columns, or both an even one",
        )
    above, beside = room[0] // 2, room[1] // 2
    padded = np.pad(rows, ((above, above), (beside, beside)))
    return tuple(tuple(float(weight) for weight in row) for row in padded)
