"""One piece of advice, and a history as the rules read it.

All shares in the rules are of the loss of guessing (`studio.training.guessing`), so that one rule
serves every loss and any number of classes. Only the end of a long run's steps is looked at, and
its epochs.
"""

import math
from bisect import bisect_left
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from studio.training.guessing import guessing_loss
from studio.training.history import History

Kind = Literal["diverged", "over-fitting", "unmoved", "unsteady", "vanishing", "improving", "best"]
_NOTES = ("improving", "best")
Values = NDArray[np.float64]

_TAIL = 4096  # steps that are looked at one by one


@dataclass(frozen=True)
class Advice:
    """One thing that the curves show.

    Attributes
    ----------
    kind : str
    step, epoch : int
        Where it is on the charts, both counted from 1: the place where it began.
    words : str
        What is the matter and since when, such as ``diverged at step 310``.
    evidence : str
        The values that show it, such as ``loss is not finite``.
    remedy : str
        What to do, such as ``lower the learning rate``; empty where nothing has to be.
    """

    kind: Kind
    step: int
    epoch: int
    words: str
    evidence: str
    remedy: str = ""

    @property
    def is_warning(self) -> bool:
        """Whether something is wrong; else it is worth knowing."""
        return self.kind not in _NOTES

    @property
    def sentence(self) -> str:
        """All of it: ``diverged at step 310: loss is not finite; lower the learning rate``."""
        return f"{self.words}: {self.evidence}" + (f"; {self.remedy}" if self.remedy else "")


class Curves:
    """A history as arrays, and what its losses are worth.

    `uniform` is the loss of giving every class the same probability, with which training begins;
    `guessing` that of knowing how frequent each class is, the best without a look at the pictures.
    """

    def __init__(self, history: History) -> None:
        started = history.started
        assert started is not None
        self.history = history
        self.epochs = history.epochs
        self.train = np.array([epoch.train_loss for epoch in self.epochs], np.float64)
        self.checked = np.array([epoch.validation_loss for epoch in self.epochs], np.float64)
        self.name = started.checked_on
        loss, classes = str(started.settings.get("loss", "")), max(2, len(started.classes))
        self.uniform = guessing_loss(loss, np.ones(classes))
        counts = self.epochs[-1].confusion.sum(axis=1) if self.epochs else np.ones(classes)
        self.guessing = guessing_loss(loss, counts) if np.count_nonzero(counts) > 1 else 0.0
        self.steps = history.steps[-_TAIL:]
        self.losses = np.array(history.losses[-_TAIL:], np.float64)

    def epoch_of(self, step: int) -> int:
        """The epoch that a step belongs to, from 1."""
        return 1 + bisect_left(self.epochs, step, key=lambda epoch: epoch.step)

    def rate_at(self, step: int) -> float:
        """The learning rate of a step."""
        history = self.history
        place = min(bisect_left(history.steps, step), len(history.steps) - 1)
        return history.learning_rates[place] if history.steps else 0.0

    @property
    def is_learned(self) -> bool:
        """Whether the training pictures are known, so that little is left to fall."""
        last = self.epochs[-1]
        is_right = last.train_accuracy >= 0.98 and last.train_loss <= 0.5 * self.uniform
        return is_right or last.train_loss <= 0.05 * self.uniform


def near_guessing(curves: Curves, values: Values, margin: float) -> NDArray[np.bool_]:
    """Between knowing how frequent the classes are and giving all the same probability."""
    return (values >= (1 - margin) * curves.guessing) & (values <= (1 + margin) * curves.uniform)


def range_to_end(values: Values) -> Values:
    """Largest minus smallest, from each place to the end."""
    backwards = values[::-1]
    spread: Values = (np.maximum.accumulate(backwards) - np.minimum.accumulate(backwards))[::-1]
    return spread


def running_median(values: Values, width: int) -> Values:
    """The median of `width` values around each; at the ends the nearest value is repeated."""
    if not values.size:
        return values
    padded = np.pad(values, width // 2, mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, width)
    return np.asarray(np.median(windows, axis=1), np.float64)


def noise(values: Values) -> float:
    """Standard deviation of what isn't a smooth course, by the second differences.

    Those of independent noise have a variance of 1 + 4 + 1 times its own, and 1.4826 makes the
    median of absolute values a deviation; of fewer than eight it is the largest that is taken.
    """
    bends = np.abs(np.diff(values, 2)) / math.sqrt(6)
    return float(bends.max(initial=0.0) if len(bends) < 8 else 1.4826 * np.median(bends))


def value(number: float) -> str:
    """Two decimals, or two or three figures where that would be nothing, with a real minus."""
    if number == 0 or 0.01 <= abs(number) < 1000:
        return f"{number:.2f}".replace("-", "−")
    if 1e-4 <= abs(number) < 0.01:
        return f"{number:.2g}".replace("-", "−")
    return f"{number:.2e}".replace("-", "−")
