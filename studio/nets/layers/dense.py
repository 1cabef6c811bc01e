"""From maps to a vector, and layers in which every value sees every other."""

from typing import TYPE_CHECKING, ClassVar

from studio.declare import option
from studio.errors import NetworkError
from studio.nets.layer import Flat, Layer, Part, Size, Window
from studio.nets.layers.sliding import need_maps, slide

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
        return Window(kernel=(size.height, size.width), stride=(0, 0))

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
    frozen: bool = option(False, "Frozen", "Training leaves the weights and biases as they are.")

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

    @property
    def words(self) -> str:
        return "frozen" if self.frozen else ""

    def module(self, size: Size) -> "nn.Module":
        from torch import nn

        return nn.Linear(size.values, self.units, bias=self.bias).requires_grad_(not self.frozen)


class DenseConv(Layer):
    """A dense layer that slides over maps larger than those it was made for.

    Its kernels are as large as those maps were, so on them it gives one value for each unit, the
    same as the dense layer; on larger ones a map of such values.
    """

    kind: ClassVar[str] = "dense_conv"
    title: ClassVar[str] = "Dense as convolution"
    short: ClassVar[str] = "Dense"
    summary: ClassVar[str] = (
        "A dense layer whose kernels are as large as the maps it was made for, so that larger "
        "maps give an answer at every place."
    )

    units: int = option(10, "Units", "How many maps come out.", low=1, high=65536)
    height: int = option(1, "Height", "Of the maps it was made for.", low=1, high=65536)
    width: int = option(1, "Width", "Of the maps it was made for.", low=1, high=65536)
    bias: bool = option(True, "Bias", "Add one learned number to every unit.")
    frozen: bool = option(False, "Frozen", "Training leaves the weights and biases as they are.")

    def shape(self, size: Size) -> Size:
        need_maps(size, "a dense layer as convolution")
        return slide(size, self.window(size), self.units, "kernel")

    def window(self, size: Size) -> Window:
        return Window(kernel=(self.height, self.width))

    def state(self, size: Size) -> dict[str, Part]:
        kernels = {"weight": Part((self.units, size.channels, self.height, self.width))}
        return kernels | ({"bias": Part((self.units,))} if self.bias else {})

    def multiply_adds(self, size: Size) -> int:
        return self.shape(size).values * size.channels * self.height * self.width

    @property
    def words(self) -> str:
        words = f"as {self.height} × {self.width}"
        return f"{words}, frozen" if self.frozen else words

    def module(self, size: Size) -> "nn.Module":
        from torch import nn

        kernel = (self.height, self.width)
        module = nn.Conv2d(size.channels, self.units, kernel, bias=self.bias)
        return module.requires_grad_(not self.frozen)
