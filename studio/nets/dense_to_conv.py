"""Models for pictures of another size, and dense layers turned into convolutions for that."""

from math import prod

from studio.errors import NetworkError
from studio.nets.layer import Size
from studio.nets.model import Model
from studio.nets.network import Network


def as_convolutions(model: Model) -> Model:
    """The same model with convolutions in place of its dense layers.

    The weights are the very same numbers: row u of a dense layer's matrix, laid out as channels x
    height x width, is the kernel of map u.

    Raises
    ------
    NetworkError
        When the network isn't a list of layers, or has a layer that can only act on a vector.
    """
    network = model.card.network
    if not isinstance(network, Network):
        raise NetworkError(
            f"{network.title} is no list of layers of the studio, so its dense layers stay as "
            "they are"
        )
    changed = network.as_convolutions()
    if changed is network:
        return model
    state = changed.state()
    weights = {name: array.reshape(state[name].shape) for name, array in model.weights.items()}
    return Model(model.card.change(network=changed, sha256=""), weights)


def at_size(model: Model, height: int, width: int) -> Model:
    """The same model for pictures of another size, with the same weights.

    Its accuracy was measured at the other size, so the card doesn't claim it any more.

    Raises
    ------
    NetworkError
        When a dense layer has weights for the maps of its own size only, or another layer can't
        take that size.
    """
    network = model.card.network
    if (height, width) == network.input[1:]:
        return model
    resized = network.change(input=Size(network.input.channels, height, width))
    resized.check()
    for name, part in resized.state().items():
        held = model.weights[name].shape
        if held != part.shape:
            layer = name.rpartition(".")[0]
            raise NetworkError(
                f"{network.title} can't take {resized.input}: {layer} has weights for "
                f"{prod(held[1:])} values and would be given {prod(part.shape[1:])}",
                "Turn the dense layers into convolutions first",
            )
    card = model.card.change(
        network=resized,
        preprocessing=model.card.preprocessing.change(size=(height, width)),
        sha256="",
        test_accuracy=None,
        test_data="",
    )
    return Model(card, model.weights)
