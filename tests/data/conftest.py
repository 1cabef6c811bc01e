"""Reading a dataset to its end, and small files in the datasets' own forms."""

import gzip
import struct

import cv2
import numpy as np
import pytest

from studio.data.dataset import Arrays
from studio.data.sets import DATASETS

MNIST_FILES = {
    "train-images-idx3-ubyte": (30, 28, 28),
    "train-labels-idx1-ubyte": (30,),
    "t10k-images-idx3-ubyte": (10, 28, 28),
    "t10k-labels-idx1-ubyte": (10,),
}


@pytest.fixture
def idx():
    def pack(array):
        """The bytes of an IDX file."""
        head = struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
        return head + array.tobytes()

    return pack


@pytest.fixture
def contents():
    """A tiny MNIST by file name."""
    rng = np.random.default_rng(0)
    return {
        name: rng.integers(0, 10 if "labels" in name else 256, shape, dtype=np.uint8)
        for name, shape in MNIST_FILES.items()
    }


@pytest.fixture
def write_idx(idx):
    def write(folder, contents, packed=True):
        folder.mkdir(parents=True, exist_ok=True)
        for name, array in contents.items():
            data = idx(array)
            path = folder / (f"{name}.gz" if packed else name)
            path.write_bytes(gzip.compress(data) if packed else data)

    return write


@pytest.fixture
def picture_folder(tmp_path):
    def write(counts, extension=".png", root=tmp_path / "pets", size=(9, 12)):
        """Random pictures in folders of their own, their numbers by the folders' names."""
        rng = np.random.default_rng(0)
        for name, count in counts.items():
            (root / name).mkdir(parents=True, exist_ok=True)
            for number in range(count):
                pixels = rng.integers(0, 256, (*size, 3), dtype=np.uint8)
                data = cv2.imencode(extension, pixels)[1].tobytes()
                (root / name / f"{number:03}{extension}").write_bytes(data)
        return root

    return write


@pytest.fixture
def digits(monkeypatch):
    """Forty random pictures in place of MNIST's, thirty to learn from."""
    rng = np.random.default_rng(0)
    pictures = rng.integers(0, 100, (40, 28, 28, 1), dtype=np.uint8)
    labels = np.tile(np.arange(10), 4)
    arrays = Arrays(pictures[:30], labels[:30], pictures[30:], labels[30:])

    def read(self, root=None):
        yield from ()
        return arrays

    monkeypatch.setattr(DATASETS["mnist"], "load", read)
    return arrays


@pytest.fixture
def load():
    def run(loading):
        """The arrays, and what was said on the way."""
        said = []
        while True:
            try:
                said.append(next(loading))
            except StopIteration as end:
                return end.value, said

    return run
