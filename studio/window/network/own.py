"""The document's own network as a model: made from another one, with its weights where they fit."""

from collections.abc import Callable
from functools import lru_cache

from studio.errors import StudioError
from studio.nets.inherit import check_computable, inherit
from studio.nets.model import Model, Trained
from studio.nets.network import Network
from studio.nets.untrained import untrained
from studio.window.translate import tr


def as_own(network: Network) -> Network:
    """A network for a person to change, with a name that says so."""
    mark = tr("my {network}").format(network=network.title)
    title = network.title if network.name == "own" else f"{mark[:1].upper()}{mark[1:]}"
    return network.change(name="own", title=title)


def load_own(network: Network, origin: Callable[[], Model] | None, seed: int) -> Model:
    """The model of the document's own network; slow, for a job.

    Where the weights that it should begin with can't be had, they are random, and the card says
    why. The very same model comes where nothing has changed.

    Raises
    ------
    NetworkError
        When the network has a problem, or is too large.
    """
    if origin is None:
        return _random(network, seed, "")
    try:
        begun = origin()
    except StudioError as error:
        return _random(network, seed, str(error))
    return _inherited(network, begun, seed)


@lru_cache(maxsize=2)
def _inherited(network: Network, origin: Model, seed: int) -> Model:
    return inherit(network, origin, seed)


@lru_cache(maxsize=2)
def _random(network: Network, seed: int, reason: str) -> Model:
    check_computable(network)
    model = untrained(network, seed)
    if not reason:
        return model
    text = f"{model.card.trained.text}; those of the model it was made from can't be had: {reason}"
    return Model(model.card.change(trained=Trained(text=text)), model.weights)
