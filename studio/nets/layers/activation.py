"""Activations: the same function for every value, and softmax."""

from typing import TYPE_CHECKING, ClassVar

from studio.nets.layer import Layer, Size

if TYPE_CHECKING:
    from torch import nn


class ReLU(Layer):
    """max(0, x)."""

    kind: ClassVar[str] = "relu"
    title: ClassVar[str] = "ReLU"
    short: ClassVar[str] = "ReLU"
    summary: ClassVar[str] = "Keeps positive values and turns negative ones into zero."

    def module(self, size: Size) -> "nn.Module":
        from torch import nn

        return nn.ReLU()


class Sigmoid(Layer):
    """1 / (1 + exp(-x))."""

    kind: ClassVar[str] = "sigmoid"
    title: ClassVar[str] = "Sigmoid"
    short: ClassVar[str] = "Sigmoid"
    summary: ClassVar[str] = "Squeezes every value between 0 and 1."

    def module(self, size: Size) -> "nn.Module":
        from torch import nn

        return nn.Sigmoid()


class Tanh(Layer):
    """The hyperbolic tangent."""

    kind: ClassVar[str] = "tanh"
    title: ClassVar[str] = "Tanh"
    short: ClassVar[str] = "Tanh"
    summary: ClassVar[str] = "Squeezes every value between −1 and 1."

    def module(self, size: Size) -> "nn.Module":
        from torch import nn

        return nn.Tanh()


class GELU(Layer):
    """x times the share of a normal distribution below x (Hendrycks and Gimpel, 2016).

    The exact form, x (1 + erf(x / sqrt 2)) / 2, as torch has it by default.
    """

    kind: ClassVar[str] = "gelu"
    title: ClassVar[str] = "GELU"
    short: ClassVar[str] = "GELU"
    summary: ClassVar[str] = (
        "Keeps large positive values, silences large negative ones, and bends smoothly between."
    )

    def module(self, size: Size) -> "nn.Module":
        from torch import nn

        return nn.GELU()


class Softmax(Layer):
    """exp(x) over the sum of exp(x) across channels, at every place of a map by itself."""

    kind: ClassVar[str] = "softmax"
    title: ClassVar[str] = "Softmax"
    short: ClassVar[str] = "Softmax"
    summary: ClassVar[str] = (
        "Turns the values of all classes into probabilities that add up to 1; with maps, at every "
        "place by itself."
    )

    def module(self, size: Size) -> "nn.Module":
        from torch import nn

        return nn.Softmax(dim=1)
