"""Selecting one rank from every window at once, with minimum and maximum of whole arrays.

Windows of neighbouring pixels share most of their pixels. A tile of pixels therefore sorts once
what all its windows share; then the tile is halved again and again, each half merging in the
pixels that only its own windows have. A value that can no longer have the wanted rank in any of
them is dropped on the way. Sorting and merging is done by networks, whose comparisons don't
depend on the values: each runs over all tiles in one NumPy call.

A. Adams, Fast Median Filters using Separable Sorting Networks, ACM Trans. Graphics 40(4), 2021.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.filters.merging import Lists, Pair, Scratch, merge, merged, select

# Lists are arrays of (place in the list, phase in y, phase in x, cell in y, cell in x, channel):
# a cell is as large as the largest tile, a phase is the place of a smaller tile in its cell.
PHASE, CELL = 1, 3


def tile_side(side: int, places: int) -> int:
    """The side of the largest tile, a power of two, for a window's side and a number of places."""
    # About a third of the side is fastest; more than 16 takes much memory for little.
    fitting = max(1, min(16, 5 * (side + 4) // 16, places))
    return max(1 << (fitting.bit_length() - 1), 2 if side > 2 and places > 1 else 1)


def at_rank(pixels: NDArray[Any], window: Pair, rank: int, scratch: Scratch) -> NDArray[Any]:
    """The value at a rank in every window of a picture.

    Parameters
    ----------
    pixels
        Height × width × channels; no NaN.
    window
        Height and width of the window, which fits into the picture.
    rank
        From 0, the smallest, to height × width − 1.
    scratch
        Memory for the lists; all of it is free for the next call.

    Returns
    -------
    NDArray
        (height − window height + 1) × (width − window width + 1) × channels;
        it may lie in ``scratch``.
    """
    scratch.give_all()
    return _Tiles(pixels, window, scratch).at_rank(rank)


class _Tiles:
    """The sorted lists of one picture.

    Rows and columns are counted from one before the first, so that the pixels that a tile's
    halves add start at multiples of their number.
    """

    def __init__(self, pixels: NDArray[Any], window: Pair, scratch: Scratch) -> None:
        self.window, self.scratch = window, scratch
        self.places = pixels.shape[0] - window[0] + 1, pixels.shape[1] - window[1] + 1
        self.tile = tile_side(window[0], self.places[0]), tile_side(window[1], self.places[1])
        self.cells = tuple(-(-n // t) for n, t in zip(self.places, self.tile, strict=True))
        self.all_cells = tuple(
            c - (-(n + 1) // t) for c, n, t in zip(self.cells, self.window, self.tile, strict=True)
        )
        rows, columns = (c * t for c, t in zip(self.all_cells, self.tile, strict=True))
        grid = np.zeros((rows, columns, pixels.shape[2]), pixels.dtype)
        inside = pixels[: rows - 1, : columns - 1]
        grid[1 : 1 + inside.shape[0], 1 : 1 + inside.shape[1]] = inside
        cut = grid.reshape(self.all_cells[0], self.tile[0], self.all_cells[1], self.tile[1], -1)
        self.pixels = np.ascontiguousarray(cut.transpose(1, 3, 0, 2, 4))[None]
        self.blocks: dict[tuple[Pair, Pair], Lists] = {}
        self.slabs: dict[tuple[int, int, int, int], Lists] = {}

    def at_rank(self, rank: int) -> NDArray[Any]:
        total = self.window[0] * self.window[1]
        tile = list(self.tile)
        size = (self.window[0] - tile[0] + 1) * (self.window[1] - tile[1] + 1)
        parts = [
            self.taken(self.slab(0, tile[0], length, 0), 1, place // length, 1)
            for place, length in self.shared(1)
        ]
        low, high = max(0, rank - total + size), min(size - 1, rank) + 1
        values = merged(parts, self.scratch)[low:high]
        rank -= low
        # The last merger, which nothing else reads, unlike the blocks and slabs that are kept.
        used: Lists | None = None
        while max(tile) > 1:
            axis = int(tile[1] >= tile[0])
            other = 1 - axis
            tile[axis] //= 2
            half, across = tile[axis], tile[other]
            added = half * (self.window[other] - across + 1)
            size += added
            extra = self.halves(axis, half, partial(self.slab, other, across, half))
            shared = np.expand_dims(values, PHASE + axis + 1)
            if size == total:
                values, rank = select(shared, extra, rank)[None], 0
            else:
                low = max(0, rank - total + size)
                high = min(len(values) + added - 1, rank) + 1
                values = merge(shared, extra, low, high, self.scratch)
                rank -= low
                self.scratch.give(extra)
                if used is not None:
                    self.scratch.give(used)
                used = values
            values = self.joined(values, axis)
        rows, columns = (c * t for c, t in zip(self.cells, self.tile, strict=True))
        flat: Lists = values[rank].transpose(2, 0, 3, 1, 4).reshape(rows, columns, -1)
        return flat[: self.places[0], : self.places[1]]

    def shared(self, axis: int) -> Iterator[Pair]:
        """What all windows of a largest tile share, cut into (place, length), lengths falling."""
        place = length = self.tile[axis]
        left = self.window[axis] - length + 1
        while left:
            while length > left:
                length //= 2
            yield place, length
            place, left = place + length, left - length

    def taken(self, lists: Lists, axis: int, index: int, count: int, cells: int = 0) -> Lists:
        """Lists number index, index + 2, ... along an axis, in ``cells`` cells (0: all tiles')."""
        cells = cells or self.cells[axis]
        phases, available = lists.shape[PHASE + axis], lists.shape[CELL + axis]
        by_phase, by_cell = (slice(None),) * (PHASE + axis), (slice(None),) * (CELL + axis)
        phase, cell = index % phases, index // phases
        if phase + 2 * count - 2 < phases and cell + cells <= available:
            chosen: Lists = lists[(*by_phase, slice(phase, phase + 2 * count - 1, 2))]
            chosen = chosen[(*by_cell, slice(cell, cell + cells))]
            return chosen
        shape = list(lists.shape)
        shape[PHASE + axis], shape[CELL + axis] = count, cells
        # Cells beyond the last take any values: no result is made of them.
        result = np.zeros(shape, lists.dtype)
        for i in range(count):
            cell, phase = divmod(index + 2 * i, phases)
            known = max(0, min(cells, available - cell))
            source = lists[(*by_phase, slice(phase, phase + 1))]
            target = result[(*by_phase, slice(i, i + 1))]
            target[(*by_cell, slice(0, known))] = source[(*by_cell, slice(cell, cell + known))]
        return result

    def halves(self, axis: int, half: int, get: Callable[[int], Lists]) -> Lists:
        """What the first and the second half of every tile add; ``get`` by offset of the lists."""
        count = self.tile[axis] // (2 * half)
        after = self.window[axis] + 1
        before_it = self.taken(get(0), axis, 1, count)
        after_it = self.taken(get(after % half), axis, after // half, count)
        shape = list(before_it.shape)
        shape.insert(PHASE + axis + 1, 2)
        both = self.scratch.take(tuple(shape), before_it.dtype)
        return np.stack([before_it, after_it], axis=PHASE + axis + 1, out=both)

    def joined(self, lists: Lists, axis: int) -> Lists:
        """Halves, which have an axis of their own, made phases."""
        shape = list(lists.shape)
        shape[PHASE + axis : PHASE + axis + 2] = [2 * shape[PHASE + axis]]
        return lists.reshape(shape)

    def block(self, size: Pair, offset: Pair) -> Lists:
        """Sorted rectangles of the picture at offset, offset + size, ...; sizes powers of two."""
        if size == (1, 1):
            return self.pixels
        if (size, offset) not in self.blocks:
            axis = int(size[1] >= size[0])
            half = size[axis] // 2
            smaller, start = list(size), list(offset)
            smaller[axis], start[axis] = half, offset[axis] % half
            lists = self.block((smaller[0], smaller[1]), (start[0], start[1]))
            index, count = offset[axis] // half, self.tile[axis] // size[axis]
            cells = self.all_cells[axis]
            first = self.taken(lists, axis, index, count, cells)
            second = self.taken(lists, axis, index + 1, count, cells)
            self.blocks[size, offset] = merge(first, second, 0, size[0] * size[1], self.scratch)
        return self.blocks[size, offset]

    def slab(self, axis: int, tile: int, across: int, offset: int) -> Lists:
        """Sorted rectangles: along an axis what the windows of a tile share, across it a block."""
        key = axis, tile, across, offset
        if key not in self.slabs:

            def block(length: int, start: int) -> Lists:
                if axis == 0:
                    return self.block((length, across), (start, offset))
                return self.block((across, length), (offset, start))

            if tile == self.tile[axis]:
                parts = [
                    self.taken(block(length, 0), axis, place // length, 1)
                    for place, length in self.shared(axis)
                ]
                self.slabs[key] = merged(parts, self.scratch)
            else:
                larger = self.slab(axis, 2 * tile, across, offset)
                extra = self.halves(axis, tile, lambda start: block(tile, start))
                shared = np.expand_dims(larger, PHASE + axis + 1)
                lists = merge(shared, extra, 0, len(larger) + len(extra), self.scratch)
                self.scratch.give(extra)
                self.slabs[key] = self.joined(lists, axis)
        return self.slabs[key]
