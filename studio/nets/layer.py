"""What a layer kind is: its output size, its window, its weights and its torch module."""

from collections import Counter
from collections.abc import Sequence
from math import prod
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from studio.declare import Declared

if TYPE_CHECKING:
    from torch import nn


class Size(NamedTuple):
    """Channels, height and width of what flows between two layers."""

    channels: int
    height: int
    width: int

    @property
    def values(self) -> int:
        return self.channels * self.height * self.width

    @property
    def flat(self) -> bool:
        """Whether torch sees a vector per picture instead of maps."""
        return False

    def __str__(self) -> str:
        return f"{self.channels} × {self.height} × {self.width}"


class Flat(Size):
    """A vector of values, as flatten and dense layers give: values x 1 x 1."""

    __slots__ = ()

    @property
    def flat(self) -> bool:
        return True

    def __str__(self) -> str:
        return f"{self.channels}"


class Window(NamedTuple):
    """What one output value looks at, along height and width, in input values."""

    kernel: tuple[int, int] = (1, 1)
    stride: tuple[int, int] = (1, 1)
    padding: tuple[int, int] = (0, 0)
    dilation: tuple[int, int] = (1, 1)


class Part(NamedTuple):
    """One array of a layer's state, as the torch module holds it.

    Attributes
    ----------
    learned : bool
        Whether it is a parameter, also where the layer is frozen; running statistics are none.
    """

    shape: tuple[int, ...]
    learned: bool = True
    dtype: str = "float32"


class Layer(Declared):
    """One layer of a network.

    A layer kind is one class in a file of `studio.nets.layers`: give it a `kind`, a `title`, a
    `short` word that its rows are named with (Conv gives conv1, conv2), fields made with `option`,
    and the methods below. The table, the receptive field and the torch module all come from them,
    so they can't disagree.
    """

    kind: ClassVar[str]
    title: ClassVar[str]
    short: ClassVar[str]
    summary: ClassVar[str]

    def shape(self, size: Size) -> Size:
        """The output size.

        Raises
        ------
        NetworkError
            When the layer can't take an input of that size; the message says why.
        """
        return size

    def window(self, size: Size) -> Window:
        """What one output value looks at; the default is the value at the same place."""
        return Window()

    def state(self, size: Size) -> dict[str, Part]:
        """The arrays of the torch module's ``state_dict``, by name."""
        return {}

    def weights(self, size: Size) -> int:
        """How many numbers are learned, biases and those of frozen layers counted."""
        return sum(prod(part.shape) for part in self.state(size).values() if part.learned)

    def multiply_adds(self, size: Size) -> int:
        """Multiplications with an addition for one picture."""
        return 0

    @property
    def words(self) -> str:
        """The settings in a few words, for a line of the table."""
        return ""

    def module(self, size: Size) -> "nn.Module":
        """The torch module for inputs of that size."""
        raise NotImplementedError


def number_layers(layers: Sequence[Layer]) -> list[tuple[str, str]]:
    """Name and title of every layer: numbered, but the title of an only one is not."""
    total = Counter(layer.short for layer in layers)
    seen: Counter[str] = Counter()
    names = []
    for layer in layers:
        seen[layer.short] += 1
        number = seen[layer.short]
        title = f"{layer.short} {number}" if total[layer.short] > 1 else layer.short
        names.append((f"{layer.short.lower()}{number}", title))
    return names
