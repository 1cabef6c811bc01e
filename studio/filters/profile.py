"""The values along a line of a picture."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from studio.filters.cutting import Box, Source
from studio.image.picture import Pixels

Numbers = NDArray[np.float64]

# Samples that are taken from one piece; the box around a long slanted line would be the picture.
_AT_ONCE = 256


@dataclass(frozen=True, eq=False)
class Profile:
    """Values along a line.

    Attributes
    ----------
    x, y : array, n
        Columns and rows of the samples, pixel centres at whole numbers.
    values : float array, n x channels
    """

    x: Numbers
    y: Numbers
    values: Numbers

    @property
    def distance(self) -> Numbers:
        """How far each sample is from the first, in pixels."""
        return np.asarray(np.hypot(self.x - self.x[0], self.y - self.y[0]), np.float64)


def profile(
    picture: Pixels | Source,
    x0: float,
    y0: float,
    x1: float,
    y1: float,
    *,
    size: tuple[int, int] | None = None,
    sampling: Literal["nearest", "bilinear"] = "nearest",
) -> Profile:
    """The values from (x0, y0) to (x1, y1), both included, a pixel apart or a little less.

    Beyond the picture its outermost pixels go on.

    Parameters
    ----------
    picture : array, height x width x channels; or callable
        A callable gives the part of a picture that lies in a `Box`; only those along the line are
        asked for.
    size : (int, int), optional
        Height and width of what the callable gives parts of.
    """
    if callable(picture):
        if size is None:
            raise ValueError("of a picture that is given in parts, the size must be said")
        source = picture
    else:
        pixels = picture
        size = pixels.shape[0], pixels.shape[1]

        def source(box: Box) -> Pixels:
            return pixels[box.top : box.bottom, box.left : box.right]

    count = int(np.ceil(np.hypot(x1 - x0, y1 - y0) + 1))
    x, y = np.linspace(x0, x1, count), np.linspace(y0, y1, count)
    parts = []
    for first in range(0, count, _AT_ONCE):
        part_x, part_y = x[first : first + _AT_ONCE], y[first : first + _AT_ONCE]
        box = line_box(part_x[0], part_y[0], part_x[-1], part_y[-1], size)
        inside_x = np.clip(part_x, 0, size[1] - 1) - box.left
        inside_y = np.clip(part_y, 0, size[0] - 1) - box.top
        take = _nearest if sampling == "nearest" else _bilinear
        parts.append(take(source(box), inside_x, inside_y))
    return Profile(x, y, np.concatenate(parts))


def line_box(x0: float, y0: float, x1: float, y1: float, size: tuple[int, int]) -> Box:
    """The part of a picture of some height and width that the samples along a line need."""
    height, width = size
    top, bottom = np.clip([min(y0, y1), max(y0, y1)], 0, height - 1)
    left, right = np.clip([min(x0, x1), max(x0, x1)], 0, width - 1)
    return Box(int(top), int(np.ceil(bottom)) + 1, int(left), int(np.ceil(right)) + 1)


def _nearest(pixels: Pixels, x: Numbers, y: Numbers) -> Numbers:
    rows, columns = np.floor(y + 0.5).astype(int), np.floor(x + 0.5).astype(int)
    return np.asarray(pixels[rows, columns], np.float64)


def _bilinear(pixels: Pixels, x: Numbers, y: Numbers) -> Numbers:
    top, left = np.floor(y).astype(int), np.floor(x).astype(int)
    bottom = np.minimum(top + 1, pixels.shape[0] - 1)
    right = np.minimum(left + 1, pixels.shape[1] - 1)
    down, across = (y - top)[:, None], (x - left)[:, None]
    upper = pixels[top, left] * (1 - across) + pixels[top, right] * across
    lower = pixels[bottom, left] * (1 - across) + pixels[bottom, right] * across
    return np.asarray(upper * (1 - down) + lower * down, np.float64)
