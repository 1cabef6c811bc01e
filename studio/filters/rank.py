"""Filters that put a neighbourhood in order and take one of its values."""

from typing import ClassVar

import cv2
import numpy as np

from studio.declare import option
from studio.filters import ranking
from studio.filters.base import (
    Border,
    Family,
    NeighbourhoodFilter,
    Piece,
    Reach,
    border_option,
    with_channels,
)
from studio.filters.working import Numbers, Working
from studio.image.picture import Pixels


class RankFilter(NeighbourhoodFilter):
    """The value at one place of a square's values in order."""

    family: ClassVar[Family] = "Rank"
    value_name: ClassVar[str]

    radius: int = option(
        1,
        "Radius",
        "How far the square reaches from its centre: it is 2 × radius + 1 pixels wide.",
        low=1,
        high=63,
        unit="pixels",
    )
    border: Border = border_option("replicate")

    @property
    def side(self) -> int:
        """Width and height of the square."""
        return 2 * self.radius + 1

    @property
    def rank(self) -> int:
        """Which of the values in order is taken, counted from 0."""
        raise NotImplementedError

    @property
    def reach(self) -> Reach:
        return Reach(self.radius, self.radius, self.radius, self.radius)

    @property
    def words(self) -> str:
        return f"{self.side} × {self.side}"

    def compute(self, piece: Piece) -> Pixels:
        found: Pixels = ranking.at_rank(piece.pixels, self.side, self.side, self.rank)
        return found

    def working(self, window: Numbers) -> Working:
        ordered = np.sort(window, axis=None)
        lines = ((self.value_name, float(ordered[self.rank])),)
        return Working(ordered=ordered, place=self.rank, lines=lines)


class Median(RankFilter):
    """The middle value of a square."""

    kind: ClassVar[str] = "median"
    title: ClassVar[str] = "Median"
    summary: ClassVar[str] = (
        "Replaces each pixel by the middle one of its neighbours in order of size. Single wrong "
        "pixels disappear and edges stay sharp, where a mean would smear both."
    )
    formula: ClassVar[str] = "out(y, x) = median of in(y + i, x + j) for −r ≤ i, j ≤ r"
    source: ClassVar[str] = (
        "J. W. Tukey, Exploratory Data Analysis, 1977; on 8 bits in constant time per pixel: "
        "S. Perreault and P. Hébert, Median Filtering in Constant Time, 2007"
    )
    value_name: ClassVar[str] = "Middle value"
    own_borders: ClassVar[frozenset[str]] = frozenset({"replicate"})

    @property
    def rank(self) -> int:
        return self.side**2 // 2

    def compute(self, piece: Piece) -> Pixels:
        side, reach = self.side, self.radius
        if piece.pixels.dtype == np.uint8 or side <= 5:
            whole = cv2.medianBlur(np.ascontiguousarray(piece.pixels), side)
            return with_channels(whole, piece.pixels)
        # OpenCV has no larger median of more than 8 bits, so its border is put around here.
        around = (reach,) * 4
        padded = cv2.copyMakeBorder(piece.pixels, *around, cv2.BORDER_REPLICATE)
        padded = padded.reshape(*padded.shape[:2], -1)
        found: Pixels = ranking.median(padded, side, side)  # type: ignore[arg-type]
        return found[reach:-reach, reach:-reach]

    def code(self, border: str) -> str:
        by_opencv = f"picture = np.atleast_3d(cv2.medianBlur(picture, {self.side}))"
        if self.side <= 5:
            return by_opencv
        return (
            "if picture.dtype == np.uint8:\n"
            f"    {by_opencv}\n"
            "else:  # OpenCV has no larger median of more than 8 bits\n"
            f"    size = {self.side}, {self.side}, 1\n"
            '    picture = ndimage.median_filter(picture, size, mode="nearest")'
        )


class _Extreme(RankFilter):
    """The value at one end."""

    own_borders: ClassVar[frozenset[str]] = frozenset({"mirror", "reflect", "replicate", "zero"})
    takes_smallest: ClassVar[bool]

    @property
    def rank(self) -> int:
        return 0 if self.takes_smallest else self.side**2 - 1

    def compute(self, piece: Piece) -> Pixels:
        square = np.ones((self.side, self.side), np.uint8)
        operation = cv2.erode if self.takes_smallest else cv2.dilate
        whole = operation(piece.pixels, square, borderType=piece.border, borderValue=(0,) * 4)
        return with_channels(whole, piece.pixels)

    def code(self, border: str) -> str:
        operation = "erode" if self.takes_smallest else "dilate"
        return (
            f"square = np.ones(({self.side}, {self.side}), np.uint8)\n"
            f"edge = dict(borderType={border}, borderValue=[0] * 4)\n"
            f"picture = np.atleast_3d(cv2.{operation}(picture, square, **edge))"
        )


class Minimum(_Extreme):
    """The smallest value of a square."""

    kind: ClassVar[str] = "minimum"
    title: ClassVar[str] = "Minimum"
    summary: ClassVar[str] = (
        "Replaces each pixel by the smallest of its neighbours. Dark spots grow and bright ones "
        "shrink; single bright pixels disappear."
    )
    formula: ClassVar[str] = "out(y, x) = min of in(y + i, x + j) for −r ≤ i, j ≤ r"
    source: ClassVar[str] = (
        "R. C. Gonzalez and R. E. Woods, Digital Image Processing, chapter 5: order statistics"
    )
    value_name: ClassVar[str] = "Smallest value"
    takes_smallest: ClassVar[bool] = True


class Maximum(_Extreme):
    """The largest value of a square."""

    kind: ClassVar[str] = "maximum"
    title: ClassVar[str] = "Maximum"
    summary: ClassVar[str] = (
        "Replaces each pixel by the largest of its neighbours. Bright spots grow and dark ones "
        "shrink; single dark pixels disappear."
    )
    formula: ClassVar[str] = "out(y, x) = max of in(y + i, x + j) for −r ≤ i, j ≤ r"
    source: ClassVar[str] = (
        "R. C. Gonzalez and R. E. Woods, Digital Image Processing, chapter 5: order statistics"
    )
    value_name: ClassVar[str] = "Largest value"
    takes_smallest: ClassVar[bool] = False


class Percentile(RankFilter):
    """The value that a share of a square's values lies below."""

    kind: ClassVar[str] = "percentile"
    title: ClassVar[str] = "Percentile"
    summary: ClassVar[str] = (
        "Replaces each pixel by the neighbour that a share of all neighbours lies below: 0 % is "
        "the minimum, 50 % the median, 100 % the maximum."
    )
    formula: ClassVar[str] = (
        "out(y, x) = value number ⌊n · p / 100⌋, counted from 0, of the n = (2r + 1)² values "
        "in(y + i, x + j) in order; the last one for p = 100"
    )
    source: ClassVar[str] = (
        "R. C. Gonzalez and R. E. Woods, Digital Image Processing, chapter 5: order statistics"
    )
    value_name: ClassVar[str] = "Value at this rank"

    percent: float = option(
        25.0,
        "Percent",
        "The share of the neighbours that lies below the result.",
        low=0,
        high=100,
        step=1,
        unit="%",
    )

    @property
    def rank(self) -> int:
        count = self.side**2
        return min(int(count * self.percent / 100), count - 1)

    @property
    def words(self) -> str:
        return f"{self.percent:g} %, {self.side} × {self.side}"

    def code(self, border: str) -> str:
        return (
            f"size = {self.side}, {self.side}, 1\n"
            f"picture = ndimage.rank_filter(picture, {self.rank}, size)"
        )
