"""Blocks: layers in branches beside each other, joined by a sum or one behind the other."""

from collections.abc import Iterator
from math import prod
from typing import TYPE_CHECKING, ClassVar, Literal, NamedTuple

from pydantic import field_validator

from studio.declare import option
from studio.errors import NetworkError
from studio.nets.layer import Layer, Part, Size, number_layers
from studio.nets.layers.activation import ReLU
from studio.nets.layers.convolution import Conv
from studio.nets.layers.pooling import MaxPool
from studio.nets.layers.regularisation import BatchNorm
from studio.nets.layers.sliding import need_maps

if TYPE_CHECKING:
    from torch import nn


class Branch(NamedTuple):
    """Layers one after the other; none hands on what it is given."""

    name: str
    layers: tuple[Layer, ...]


class Block(Layer):
    """What blocks have in common.

    Give a kind of block its `join`, its `branches` and the layers that come `after` they meet.
    """

    join: ClassVar[Literal["add", "concat"]]

    def branches(self, size: Size) -> tuple[Branch, ...]:
        """The branches for an input of that size.

        Raises
        ------
        NetworkError
            When the block can't take it.
        """
        raise NotImplementedError

    @property
    def after(self) -> tuple[Layer, ...]:
        return ()

    def joined(self, ends: tuple[Size, ...]) -> Size:
        """The output size where branches of those sizes meet.

        Raises
        ------
        NetworkError
            When they don't fit together.
        """
        adds = self.join == "add"
        if len({end if adds else end[1:] for end in ends}) > 1:
            why = (
                "can't be added: channels, height and width must be the same"
                if adds
                else "can't be put one behind the other: height and width must be the same"
            )
            raise NetworkError(f"its branches give {' and '.join(map(str, ends))}, which {why}")
        channels = ends[0].channels if adds else sum(end.channels for end in ends)
        return Size(channels, ends[0].height, ends[0].width)

    def shape(self, size: Size) -> Size:
        ends = []
        for branch in self.branches(size):
            flowing = size
            for layer in branch.layers:
                flowing = layer.shape(flowing)
            ends.append(flowing)
        flowing = self.joined(tuple(ends))
        for layer in self.after:
            flowing = layer.shape(flowing)
        return flowing

    def state(self, size: Size) -> dict[str, Part]:
        return {
            f"{name}.{part_name}": part
            for name, layer, inside in self._inside(size)
            for part_name, part in layer.state(inside).items()
        }

    def weights(self, size: Size) -> int:
        return sum(prod(part.shape) for part in self.state(size).values() if part.learned)

    def multiply_adds(self, size: Size) -> int:
        return sum(layer.multiply_adds(inside) for _, layer, inside in self._inside(size))

    def module(self, size: Size) -> "nn.Module":
        from torch import nn

        from studio.nets.joining import Branched

        parts = {name: layer.module(inside) for name, layer, inside in self._inside(size)}
        branches: dict[str, nn.Module] = {}
        for branch in self.branches(size):
            branches[branch.name] = nn.Sequential()
            for name, part in parts.items():
                if name.startswith(f"{branch.name}."):
                    branches[branch.name].add_module(name.removeprefix(f"{branch.name}."), part)
        after = {name: part for name, part in parts.items() if "." not in name}
        return Branched(branches, self.join, after)

    def _inside(self, size: Size) -> Iterator[tuple[str, Layer, Size]]:
        """Every layer with its name in the block and its input size."""
        ends = []
        for branch in self.branches(size):
            flowing = size
            for layer, (name, _) in zip(branch.layers, number_layers(branch.layers), strict=True):
                yield f"{branch.name}.{name}", layer, flowing
                flowing = layer.shape(flowing)
            ends.append(flowing)
        flowing = self.joined(tuple(ends))
        for layer, (name, _) in zip(self.after, number_layers(self.after), strict=True):
            yield name, layer, flowing
            flowing = layer.shape(flowing)


