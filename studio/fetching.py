"""Code that downloads, in a process of its own.

There it can be stopped at any moment, what it prints goes into a file, and what it imports doesn't
hold up the window.
"""

import contextlib
import subprocess
import sys
import time
from collections.abc import Generator, Sequence
from pathlib import Path

STALLED_AFTER = 60.0  # seconds without a byte

_NO_CONNECTION = ("URLError", "ConnectionError", "TimeoutError", "timed out", "Error downloading")
_LOOK_EVERY = 0.1  # seconds


class NoConnectionError(Exception):
    """Nothing could be reached, or nothing came any more."""


class FetchFailedError(Exception):
    """The download failed for another reason, which it says."""


def fetch(
    code: str, arguments: Sequence[str], staging: Path, stalled_after: float = STALLED_AFTER
) -> Generator[None, None, None]:
    """Run code that downloads something, and yield about ten times a second until it is done.

    Closing the generator ends the process. What it wrote is left to the caller.

    Parameters
    ----------
    code : str
        Python, whose ``sys.argv[1:]`` are the arguments.
    staging : Path
        The folder that it writes into.

    Raises
    ------
    NoConnectionError, FetchFailedError
    """
    log_path = staging / "log"
    with log_path.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", code, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    grown, since = 0, time.monotonic()
    try:
        while process.poll() is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_LOOK_EVERY)
            now = bytes_in(staging, "*")
            if now != grown:
                grown, since = now, time.monotonic()
            elif time.monotonic() - since > stalled_after:
                raise NoConnectionError
            yield
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    if process.returncode:
        said = log_path.read_text("utf-8", "replace").strip()
        if any(word in said for word in _NO_CONNECTION):
            raise NoConnectionError
        reason = said.splitlines()[-1] if said else f"exit status {process.returncode}"
        raise FetchFailedError(reason)


def bytes_in(staging: Path, pattern: str) -> int:
    """Bytes written so far; a file that is being renamed counts nothing."""
    total = 0
    for path in staging.rglob(pattern):
        with contextlib.suppress(FileNotFoundError):
            total += path.stat().st_size
    return total
