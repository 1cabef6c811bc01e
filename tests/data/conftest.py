"""Reading a dataset to its end, and small files in the datasets' own forms."""

import gzip
import struct

import numpy as np
import pytest

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
