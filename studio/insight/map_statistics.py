"""Figures of every map of a layer: what they are coloured, sorted and marked by."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NEARLY_DEAD = 0.95  # share of zeros

_CHUNK = 2**16  # values that stay in the cache while all figures are taken of them


@dataclass(frozen=True, eq=False)
class MapStatistics:
    """Figures of the maps of a layer, one value for each map.

    Attributes
    ----------
    low, high, mean : float32 arrays
        Of the map's finite values; 0 where it has none.
    dead : float32 array
        Share of the map's units, 0 to 1, that are exactly zero.
    nans, infinite : int
        How many values of the whole layer are not a number, or infinite.
    """

    low: NDArray[np.float32]
    high: NDArray[np.float32]
    mean: NDArray[np.float32]
    dead: NDArray[np.float32]
    nans: int = 0
    infinite: int = 0

    @property
    def is_signed(self) -> bool:
        """Whether any value is below zero."""
        return bool((self.low < 0).any())

    @property
    def largest(self) -> float:
        """The layer's largest finite magnitude."""
        return float(max(self.high.max(initial=0), -self.low.min(initial=0)))

    @property
    def nearly_dead(self) -> NDArray[np.bool_]:
        """Which maps have more than 95 % zeros; none where there are values below zero."""
        return (self.dead > NEARLY_DEAD) & (not self.is_signed)


def map_statistics(maps: NDArray[np.float32]) -> MapStatistics:
    """Take the figures of maps, channels x height x width."""
    count, size = len(maps), int(np.prod(maps.shape[1:]))
    flat = maps.reshape(count, size)
    low, high, mean, dead = np.zeros((4, count), np.float32)
    if size:
        step = max(1, _CHUNK // size)
        for first in range(0, count, step):
            part, here = flat[first : first + step], slice(first, first + step)
            np.min(part, axis=1, out=low[here])
            np.max(part, axis=1, out=high[here])
            with np.errstate(over="ignore", invalid="ignore"):
                np.mean(part, axis=1, out=mean[here])
            dead[here] = (part == 0).sum(axis=1, dtype=np.uint32)
        dead /= size
    nans = infinite = 0
    for index in np.nonzero(~(np.isfinite(low) & np.isfinite(high) & np.isfinite(mean)))[0]:
        finite = flat[index][np.isfinite(flat[index])].astype(np.float64)
        unknown = int(np.isnan(flat[index]).sum())
        nans, infinite = nans + unknown, infinite + size - len(finite) - unknown
        low[index], high[index] = finite.min(initial=np.inf), finite.max(initial=-np.inf)
        mean[index] = finite.mean() if len(finite) else 0
        if not len(finite):
            low[index] = high[index] = 0
    return MapStatistics(low, high, mean, dead, nans, infinite)


def largest_of(layers: Iterable[NDArray[np.float32]]) -> float:
    """The largest finite magnitude in all the layers."""
    largest = 0.0
    for maps in layers:
        low, high = float(maps.min(initial=0)), float(maps.max(initial=0))
        if not np.isfinite(low) or not np.isfinite(high):
            finite = maps[np.isfinite(maps)]
            low, high = float(finite.min(initial=0)), float(finite.max(initial=0))
        largest = max(largest, high, -low)
    return largest
