"""The value at a rank in a window around every pixel, exact at every depth.

Each way below is the fastest for some windows, and all give the same values: OpenCV's own median
(8 bits, or 3 × 3 and 5 × 5), minimum and maximum, counting (8 bits, large windows), and a sorting
network for everything else.
"""

from collections.abc import Callable, Iterator
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.filters import network
from studio.filters.merging import Scratch
from studio.image.picture import Pixels

Array = NDArray[Any]

# Windows of 8-bit pictures of this many pixels and more are counted, not sorted.
COUNTED = 500
# From this many pixels on it pays to replace 32-bit values by their 16-bit ranks.
RANKED = 150
# Bytes in one block: large enough for NumPy's calls not to count, small enough for the cache.
BLOCK = 1 << 17
# Side of a block that is counted: the smaller, the fewer values to tell apart, but the more edge.
SQUARE = 256


def median(padded: Pixels, height: int, width: int) -> Pixels:
    """The middle value of every window.

    Parameters
    ----------
    padded
        Height × width × channels of uint8, uint16 or float32. NaN counts as larger than +∞.
    height, width
        Sides of the window, odd.

    Returns
    -------
    Pixels
        Shape and dtype of ``padded``. Nearer to an edge than the window reaches, values have no
        meaning.
    """
    return at_rank(padded, height, width, height * width // 2)


def percentile(padded: Pixels, height: int, width: int, percent: float) -> Pixels:
    """The value that a share of every window lies below; as ``scipy.ndimage.percentile_filter``.

    Of n values in order, counted from 0, it is number ⌊n × percent / 100⌋, and the last for 100.

    Parameters
    ----------
    padded
        Height × width × channels of uint8, uint16 or float32. NaN counts as larger than +∞.
    height, width
        Sides of the window; its centre is at height // 2, width // 2.
    percent
        0 to 100.

    Returns
    -------
    Pixels
        As of ``median``.
    """
    count = height * width
    return at_rank(padded, height, width, min(int(count * percent / 100), count - 1))


def at_rank(
    padded: Array, height: int, width: int, rank: int, scratch: Scratch | None = None
) -> Array:
    """The value at a rank, from 0, of every window; otherwise as ``percentile``."""
    scratch = scratch or Scratch()
    if height * width == 1 or padded.shape[0] < height or padded.shape[1] < width:
        return padded.copy()
    if padded.dtype == np.float32 and np.isnan(padded.max()):
        return _by_ranks(padded, height, width, rank, scratch)
    if rank in (0, height * width - 1):
        return _extreme(padded, height, width, smallest=rank == 0)
    middle = height == width and height % 2 == 1 and rank == height * width // 2
    if middle and (padded.dtype == np.uint8 or height <= 5):
        return _blurred(padded, height)
    if padded.dtype == np.uint8 and height * width >= COUNTED:
        return _by_planes(padded, lambda plane: _counted(plane, height, width, rank))
    if padded.dtype == np.float32 and height * width >= RANKED:
        return _by_ranks(padded, height, width, rank, scratch)
    return _by_network(padded, height, width, rank, scratch)


def _by_planes(padded: Array, one: Callable[[Array], Array]) -> Array:
    planes = [one(np.ascontiguousarray(padded[..., c])) for c in range(padded.shape[2])]
    return np.stack(planes, axis=2)


def _blurred(padded: Array, side: int) -> Array:
    if padded.shape[2] not in (1, 3, 4):
        return _by_planes(padded, lambda plane: cv2.medianBlur(plane, side))
    return cv2.medianBlur(np.ascontiguousarray(padded), side).reshape(padded.shape)


def _extreme(padded: Array, height: int, width: int, *, smallest: bool) -> Array:
    window = np.ones((height, width), np.uint8)
    operation = cv2.erode if smallest else cv2.dilate
    found = operation(np.ascontiguousarray(padded), window, anchor=(width // 2, height // 2))
    return found.reshape(padded.shape)


def _blocks(rows: int, columns: int, high: int, wide: int) -> Iterator[tuple[slice, slice]]:
    for y in range(0, rows, high):
        for x in range(0, columns, wide):
            yield slice(y, min(y + high, rows)), slice(x, min(x + wide, columns))


def _by_network(padded: Array, height: int, width: int, rank: int, scratch: Scratch) -> Array:
    rows, columns = padded.shape[0] - height + 1, padded.shape[1] - width + 1
    high = min(rows, 128)
    # The lists of a value grow with the window's sides; their memory shall not.
    size = BLOCK if height * width < 1000 else BLOCK * 32 // max(height, width)
    wide = max(64, size // (high * padded[0, 0].nbytes) // 16 * 16)
    result = np.zeros_like(padded)
    inner = result[height // 2 :, width // 2 :]
    for y, x in _blocks(rows, columns, high, wide):
        source = padded[y.start : y.stop + height - 1, x.start : x.stop + width - 1]
        inner[y, x] = network.at_rank(source, (height, width), rank, scratch)
    return result


def _by_ranks(padded: Array, height: int, width: int, rank: int, scratch: Scratch) -> Array:
    """Sorts a block's values and filters their places in the order, which are 16-bit numbers."""
    rows, columns = padded.shape[0] - height + 1, padded.shape[1] - width + 1
    high = max(1, min(rows, 257 - height))
    wide = max(1, (1 << 16) // (high + height - 1) - width + 1)
    result = np.zeros_like(padded)
    inner = result[height // 2 :, width // 2 :]
    for y, x in _blocks(rows, columns, high, wide):
        for c in range(padded.shape[2]):
            source = padded[y.start : y.stop + height - 1, x.start : x.stop + width - 1, c]
            ordered, places = _ranks(source)
            same = at_rank(places[..., None], height, width, rank, scratch)
            found = same[height // 2 :, width // 2 :, 0]
            inner[y, x, c] = ordered[found[: y.stop - y.start, : x.stop - x.start]]
    return result


def _ranks(block: Array) -> tuple[Array, Array]:
    """The values in order, NaN last, and each one's place in it, for at most 65536 values.

    The bits of a float32, with the sign's turned (and all of them where it is negative), order
    as whole numbers do. Their halves are sorted one after the other because NumPy's stable sort
    of 16-bit numbers is a radix sort.
    """
    values = block.ravel()
    bits = np.where(np.isnan(values), np.float32(np.nan), values).view(np.uint32)
    keys = np.where(bits >> 31, ~bits, bits | np.uint32(1 << 31))
    order = np.argsort(keys.astype(np.uint16), kind="stable")
    order = order[np.argsort((keys >> 16).astype(np.uint16)[order], kind="stable")]
    places = np.empty(values.size, np.uint16)
    places[order] = np.arange(values.size, dtype=np.uint16)
    return values[order], places.reshape(block.shape)


def _counted(plane: Array, height: int, width: int, rank: int) -> Array:
    """Halves the range of the values until one is left, by counting how many lie below.

    A range is counted only in the box around those pixels whose result lies in it.
    """
    rows, columns = plane.shape[0] - height + 1, plane.shape[1] - width + 1
    top, left = height // 2, width // 2
    result = np.zeros_like(plane)
    for y, x in _blocks(rows, columns, SQUARE, SQUARE):
        source = plane[y.start : y.stop + height - 1, x.start : x.stop + width - 1]
        # Of each pixel the lowest value that its result can have.
        found = result[top:, left:][y, x]
        low, high = int(source.min()), int(source.max())
        found[:] = low
        box_of_all = (0, 0, found.shape[1], found.shape[0])
        ranges = [(low, high, *box_of_all)] if low < high else []
        while ranges:
            low, high, x0, y0, wide, tall = ranges.pop()
            middle = (low + high) // 2
            box = source[y0 : y0 + tall + height - 1, x0 : x0 + wide + width - 1]
            _, below = cv2.threshold(box, middle, 1, cv2.THRESH_BINARY_INV)
            # Sums of all above and to the left; modulo 2^16, which is above any window's count.
            sums = cv2.integral(below).astype(np.uint16)
            bands = sums[height:] - sums[:-height]
            counts = bands[:, width:] - bands[:, :-width]
            results = found[y0 : y0 + tall, x0 : x0 + wide]
            here = results == low
            upper = (counts <= rank) & here
            lower = upper ^ here
            results += upper.view(np.uint8) * np.uint8(middle + 1 - low)
            for part, first, last in ((lower, low, middle), (upper, middle + 1, high)):
                if first < last:
                    dx, dy, w, h = cv2.boundingRect(part.view(np.uint8))
                    if w:
                        ranges.append((first, last, x0 + dx, y0 + dy, w, h))
    return result
