"""A kernel learned from a picture and its filtered result, by gradient descent.

The model is one weighted sum, v = Σ k(i, j) · in(y + i − a, x + j − b) + offset, with (a, b) half
the kernel's height and width, rounded down: the kernel lies on the picture as typed. The error is
E = mean((v − after)²), and its gradient dE/dk(i, j) = 2 · mean((v − after) · in(y + i − a, ...)):
the error correlated with the picture, as in the backpropagation of a convolutional layer.
Y. LeCun et al., Gradient-Based Learning Applied to Document Recognition, 1998.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from studio.declare import Declared, option
from studio.errors import SettingError
from studio.image.picture import Pixels
from studio.insight.kernel_descent import Descent, Optimiser, curvature_of
from studio.insight.window_sample import Numbers, WindowSample, sample_windows

Start = Literal["zeros", "random"]

LARGEST_SIDE = 15

_RUNAWAY = 1e6  # times the error at the start


class KernelLearning(Declared):
    """What is learned, and how; with the same settings the same numbers come out."""

    height: int = option(3, "Kernel height", "Rows of the kernel.", low=1, high=LARGEST_SIDE)
    width: int = option(3, "Kernel width", "Columns of the kernel.", low=1, high=LARGEST_SIDE)
    steps: int = option(
        100,
        "Steps",
        "How often the kernel is corrected.",
        low=1,
        high=10_000,
        logarithmic=True,
    )
    optimiser: Optimiser = option(
        "gd",
        "Optimiser",
        "Gradient descent goes straight down the error; momentum keeps nine tenths of its last "
        "step; Adam gives each weight a step of its own.",
        names={"gd": "Gradient descent", "adam": "Adam"},
    )
    learning_rate: float = option(
        0.0,
        "Learning rate",
        "How far a step goes along the gradient, with white counted as 1. 0 chooses by itself: the "
        "largest step that surely holds, one over the error's strongest curvature; a tenth of that "
        "where the windows are whitened; for Adam 0.05, or whitened a tenth of a typical weight.",
        low=0,
        high=1000,
        step=0.01,
    )
    whiten: bool = option(
        True,
        "Whiten",
        "Neighbouring pixels are almost equal, so the error is steep for the kernel's sum and "
        "nearly flat for its fine differences: plain descent learns the sum at once and the rest "
        "in thousands of steps. On: the windows are whitened first (ZCA), which makes the error "
        "equally steep in every direction. Off: watch it crawl.",
    )
    batch: int = option(
        65_536,
        "Batch",
        "How many windows of the picture each step looks at, drawn anew each time. The most are "
        "all there are: the error falls smoothly. Fewer are faster, and the way is noisier.",
        low=1,
        high=65_536,
        logarithmic=True,
        unit="windows",
    )
    start: Start = option("zeros", "Start", "The weights before the first step.")
    bias: bool = option(
        False, "Learn an offset", "Also learns a number that is added to every weighted sum."
    )
    seed: int = option(
        0, "Seed", "Start of all random choices: windows, batches, weights.", low=0, high=2**31 - 1
    )


@dataclass(frozen=True, eq=False)
class LearningStep:
    """Where the descent stands after `step` corrections.

    Attributes
    ----------
    kernel : array, height x width
    offset : float
        In levels of the picture; 0 when none is learned.
    error : float
        Mean squared error over all windows taken from the picture, in levels squared.
    gradient : array, height x width
        Of the error over the next batch, in levels squared per unit of weight.
    """

    step: int
    kernel: Numbers
    offset: float
    error: float
    gradient: Numbers


@dataclass(frozen=True, eq=False)
class BestKernel:
    """The kernel of a size with the smallest mean squared error there is.

    Attributes
    ----------
    kernel : array, height x width
    offset : float
        In levels of the picture.
    error : float
        The mean squared error that remains, in levels squared.
    spread : float
        Variance of the filtered values, in levels squared.
    rounded : bool
        Whether the filtered values are whole levels.
    settled : bool
        Whether the picture determines every weight; if not, this is the smallest such kernel.
    """

    kernel: Numbers
    offset: float
    error: float
    spread: float
    rounded: bool
    settled: bool

    @property
    def is_exact(self) -> bool:
        """Whether nothing remains but rounding: 1/√12 of a level in whole numbers."""
        allowed = max(1e-4 * self.spread**0.5, 0.3 if self.rounded else 0.0)
        return bool(self.error**0.5 <= allowed)


def learn_kernel(before: Pixels, after: Pixels, settings: KernelLearning) -> Iterator[LearningStep]:
    """Find the kernel that makes `after` of `before`, one correction at a time.

    Parameters
    ----------
    before, after : array, height x width x channels
        A picture and its result; the latter may lack the border. One kernel for all channels.

    Yields
    ------
    LearningStep
        The start, then one for each of the settings' steps.

    Raises
    ------
    PictureError
        When the pictures don't belong together or nothing can be learned from them.
    SettingError
        When the kernel doesn't fit into the picture, or the learning rate is too large.
    """
    rng = np.random.default_rng(settings.seed)
    sample = sample_windows(before, after, settings.height, settings.width, rng)
    inputs = _inputs(sample, settings)
    descent = Descent(
        inputs,
        sample.values,
        settings.optimiser,
        settings.learning_rate,
        settings.whiten,
        settings.batch,
    )
    weights = _start(inputs.shape[1], settings, rng)
    # Means of window · windowᵀ and of value · window: all that a gradient over every window needs.
    count = len(inputs)
    curvature, slope = inputs.T @ inputs / count, sample.values @ inputs / count
    best, least, _ = _optimum(inputs, sample.values)

    def error_at(weights: Numbers) -> float:
        far = weights - best
        return least + max(float(far @ curvature @ far), 0.0)  # the error is a parabola

    limit = _RUNAWAY * max(error_at(weights), float(np.mean(sample.values**2)), 1e-6)
    for step in range(settings.steps + 1):
        error = error_at(weights)
        if not error <= limit:
            raise _runaway(descent, step)
        if settings.batch >= count:
            gradient = 2 * (curvature @ weights - slope)
        else:
            batch = rng.integers(0, count, settings.batch)
            off = inputs[batch] @ weights - sample.values[batch]
            gradient = 2 * (off @ inputs[batch]) / off.size
        yield LearningStep(
            step,
            *_as_kernel(weights, settings, sample.white),
            error * sample.white**2,
            _as_kernel(gradient, settings, 1.0)[0] * sample.white**2,
        )
        weights = weights + descent.move(gradient)


def best_kernel(before: Pixels, after: Pixels, settings: KernelLearning) -> BestKernel:
    """The least-squares optimum over the windows that `learn_kernel` sees.

    It solves the normal equations, mean(window · windowᵀ) · k = mean(window · after).

    Raises
    ------
    StudioError
        As `learn_kernel` does.
    """
    rng = np.random.default_rng(settings.seed)
    sample = sample_windows(before, after, settings.height, settings.width, rng)
    inputs = _inputs(sample, settings)
    weights, error, settled = _optimum(inputs, sample.values)
    return BestKernel(
        *_as_kernel(weights, settings, sample.white),
        error=error * sample.white**2,
        spread=sample.spread,
        rounded=sample.rounded,
        settled=settled,
    )


def _optimum(inputs: Numbers, values: Numbers) -> tuple[Numbers, float, bool]:
    """The weights with the least error, that error, and whether they are the only ones."""
    curvature, directions = curvature_of(inputs)
    settled = curvature > 0
    along = directions[:, settled]
    weights = along @ ((along.T @ (values @ inputs) / len(inputs)) / curvature[settled])
    off = inputs @ weights - values
    return weights, float(off @ off) / off.size, bool(settled.all())


def _inputs(sample: WindowSample, settings: KernelLearning) -> Numbers:
    """The windows; with a column of ones for the offset where that is learned."""
    if not settings.bias:
        return sample.windows
    return np.column_stack([sample.windows, np.ones(len(sample.windows))])


def _start(count: int, settings: KernelLearning, rng: np.random.Generator) -> Numbers:
    if settings.start == "zeros":
        return np.zeros(count)
    return rng.normal(0, (settings.height * settings.width) ** -0.5, count)


def _as_kernel(weights: Numbers, settings: KernelLearning, white: float) -> tuple[Numbers, float]:
    """Kernel and offset, the latter in levels."""
    size = settings.height * settings.width
    kernel = weights[:size].reshape(settings.height, settings.width).copy()
    return kernel, float(weights[size]) * white if settings.bias else 0.0


def _runaway(descent: Descent, step: int) -> SettingError:
    return SettingError(
        f"after {step} steps the error grows without end: the learning rate of {descent.rate:g} "
        f"jumps across the valley",
        f"Take at most {descent.safe_rate:.2g}, or 0 to have it chosen",
        "learning_rate",
    )
