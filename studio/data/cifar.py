"""CIFAR-10 in its original form: pickles of 32 x 32 colour pictures."""

import pickle
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from studio.data.dataset import Arrays, Dataset, Loading
from studio.data.download import download, folder
from studio.data.progress import Preparing
from studio.errors import DataError
from studio.nets.layer import Size

CIFAR10_CLASSES = (
    *("airplane", "automobile", "bird", "cat", "deer"),
    *("dog", "frog", "horse", "ship", "truck"),
)
_TOP = "cifar-10-batches-py"
_TRAIN = tuple(f"data_batch_{number}" for number in range(1, 6))
_TEST = "test_batch"
_ARCHIVE = 170_498_071  # bytes
_LARGEST = 2**26  # bytes of one batch that is believed; the real ones have 31 million


class Cifar10(Dataset):
    """Small photos of ten kinds of things (Krizhevsky, 2009)."""

    kind: ClassVar[str] = "cifar10"
    title: ClassVar[str] = "CIFAR-10"
    summary: ClassVar[str] = "60,000 small photos of animals and vehicles."
    classes: ClassVar[tuple[str, ...]] = CIFAR10_CLASSES
    size: ClassVar[Size] = Size(3, 32, 32)
    source: ClassVar[str] = "CIFAR-10 (Krizhevsky, 2009)"

    def load(self, root: Path | None = None) -> Loading:
        found = _find(root or folder())
        if found is None and root is None:
            yield from download(self.title, "CIFAR10", _TOP, _ARCHIVE)
            found = _find(folder())
        if found is None:
            raise DataError(
                f"{self.title} isn't in {root or folder()}: there is no {_TRAIN[0]}",
                f"It is looked for there and in {_TOP}",
            )
        batches = []
        names = (*_TRAIN, _TEST)
        for place, name in enumerate(names):
            yield Preparing(f"Reading {self.title}", place / len(names))
            batches.append(_read_batch(found / name))
        pictures, labels = zip(*batches, strict=True)
        train_pictures, train_labels = np.concatenate(pictures[:-1]), np.concatenate(labels[:-1])
        return Arrays(train_pictures, train_labels, pictures[-1], labels[-1])


def _find(root: Path) -> Path | None:
    for place in (root / _TOP, root):
        if (place / _TRAIN[0]).is_file():
            return place
    return None


class _NumbersOnly(pickle.Unpickler):
    """Reads arrays and basic types; a pickle that asks for anything else is refused."""

    def find_class(self, module: str, name: str) -> Any:
        array = module in ("numpy.core.multiarray", "numpy._core.multiarray")
        if array and name == "_reconstruct":
            return np.zeros(0).__reduce__()[0]
        if (module, name) == ("_codecs", "encode"):
            return _latin1  # how Python 3 writes bytes into a pickle for Python 2
        if module == "numpy" and name in ("ndarray", "dtype"):
            return getattr(np, name)
        raise pickle.UnpicklingError(f"it asks for {module}.{name}")


def _latin1(text: str, _: str) -> bytes:
    return text.encode("latin1")


def _read_batch(path: Path) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Pictures N x 32 x 32 x 3 and labels of one batch file."""
    try:
        if path.stat().st_size > _LARGEST:
            raise _damaged(path, "it is too large")
        with path.open("rb") as file:
            batch = _NumbersOnly(file, encoding="bytes").load()
    except OSError as error:
        raise DataError(f"{path} can't be read: {error.strerror}") from None
    except (DataError, MemoryError):
        raise
    except Exception as error:  # a damaged pickle may raise anything
        raise _damaged(path, str(error)) from None
    pictures = batch.get(b"data") if isinstance(batch, dict) else None
    labels = batch.get(b"labels") if isinstance(batch, dict) else None
    if (
        not isinstance(pictures, np.ndarray)
        or not isinstance(labels, list)
        or pictures.dtype != np.uint8
        or pictures.shape != (len(labels), 3 * 32 * 32)
    ):
        raise _damaged(path, "it doesn't hold pictures of 32 × 32 and their labels")
    if not all(type(label) is int and 0 <= label < len(CIFAR10_CLASSES) for label in labels):
        raise _damaged(path, "its labels are not 0 to 9")
    planes = pictures.reshape(-1, 3, 32, 32)
    return np.ascontiguousarray(planes.transpose(0, 2, 3, 1)), np.array(labels, np.int64)


def _damaged(path: Path, why: str) -> DataError:
    return DataError(f"{path} is damaged: {why}", "Delete it and get it again")
