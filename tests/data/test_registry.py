"""What is registered, and the real files where there are any."""

import os
from pathlib import Path

import numpy as np
import pytest

from studio.data import DATASETS, Arrays, load_data
from studio.data.statistics import channel_statistics
from studio.errors import DataError

ROOT = os.environ.get("STUDIO_DATA_ROOT")
real = pytest.mark.skipif(not ROOT, reason="STUDIO_DATA_ROOT names no folder with real data")


def test_every_dataset_says_what_it_is():
    classes = {"folder": 0, "cifar100": 100, "gtsrb": 43}
    assert set(DATASETS) == {
        *("glyphs", "mnist", "fashion-mnist", "cifar10", "cifar10-jpeg"),
        *classes,
    }
    for kind, dataset in DATASETS.items():
        assert len(set(dataset.classes)) == len(dataset.classes) == classes.get(kind, 10)
        assert dataset.size.channels in (1, 3)
        assert dataset.title
        assert dataset.summary.endswith(".")
        assert dataset.source


def test_an_unknown_name_lists_the_known(load):
    with pytest.raises(DataError, match="glyphs"):
        load(load_data("dogs"))


def test_pictures_of_two_sizes_are_refused():
    labels = np.zeros(2, np.int64)
    arrays = Arrays(
        np.zeros((2, 4, 4, 1), np.uint8), labels, np.zeros((2, 5, 4, 1), np.uint8), labels
    )
    with pytest.raises(DataError, match="differ in size"):
        arrays.check(10)


@real
def test_real_mnist(load):
    arrays, _ = load(load_data("mnist", Path(ROOT)))
    assert arrays.train_pictures.shape == (60_000, 28, 28, 1)
    assert arrays.train_labels[:5].tolist() == [5, 0, 4, 1, 9]
    assert arrays.test_labels[:5].tolist() == [7, 2, 1, 0, 4]
    assert np.bincount(arrays.test_labels)[[0, 1]].tolist() == [980, 1135]
    assert np.allclose(channel_statistics(arrays.train_pictures), [[0.1307], [0.3081]], atol=1e-4)


@real
def test_real_cifar_jpeg(load):
    arrays, _ = load(load_data("cifar10-jpeg", Path(ROOT)))
    assert np.bincount(arrays.train_labels).tolist() == [5000] * 10
    assert np.bincount(arrays.test_labels).tolist() == [1000] * 10
    mean, std = channel_statistics(arrays.train_pictures)
    assert np.allclose(mean, [0.4914, 0.4822, 0.4465], atol=1e-3)  # those of CIFAR-10 itself
    assert np.allclose(std, [0.2470, 0.2435, 0.2616], atol=3e-3)
