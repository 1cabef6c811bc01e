"""Dropout and batch normalisation put into a network."""

from studio.errors import NetworkError
from studio.nets.architecture import Architecture
from studio.nets.layer import Layer
from studio.nets.layers.block import Residual
from studio.nets.layers.convolution import Conv
from studio.nets.layers.dense import Dense, DenseConv
from studio.nets.layers.regularisation import BatchNorm, Dropout
from studio.nets.network import Network


def with_dropout(network: Architecture, share: float) -> Network:
    """The network with dropout before its last dense layer.

    Dropout that is there already, with nothing between but layers without weights of their own, is
    given that share instead.

    Parameters
    ----------
    share : float
        Of the values that are set to zero; 0 gives the network as it is.

    Raises
    ------
    NetworkError
        When it isn't made of layers, or has no dense layer.
    """
    network = _of_layers(network, "dropout")
    if not share:
        return network
    layers = list(network.layers)
    last = max(
        (place for place, layer in enumerate(layers) if isinstance(layer, Dense | DenseConv)),
        default=-1,
    )
    if last < 0:
        raise NetworkError(
            f"{network.title} has no dense layer to put dropout before",
            "Set dropout to 0, or put a dropout layer where it should be",
        )
    before = _dropout_before(network, last)
    if before is None:
        layers.insert(last, Dropout(probability=share))
    else:
        layers[before] = layers[before].change(probability=share)
    return network.change(layers=tuple(layers))


def with_batch_norm(network: Architecture) -> Network:
    """The network with batch normalisation after every convolution that has none.

    Residual blocks normalise inside too. Convolutions in inception blocks are left as they are:
    those have no place for it.

    Raises
    ------
    NetworkError
        When it isn't made of layers.
    """
    network = _of_layers(network, "batch normalisation")
    layers: list[Layer] = []
    followers = (*network.layers[1:], None)
    for layer, following in zip(network.layers, followers, strict=True):
        if isinstance(layer, Residual) and not layer.norm:
            layers.append(layer.change(norm=True))
            continue
        layers.append(layer)
        if isinstance(layer, Conv) and not isinstance(following, BatchNorm):
            layers.append(BatchNorm())
    return network.change(layers=tuple(layers))


def _dropout_before(network: Network, place: int) -> int | None:
    """The place of the dropout that acts on what a layer is given, if there is one."""
    rows = network.table()
    learning = {row.layer_index for row in rows if row.weights}
    for index in range(place - 1, -1, -1):
        if isinstance(network.layers[index], Dropout):
            return index
        if index in learning:
            return None
    return None


def _of_layers(network: Architecture, what: str) -> Network:
    if isinstance(network, Network):
        return network
    raise NetworkError(
        f"{network.title} is no list of layers: {what} can't be put into it",
        "Leave that setting off, or take one of the studio's networks",
    )
