"""The arithmetic of one output pixel: every number between the neighbourhood and the result."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from studio.filters.base import Border, Filter
from studio.filters.cutting import Box, Source, neighbourhood, window_box
from studio.filters.working import Numbers, View, Working
from studio.image.picture import Pixels, full_scale

# Pixels that are shown around a window on each side, and at least as many in all.
_AROUND, _FEWEST = 2, 7
# Less than that is the rounding of the sum itself.
_SEEN = 1e-6


@dataclass(frozen=True, eq=False)
class Surroundings:
    """The pixels that a window lies in.

    Attributes
    ----------
    box : Box
        Their place in what went into the filter; it may reach beyond it.
    pixels : array, height x width x channels
        In its own depth; beyond the edge as the border says, the edge repeated where there is none.
    invented : bool array, height x width
        Which of them lie beyond the edge.
    """

    box: Box
    pixels: Pixels
    invented: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Arithmetic:
    """How one value of the result comes about.

    Attributes
    ----------
    box : Box
        Where the window lies in what went into the filter; it may reach beyond it.
    centre : (int, int)
        Row and column of the window that stand on the pixel itself.
    window : array, height x width
        The neighbourhood in one channel, border included.
    invented : bool array, height x width
        Which of its values the border made up.
    beyond : (str, float)
        The border, and the number that a constant one consists of.
    working : Working
        The way from the window to the value.
    stored : float
        The filter's own result at this pixel.
    surroundings : Surroundings
        More of the same pixels, in all channels.
    """

    box: Box
    centre: tuple[int, int]
    window: Numbers
    invented: NDArray[np.bool_]
    beyond: tuple[Border, float]
    working: Working
    stored: float
    surroundings: Surroundings

    @property
    def exact(self) -> float | None:
        """The value before it is stored; none where the filter doesn't tell."""
        working = self.working
        if working.lines:
            return working.lines[-1][1]
        return working.terms[0].total if len(working.terms) == 1 else None

    @property
    def taps(self) -> NDArray[np.bool_]:
        """Which cells of the window count."""
        taps = self.working.taps
        return np.ones(self.window.shape, np.bool_) if taps is None else taps

    @cached_property
    def ranks(self) -> NDArray[np.intp] | None:
        """The place of each cell's value among the ordered ones, -1 for cells that don't count.

        None where the filter doesn't sort the values of the window, each once.
        """
        ordered, taps = self.working.ordered, self.taps
        if ordered is None or ordered.size != np.count_nonzero(taps):
            return None
        values = self.window[taps]
        order = np.argsort(values, kind="stable")
        if not np.array_equal(values[order], ordered):
            return None
        ranks = np.full(self.window.shape, -1, np.intp)
        ranks[taps] = np.argsort(order)
        return ranks

    def storing(self, depth: str) -> Literal["", "rounded", "cut"]:
        """What happened to the exact value when it was stored, if anything that can be seen.

        Parameters
        ----------
        depth : str
            In which the result is stored, as numpy calls it. Floating point cuts nothing.
        """
        exact = self.exact
        if exact is None or not depth.startswith("uint") or abs(exact - self.stored) < _SEEN:
            return ""
        if self.stored in (0, np.iinfo(depth).max) and abs(exact - self.stored) > 0.5 + _SEEN:
            return "cut"
        return "rounded"


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
        None for a filter that has none to show; `why_none` says why.
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
    if why_none(filter):
        return None
    box = window_box(filter, y, x)
    around = _around(box)
    pixels, beyond = neighbourhood(filter, around, source, *size)
    inside = (
        slice(box.top - around.top, box.bottom - around.top),
        slice(box.left - around.left, box.right - around.left),
    )
    window = pixels[inside][..., channel].astype(np.float64)
    return Arithmetic(
        box=box,
        centre=(filter.reach.top, filter.reach.left),
        window=window,
        invented=beyond[inside],
        beyond=filter.beyond,
        working=filter.working_of(
            View(window, beyond[inside], full_scale(pixels), pixels[inside].astype(np.float64))
        ),
        stored=stored,
        surroundings=Surroundings(around, pixels, beyond),
    )


def why_none(filter: Filter) -> str:
    """Why there is no arithmetic of a single pixel; empty where there is."""
    if filter.needs_all:
        return "works on the whole picture at once: no pixel has a sum of its own"
    if not filter.is_explained and any(filter.reach):
        return "weighs whole patches of pixels: too many numbers to show"
    if not filter.is_explained:
        return "looks at one pixel at a time: there is no neighbourhood to show"
    return ""


def _around(box: Box) -> Box:
    """A square with the box in its middle."""
    side = max(box.height + 2 * _AROUND, box.width + 2 * _AROUND, _FEWEST)
    top = box.top - (side - box.height) // 2
    left = box.left - (side - box.width) // 2
    return Box(top, top + side, left, left + side)
