"""Weighted sums with OpenCV, by the way that is fastest for a kernel.

Where the way is chosen, the kernel and the depth alone decide, never the size of a piece, so that
a picture is the same in whatever pieces it is computed.
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.image.picture import Pixels

Numbers = NDArray[np.float64]

# From so many weights on, a row and a column one after the other are faster than all at once.
_SPLIT_FROM = 49
# From so many weights on, OpenCV's filter2D goes through Fourier transforms of whole tiles. It is
# faster and more exact then from 32 bits to 32 bits, where it transforms in 64, than from bytes.
FOURIER_FROM = 130
# Columns that are thrown away at the end of a row, which OpenCV rounds differently.
_TAIL = 64
_CODES = {"uint8": cv2.CV_8U, "uint16": cv2.CV_16U, "float32": cv2.CV_32F}


def separated(kernel: Numbers) -> tuple[Numbers, Numbers] | None:
    """The column and the row whose products are the weights, if there are such.

    The products may be off by 2⁻²⁴ of the largest weight. For n weights k and pixels up to p that
    changes a sum by at most n · 2⁻²⁴ · max|k| · p, less than the bound n · 2⁻²⁴ · Σ|k| · p on the
    rounding errors that the plain sum in 32 bits has as well.

    Returns
    -------
    (column, row) or None
        Vectors as long as the kernel is high and wide.
    """
    sizes = np.abs(kernel)
    largest = float(sizes.max())
    if largest == 0:
        return None
    # A small weight makes whole numbers of binomials, the largest one is always safe.
    small = np.where(sizes > 1e-6 * largest, sizes, np.inf)
    best: tuple[Numbers, Numbers] | None = None
    least = largest * 2**-24
    for place in (int(small.argmin()), int(sizes.argmax())):
        y, x = np.unravel_index(place, kernel.shape)
        column, row = kernel[:, x], kernel[y] / kernel[y, x]
        off = float(np.abs(np.outer(column, row) - kernel).max())
        if off < least or (best is None and off == least):
            best, least = (column, row), off
    return best


def passes(kernel: Numbers) -> tuple[Numbers, ...]:
    """The kernels to apply one after the other: a row and a column, or the kernel itself."""
    if min(kernel.shape) == 1 or kernel.size < _SPLIT_FROM:
        return (kernel,)
    parts = separated(kernel)
    return (kernel,) if parts is None else (parts[1][None, :], parts[0][:, None])


def correlate(
    pixels: Pixels,
    kernel: Numbers,
    anchor: tuple[int, int],
    depth: str,
    offset: float = 0.0,
    dilation: int = 1,
    border: int = cv2.BORDER_REPLICATE,
) -> Pixels:
    """The weighted sums around all pixels.

    Parameters
    ----------
    pixels : array, height x width x channels
    kernel : array
        The weights as they lie on the picture.
    anchor : (int, int)
        Row and column of the kernel that lie on the pixel.
    depth : str
        Of the result, as NumPy calls it: that of the pixels, or float32. Whole numbers are rounded,
        halves to the even one, and cut to their range.
    offset : float
        Added to each sum.
    dilation : int
        From one weight to the next, in pixels. With more than 1, results whose window reaches
        outside are of no use.
    border : int
        OpenCV's code for what lies beyond the pixels.
    """
    parts = passes(kernel)
    in_bytes = len(parts) == 1 and kernel.size < FOURIER_FROM
    in_bytes = in_bytes and pixels.dtype == np.uint8 and depth == "uint8"
    out, shape = _folded(pixels, dilation)
    if not in_bytes:
        out = out.astype(np.float32, copy=False)
    for part in parts:
        at = (anchor[1] if part.shape[1] > 1 else 0, anchor[0] if part.shape[0] > 1 else 0)
        delta = offset if part is parts[-1] else 0.0
        out = cv2.filter2D(out, -1, part, anchor=at, delta=delta, borderType=border)
    if out.dtype != depth:
        out = stored(out, depth)
    whole: Pixels = out.reshape(shape)[: pixels.shape[0], : pixels.shape[1]]
    return whole


def stored(values: Any, depth: str) -> Pixels:
    """Floating-point values as whole numbers: rounded, halves to the even one, and cut."""
    whole = cv2.addWeighted(values, 1.0, values, 0.0, 0.0, dtype=_CODES[depth])
    out: Pixels = whole.reshape(values.shape)
    return out


def _folded(pixels: Pixels, dilation: int) -> tuple[Any, tuple[int, int, int]]:
    """Pixels in another shape, in which a dilated kernel's weights are neighbours.

    Of d x d pixels, those of a row become the channels of one, and the rows stand side by side:
    height/d x width x (d · channels).

    Returns
    -------
    folded : array
    shape : (int, int, int)
        The shape to give the result: the pixels', filled up to whole blocks.
    """
    height, width, channels = pixels.shape
    if dilation == 1:
        return pixels, (height, width, channels)
    below, right = -height % dilation, _TAIL + -(width + _TAIL) % dilation
    whole: Any = cv2.copyMakeBorder(pixels, 0, below, 0, right, cv2.BORDER_REPLICATE)
    shape = (height + below, width + right, channels)
    return whole.reshape(shape[0] // dilation, -1, dilation * channels), shape
