"""Filters that look at how often each brightness occurs, and that brightness itself."""

from typing import Any, ClassVar, Literal, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.declare import option
from studio.filters.base import Family, Filter, Piece
from studio.image.picture import Pixels

# Values that are counted or changed at once.
_BAND = 2**20
# Floating-point pictures are counted in so many steps from their smallest to their largest value.
LEVELS = 2**16

Counts = NDArray[np.int64]
Colours = Literal["brightness", "each"]


class Scale(NamedTuple):
    """The smallest and the largest value of a floating-point picture."""

    low: float
    high: float


def luma(pixels: Pixels) -> NDArray[Any]:
    """The brightness of a picture by Rec. 601, height x width, in the same depth."""
    if pixels.shape[2] == 1:
        return pixels[..., 0]
    found: NDArray[Any] = cv2.cvtColor(np.ascontiguousarray(pixels), cv2.COLOR_RGB2GRAY)
    return found


def counts_of(values: NDArray[Any]) -> Counts:
    """How often each level occurs among whole numbers, height x width."""
    levels = 256 if values.dtype == np.uint8 else LEVELS
    total = np.zeros(levels, np.int64)
    rows = max(1, 8 * _BAND // values.shape[1])  # OpenCV counts in floats, exact up to 2²⁴
    for top in range(0, len(values), rows):
        band = np.ascontiguousarray(values[top : top + rows])
        found = cv2.calcHist([band], [0], None, [levels], [0, levels])
        total += found.reshape(-1).astype(np.int64)
    return total


def scale_of(values: NDArray[Any]) -> Scale:
    """The range of the finite values; 0 to 0 where there is none."""
    low, high = float(values.min()), float(values.max())
    if not np.isfinite(high - low):
        known = values[np.isfinite(values)]
        low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 0.0)
    return Scale(low, high)


def to_levels(values: NDArray[Any], scale: Scale) -> NDArray[np.uint16]:
    """Floating-point values as levels from 0 to 65535; what is no number is 0."""
    room = scale.high - scale.low
    if room <= 0:
        return np.zeros(values.shape, np.uint16)
    level: NDArray[np.float32] = (values - np.float32(scale.low)) * np.float32((LEVELS - 1) / room)
    np.fmin(np.fmax(level, 0, out=level), LEVELS - 1, out=level)
    return np.rint(level, out=level).astype(np.uint16)


def from_levels(levels: NDArray[Any], scale: Scale) -> NDArray[np.float32]:
    """What `to_levels` turned into levels, as near as 65536 steps are."""
    step = (scale.high - scale.low) / (LEVELS - 1)
    return np.asarray(levels * np.float32(step) + np.float32(scale.low), np.float32)


def otsu_level(counts: Counts) -> int:
    """The level that parts counted values best: those up to it, and those above.

    N. Otsu, A Threshold Selection Method from Gray-Level Histograms, 1979: the variance between
    the two parts, w₀ · w₁ · (μ₀ − μ₁)², is largest; of equal ones, the first.
    """
    levels = np.arange(len(counts), dtype=np.float64)
    share = counts / max(1, counts.sum())
    below = np.cumsum(share)
    moment = np.cumsum(share * levels)
    weight = below * (1 - below)
    known = (np.cumsum(counts) > 0) & (np.cumsum(counts) < counts.sum())
    if not known.any():  # one level only
        return int(np.argmax(counts))
    between = np.zeros(len(counts))
    between[known] = (moment[-1] * below[known] - moment[known]) ** 2 / weight[known]
    return int(np.argmax(between))


def equalising(counts: Counts) -> NDArray[Any]:
    """The new level of each level, by OpenCV's formula, and in its precision."""
    depth = np.uint8 if len(counts) == 256 else np.uint16
    first, total = int(np.argmax(counts > 0)), int(counts.sum())
    rest = total - int(counts[first])
    if rest == 0:  # one level only, which stays
        return np.arange(len(counts)).astype(depth)
    summed = np.cumsum(counts) - counts[first]
    summed[:first] = 0
    factor = np.float32(len(counts) - 1) / np.float32(rest)
    levels = np.rint(summed.astype(np.float32) * factor)
    table: NDArray[Any] = np.minimum(levels, len(counts) - 1).astype(depth)
    return table


def looked_up(table: NDArray[Any], values: NDArray[Any]) -> NDArray[Any]:
    """Each value replaced by what stands at its place in a table, in an array of the same shape."""
    if values.dtype == table.dtype == np.uint8:
        found: NDArray[Any] = cv2.LUT(values, table).reshape(values.shape)
        return found
    taken: NDArray[Any] = table[values]
    return taken


