"""Pooling: one value for each window of a map."""

from typing import TYPE_CHECKING, ClassVar, Literal

from studio.declare import option
from studio.errors import NetworkError
from studio.nets.layer import Layer, Size, Window
from studio.nets.layers.sliding import need_maps, slide, words_of

if TYPE_CHECKING:
    from torch import nn


class Pool(Layer):
    """What the two kinds of pooling have in common."""

    short: ClassVar[str] = "Pool"

    window_size: int = option(2, "Window", "Height and width of the window.", low=1, high=63)
    stride: int = option(
        2, "Stride", "How far the window moves between two outputs.", low=1, high=32, unit="values"
    )
    padding: int = option(
        0, "Padding", "Rows and columns added on every side; at most half a window.", low=0, high=31
    )

    def shape(self, size: Size) -> Size:
        need_maps(size, "pooling")
        if self.padding > self.window_size // 2:
            raise NetworkError(
                f"padding {self.padding} is more than half of a {self.window_size} × "
                f"{self.window_size} window: use at most {self.window_size // 2}"
            )
        return slide(size, self._window, size.channels, "window")

    def window(self, size: Size) -> Window:
        return self._window

    @property
    def _window(self) -> Window:
        window, stride, padding = self.window_size, self.stride, self.padding
        return Window((window, window), (stride, stride), (padding, padding))


class MaxPool(Pool):
    """The largest value of every window."""

    kind: ClassVar[str] = "max_pool"
    title: ClassVar[str] = "Max pooling"
    summary: ClassVar[str] = "Keeps the largest value of every window, so the maps get smaller."

    dilation: int = option(
        1, "Dilation", "Distance between neighbouring values of the window.", low=1, high=32
    )

    @property
    def _window(self) -> Window:
        return super()._window._replace(dilation=(self.dilation, self.dilation))

    @property
    def words(self) -> str:
        return words_of(f"max {self.window_size}", self._window, usual_stride=self.window_size)

    def module(self, size: Size) -> "nn.Module":
        from torch import nn

        return nn.MaxPool2d(self.window_size, self.stride, self.padding, self.dilation)


class AveragePool(Pool):
    """The mean of every window; padding counts as zeros."""

    kind: ClassVar[str] = "average_pool"
    title: ClassVar[str] = "Average pooling"
    summary: ClassVar[str] = "Keeps the mean of every window, so the maps get smaller."

    @property
    def words(self) -> str:
        return words_of(f"average {self.window_size}", self._window, usual_stride=self.window_size)

    def module(self, size: Size) -> "nn.Module":
        from torch import nn

        return nn.AvgPool2d(self.window_size, self.stride, self.padding)


class GlobalPool(Layer):
    """One value for each map, whatever its size."""

    kind: ClassVar[str] = "global_pool"
    title: ClassVar[str] = "Global pooling"
    short: ClassVar[str] = "Pool"
    summary: ClassVar[str] = (
        "Keeps one value of every map, its mean or its largest, so that pictures of any size give "
        "as many values."
    )

    keep: Literal["average", "max"] = option(
        "average",
        "Keep",
        "What is kept of every map.",
        names={"average": "Mean", "max": "Largest"},
    )

    @property
    def words(self) -> str:
        return f"global {self.keep}"

    def shape(self, size: Size) -> Size:
        need_maps(size, "pooling")
        return Size(size.channels, 1, 1)

    def window(self, size: Size) -> Window:
        return Window(kernel=(size.height, size.width), stride=(0, 0))

    def module(self, size: Size) -> "nn.Module":
        from torch import nn

        return nn.AdaptiveAvgPool2d(1) if self.keep == "average" else nn.AdaptiveMaxPool2d(1)
