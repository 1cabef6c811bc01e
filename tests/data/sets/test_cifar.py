"""CIFAR-10's pickles, which are somebody's."""

import pickle

import numpy as np
import pytest

from studio.data import load_data
from studio.errors import DataError

NAMES = [*(f"data_batch_{number}" for number in range(1, 6)), "test_batch"]


def batch(seed, count=4):
    rng = np.random.default_rng(seed)
    return {
        b"data": rng.integers(0, 256, (count, 3072), dtype=np.uint8),
        b"labels": [int(label) for label in rng.integers(0, 10, count)],
        b"filenames": [b"a.png"] * count,
    }


@pytest.fixture
def folder(tmp_path):
    inside = tmp_path / "cifar-10-batches-py"
    inside.mkdir()
    for seed, name in enumerate(NAMES):
        (inside / name).write_bytes(pickle.dumps(batch(seed), protocol=2))
    return inside


@pytest.mark.parametrize("below", [True, False])
def test_the_planes_become_pixels(folder, below, load):
    arrays, said = load(load_data("cifar10", folder.parent if below else folder))
    assert arrays.train_pictures.shape == (20, 32, 32, 3)
    first = batch(0)
    assert arrays.train_labels[:4].tolist() == first[b"labels"]
    row = first[b"data"][1].reshape(3, 1024)
    assert np.array_equal(arrays.train_pictures[1, 5, 7], row[:, 5 * 32 + 7])
    assert arrays.test_labels.tolist() == batch(5)[b"labels"]
    assert len(said) == 6


class _Evil:
    def __reduce__(self):
        return print, ("owned",)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a pickle",
        pickle.dumps(_Evil()),
        pickle.dumps({b"data": _Evil(), b"labels": []}, protocol=2),
        pickle.dumps([1, 2]),
        pickle.dumps({b"labels": [1]}),
        pickle.dumps({**batch(0), b"labels": [1, 2]}, protocol=2),
        pickle.dumps({**batch(0), b"labels": [1, 2, 3, 10]}, protocol=2),
        pickle.dumps({**batch(0), b"labels": [1, 2, 3, "4"]}, protocol=2),
        pickle.dumps({**batch(0), b"data": np.zeros((4, 3072))}, protocol=2),
        pickle.dumps({**batch(0), b"data": np.zeros((4, 3000), np.uint8)}, protocol=2),
        pickle.dumps(batch(0), protocol=2)[:-100],
    ],
)
def test_a_foreign_or_damaged_pickle_is_refused_by_name(content, folder, load, capsys):
    (folder / "data_batch_3").write_bytes(content)
    with pytest.raises(DataError, match="data_batch_3 is damaged"):
        load(load_data("cifar10", folder))
    assert capsys.readouterr().out == ""


def test_missing_batches_are_named(folder, tmp_path, load):
    (folder / "data_batch_2").unlink()
    with pytest.raises(DataError, match="data_batch_2 can't be read"):
        load(load_data("cifar10", folder))
    with pytest.raises(DataError, match="there is no data_batch_1"):
        load(load_data("cifar10", (tmp_path / "other").mkdir() or tmp_path / "other"))


def test_cifar_100_has_fine_labels_in_two_files(tmp_path, load):
    for seed, name in enumerate(("train", "test")):
        values = batch(seed, 6)
        values[b"fine_labels"] = [0, 99, 5, 7, 7, 1]
        values[b"coarse_labels"] = values.pop(b"labels")
        (tmp_path / name).write_bytes(pickle.dumps(values, protocol=2))
    arrays, _ = load(load_data("cifar100", tmp_path))
    assert arrays.train_labels.tolist() == arrays.test_labels.tolist() == [0, 99, 5, 7, 7, 1]
    assert arrays.train_pictures.shape == (6, 32, 32, 3)
    (tmp_path / "test").write_bytes(pickle.dumps(batch(0), protocol=2))
    with pytest.raises(DataError, match="test is damaged"):
        load(load_data("cifar100", tmp_path))
