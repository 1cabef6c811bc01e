"""A tiny dataset, and settings with which a run takes a moment."""

import numpy as np
import pytest

from studio.data import Arrays
from studio.training.settings import TrainSettings


def _part(rng, count, channels):
    """Pictures whose label is told by which of ten bars is bright."""
    labels = np.arange(count, dtype=np.int64) % 10
    pictures = rng.integers(0, 60, (count, 28, 28, channels), dtype=np.uint8)
    for picture, label in zip(pictures, labels, strict=True):
        picture[:, 4 + 2 * label : 6 + 2 * label] += 150
    return pictures, labels


@pytest.fixture
def arrays():
    rng = np.random.default_rng(0)
    return Arrays(*_part(rng, 60, 1), *_part(rng, 30, 1))


@pytest.fixture
def settings():
    return TrainSettings(epochs=2, batch_size=16, device="cpu", seed=5)
