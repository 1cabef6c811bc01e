"""Layers that act differently while training: batch normalisation and dropout."""

from typing import TYPE_CHECKING, ClassVar

from studio.declare import option
from studio.nets.layer import Layer, Part, Size

if TYPE_CHECKING:
    from torch import nn


class BatchNorm(Layer):
    """Normalises every channel, then scales and shifts it (Ioffe and Szegedy, 2015)."""

    kind: ClassVar[str] = "batch_norm"
    title: ClassVar[str] = "Batch normalisation"
    short: ClassVar[str] = "Norm"
    summary: ClassVar[str] = (
        "Brings every map to mean 0 and deviation 1 over the batch, then scales and shifts it."
    )

    momentum: float = option(
        0.1, "Momentum", "Share of the newest batch in the running mean.", low=0.0, high=1.0
    )
    epsilon: float = option(
        1e-5,
        "Epsilon",
        "Added to the variance, against division by zero.",
        above=0.0,
        high=1.0,
        logarithmic=True,
    )

    scale: bool = option(
        True, "Scale", "Learn a factor for every map beside the shift; without, it stays 1."
    )

    @property
    def words(self) -> str:
        return "batch" if self.scale else "batch, no scale"

    def state(self, size: Size) -> dict[str, Part]:
        each = (size.channels,)
        return {
            "weight": Part(each),
            "bias": Part(each),
            "running_mean": Part(each, learned=False),
            "running_var": Part(each, learned=False),
            "num_batches_tracked": Part((), learned=False, dtype="int64"),
        }

    def module(self, size: Size) -> "nn.Module":
        from torch import nn

        kind = nn.BatchNorm1d if size.flat else nn.BatchNorm2d
        module = kind(size.channels, eps=self.epsilon, momentum=self.momentum)
        module.weight.requires_grad_(self.scale)
        return module


class Dropout(Layer):
    """Silences values at random while training and scales up the others."""

    kind: ClassVar[str] = "dropout"
    title: ClassVar[str] = "Dropout"
    short: ClassVar[str] = "Dropout"
    summary: ClassVar[str] = "While training, sets values to zero at random; afterwards, nothing."

    probability: float = option(
        0.5, "Probability", "Share of the values set to zero.", low=0.0, high=0.99, step=0.05
    )

    @property
    def words(self) -> str:
        return f"{self.probability:g}"

    def module(self, size: Size) -> "nn.Module":
        from torch import nn

        return nn.Dropout(self.probability)
