"""The networks that come with the studio, untrained, from the simplest to the deepest."""

from studio.errors import NetworkError
from studio.nets.layer import Layer, Size
from studio.nets.layers.activation import GELU, ReLU
from studio.nets.layers.block import Inception, Residual
from studio.nets.layers.convolution import Conv
from studio.nets.layers.dense import Dense, Flatten
from studio.nets.layers.fixed import Scale
from studio.nets.layers.pooling import GlobalPool, MaxPool
from studio.nets.layers.regularisation import BatchNorm, Dropout
from studio.nets.network import Network

_DIGITS, _CIFAR, _PHOTOS = Size(1, 28, 28), Size(3, 32, 32), Size(3, 64, 64)


def _perceptron() -> Network:
    return Network(
        name="perceptron",
        title="Perceptron",
        summary="One dense layer: each class weighs every pixel once, and nothing is hidden.",
        input=_CIFAR,
        layers=(Flatten(), Dense(units=2)),
    )


def _one_hidden(units: int) -> Network:
    return Network(
        name=f"mlp-{units}",
        title=f"MLP 3072-{units}-10",
        summary=f"One hidden layer of {units:,} units, with dropout, for colour pictures.",
        input=_CIFAR,
        layers=(Flatten(), Dense(units=units), ReLU(), Dropout(probability=0.5), Dense(units=10)),
    )


def _mlp() -> Network:
    return Network(
        name="mlp",
        title="MLP 784-512-512-10",
        summary="Two hidden layers of 512 units for handwritten digits.",
        input=_DIGITS,
        layers=(
            Flatten(),
            *(Dense(units=512), ReLU()),
            *(Dense(units=512), ReLU()),
            Dense(units=10),
        ),
    )


def _lenet5() -> Network:
    """As it is trained today: ReLU, max pooling, 28 x 28 padded."""
    return Network(
        name="lenet5",
        title="LeNet-5",
        summary="Reads handwritten digits (LeCun et al., 1998); with ReLU and max pooling, as it "
        "is trained today.",
        input=_DIGITS,
        layers=(
            *(Conv(filters=6, kernel=5, padding=2), ReLU(), MaxPool()),
            *(Conv(filters=16, kernel=5), ReLU(), MaxPool()),
            Flatten(),
            *(Dense(units=120), ReLU()),
            *(Dense(units=84), ReLU()),
            Dense(units=10),
        ),
    )


def _convnet(
    name: str,
    title: str,
    summary: str,
    padding: int = 2,
    norm: bool = False,
    dropout: bool = False,
) -> Network:
    """Three 5 x 5 convolutions (32, 64, 64), each halved by pooling, then 1000 units.

    Parameters
    ----------
    padding : int
        Of the second and third convolution; the first keeps its size.
    norm : bool
        Batch normalisation after each convolution.
    dropout : bool
        Dropout before the last layer.
    """
    layers: list[Layer] = []
    for filters, around in ((32, 2), (64, padding), (64, padding)):
        layers += [Conv(filters=filters, kernel=5, padding=around)]
        layers += [BatchNorm()] if norm else []
        layers += [ReLU(), MaxPool()]
    layers += [Flatten(), Dense(units=1000), ReLU()]
    layers += [Dropout(probability=0.25)] if dropout else []
    layers += [Dense(units=10)]
    return Network(name=name, title=title, summary=summary, input=_CIFAR, layers=tuple(layers))


def _convnets() -> tuple[Network, ...]:
    return (
        _convnet(
            "convnet",
            "ConvNet",
            "Three 5 × 5 convolutions with pooling, then 1,000 units.",
        ),
        _convnet(
            "convnet-valid",
            "ConvNet without padding",
            "The second and third convolution lose the border, so one value of each map is left.",
            padding=0,
        ),
        _convnet(
            "convnet-dropout",
            "ConvNet with dropout",
            "The ConvNet with dropout before its last layer, against learning by heart.",
            dropout=True,
        ),
        _convnet(
            "convnet-bn",
            "ConvNet with batch normalisation",
            "The ConvNet with dropout, and batch normalisation after each convolution.",
            norm=True,
            dropout=True,
        ),
    )


def _cifar_conv4() -> Network:
    return Network(
        name="cifar-conv4",
        title="Four convolutions",
        summary="Convolutions of 32, 64, 128 and 128 filters without padding, the last ones "
        "2 × 2, with dropout, for CIFAR-10.",
        input=_CIFAR,
        layers=(
            *(Conv(filters=32, kernel=3), ReLU()),
            *(Conv(filters=64, kernel=3), ReLU(), MaxPool(), Dropout(probability=0.25)),
            *(Conv(filters=128, kernel=3), ReLU(), MaxPool()),
            *(Conv(filters=128, kernel=2), ReLU(), MaxPool(), Dropout(probability=0.25)),
            Flatten(),
            Dense(units=10),
        ),
    )


