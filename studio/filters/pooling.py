"""What a convolutional network does to the size of a picture: one number for each window."""

from typing import Any, ClassVar, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.declare import option
from studio.errors import SettingError
from studio.filters.base import (
    BORDER_NAMES,
    SIZE_FORMULA,
    Border,
    Family,
    Filter,
    Piece,
    Reach,
    border_value_option,
    with_channels,
)
from studio.filters.resample import Around
from studio.filters.sums import in_turn, window_sums
from studio.filters.working import Numbers, View, Working, weighted
from studio.image.picture import Pixels

AroundOrIgnored = Literal["ignored", "zero", "constant", "replicate", "reflect", "mirror", "wrap"]

_PADDED = tuple(str(pad) for pad in range(1, 32))
# Below all numbers of a picture; OpenCV cuts it to 0 for whole numbers.
_LOWEST = float(np.finfo(np.float32).min)


def _window_option() -> Any:
    return option(
        2,
        "Size",
        "The window is a square, this number of pixels wide.",
        low=1,
        high=63,
        unit="pixels",
    )


def _stride_option() -> Any:
    return option(
        0,
        "Stride",
        "Pixels from one window to the next. 0 stands for the size of the window, so that windows "
        "lie side by side.",
        low=0,
        high=16,
        unit="pixels",
    )


def _pad_option() -> Any:
    return option(
        0,
        "Padding",
        "Pixels of border put around the picture on each side, at most half the size of the "
        "window.",
        low=0,
        high=31,
        unit="pixels",
    )


