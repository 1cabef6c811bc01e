"""Canny's edges: thin lines where the gradient is largest across them."""

from typing import Any, ClassVar, Literal

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import ConfigDict, ValidationInfo, field_validator

from studio.declare import option
from studio.filters.base import Family, Filter, Piece
from studio.filters.gradient import Sobel
from studio.image.picture import Pixels, full_scale

# What the largest slope of a picture becomes before it is rounded to 16 bits; the length of two
# such, at right angles, is still below 2^15.
_LARGEST = 20000.0


class Canny(Filter):
    """Thin edges, followed from strong places to weak ones."""

    # A low threshold alone must not pass the high one's default.
    model_config = ConfigDict(validate_default=True)

    kind: ClassVar[str] = "canny"
    title: ClassVar[str] = "Canny"
    family: ClassVar[Family] = "Gradient"
    summary: ClassVar[str] = (
        "Draws edges as white lines one pixel thin: where the gradient is larger than beside it, "
        "and either strong, or weak but joined to a strong place. Colours become grey first; "
        "beyond the edge of the picture, its last pixels are repeated."
    )
    formula: ClassVar[str] = (
        "g = Sobel of the blurred picture; white where |g| is largest along its own direction and "
        "at least high, or at least low and joined to such a place. Slopes of 8 bits are exact at "
        "sizes 3 and 5 without a blur; others are rounded to 1/20000 of the largest in the picture"
    )
    source: ClassVar[str] = "J. Canny, A Computational Approach to Edge Detection, 1986"
    needs_all: ClassVar[bool] = True

    sigma: float = option(
        1.0,
        "Blur",
        "The standard deviation of the Gaussian blur before, against edges made by noise; 0 for "
        "none.",
        low=0,
        high=20,
        step=0.1,
        unit="pixels",
    )
    low: float = option(
        0.05,
        "Low threshold",
        "How steep a place is at least that carries an edge on, as a share of the steepest that "
        "is possible from black to white.",
        low=0,
        high=1,
        step=0.01,
    )
    high: float = option(
        0.1,
        "High threshold",
        "How steep a place is at least where an edge begins, as a share of the steepest that is "
        "possible from black to white.",
        low=0,
        high=1,
        step=0.01,
    )
    side: Literal["3", "5", "7"] = option(
        "3",
        "Size",
        "How many pixels wide and high Sobel's kernels are, which measure the slopes.",
        names={"3": "3 × 3", "5": "5 × 5", "7": "7 × 7"},
    )

    @field_validator("high")
    @classmethod
    def _is_above_low(cls, high: float, info: ValidationInfo) -> float:
        low = info.data.get("low")
        if low is not None and high < low:
            raise ValueError(f"{high:g} is below the low threshold, {low:g}: make it as large")
        return high

    @property
    def words(self) -> str:
        blur = f"blur {self.sigma:g}, " if self.sigma else ""
        return f"{blur}{100 * self.low:.4g} % to {100 * self.high:.4g} %"

    def compute(self, piece: Piece) -> Pixels:
        white = full_scale(piece.pixels)
        across, down, scale = self._slopes(_grey(piece.pixels))
        steepest = Sobel(side=self.side).steepest * white * scale
        # OpenCV asks for more than the threshold, and below 2^15.
        low, high = (
            float(np.nextafter(min(share * steepest, 2**15 - 1), 0))
            for share in (self.low, self.high)
        )
        lines = np.asarray(cv2.Canny(across, down, low, high, L2gradient=True))
        edges = np.zeros((*lines.shape, 1), piece.pixels.dtype)
        edges[lines > 0] = white
        return edges

    def code(self, border: str) -> str:
        return (
            f"gx, gy, scale = slopes(luma(picture), {self.sigma!r}, {self.side})\n"
            f"steepest = {Sobel(side=self.side).steepest!r} * white_of(picture) * scale\n"
            f"low, high = {self.low!r} * steepest, {self.high!r} * steepest\n"
            "# OpenCV asks for more than the thresholds, and below 2 ** 15.\n"
            "low, high = (np.nextafter(min(one, 2**15 - 1), 0) for one in (low, high))\n"
            "edges = cv2.Canny(gx, gy, low, high, L2gradient=True)[..., None] > 0\n"
            "picture = np.where(edges, white_of(picture), 0).astype(picture.dtype)"
        )

    def _slopes(self, grey: Any) -> tuple[NDArray[np.int16], NDArray[np.int16], float]:
        """Sobel's x and y in 16 bits, and what they were multiplied by."""
        side, border = int(self.side), cv2.BORDER_REPLICATE
        exact = grey.dtype == np.uint8 and not self.sigma and side < 7
        if not exact:
            # What is no number has no slope.
            grey = np.nan_to_num(grey.astype(np.float32), nan=0, posinf=0, neginf=0)
            if self.sigma:
                grey = cv2.GaussianBlur(grey, (0, 0), self.sigma, borderType=border)
        depth = cv2.CV_16S if exact else cv2.CV_32F
        slopes = [
            np.asarray(cv2.Sobel(grey, depth, *order, ksize=side, borderType=border))
            for order in ((1, 0), (0, 1))
        ]
        if exact:
            return slopes[0], slopes[1], 1.0
        largest = max(float(np.abs(slope).max()) for slope in slopes)
        scale = _LARGEST / largest if largest else np.inf
        if not np.isfinite(scale):  # even ground
            scale = 1.0
        across, down = (np.rint(slope * np.float32(scale)).astype(np.int16) for slope in slopes)
        return across, down, scale


def _grey(pixels: Pixels) -> Any:
    """The brightness, as `Grey` has it; height x width."""
    if pixels.shape[2] == 1:
        return pixels[..., 0]
    return cv2.cvtColor(np.ascontiguousarray(pixels), cv2.COLOR_RGB2GRAY)
