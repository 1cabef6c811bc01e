"""The arithmetic of one output pixel: every number between the neighbourhood and the result."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.filters.base import CV_BORDER, Border, Filter, NeighbourhoodFilter
from studio.filters.working import Numbers, Working
from studio.image.picture import Pixels


@dataclass(frozen=True, eq=False)
class Arithmetic:
    """How one value of the result comes about.

    Attributes
    ----------
    window : array, height x width
        The neighbourhood in one channel, border included.
    invented : bool array, height x width
        Which of its values the border made up.
    working : Working
        The way from the window to the value.
    stored : float
        The filter's own result at this pixel.
    """

    window: Numbers
    invented: NDArray[np.bool_]
    working: Working
    stored: float


def explain(
    filter: Filter, pixels: Pixels, result: Pixels, y: int, x: int, channel: int = 0
) -> Arithmetic | None:
    """Explain one value of a filter's result.

    Parameters
    ----------
    pixels, result : arrays, height x width x channels
        What went into the filter and what came out.
    y, x, channel : int
        Which value of the result.

    Returns
    -------
    Arithmetic or None
        None for a filter that looks at one pixel at a time.
    """
    if not isinstance(filter, NeighbourhoodFilter):
        return None
    window, invented = neighbourhood(filter, pixels, y, x, channel)
    return Arithmetic(window, invented, filter.working(window), float(result[y, x, channel]))


def neighbourhood(
    filter: NeighbourhoodFilter, pixels: Pixels, y: int, x: int, channel: int
) -> tuple[Numbers, NDArray[np.bool_]]:
    """The window of an output pixel, and which of its values the border made up."""
    top, bottom, left, right = filter.reach
    if filter.border == "valid":  # the result begins where the window first fits
        y, x = y + top, x + left
    rows, row_made = _places(range(y - top, y + bottom + 1), pixels.shape[0], filter.border)
    columns, column_made = _places(range(x - left, x + right + 1), pixels.shape[1], filter.border)
    window = pixels[np.ix_(rows, columns)][..., channel].astype(np.float64)
    invented = row_made[:, None] | column_made[None, :]
    if filter.border == "zero":
        window[invented] = 0
    return window, invented


def _places(wanted: range, length: int, border: Border) -> tuple[list[int], NDArray[np.bool_]]:
    """Where along an axis the values come from, and which places lie outside it."""
    code = CV_BORDER.get(border, cv2.BORDER_REPLICATE)
    places = [max(0, cv2.borderInterpolate(place, length, code)) for place in wanted]
    outside = np.array([not 0 <= place < length for place in wanted])
    return places, outside
