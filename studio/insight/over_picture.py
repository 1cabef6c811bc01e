"""A map laid over the picture: each value where the middle of its receptive field is."""

import numpy as np
from numpy.typing import NDArray

from studio.nets.row import Row

_STRONGEST = 0.8  # opacity of the largest value


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


def blend(
    rgb: NDArray[np.uint8], coloured: NDArray[np.uint8], strength: NDArray[np.float32]
) -> NDArray[np.uint8]:
    """A picture seen through colours, the more of them the larger `strength` is, 0 to 1.

    Where `strength` is NaN, the picture is darkened.
    """
    is_none = np.isnan(strength)
    opacity = np.where(is_none, 0.5, _STRONGEST * np.clip(strength, 0, 1))[..., None]
    over = np.where(is_none[..., None], np.float32(0), coloured)
    mixed: NDArray[np.uint8] = np.rint(rgb + (over - rgb) * opacity).astype(np.uint8)
    return mixed


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
