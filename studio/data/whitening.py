"""Whitening: pictures, or what kernels make of them, without correlations.

ZCA whitening gives pictures that still look like pictures:

A. J. Bell and T. J. Sejnowski, The "independent components" of natural scenes are edge filters,
Vision Research 37, 1997. With the covariance C = U diag(λ) Uᵀ of the normalised values, the matrix
is U diag(1 / sqrt(λ + ε)) Uᵀ.
"""

import numpy as np
from numpy.typing import NDArray

from studio.errors import DataError
from studio.nets.layers.fixed import MOST_WHITENED
from studio.nets.preprocess import Preprocessing

# Added to the variance along each direction, on values of deviation 1. Directions with less, which
# in photos are noise and in digits the empty corners, are not blown up.
EPSILON = 0.1

PATCH_EPSILON = 5e-4  # the same for patches, whose smallest variances are about 0.01

_PIECE = 4096  # pictures
_LOOKED_AT, _AT_ONCE = 5000, 250  # pictures whose patches count, and are laid out

Floats = NDArray[np.float32]


def zca(
    pictures: NDArray[np.uint8], preprocessing: Preprocessing, epsilon: float = EPSILON
) -> tuple[Floats, Floats]:
    """Mean and matrix that whiten prepared pictures, for the layer `Whiten`.

    Parameters
    ----------
    pictures : array of uint8, N x height x width x channels
        They may be larger than memory: they are read in pieces.
    preprocessing : Preprocessing
        What normalises them before they are whitened.
    epsilon : float
        Added to the variances; see `EPSILON`.

    Returns
    -------
    mean : array of float32, D
        D counts channel by channel, row by row.
    matrix : array of float32, D x D
        Symmetric: whitened values are ``matrix @ (values - mean)``.

    Raises
    ------
    DataError
        When there are no pictures, or one has more than 3,072 values.
    """
    values = int(np.prod(pictures.shape[1:]))
    if not len(pictures):
        raise DataError("there are no pictures to measure the whitening on")
    if values > MOST_WHITENED:
        raise DataError(
            f"pictures of {values:,} values are too large to be whitened, "
            f"{MOST_WHITENED:,} are the most",
            "Lower Size, or take their brightness only (Grey)",
        )
    total, products = np.zeros(values), np.zeros((values, values))
    # Away from the mean of the first piece, so that 32-bit products keep their digits.
    near = _values(pictures[:_PIECE], preprocessing).mean(axis=0)
    for start in range(0, len(pictures), _PIECE):
        piece = _values(pictures[start : start + _PIECE], preprocessing) - near
        total += piece.sum(axis=0, dtype=np.float64)
        products += piece.T @ piece
    shift = total / len(pictures)
    covariance = products / len(pictures) - np.outer(shift, shift)
    variances, directions = np.linalg.eigh(covariance)
    scale = 1 / np.sqrt(np.maximum(variances, 0) + epsilon)
    matrix = (directions * scale) @ directions.T
    return (near + shift).astype(np.float32), matrix.astype(np.float32)


def patch_kernels(
    pictures: NDArray[np.uint8], preprocessing: Preprocessing, side: int, most: int
) -> Floats:
    """Kernels whose answers to small patches have no correlations, and deviation 1 each.

    They are the principal components of the patches, the strongest first, each divided by its
    deviation √(λ + ε), and after them all of them with the other sign, for an activation that
    silences negative values (D. Page, How to train your ResNet, 2018).

    Parameters
    ----------
    pictures : array of uint8, N x height x width x channels
        Up to 5,000 of them are looked at, spread evenly.
    side : int
        Of the patches, which are side x side.
    most : int
        How many kernels are wanted; of fewer, the strongest half of them with both signs.

    Returns
    -------
    array of float32, kernels x channels x side x side
        At most twice as many as a patch has values.

    Raises
    ------
    DataError
        When there are no pictures.
    """
    if not len(pictures):
        raise DataError("there are no pictures to measure the kernels on")
    count = min(len(pictures), _LOOKED_AT)
    chosen = np.linspace(0, len(pictures) - 1, count).round().astype(np.int64)
    values = preprocessing.batch_from_bytes(pictures[chosen])
    windows = np.lib.stride_tricks.sliding_window_view(values, (side, side), axis=(2, 3))
    size = values.shape[1] * side * side
    total, products, seen = np.zeros(size), np.zeros((size, size)), 0
    for piece in np.array_split(windows, -(-count // _AT_ONCE)):
        rows = piece.transpose(0, 2, 3, 1, 4, 5).reshape(-1, size)
        total += rows.sum(axis=0, dtype=np.float64)
        products += rows.T @ rows
        seen += len(rows)
    covariance = products / seen - np.outer(total, total) / seen**2
    variances, directions = np.linalg.eigh(covariance)
    scaled = (directions / np.sqrt(np.maximum(variances, 0) + PATCH_EPSILON)).T[::-1]
    half = scaled[: -(-most // 2)]
    kernels = np.concatenate([half, -half])[:most]
    return kernels.reshape(-1, values.shape[1], side, side).astype(np.float32)


def _values(pictures: NDArray[np.uint8], preprocessing: Preprocessing) -> Floats:
    """Count x D."""
    return preprocessing.batch_from_bytes(pictures).reshape(len(pictures), -1)
