"""Datasets downloaded by torchvision's own downloader, in a process of its own.

What it fetched is moved into place only when it is complete.
"""

import os
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

from studio import paths
from studio.data.progress import Preparing
from studio.errors import DataError
from studio.fetching import STALLED_AFTER, FetchFailedError, NoConnectionError, bytes_in, fetch

_FETCH = (
    "import socket, sys; socket.setdefaulttimeout(20); import torchvision; "
    "getattr(torchvision.datasets, sys.argv[1])(sys.argv[2], download=True)"
)
_STALLED_AFTER = STALLED_AFTER
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
    try:
        for _ in fetch(_FETCH, [name, str(staging)], staging, _STALLED_AFTER):
            fetched = bytes_in(staging, _ARCHIVES)
            yield Preparing(f"Downloading {title}", min(1.0, fetched / size) if fetched else None)
    except NoConnectionError:
        raise _unreachable(title) from None
    except FetchFailedError as error:
        raise DataError(f"{title} can't be downloaded: {error}") from None


def _unreachable(title: str) -> DataError:
    return DataError(
        f"{title} can't be downloaded: no connection",
        "Put a copy in a folder and name it with --data-root, or use glyphs",
    )
