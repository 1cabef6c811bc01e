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
    lines : tuple of (str, float)
        What is done with the sums, in words and numbers, down to the value before rounding.
    """

    terms: tuple[Term, ...] = ()
    ordered: Numbers | None = None
    lines: tuple[tuple[str, float], ...] = ()


def weighted(name: str, kernel: Numbers, window: Numbers) -> Term:
    """The weighted sum of a window; kernel and window are of one shape."""
    products = kernel * window
    return Term(name, kernel, products, float(products.sum()))
