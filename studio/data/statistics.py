"""Mean and deviation of pictures, for normalisation."""

import cv2
import numpy as np
from numpy.typing import NDArray

_DIGITS = 6
_PART = 2**23  # pixels counted at once: OpenCV hands out counts as float32, exact up to 2^24
_ROW = 2**12  # pixels; OpenCV wants rows

Counts = NDArray[np.int64]


def channel_statistics(
    pictures: NDArray[np.uint8],
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Mean and standard deviation of each channel on the scale 0 to 1, to six digits.

    Parameters
    ----------
    pictures : array of uint8, N x height x width x channels

    Returns
    -------
    mean, std : tuple of float
        The deviation of a channel that is the same everywhere is given as 1.
    """
    return statistics_of(count_values(pictures))


def count_values(pictures: NDArray[np.uint8]) -> Counts:
    """How often each value occurs: channels x 256."""
    channels = pictures.shape[3]
    counts = np.zeros((channels, 256), np.int64)
    each = max(1, _PART // max(1, pictures.shape[1] * pictures.shape[2]))  # pictures
    for start in range(0, len(pictures), each):
        pixels = np.ascontiguousarray(pictures[start : start + each]).reshape(-1, channels)
        whole = len(pixels) // _ROW * _ROW
        for rows in (pixels[:whole].reshape(-1, _ROW, channels), pixels[None, whole:]):
            for channel in range(channels if rows.size else 0):
                found = cv2.calcHist([rows], [channel], None, [256], [0, 256])
                counts[channel] += found.ravel().astype(np.int64)
    return counts


def statistics_of(counts: Counts) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """The statistics of values that occur so often, as `channel_statistics`."""
    values = np.arange(256) / 255
    means, deviations = [], []
    for share in counts / counts.sum(axis=1, keepdims=True):
        mean = float(share @ values)
        deviation = float(np.sqrt(share @ (values - mean) ** 2))
        means.append(round(mean, _DIGITS))
        deviations.append(round(deviation, _DIGITS) or 1.0)
    return tuple(means), tuple(deviations)
