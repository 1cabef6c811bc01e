"""Weighted sums of a neighbourhood."""

from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationInfo, field_validator

from studio.declare import SELDOM, option
from studio.filters.base import Family, NeighbourhoodFilter, Piece, Reach
from studio.filters.correlation import correlate
from studio.filters.correlation_code import correlation_code
from studio.filters.kernel import Kernel, kernel_help, title_of
from studio.filters.presets import PRESETS
from studio.filters.sized_kernels import MAX_SIDE
from studio.filters.working import Numbers, Working, weighted
from studio.image.picture import Pixels

Result = Literal["auto", "same", "float"]

MAX_STRIDE = MAX_DILATION = 16
# Rows or columns of a dilated kernel.
MAX_WINDOW = 255

# Up to so many weights, memory takes longer than the sums.
LIGHT_TO = 25


class Convolution(NeighbourhoodFilter):
    """A weighted sum with any kernel."""

    kind: ClassVar[str] = "convolution"
    title: ClassVar[str] = "Convolution"
    family: ClassVar[Family] = "Linear"
    own_borders: ClassVar[frozenset[str]] = frozenset({"mirror", "reflect", "replicate", "zero"})
    summary: ClassVar[str] = (
        "Replaces each pixel by a weighted sum of the pixels around it. The weights are the "
        "kernel: they make the filter blur, sharpen, or answer to edges."
    )
    formula: ClassVar[str] = (
        "out(y, x) = offset + scale × Σ k(i, j) · in(s·y + d·(i − a), s·x + d·(j − b)), with "
        "stride s, dilation d, and (a, b) the kernel's anchor"
    )
    source: ClassVar[str] = (
        "R. C. Gonzalez and R. E. Woods, Digital Image Processing, chapter 3: spatial filtering; "
        "stride and dilation: V. Dumoulin and F. Visin, A Guide to Convolution Arithmetic for "
        "Deep Learning, 2016"
    )

    kernel: Kernel = option(PRESETS["box-3"].kernel, "Kernel", f"The weights: {kernel_help()}.")
    flip: bool = option(
        False,
        "Turned 180°",
        "Off: the kernel lies on the picture as typed, which mathematicians call correlation and "
        "neural networks convolution. On: it is turned by 180° first, the convolution of "
        "mathematics.",
    )
    scale: float = option(
        1.0, "Scale", "What each sum is multiplied by.", low=-1e6, high=1e6, step=0.1
    )
    offset: float = option(
        0.0, "Offset", "What is added to each sum after scaling.", low=-1e6, high=1e6, step=1
    )
    result: Result = option(
        "auto",
        "Result",
        "Automatic keeps the picture's depth where no sum can leave its range, and gives "
        "floating point otherwise, so that nothing is cut off; same depth rounds and cuts.",
        names={"auto": "Automatic", "same": "Same depth", "float": "Floating point"},
        group=SELDOM,
    )
    stride: int = option(
        1,
        "Stride",
        "How many pixels the kernel moves from one result to the next, in both directions: with "
        "2 the result is half as wide and high.",
        low=1,
        high=MAX_STRIDE,
        unit="pixels",
        group=SELDOM,
    )
    dilation: int = option(
        1,
        "Dilation",
        "How many pixels lie between one weight and the next: with 2, every other pixel is passed "
        "over, and the same weights see twice as far.",
        low=1,
        high=MAX_DILATION,
        unit="pixels",
        group=SELDOM,
    )
    anchor_row: int = option(
        -1,
        "Anchor row",
        "Which row of the kernel lies on the pixel that is computed, counted from 0 at the top; "
        "−1 is the middle one.",
        low=-1,
        high=MAX_SIDE - 1,
        group=SELDOM,
    )
    anchor_column: int = option(
        -1,
        "Anchor column",
        "Which column of the kernel lies on the pixel that is computed, counted from 0 at the "
        "left; −1 is the middle one.",
        low=-1,
        high=MAX_SIDE - 1,
        group=SELDOM,
    )

    @field_validator("dilation")
    @classmethod
    def _fits(cls, dilation: int, info: ValidationInfo) -> int:
        kernel = info.data.get("kernel")
        side = max(len(kernel), len(kernel[0])) if kernel else 1
        window = (side - 1) * dilation + 1
        if window > MAX_WINDOW:
            most = (MAX_WINDOW - 1) // (side - 1)
            raise ValueError(
                f"with {dilation}, the kernel would see {window} pixels, and at most {MAX_WINDOW} "
                f"are allowed: take at most {most}, or a smaller kernel"
            )
        return dilation

    @field_validator("anchor_row", "anchor_column")
    @classmethod
    def _is_inside(cls, anchor: int, info: ValidationInfo) -> int:
        kernel = info.data.get("kernel")
        rows = info.field_name == "anchor_row"
        if kernel and anchor >= (count := len(kernel) if rows else len(kernel[0])):
            what = "row" if rows else "column"
            raise ValueError(
                f"{anchor} lies outside the kernel: its {what}s are 0 to {count - 1}, "
                "and −1 is the middle one"
            )
        return anchor

    @property
    def kernel_used(self) -> NDArray[np.float64]:
        """The weights as they lie on the picture: turned and scaled; height x width."""
        return self._lying * self.scale

    @property
    def is_light(self) -> bool:
        return len(self.kernel) * len(self.kernel[0]) <= LIGHT_TO and self.stride == 1

    @property
    def as_kernel(self) -> NDArray[np.float64] | None:
        used = self.kernel_used
        if self.dilation == 1:
            return used
        height, width = ((side - 1) * self.dilation + 1 for side in used.shape)
        spread = np.zeros((height, width))
        spread[:: self.dilation, :: self.dilation] = used
        return spread

    @property
    def _lying(self) -> NDArray[np.float64]:
        typed = np.array(self.kernel, np.float64)
        return np.ascontiguousarray(typed[::-1, ::-1] if self.flip else typed)

    @property
    def anchor(self) -> tuple[int, int]:
        """Row and column of the kernel, as it lies on the picture, that lie on the pixel."""
        row, column = self.anchor_row, self.anchor_column
        return (
            len(self.kernel) // 2 if row < 0 else row,
            len(self.kernel[0]) // 2 if column < 0 else column,
        )

    @property
    def reach(self) -> Reach:
        (top, left), d = self.anchor, self.dilation
        bottom, right = len(self.kernel) - 1 - top, len(self.kernel[0]) - 1 - left
        return Reach(top * d, bottom * d, left * d, right * d)

    @property
    def strides(self) -> tuple[int, int]:
        return self.stride, self.stride

    @property
    def dilations(self) -> tuple[int, int]:
        return self.dilation, self.dilation

    @property
    def pads_itself(self) -> bool:
        return super().pads_itself and self.dilation == 1

    @property
    def words(self) -> str:
        size = f"{len(self.kernel)} × {len(self.kernel[0])}"
        name = title_of(self.kernel)
        parts = [name if size in name else f"{name}, {size}"]
        parts += [f"stride {self.stride}"] if self.stride > 1 else []
        parts += [f"dilation {self.dilation}"] if self.dilation > 1 else []
        return ", ".join(parts)

    @property
    def stays_in_range(self) -> bool:
        """Whether no sum of pixels can be darker than black or brighter than white."""
        used = self.kernel_used
        return self.offset == 0 and used.min() >= 0 and bool(used.sum() <= 1 + 1e-6)

    def compute(self, piece: Piece) -> Pixels:
        keeps = self.result == "same" or (self.result == "auto" and self.stays_in_range)
        depth = piece.pixels.dtype.name if keeps else "float32"
        kernel, anchor = self.kernel_used, self.anchor
        return correlate(
            piece.pixels, kernel, anchor, depth, self.offset, self.dilation, piece.border
        )

    def code(self, border: str) -> str:
        keeps = self.result == "same" or (self.result == "auto" and self.stays_in_range)
        kernel, anchor = self.kernel_used, self.anchor
        return correlation_code(kernel, anchor, keeps, self.offset, self.dilation, border)

    def working(self, window: Numbers) -> Working:
        taps = np.zeros(window.shape, np.bool_)
        taps[:: self.dilation, :: self.dilation] = True
        weights = np.zeros(window.shape)
        weights[taps] = self._lying.ravel()
        term = weighted("", weights, window)
        scaled = term.total * self.scale
        lines = (
            (f"× scale {self.scale:g}", scaled),
            (f"+ offset {self.offset:g}", scaled + self.offset),
        )
        return Working((term,), taps=taps if self.dilation > 1 else None, lines=lines)
