"""CIFAR-10 and CIFAR-100 in their original form: pickles of 32 x 32 colour pictures."""

import pickle
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from studio.data.dataset import Arrays, Loading
from studio.data.progress import Preparing
from studio.data.published import Published
from studio.errors import DataError
from studio.nets.layer import Size

CIFAR10_CLASSES = (
    *("airplane", "automobile", "bird", "cat", "deer"),
    *("dog", "frog", "horse", "ship", "truck"),
)
CIFAR100_CLASSES = (
    *("apple", "aquarium fish", "baby", "bear", "beaver", "bed", "bee", "beetle", "bicycle"),
    *("bottle", "bowl", "boy", "bridge", "bus", "butterfly", "camel", "can", "castle"),
    *("caterpillar", "cattle", "chair", "chimpanzee", "clock", "cloud", "cockroach", "couch"),
    *("crab", "crocodile", "cup", "dinosaur", "dolphin", "elephant", "flatfish", "forest", "fox"),
    *("girl", "hamster", "house", "kangaroo", "keyboard", "lamp", "lawn mower", "leopard", "lion"),
    *("lizard", "lobster", "man", "maple tree", "motorcycle", "mountain", "mouse", "mushroom"),
    *("oak tree", "orange", "orchid", "otter", "palm tree", "pear", "pickup truck", "pine tree"),
    *("plain", "plate", "poppy", "porcupine", "possum", "rabbit", "raccoon", "ray", "road"),
    *("rocket", "rose", "sea", "seal", "shark", "shrew", "skunk", "skyscraper", "snail", "snake"),
    *("spider", "squirrel", "streetcar", "sunflower", "sweet pepper", "table", "tank"),
    *("telephone", "television", "tiger", "tractor", "train", "trout", "tulip", "turtle"),
    *("wardrobe", "whale", "willow tree", "wolf", "woman", "worm"),
)
_LARGEST = 2**28  # bytes of one batch that is believed; the real ones have 31 and 155 million


class _PickledDataset(Published):
    """Batches in one folder, of which the last is the test part."""

    size: ClassVar[Size] = Size(3, 32, 32)
    batches: ClassVar[tuple[str, ...]]
    label_key: ClassVar[bytes]

    def is_at(self, place: Path) -> bool:
        return (place / self.wanted).is_file()

    def load(self, root: Path | None = None) -> Loading:
        found = yield from self.place(root)
        batches = []
        for place, name in enumerate(self.batches):
            yield Preparing(f"Reading {self.title}", place / len(self.batches))
            batches.append(_read_batch(found / name, self.label_key, len(self.classes)))
        pictures, labels = zip(*batches, strict=True)
        train_pictures, train_labels = np.concatenate(pictures[:-1]), np.concatenate(labels[:-1])
        return Arrays(train_pictures, train_labels, pictures[-1], labels[-1])


class Cifar10(_PickledDataset):
    """Small photos of ten kinds of things (Krizhevsky, 2009)."""

    kind: ClassVar[str] = "cifar10"
    title: ClassVar[str] = "CIFAR-10"
    summary: ClassVar[str] = "60,000 small photos of animals and vehicles."
    classes: ClassVar[tuple[str, ...]] = CIFAR10_CLASSES
    source: ClassVar[str] = "CIFAR-10 (Krizhevsky, 2009)"
    torchvision: ClassVar[str] = "CIFAR10"
    top: ClassVar[str] = "cifar-10-batches-py"
    inside: ClassVar = (top,)
    wanted: ClassVar[str] = "data_batch_1"
    batches: ClassVar = (*(f"data_batch_{number}" for number in range(1, 6)), "test_batch")
    label_key: ClassVar[bytes] = b"labels"
    archive_bytes: ClassVar[int] = 170_498_071


class Cifar100(_PickledDataset):
    """Small photos of a hundred kinds of things (Krizhevsky, 2009), the fine labels."""

    kind: ClassVar[str] = "cifar100"
    title: ClassVar[str] = "CIFAR-100"
    summary: ClassVar[str] = "60,000 small photos of a hundred kinds of things."
    classes: ClassVar[tuple[str, ...]] = CIFAR100_CLASSES
    source: ClassVar[str] = "CIFAR-100 (Krizhevsky, 2009)"
    torchvision: ClassVar[str] = "CIFAR100"
    top: ClassVar[str] = "cifar-100-python"
    inside: ClassVar = (top,)
    wanted: ClassVar[str] = "train"
    batches: ClassVar = ("train", "test")
    label_key: ClassVar[bytes] = b"fine_labels"
    archive_bytes: ClassVar[int] = 169_001_437


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


def _read_batch(
    path: Path, label_key: bytes, classes: int
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
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
    labels = batch.get(label_key) if isinstance(batch, dict) else None
    if (
        not isinstance(pictures, np.ndarray)
        or not isinstance(labels, list)
        or pictures.dtype != np.uint8
        or pictures.shape != (len(labels), 3 * 32 * 32)
    ):
        raise _damaged(path, "it doesn't hold pictures of 32 × 32 and their labels")
    if not all(type(label) is int and 0 <= label < classes for label in labels):
        raise _damaged(path, f"its labels are not 0 to {classes - 1}")
    planes = pictures.reshape(-1, 3, 32, 32)
    return np.ascontiguousarray(planes.transpose(0, 2, 3, 1)), np.array(labels, np.int64)


def _damaged(path: Path, why: str) -> DataError:
    return DataError(f"{path} is damaged: {why}", "Delete it and get it again")
