"""A file is written whole or not at all: beside its place first, then moved over it."""

import contextlib
import errno
import os
import secrets
import stat
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

from studio.errors import StudioError
from studio.image.read import printable

_REASONS = {
    "ENOSPC": "the disk is full",
    "EDQUOT": "the disk quota is used up",
    "EFBIG": "the file would be larger than is allowed here",
    "EROFS": "the disk is read-only",
    "EACCES": "the folder can't be written to",
    "EPERM": "the folder can't be written to",
    "ENOENT": "there is no such folder",
    "ENOTDIR": "there is no such folder",
    "ENAMETOOLONG": "the name is too long",
}

# Files that are being written, in whatever thread.
_drafts: set[Path] = set()


def write_bytes(data: bytes | memoryview, path: str | Path) -> None:
    """Write a file whole or not at all.

    Raises
    ------
    StudioError
        When it can't be written; an older file stays as it was.
    """
    with whole_file(path) as file:
        file.write(data)


def write_together(files: Mapping[Path, bytes | memoryview]) -> None:
    """Write several files: none takes its place before all are on the disk.

    They take their places in the order given.

    Raises
    ------
    StudioError
        When one can't be written; older files stay as they were.
    """
    with ExitStack() as stack:
        # A stack ends with what came first.
        opened = {path: stack.enter_context(whole_file(path)) for path in reversed([*files])}
        for path, file in opened.items():
            file.write(files[path])
            file.flush()
            os.fsync(file.fileno())


def check_place(path: str | Path) -> None:
    """See now, before the work, that a file can be written there.

    Raises
    ------
    StudioError
        When it can't.
    """
    _, _, draft, file = _begin(path)
    file.close()
    draft.unlink(missing_ok=True)


@contextmanager
def whole_file(path: str | Path) -> Iterator[BinaryIO]:
    """A file to write into, which takes its place when the block ends without an error.

    Raises
    ------
    StudioError
        When it can't be written; an older file stays as it was.
    """
    target, mode, draft, file = _begin(path)
    _drafts.add(draft)
    try:
        with file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if mode is not None:
            os.chmod(draft, mode)
        os.replace(draft, target)
    except BaseException as error:
        with contextlib.suppress(FileNotFoundError):
            draft.unlink()
        if isinstance(error, OSError):
            raise _refusal(printable(target.name), error) from error
        raise
    finally:
        _drafts.discard(draft)


def _begin(path: str | Path) -> tuple[Path, int | None, Path, BinaryIO]:
    """Where the file will be, the mode of the older one, and a draft that is open."""
    name = printable(Path(path).name)
    try:
        target = Path(os.path.realpath(path))  # a link stays a link
        name = printable(target.name)
        mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else None
        if mode is not None and not target.is_file():
            raise StudioError(f"{name} can't be written: there is a folder or device of that name")
        draft = target.with_name(f".{secrets.token_hex(8)}.part")
        return target, mode, draft, open(draft, "xb", opener=_open)
    except (OSError, ValueError) as error:  # ValueError: a name with a null character
        raise _refusal(name, error) from error


def clear_drafts(folder: Path) -> None:
    """Delete what writers that were killed left half written; for a folder that is locked."""
    for draft in folder.glob(f".{'[0-9a-f]' * 16}.part"):
        with contextlib.suppress(OSError):
            draft.unlink()


def discard_drafts() -> None:
    """Delete what is half written, before the process ends without coming back to it."""
    for draft in tuple(_drafts):
        with contextlib.suppress(OSError):
            draft.unlink()


def _open(path: str, flags: int) -> int:
    return os.open(path, flags, 0o666)


def refusal_words(error: OSError | ValueError) -> str:
    """Why something can't be written, such as ``the disk is full``."""
    code = errno.errorcode.get(getattr(error, "errno", None) or 0, "")
    return _REASONS.get(code) or (getattr(error, "strerror", None) or str(error)).lower()


def _refusal(name: str, error: OSError | ValueError) -> StudioError:
    return StudioError(f"{name} can't be written: {refusal_words(error)}")
