"""Merging sorted lists, very many at once, with minimum and maximum of whole arrays.

K. E. Batcher, Sorting networks and their applications, AFIPS 1968.
"""

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

# Lists are sorted along axis 0; the other axes tell them apart.
Lists = NDArray[Any]
Pair = tuple[int, int]


class Scratch:
    """Memory that is used again: fresh memory costs as much as the sorting itself."""

    def __init__(self) -> None:
        self.buffers: list[Lists] = []
        self.free: list[Lists] = []

    def take(self, shape: tuple[int, ...], dtype: DTypeLike) -> Lists:
        """An array of any values."""
        size = int(np.prod(shape)) * np.dtype(dtype).itemsize
        fitting = [buffer for buffer in self.free if size <= buffer.nbytes <= 2 * size]
        if fitting:
            best = min(fitting, key=len)
            self.free = [buffer for buffer in self.free if buffer is not best]
        else:
            best = np.empty(size, np.uint8)
            self.buffers.append(best)
        return best[:size].view(dtype).reshape(shape)

    def give(self, array: Lists) -> None:
        """Frees an array that was taken, or of which this is a part."""
        self.free += [buffer for buffer in self.buffers if buffer is array.base]

    def give_all(self) -> None:
        """Frees every array."""
        self.free = list(self.buffers)


def merge(first: Lists, second: Lists, low: int, high: int, scratch: Scratch) -> Lists:
    """Places low to high (excluded) of the merger of two sorted lists; both sorted along axis 0.

    Batcher's odd-even merge of two lists of p values, p the next power of two: ``first`` ends at
    place p, ``second`` starts there, and the places beyond, which would hold −∞ and +∞, are left
    out.
    """
    p = 1 << (max(len(first), len(second)) - 1).bit_length()
    begin, end = p - len(first), p + len(second)
    low, high = low + begin, high + begin
    lanes = np.broadcast_shapes(first.shape[1:], second.shape[1:])
    values = scratch.take((end - begin, *lanes), first.dtype)
    spare = scratch.take(values.shape, first.dtype)

    lower, upper = values[: p - begin], values[p - begin :]
    paired = slice(begin, len(second))
    if begin < len(second):
        a, b = first[: len(second) - begin], second[paired]
        np.minimum(a, b, out=lower[: len(a)])
        np.maximum(a, b, out=upper[paired])
        lower[len(a) :] = first[len(a) :]
        upper[:begin] = second[:begin]
        upper[len(second) :] = second[len(second) :]
    else:
        lower[:], upper[:] = first, second

    distance = p // 2
    while distance:
        # Later stages reach distance − 1 places on: nothing beyond is wanted any more.
        wanted = max(low - distance + 1, begin), min(high + distance - 1, end)
        _compare(values, spare, distance, begin, end, wanted)
        values, spare = spare, values
        distance //= 2
    scratch.give(spare)
    return values[low - begin : high - begin]


def _compare(
    source: Lists, target: Lists, distance: int, begin: int, end: int, wanted: Pair
) -> None:
    """One stage: orders places i and i + distance for every i with odd i // distance."""
    place = max(begin, wanted[0] - distance)
    stop = min(end - distance, wanted[1])
    copied = wanted[0]
    while True:
        if place // distance % 2 == 0:
            place = (place // distance + 1) * distance
        if place >= stop:
            break
        length = min(distance - place % distance, stop - place)
        blocks = (stop - place - distance) // (2 * distance) + 1 if length == distance else 1
        span = slice(place - begin, place - begin + 2 * distance * blocks)
        if length == distance:
            shape = (blocks, 2, distance, *source.shape[1:])
            here, there = source[span].reshape(shape), target[span].reshape(shape)
            low, high = here[:, 0], here[:, 1]
            np.minimum(low, high, out=there[:, 0])
            np.maximum(low, high, out=there[:, 1])
        else:
            low = source[place - begin : place - begin + length]
            high = source[place - begin + distance : place - begin + distance + length]
            np.minimum(low, high, out=target[place - begin : place - begin + length])
            upper = slice(place - begin + distance, place - begin + distance + length)
            np.maximum(low, high, out=target[upper])
            between = slice(max(place + length, wanted[0]) - begin, place + distance - begin)
            target[between] = source[between]
        if place > copied:
            target[copied - begin : place - begin] = source[copied - begin : place - begin]
        copied = place + (2 * blocks - 1) * distance + length
        place += 2 * distance * blocks if length == distance else length
    if copied < wanted[1]:
        rest = slice(copied - begin, wanted[1] - begin)
        target[rest] = source[rest]


def select(first: Lists, second: Lists, rank: int) -> Lists:
    """The value at a rank (from 0) of the merger of two sorted lists.

    The rank + 1 smallest are i of the first list and rank + 1 − i of the second; of all i, the
    right one has the smallest largest value.
    """
    fewest, most = max(0, rank + 1 - len(second)), min(len(first), rank + 1)
    found: list[Lists] = []
    i, j = max(fewest, 1), min(most, rank)
    if i <= j:
        largest = np.maximum(first[i - 1 : j], second[rank - j : rank - i + 1][::-1])
        found.append(np.minimum.reduce(largest, axis=0))
    if fewest == 0:
        found.append(second[rank])
    if most == rank + 1:
        found.append(first[rank])
    lanes = np.broadcast_shapes(first.shape[1:], second.shape[1:])
    result = found[0] if len(found) == 1 else np.minimum.reduce(np.broadcast_arrays(*found))
    return np.broadcast_to(result, lanes)


def merged(parts: list[Lists], scratch: Scratch) -> Lists:
    """Sorted lists, the shortest last, as one."""
    result = parts[-1]
    for part in reversed(parts[:-1]):
        result = merge(part, result, 0, len(part) + len(result), scratch)
    return result
