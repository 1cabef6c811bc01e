"""MNIST and Fashion-MNIST: 60,000 + 10,000 grey pictures of 28 x 28 in IDX files."""

from pathlib import Path
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from studio.data.dataset import DIGITS, Arrays, Loading
from studio.data.idx import read_idx
from studio.data.progress import Preparing
from studio.data.published import Published
from studio.errors import DataError
from studio.nets.layer import Size

_FILES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)


class _IdxDataset(Published):
    """Four IDX files in one folder."""

    size: ClassVar[Size] = Size(1, 28, 28)
    ink: ClassVar = "light"
    resize: ClassVar = "fit"
    wanted: ClassVar[str] = f"{_FILES[0]}.gz"

    def is_at(self, place: Path) -> bool:
        return _plain_or_packed(place, _FILES[0]) is not None

    def load(self, root: Path | None = None) -> Loading:
        found = yield from self.place(root)
        arrays = []
        for place, name in enumerate(_FILES):
            yield Preparing(f"Reading {self.title}", place / len(_FILES))
            path = _plain_or_packed(found, name)
            if path is None:
                raise DataError(f"{found} has no {name}.gz", f"{self.title} has four files")
            arrays.append(read_idx(path, 3 if "images" in name else 1))
        return self._arrays(found, *arrays)

    def _arrays(self, found: Path, *parts: NDArray[np.uint8]) -> Arrays:
        train_pictures, train_labels, test_pictures, test_labels = parts
        for pictures in (train_pictures, test_pictures):
            if pictures.shape[1:] != self.size[1:]:
                raise DataError(
                    f"the pictures in {found} are {pictures.shape[1]} × {pictures.shape[2]}, "
                    f"{self.title}'s are {self.size.height} × {self.size.width}"
                )
        return Arrays(
            train_pictures[..., None],
            train_labels.astype(np.int64),
            test_pictures[..., None],
            test_labels.astype(np.int64),
        )


def _plain_or_packed(place: Path, name: str) -> Path | None:
    for path in (place / f"{name}.gz", place / name):
        if path.is_file():
            return path
    return None


class Mnist(_IdxDataset):
    """Handwritten digits (LeCun, Cortes and Burges)."""

    kind: ClassVar[str] = "mnist"
    title: ClassVar[str] = "MNIST"
    summary: ClassVar[str] = "70,000 handwritten digits."
    classes: ClassVar[tuple[str, ...]] = DIGITS
    source: ClassVar[str] = "MNIST (LeCun, Cortes and Burges)"
    torchvision: ClassVar[str] = "MNIST"
    top: ClassVar[str] = "MNIST"
    inside: ClassVar = (f"{top}/raw", "raw", top)
    archive_bytes: ClassVar[int] = 11_594_722


class FashionMnist(_IdxDataset):
    """Articles of clothing (Xiao, Rasul and Vollgraf, 2017)."""

    kind: ClassVar[str] = "fashion-mnist"
    title: ClassVar[str] = "Fashion-MNIST"
    summary: ClassVar[str] = "70,000 articles of clothing, in the form of MNIST."
    classes: ClassVar[tuple[str, ...]] = (
        *("T-shirt", "trousers", "pullover", "dress", "coat"),
        *("sandal", "shirt", "sneaker", "bag", "ankle boot"),
    )
    source: ClassVar[str] = "Fashion-MNIST (Xiao, Rasul and Vollgraf, 2017)"
    torchvision: ClassVar[str] = "FashionMNIST"
    top: ClassVar[str] = "FashionMNIST"
    inside: ClassVar = (f"{top}/raw", "raw", top)
    archive_bytes: ClassVar[int] = 30_878_645
