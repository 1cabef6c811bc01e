"""Datasets downloaded by torchvision's own downloader, in a process of its own.

What it fetched is moved into place only when it is complete.
"""

import os
import shutil
import tempfile
from collections.abc import Generator, Sequence
from pathlib import Path

from studio import paths
from studio.data.progress import Preparing
from studio.errors import DataError
from studio.fetching import STALLED_AFTER, FetchFailedError, NoConnectionError, bytes_in, fetch

_FETCH = (
    "import socket, sys; socket.setdefaulttimeout(20); import torchvision; "
    "[getattr(torchvision.datasets, sys.argv[1])(sys.argv[2], download=True, **which) "
    "for which in ([{'split': split} for split in sys.argv[3:]] or [{}])]"
)
_STALLED_AFTER = STALLED_AFTER


def folder() -> Path:
    """Where downloaded datasets are kept."""
    return paths.cache() / "datasets"


def download(
    title: str,
    name: str,
    top: str,
    size: int,
    *,
    splits: Sequence[str] = (),
    archives: str = "*.gz",
) -> Generator[Preparing, None, None]:
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
    splits : sequence of str
        Its parts, where torchvision fetches each by itself.
    archives : str
        How the names of the archives look. ZIP archives are unpacked, and not kept.

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
        arguments = [name, str(staging), *splits]
        yield from _fetch(title, arguments, staging, size, archives)
        for packed in (staging / top).rglob("*.zip"):
            packed.unlink()
        target = folder() / top
        shutil.rmtree(target, ignore_errors=True)
        os.replace(staging / top, target)
    except OSError as error:
        raise DataError(f"{title} can't be kept in {folder()}: {error.strerror}") from None
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _fetch(
    title: str, arguments: Sequence[str], staging: Path, size: int, archives: str
) -> Generator[Preparing, None, None]:
    try:
        for _ in fetch(_FETCH, arguments, staging, _STALLED_AFTER):
            fetched = bytes_in(staging, archives)
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
