"""A tiny dataset, and settings with which a run takes a moment."""

import numpy as np
import pytest

from studio.data.parts import Data, Facts, Part
from studio.data.statistics import channel_statistics
from studio.nets.layer import Size
from studio.nets.preprocess import Preprocessing
from studio.training.settings import TrainSettings


def _part(rng, count, channels):
    """Pictures whose label is told by which of ten bars is bright."""
    labels = np.arange(count, dtype=np.int64) % 10
    pictures = rng.integers(0, 60, (count, 28, 28, channels), dtype=np.uint8)
    for picture, label in zip(pictures, labels, strict=True):
        picture[:, 4 + 2 * label : 6 + 2 * label] += 150
    return Part(pictures, labels)


def data_of(train, test, validation=None, classes=tuple("0123456789")):
    """Parts as a run's data, with their statistics."""
    height, width, channels = train.pictures.shape[1:]
    mean, std = channel_statistics(train.pictures)
    values = {"size": (height, width), "channels": channels, "mean": mean, "std": std}
    facts = Facts("Bars", classes, Size(channels, height, width), "bars made by the tests")
    return Data(facts, train, test, validation, preprocessing=Preprocessing.build(values))


@pytest.fixture(name="data_of")
def _data_of():
    return data_of


@pytest.fixture
def data():
    rng = np.random.default_rng(0)
    return data_of(_part(rng, 60, 1), _part(rng, 30, 1))


@pytest.fixture
def colour_data():
    rng = np.random.default_rng(1)
    return data_of(_part(rng, 60, 3), _part(rng, 30, 3))


@pytest.fixture
def settings():
    return TrainSettings(epochs=2, batch_size=16, device="cpu", seed=5, precision="full")
