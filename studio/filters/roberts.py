"""The gradient by the diagonals of four pixels."""

from typing import Any, ClassVar

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.declare import option
from studio.filters.base import Reach
from studio.filters.gradient import Gradient, Output
from studio.image.picture import Pixels


class Roberts(Gradient):
    """Differences along the two diagonals of four pixels."""

    kind: ClassVar[str] = "roberts"
    title: ClassVar[str] = "Roberts"
    summary: ClassVar[str] = (
        "Measures how steeply brightness rises by the two diagonals of four pixels: the smallest "
        "window of all, the sharpest edges, and the most noise. Its x and y run along the "
        "diagonals; its direction is that of the picture."
    )
    formula: ClassVar[str] = (
        "gx = in(y + 1, x + 1) − in(y, x), gy = in(y + 1, x) − in(y, x + 1); "
        "magnitude √(gx² + gy²), direction atan2(gx + gy, gx − gy)"
    )
    source: ClassVar[str] = "L. G. Roberts, Machine Perception of Three-Dimensional Solids, 1963"
    _angle_words: ClassVar[str] = "atan2(gx + gy, gx − gy), °"

    output: Output = option(
        "magnitude",
        "Output",
        "The rise down to the right, the rise down to the left, the length of the two together, "
        "the direction of the steepest rise (0° to the right, 90° down, −90° up), or white where "
        "the length reaches the threshold.",
        names={"x": "x (down to the right)", "y": "y (down to the left)"},
    )

    @property
    def reach(self) -> Reach:
        return Reach(0, 1, 0, 1)

    def kernels(self) -> dict[str, NDArray[np.float64]]:
        return {"x": np.array([[-1.0, 0.0], [0.0, 1.0]]), "y": np.array([[0.0, -1.0], [1.0, 0.0]])}

    def _along(self, axis: str, pixels: Pixels, depth: int, border: int) -> NDArray[Any]:
        numbers: Any = pixels.astype(np.float32 if depth == cv2.CV_32F else np.float64)
        kernel = self.kernels()[axis]
        whole = cv2.filter2D(numbers, -1, kernel, anchor=(0, 0), borderType=border)
        return whole.reshape(pixels.shape)

    _turned_code: ClassVar[str] = "gx - gy, gx + gy"

    def _along_code(self, axis: str, name: str, border: str) -> str:
        return (
            f"kernel = np.array({self.kernels()[axis].tolist()})\n"
            "numbers = picture.astype(np.float64)\n"
            f"{name} = cv2.filter2D(numbers, -1, kernel, anchor=(0, 0), borderType={border})"
        )

    def _turned(
        self, across: NDArray[Any], down: NDArray[Any]
    ) -> tuple[NDArray[Any], NDArray[Any]]:
        return across - down, across + down
