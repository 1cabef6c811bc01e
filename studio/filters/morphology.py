"""Filters that take the smallest or the largest value below a shape."""

from typing import Any, ClassVar

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
from studio.filters.shapes import Shape, over_shape, shape_mask
from studio.filters.working import Numbers, View, Working
from studio.image.picture import Pixels

# From these radii on, shapes are put together from smaller ones: OpenCV looks at each pixel of a
# disc, and at each of a row and a column.
_FROM_PARTS = {"disc": 8, "square": 32, "cross": 12}


class Morphology(NeighbourhoodFilter):
    """Smallest or largest values below a shape that stands on each pixel."""

    family: ClassVar[Family] = "Shape"
    own_borders: ClassVar[frozenset[str]] = frozenset(
        {"mirror", "reflect", "replicate", "zero", "constant"}
    )
    source: ClassVar[str] = "J. Serra, Image Analysis and Mathematical Morphology, 1982"
    # Whether the shape goes over the picture twice, the second time over the first result.
    is_double: ClassVar[bool] = False

    shape: Shape = option(
        "square",
        "Shape",
        "What is laid on each pixel: a square, a cross of one row and one column, or a disc of all "
        "pixels that are at most the radius away.",
    )
    radius: int = option(
        1,
        "Radius",
        "How far the shape reaches from its centre: it is 2 × radius + 1 pixels wide.",
        low=1,
        high=63,
        unit="pixels",
    )
    border: Border = border_option("replicate")

    @property
    def reach(self) -> Reach:
        reach = self.radius * (2 if self.is_double else 1)
        return Reach(reach, reach, reach, reach)

    @property
    def words(self) -> str:
        side = 2 * self.radius + 1
        return f"{self.shape.capitalize()}, {side} × {side}"

    def eroded(self, pixels: Pixels, border: int) -> Pixels:
        """The smallest values below the shape."""
        found: Pixels = self._extreme(pixels, border, smallest=True)
        return found

    def dilated(self, pixels: Pixels, border: int) -> Pixels:
        """The largest values below the shape."""
        found: Pixels = self._extreme(pixels, border, smallest=False)
        return found

    def _extreme(self, pixels: Any, border: int, smallest: bool) -> Any:
        value = self.beyond[1]
        if self.radius >= _FROM_PARTS[self.shape]:
            around = (self.radius,) * 4
            wide: Any = cv2.copyMakeBorder(pixels, *around, border, value=(value,) * 4)
            wide = wide.reshape(*wide.shape[:2], -1)
            better = np.minimum if smallest else np.maximum
            return over_shape(wide, self.shape, self.radius, better)
        over = cv2.erode if smallest else cv2.dilate
        if self.shape == "cross":  # the row and the column by themselves, which is faster
            side = 2 * self.radius + 1
            row, column = np.ones((1, side), np.uint8), np.ones((side, 1), np.uint8)
            across, down = (
                over(pixels, part, borderType=border, borderValue=(value,) * 4)
                for part in (row, column)
            )
            best: Any = cv2.min(across, down) if smallest else cv2.max(across, down)
        else:
            mask = shape_mask(self.shape, self.radius).view(np.uint8)
            best = over(pixels, mask, borderType=border, borderValue=(value,) * 4)
        return with_channels(best, pixels)

    def _code(self, border: str, *steps: str) -> str:
        """The lines that erode or dilate, one step after the other."""
        around = self._around_code(border)
        calls = [f"picture = cv2.{step}(picture, shape, {around})" for step in steps]
        return "\n".join([self._shape_code(), *calls, "picture = np.atleast_3d(picture)"])

    def _shape_code(self) -> str:
        radius, side = self.radius, 2 * self.radius + 1
        if self.shape == "square":
            return f"shape = np.ones(({side}, {side}), np.uint8)"
        if self.shape == "cross":
            return f"shape = cv2.getStructuringElement(cv2.MORPH_CROSS, ({side}, {side}))"
        return (
            f"place = np.arange({-radius}, {radius + 1})\n"
            f"shape = (place[:, None] ** 2 + place**2 <= {radius**2}).astype(np.uint8)"
        )

    def _around_code(self, border: str) -> str:
        return f"borderType={border}, borderValue=[{self.beyond[1]!r}] * 4"

    def _single(self, window: Numbers, smallest: bool) -> Working:
        mask = shape_mask(self.shape, self.radius)
        ordered = np.sort(window[mask])
        place = 0 if smallest else ordered.size - 1
        name = "Smallest value" if smallest else "Largest value"
        return Working(
            ordered=ordered, place=place, taps=mask, lines=((name, float(ordered[place])),)
        )

    def _double(self, view: View, smallest_first: bool) -> Working:
        """Of a window twice as far: what the shape finds from each of its pixels, and of these."""
        radius = self.radius
        inner = slice(radius, len(view.window) - radius)
        first = self._extreme(view.window[..., None], cv2.BORDER_REPLICATE, smallest_first)
        found, invented = first[inner, inner, 0], view.invented[inner, inner]
        mask = shape_mask(self.shape, radius)
        if self.border in ("zero", "constant"):
            found = np.where(invented, view.window[inner, inner], found)
        elif self.border == "replicate":  # the same as leaving out what lies beyond the edge
            mask = mask & ~invented
        name = "Largest of the smallest" if smallest_first else "Smallest of the largest"
        values = found[mask]
        return Working(lines=((name, float(values.max() if smallest_first else values.min())),))


