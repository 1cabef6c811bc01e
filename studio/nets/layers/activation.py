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


class Softmax(Layer):
    """exp(x) over the sum of exp(x) across channels."""

    kind: ClassVar[str] = "softmax"
    title: ClassVar[str] = "Softmax"
    short: ClassVar[str] = "Softmax"
    summary: ClassVar[str] = "Turns the values of all classes into probabilities that add up to 1."

    def module(self, size: Size) -> "nn.Module":
        from torch import nn

        return nn.Softmax(dim=1)
