"""Rows of cells as pictures: made when they are first painted, and kept until something changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage

from studio.insight.map_statistics import MapStatistics, map_statistics
from studio.window.canvas.map_cells import cells_of, pixel_cells, round_corners
from studio.window.chrome import theme

GAP, RADIUS = 4, 3

# Values read and pixels made in one painting, about 3 ms; the rest follows in the next ones.
_AT_ONCE = 1_000_000

Map = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Colours:
    """The range of each map's colours.

    Attributes
    ----------
    name : str
        The colour map.
    low, high : float32 arrays
    nearly_dead : bool array
        Which maps are marked.
    """

    name: str
    low: NDArray[np.float32]
    high: NDArray[np.float32]
    nearly_dead: NDArray[np.bool_]

    @classmethod
    def of(
        cls,
        maps: Sequence[Map] | Map,
        low: float | None = None,
        high: float | None = None,
        statistics: MapStatistics | None = None,
    ) -> "Colours":
        """Each map's own range, or the one that is given, in magnitudes or signed."""
        found = statistics or _statistics(maps)
        if found.is_signed:
            least = np.abs(found.low) if low is None else np.full_like(found.low, abs(low))
            most = np.abs(found.high) if high is None else np.full_like(found.high, abs(high))
            end = np.maximum(least, most)
            end[end == 0] = 1
            return cls("signed", -end, end, found.nearly_dead)
        start = np.full(found.low.shape, low or 0, np.float32)
        end = found.high if high is None else np.full(found.low.shape, high, np.float32)
        return cls("inferno", start, np.where(end > start, end, start + 1), found.nearly_dead)


class Strips:
    """Pictures of the rows of a grid of maps."""

    def __init__(self, ground: str = "window") -> None:
        self._role = ground
        self._maps: Sequence[Map] | Map = ()
        self._colours = Colours.of(())
        self._order: NDArray[np.intp] = np.zeros(0, np.intp)
        self._shape: tuple[object, ...] = ()
        self._columns, self._cell, self._ratio = 1, QSize(1, 1), 1.0
        self._ground = 0xFF000000
        self._made: dict[int, tuple[QImage, NDArray[np.uint32]]] = {}
        self._older: dict[int, tuple[QImage, NDArray[np.uint32]]] = {}
        self._spent, self._is_behind = 0, False

    def set_maps(
        self, maps: Sequence[Map] | Map, colours: Colours, order: NDArray[np.intp]
    ) -> None:
        """Show other maps; what is seen of the older ones stays until the newer are painted."""
        self._maps, self._colours, self._order = maps, colours, order
        self._older |= self._made
        self._made = {}

    def lay_out(self, columns: int, cell: QSize, ratio: float) -> None:
        """Begin to paint: `ratio` device pixels for each of the cell's."""
        ground = theme.colour(self._role).rgba()
        shape = (columns, QSize(cell), ratio, ground, len(self._order))
        if shape != self._shape:
            self._shape, self._made, self._older = shape, {}, {}
            self._columns, self._cell, self._ratio, self._ground = columns, cell, ratio, ground
        self._spent, self._is_behind = 0, False

    def image(self, row: int) -> QImage | None:
        """A row of cells without the gap below; an older one, or None, where time has run out."""
        if row not in self._made:
            work = self._work_of(row)
            if self._spent and self._spent + work > _AT_ONCE:
                self._is_behind = True
                return self._older[row][0] if row in self._older else None
            self._spent += work
            self._made[row] = self._make(row)
        return self._made[row][0]

    @property
    def is_behind(self) -> bool:
        """Whether the last painting left something for the next one."""
        return self._is_behind

    def end_painting(self) -> bool:
        """Whether something is left for the next painting."""
        if not self._is_behind:
            self._older = {}
        return self._is_behind

    def _numbers_in(self, row: int) -> NDArray[np.intp]:
        return self._order[row * self._columns : (row + 1) * self._columns]

    def _work_of(self, row: int) -> int:
        """Values and pixels of a row."""
        numbers = self._numbers_in(row)
        pixels = self._cell.width() * self._cell.height() * self._ratio**2
        return sum(int(self._maps[number].size) for number in numbers) + int(pixels * len(numbers))

    def _make(self, row: int) -> tuple[QImage, NDArray[np.uint32]]:
        numbers = self._numbers_in(row)
        high, wide = (
            max(1, round(side * self._ratio)) for side in (self._cell.height(), self._cell.width())
        )
        cells = self._cells(numbers, (high, wide))
        round_corners(cells, RADIUS * self._ratio, self._ground)
        across = self._cell.width() + theme.px(GAP)
        lefts = [round(column * across * self._ratio) for column in range(len(numbers))]
        strip = np.full((high, lefts[-1] + wide), self._ground, np.uint32)
        for left, cell in zip(lefts, cells, strict=True):
            strip[:, left : left + wide] = cell
        image = QImage(
            strip.data, strip.shape[1], high, 4 * strip.shape[1], QImage.Format.Format_RGB32
        )
        image.setDevicePixelRatio(self._ratio)
        return image, strip  # QImage does not own the pixels

    def _cells(self, numbers: NDArray[np.intp], size: tuple[int, int]) -> NDArray[np.uint32]:
        maps, colours = self._maps, self._colours
        if isinstance(maps, np.ndarray) and maps.ndim == 3:
            chosen = maps[numbers].astype(np.float32, copy=False)
            low, high = colours.low[numbers], colours.high[numbers]
            return cells_of(chosen, colours.name, low, high, size)
        found = np.empty((len(numbers), *size), np.uint32)
        for place, number in enumerate(numbers):
            one = maps[number]
            if one.ndim == 3:
                found[place] = pixel_cells([one], size)[0]
                continue
            low, high = colours.low[number : number + 1], colours.high[number : number + 1]
            single = np.asarray(one, np.float32)[None]
            found[place] = cells_of(single, colours.name, low, high, size)[0]
        return found


def _statistics(maps: Sequence[Map] | Map) -> MapStatistics:
    if isinstance(maps, np.ndarray) and maps.ndim == 3:
        return map_statistics(maps.astype(np.float32, copy=False))
    nothing = np.zeros((1, 1, 1), np.float32)  # pixels have no figures
    each = [
        map_statistics(np.asarray(one, np.float32)[None] if one.ndim == 2 else nothing)
        for one in maps
    ]
    low, high, mean, dead = (
        np.array([getattr(one, name)[0] for one in each], np.float32)
        for name in ("low", "high", "mean", "dead")
    )
    is_numbers = np.array([one.ndim == 2 for one in maps], bool)
    return MapStatistics(low, high, mean, np.where(is_numbers, dead, np.float32(0)))