class Pool(Filter):
    """One number for each window of a grid of windows."""

    family: ClassVar[Family] = "Resample"
    size_field: ClassVar[str] = "window"

    window: int = _window_option()
    stride: int = _stride_option()
    pad: int = _pad_option()

    @property
    def reach(self) -> Reach:
        gap = self.dilations[0]
        before = gap * (self.window // 2)
        after = gap * (self.window - 1) - before
        return Reach(before, after, before, after)

    @property
    def padding(self) -> Reach:
        return Reach(self.pad, self.pad, self.pad, self.pad)

    @property
    def strides(self) -> tuple[int, int]:
        step = self.stride or self.window
        return step, step

    @property
    def words(self) -> str:
        parts = [f"{self.window} × {self.window}", f"stride {self.strides[0]}"]
        if self.pad:
            parts.append(f"padding {self.pad}")
        if self.dilations[0] > 1:
            parts.append(f"dilation {self.dilations[0]}")
        return ", ".join(parts)

    def size(self, height: int, width: int) -> tuple[int, int]:
        if self.pad > self.window // 2:
            raise SettingError(
                f"padding of {self.pad} is more than half the window of {self.window}",
                f"Take at most {self.window // 2}, or a larger window",
                "pad",
            )
        return super().size(height, width)


class MaxPool(Pool):
    """The largest value of each window."""

    kind: ClassVar[str] = "max_pool"
    title: ClassVar[str] = "Max pooling"
    summary: ClassVar[str] = (
        "Keeps the largest value of each window, and one window in so many. A network keeps the "
        "strongest answer of a kernel this way, and forgets where in the window it was."
    )
    formula: ClassVar[str] = (
        "out(y, x) = max of in(s·y − p + d·i, s·x − p + d·j) for 0 ≤ i, j < k; " + SIZE_FORMULA
    )
    source: ClassVar[str] = (
        "M. Riesenhuber and T. Poggio, Hierarchical Models of Object Recognition in Cortex, 1999"
    )

    window: int = _window_option()
    stride: int = _stride_option()
    pad: int = _pad_option()
    dilation: int = option(
        1,
        "Dilation",
        "Pixels from one value of a window to the next: with 2, every other pixel is left out.",
        low=1,
        high=16,
        unit="pixels",
    )
    border: AroundOrIgnored = option(
        "ignored",
        "Border",
        "What stands in the padding. Ignored: only the picture counts, as in PyTorch, which is "
        "the same as replicate while the dilation is 1.",
        names={"ignored": "Ignored", **BORDER_NAMES},
        when={"pad": _PADDED},
    )
    border_value: float = border_value_option()

    @property
    def dilations(self) -> tuple[int, int]:
        return self.dilation, self.dilation

    @property
    def beyond(self) -> tuple[Border, float]:
        if self.border == "ignored":
            return "constant", _LOWEST
        return self.border, self.border_value if self.border == "constant" else 0.0

    def size(self, height: int, width: int) -> tuple[int, int]:
        size = super().size(height, width)
        if self.border == "ignored" and self.pad and self.dilation > min(height, width):
            raise SettingError(
                f"the dilation of {self.dilation} steps over the whole picture of {height} × "
                f"{width}, from padding to padding",
                "Take a smaller dilation, or a border that counts",
                "dilation",
            )
        return size

    def compute(self, piece: Piece) -> Pixels:
        taps, before = self._taps(), self.reach.top
        if self.dilation == 1:
            square = np.ones((self.window, self.window), np.uint8)
            return with_channels(
                cv2.dilate(piece.pixels, square, anchor=(before, before)), piece.pixels
            )
        across = cv2.dilate(piece.pixels, taps[None], anchor=(before, 0))
        return with_channels(cv2.dilate(across, taps[:, None], anchor=(0, before)), piece.pixels)

    def code(self, border: str) -> str:
        before = self.reach.top
        if self.dilation == 1:
            return (
                f"square = np.ones(({self.window}, {self.window}), np.uint8)\n"
                f"picture = cv2.dilate(picture, square, anchor=({before}, {before}))\n"
                "picture = np.atleast_3d(picture)"
            )
        return (
            f"row = np.zeros((1, {self.dilation * (self.window - 1) + 1}), np.uint8)\n"
            f"row[0, ::{self.dilation}] = 1\n"
            f"picture = cv2.dilate(picture, row, anchor=({before}, 0))\n"
            f"picture = cv2.dilate(picture, row.T, anchor=(0, {before}))\n"
            "picture = np.atleast_3d(picture)"
        )

    def _taps(self) -> NDArray[np.uint8]:
        taps = np.zeros(self.dilation * (self.window - 1) + 1, np.uint8)
        taps[:: self.dilation] = 1
        return taps

    def working_of(self, view: View) -> Working:
        row = self._taps().astype(bool)
        counts = row[:, None] & row
        if self.border == "ignored":
            counts &= ~view.invented
        ordered = np.sort(view.window[counts])
        return Working(
            ordered=ordered,
            place=ordered.size - 1,
            taps=counts,
            lines=(("Largest value", float(ordered[-1])),),
        )


class MeanPool(Pool):
    """The mean of each window."""

    kind: ClassVar[str] = "mean_pool"
    title: ClassVar[str] = "Mean pooling"
    summary: ClassVar[str] = (
        "Replaces each window by its mean, and keeps one window in so many. It makes a picture "
        "smaller without the false patterns that leaving out pixels gives."
    )
    formula: ClassVar[str] = (
        "out(y, x) = Σ in(s·y − p + i, s·x − p + j) / k² for 0 ≤ i, j < k; " + SIZE_FORMULA
    )
    source: ClassVar[str] = (
        "Y. LeCun et al., Handwritten Digit Recognition with a Back-Propagation Network, 1990"
    )

    window: int = _window_option()
    stride: int = _stride_option()
    pad: int = _pad_option()
    border: Around = option(
        "zero",
        "Border",
        "What stands in the padding and counts in the mean; zeros darken the edge, as in PyTorch.",
        names=BORDER_NAMES,
        when={"pad": _PADDED},
    )
    border_value: float = border_value_option()

    @property
    def beyond(self) -> tuple[Border, float]:
        return self.border, self.border_value if self.border == "constant" else 0.0

    def compute(self, piece: Piece) -> Pixels:
        pixels, side, before = piece.pixels, self.window, self.reach.top
        step = self.strides[0]
        # Only windows that are asked for are looked at: their first rows and columns in the piece.
        top, left = (-(begin + self.pad) % step for begin in (piece.top, piece.left))
        wanted = (
            slice(top + before, pixels.shape[0] - (side - 1 - before), step),
            slice(left + before, pixels.shape[1] - (side - 1 - before), step),
        )
        out: Any = np.empty_like(pixels)
        if pixels.dtype.kind == "f":
            sums = window_sums(pixels, side, 0, top, step)
            window_sums(sums, side, 1, left, step, out=out[wanted], divisor=side * side)
            return with_channels(out, pixels)
        # Sums are whole. OpenCV's own mean doesn't round all halves the same way.
        whole = cv2.boxFilter(
            pixels, cv2.CV_32S, (side, side), anchor=(before, before), normalize=False
        )
        exact = np.float32 if pixels.dtype == np.uint8 else np.float64
        mean = np.divide(with_channels(whole, pixels)[wanted], side * side, dtype=exact)
        out[wanted] = np.rint(mean, out=mean)
        return with_channels(out, pixels)

    def code(self, border: str) -> str:
        ways = "" if in_turn(self.window, self.strides[0]) else ", by_doubling=True"
        return f"picture = window_mean(picture, {self.window}{ways})"

    def working(self, window: Numbers) -> Working:
        term = weighted("", np.ones_like(window), window)
        return Working((term,), lines=((f"÷ {window.size}", term.total / window.size),))
