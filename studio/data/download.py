"""Downloads by torchvision's own downloader, in a process of its own.

There it can be stopped at any moment, its printing goes into a file, and importing it doesn't
hold up the window. What it fetched is moved into place only when it is complete.
"""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from pathlib import Path

from studio import paths
from studio.data.progress import Preparing
from studio.errors import DataError

_FETCH = (
    "import socket, sys; socket.setdefaulttimeout(20); import torchvision; "
    "getattr(torchvision.datasets, sys.argv[1])(sys.argv[2], download=True)"
)
_NO_CONNECTION = ("URLError", "ConnectionError", "TimeoutError", "timed out", "Error downloading")
_LOOK_EVERY = 0.1  # seconds
_STALLED_AFTER = 60.0  # seconds without a byte
_ARCHIVES = "*.gz"


def folder() -> Path:
    """Where downloaded datasets are kept."""
    return paths.cache() / "datasets"


def download(title: str, name: str, top: str, size: int) -> Generator[Preparing, None, None]:
    """Fetch a dataset into `folder`; closing the generator stops it and leaves nothing behind.

    Parameters
    ----------
    title : str
        What people call it.
    name : str
        Its class in ``torchvision.datasets``.
    top : str
        The folder that torchvision makes, which is kept.
    size : int
        Bytes of the archives, for the progress.

    Raises
    ------
    DataError
        Without a connection, or when the files can't be written.
    """
    try:
        folder().mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=".download-", dir=folder()))
    except OSError as error:
        raise DataError(f"{title} can't be kept in {folder()}: {error.strerror}") from None
    try:
        yield from _fetch(title, name, staging, size)
        target = folder() / top
        shutil.rmtree(target, ignore_errors=True)
        os.replace(staging / top, target)
    except OSError as error:
        raise DataError(f"{title} can't be kept in {folder()}: {error.strerror}") from None
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _fetch(title: str, name: str, staging: Path, size: int) -> Generator[Preparing, None, None]:
    log_path = staging / "log"
    with log_path.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", _FETCH, name, str(staging)],
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
            now = _bytes_in(staging, "*")
            if now != grown:
                grown, since = now, time.monotonic()
            elif time.monotonic() - since > _STALLED_AFTER:
                raise _unreachable(title)
            fetched = _bytes_in(staging, _ARCHIVES)
            yield Preparing(f"Downloading {title}", min(1.0, fetched / size) if fetched else None)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    if process.returncode:
        said = log_path.read_text("utf-8", "replace").strip()
        if any(word in said for word in _NO_CONNECTION):
            raise _unreachable(title)
        reason = said.splitlines()[-1] if said else f"exit status {process.returncode}"
        raise DataError(f"{title} can't be downloaded: {reason}")


def _bytes_in(staging: Path, pattern: str) -> int:
    """Bytes written so far; a file that is being renamed counts nothing."""
    total = 0
    for path in staging.rglob(pattern):
        with contextlib.suppress(FileNotFoundError):
            total += path.stat().st_size
    return total


def _unreachable(title: str) -> DataError:
    return DataError(
        f"{title} can't be downloaded: no connection",
        "Put a copy in a folder and name it with --data-root, or use glyphs",
    )
