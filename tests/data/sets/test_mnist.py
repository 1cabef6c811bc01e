"""IDX files, and the folders they are found in."""

import gzip

import numpy as np
import pytest

from studio.data import load_data
from studio.data.idx import read_idx
from studio.errors import DataError


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("mnist", "MNIST/raw"),
        ("mnist", "raw"),
        ("mnist", "."),
        ("fashion-mnist", "FashionMNIST/raw"),
    ],
)
def test_a_copy_is_found_and_only_read(name, place, packed, contents, tmp_path, load, write_idx):
    write_idx(tmp_path / place, contents, packed)
    before = sorted(tmp_path.rglob("*"))
    arrays, said = load(load_data(name, tmp_path))
    assert np.array_equal(arrays.train_pictures[..., 0], contents["train-images-idx3-ubyte"])
    assert np.array_equal(arrays.train_labels, contents["train-labels-idx1-ubyte"])
    assert np.array_equal(arrays.test_pictures[..., 0], contents["t10k-images-idx3-ubyte"])
    assert np.array_equal(arrays.test_labels, contents["t10k-labels-idx1-ubyte"])
    assert arrays.test_labels.dtype == np.int64
    assert sorted(tmp_path.rglob("*")) == before
    assert len(said) == 4


def test_mnist_is_not_taken_for_fashion(contents, tmp_path, load, write_idx):
    write_idx(tmp_path / "MNIST/raw", contents)
    with pytest.raises(DataError, match="Fashion-MNIST isn't in"):
        load(load_data("fashion-mnist", tmp_path))


def test_a_missing_file_and_a_missing_folder_are_named(contents, tmp_path, load, write_idx):
    with pytest.raises(DataError, match=r"MNIST isn't in .*train-images-idx3-ubyte"):
        load(load_data("mnist", tmp_path))
    with pytest.raises(DataError, match="nowhere is not a folder"):
        load(load_data("mnist", tmp_path / "nowhere"))
    del contents["t10k-labels-idx1-ubyte"]
    write_idx(tmp_path, contents)
    with pytest.raises(DataError, match="t10k-labels-idx1-ubyte"):
        load(load_data("mnist", tmp_path))


def damage(data, how):
    return {
        "short": data[:-5],
        "long": data + b"more",
        "empty": b"",
        "magic": b"\x00\x00\x0d" + data[3:],
        "rank": data[:3] + b"\x02" + data[4:],
        "huge": data[:4] + b"\xff" * 12 + data[16:],
    }[how]


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("how", ["short", "long", "empty", "magic", "rank", "huge"])
def test_a_damaged_file_is_named(how, packed, tmp_path, idx):
    data = damage(idx(np.zeros((3, 28, 28), np.uint8)), how)
    path = tmp_path / ("file.gz" if packed else "file")
    path.write_bytes(gzip.compress(data) if packed else data)
    with pytest.raises(DataError, match=r"file.* is damaged"):
        read_idx(path, 3)


@pytest.mark.parametrize("keep", [0, 1, 12, -6, -20])
def test_a_damaged_packing_is_named(keep, tmp_path, idx):
    path = tmp_path / "labels.gz"
    values = np.random.default_rng(0).integers(0, 256, 500, dtype=np.uint8)
    whole = gzip.compress(idx(values))
    path.write_bytes(whole[:keep])
    with pytest.raises(DataError, match=r"labels\.gz is damaged"):
        read_idx(path, 1)
    path.write_bytes(whole[:40] + bytes([whole[40] ^ 0xFF]) + whole[41:])
    with pytest.raises(DataError, match=r"labels\.gz is damaged"):
        read_idx(path, 1)


@pytest.mark.parametrize(
    ("name", "array", "message"),
    [
        ("train-labels-idx1-ubyte", np.full(30, 10, np.uint8), "labels from 10 to 10"),
        ("train-labels-idx1-ubyte", np.zeros(29, np.uint8), "30 pictures but 29 labels"),
        ("t10k-images-idx3-ubyte", np.zeros((10, 32, 32), np.uint8), "32 × 32"),
        ("train-images-idx3-ubyte", np.zeros((0, 28, 28), np.uint8), "no pictures"),
    ],
)
def test_files_that_do_not_belong_together(
    name, array, message, contents, tmp_path, load, write_idx
):
    write_idx(tmp_path, {**contents, name: array})
    with pytest.raises(DataError, match=message):
        load(load_data("mnist", tmp_path))
