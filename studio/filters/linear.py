"""Weighted sums of a neighbourhood."""

from typing import ClassVar, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.declare import option
from studio.filters.base import Family, NeighbourhoodFilter, Piece, Reach, with_channels
from studio.filters.kernel import PRESETS, Kernel, preset_of
from studio.filters.working import Numbers, Working, weighted
from studio.image.picture import Pixels

Result = Literal["auto", "same", "float"]


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
        "out(y, x) = offset + scale × Σ k(i, j) · in(y + i − a, x + j − b), with (a, b) the "
        "kernel's centre: half its height and width, rounded down"
    )
    source: ClassVar[str] = (
        "R. C. Gonzalez and R. E. Woods, Digital Image Processing, chapter 3: spatial filtering"
    )

    kernel: Kernel = option(
        PRESETS["box-3"].kernel,
        "Kernel",
        "The weights, row by row, or the name of a kernel: " + ", ".join(PRESETS) + ".",
    )
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
    )

    @property
    def kernel_used(self) -> NDArray[np.float64]:
        """The weights as they lie on the picture: turned and scaled; height x width."""
        typed = np.array(self.kernel, np.float64)
        return np.ascontiguousarray(typed[::-1, ::-1] if self.flip else typed) * self.scale

    @property
    def reach(self) -> Reach:
        height, width = len(self.kernel), len(self.kernel[0])
        top, left = height // 2, width // 2
        return Reach(top, height - 1 - top, left, width - 1 - left)

    @property
    def words(self) -> str:
        preset = preset_of(self.kernel)
        size = f"{len(self.kernel)} × {len(self.kernel[0])}"
        name = preset.title if preset else "Own kernel"
        return name if size in name else f"{name}, {size}"

    @property
    def stays_in_range(self) -> bool:
        """Whether no sum of pixels can be darker than black or brighter than white."""
        used = self.kernel_used
        return self.offset == 0 and used.min() >= 0 and bool(used.sum() <= 1 + 1e-6)

    def compute(self, piece: Piece) -> Pixels:
        keeps = self.result == "same" or (self.result == "auto" and self.stays_in_range)
        depth = -1 if keeps else cv2.CV_32F
        out = cv2.filter2D(
            piece.pixels, depth, self.kernel_used, delta=self.offset, borderType=piece.border
        )
        return with_channels(out, piece.pixels)

    def working(self, window: Numbers) -> Working:
        typed = np.array(self.kernel, np.float64)
        term = weighted("", typed[::-1, ::-1] if self.flip else typed, window)
        scaled = term.total * self.scale
        lines = (
            (f"× scale {self.scale:g}", scaled),
            (f"+ offset {self.offset:g}", scaled + self.offset),
        )
        return Working((term,), lines=lines)