class Erode(Morphology):
    """The smallest value below the shape."""

    kind: ClassVar[str] = "erode"
    title: ClassVar[str] = "Erode"
    summary: ClassVar[str] = (
        "Gives each pixel the smallest value below a shape that stands on it: bright parts get "
        "thinner, and bright spots smaller than the shape disappear."
    )
    formula: ClassVar[str] = "out(y, x) = min of in(y + i, x + j) for all (i, j) of the shape"

    def compute(self, piece: Piece) -> Pixels:
        return self.eroded(piece.pixels, piece.border)

    def code(self, border: str) -> str:
        return self._code(border, "erode")

    def working(self, window: Numbers) -> Working:
        return self._single(window, smallest=True)


class Dilate(Morphology):
    """The largest value below the shape."""

    kind: ClassVar[str] = "dilate"
    title: ClassVar[str] = "Dilate"
    summary: ClassVar[str] = (
        "Gives each pixel the largest value below a shape that stands on it: bright parts get "
        "thicker, and dark spots smaller than the shape disappear."
    )
    formula: ClassVar[str] = "out(y, x) = max of in(y + i, x + j) for all (i, j) of the shape"

    def compute(self, piece: Piece) -> Pixels:
        return self.dilated(piece.pixels, piece.border)

    def code(self, border: str) -> str:
        return self._code(border, "dilate")

    def working(self, window: Numbers) -> Working:
        return self._single(window, smallest=False)


class Open(Morphology):
    """Eroded, then dilated."""

    kind: ClassVar[str] = "open"
    title: ClassVar[str] = "Open"
    summary: ClassVar[str] = (
        "Erodes, then dilates with the same shape: bright spots and lines that the shape doesn't "
        "fit into disappear, the rest keeps its size. The border is put on anew before the second."
    )
    formula: ClassVar[str] = "out = dilate(erode(in))"
    is_double: ClassVar[bool] = True

    def compute(self, piece: Piece) -> Pixels:
        return self.dilated(self.eroded(piece.pixels, piece.border), piece.border)

    def code(self, border: str) -> str:
        return self._code(border, "erode", "dilate")

    def working_of(self, view: View) -> Working:
        return self._double(view, smallest_first=True)


class Close(Morphology):
    """Dilated, then eroded."""

    kind: ClassVar[str] = "close"
    title: ClassVar[str] = "Close"
    summary: ClassVar[str] = (
        "Dilates, then erodes with the same shape: dark spots and gaps that the shape doesn't fit "
        "into are filled, the rest keeps its size. The border is put on anew before the second."
    )
    formula: ClassVar[str] = "out = erode(dilate(in))"
    is_double: ClassVar[bool] = True

    def compute(self, piece: Piece) -> Pixels:
        return self.eroded(self.dilated(piece.pixels, piece.border), piece.border)

    def code(self, border: str) -> str:
        return self._code(border, "dilate", "erode")

    def working_of(self, view: View) -> Working:
        return self._double(view, smallest_first=False)


class MorphologicalGradient(Morphology):
    """Dilated less eroded."""

    kind: ClassVar[str] = "morphological_gradient"
    title: ClassVar[str] = "Morphological gradient"
    summary: ClassVar[str] = (
        "The largest value below a shape less the smallest: zero on even ground, and the height of "
        "the step along an edge, as thick as the shape."
    )
    formula: ClassVar[str] = "out = dilate(in) − erode(in)"
    source: ClassVar[str] = (
        "S. Beucher, thesis, 1990; P. Soille, Morphological Image Analysis, 2003, chapter 3"
    )

    def compute(self, piece: Piece) -> Pixels:
        largest = self.dilated(piece.pixels, piece.border)
        return np.subtract(largest, self.eroded(piece.pixels, piece.border))

    def code(self, border: str) -> str:
        shape, around = self._shape_code(), self._around_code(border)
        return (
            f"{shape}\n"
            f"largest = cv2.dilate(picture, shape, {around})\n"
            f"smallest = cv2.erode(picture, shape, {around})\n"
            "picture = np.atleast_3d(largest - smallest)"
        )

    def working(self, window: Numbers) -> Working:
        mask = shape_mask(self.shape, self.radius)
        values = window[mask]
        low, high = float(values.min()), float(values.max())
        return Working(
            taps=mask,
            lines=(("Largest value", high), ("Smallest value", low), ("Difference", high - low)),
        )
