"""One run at a time in a folder."""

import contextlib
from collections.abc import Generator
from pathlib import Path

from filelock import FileLock, Timeout

from studio.errors import TrainingError
from studio.image.read import printable
from studio.image.whole_file import clear_drafts, refusal_words
from studio.training.kept import LOCK, SNAPSHOTS


@contextlib.contextmanager
def locked(folder: Path) -> Generator[None, None, None]:
    """Hold a run's folder, which is made if need be, against all processes of the machine.

    Raises
    ------
    TrainingError
        When another run goes on in it, or it can't be written to.
    """
    where = printable(str(folder))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / LOCK, timeout=0)
        lock.acquire()
    except Timeout:
        raise TrainingError(
            f"there is a run going on in {where}", "Wait for its end, or name another folder"
        ) from None
    except OSError as error:
        raise TrainingError(f"the run can't be kept in {where}: {refusal_words(error)}") from None
    try:
        for place in (folder, folder / SNAPSHOTS):
            clear_drafts(place)
        yield
    finally:
        with contextlib.suppress(OSError):  # the folder may be gone
            lock.release()
