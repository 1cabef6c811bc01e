"""How one value of a result comes about, as a filter tells it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Term:
    """One weighted sum: the weights as they lie on the picture, the products and their sum."""

    name: str
    kernel: Numbers
    products: Numbers
    total: float


@dataclass(frozen=True, eq=False)
class Working:
    """The way from a neighbourhood to a result.

    Attributes
    ----------
    terms : tuple of Term
        The weighted sums; none for a filter that makes none.
    ordered : array, optional
        The values in order of size, for a filter that sorts.
    place : int, optional
        Which of `ordered` is taken, from 0; none where it is not one of them.
    taps : bool array, height x width, optional
        Which cells of the window count, for a window with holes such as a dilated kernel's; all
        of them if not said.
    lines : tuple of (str, float)
        What is done with the sums, in words and numbers, down to the value before rounding.
    """

    terms: tuple[Term, ...] = ()
    ordered: Numbers | None = None
    place: int | None = None
    taps: NDArray[np.bool_] | None = None
    lines: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, eq=False)
class View:
    """A window, as a filter is asked to explain it.

    Attributes
    ----------
    window : array, height x width
        The neighbourhood in one channel, border included.
    invented : bool array, height x width
        Which of its values the border made up.
    white : float
        The value of white in the picture: 255, 65535, or 1 for floating point.
    colours : array, height x width x channels
        The neighbourhood in all channels.
    """

    window: Numbers
    invented: NDArray[np.bool_]
    white: float
    colours: Numbers


def weighted(name: str, kernel: Numbers, window: Numbers) -> Term:
    """The weighted sum of a window; kernel and window are of one shape."""
    products = kernel * window
    return Term(name, kernel, products, float(products.sum()))
