"""A map laid over the picture: each value where the middle of its receptive field is."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.image.colour_map import apply_map
from studio.insight.overlay import laid_over, tinted
from studio.nets.row import Row

_STRONGEST = 0.8  # opacity of the largest value
_NOWHERE = (0, 0, 0, 128)  # colour and alpha where no unit is

Places = tuple[NDArray[np.float64], NDArray[np.float64]]


@dataclass(frozen=True, eq=False)
class Laid:
    """A map over a picture.

    Attributes
    ----------
    rgb : uint8 array, height x width x 3
    values : float32 array, height x width, optional
        The map's value at each pixel, NaN where there is none.
    classes : int array, height x width, optional
        The likeliest class, -1 where there is none; `values` are its probabilities then.
    """

    rgb: NDArray[np.uint8]
    values: NDArray[np.float32] | None = None
    classes: NDArray[np.intp] | None = None


def lay_map(
    picture: NDArray[np.uint8], row: Row, values: NDArray[np.float32], places: Places
) -> Laid:
    """A layer's map over the picture, the stronger the more opaque.

    Parameters
    ----------
    picture : uint8 array, height x width x 3
    values : array, height x width of the layer's maps
    places : tuple of arrays
        Where the rows and the columns of the picture are, in input pixels.
    """
    laid = over_picture(row, values, *places)
    most = float(np.abs(values).max(initial=0.0)) or 1.0
    signed = bool(values.min(initial=0.0) < 0)
    tint = tinted(np.nan_to_num(laid), signed, most, _STRONGEST)
    tint[np.isnan(laid)] = _NOWHERE
    return Laid(laid_over(picture, tint), laid)


def lay_likeliest(
    picture: NDArray[np.uint8], row: Row, shares: NDArray[np.float32], places: Places
) -> Laid:
    """The likeliest class of each place over the picture, the surer the more opaque.

    Parameters
    ----------
    shares : array, classes x height x width
        Probabilities, of the layer that gives the answer.
    """
    laid = over_picture(row, shares.max(0), *places)
    likeliest = over_picture(row, shares.argmax(0).astype(np.float32), *places)
    classes = np.nan_to_num(likeliest, nan=-1).astype(np.intp)
    alpha = np.rint(255 * _STRONGEST * np.nan_to_num(laid)).astype(np.uint8)
    tint = np.dstack([class_colours(len(shares))[classes], alpha])
    tint[np.isnan(laid)] = _NOWHERE
    return Laid(laid_over(picture, tint), laid, classes)


def class_colours(count: int) -> NDArray[np.uint8]:
    """A colour for each class, neighbours far apart: Okabe and Ito's, then around the circle.

    Returns
    -------
    uint8 array, count x 3
    """
    if count <= len(_KNOWN):
        return _KNOWN[:count]
    angles = (np.arange(count, dtype=np.float32) * 0.618034) % 1 * 2 - 1
    others = apply_map(angles[len(_KNOWN) :, None], "direction", -1, 1).reshape(-1, 3)
    return np.concatenate([_KNOWN, others])


_KNOWN = np.array(
    [
        (86, 180, 233),
        (230, 159, 0),
        (0, 158, 115),
        (204, 121, 167),
        (240, 228, 66),
        (213, 94, 0),
        (0, 114, 178),
        (170, 170, 170),
    ],
    np.uint8,
)


def units_at(row: Row, axis: int, places: NDArray[np.float64]) -> NDArray[np.intp]:
    """Which row or column of a layer's maps covers each place of the input.

    A unit covers what is nearer to the middle of its field than to that of any other.

    Parameters
    ----------
    axis : int
        0 for rows, 1 for columns.
    places : array
        In input pixels; 0.5 is the middle of the first one.

    Returns
    -------
    array of int
        -1 where no unit's middle is near enough.
    """
    stride, count = row.stride[axis], row.output[1 + axis]
    if stride == 0 or count == 1:
        first = row.offset[axis] if stride else 0
        if stride and row.receptive_field[axis] > 0:
            end = first + row.receptive_field[axis]
            return np.where((places >= first) & (places < end), 0, -1)
        return np.zeros(len(places), np.intp)
    start = row.offset[axis] + row.receptive_field[axis] / 2 - stride / 2
    found = np.floor((places - start) / stride).astype(np.intp)
    return np.where((found >= 0) & (found < count), found, -1)


def over_picture(
    row: Row,
    values: NDArray[np.float32],
    rows: NDArray[np.float64],
    columns: NDArray[np.float64],
) -> NDArray[np.float32]:
    """One map's value for each pixel of a picture.

    Parameters
    ----------
    values : array, height x width
        A map of the layer.
    rows, columns : array
        Where the pixels are, in input pixels.

    Returns
    -------
    array of float32, len(rows) x len(columns)
        NaN where no unit's field has its middle.
    """
    ys, xs = units_at(row, 0, rows), units_at(row, 1, columns)
    laid: NDArray[np.float32] = np.where(
        (ys >= 0)[:, None] & (xs >= 0)[None], values[np.ix_(ys, xs)], np.float32(np.nan)
    ).astype(np.float32)
    return laid


def probabilities(scores: NDArray[np.float32], is_softmax: bool) -> NDArray[np.float32]:
    """The probability of each class at each place.

    Parameters
    ----------
    scores : array, classes x height x width
        What the last layer gives.
    is_softmax : bool
        Whether they are probabilities already.
    """
    if is_softmax:
        return scores
    powers: NDArray[np.float32] = np.exp(scores - scores.max(axis=0, keepdims=True))
    powers /= powers.sum(axis=0, keepdims=True)
    return powers
