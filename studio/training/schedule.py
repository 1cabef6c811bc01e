"""The learning rate of each step."""

import math

import numpy as np
from numpy.typing import NDArray

from studio.training.settings import TrainSettings

_RISE = 0.25  # share of the run in which one_cycle rises
_FIRST_SHARE = 0.1  # of the learning rate, at the start of one_cycle


def learning_rate(settings: TrainSettings, step: int, steps: int, steps_per_epoch: int) -> float:
    """The learning rate of a step.

    With the rate a, e = step / steps_per_epoch, and t = step / steps, which goes from 0 to almost
    1:

    - constant: a
    - time: a / (1 + k e)
    - step: a × drop^⌊e / every⌋
    - exponential: a × exp(−k e)
    - linear: a (1 − t)
    - cosine: a (1 + cos π t) / 2 (I. Loshchilov and F. Hutter, SGDR, 2017)
    - one_cycle: from 0.1 a in a straight line to a at t = 0.25, then in another to 0 at t = 1
      (after L. Smith and N. Topin, Super-convergence, 2017)

    Warm-up multiplies it by min(1, (step + 1) / (warm_up × steps_per_epoch)): a first step with a
    rate of 0 would learn nothing.

    Parameters
    ----------
    step : int
        Counted from 0.
    steps : int
        Of the whole run.
    """
    rate = settings.learning_rate * _share(settings, step, steps, steps_per_epoch)
    rising = settings.warm_up * steps_per_epoch
    return rate * min(1.0, (step + 1) / rising) if rising else rate


def _share(settings: TrainSettings, step: int, steps: int, steps_per_epoch: int) -> float:
    """Of the learning rate, without warm-up."""
    e, t = step / steps_per_epoch, step / steps
    match settings.schedule:
        case "constant":
            return 1.0
        case "time":
            return 1 / (1 + settings.decay * e)
        case "step":
            return float(settings.drop ** (step // (steps_per_epoch * settings.drop_every)))
        case "exponential":
            return math.exp(-settings.decay * e)
        case "linear":
            return 1 - t
        case "cosine":
            return (1 + math.cos(math.pi * t)) / 2
        case "one_cycle":
            if t < _RISE:
                return _FIRST_SHARE + (1 - _FIRST_SHARE) * t / _RISE
            return (1 - t) / (1 - _RISE)


def plot_points(
    settings: TrainSettings, steps_per_epoch: int, most: int = 200
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The schedule of a run as a curve.

    Parameters
    ----------
    most : int
        How many points there are at most, spread evenly from the first step to the last.

    Returns
    -------
    epochs : array
        Where in the run each point is: step / steps_per_epoch.
    rates : array
    """
    steps = settings.epochs * steps_per_epoch
    picked = np.unique(np.linspace(0, steps - 1, min(most, steps)).round().astype(np.int64))
    rates = [learning_rate(settings, int(step), steps, steps_per_epoch) for step in picked]
    return picked / steps_per_epoch, np.array(rates)
