"""A part of a picture resized as Pillow does it, and so torchvision: smoothed where it shrinks."""

from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Values = NDArray[np.float32]

_ROUNDING = 1e-6  # pixels; a side that should be whole may be computed a little smaller
_LONGEST = 16  # times the pixels that are kept
_METHODS = {"bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC}


class Frame(NamedTuple):
    """The part of a picture that a network sees, in the picture's pixels.

    It reaches outside the picture where a border was added.
    """

    top: float
    left: float
    height: float
    width: float


class Grid(NamedTuple):
    """A picture resized to `whole`, of which `size` is kept from `start`: heights and widths."""

    whole: tuple[int, int]
    start: tuple[int, int]
    size: tuple[int, int]

    def frame(self, height: int, width: int) -> Frame:
        """The part of a picture of that size that is kept."""
        down, across = height / self.whole[0], width / self.whole[1]
        return Frame(
            self.start[0] * down, self.start[1] * across, self.size[0] * down, self.size[1] * across
        )


def middle(height: int, width: int, size: tuple[int, int], scale: float) -> Grid:
    """The middle of a picture that is resized by `scale`, as ``Resize`` and ``CenterCrop`` round.

    Parameters
    ----------
    size : tuple of int
        Height and width of the crop.
    """
    whole = tuple(
        max(side, int(length * scale + _ROUNDING))
        for length, side in zip((height, width), size, strict=True)
    )
    start = tuple(round((length - side) / 2) for length, side in zip(whole, size, strict=True))
    return Grid((whole[0], whole[1]), (start[0], start[1]), size)


def resize_smoothly(
    pixels: NDArray[Any], grid: Grid, interpolation: Literal["bilinear", "bicubic"]
) -> Values:
    """Resize a picture and keep a part of it.

    Pixels of 8 bits are rounded to whole levels, as Pillow does.

    Parameters
    ----------
    pixels : array, height x width x channels
    """
    if pixels.dtype != np.uint8:
        pixels = pixels.astype(np.float32)
    planes = [
        _resize_plane(np.ascontiguousarray(pixels[..., channel]), grid, _METHODS[interpolation])
        for channel in range(pixels.shape[2])
    ]
    return np.stack([np.asarray(plane, np.float32) for plane in planes], axis=2)


def _resize_plane(plane: NDArray[Any], grid: Grid, method: Image.Resampling) -> NDArray[Any]:
    image = Image.fromarray(plane)
    top, left = grid.start
    height, width = grid.size
    if grid.whole[0] * grid.whole[1] <= _LONGEST * height * width:
        whole = np.asarray(image.resize(grid.whole[::-1], method))
        return whole[top : top + height, left : left + width]
    # Only the part, which rounds a few values otherwise: a long strip would need too much memory.
    frame = grid.frame(*plane.shape)
    bottom = min(float(plane.shape[0]), frame.top + frame.height)
    right = min(float(plane.shape[1]), frame.left + frame.width)
    return np.asarray(
        image.resize(grid.size[::-1], method, box=(frame.left, frame.top, right, bottom))
    )
