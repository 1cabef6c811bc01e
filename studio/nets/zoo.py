"""The networks that come with the studio, untrained."""

from studio.errors import NetworkError
from studio.nets.layer import Layer, Size
from studio.nets.layers.activation import ReLU
from studio.nets.layers.convolution import Conv
from studio.nets.layers.dense import Dense, Flatten
from studio.nets.layers.pooling import MaxPool
from studio.nets.layers.regularisation import BatchNorm, Dropout
from studio.nets.network import Network


def _mlp() -> Network:
    """Two hidden layers of 512 units."""
    return Network(
        name="mlp",
        title="MLP 784-512-512-10",
        input=Size(1, 28, 28),
        layers=(
            Flatten(),
            *(Dense(units=512), ReLU()),
            *(Dense(units=512), ReLU()),
            Dense(units=10),
        ),
    )


def _lenet5() -> Network:
    """LeNet-5 (LeCun et al., 1998) as it is trained today: ReLU, max pooling, 28 x 28 padded."""
    return Network(
        name="lenet5",
        title="LeNet-5",
        input=Size(1, 28, 28),
        layers=(
            *(Conv(filters=6, kernel=5, padding=2), ReLU(), MaxPool()),
            *(Conv(filters=16, kernel=5), ReLU(), MaxPool()),
            Flatten(),
            *(Dense(units=120), ReLU()),
            *(Dense(units=84), ReLU()),
            Dense(units=10),
        ),
    )


def _convnet(name: str, title: str, padding: int, norm: bool) -> Network:
    """Three 5 x 5 convolutions (32, 64, 64), each halved by pooling, then 1000 units.

    Parameters
    ----------
    padding : int
        Of the second and third convolution; the first keeps its size.
    norm : bool
        Batch normalisation after each convolution, and dropout before the last layer.
    """
    layers: list[Layer] = []
    for filters, around in ((32, 2), (64, padding), (64, padding)):
        layers += [Conv(filters=filters, kernel=5, padding=around)]
        layers += [BatchNorm()] if norm else []
        layers += [ReLU(), MaxPool()]
    layers += [Flatten(), Dense(units=1000), ReLU()]
    layers += [Dropout(probability=0.25)] if norm else []
    layers += [Dense(units=10)]
    return Network(name=name, title=title, input=Size(3, 32, 32), layers=tuple(layers))


NETWORKS: dict[str, Network] = {
    network.name: network
    for network in (
        _lenet5(),
        _mlp(),
        _convnet("convnet", "ConvNet", padding=2, norm=False),
        _convnet("convnet-bn", "ConvNet with batch normalisation", padding=2, norm=True),
        _convnet("convnet-valid", "ConvNet without padding", padding=0, norm=False),
    )
}


def network(name: str) -> Network:
    """The network of that name.

    Raises
    ------
    NetworkError
        Listing what there is.
    """
    if name not in NETWORKS:
        raise NetworkError(
            f"there is no network {name!r}", f"The networks are: {', '.join(NETWORKS)}"
        )
    return NETWORKS[name]
