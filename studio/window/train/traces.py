"""Long series of values kept as few stretches: means, lowest and highest values."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Values = NDArray[np.float64]

MOST = 512  # stretches of one trace
_REACH = 8.0  # time constants after which a value is forgotten


@dataclass(frozen=True, eq=False)
class Stretches:
    """What a trace holds: stretches x columns each; `places` are the means of the steps.

    A value that was never finite within a stretch is NaN there.
    """

    places: Values
    means: Values
    lows: Values
    highs: Values


class Trace:
    """Means, lowest and highest values over stretches of steps, all of one length.

    The length doubles whenever there would be more than 512 of them, so that a step costs the same
    however long the run becomes. The last stretch is the one that is being filled.

    Parameters
    ----------
    columns : int
        How many values each step has.
    """

    def __init__(self, columns: int = 1) -> None:
        self.length = 1  # steps
        self._columns = columns
        self._whole = 0
        # Per stretch: the sum of its steps; per stretch and column: sum, count, lowest, highest.
        self._places = np.zeros(MOST)
        self._sums = np.zeros((MOST, columns))
        self._counts = np.zeros((MOST, columns))
        self._lows = np.full((MOST, columns), np.nan)
        self._highs = np.full((MOST, columns), np.nan)
        self._rest_steps: Values = np.empty(0)
        self._rest: Values = np.empty((0, columns))

    def add(self, steps: ArrayLike, values: ArrayLike) -> None:
        """Take the next steps: N numbers, and N x columns values.

        Raises
        ------
        ValueError
            When they don't fit each other.
        """
        places = np.asarray(steps, np.float64)
        rows = np.asarray(values, np.float64)
        if rows.shape != (places.size, self._columns):
            raise ValueError(f"{places.size} steps need {self._columns} columns, not {rows.shape}")
        places = np.concatenate([self._rest_steps, places])
        rows = np.concatenate([self._rest, rows])
        rows[~np.isfinite(rows)] = np.nan
        while places.size >= self.length:
            parts = min(places.size // self.length, MOST - self._whole)
            taken = parts * self.length
            self._fill(places[:taken], rows[:taken], parts)
            places, rows = places[taken:], rows[taken:]
            if self._whole == MOST:
                self._halve()
        self._rest_steps, self._rest = places.copy(), rows.copy()

    def _fill(self, places: Values, rows: Values, parts: int) -> None:
        these = slice(self._whole, self._whole + parts)
        cut = rows.reshape(parts, -1, self._columns)
        self._places[these] = places.reshape(parts, -1).sum(axis=1)
        self._sums[these] = np.nansum(cut, axis=1)
        self._counts[these] = np.isfinite(cut).sum(axis=1)
        self._lows[these] = np.fmin.reduce(cut, axis=1)
        self._highs[these] = np.fmax.reduce(cut, axis=1)
        self._whole += parts

    def _halve(self) -> None:
        half = MOST // 2
        self._places[:half] = self._places[::2] + self._places[1::2]
        self._sums[:half] = self._sums[::2] + self._sums[1::2]
        self._counts[:half] = self._counts[::2] + self._counts[1::2]
        self._lows[:half] = np.fmin(self._lows[::2], self._lows[1::2])
        self._highs[:half] = np.fmax(self._highs[::2], self._highs[1::2])
        self._whole, self.length = half, 2 * self.length

    def stretches(self) -> Stretches:
        """All of it, the stretch that is being filled included."""
        whole, rest = slice(self._whole), self._rest_steps.size
        places = self._places[whole] / self.length
        counts = self._counts[whole]
        means = np.full(counts.shape, np.nan)
        np.divide(self._sums[whole], counts, out=means, where=counts > 0)
        lows, highs = self._lows[whole], self._highs[whole]
        if rest:
            known = np.isfinite(self._rest).sum(axis=0)
            last = np.full(self._columns, np.nan)
            np.divide(np.nansum(self._rest, axis=0), known, out=last, where=known > 0)
            places = np.append(places, self._rest_steps.mean())
            means = np.vstack([means, last])
            lows = np.vstack([lows, np.fmin.reduce(self._rest, axis=0)])
            highs = np.vstack([highs, np.fmax.reduce(self._rest, axis=0)])
        return Stretches(places, means, lows.copy(), highs.copy())


def smoothed(values: Values, constant: float) -> Values:
    """Exponential means of what came so far, from the first value on.

    Parameters
    ----------
    values : ndarray
        At equal distances, finite.
    constant : float
        The time constant, in values; below a half nothing is changed.
    """
    if constant < 0.5 or not values.size:
        return values
    count = min(values.size, int(_REACH * constant) + 2)
    weights = np.exp(-np.arange(count) / constant)
    totals = np.cumsum(weights)
    totals = np.append(totals, np.full(values.size - count, totals[-1]))
    means: Values = np.convolve(values, weights)[: values.size] / totals
    return means


def coarser(stretches: Stretches, most: int) -> Stretches:
    """At most so many stretches: neighbours joined; their means weigh the same."""
    count = stretches.places.size
    step = -(-count // most)
    if step <= 1:
        return stretches
    starts = np.arange(0, count, step)
    sizes = np.diff(np.append(starts, count))
    known = np.isfinite(stretches.means)
    totals = np.add.reduceat(np.where(known, stretches.means, 0.0), starts, axis=0)
    counts = np.add.reduceat(known.astype(np.float64), starts, axis=0)
    means = np.full(totals.shape, np.nan)
    np.divide(totals, counts, out=means, where=counts > 0)
    return Stretches(
        np.add.reduceat(stretches.places, starts) / sizes,
        means,
        np.fmin.reduceat(stretches.lows, starts, axis=0),
        np.fmax.reduceat(stretches.highs, starts, axis=0),
    )
