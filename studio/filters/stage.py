"""A picture on its way through a chain: before the first filter, or after one of them."""

from itertools import product
from threading import Lock

import numpy as np

from studio.filters.base import Filter
from studio.filters.cutting import Box, filtered
from studio.image.picture import Pixels

# Rows and columns that are computed at once of a stage that is kept.
_TILE = (256, 512)


class Stage:
    """The picture itself.

    Attributes
    ----------
    height, width : int
    before : Stage or None
        The stage that this one is computed from.
    """

    before: "Stage | None" = None

    def __init__(self, pixels: Pixels) -> None:
        self.height, self.width = pixels.shape[:2]
        self._pixels = pixels

    @property
    def box(self) -> Box:
        return Box(0, self.height, 0, self.width)

    @property
    def is_ready(self) -> bool:
        """Whether parts can be asked for."""
        return True

    @property
    def needs_whole(self) -> bool:
        """Whether all of the stage before is needed to make it ready; that one is ready."""
        return False

    @property
    def is_kept(self) -> bool:
        """Whether what was computed stays."""
        return True

    @property
    def first(self) -> Pixels:
        """The upper left pixel, 1 x 1 x channels, from which depth and channels are known."""
        return self._pixels[:1, :1]

    @property
    def bytes(self) -> int:
        """What it takes to keep all of it."""
        some = self.first
        return int(self.height * self.width * some.shape[2] * some.itemsize)

    def make_ready(self) -> None:
        """Find what the filter has to know of the whole stage before."""

    def keep(self) -> None:
        """Keep from now on what is computed."""

    def get(self, box: Box) -> Pixels:
        """A part; not to be changed."""
        return self._pixels[box.top : box.bottom, box.left : box.right]

    def missing(self) -> list[Box]:
        """The parts of a kept stage that were not computed yet."""
        return []


class FilteredStage(Stage):
    """What a filter makes of the stage before."""

    def __init__(self, filter: Filter, before: Stage) -> None:
        self.height, self.width = filter.size(before.height, before.width)
        self.before: Stage = before
        self._filter = filter
        self._measured: object = None
        self._is_ready = not (filter.measures or filter.needs_all)
        self._kept: _Kept | None = None
        self._first: Pixels | None = None
        self._lock = Lock()

    @property
    def is_ready(self) -> bool:
        return self._is_ready

    @property
    def is_kept(self) -> bool:
        return self._kept is not None

    @property
    def first(self) -> Pixels:
        if self._first is None:  # not from what is kept, which is computed in larger parts
            box = Box(0, 1, 0, 1)
            self._first = self.get(box) if self._filter.needs_all else self.computed(box)
        return self._first

    @property
    def needs_whole(self) -> bool:
        if self._filter.needs_all:
            return True
        depth = self.before.first.dtype.name
        return self._filter.measures and depth in self._filter.measured_depths

    def make_ready(self) -> None:
        with self._lock:
            if self._is_ready:
                return
            if self._filter.measures and self.needs_whole:
                self._measured = self._filter.measure(self.before.get(self.before.box))
            if self._filter.needs_all:
                self._kept = _Kept(self, self.computed(self.box))
            self._is_ready = True

    def keep(self) -> None:
        with self._lock:
            self._kept = self._kept or _Kept(self)

    def get(self, box: Box) -> Pixels:
        return self._kept.get(box) if self._kept is not None else self.computed(box)

    def missing(self) -> list[Box]:
        return self._kept.missing() if self._kept is not None else []

    def computed(self, box: Box) -> Pixels:
        """A part, computed anew."""
        before = self.before
        return filtered(self._filter, box, before.get, before.height, before.width, self._measured)


class _Kept:
    """An array that fills as parts of it are asked for."""

    def __init__(self, stage: FilteredStage, whole: Pixels | None = None) -> None:
        self._stage = stage
        self._pixels = whole
        self._rows = -(-stage.height // _TILE[0])
        self._columns = -(-stage.width // _TILE[1])
        self._done = np.full((self._rows, self._columns), whole is not None)
        self._lock = Lock()
        self._locks: dict[tuple[int, int], Lock] = {}

    def get(self, box: Box) -> Pixels:
        rows = range(box.top // _TILE[0], -(-box.bottom // _TILE[0]))
        columns = range(box.left // _TILE[1], -(-box.right // _TILE[1]))
        for place in product(rows, columns):
            if not self._done[place]:
                self._fill(place)
        assert self._pixels is not None
        return self._pixels[box.top : box.bottom, box.left : box.right]

    def missing(self) -> list[Box]:
        return [self._box(row, column) for row, column in np.argwhere(~self._done).tolist()]

    def _box(self, row: int, column: int) -> Box:
        top, left = row * _TILE[0], column * _TILE[1]
        bottom = min(top + _TILE[0], self._stage.height)
        return Box(top, bottom, left, min(left + _TILE[1], self._stage.width))

    def _fill(self, place: tuple[int, int]) -> None:
        with self._lock:
            lock = self._locks.setdefault(place, Lock())
        with lock:  # two threads may want the same part: one of them waits
            if self._done[place]:
                return
            box = self._box(*place)
            part = self._stage.computed(box)
            with self._lock:
                if self._pixels is None:
                    shape = (self._stage.height, self._stage.width, part.shape[2])
                    self._pixels = np.empty(shape, part.dtype)
            self._pixels[box.top : box.bottom, box.left : box.right] = part
            self._done[place] = True
