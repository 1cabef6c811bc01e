"""What a loss is worth: its value where the network has learned nothing from the pictures."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def guessing_loss(loss: str, frequencies: Sequence[float] | NDArray[np.float64]) -> float:
    """The loss of answering every picture with how frequent each class is.

    Parameters
    ----------
    loss : str
        As in the settings. It is the sum over the classes, mean over the pictures.
    frequencies : sequence of float
        Share of each class, or counts; all the same where nothing else is known.

    Returns
    -------
    float
        Of the cross-entropy, the entropy of the frequencies: log(classes) where all are the same.
    """
    shares = np.asarray(frequencies, np.float64)
    shares = shares / shares.sum()
    match loss:
        case "binary":
            return float(sum(_entropy(share) + _entropy(1 - share) for share in shares.tolist()))
        case "squared":
            return float(1 - np.sum(shares**2))
        case "l1":
            return float(2 * (1 - np.sum(shares**2)))
        case _:
            return float(sum(_entropy(share) for share in shares.tolist()))


def _entropy(share: float) -> float:
    return -share * math.log(share) if share > 0 else 0.0