def _cats_dogs(*filters: int) -> Network:
    """5 x 5 convolutions, each followed by pooling over 5 x 5 with stride 1; sizes are kept."""
    layers: list[Layer] = []
    for maps in filters:
        layers += [Conv(filters=maps, kernel=5, padding=2), ReLU()]
        layers += [MaxPool(window_size=5, stride=1, padding=2)]
    count = {2: "two", 5: "five"}[len(filters)]
    return Network(
        name=f"cats-dogs-conv{len(filters)}",
        title=f"Cats and dogs, {count} convolutions",
        summary=f"{count.capitalize()} 5 × 5 convolutions, each with pooling that moves one value "
        "at a time, for photos of two kinds.",
        input=_PHOTOS,
        layers=(*layers, Flatten(), Dense(units=2)),
    )


def _inception() -> Network:
    def block(ones: int, threes: int, fives: int, pooled: int) -> Inception:
        before = {"before_threes": threes // 2, "before_fives": fives // 2}
        return Inception(ones=ones, threes=threes, fives=fives, pooled=pooled, **before)

    return Network(
        name="inception-cifar",
        title="Small Inception",
        summary="Three inception blocks between poolings, after GoogLeNet (Szegedy et al., 2015).",
        input=_CIFAR,
        layers=(
            *(Conv(filters=32, kernel=3, padding=1, bias=False), BatchNorm(), ReLU()),
            block(16, 32, 8, 8),
            *(MaxPool(), block(32, 64, 16, 16)),
            *(MaxPool(), block(48, 96, 24, 24)),
            *(GlobalPool(), Flatten(), Dense(units=10)),
        ),
    )


def _resnet(depth: int) -> Network:
    """A residual network for CIFAR with `depth` = 6 n + 2 layers: 3 stages of n blocks.

    Where a stage begins, the shortcut is a 1 x 1 convolution; the original takes every other
    pixel there and fills the new maps with zeros (He et al., 2016, option B in place of A).
    """
    blocks = (depth - 2) // 6
    layers: list[Layer] = [Conv(filters=16, kernel=3, padding=1, bias=False), BatchNorm(), ReLU()]
    for filters, stride in ((16, 1), (32, 2), (64, 2)):
        layers.append(Residual(filters=filters, stride=stride))
        layers += [Residual(filters=filters)] * (blocks - 1)
    layers += [GlobalPool(), Flatten(), Dense(units=10)]
    return Network(
        name=f"resnet-{depth}",
        title=f"ResNet-{depth}",
        summary=f"{3 * blocks} residual blocks for CIFAR (He et al., 2016); shortcuts that change "
        "size have 1 × 1 kernels where the original fills up with zeros.",
        input=_CIFAR,
        layers=tuple(layers),
    )


def _fast_cifar() -> Network:
    """That of airbench94 (K. Jordan, 94 % on CIFAR-10 in 3.29 seconds on a single GPU, 2024).

    Its first convolution is made to have the principal components of 2 x 2 patches for kernels.
    """
    norm = BatchNorm(momentum=0.4, epsilon=1e-12, scale=False)
    layers: list[Layer] = [Conv(filters=24, kernel=2), GELU()]
    for filters in (64, 256, 256):
        conv = Conv(filters=filters, kernel=3, padding=1, bias=False)
        layers += [conv, MaxPool(), norm, GELU(), conv, norm, GELU()]
    layers += [MaxPool(window_size=3, stride=3), Flatten()]
    layers += [Scale(factor=1 / 9), Dense(units=10, bias=False)]
    return Network(
        name="fast-cifar",
        title="Fast CIFAR network",
        summary="Seven convolutions, made to learn CIFAR-10 in a few epochs (Jordan, 2024).",
        input=_CIFAR,
        layers=tuple(layers),
    )


NETWORKS: dict[str, Network] = {
    network.name: network
    for network in (
        _perceptron(),
        _one_hidden(300),
        _one_hidden(1000),
        _mlp(),
        _lenet5(),
        *_convnets(),
        _cifar_conv4(),
        _cats_dogs(32, 64),
        _cats_dogs(32, 64, 32, 64, 32),
        _inception(),
        _resnet(20),
        _resnet(56),
        _fast_cifar(),
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
