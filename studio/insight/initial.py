"""The weights that a network had before it learned anything."""

from studio.nets.model import Model
from studio.nets.network import Network
from studio.nets.untrained import untrained
from studio.nets.weights import Weights


def initial_weights(model: Model) -> Weights | None:
    """The weights that a model's training began with, made again from the seed on its card.

    They are the same for one version of torch; None where the card names no seed, or the network
    is one whose training the studio didn't do.
    """
    network, seed = model.card.network, model.card.trained.settings.get("seed")
    if not isinstance(network, Network) or not isinstance(seed, int):
        return None
    return untrained(network, seed).weights
