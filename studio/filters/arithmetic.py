"""The arithmetic of one output pixel: every number between the neighbourhood and the result."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.filters.base import Filter
from studio.filters.cutting import Box, Source, neighbourhood
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
    filter: Filter, before: Pixels, result: Pixels, y: int, x: int, channel: int = 0
) -> Arithmetic | None:
    """Explain one value of a filter's result.

    Parameters
    ----------
    before, result : arrays, height x width x channels
        What went into the filter and what came out.
    y, x, channel : int
        Which value of the result.

    Returns
    -------
    Arithmetic or None
        None for a filter that looks at one pixel at a time.
    """

    def source(box: Box) -> Pixels:
        return before[box.top : box.bottom, box.left : box.right]

    height, width = before.shape[:2]
    stored = float(result[y, x, channel])
    return explain_value(filter, source, (height, width), stored, y, x, channel)


def explain_value(
    filter: Filter,
    source: Source,
    size: tuple[int, int],
    stored: float,
    y: int,
    x: int,
    channel: int = 0,
) -> Arithmetic | None:
    """As `explain`, of a picture of which only the part that is needed is asked for.

    Parameters
    ----------
    source : callable
        Gives a part of what went into the filter.
    size : (int, int)
        Height and width of all that went into it.
    stored : float
        The value itself.
    """
    if not any(filter.reach):
        return None
    window, invented = neighbourhood(filter, y, x, source, *size)
    numbers = window[..., channel].astype(np.float64)
    return Arithmetic(numbers, invented, filter.working(numbers), stored)
