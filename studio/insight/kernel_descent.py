"""Steps down a mean squared error: how long, and in which directions.

With the error E(k) = mean((window · k − value)²), whose second derivative is
2 · mean(window · windowᵀ) everywhere.
"""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Optimiser = Literal["gd", "momentum", "adam"]

_MOMENTUM = 0.9
_ADAM = (0.9, 0.999)
_ADAM_RATE = 0.05  # weights per step
_GENTLE = 0.1  # share of the safe step where one step would nearly do
_UNSETTLED = 1e-11  # eigenvalues below this share of the largest are rounding


class Descent:
    """How far each step goes.

    Parameters
    ----------
    inputs : array, windows x weights
    values : array, windows
    learning_rate : float
        0 to have it chosen.
    batch : int
        How many windows each gradient comes from.
    """

    def __init__(
        self,
        inputs: Numbers,
        values: Numbers,
        optimiser: Optimiser,
        learning_rate: float,
        whiten: bool,
        batch: int,
    ) -> None:
        self.optimiser = optimiser
        curvature, directions = curvature_of(inputs)
        count = inputs.shape[1]
        # Descent on W · window, W = mean(window · windowᵀ)^(−1/2), moves k by W · (W · gradient).
        # Symmetric, so that momentum and Adam keep to the kernel's own cells.
        self._whitening = np.eye(count)
        if whiten:
            roots = np.zeros(count)
            roots[curvature > 0] = curvature[curvature > 0] ** -0.5
            self._whitening = (directions * roots) @ directions.T
        self.safe_rate = _safe_rate(inputs @ self._whitening, min(batch, len(inputs)))
        self.rate = learning_rate or self._automatic(values, count, whiten)
        self._mean, self._square = np.zeros(count), np.zeros(count)
        self._moves = 0

    def _automatic(self, values: Numbers, count: int, whiten: bool) -> float:
        if self.optimiser == "adam":
            typical = float(np.mean(values**2) / count) ** 0.5
            return 0.1 * max(typical, 1e-6) if whiten else _ADAM_RATE
        return self.safe_rate * (_GENTLE if whiten else 1.0)

    def move(self, gradient: Numbers) -> Numbers:
        """What to add to the weights."""
        gradient = self._whitening @ gradient
        self._moves += 1
        if self.optimiser == "gd":
            way = gradient
        elif self.optimiser == "momentum":
            way = self._mean = _MOMENTUM * self._mean + gradient
        else:
            way = self._adam(gradient)
        return -self.rate * (self._whitening @ way)

    def _adam(self, gradient: Numbers) -> Numbers:
        # D. P. Kingma and J. Ba, Adam: A Method for Stochastic Optimization, 2015, algorithm 1.
        first, second = _ADAM
        self._mean = first * self._mean + (1 - first) * gradient
        self._square = second * self._square + (1 - second) * gradient**2
        mean = self._mean / (1 - first**self._moves)
        square = self._square / (1 - second**self._moves)
        return mean / (np.sqrt(square) + 1e-8)


def curvature_of(inputs: Numbers) -> tuple[Numbers, Numbers]:
    """Eigenvalues and directions of mean(window · windowᵀ), half the error's second derivative.

    Directions in which no window has anything get the value 0.
    """
    values, directions = np.linalg.eigh(inputs.T @ inputs / len(inputs))
    values[values <= _UNSETTLED * values[-1]] = 0.0
    return values, directions


def _safe_rate(inputs: Numbers, batch: int) -> float:
    """The largest rate that surely holds, for steps from `batch` random windows.

    One over the largest curvature a batch may show: 2 · (λ + (R − λ) / batch), with λ the largest
    eigenvalue of mean(window · windowᵀ) and R that of mean(|window|² · window · windowᵀ) / λ.
    """
    strongest = np.linalg.eigvalsh(inputs.T @ inputs)[-1] / len(inputs)
    if batch == len(inputs):
        return float(1 / (2 * strongest))
    sizes = np.einsum("ij,ij->i", inputs, inputs)
    weighted = np.linalg.eigvalsh((inputs.T * sizes) @ inputs)[-1] / len(inputs) / strongest
    return float(1 / (2 * (strongest + max(weighted - strongest, 0.0) / batch)))
