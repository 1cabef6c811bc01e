"""A network as it is before it has learned anything."""

from studio.nets.model import Card, Model, Trained
from studio.nets.network import Network
from studio.nets.preprocess import Preprocessing
from studio.nets.published import Published

_CENTRE, _SPREAD = 0.5, 0.25  # of pixels on the scale 0 to 1, about as in photos


def untrained(network: Network | Published, seed: int = 0) -> Model:
    """A network with the weights that it would begin to learn from.

    Pictures are brought to about mean 0 and deviation 1, as they are for training. Torch's random
    generator is left alone.

    Raises
    ------
    NetworkError
        When the network has a problem.
    """
    import torch

    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        module = network.module()
    channels, height, width = network.input
    card = Card.build(
        {
            "name": network.name,
            "title": network.title,
            "network": network,
            "preprocessing": Preprocessing(
                size=(height, width),
                channels=1 if channels == 1 else 3,
                mean=(_CENTRE,) * channels,
                std=(_SPREAD,) * channels,
            ),
            "trained": Trained(text=f"Not trained: the weights are random, from seed {seed}"),
        }
    )
    weights = {name: array.detach().numpy() for name, array in module.state_dict().items()}
    return Model(card, weights)
