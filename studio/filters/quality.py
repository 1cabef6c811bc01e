"""How far a picture is from the one it should be: MSE, PSNR and SSIM.

Several results are measured against one reference in a single pass over pieces on all cores, so
that of a large picture only a few pieces are held at a time.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.errors import PictureError
from studio.filters.base import Filter
from studio.filters.cutting import Box, Source
from studio.filters.threads import each
from studio.image.picture import Pixels

# The window of SSIM: weights of 11 x 11 pixels, as its authors chose them, and its two constants.
SSIM_WINDOW, _SIGMA = 11, 1.5
_K1, _K2 = 0.01, 0.03
_REACH = SSIM_WINDOW // 2
_WEIGHTS = cv2.getGaussianKernel(SSIM_WINDOW, _SIGMA, cv2.CV_32F)
# Rows and columns that are measured at once.
_PIECE = (256, 512)


@dataclass(frozen=True)
class Errors:
    """How far a picture is from the reference.

    Attributes
    ----------
    mse : float
        The mean of the squared differences, in levels squared.
    psnr : float
        10 log10(white² / MSE), in decibels; infinite where there is no difference.
    ssim : float
        Structural similarity, 1 where there is no difference; not a number where the picture is
        smaller than its window of 11 x 11 pixels.
    """

    mse: float
    psnr: float
    ssim: float


class Placed(NamedTuple):
    """A picture that is asked for in parts, and where its first pixel lies in the reference."""

    source: Source
    height: int
    width: int
    top: int = 0
    left: int = 0


def psnr(mse: float, white: float) -> float:
    """Peak signal-to-noise ratio in decibels, of a mean squared error and the value of white."""
    return 10 * math.log10(white * white / mse) if mse else math.inf


def errors_between(result: Pixels, reference: Pixels, white: float) -> Errors:
    """Measure a picture against the one it should be.

    A result without a border is smaller: it is compared with the middle of the reference, and a
    larger one's middle with the reference.

    Parameters
    ----------
    result, reference : array, height x width x channels
        Of any depth; grey against colours counts as three equal channels.
    white : float
        The value of white: 255, 65535 or 1.0.

    Raises
    ------
    PictureError
        When one of the two has less than half of the other's rows or columns: that is no border.
    """
    pairs = zip(result.shape[:2], reference.shape[:2], strict=True)
    if any(2 * min(pair) <= max(pair) for pair in pairs):
        raise _unlike(result.shape[:2], reference.shape[:2])
    top, left = ((reference.shape[axis] - result.shape[axis]) // 2 for axis in (0, 1))
    compared = _placed(result, top, left)
    *_, errors = measure_errors([compared], _placed(reference), white)
    assert not isinstance(errors, float)
    return errors[0]


def offset_by(filters: Sequence[Filter], height: int, width: int) -> tuple[int, int]:
    """Where the first pixel of a chain's result lies in the picture it is made from.

    Parameters
    ----------
    height, width : int
        Of that picture.

    Returns
    -------
    (top, left) : tuple of int

    Raises
    ------
    PictureError
        When a pixel of the result belongs to no pixel of the picture, as after a stride.
    """
    top = left = 0
    before = height, width
    for filter in filters:
        after = filter.size(*before)
        if filter.strides != (1, 1) or (filter.needs_all and before != after):
            raise _unlike(after, before)
        if not filter.needs_all:
            top += filter.reach.top - filter.padding.top
            left += filter.reach.left - filter.padding.left
        before = after
    return top, left


def common_box(placed: Sequence[Placed]) -> Box:
    """The part of the reference that all pictures have.

    Raises
    ------
    PictureError
        When there is none.
    """
    box = Box(
        max(one.top for one in placed),
        min(one.top + one.height for one in placed),
        max(one.left for one in placed),
        min(one.left + one.width for one in placed),
    )
    if box.height <= 0 or box.width <= 0:
        raise PictureError("The pictures have no pixel in common", "Take a border, or less of it")
    return box


def measure_errors(
    results: Sequence[Placed], reference: Placed, white: float
) -> Iterator[float | tuple[Errors, ...]]:
    """Measure several results against a reference, all of them where all of them are.

    SSIM is the mean over all channels and all windows that lie inside:
    (2 μx μy + c1)(2 σxy + c2) / ((μx² + μy² + c1)(σx² + σy² + c2)), c1 = (0.01 · white)² and
    c2 = (0.03 · white)², with Gaussian weights of deviation 1.5 in windows of 11 x 11; Z. Wang,
    A. C. Bovik, H. R. Sheikh and E. P. Simoncelli, Image Quality Assessment: From Error Visibility
    to Structural Similarity, 2004.

    Yields
    ------
    float or tuple of Errors
        The share that is done, again and again; then the errors of each result.

    Raises
    ------
    PictureError
        When the pictures have no pixel in common.
    """
    box = common_box([*results, reference])
    pieces = [
        Box(top, min(top + _PIECE[0], box.bottom), left, min(left + _PIECE[1], box.right))
        for top in range(box.top, box.bottom, _PIECE[0])
        for left in range(box.left, box.right, _PIECE[1])
    ]
    sums: dict[Box, list[_Sums]] = {}
    for piece, found in each(lambda piece: _piece(results, reference, white, box, piece), pieces):
        sums[piece] = found
        yield len(sums) / len(pieces)
    ordered = [sums[piece] for piece in pieces]  # or the sums would depend on who was first
    yield tuple(_errors([row[place] for row in ordered], white) for place in range(len(results)))


class _Sums(NamedTuple):
    squares: float
    values: int
    similarity: float
    windows: int


def _errors(sums: Sequence[_Sums], white: float) -> Errors:
    mse = math.fsum(one.squares for one in sums) / sum(one.values for one in sums)
    windows = sum(one.windows for one in sums)
    similarity = math.fsum(one.similarity for one in sums)
    return Errors(mse, psnr(mse, white), similarity / windows if windows else math.nan)


def _piece(
    results: Sequence[Placed], reference: Placed, white: float, box: Box, piece: Box
) -> list[_Sums]:
    """What a piece adds to the sums of each result; `box` is the part that is compared at all."""
    around = Box(
        max(piece.top - _REACH, box.top),
        min(piece.bottom + _REACH, box.bottom),
        max(piece.left - _REACH, box.left),
        min(piece.right + _REACH, box.right),
    )
    # The pixels whose window lies inside, and where they are in `around`.
    top, bottom = max(piece.top, box.top + _REACH), min(piece.bottom, box.bottom - _REACH)
    left, right = max(piece.left, box.left + _REACH), min(piece.right, box.right - _REACH)
    inner = (
        slice(top - around.top, bottom - around.top),
        slice(left - around.left, right - around.left),
    )
    middle = (
        slice(piece.top - around.top, piece.bottom - around.top),
        slice(piece.left - around.left, piece.right - around.left),
    )
    should = _part(reference, around, white)
    sums = []
    for result in results:
        found = _part(result, around, white)
        first, second = _as_many(found, should)
        difference: Any = (first - second)[middle]
        squares = float(np.square(difference, dtype=np.float64).sum())
        if top < bottom and left < right:
            similarity = _similarity(first, second, white)[inner]
            windows, total = similarity.size, float(similarity.sum(dtype=np.float64))
        else:
            windows, total = 0, 0.0
        sums.append(_Sums(squares, difference.size, total, windows))
    return sums


Values = NDArray[np.float32]


def _part(placed: Placed, box: Box, white: float) -> Values:
    """A part, in numbers around zero so that their squares keep more of their figures."""
    top, left = placed.top, placed.left
    mine = Box(box.top - top, box.bottom - top, box.left - left, box.right - left)
    values: Values = placed.source(mine).astype(np.float32)
    values -= np.float32(white / 2)
    return values


def _as_many(first: Values, second: Values) -> tuple[Values, Values]:
    """Both with as many channels as the one that has more."""
    channels = max(first.shape[2], second.shape[2])
    return tuple(  # type: ignore[return-value]
        one if one.shape[2] == channels else np.repeat(one, channels, axis=2)
        for one in (first, second)
    )


def _similarity(first: Values, second: Values, white: float) -> Any:
    """SSIM around each pixel; wrong where the window reaches beyond the piece."""
    mean_first, mean_second = _mean(first), _mean(second)
    # The variances are only needed as their sum.
    both = _mean(first * first + second * second)
    product = _mean(first * second)
    product -= mean_first * mean_second
    both -= mean_first * mean_first + mean_second * mean_second
    mean_first += np.float32(white / 2)
    mean_second += np.float32(white / 2)
    c1, c2 = (np.float32((k * white) ** 2) for k in (_K1, _K2))
    over = (2 * mean_first * mean_second + c1) * (2 * product + c2)
    under = (mean_first * mean_first + mean_second * mean_second + c1) * (both + c2)
    return over / under


def _mean(values: Values) -> Any:
    """The weighted mean of the window around each pixel."""
    return cv2.sepFilter2D(values, cv2.CV_32F, _WEIGHTS, _WEIGHTS).reshape(values.shape)


def _placed(pixels: Pixels, top: int = 0, left: int = 0) -> Placed:
    def part(box: Box) -> Pixels:
        return pixels[box.top : box.bottom, box.left : box.right]

    return Placed(part, pixels.shape[0], pixels.shape[1], top, left)


def _unlike(first: Sequence[int], second: Sequence[int]) -> PictureError:
    sizes = " and ".join(f"{size[1]} × {size[0]}" for size in (first, second))
    return PictureError(
        f"Pictures of {sizes} can't be compared pixel by pixel",
        "Compare filters that keep the size: no stride, no scaling",
    )
