"""Which values a picture has, counted piece by piece in any thread."""

from threading import Lock
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.image.display import Mode, Shown, scale_of
from studio.image.picture import Pixels

Counts = NDArray[np.int64]

_MOST_BINS = 256


class Histogram:
    """How often values occur; pieces of a picture are added in any order, from any thread.

    Parameters
    ----------
    low, high : float
        The ends of the first and of the last bin, which also count all that lies beyond.
    bins : int
        2 to 256, of equal width. A value on the border of two counts to the upper one, `high`
        itself to the last.
    channels : int
    """

    def __init__(self, low: float, high: float, bins: int = 128, channels: int = 1) -> None:
        if not (np.isfinite(low) and np.isfinite(high) and low < high):
            raise ValueError(f"the ends must be finite and in order, not {low} and {high}")
        if not 2 <= bins <= _MOST_BINS:
            raise ValueError(f"bins must be 2 to {_MOST_BINS}, not {bins}")
        self.low, self.high = float(low), float(high)
        self.bins, self.channels = bins, channels
        self._lock = Lock()
        self._counts = np.zeros((channels, bins), np.int64)
        self._below, self._above = np.zeros(channels, np.int64), np.zeros(channels, np.int64)
        self._nan, self._infinite = 0, 0
        self._minima, self._maxima = np.full(channels, np.inf), np.full(channels, -np.inf)
        self._sums = np.zeros(channels)

    def add(self, pixels: Pixels) -> None:
        """Count a piece, height x width x channels."""
        if pixels.ndim != 3 or pixels.shape[2] != self.channels:
            raise ValueError(f"pixels must have {self.channels} channels, not {pixels.shape}")
        if not pixels.size:
            return
        planes: Any = cv2.split(pixels)
        for channel, plane in enumerate(planes):
            self._add_plane(channel, plane)

    def _add_plane(self, channel: int, plane: Any) -> None:
        total = cv2.sumElems(plane)[0]
        nan = 0
        size = plane.size
        if not np.isfinite(total):  # the sum of all float32 there can be is finite
            known = plane[np.isfinite(plane)]
            nan = int(np.count_nonzero(np.isnan(plane)))
            plane = known.reshape(-1, 1)
            total = cv2.sumElems(plane)[0] if plane.size else 0.0
        with self._lock:
            self._nan += nan
            self._infinite += size - plane.size - nan
        if not plane.size:
            return
        least, most, _, _ = cv2.minMaxLoc(plane)
        below = int(np.count_nonzero(plane < self.low)) if least < self.low else 0
        above = int(np.count_nonzero(plane > self.high)) if most > self.high else 0
        places = self._places(plane)
        counts = cv2.calcHist([places], [0], None, [self.bins], [0, self.bins]).reshape(-1)
        if places.size > 2**24:  # what calcHist can count exactly, in float32
            counts = np.bincount(places.reshape(-1), minlength=self.bins)
        with self._lock:
            self._counts[channel] += counts.astype(np.int64)
            self._below[channel] += below
            self._above[channel] += above
            self._sums[channel] += total
            self._minima[channel] = min(self._minima[channel], least)
            self._maxima[channel] = max(self._maxima[channel], most)

    def _places(self, plane: Any) -> NDArray[np.uint8]:
        """The bin of every value."""
        if plane.dtype.kind == "u":
            values = np.arange(256 if plane.dtype == np.uint8 else 65536, dtype=np.float64)
            scaled = (values - self.low) * self.bins / (self.high - self.low)
            table = np.clip(np.floor(scaled), 0, self.bins - 1).astype(np.uint8)
            if plane.dtype == np.uint8:
                return np.asarray(cv2.LUT(plane, table), np.uint8)
            return np.asarray(np.take(table, plane), np.uint8)
        per_value = min(self.bins / (self.high - self.low), float(np.finfo(np.float32).max))
        with np.errstate(over="ignore"):  # becomes infinite, and is cut
            level: NDArray[np.float32] = plane - np.float32(self.low)
            level *= np.float32(per_value)
        np.clip(level, 0, self.bins - 1, out=level)
        return level.astype(np.uint8)

    # What was counted

    @property
    def counts(self) -> Counts:
        """How many values each bin has, channels x bins; those beyond in the bins at the ends."""
        with self._lock:
            return self._counts.copy()

    @property
    def below(self) -> Counts:
        """How many finite values lie below `low`, one number for each channel."""
        with self._lock:
            return self._below.copy()

    @property
    def above(self) -> Counts:
        """How many finite values lie above `high`, one number for each channel."""
        with self._lock:
            return self._above.copy()

    @property
    def total(self) -> int:
        """How many finite values there were in all channels."""
        with self._lock:
            return int(self._counts.sum())

    @property
    def nan(self) -> int:
        """How many values are no number."""
        return self._nan

    @property
    def infinite(self) -> int:
        """How many values are infinite, with either sign."""
        return self._infinite

    @property
    def minima(self) -> tuple[float, ...]:
        """The smallest finite value of each channel; infinite before there is one."""
        return tuple(self._minima.tolist())

    @property
    def maxima(self) -> tuple[float, ...]:
        """The largest finite value of each channel; minus infinite before there is one."""
        return tuple(self._maxima.tolist())

    @property
    def minimum(self) -> float:
        """The smallest finite value; infinite before there is one."""
        return min(self.minima)

    @property
    def maximum(self) -> float:
        """The largest finite value; minus infinite before there is one."""
        return max(self.maxima)

    @property
    def means(self) -> tuple[float, ...]:
        """The mean of each channel's finite values; NaN before there is one."""
        with self._lock:
            sums, sizes = self._sums.tolist(), self._counts.sum(axis=1).tolist()
        return tuple(
            total / size if size else np.nan for total, size in zip(sums, sizes, strict=True)
        )

    @property
    def mean(self) -> float:
        """The mean of all finite values; NaN before there is one."""
        with self._lock:
            size = int(self._counts.sum())
            return float(self._sums.sum()) / size if size else np.nan


def histogram_for(
    sample: Pixels, shown: Shown | None = None, mode: Mode = "auto", white: float | None = None
) -> Histogram:
    """An empty histogram over the values that a picture's automatic scale shows.

    Levels that a person set beyond its ends widen it. Arguments as for `scale_of`.
    """
    shown = shown or Shown()
    automatic = scale_of(sample, shown.change(levels="auto"), mode, white)
    low, high = automatic.low, automatic.high
    if shown.levels == "set":
        scale = scale_of(sample, shown, mode, white)
        low, high = min(low, scale.low), max(high, scale.high)
    if sample.dtype.kind == "u":  # bins of as many whole numbers each, where that goes
        high += 1
    return Histogram(low, high, channels=sample.shape[2])
