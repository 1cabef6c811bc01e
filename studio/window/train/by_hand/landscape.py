"""The loss over a plane as a picture with contour lines: made beside the window."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.image.colour_map import NOT_FINITE, apply_map

Places = tuple[tuple[float, float], ...]

_FINER = 8  # pixels of the picture for each place
_LEVELS = 9  # contour lines
_WIDE = 10.0  # largest by smallest loss from which on colours go by the logarithm


@dataclass(frozen=True, eq=False)
class Landscape:
    """A plane of losses as it is painted.

    Attributes
    ----------
    losses : array of float64, count x count
        NaN where it isn't known, infinite where the loss is no finite number.
    places : array of float64, count
        Along both axes.
    fraction : float
        How much of it is known.
    pixels : array of uint8, height x width x 3
        The first row is the lowest.
    contours : tuple of arrays, points x 2
        Lines of equal loss, as x and y.
    low, high : float
        The smallest and the largest finite loss.
    is_log : bool
        Whether colours go by the logarithm.
    path : tuple of (x, y)
        The weights of the last steps, the newest last.
    """

    losses: NDArray[np.float64]
    places: NDArray[np.float64]
    fraction: float
    pixels: NDArray[np.uint8]
    contours: tuple[NDArray[np.float64], ...]
    low: float
    high: float
    is_log: bool
    path: Places

    @property
    def reach(self) -> float:
        return float(self.places[-1])

    @property
    def edge(self) -> float:
        """Where the picture ends: half a place beyond the outermost."""
        return self.reach * len(self.places) / (len(self.places) - 1)

    @property
    def diverged(self) -> int:
        """At how many places the loss is no finite number."""
        return int(np.isinf(self.losses).sum())

    def loss_at(self, x: float, y: float) -> float:
        """The loss at the place that is nearest; NaN where it isn't known."""
        row, column = (int(np.abs(self.places - value).argmin()) for value in (y, x))
        return float(self.losses[row, column])


def landscape_of(
    losses: NDArray[np.float64], places: NDArray[np.float64], fraction: float, path: Places
) -> Landscape:
    """Colour losses and draw their contours; see `Landscape`."""
    finite = losses[np.isfinite(losses)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    is_log = low > 0 and high > _WIDE * low
    shares = _shares(_filled(losses), low, high, is_log)
    contours: tuple[NDArray[np.float64], ...] = ()
    if fraction >= 1 and high > low:
        contours = tuple(_contours(shares, places))
    return Landscape(losses, places, fraction, _colours(shares), contours, low, high, is_log, path)


def _filled(losses: NDArray[np.float64]) -> NDArray[np.float64]:
    """What isn't known yet is taken to be as the nearest known loss."""
    from scipy.ndimage import distance_transform_edt

    unknown = np.isnan(losses)
    if not unknown.any() or unknown.all():
        return losses
    rows, columns = distance_transform_edt(unknown, return_distances=False, return_indices=True)
    return np.asarray(losses[rows, columns])


def _shares(
    losses: NDArray[np.float64], low: float, high: float, is_log: bool
) -> NDArray[np.float64]:
    """0 for the smallest loss, 1 for the largest; NaN where it is no finite number."""
    values = np.where(np.isfinite(losses), losses, np.nan)
    if is_log:
        values, low, high = np.log(values), float(np.log(low)), float(np.log(high))
    return (values - low) / max(high - low, 1e-12)


def _colours(shares: NDArray[np.float64]) -> NDArray[np.uint8]:
    side = _FINER * len(shares)
    wrong = np.isnan(shares)
    values = np.where(wrong, 1.0, shares).astype(np.float32)
    smooth = cv2.resize(values, (side, side), interpolation=cv2.INTER_LINEAR)
    pixels = apply_map(np.asarray(smooth, np.float32), "inferno", 0.0, 1.0)
    if wrong.any():
        pixels[np.kron(wrong, np.ones((_FINER, _FINER), bool))] = NOT_FINITE
    return np.ascontiguousarray(pixels)


def _contours(
    shares: NDArray[np.float64], places: NDArray[np.float64]
) -> Sequence[NDArray[np.float64]]:
    from skimage import measure

    lines: Any = measure.find_contours
    step, first = places[1] - places[0], places[0]
    found: list[NDArray[np.float64]] = []
    # Squares, so that the rings of a round bowl are the same way apart.
    for level in np.linspace(0, 1, _LEVELS + 2)[1:-1] ** 2:
        found += [first + step * line[:, ::-1] for line in lines(shares, level)]
    return found
