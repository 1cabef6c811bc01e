"""What has to be known of maps before they can be shown: their figures, and the network's."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from weakref import ref

import numpy as np
from numpy.typing import NDArray

from studio.insight.map_statistics import MapStatistics, largest_of, map_statistics
from studio.nets.row import INPUT

_QUICK = 4_000_000  # values, measured in about 4 ms
_REMEMBERED = 32  # layers

Maps = NDArray[np.float32]
Layers = Mapping[str, Maps]


@dataclass(frozen=True, eq=False)
class Measured:
    """Maps and their figures.

    Attributes
    ----------
    layers : mapping or None
        All of the network's maps by row name, if they were measured too.
    largest : float
        The largest magnitude of `layers`, the input apart; of `maps` without them.
    """

    maps: Maps
    statistics: MapStatistics
    layers: Layers | None
    largest: float


class Measuring:
    """Measures maps, and remembers figures as long as the maps are in use elsewhere."""

    def __init__(self) -> None:
        self._layers: Layers | None = None
        self._largest = 0.0
        self._known: dict[int, tuple[ref[Maps], MapStatistics]] = {}

    def is_quick(self, maps: Maps, layers: Layers | None) -> bool:
        """Whether measuring takes less than a frame."""
        values = 0 if self._find(maps) else int(maps.size)
        if layers is not None and layers is not self._layers:
            values += sum(int(layer.size) for layer in layers.values())
        return values <= _QUICK

    def task(self, maps: Maps, layers: Layers | None = None) -> Callable[[], Measured]:
        """What takes the figures of a layer, and of all of them if they are given; in any thread.

        Hand its result to `keep`.
        """
        largest = self._largest if layers is not None and layers is self._layers else None
        return partial(_measure, maps, layers, self._find(maps), largest)

    def keep(self, measured: Measured) -> None:
        """Remember figures."""
        if measured.layers is not None:
            self._layers, self._largest = measured.layers, measured.largest
        self._remember(measured.maps, measured.statistics)

    def statistics(self, maps: Maps) -> MapStatistics:
        """The figures of maps, taken now where they aren't known."""
        found = self._find(maps) or map_statistics(maps)
        self._remember(maps, found)
        return found

    def _find(self, maps: Maps) -> MapStatistics | None:
        known = self._known.get(id(maps))
        return known[1] if known and known[0]() is maps else None

    def _remember(self, maps: Maps, statistics: MapStatistics) -> None:
        self._known.pop(id(maps), None)
        self._known[id(maps)] = (ref(maps), statistics)
        while len(self._known) > _REMEMBERED:
            del self._known[next(iter(self._known))]


def order_of(statistics: MapStatistics, figure: str) -> NDArray[np.intp]:
    """The maps' numbers with the largest of a figure first; in their own order by "index"."""
    if figure == "index":
        return np.arange(len(statistics.low))
    values: NDArray[np.float32] = getattr(statistics, figure)
    return np.argsort(-values, kind="stable")


def _measure(
    maps: Maps, layers: Layers | None, statistics: MapStatistics | None, largest: float | None
) -> Measured:
    found = statistics or map_statistics(maps)
    if layers is None:
        return Measured(maps, found, None, found.largest)
    if largest is None:
        with_maps = [
            layer for name, layer in layers.items() if name != INPUT and layer.shape[1:] != (1, 1)
        ]
        largest = largest_of(with_maps)
    return Measured(maps, found, layers, largest or found.largest)
