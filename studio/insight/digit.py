"""A drawn digit, brought into the form that digit networks learned from."""

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.image.picture import Picture

SIDE = 28
_BOX = 20


def centre_digit(ink: NDArray[np.uint8]) -> Picture:
    """Fit ink into 20 x 20 pixels, and put its centre of mass in the middle of 28 x 28.

    This is how the pictures of MNIST were made (Y. LeCun et al., Gradient-based learning applied
    to document recognition, 1998).

    Parameters
    ----------
    ink : array, height x width
        0 where nothing is drawn.
    """
    paper = np.zeros((SIDE, SIDE), np.uint8)
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if rows.size:
        part = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        scale = _BOX / max(part.shape)
        height, width = (max(1, round(length * scale)) for length in part.shape)
        how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        small = cv2.resize(np.ascontiguousarray(part), (width, height), interpolation=how)
        top, left = _corner(small, axis=1), _corner(small, axis=0)
        paper[top : top + height, left : left + width] = small
    return Picture(paper[..., None], name="drawing")


def _corner(small: NDArray[np.generic], axis: int) -> int:
    """Where ink begins along one axis, so that its centre of mass is in the middle."""
    weights = small.sum(axis=axis, dtype=np.float64)
    mean = (np.arange(weights.size) * weights).sum() / max(weights.sum(), 1)
    return int(np.clip(round((SIDE - 1) / 2 - mean), 0, SIDE - weights.size))
