"""The user's own pictures: a folder for each class."""

from pathlib import Path
from typing import ClassVar

import numpy as np

from studio.data.collection import Collection, FilePictures, Listed, PartName
from studio.data.dataset import Dataset, Opening
from studio.data.folders import Folders, parts_of, pictures_in
from studio.data.parts import Facts
from studio.errors import DataError
from studio.image.read import printable
from studio.nets.layer import Size

_SIDE = 64


class ClassFolders(Dataset):
    """Pictures of any size and format, in folders that are named like their classes."""

    kind: ClassVar[str] = "folder"
    title: ClassVar[str] = "Folder"
    summary: ClassVar[str] = "Your own pictures, in one folder for each class."
    classes: ClassVar[tuple[str, ...]] = ()
    size: ClassVar[Size] = Size(3, _SIDE, _SIDE)
    source: ClassVar[str] = "pictures in folders"
    needs_root: ClassVar[bool] = True

    def describe(self, root: Path | None = None) -> Facts:
        root = _existing(root)
        name = printable(root.resolve().name) or str(root)
        classes = tuple(parts_of(root)["train"])
        return Facts(name, classes, self.size, f"the folder {name}", self.ink, self.resize)

    def open(self, root: Path | None = None) -> Opening:
        root = _existing(root)
        found = parts_of(root)
        classes = tuple(found["train"])
        parts: dict[PartName, Listed] = {}
        for part, folders in found.items():
            _check_known(root, part, folders, classes)
            files = yield from pictures_in([*folders.values()], printable(root.name))
            labels = [classes.index(name) for name in folders]
            pictures = FilePictures(root, tuple(path for paths in files for path in paths))
            counts = [len(paths) for paths in files]
            parts[part] = Listed(pictures, np.repeat(np.array(labels, np.int64), counts))
        if not len(parts["train"]):
            raise DataError(
                f"{printable(str(root))} has no pictures in class folders",
                "Put the pictures of each class into a folder of their own, all of them into one",
            )
        return Collection(classes, parts)


def _existing(root: Path | None) -> Path:
    if root is None:
        raise DataError("no folder of pictures is named", "Name one under Folder")
    if not root.is_dir():
        raise DataError(f"there is no folder {printable(str(root))}", "Name one that is there")
    return root


def _check_known(root: Path, part: str, folders: Folders, classes: tuple[str, ...]) -> None:
    for name, path in folders.items():
        if name not in classes:
            raise DataError(
                f"{printable(str(path))} is of a class that has no training pictures in "
                f"{printable(str(root))}",
                "Give it some, or take it away",
            )
