"""The arithmetic of one output pixel: every number between the neighbourhood and the result."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.filters.base import CV_BORDER, Border, Filter, NeighbourhoodFilter
from studio.filters.gradient import Gradient
from studio.filters.linear import Convolution
from studio.filters.rank import Median
from studio.image.picture import Pixels

Numbers = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Term:
    """One weighted sum: the weights as they lie on the picture, the products and their sum."""

    name: str
    kernel: Numbers
    products: Numbers
    total: float


@dataclass(frozen=True, eq=False)
class Arithmetic:
    """How one value of the result comes about.

    Attributes
    ----------
    window : array, height x width
        The neighbourhood in one channel, border included.
    invented : bool array, height x width
        Which of its values the border made up.
    terms : tuple of Term
        The weighted sums; none for a filter that sorts.
    ordered : array, optional
        The values in order of size, for a filter that sorts.
    lines : tuple of (str, float)
        What is done with the sums, in words and numbers, down to the value before rounding.
    stored : float
        The filter's own result at this pixel.
    """

    window: Numbers
    invented: NDArray[np.bool_]
    terms: tuple[Term, ...]
    ordered: Numbers | None
    lines: tuple[tuple[str, float], ...]
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
        None for a filter that is no neighbourhood's.
    """
    if not isinstance(filter, NeighbourhoodFilter):
        return None
    window, invented = neighbourhood(filter, pixels, y, x, channel)
    stored = float(result[y, x, channel])
    if isinstance(filter, Median):
        ordered = np.sort(window, axis=None)
        middle = float(ordered[ordered.size // 2])
        return Arithmetic(window, invented, (), ordered, (("Middle value", middle),), stored)
    if isinstance(filter, Convolution):
        kernel = np.array(filter.kernel, np.float64)
        term = _term("", kernel[::-1, ::-1] if filter.flip else kernel, window)
        scaled = term.total * filter.scale
        lines = (
            (f"× scale {filter.scale:g}", scaled),
            (f"+ offset {filter.offset:g}", scaled + filter.offset),
        )
        return Arithmetic(window, invented, (term,), None, lines, stored)
    if isinstance(filter, Gradient):
        terms = tuple(
            _term(f"g{name}", kernel, window)
            for name, kernel in filter.kernels().items()
            if filter.output not in ("x", "y") or filter.output == name
        )
        return Arithmetic(window, invented, terms, None, _joined(filter, terms), stored)
    return None


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


def _term(name: str, kernel: Numbers, window: Numbers) -> Term:
    products = kernel * window
    return Term(name, kernel, products, float(products.sum()))


def _joined(filter: Gradient, terms: tuple[Term, ...]) -> tuple[tuple[str, float], ...]:
    totals = [term.total for term in terms]
    if filter.output == "magnitude":
        return (("√(gx² + gy²)", math.hypot(*totals)),)
    if filter.output == "direction":
        return (("atan2(gy, gx) in degrees", math.degrees(math.atan2(totals[1], totals[0]))),)
    return ()
