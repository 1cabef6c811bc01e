"""From maps to a vector, and layers in which every value sees every other."""

from typing import TYPE_CHECKING, ClassVar

from studio.declare import option
from studio.errors import NetworkError
from studio.nets.layer import Flat, Layer, Part, Size, Window

if TYPE_CHECKING:
    from torch import nn


class Flatten(Layer):
    """All maps as one vector, channel by channel, row by row."""

    kind: ClassVar[str] = "flatten"
    title: ClassVar[str] = "Flatten"
    short: ClassVar[str] = "Flatten"
    summary: ClassVar[str] = "Lays all maps out as one vector."

    def shape(self, size: Size) -> Size:
        return Flat(size.values, 1, 1)

    def window(self, size: Size) -> Window:
        return Window(kernel=(size.height, size.width))

    def module(self, size: Size) -> "nn.Module":
        from torch import nn

        return nn.Flatten()


class Dense(Layer):
    """Every output is a weighted sum of all inputs plus a bias."""

    kind: ClassVar[str] = "dense"
    title: ClassVar[str] = "Dense"
    short: ClassVar[str] = "Dense"
    summary: ClassVar[str] = "Connects every value to every unit."

    units: int = option(10, "Units", "How many values come out.", low=1, high=65536)
    bias: bool = option(True, "Bias", "Add one learned number to every unit.")

    def shape(self, size: Size) -> Size:
        if not size.flat:
            raise NetworkError(
                f"a dense layer needs a vector, but the layers above give {size} maps: "
                "put a flatten layer above it"
            )
        return Flat(self.units, 1, 1)

    def state(self, size: Size) -> dict[str, Part]:
        matrix = {"weight": Part((self.units, size.values))}
        return matrix | ({"bias": Part((self.units,))} if self.bias else {})

    def multiply_adds(self, size: Size) -> int:
        return self.units * size.values

    def module(self, size: Size) -> "nn.Module":
        from torch import nn

        return nn.Linear(size.values, self.units, bias=self.bias)
