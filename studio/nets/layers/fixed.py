"""Layers that learn nothing: the order of the pixels, whitening, and one factor."""

from typing import TYPE_CHECKING, ClassVar

from studio.declare import option
from studio.errors import NetworkError
from studio.nets.layer import Layer, Part, Size, Window
from studio.nets.layers.sliding import need_maps

if TYPE_CHECKING:
    from torch import nn

MOST_WHITENED = 3072  # values: 3 × 32 × 32, whose matrix has 9.4 million


class Permute(Layer):
    """The pixels in one random order, the same for all pictures and channels."""

    kind: ClassVar[str] = "permute"
    title: ClassVar[str] = "Permute pixels"
    short: ClassVar[str] = "Permute"
    summary: ClassVar[str] = (
        "Puts the pixels into one random order, the same for every picture: neighbours are lost."
    )

    seed: int = option(0, "Seed", "Another seed gives another order.", low=0, high=2**31 - 1)

    @property
    def words(self) -> str:
        return f"seed {self.seed}"

    def shape(self, size: Size) -> Size:
        need_maps(size, "a permutation of pixels")
        return size

    def window(self, size: Size) -> Window:
        return Window(kernel=(size.height, size.width), stride=(0, 0))

    def state(self, size: Size) -> dict[str, Part]:
        return {"order": Part((size.height * size.width,), learned=False, dtype="int64")}

    def module(self, size: Size) -> "nn.Module":
        from studio.nets.fixed_modules import PixelOrder

        return PixelOrder(*size, self.seed)


class Whiten(Layer):
    """Values without correlations: a mean taken away, then a matrix over all values of a picture.

    Until both are set, as `studio.data.whitening.zca` measures them, it changes nothing.
    """

    kind: ClassVar[str] = "whiten"
    title: ClassVar[str] = "Whiten"
    short: ClassVar[str] = "Whiten"
    summary: ClassVar[str] = (
        "Takes away what each value shares with the others, by a matrix measured on the training "
        "pictures before training begins."
    )

    def shape(self, size: Size) -> Size:
        need_maps(size, "whitening")
        if size.values > MOST_WHITENED:
            raise NetworkError(
                f"whitening {size.values:,} values needs a matrix of {size.values:,} × "
                f"{size.values:,}: use maps of at most {MOST_WHITENED:,} values"
            )
        return size

    def window(self, size: Size) -> Window:
        return Window(kernel=(size.height, size.width), stride=(0, 0))

    def state(self, size: Size) -> dict[str, Part]:
        values = size.values
        return {
            "mean": Part((values,), learned=False),
            "matrix": Part((values, values), learned=False),
        }

    def multiply_adds(self, size: Size) -> int:
        return size.values**2

    @property
    def words(self) -> str:
        return "ZCA"

    def module(self, size: Size) -> "nn.Module":
        from studio.nets.fixed_modules import Whitening

        return Whitening(*size)


class Scale(Layer):
    """Every value times one number that isn't learned.

    Before the last layer a factor below 1 keeps the logits small, as a temperature does, so that
    the probabilities stay soft for longer.
    """

    kind: ClassVar[str] = "scale"
    title: ClassVar[str] = "Scale"
    short: ClassVar[str] = "Scale"
    summary: ClassVar[str] = (
        "Multiplies all values by one number; before the last layer, a small one keeps the answers "
        "soft."
    )

    factor: float = option(
        0.1, "Factor", "What every value is multiplied by.", above=0, high=1000, logarithmic=True
    )

    @property
    def words(self) -> str:
        return f"× {self.factor:.3g}"

    def module(self, size: Size) -> "nn.Module":
        from studio.nets.fixed_modules import Scaled

        return Scaled(self.factor)
