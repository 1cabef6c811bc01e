"""A file from elsewhere, opened with care: what it is by its content, what its archive holds."""

import os
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Literal

from studio.errors import ModelError
from studio.image.read import printable

Kind = Literal["safetensors", "state_dict", "legacy", "torchscript", "export"]

_HEAD = 16  # bytes that tell the kind
_ROOM = 2**26  # bytes that what is compressed may take beyond twice the size of the file
_LARGEST_TEXT = 2**28  # bytes of one entry that is read as a whole to be parsed
_LONGEST_LIST = 2**17  # entries
# Pickle protocol 2, then the first bytes of torch's magic number as a long.
_LEGACY = b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46"


# What reading a damaged zip file raises.
_FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    OSError,
    EOFError,
    RuntimeError,
    ValueError,
    NotImplementedError,
    MemoryError,
)


@contextmanager
def open_regular(path: Path) -> Iterator[BinaryIO]:
    """A regular file, open for reading; a folder, a pipe or a device is refused at once.

    Raises
    ------
    ModelError
        When it can't be read, or is empty.
    """
    name = printable(path.name or str(path))
    try:
        file = open(path, "rb", opener=_open)  # noqa: SIM115  # closed below
    except (OSError, ValueError) as error:  # ValueError: a name with a null character
        reason = getattr(error, "strerror", None) or error
        raise ModelError(f"{name} can't be read: {str(reason).lower()}") from None
    with file:
        state = os.fstat(file.fileno())
        if not stat.S_ISREG(state.st_mode):
            raise ModelError(f"{name} can't be read: it is not a regular file")
        if not state.st_size:
            raise ModelError(f"{name} is empty", "Get the file again")
        yield file


def _open(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


class Archive:
    """The entries of a zip file, whose declared sizes have been checked.

    Torch puts everything into one folder of any name, which is left out here.

    Raises
    ------
    ModelError
        When it is damaged, or would unpack to far more than it holds.
    """

    def __init__(self, file: BinaryIO, name: str) -> None:
        self.name = name
        self.size = file.seek(0, os.SEEK_END)
        try:
            self._zip = zipfile.ZipFile(file)
            entries = self._zip.infolist()
        except _FAULTS as error:
            raise damaged(name, str(error).lower()) from None
        self._check(entries)
        self._entries = {entry.filename.partition("/")[2]: entry for entry in entries}
        if len(self._entries) != len(entries):
            raise damaged(name, "it has two entries of the same name")

    def _check(self, entries: list[zipfile.ZipInfo]) -> None:
        stored = sum(one.file_size for one in entries if one.compress_type == zipfile.ZIP_STORED)
        unpacked = sum(one.file_size for one in entries)
        if stored > self.size or unpacked > 2 * self.size + _ROOM or len(entries) > _LONGEST_LIST:
            raise ModelError(
                f"{self.name} would unpack to {unpacked:,} bytes, from a file of {self.size:,}: "
                "no model does that, so it was not opened",
                "Get the file from somewhere else",
            )

    def __contains__(self, name: str) -> bool:
        return name in self._entries

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._entries)

    def length(self, name: str) -> int:
        """Bytes of an entry."""
        return self._entries[name].file_size

    def read(self, name: str, limit: int = _LARGEST_TEXT) -> bytes:
        """All bytes of an entry, checked by the archive's checksum.

        Raises
        ------
        ModelError
            When there is no such entry, it is larger than `limit` bytes, or damaged.
        """
        if name not in self._entries:
            raise damaged(self.name, f"{printable(name)} is missing in it")
        if self.length(name) > limit:
            raise ModelError(f"{self.name}: {printable(name)} is larger than it may be")
        try:
            with self._zip.open(self._entries[name]) as entry:
                data = entry.read(limit + 1)
        except _FAULTS as error:
            raise damaged(self.name, str(error).lower()) from None
        return data

    def check_sums(self) -> None:
        """Read every entry once, for torch doesn't look at their checksums.

        Raises
        ------
        ModelError
            When one is damaged.
        """
        for entry in self._entries.values():
            try:
                with self._zip.open(entry) as content:
                    while content.read(2**20):
                        pass
            except _FAULTS as error:
                raise damaged(self.name, str(error).lower()) from None


def kind_of(file: BinaryIO, name: str) -> Kind:
    """What sort of model a file holds, by its content.

    Raises
    ------
    ModelError
        When it is none of them.
    """
    file.seek(0)
    head = file.read(_HEAD)
    file.seek(0)
    if head.startswith(b"PK\x03\x04"):
        archive = Archive(file, name)
        if "constants.pkl" in archive:
            return "torchscript"
        if "data.pkl" in archive:
            return "state_dict"
        if "archive_format" in archive or "models/model.json" in archive:
            return "export"
        raise ModelError(f"{name} is a zip archive, but not one that torch has written")
    if head.startswith(_LEGACY):
        return "legacy"
    if head[8:9] == b"{":
        return "safetensors"
    if head[:1] == b"\x80":
        raise ModelError(
            f"{name} is a pickle that torch has not written; nothing in it was executed",
            "Save the network's state_dict() with torch.save or as safetensors",
        )
    raise ModelError(
        f"{name} is not a model",
        "Models are .safetensors files, state_dicts of torch (.pt, .pth), TorchScript (.pt) and "
        "exported programs (.pt2)",
    )


def damaged(name: str, why: str) -> ModelError:
    """The error for a file that can't be what it was."""
    return ModelError(f"{name} is damaged: {why}", "Get the file again")
