"""What the studio keeps in JSON files: written whole, and read with nothing taken on trust."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from studio.errors import DocumentError, StudioError
from studio.image.read import printable
from studio.image.whole_file import write_bytes

_LARGEST = 4 * 2**20  # bytes of a file


def write_json(values: Mapping[str, Any], path: str | Path) -> None:
    """Write an object's file, whole or not at all.

    Raises
    ------
    DocumentError
        When it can't be written; an older file stays as it was.
    """
    text = json.dumps(values, indent=2, ensure_ascii=False, allow_nan=False)
    data = f"{text}\n".encode()
    if len(data) > _LARGEST:
        raise DocumentError(
            f"{printable(Path(path).name)} can't be written: it would be larger than "
            f"{_LARGEST // 2**20} MB, more than is read again"
        )
    try:
        write_bytes(data, path)
    except StudioError as error:
        raise DocumentError(error.message, error.remedy) from error


def read_json(path: str | Path, newest: int, what: str) -> dict[str, Any]:
    """The object in a file, which carries the number of its format.

    Parameters
    ----------
    newest : int
        The newest format that is known.
    what : str
        What the file is meant to be, such as ``a document of the studio``.

    Raises
    ------
    DocumentError
        When it can't be read, is something else, or is of a newer format.
    """
    path = Path(path)
    name = printable(path.name)
    if not os.path.isfile(path):
        if os.path.exists(path):
            raise DocumentError(f"{name} is not {what}, but a folder, a pipe or a device")
        raise DocumentError(f"there is no file {printable(str(path))}")
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
        if len(data) > _LARGEST:
            raise DocumentError(f"{name} is too large to be {what}")
        values = json.loads(data.decode(), parse_constant=_refuse)
    except OSError as error:
        raise DocumentError(f"{name} can't be read: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise DocumentError(f"{name} is not {what}: it is not text") from None
    except RecursionError:
        raise DocumentError(f"{name} is not {what}: it is nested too deeply") from None
    except ValueError as error:
        raise DocumentError(f"{name} is not {what}: {error}") from None
    number = values.get("format") if isinstance(values, dict) else None
    if type(number) is not int:
        raise DocumentError(f"{name} is not {what}")
    if number > newest:
        raise DocumentError(
            f"{name} was saved by a newer studio, in format {number}", "Update the studio"
        )
    return values  # type: ignore[no-any-return]


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a number")
