"""Networks on pictures of another size."""

from studio.nets.layer import Size
from studio.nets.model import Model


def at_size(model: Model, height: int, width: int) -> Model:
    """The same network for pictures of another size.

    Raises
    ------
    NetworkError
        When the layers can't take it.
    """
    network = model.card.network
    resized = network.change(input=Size(network.input.channels, height, width))
    resized.check()
    preprocessing = model.card.preprocessing.change(size=(height, width))
    return Model(model.card.change(network=resized, preprocessing=preprocessing), model.weights)
