"""CIFAR-10 as JPEG files, train/CLASS/*.jpg and test/CLASS/*.jpg, packed or in folders."""

import lzma
import re
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.data.dataset import Arrays, Dataset, Loading
from studio.data.progress import Preparing
from studio.data.sets.cifar import CIFAR10_CLASSES
from studio.errors import DataError
from studio.nets.layer import Size

_PACKED = "cifar10-jpeg.tar.xz"
_FOLDER = "cifar10-jpeg"
_NAME = re.compile(r"(?:.*/)?(train|test)/([^/]+)/([^/]+\.jpe?g)")
_SHAPE = (32, 32, 3)
_LARGEST = 2**16  # bytes of one thumbnail that is believed; the real ones have about a thousand
_SAY_EVERY = 500  # pictures
_PARTS = ("train", "test")

_Found = dict[tuple[str, str], dict[str, NDArray[np.uint8]]]  # part and class, file name
_Entry = tuple[str, bytes, float]  # its path inside, its bytes, and how far the reading is


class Cifar10Jpeg(Dataset):
    """CIFAR-10 after JPEG compression with halved colour, a few points harder than the original."""

    kind: ClassVar[str] = "cifar10-jpeg"
    title: ClassVar[str] = "CIFAR-10, JPEG copy"
    summary: ClassVar[str] = "CIFAR-10 as JPEG files, from a folder of yours (--data-root)."
    classes: ClassVar[tuple[str, ...]] = CIFAR10_CLASSES
    size: ClassVar[Size] = Size(3, 32, 32)
    source: ClassVar[str] = "CIFAR-10, JPEG copy (quality 75, halved colour)"
    needs_root: ClassVar[bool] = True

    def load(self, root: Path | None = None) -> Loading:
        if root is None:
            raise DataError(
                f"{self.title} can't be downloaded",
                f"Name a folder that holds {_PACKED} with --data-root, or use cifar10",
            )
        source = _find(root)
        found: _Found = {(part, name): {} for part in _PARTS for name in self.classes}
        entries = _packed(source) if source.is_file() else _unpacked(source)
        for number, (name, data, fraction) in enumerate(entries):
            if number % _SAY_EVERY == 0:
                yield Preparing(f"Reading {self.title}", fraction)
            match = _NAME.fullmatch(name)
            if match:
                part, class_name, file_name = match.groups()
                if class_name not in self.classes:
                    raise DataError(f"{source}: {name} is of no class of {self.title}")
                found[part, class_name][file_name] = _decode(data, f"{source}: {name}")
        return _arrays(found, source)


def _find(root: Path) -> Path:
    if (root / _PACKED).is_file():
        return root / _PACKED
    for place in (root, root / _FOLDER):
        if (place / "train").is_dir():
            return place
    raise DataError(
        f"{Cifar10Jpeg.title} isn't in {root}",
        f"It is looked for as {_PACKED} and as folders train/CLASS/*.jpg and test/CLASS/*.jpg",
    )


def _packed(path: Path) -> Iterator[_Entry]:
    size = path.stat().st_size
    try:
        with (
            path.open("rb") as raw,
            lzma.open(raw) as unpacked,
            tarfile.open(fileobj=unpacked, mode="r|") as archive,
        ):
            for member in archive:
                if not member.isfile():
                    continue
                if member.size > _LARGEST:
                    raise DataError(f"{path}: {member.name} is too large for a thumbnail")
                file = archive.extractfile(member)
                if file is not None:
                    yield member.name, file.read(), raw.tell() / size
    except (OSError, EOFError, lzma.LZMAError, tarfile.TarError) as error:
        raise DataError(f"{path} is damaged: {error}", "Get it again") from None


def _unpacked(root: Path) -> Iterator[_Entry]:
    folders = [root / part / class_name for part in _PARTS for class_name in CIFAR10_CLASSES]
    for place, inside in enumerate(folders):
        try:
            files = sorted(path for path in inside.iterdir() if path.is_file())
            for number, path in enumerate(files):
                if path.stat().st_size > _LARGEST:
                    raise DataError(f"{path} is too large for a thumbnail")
                name = path.relative_to(root).as_posix()
                yield name, path.read_bytes(), (place + number / len(files)) / len(folders)
        except OSError as error:
            raise DataError(f"{inside} can't be read: {error.strerror}") from None


def _decode(data: bytes, name: str) -> NDArray[np.uint8]:
    """Height x width x RGB."""
    whole = data.rstrip(b"\0").endswith(b"\xff\xd9")  # OpenCV fills a truncated JPEG with grey
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR) if whole else None
    if pixels is None or pixels.shape != _SHAPE:
        raise DataError(f"{name} is no whole JPEG of {_SHAPE[0]} × {_SHAPE[1]}", "Get it again")
    return np.asarray(pixels[..., ::-1], np.uint8)


def _arrays(found: _Found, source: Path) -> Arrays:
    """Sorted by class and name, so that packed and unpacked copies give the same arrays."""
    train_pictures, train_labels = _part(found, "train", source)
    test_pictures, test_labels = _part(found, "test", source)
    return Arrays(train_pictures, train_labels, test_pictures, test_labels)


def _part(found: _Found, part: str, source: Path) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    folders = [found[part, class_name] for class_name in CIFAR10_CLASSES]
    labels = np.repeat(np.arange(len(folders)), [len(files) for files in folders])
    if not labels.size:
        raise DataError(f"{source} has no {part}/CLASS/*.jpg")
    pictures = np.empty((labels.size, *_SHAPE), np.uint8)
    ordered = (files[name] for files in folders for name in sorted(files))
    for place, picture in enumerate(ordered):
        pictures[place] = picture
    return pictures, labels
