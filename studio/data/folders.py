"""A folder of class folders, or of a part each with class folders in it.

Hidden folders, those that macOS adds to archives, and folders behind symbolic links are left out,
but a class folder may be a link to one elsewhere.
"""

import os
from collections.abc import Generator, Sequence
from pathlib import Path

from studio.data.collection import PartName
from studio.data.progress import Preparing
from studio.errors import DataError
from studio.image.read import EXTENSIONS, printable

# What a folder of a part may be called, in small letters.
PART_NAMES: dict[str, PartName] = {
    "train": "train",
    "training": "train",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "test": "test",
    "testing": "test",
}
_NO_CLASSES = ("__MACOSX",)

Folders = dict[str, Path]  # by the name of the class


def parts_of(root: Path) -> dict[PartName, Folders]:
    """The class folders of each part, by name; all in the training part where there are no parts.

    Raises
    ------
    DataError
        When the folder can't be read, or two folders are of the same part.
    """
    inside = _class_folders(root)
    named = [(PART_NAMES[name.lower()], path) for name, path in inside.items() if _is_part(name)]
    if "train" not in dict(named):
        return {"train": inside}
    found: dict[PartName, Folders] = {}
    for part, path in named:
        if part in found:
            raise DataError(
                f"{printable(str(root))} has two folders of {part} pictures",
                "Leave one of them",
            )
        found[part] = _class_folders(path)
    return found


def _is_part(name: str) -> bool:
    return name.lower() in PART_NAMES


def _class_folders(root: Path) -> Folders:
    home = os.path.realpath(root)
    found: Folders = {}
    try:
        with os.scandir(root) as entries:
            for entry in entries:
                hidden = entry.name.startswith(".") or entry.name in _NO_CLASSES
                if not hidden and entry.is_dir() and not _is_loop(entry, home):
                    found[printable(entry.name)] = Path(entry.path)
    except OSError as error:
        raise unreadable(root, error) from None
    return dict(sorted(found.items()))


def _is_loop(entry: "os.DirEntry[str]", home: str) -> bool:
    """Whether it leads back to where it stands in, or above."""
    if not entry.is_symlink():
        return False
    target = os.path.realpath(entry.path)
    return os.path.commonpath([target, home]) == target if _comparable(target, home) else False


def _comparable(one: str, other: str) -> bool:
    return os.path.splitdrive(one)[0] == os.path.splitdrive(other)[0]


def pictures_in(folders: Sequence[Path], what: str) -> Generator[Preparing, None, list[list[str]]]:
    """The files in and below each folder that end like a picture, sorted.

    Raises
    ------
    DataError
        When a folder can't be read.
    """
    found = []
    for place, folder in enumerate(folders):
        yield Preparing(f"Looking through {what}", place / len(folders))
        found.append(sorted(_pictures_below(folder)))
    return found


def _pictures_below(folder: Path) -> Generator[str, None, None]:
    def refuse(error: OSError) -> None:
        raise unreadable(Path(error.filename or folder), error)

    for place, inside, files in os.walk(folder, onerror=refuse):
        inside[:] = [
            each for each in inside if not each.startswith(".") and each not in _NO_CLASSES
        ]
        for name in files:
            if not name.startswith(".") and name.lower().endswith(EXTENSIONS):
                yield os.path.join(place, name)


def unreadable(folder: Path, error: OSError) -> DataError:
    """The refusal of a folder."""
    reason = (error.strerror or "unknown reason").lower()
    return DataError(f"the folder {printable(str(folder))} can't be read: {reason}")
