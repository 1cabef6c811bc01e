"""Filters that sort a neighbourhood."""

from typing import ClassVar

import cv2
import numpy as np

from studio.declare import option
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


class Median(NeighbourhoodFilter):
    """The middle value of a square."""

    kind: ClassVar[str] = "median"
    title: ClassVar[str] = "Median"
    family: ClassVar[Family] = "Rank"
    summary: ClassVar[str] = (
        "Replaces each pixel by the middle one of its neighbours in order of size. Single wrong "
        "pixels disappear and edges stay sharp, where a mean would smear both."
    )
    formula: ClassVar[str] = "out(y, x) = median of in(y + i, x + j) for −r ≤ i, j ≤ r"
    source: ClassVar[str] = (
        "J. W. Tukey, Exploratory Data Analysis, 1977; on 8 bits in constant time per pixel: "
        "S. Perreault and P. Hébert, Median Filtering in Constant Time, 2007"
    )

    radius: int = option(
        1,
        "Radius",
        "How far the square reaches from its centre: it is 2 × radius + 1 pixels wide.",
        low=1,
        high=63,
        unit="pixels",
    )
    border: Border = border_option("replicate")
    own_borders: ClassVar[frozenset[str]] = frozenset({"replicate"})

    @property
    def reach(self) -> Reach:
        return Reach(self.radius, self.radius, self.radius, self.radius)

    @property
    def words(self) -> str:
        side = 2 * self.radius + 1
        return f"{side} × {side}"

    def compute(self, piece: Piece) -> Pixels:
        side = 2 * self.radius + 1
        if piece.pixels.dtype == np.uint8 or side <= 5:
            whole = cv2.medianBlur(np.ascontiguousarray(piece.pixels), side)
            return with_channels(whole, piece.pixels)
        # OpenCV has no larger median of more than 8 bits.
        from scipy import ndimage

        found: Pixels = ndimage.median_filter(piece.pixels, (side, side, 1), mode="nearest")
        return found

    def working(self, window: Numbers) -> Working:
        ordered = np.sort(window, axis=None)
        return Working(ordered=ordered, lines=(("Middle value", float(np.median(window))),))
