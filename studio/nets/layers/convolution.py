"""Convolution."""

from typing import TYPE_CHECKING, ClassVar

from studio.declare import SELDOM, UNSHOWN, option
from studio.errors import NetworkError
from studio.nets.hand_made import HandMade, check_hand_made, put_in
from studio.nets.layer import Layer, Part, Size, Window
from studio.nets.layers.sliding import need_maps, slide, words_of

if TYPE_CHECKING:
    from torch import nn


class Conv(Layer):
    """Every output map is a sum of the input maps, each correlated with its own kernel."""

    kind: ClassVar[str] = "conv"
    title: ClassVar[str] = "Convolution"
    short: ClassVar[str] = "Conv"
    summary: ClassVar[str] = "Slides kernels over all maps; each set of kernels gives one new map."

    filters: int = option(32, "Filters", "How many maps come out.", low=1, high=4096)
    kernel: int = option(
        3, "Kernel", "Height and width of the kernels.", low=1, high=63, unit="values"
    )
    stride: int = option(
        1, "Stride", "How far the kernel moves between two outputs.", low=1, high=32, unit="values"
    )
    padding: int = option(
        0, "Padding", "Rows and columns of zeros added on every side.", low=0, high=63
    )
    dilation: int = option(
        1, "Dilation", "Distance between neighbouring values of the kernel.", low=1, high=32
    )
    bias: bool = option(True, "Bias", "Add one learned number to every map.")
    frozen: bool = option(False, "Frozen", "Training leaves the kernels and biases as they are.")
    groups: int = option(
        1,
        "Groups",
        "Split the maps into groups, each with filters of its own; as many groups as maps come in "
        "is a depthwise convolution.",
        low=1,
        high=4096,
        group=SELDOM,
    )
    hand_made: tuple[HandMade, ...] = option(
        (),
        "Hand-made kernels",
        "Kernels that some of the filters begin with, such as Sobel's.",
        group=UNSHOWN,
    )

    def shape(self, size: Size) -> Size:
        need_maps(size, "a convolution")
        self._check_groups(size)
        check_hand_made(self.hand_made, self.filters, self.kernel)
        return slide(size, self._window, self.filters, "kernel")

    def _check_groups(self, size: Size) -> None:
        for count, what in (
            (size.channels, "maps that come in"),
            (self.filters, "filters"),
        ):
            if count % self.groups:
                raise NetworkError(
                    f"{count} {what} can't be split into {self.groups} equal groups: "
                    f"use a number of groups that divides {size.channels} and {self.filters}"
                )

    def window(self, size: Size) -> Window:
        return self._window

    @property
    def _window(self) -> Window:
        kernel, stride, padding = self.kernel, self.stride, self.padding
        return Window(
            (kernel, kernel), (stride, stride), (padding, padding), (self.dilation, self.dilation)
        )

    def state(self, size: Size) -> dict[str, Part]:
        seen = size.channels // self.groups
        kernels = {"weight": Part((self.filters, seen, self.kernel, self.kernel))}
        return kernels | ({"bias": Part((self.filters,))} if self.bias else {})

    def multiply_adds(self, size: Size) -> int:
        return self.shape(size).values * (size.channels // self.groups) * self.kernel**2

    @property
    def words(self) -> str:
        words = words_of(f"{self.kernel} × {self.kernel}", self._window, usual_stride=1)
        words += f", {self.groups} groups" if self.groups > 1 else ""
        words += f", {len(self.hand_made)} hand-made" if self.hand_made else ""
        return f"{words}, frozen" if self.frozen else words

    def module(self, size: Size) -> "nn.Module":
        from torch import nn

        module = nn.Conv2d(
            size.channels,
            self.filters,
            self.kernel,
            self.stride,
            self.padding,
            self.dilation,
            self.groups,
            bias=self.bias,
        )
        put_in(self.hand_made, module)
        return module.requires_grad_(not self.frozen)
