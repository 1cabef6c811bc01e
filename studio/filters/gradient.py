"""First derivatives: how brightness rises from left to right and from top to bottom."""

import math
from typing import Any, ClassVar, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.declare import option
from studio.filters.base import Family, NeighbourhoodFilter, Piece, Reach
from studio.filters.working import View, Working, weighted
from studio.image.display import Mode
from studio.image.picture import Pixels, full_scale

Output = Literal["x", "y", "magnitude", "direction", "edges"]

# Whole numbers below this are exact in 32-bit floating point.
_EXACT = 2**24


class Gradient(NeighbourhoodFilter):
    """The rise along two axes at right angles, and what follows from it.

    The kernels lie on the picture as they are (correlation, as in OpenCV and SciPy): x is positive
    where it gets brighter to the right, y where it gets brighter downwards.
    """

    family: ClassVar[Family] = "Gradient"
    own_borders: ClassVar[frozenset[str]] = frozenset({"mirror", "reflect", "replicate", "zero"})

    output: Output = option(
        "magnitude",
        "Output",
        "The rise to the right, the rise downwards, the length of the two together, the direction "
        "of the steepest rise (0° to the right, 90° down, −90° up), or white where the length "
        "reaches the threshold.",
        names={"x": "x (to the right)", "y": "y (downwards)"},
    )
    threshold: float = option(
        0.15,
        "Threshold",
        "How steep an edge is at least, as a share of the steepest that is possible from black to "
        "white; white is 1 in floating point.",
        low=0,
        high=1,
        step=0.01,
        when={"output": ("edges",)},
    )

    @property
    def words(self) -> str:
        if self.output == "edges":
            return f"Edges from {100 * self.threshold:.4g} %"
        return self.output if self.output in ("x", "y") else self.output.capitalize()

    @property
    def shown_as(self) -> Mode:
        if self.output == "edges":
            return "auto"
        return "signed" if self.output == "x" or self.output == "y" else self.output

    @property
    def is_light(self) -> bool:
        return self.output in ("x", "y")

    @property
    def as_kernel(self) -> NDArray[np.float64] | None:
        return self.kernels().get(self.output)

    def kernels(self) -> dict[str, NDArray[np.float64]]:
        """The weights of x and of y as they lie on the picture, both of the window's shape."""
        raise NotImplementedError

    @property
    def steepest(self) -> float:
        """The largest magnitude there can be in a picture of zeros and ones."""
        across, down = (kernel.ravel() for kernel in self.kernels().values())
        # A picture that fits a direction best is white where the kernel of that direction is
        # positive; from one direction to the next, pixels change where their weight is zero.
        turns = np.unique(np.arctan2(-across, down) % np.pi)
        between = np.append(turns, turns[0] + np.pi)
        angles = (between[1:] + between[:-1]) / 2
        white = np.outer(np.cos(angles), across) + np.outer(np.sin(angles), down) > 0
        return float(np.hypot(white @ across, white @ down).max())

    def compute(self, piece: Piece) -> Pixels:
        pixels, border = piece.pixels, piece.border
        depth = cv2.CV_32F if self._is_exact(pixels) else cv2.CV_64F
        if self.output in ("x", "y"):
            return np.asarray(self._along(self.output, pixels, depth, border), np.float32)
        across, down = (self._along(axis, pixels, depth, border) for axis in ("x", "y"))
        if self.output == "direction":
            return _degrees(*self._turned(across, down))
        across *= across  # not cv2.magnitude: its roots are a last bit off
        across += np.square(down, out=down)
        magnitude = np.asarray(np.sqrt(across, out=across), np.float32)
        if self.output == "magnitude":
            return magnitude
        white = full_scale(pixels)
        edges = np.zeros_like(pixels)
        edges[magnitude >= self._least(white)] = white
        return edges

    def code(self, border: str) -> str:
        if self.output == "x" or self.output == "y":
            sums = self._along_code(self.output, "sums", border)
            return f"{sums}\npicture = np.atleast_3d(sums).astype(np.float32)"
        lines = [self._along_code("x", "gx", border), self._along_code("y", "gy", border)]
        if self.output == "direction":
            return "\n".join([*lines, f"picture = np.atleast_3d(degrees({self._turned_code}))"])
        lines.append("magnitude = np.atleast_3d(np.sqrt(gx**2 + gy**2)).astype(np.float32)")
        if self.output == "magnitude":
            return "\n".join([*lines, "picture = magnitude"])
        return "\n".join(
            [
                *lines,
                "white = white_of(picture)",
                f"edges = magnitude >= np.float32({self.threshold * self.steepest!r} * white)",
                "picture = np.where(edges, white, 0).astype(picture.dtype)",
            ]
        )

    def working_of(self, view: View) -> Working:
        kernels = self.kernels()
        if self.output == "x" or self.output == "y":
            return Working((weighted(f"g{self.output}", kernels[self.output], view.window),))
        terms = tuple(weighted(f"g{axis}", kernel, view.window) for axis, kernel in kernels.items())
        totals = np.array([term.total for term in terms])
        if self.output == "direction":
            right, down = self._turned(totals[:1], totals[1:])
            angle = math.degrees(math.atan2(down[0] + 0.0, right[0]))
            return Working(terms, lines=((self._angle_words, angle),))
        magnitude = math.hypot(*totals)
        lines: tuple[tuple[str, float], ...] = (("√(gx² + gy²)", magnitude),)
        if self.output == "edges":
            least = self._least(view.white)
            is_edge = np.float32(magnitude) >= least
            lines += (("white from", float(least)), ("Edge", view.white if is_edge else 0.0))
        return Working(terms, lines=lines)

    _angle_words: ClassVar[str] = "atan2(gy, gx), °"

    def _least(self, white: float) -> np.float32:
        return np.float32(self.threshold * self.steepest * white)

    def _is_exact(self, pixels: Pixels) -> bool:
        """Whether all sums, and the sums of their squares, are whole numbers that 32 bits hold."""
        if pixels.dtype.kind == "f":
            return False
        largest = full_scale(pixels) * max(k[k > 0].sum() for k in self.kernels().values())
        return bool((largest if self.output in ("x", "y") else 2 * largest**2) < _EXACT)

    def _along(self, axis: str, pixels: Pixels, depth: int, border: int) -> NDArray[Any]:
        """The sums of one of the kernels."""
        raise NotImplementedError

    _turned_code: ClassVar[str] = "gx, gy"

    def _along_code(self, axis: str, name: str, border: str) -> str:
        """The lines that give a variable the sums of one of the kernels, in 64 bits."""
        raise NotImplementedError

    def _turned(
        self, across: NDArray[Any], down: NDArray[Any]
    ) -> tuple[NDArray[Any], NDArray[Any]]:
        """The two sums along the rows and the columns of the picture."""
        return across, down