def with_luma(pixels: Pixels, old: NDArray[Any], new: NDArray[Any]) -> Pixels:
    """Colours that get as much brighter as their luma, from `old` to `new`, height x width.

    The differences between the colours stay: those of YCbCr are the same. Whole numbers are cut.
    """
    if pixels.shape[2] == 1:
        return new[..., None]
    if pixels.dtype.kind == "f":
        brighter: Pixels = pixels + (new - old)[..., None]
        return brighter
    wide = np.int16 if pixels.dtype == np.uint8 else np.int32
    code = cv2.CV_8U if pixels.dtype == np.uint8 else cv2.CV_16U
    out = np.empty_like(pixels)
    rows = max(1, _BAND // 4 // pixels.shape[1])
    for top in range(0, len(pixels), rows):
        band = slice(top, top + rows)
        more = np.subtract(new[band], old[band], dtype=wide)
        out[band] = cv2.add(pixels[band], cv2.merge((more, more, more)), dtype=code)
    return out


class Equalise(Filter):
    """Levels spread evenly."""

    kind: ClassVar[str] = "equalise"
    title: ClassVar[str] = "Equalise"
    family: ClassVar[Family] = "Tone"
    summary: ClassVar[str] = (
        "Spreads the levels so that each part of the scale holds about as many pixels, which shows "
        "what is hidden in a dull picture. Floating point is counted in 65536 steps from its "
        "smallest to its largest value, and keeps these."
    )
    formula: ClassVar[str] = (
        "out = white · (H(in) − H₀) / (N − H₀), H(v) the number of pixels up to v, H₀ those of the "
        "darkest level, N all of them"
    )
    source: ClassVar[str] = (
        "R. C. Gonzalez and R. E. Woods, Digital Image Processing, chapter 3: histogram "
        "equalization; as in OpenCV"
    )

    colours: Colours = option(
        "brightness",
        "Colours",
        "Brightness: red, green and blue get brighter together, as the Rec. 601 luma does, and are "
        "cut at white. Each: all three by themselves, which changes the colours.",
        names={"each": "Each by itself"},
    )

    @property
    def measures(self) -> bool:
        return True

    @property
    def words(self) -> str:
        return {"brightness": "Brightness", "each": "Each colour"}[self.colours]

    def measure(self, pixels: Pixels) -> list[tuple[Scale, NDArray[Any]]]:
        planes = (
            [luma(pixels)]
            if self.colours == "brightness"
            else [pixels[..., channel] for channel in range(pixels.shape[2])]
        )
        return [self._measured(plane) for plane in planes]

    def _measured(self, plane: NDArray[Any]) -> tuple[Scale, NDArray[Any]]:
        if plane.dtype.kind == "u":
            return Scale(0, 0), equalising(counts_of(plane))
        scale = scale_of(plane)
        counts = np.zeros(LEVELS, np.int64)
        rows = max(1, _BAND // plane.shape[1])
        for top in range(0, len(plane), rows):
            counts += counts_of(to_levels(plane[top : top + rows], scale))
        return scale, from_levels(equalising(counts), scale)

    def compute(self, piece: Piece) -> Pixels:
        pixels, tables = piece.pixels, piece.measured
        if self.colours == "brightness":
            old = luma(pixels)
            return with_luma(pixels, old, _spread(old, *tables[0]))
        out = np.empty_like(pixels)
        for channel, table in enumerate(tables):
            out[..., channel] = _spread(pixels[..., channel], *table)
        return out

    def code(self, border: str) -> str:
        if self.colours == "brightness":
            return (
                "brightness = luma(picture)\n"
                "picture = with_luma(picture, brightness, equalised(brightness))"
            )
        return "picture = np.dstack([equalised(plane) for plane in cv2.split(picture)])"


def _spread(plane: NDArray[Any], scale: Scale, table: NDArray[Any]) -> NDArray[Any]:
    if plane.dtype.kind == "f":
        return looked_up(table, to_levels(plane, scale))
    return looked_up(table, plane)


class Clahe(Filter):
    """Levels spread evenly in each part of the picture."""

    kind: ClassVar[str] = "clahe"
    title: ClassVar[str] = "CLAHE"
    family: ClassVar[Family] = "Tone"
    summary: ClassVar[str] = (
        "Spreads the levels of each part of the picture by itself, and limits how much, so that "
        "even ground doesn't turn into noise. Colours get brighter together, as their Rec. 601 "
        "luma does. Floating point goes through 65536 steps from its smallest to its largest value."
    )
    formula: ClassVar[str] = (
        "out = T(in), T between those of the four nearest tiles; each T is white times the share "
        "of a tile's pixels up to a level, with counts above the limit dealt out to all levels"
    )
    source: ClassVar[str] = (
        "K. Zuiderveld, Contrast Limited Adaptive Histogram Equalization, 1994; as in OpenCV"
    )
    needs_all: ClassVar[bool] = True

    limit: float = option(
        2.0,
        "Limit",
        "How many times the mean count a level may have in a tile: low keeps the contrast low, 0 "
        "sets no limit.",
        low=0,
        high=100,
        step=0.5,
    )
    tiles: int = option(
        8,
        "Tiles",
        "The number of tiles from left to right, and from top to bottom.",
        low=1,
        high=64,
    )

    @property
    def words(self) -> str:
        return f"limit {self.limit:g}, {self.tiles} × {self.tiles} tiles"

    def compute(self, piece: Piece) -> Pixels:
        pixels = piece.pixels
        old = luma(pixels)
        spread = cv2.createCLAHE(self.limit, (self.tiles, self.tiles))
        if old.dtype.kind == "f":
            scale = scale_of(old)
            new: NDArray[Any] = from_levels(spread.apply(to_levels(old, scale)), scale)
        else:
            new = spread.apply(np.ascontiguousarray(old))
        return with_luma(pixels, old, new)

    def code(self, border: str) -> str:
        return (
            "brightness = luma(picture)\n"
            f"spread = locally_equalised(brightness, {self.limit!r}, {self.tiles})\n"
            "picture = with_luma(picture, brightness, spread)"
        )
