"""Sums of neighbours that don't depend on where a piece begins."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

# Values that are summed at once, so that they stay in the cache.
_CHUNK = 2**16


def window_sums(
    values: NDArray[Any],
    side: int,
    axis: int,
    first: int,
    step: int,
    out: NDArray[Any] | None = None,
    divisor: int = 1,
) -> NDArray[Any]:
    """Sums of neighbours along an axis, in float64.

    A running sum would be faster for many neighbours, but its last bits come from where it began.

    Parameters
    ----------
    values : array, height x width x channels
    side : int
        How many neighbours.
    axis : int
        0 for those below one another, 1 for those side by side.
    first, step : int
        Where the first sum begins, and how far it is to the next.
    out : array, optional
        Takes the sums, divided by `divisor`.
    """
    if out is None:
        shape = list(values.shape)
        shape[axis] = (values.shape[axis] - side - first) // step + 1
        out = np.empty(shape)
    other = 1 - axis
    width = max(1, _CHUNK // (values.shape[axis] * values.shape[2]))
    for begin in range(0, values.shape[other], width):
        chunk = (slice(None),) * other + (slice(begin, begin + width),)
        along = np.moveaxis(values[chunk], axis, 0)
        sums = _sums(along, side, first, step)
        np.divide(sums, divisor, out=np.moveaxis(out[chunk], axis, 0), casting="same_kind")
    return out


def in_turn(side: int, step: int) -> bool:
    """Whether neighbours are added one after the other, and not in sums of 2, 4, 8 ... of them."""
    return side <= 4 * step


def _sums(values: NDArray[Any], side: int, first: int, step: int) -> NDArray[np.float64]:
    """`window_sums` along the first axis."""
    stop = len(values) - side + 1
    if in_turn(side, step):
        total = values[first:stop:step].astype(np.float64)
        for tap in range(1, side):
            total += values[first + tap : stop + tap : step]
        return total
    # Longer sums are made of two halves.
    powers = values.astype(np.float64)
    total, done, width = powers[:stop] if side % 2 else np.zeros(1), side % 2, 1
    while 2 * width <= side:
        powers = powers[:-width] + powers[width:]
        width *= 2
        if side & width:
            total = total + powers[done : done + stop]
            done += width
    return total[first::step]
