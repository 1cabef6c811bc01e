"""The pictures at a glance: how many there are of each class, and some of each."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from studio.data.parts import Part


def class_counts(part: Part, classes: Sequence[str]) -> tuple[int, ...]:
    """How many pictures there are of each class."""
    counts = np.bincount(part.labels, minlength=len(classes))
    return tuple(counts.tolist())


def sample_sheet(part: Part, per_class: int, seed: int = 0) -> NDArray[np.int64]:
    """The places of some pictures of each class, drawn at random, class after class.

    Of a class with fewer pictures there are fewer.
    """
    drawn = []
    for label in np.unique(part.labels).tolist():
        rng = np.random.default_rng((seed, label))
        places = rng.permutation(np.flatnonzero(part.labels == label))[:per_class]
        drawn.append(np.sort(places))
    return np.concatenate(drawn) if drawn else np.zeros(0, np.int64)
