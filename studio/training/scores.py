"""What a confusion matrix and the answers behind it say about each class and each picture."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.training.events import Answers

Counts = NDArray[np.int64]


@dataclass(frozen=True)
class ClassScore:
    """How well one class is told from the others; None where there is nothing to count.

    Attributes
    ----------
    support, answered, right : int
        Pictures of the class, pictures answered with it, and those that are both.
    precision : float, optional
        right / answered; None where the class was never answered.
    recall : float, optional
        right / support; None where there is no picture of the class.
    f1 : float, optional
        2 right / (support + answered), the harmonic mean of the two (C. J. van Rijsbergen, 1979).
    """

    name: str
    support: int
    answered: int
    right: int

    @property
    def precision(self) -> float | None:
        return self.right / self.answered if self.answered else None

    @property
    def recall(self) -> float | None:
        return self.right / self.support if self.support else None

    @property
    def f1(self) -> float | None:
        counted = self.support + self.answered
        return 2 * self.right / counted if counted else None

    @property
    def words(self) -> str:
        """What is missing: ``never answered``, ``no pictures``; empty where nothing is."""
        missing = [] if self.support else ["no pictures"]
        return ", ".join(missing if self.answered else [*missing, "never answered"])


@dataclass(frozen=True)
class Confused:
    """A cell beside the diagonal: `true` and `answered` are numbers of classes.

    `share` is of the pictures of the true class.
    """

    true: int
    answered: int
    count: int
    share: float
    words: str


def class_scores(confusion: Counts, classes: Sequence[str]) -> tuple[ClassScore, ...]:
    """The scores of each class, from rows true and columns answered."""
    supports, answered = confusion.sum(axis=1).tolist(), confusion.sum(axis=0).tolist()
    rights = confusion.diagonal().tolist()
    return tuple(
        ClassScore(*values) for values in zip(classes, supports, answered, rights, strict=True)
    )


def accuracy(confusion: Counts) -> float | None:
    """Share of right answers; None of no answers."""
    total = int(confusion.sum())
    return int(confusion.trace()) / total if total else None


def mean_recall(confusion: Counts) -> float | None:
    """Mean over the classes that have pictures (balanced accuracy); None where none has any."""
    supports = confusion.sum(axis=1)
    found = confusion.diagonal()[supports > 0] / supports[supports > 0]
    return float(found.mean()) if found.size else None


def worst_confusions(
    confusion: Counts, classes: Sequence[str], most: int = 5
) -> tuple[Confused, ...]:
    """The cells beside the diagonal with the most pictures, in words as ``cat as dog: 28``.

    Among equals, the one with the larger share of its class comes first.
    """
    wrong = confusion.copy()
    np.fill_diagonal(wrong, 0)
    supports = np.maximum(confusion.sum(axis=1), 1)
    shares = wrong / supports[:, None]
    order = np.lexsort((-shares.ravel(), -wrong.ravel()))[:most]
    found = []
    for place in order.tolist():
        true, answered = divmod(place, len(classes))
        count = int(wrong[true, answered])
        if count:
            words = f"{classes[true]} as {classes[answered]}: {count:,}"
            found.append(Confused(true, answered, count, float(shares[true, answered]), words))
    return tuple(found)


def cell(answers: Answers, true: int, answered: int) -> Counts:
    """The numbers of the pictures in one cell of the matrix, the largest loss first."""
    chosen = np.flatnonzero((answers.labels == true) & (answers.answered == answered))
    return _by_loss(answers, chosen)


def top_losses(answers: Answers, most: int, right: bool | None = None) -> Counts:
    """The numbers of the pictures with the largest losses, the largest first.

    Parameters
    ----------
    right : bool, optional
        Only those answered right, or only those answered wrong.
    """
    is_right = answers.labels == answers.answered
    chosen = np.ones_like(is_right) if right is None else is_right == right
    return _by_loss(answers, np.flatnonzero(chosen))[:most]


def _by_loss(answers: Answers, chosen: Counts) -> Counts:
    """What is not a number counts as the largest."""
    losses = np.nan_to_num(answers.losses[chosen], nan=np.inf, posinf=np.inf)
    return np.asarray(chosen[np.argsort(-losses, kind="stable")], np.int64)
