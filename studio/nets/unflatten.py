"""Dense layers as convolutions: the layers of a network, without those that flatten."""

from collections.abc import Iterable

from studio.errors import NetworkError
from studio.nets.layer import Layer, Size
from studio.nets.layers.activation import Softmax
from studio.nets.layers.dense import Dense, DenseConv, Flatten
from studio.nets.layers.fixed import Permute, Whiten
from studio.nets.layers.regularisation import BatchNorm

_ONE = (1, 1)


def unflattened(placed: Iterable[tuple[str, Layer, Size]]) -> tuple[Layer, ...]:
    """The layers that do the same on maps: no flatten layers, and dense layers that slide.

    The first dense layer after a flatten layer gets kernels as large as the maps that were
    flattened, later ones 1 x 1 kernels (Long, Shelhamer and Darrell, 2015). What stands between
    them acts on maps as it does on vectors.

    Parameters
    ----------
    placed : iterable of (str, Layer, Size)
        Name, layer and input size of each layer of a network that works.

    Raises
    ------
    NetworkError
        When a layer can only act on the vector itself.
    """
    layers: list[Layer] = []
    flattened: tuple[int, int] = _ONE  # height and width of maps that no dense layer has taken yet
    for name, layer, size in placed:
        if isinstance(layer, Flatten):
            flattened = flattened if size.flat else (size.height, size.width)
        elif isinstance(layer, Dense):
            height, width = flattened
            flattened = _ONE
            layers.append(
                DenseConv(
                    units=layer.units,
                    height=height,
                    width=width,
                    bias=layer.bias,
                    frozen=layer.frozen,
                )
            )
        elif flattened != _ONE and isinstance(layer, BatchNorm | Softmax):
            raise NetworkError(
                f"{name} treats all values of the flattened maps as channels of their own, which "
                "no layer on maps can do: move it above the flatten layer, or below a dense one"
            )
        elif isinstance(layer, Permute | Whiten):
            raise NetworkError(
                f"{name} is made for pictures of {size.height} × {size.width} only, "
                "and can't slide over larger ones"
            )
        else:
            layers.append(layer)
    if flattened != _ONE:
        raise NetworkError(
            "no dense layer takes the flattened maps: remove the flatten layer, or add a dense one"
        )
    return tuple(layers)
