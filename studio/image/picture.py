"""What a picture is: pixels in the file's own depth, and where they came from."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8] | NDArray[np.uint16] | NDArray[np.float32]

DEPTHS: dict[str, str] = {"uint8": "8-bit", "uint16": "16-bit", "float32": "32-bit float"}


@dataclass(frozen=True, eq=False)
class Picture:
    """A decoded picture.

    Attributes
    ----------
    pixels : array, height x width x channels
        uint8, uint16 or float32; one channel (grey) or three (RGB).
    alpha : array, height x width, optional
        Straight opacity in the same depth. Filters never touch it.
    name : str
        What to call it, usually the file's name.
    path : str
        Where it came from; empty for a sample, a paste or a computed picture.
    """

    pixels: Pixels
    alpha: Pixels | None = None
    name: str = ""
    path: str = ""

    def __post_init__(self) -> None:
        if self.pixels.ndim != 3 or self.pixels.shape[2] not in (1, 3):
            raise ValueError(f"pixels must be height x width x 1 or 3, not {self.pixels.shape}")
        if self.pixels.dtype.name not in DEPTHS:
            raise ValueError(f"pixels must be {', '.join(DEPTHS)}, not {self.pixels.dtype}")

    @property
    def height(self) -> int:
        return int(self.pixels.shape[0])

    @property
    def width(self) -> int:
        return int(self.pixels.shape[1])

    @property
    def channels(self) -> int:
        return int(self.pixels.shape[2])

    @property
    def words(self) -> str:
        """Size, colours and depth, such as ``600 × 400, RGB, 8-bit``."""
        colours = "grey" if self.channels == 1 else "RGB"
        if self.alpha is not None:
            colours += " + alpha"
        return f"{self.width} × {self.height}, {colours}, {DEPTHS[self.pixels.dtype.name]}"

    def with_pixels(self, pixels: Pixels) -> "Picture":
        """The same picture with other pixels; alpha is kept where it still fits."""
        alpha = self.alpha
        if alpha is not None and (alpha.shape, alpha.dtype) != (pixels.shape[:2], pixels.dtype):
            alpha = None
        return replace(self, pixels=pixels, alpha=alpha)


def full_scale(pixels: Pixels) -> float:
    """The value of white: 255, 65535, or 1.0 for floating point."""
    return {"uint8": 255.0, "uint16": 65535.0}.get(pixels.dtype.name, 1.0)
