"""Prepared pictures on the disk, for those that don't fit into memory.

An entry is a folder with the pixels and what else is known about them. It is made beside its place
and moved there when it is whole, so that one that is there can be trusted. The oldest are deleted
when all together take too much.
"""

import contextlib
import errno
import json
import os
import shutil
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from studio import paths
from studio.data.memory import in_words
from studio.errors import DataError

KEPT = 8 * 2**30  # bytes of all entries; the newest may take more
_ABANDONED = 24 * 3600.0  # seconds after which a half-written entry is nobody's any more
_PIXELS, _ABOUT, _DRAFT = "pixels.bin", "about.json", ".part-"

Shape = tuple[int, int, int, int]


@dataclass(frozen=True, eq=False)
class Entry:
    """Pixels N x height x width x channels in a file, and what is known about them.

    They can be changed in memory, which leaves the file as it is.
    """

    pixels: NDArray[np.uint8]
    about: Mapping[str, Any]


def folder() -> Path:
    """Where the entries are."""
    return paths.cache() / "decoded"


def find(key: str) -> Entry | None:
    """The entry of that key, or nothing where there is none, or a damaged one."""
    place = folder() / key
    try:
        about = json.loads((place / _ABOUT).read_text("utf-8"))
        shape = tuple(about["shape"])
        if (place / _PIXELS).stat().st_size != np.prod(shape):
            return None
        pixels = np.memmap(place / _PIXELS, np.uint8, "c", shape=shape)
        with contextlib.suppress(OSError):
            os.utime(place)  # it is in use, so it is not the oldest
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return Entry(pixels, about)


class Draft:
    """An entry while it is written; use it in a ``with`` block, which takes it away again.

    Parameters
    ----------
    row : tuple of int
        Height, width and channels of one picture.
    most : int
        How many pictures there can be.

    Raises
    ------
    DataError
        Here and in all methods, when the disk is full or can't be written to.
    """

    def __init__(self, key: str, row: tuple[int, int, int], most: int) -> None:
        self._key, self._row, self.count = key, row, 0
        self._size = most * int(np.prod(row))
        try:
            folder().mkdir(parents=True, exist_ok=True)
            _clean(self._size)
            self._place = Path(tempfile.mkdtemp(prefix=_DRAFT, dir=folder()))
            self._file: BinaryIO = (self._place / _PIXELS).open("w+b")
        except OSError as error:
            raise self._refusal(error) from None

    def __enter__(self) -> "Draft":
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self._file.close()
        shutil.rmtree(self._place, ignore_errors=True)

    def append(self, pixels: NDArray[np.uint8]) -> None:
        """Add pictures, count x height x width x channels."""
        self.write(self.count, pixels)
        self.count += len(pixels)

    def write(self, start: int, pixels: NDArray[np.uint8]) -> None:
        """Put pictures in the place of others."""
        try:
            self._file.seek(start * int(np.prod(self._row)))
            self._file.write(np.ascontiguousarray(pixels).data)
        except OSError as error:
            raise self._refusal(error) from None

    def read(self, start: int, end: int) -> NDArray[np.uint8]:
        """Some of the pictures."""
        row = int(np.prod(self._row))
        self._file.seek(start * row)
        data = self._file.read((end - start) * row)
        return np.frombuffer(data, np.uint8).reshape(-1, *self._row).copy()

    def finish(self, about: Mapping[str, Any]) -> Entry:
        """Move it to its place, whole."""
        target = folder() / self._key
        shape = (self.count, *self._row)
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            with (self._place / _ABOUT).open("w", encoding="utf-8") as file:
                json.dump({**about, "shape": shape}, file)
                file.flush()
                os.fsync(file.fileno())
            if find(self._key) is None:
                shutil.rmtree(target, ignore_errors=True)
                with contextlib.suppress(FileExistsError):  # another process was as far
                    _replace(self._place, target)
        except OSError as error:
            raise self._refusal(error) from None
        found = find(self._key)
        if found is None:
            raise DataError(f"the pictures kept in {target} are gone again", "Start once more")
        return found

    def _refusal(self, error: OSError) -> DataError:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return DataError(
                f"the decoded pictures need {in_words(self._size)}, and the disk of {folder()} is "
                "full",
                "Lower Size or At most, or make room",
            )
        reason = (error.strerror or str(error)).lower()
        return DataError(f"the decoded pictures can't be kept in {folder()}: {reason}")


def _replace(source: Path, target: Path) -> None:
    try:
        os.replace(source, target)
    except OSError as error:
        if error.errno in (errno.ENOTEMPTY, errno.EEXIST):
            raise FileExistsError from None
        raise


def _clean(coming: int) -> None:
    """Delete the oldest entries, so that the others take at most `KEPT` bytes and there is room.

    Raises
    ------
    OSError
        Where there is no room for so many bytes.
    """
    entries = []
    for place in sorted(folder().iterdir(), key=_age):
        if not place.name.startswith(_DRAFT):
            entries.append(place)
        elif _age(place) > _ABANDONED:
            shutil.rmtree(place, ignore_errors=True)
    total = sum(map(_size, entries))
    for place in reversed(entries):
        is_too_much = total > KEPT and place != entries[0]
        if is_too_much or shutil.disk_usage(folder()).free < coming:
            total -= _size(place)
            shutil.rmtree(place, ignore_errors=True)
    if shutil.disk_usage(folder()).free < coming:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _age(place: Path) -> float:
    """Seconds since it was made or used; of a draft, since something was written into it."""
    newest = 0.0
    for path in (place, place / _PIXELS):
        with contextlib.suppress(OSError):
            newest = max(newest, path.stat().st_mtime)
    return time.time() - newest


def _size(place: Path) -> int:
    try:
        return (place / _PIXELS).stat().st_size
    except OSError:
        return 0
