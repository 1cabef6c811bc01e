"""Mean and deviation of pictures, for normalisation."""

import numpy as np
from numpy.typing import NDArray

_DIGITS = 6
_PART = 2000  # pictures


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
    channels = pictures.shape[3]
    # How often each value occurs: exact, and in parts, because counting takes memory.
    counts = np.zeros((channels, 256))
    for start in range(0, len(pictures), _PART):
        for channel in range(channels):
            part = pictures[start : start + _PART, :, :, channel]
            counts[channel] += np.bincount(part.ravel(), minlength=256)
    values = np.arange(256) / 255
    means, deviations = [], []
    for share in counts / counts.sum(axis=1, keepdims=True):
        mean = float(share @ values)
        deviation = float(np.sqrt(share @ (values - mean) ** 2))
        means.append(round(mean, _DIGITS))
        deviations.append(round(deviation, _DIGITS) or 1.0)
    return tuple(means), tuple(deviations)
