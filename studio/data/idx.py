"""The IDX files of MNIST and its relatives (Y. LeCun, yann.lecun.com/exdb/mnist)."""

import gzip
import math
import zlib
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from studio.errors import DataError

_BYTES = 0x08  # the code of unsigned bytes
_MOST = 2**30  # bytes of the largest file that is believed


def read_idx(path: Path, dimensions: int) -> NDArray[np.uint8]:
    """The array in an IDX file of unsigned bytes, compressed if its name ends in ``.gz``.

    Parameters
    ----------
    dimensions : int
        How many the array must have: 1 for labels, 3 for grey pictures.

    Raises
    ------
    DataError
        When the file can't be read, or isn't such a file, or is shorter or longer than it says.
    """
    try:
        with path.open("rb") as file:
            packed = path.suffix == ".gz"
            return _read(gzip.GzipFile(fileobj=file) if packed else file, path, dimensions)
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or error
        raise _damaged(path, f"it can't be read ({reason})") from None


def _read(file: IO[bytes] | gzip.GzipFile, path: Path, dimensions: int) -> NDArray[np.uint8]:
    header = file.read(4 + 4 * dimensions)
    if header[:4] != bytes([0, 0, _BYTES, dimensions]) or len(header) < 4 + 4 * dimensions:
        raise _damaged(path, f"it is no IDX file of bytes in {dimensions} dimensions")
    shape = tuple(int(number) for number in np.frombuffer(header, ">u4", offset=4))
    count = math.prod(shape)
    if count > _MOST:
        raise _damaged(path, f"it claims to hold {count:,} bytes")
    data = file.read(count + 1)
    if len(data) != count:
        much = "more" if len(data) > count else f"only {len(data):,}"
        raise _damaged(path, f"it should hold {count:,} bytes and holds {much}")
    return np.frombuffer(data, np.uint8).reshape(shape)


def _damaged(path: Path, why: str) -> DataError:
    return DataError(f"{path} is damaged: {why}", "Delete it and get it again")