def _degrees(across: NDArray[Any], down: NDArray[Any]) -> NDArray[np.float32]:
    """The angle of (across, down) in degrees, more than -180 and at most 180; 0 where both are."""
    angle = np.arctan2(down + 0.0, across, dtype=np.float64)  # + 0.0: −0 would turn 180 to −180
    out = np.asarray(np.degrees(angle), np.float32)
    out[out <= -180] = 180  # rounded down from just above
    return out


class CentralGradient(Gradient):
    """A central difference along one axis, smoothed along the other."""

    @property
    def parts(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """The weights of the difference and those of the smoothing, equally many."""
        raise NotImplementedError

    @property
    def reach(self) -> Reach:
        radius = len(self.parts[0]) // 2
        return Reach(radius, radius, radius, radius)

    def kernels(self) -> dict[str, NDArray[np.float64]]:
        difference, smoothing = self.parts
        across = np.outer(smoothing, difference).astype(np.float64)
        return {"x": across, "y": across.T}

    def _along(self, axis: str, pixels: Pixels, depth: int, border: int) -> NDArray[Any]:
        difference, smoothing = (np.array(part, np.float64) for part in self.parts)
        row, column = (difference, smoothing) if axis == "x" else (smoothing, difference)
        whole = cv2.sepFilter2D(pixels, depth, row, column, borderType=border)
        return whole.reshape(pixels.shape)

    def _along_code(self, axis: str, name: str, border: str) -> str:
        row, column = self.parts if axis == "x" else self.parts[::-1]
        return (
            f"row, column = np.array({list(row)}), np.array({list(column)})\n"
            f"{name} = cv2.sepFilter2D(picture, cv2.CV_64F, row, column, borderType={border})"
        )


_RISE = (-1.0, 0.0, 1.0)


class Difference(CentralGradient):
    """Not smoothed."""

    kind: ClassVar[str] = "difference"
    title: ClassVar[str] = "Difference"
    summary: ClassVar[str] = (
        "Measures how steeply brightness rises at each pixel by the plainest way there is: the "
        "neighbour on one side less the one on the other. Nothing is averaged, so that noise "
        "shows fully."
    )
    formula: ClassVar[str] = (
        "gx = in(y, x + 1) − in(y, x − 1), gy = in(y + 1, x) − in(y − 1, x); "
        "magnitude √(gx² + gy²), direction atan2(gy, gx)"
    )
    source: ClassVar[str] = (
        "R. C. Gonzalez and R. E. Woods, Digital Image Processing, chapter 10: the gradient"
    )

    @property
    def parts(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        return _RISE, (0.0, 1.0, 0.0)


class Prewitt(CentralGradient):
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

    @property
    def parts(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        return _RISE, (1.0, 1.0, 1.0)


SOBEL_PARTS = {
    "3": (_RISE, (1.0, 2.0, 1.0)),
    "5": ((-1.0, -2.0, 0.0, 2.0, 1.0), (1.0, 4.0, 6.0, 4.0, 1.0)),
    "7": ((-1.0, -4.0, -5.0, 0.0, 5.0, 4.0, 1.0), (1.0, 6.0, 15.0, 20.0, 15.0, 6.0, 1.0)),
}


class Sobel(CentralGradient):
    """Smoothed with 1, 2, 1, or with binomials of more weights."""

    kind: ClassVar[str] = "sobel"
    title: ClassVar[str] = "Sobel"
    summary: ClassVar[str] = (
        "Measures how steeply brightness rises at each pixel: large at edges, zero on even "
        "ground. It averages three rows or columns, the middle one counting twice, against noise; "
        "larger sizes average more."
    )
    formula: ClassVar[str] = (
        "gx = (1, 2, 1)ᵀ · (−1, 0, 1), gy = (−1, 0, 1)ᵀ · (1, 2, 1), each smoothed by "
        "(1, 2, 1)ᵀ · (1, 2, 1) for the next size; magnitude √(gx² + gy²), direction atan2(gy, gx)"
    )
    source: ClassVar[str] = "I. Sobel and G. Feldman, 1968"

    side: Literal["3", "5", "7"] = option(
        "3",
        "Size",
        "How many pixels wide and high the kernels are: larger ones see less noise and less "
        "detail, and give larger numbers.",
        names={"3": "3 × 3", "5": "5 × 5", "7": "7 × 7"},
    )

    @property
    def parts(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        return SOBEL_PARTS[self.side]


class Scharr(CentralGradient):
    """Smoothed with 3, 10, 3."""

    kind: ClassVar[str] = "scharr"
    title: ClassVar[str] = "Scharr"
    summary: ClassVar[str] = (
        "Measures how steeply brightness rises at each pixel, as Sobel does, with weights that "
        "make edges of all directions count alike."
    )
    formula: ClassVar[str] = (
        "gx = (3, 10, 3)ᵀ · (−1, 0, 1), gy = (−1, 0, 1)ᵀ · (3, 10, 3); "
        "magnitude √(gx² + gy²), direction atan2(gy, gx)"
    )
    source: ClassVar[str] = "H. Scharr, Optimal Operators in Digital Image Processing, 2000"

    @property
    def parts(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        return _RISE, (3.0, 10.0, 3.0)
