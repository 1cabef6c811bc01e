"""What a convolutional network does to the size of a picture: padding and strides."""

from typing import ClassVar, Literal

from studio.declare import option
from studio.errors import SettingError
from studio.filters.base import (
    SIZE_FORMULA,
    Border,
    Family,
    Filter,
    Piece,
    Reach,
    border_option,
    border_value_option,
)
from studio.filters.working import Numbers, View, Working
from studio.image.picture import Pixels

Around = Literal["zero", "constant", "replicate", "reflect", "mirror", "wrap"]


class Stride(Filter):
    """Every so manyeth pixel."""

    kind: ClassVar[str] = "stride"
    title: ClassVar[str] = "Stride"
    family: ClassVar[Family] = "Resample"
    summary: ClassVar[str] = (
        "Keeps one pixel in so many, in both directions, and leaves out the others. Fine patterns "
        "turn into coarse false ones; a blur before it avoids them."
    )
    formula: ClassVar[str] = "out(y, x) = in(s·y + o, s·x + o); " + SIZE_FORMULA
    source: ClassVar[str] = (
        "V. Dumoulin and F. Visin, A Guide to Convolution Arithmetic for Deep Learning, 2016"
    )
    stride: int = option(
        2, "Stride", "One row and one column in so many is kept.", low=1, high=16, unit="pixels"
    )
    offset: int = option(
        0,
        "Offset",
        "The row and the column of the first pixel that is kept.",
        low=0,
        high=15,
        unit="pixels",
    )

    @property
    def padding(self) -> Reach:
        return Reach(top=-self.offset, left=-self.offset)

    @property
    def strides(self) -> tuple[int, int]:
        return self.stride, self.stride

    def size(self, height: int, width: int) -> tuple[int, int]:
        if self.offset >= min(height, width):
            raise SettingError(
                f"the offset of {self.offset} leaves nothing of a picture of {height} × {width}",
                "Take a smaller offset",
                "offset",
            )
        return super().size(height, width)

    @property
    def is_explained(self) -> bool:
        return True

    @property
    def words(self) -> str:
        from_there = f", from {self.offset}" if self.offset else ""
        return f"1 in {self.stride}{from_there}"

    def compute(self, piece: Piece) -> Pixels:
        return piece.pixels

    def code(self, border: str) -> str:
        return ""

    def working(self, window: Numbers) -> Working:
        return Working(lines=(("Kept as it is", float(window[0, 0])),))


class Padding(Filter):
    """A border around the picture."""

    kind: ClassVar[str] = "padding"
    title: ClassVar[str] = "Padding"
    family: ClassVar[Family] = "Resample"
    summary: ClassVar[str] = (
        "Puts rows and columns around the picture. A network pads its input so that a kernel can "
        "stand on the pixels at the edge, and the result keeps its size."
    )
    formula: ClassVar[str] = "out(y, x) = in(y − top, x − left), or the border; " + SIZE_FORMULA
    source: ClassVar[str] = (
        "V. Dumoulin and F. Visin, A Guide to Convolution Arithmetic for Deep Learning, 2016"
    )

    sides: Literal["same", "each"] = option(
        "same",
        "Sides",
        "One number for all four sides of the picture, or one for each.",
        names={"same": "All the same", "each": "Each its own"},
    )
    pad: int = option(
        16,
        "Padding",
        "Pixels put beyond each of the four edges.",
        low=0,
        high=256,
        unit="pixels",
        when={"sides": ("same",)},
    )
    top: int = option(
        0,
        "Top",
        "Rows put above the picture.",
        low=0,
        high=256,
        unit="pixels",
        when={"sides": ("each",)},
    )
    bottom: int = option(
        0,
        "Bottom",
        "Rows put below the picture.",
        low=0,
        high=256,
        unit="pixels",
        when={"sides": ("each",)},
    )
    left: int = option(
        0,
        "Left",
        "Columns put to the left of the picture.",
        low=0,
        high=256,
        unit="pixels",
        when={"sides": ("each",)},
    )
    right: int = option(
        0,
        "Right",
        "Columns put to the right of the picture.",
        low=0,
        high=256,
        unit="pixels",
        when={"sides": ("each",)},
    )
    border: Around = border_option("zero")
    border_value: float = border_value_option()

    @property
    def padding(self) -> Reach:
        if self.sides == "same":
            return Reach(self.pad, self.pad, self.pad, self.pad)
        return Reach(self.top, self.bottom, self.left, self.right)

    @property
    def beyond(self) -> tuple[Border, float]:
        return self.border, self.border_value if self.border == "constant" else 0.0

    @property
    def is_explained(self) -> bool:
        return True

    @property
    def words(self) -> str:
        top, bottom, left, right = self.padding
        if top == bottom == left == right:
            return f"{top} on each side"
        return f"top {top}, bottom {bottom}, left {left}, right {right}"

    def compute(self, piece: Piece) -> Pixels:
        return piece.pixels

    def code(self, border: str) -> str:
        return ""

    def working_of(self, view: View) -> Working:
        name = "From the border" if view.invented[0, 0] else "From the picture"
        return Working(lines=((name, float(view.window[0, 0])),))
