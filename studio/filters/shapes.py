"""The shapes of morphology, and the smallest and largest values below large ones."""

from functools import cache
from itertools import product
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Shape = Literal["square", "cross", "disc"]
Mask = NDArray[np.bool_]

# Values that are looked at together, so that they stay in the cache.
_TILE = 2**19


@cache
def shape_mask(shape: Shape, radius: int) -> Mask:
    """The pixels of a shape; (2 · radius + 1) x (2 · radius + 1)."""
    place = np.arange(-radius, radius + 1)
    down, across = place[:, None], place[None]
    if shape == "disc":
        mask = down**2 + across**2 <= radius**2
    elif shape == "cross":
        mask = (down == 0) | (across == 0)
    else:
        mask = np.ones((len(place), len(place)), np.bool_)
    mask.setflags(write=False)
    return mask


def over_shape(wide: Any, shape: Shape, radius: int, best: np.ufunc) -> Any:
    """The best value below a shape that is put together from smaller ones.

    Parameters
    ----------
    wide : array, height x width x channels
        With a border of the radius on each side.
    best : np.minimum or np.maximum

    Returns
    -------
    array, smaller by 2 · radius in both directions
    """
    height, width, channels = wide.shape[0] - 2 * radius, wide.shape[1] - 2 * radius, wide.shape[2]
    out = np.empty((height, width, channels), wide.dtype)
    rows = min(height, max(64, 2 * radius))
    columns = max(2 * radius, _TILE // (rows * channels))
    for top, left in product(range(0, height, rows), range(0, width, columns)):
        bottom, right = min(top + rows, height), min(left + columns, width)
        around = wide[top : bottom + 2 * radius, left : right + 2 * radius]
        out[top:bottom, left:right] = _OVER[shape](around, radius, best)
    return out


def _over_square(wide: Any, radius: int, best: np.ufunc) -> Any:
    across = _stretched(wide, 0, radius, best)
    return _stretched(across.swapaxes(0, 1), 0, radius, best).swapaxes(0, 1)


def _over_cross(wide: Any, radius: int, best: np.ufunc) -> Any:
    across = _stretched(wide[radius:-radius], 0, radius, best)
    down = _stretched(wide[:, radius:-radius].swapaxes(0, 1), 0, radius, best).swapaxes(0, 1)
    return best(across, down)


def _over_disc(wide: Any, radius: int, best: np.ufunc) -> Any:
    """Row by row: rows of the disc that are equally long need the same stretches of pixels."""
    height, width = wide.shape[0] - 2 * radius, wide.shape[1] - 2 * radius
    reaches = shape_mask("disc", radius).sum(axis=1) // 2  # of each row, from its middle
    out: Any = None
    stretch, reached = wide, 0
    for reach in np.unique(reaches).tolist():
        stretch, reached = _stretched(stretch, reached, reach, best), reach
        inside = stretch[:, radius - reach : radius - reach + width]
        for row in np.flatnonzero(reaches == reach):
            part = inside[row : row + height]
            out = part.copy() if out is None else best(out, part, out=out)
    return out


def _stretched(values: Any, reached: int, reach: int, best: np.ufunc) -> Any:
    """The best of each pixel and those to its left and right, `reach` of them on each side.

    Each of `values` is the best of `reached` on each side already; two stretches side by side make
    a longer one. The result has fewer columns, by as many as it reaches further.
    """
    while reached < reach:
        more = min(reach - reached, max(reached, 1))
        both = best(values[:, : -2 * more], values[:, 2 * more :])
        values = best(both, values[:, 1:-1], out=both) if reached == 0 else both
        reached += more
    return values


_OVER = {"disc": _over_disc, "square": _over_square, "cross": _over_cross}
