"""First derivatives: how brightness rises from left to right and from top to bottom."""

import math
from typing import Any, ClassVar, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.declare import option
from studio.filters.base import Family, NeighbourhoodFilter, Piece, Reach
from studio.filters.working import Numbers, Working, weighted
from studio.image.display import Mode
from studio.image.picture import Pixels

Output = Literal["x", "y", "magnitude", "direction"]

_DIFFERENCE = np.array([-1.0, 0.0, 1.0])


class Gradient(NeighbourhoodFilter):
    """A central difference along one axis, smoothed along the other.

    The kernels lie on the picture as they are (correlation, as in OpenCV and SciPy): x is positive
    where it gets brighter to the right, y where it gets brighter downwards.
    """

    smoothing: ClassVar[tuple[float, ...]]
    family: ClassVar[Family] = "Gradient"
    own_borders: ClassVar[frozenset[str]] = frozenset({"mirror", "reflect", "replicate", "zero"})

    output: Output = option(
        "magnitude",
        "Output",
        "The rise to the right, the rise downwards, the length of the two together, or the "
        "direction of the steepest rise: 0° to the right, 90° down, −90° up.",
        names={"x": "x (to the right)", "y": "y (downwards)"},
    )

    @property
    def reach(self) -> Reach:
        return Reach(1, 1, 1, 1)

    @property
    def words(self) -> str:
        return {"x": "x", "y": "y"}.get(self.output, self.output.capitalize())

    @property
    def shown_as(self) -> Mode:
        return "signed" if self.output == "x" or self.output == "y" else self.output

    def kernels(self) -> dict[str, NDArray[np.float64]]:
        """The 3 x 3 weights of x and of y as they lie on the picture."""
        across = np.outer(self.smoothing, _DIFFERENCE)
        return {"x": across, "y": across.T}

    def compute(self, piece: Piece) -> Pixels:
        # 8-bit sums and their squares, and 16-bit sums, are whole numbers that 32 bits hold.
        pixels, border = piece.pixels, piece.border
        narrow = pixels.dtype == np.uint8
        narrow |= pixels.dtype == np.uint16 and self.output in ("x", "y")
        depth = cv2.CV_32F if narrow else cv2.CV_64F
        if self.output == "x":
            return np.asarray(self._along_x(pixels, depth, border), np.float32)
        if self.output == "y":
            return np.asarray(self._along_y(pixels, depth, border), np.float32)
        across, down = self._along_x(pixels, depth, border), self._along_y(pixels, depth, border)
        if self.output == "magnitude":  # not cv2.magnitude: its roots are a last bit off
            across *= across
            across += np.square(down, out=down)
            return np.asarray(np.sqrt(across, out=across), np.float32)
        return _degrees(across, down)

    def working(self, window: Numbers) -> Working:
        terms = tuple(
            weighted(f"g{axis}", kernel, window)
            for axis, kernel in self.kernels().items()
            if self.output not in ("x", "y") or self.output == axis
        )
        totals = [term.total for term in terms]
        if self.output == "magnitude":
            return Working(terms, lines=(("√(gx² + gy²)", math.hypot(*totals)),))
        if self.output == "direction":
            angle = math.degrees(math.atan2(totals[1], totals[0]))
            return Working(terms, lines=(("atan2(gy, gx) in degrees", angle),))
        return Working(terms)

    def _along_x(self, pixels: Pixels, depth: int, border: int) -> NDArray[Any]:
        return _separable(pixels, depth, _DIFFERENCE, np.array(self.smoothing), border)

    def _along_y(self, pixels: Pixels, depth: int, border: int) -> NDArray[Any]:
        return _separable(pixels, depth, np.array(self.smoothing), _DIFFERENCE, border)


def _separable(
    pixels: Pixels,
    depth: int,
    row: NDArray[np.float64],
    column: NDArray[np.float64],
    border: int,
) -> NDArray[Any]:
    """A row and a column of three weights."""
    whole = cv2.sepFilter2D(pixels, depth, row, column, borderType=border)
    return whole.reshape(pixels.shape)


def _degrees(across: NDArray[Any], down: NDArray[Any]) -> NDArray[np.float32]:
    """The angle of (across, down) in degrees, more than -180 and at most 180; 0 where both are."""
    angle = np.arctan2(down + 0.0, across, dtype=np.float64)  # + 0.0: −0 would turn 180 to −180
    out = np.asarray(np.degrees(angle), np.float32)
    out[out <= -180] = 180  # rounded down from just above
    return out


class Sobel(Gradient):
    """Smoothed with 1, 2, 1."""

    kind: ClassVar[str] = "sobel"
    title: ClassVar[str] = "Sobel"
    summary: ClassVar[str] = (
        "Measures how steeply brightness rises at each pixel: large at edges, zero on even "
        "ground. It averages three rows or columns, the middle one counting twice, against noise."
    )
    formula: ClassVar[str] = (
        "gx = (1, 2, 1)ᵀ · (−1, 0, 1), gy = (−1, 0, 1)ᵀ · (1, 2, 1); "
        "magnitude √(gx² + gy²), direction atan2(gy, gx)"
    )
    source: ClassVar[str] = "I. Sobel and G. Feldman, 1968"
    smoothing: ClassVar[tuple[float, ...]] = (1.0, 2.0, 1.0)


class Prewitt(Gradient):
    """Smoothed with 1, 1, 1."""

    kind: ClassVar[str] = "prewitt"
    title: ClassVar[str] = "Prewitt"
    summary: ClassVar[str] = (
        "Measures how steeply brightness rises at each pixel, as Sobel does, with the plain mean "
        "of three rows or columns against noise."
    )
    formula: ClassVar[str] = (
        "gx = (1, 1, 1)ᵀ · (−1, 0, 1), gy = (−1, 0, 1)ᵀ · (1, 1, 1); "
        "magnitude √(gx² + gy²), direction atan2(gy, gx)"
    )
    source: ClassVar[str] = "J. M. S. Prewitt, Object Enhancement and Extraction, 1970"
    smoothing: ClassVar[tuple[float, ...]] = (1.0, 1.0, 1.0)
