"""What several commands do: exit statuses, models, pictures, folders."""

import contextlib
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from studio.console import MovingLine
from studio.errors import PictureError, StudioError

BAD_INPUT = 2
INTERRUPTED = 130


def open_model(name: str, architecture: str | None = None) -> Any:
    """The model that a command names; a download is shown on stderr."""
    from studio.nets.model import load_model

    line = MovingLine(sys.stderr)

    def show(fraction: float | None) -> None:
        done = "" if fraction is None else f" {100 * fraction:.0f} %"
        line.move(f"Getting {name}{done}")

    try:
        return load_model(name, show, architecture)
    finally:
        line.clear()


def expand(given: Sequence[str]) -> list[Path]:
    """The picture files meant by files and folders.

    Raises
    ------
    PictureError
        When there is none.
    """
    from studio.image.read import picture_paths

    found = picture_paths([Path(path) for path in given])
    if not found:
        raise PictureError(f"there is no picture in {', '.join(given)}")
    return found


@contextlib.contextmanager
def folder_for(folder: Path) -> Iterator[None]:
    """A folder that results go into; if the work fails before the first, it goes again.

    Raises
    ------
    StudioError
        When it can't be made or written to.
    """
    new = [one for one in (folder, *folder.parents) if not os.path.lexists(one)]
    try:
        make_folder(folder)
        yield
    except BaseException:
        with contextlib.suppress(OSError):  # one isn't empty, or was never made
            for one in new:
                one.rmdir()
        raise


def make_folder(folder: Path) -> None:
    """Make a folder, or see now, before the work, that nothing can be written there.

    Raises
    ------
    StudioError
        When it can't be made or written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise StudioError(f"{folder} can't be a folder: there is a file of that name") from None
    except OSError as refusal:
        raise StudioError(f"the folder {folder} can't be made: {refusal.strerror}") from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise StudioError(f"the folder {folder} can't be written to", "Name another")