class Residual(Block):
    """Two convolutions whose result is added to what came in (He et al., 2016).

    Where the block changes the number or the size of the maps, what came in goes through 1 x 1
    kernels with the same stride, so that both can be added.
    """

    kind: ClassVar[str] = "residual"
    title: ClassVar[str] = "Residual block"
    short: ClassVar[str] = "Res"
    summary: ClassVar[str] = (
        "Two convolutions learn what to add to the maps that come in, so that very deep networks "
        "can be trained."
    )
    join: ClassVar[Literal["add", "concat"]] = "add"

    filters: int = option(32, "Filters", "How many maps come out.", low=1, high=4096)
    kernel: int = option(
        3,
        "Kernel",
        "Height and width of the kernels of both convolutions, an odd number.",
        low=1,
        high=63,
        step=2,
        unit="values",
    )
    stride: int = option(
        1, "Stride", "How far the first convolution moves between two outputs.", low=1, high=32
    )
    norm: bool = option(
        True, "Normalise", "Batch normalisation after each convolution, which then has no bias."
    )

    @field_validator("kernel")
    @classmethod
    def _is_odd(cls, kernel: int) -> int:
        if kernel % 2 == 0:
            raise ValueError(
                f"{kernel} is even, and only odd kernels keep the maps as large as what is added "
                "to them"
            )
        return kernel

    @property
    def words(self) -> str:
        text = f"{self.kernel} × {self.kernel}, twice"
        return text if self.stride == 1 else f"{text}, stride {self.stride}"

    @property
    def after(self) -> tuple[Layer, ...]:
        return (ReLU(),)

    def branches(self, size: Size) -> tuple[Branch, ...]:
        need_maps(size, "a residual block")
        around = self.kernel // 2
        first = self._convolution(kernel=self.kernel, stride=self.stride, padding=around)
        second = self._convolution(kernel=self.kernel, padding=around)
        shortcut: tuple[Layer, ...] = ()
        if self.stride != 1 or size.channels != self.filters:
            shortcut = self._convolution(kernel=1, stride=self.stride)
        return Branch("body", (*first, ReLU(), *second)), Branch("shortcut", shortcut)

    def _convolution(self, **window: int) -> tuple[Layer, ...]:
        conv = Conv.build({"filters": self.filters, "bias": not self.norm, **window})
        return (conv, BatchNorm()) if self.norm else (conv,)


class Inception(Block):
    """Convolutions of several sizes beside each other (Szegedy et al., 2015).

    1 x 1 kernels bring the number of maps down before the larger ones. All branches keep height
    and width.
    """

    kind: ClassVar[str] = "inception"
    title: ClassVar[str] = "Inception block"
    short: ClassVar[str] = "Inception"
    summary: ClassVar[str] = (
        "Kernels of 1 × 1, 3 × 3 and 5 × 5 and a pooling look at the same maps; what they find is "
        "put one behind the other."
    )
    join: ClassVar[Literal["add", "concat"]] = "concat"

    ones: int = option(16, "1 × 1", "Maps from 1 × 1 kernels.", low=1, high=2048)
    before_threes: int = option(
        16, "Before 3 × 3", "Maps that the 3 × 3 kernels are given.", low=1, high=2048
    )
    threes: int = option(32, "3 × 3", "Maps from 3 × 3 kernels.", low=1, high=2048)
    before_fives: int = option(
        8, "Before 5 × 5", "Maps that the 5 × 5 kernels are given.", low=1, high=2048
    )
    fives: int = option(8, "5 × 5", "Maps from 5 × 5 kernels.", low=1, high=2048)
    pooled: int = option(8, "After pooling", "Maps from the pooled branch.", low=1, high=2048)

    @property
    def words(self) -> str:
        return f"{self.ones} + {self.threes} + {self.fives} + {self.pooled}"

    def branches(self, size: Size) -> tuple[Branch, ...]:
        need_maps(size, "an inception block")
        one = (Conv(filters=self.ones, kernel=1), ReLU())
        three = (
            *(Conv(filters=self.before_threes, kernel=1), ReLU()),
            *(Conv(filters=self.threes, kernel=3, padding=1), ReLU()),
        )
        five = (
            *(Conv(filters=self.before_fives, kernel=1), ReLU()),
            *(Conv(filters=self.fives, kernel=5, padding=2), ReLU()),
        )
        pool = (
            MaxPool(window_size=3, stride=1, padding=1),
            *(Conv(filters=self.pooled, kernel=1), ReLU()),
        )
        named = (("one", one), ("three", three), ("five", five), ("pool", pool))
        return tuple(Branch(name, layers) for name, layers in named)
