"""Convolution."""

from typing import TYPE_CHECKING, ClassVar

from studio.declare import option
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

    def shape(self, size: Size) -> Size:
        need_maps(size, "a convolution")
        return slide(size, self._window, self.filters, "kernel")

    def window(self, size: Size) -> Window:
        return self._window

    @property
    def _window(self) -> Window:
        kernel, stride, padding = self.kernel, self.stride, self.padding
        return Window(
            (kernel, kernel), (stride, stride), (padding, padding), (self.dilation, self.dilation)
        )

    def state(self, size: Size) -> dict[str, Part]:
        kernels = {"weight": Part((self.filters, size.channels, self.kernel, self.kernel))}
        return kernels | ({"bias": Part((self.filters,))} if self.bias else {})

    def multiply_adds(self, size: Size) -> int:
        return self.shape(size).values * size.channels * self.kernel**2

    @property
    def words(self) -> str:
        return words_of(f"{self.kernel} × {self.kernel}", self._window, usual_stride=1)

    def module(self, size: Size) -> "nn.Module":
        from torch import nn

        return nn.Conv2d(
            size.channels,
            self.filters,
            self.kernel,
            self.stride,
            self.padding,
            self.dilation,
            bias=self.bias,
        )
