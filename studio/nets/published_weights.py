"""Trained weights of published networks, by torchvision's own addresses and hashes.

They are kept where torch keeps its downloads, so that every program on the machine shares them.
"""

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Generator
from pathlib import Path

from studio.errors import ModelError
from studio.fetching import FetchFailedError, NoConnectionError, fetch
from studio.nets.layer import Size
from studio.nets.model import Card, Model, Trained
from studio.nets.published import CHANNELS, published
from studio.nets.published_offers import DEFAULT, Offer, offer

_HASH = re.compile(r"-([0-9a-f]{8,64})\.pth$")  # the first digits of the file's SHA-256
_MEGABYTE = 2**20
_DATA = "ImageNet-1K"
_FETCH = """
import socket, sys, urllib.request
socket.setdefaulttimeout(20)
url, target, limit = sys.argv[1], sys.argv[2], int(sys.argv[3])
got = 0
with urllib.request.urlopen(url) as source, open(target, "wb") as file:
    while block := source.read(2**18):
        got += len(block)
        if got > limit:
            raise SystemExit(f"it is larger than the {limit:,} bytes it should have")
        file.write(block)
    declared = source.headers.get("Content-Length")
if declared and got < int(declared):
    raise ConnectionError("it ended early")
"""


def fetch_published(
    architecture: str, weights: str = DEFAULT
) -> Generator[float | None, None, Model]:
    """A published network with its weights, downloaded unless they are there.

    Closing the generator stops it and leaves nothing behind.

    Yields
    ------
    float or None
        The share that has been downloaded; None while nobody can tell.

    Raises
    ------
    NetworkError, ModelError
        When there are no such weights, they can't be downloaded, or the file is not theirs or
        damaged. Nothing in it is ever executed.
    """
    chosen = offer(architecture, weights)
    if chosen.is_cached:
        yield None
        _check_hash(chosen.path, chosen, "Remove it, and it is downloaded again")
    else:
        yield from _download(chosen)
    yield None
    return read_published(chosen)


def load_published(
    architecture: str,
    weights: str = DEFAULT,
    progress: Callable[[float | None], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Model:
    """The same at one go.

    Parameters
    ----------
    progress : callable, optional
        Given the share that has been downloaded, or None.
    cancelled : callable, optional
        Asked about ten times a second whether to stop, which is a ModelError.
    """
    fetching = fetch_published(architecture, weights)
    try:
        while True:
            fraction = next(fetching)
            if cancelled is not None and cancelled():
                raise ModelError(f"the weights of {architecture} were not loaded: it was cancelled")
            if progress is not None:
                progress(fraction)
    except StopIteration as end:
        model: Model = end.value
        return model
    finally:
        fetching.close()


def read_published(chosen: Offer) -> Model:
    """The model in a file that is there.

    Raises
    ------
    ModelError
        When its arrays are not the network's, or not finite.
    """
    from studio.nets.foreign.state_dict import read_state_dict

    preprocessing = chosen.preprocessing
    network = published(chosen.architecture)
    network = network.change(
        input=Size(CHANNELS, *preprocessing.size),
        classes=chosen.classes,
    )
    sources = [chosen.text, chosen.recipe, chosen.licence and f"Licence: {chosen.licence}"]
    card = Card.build(
        {
            "name": chosen.architecture,
            "title": network.title,
            "network": network,
            "preprocessing": preprocessing,
            "trained": Trained(
                data=_DATA, text=" ".join([f"torchvision's {chosen.name}.", *filter(None, sources)])
            ),
            "test_accuracy": chosen.accuracy,
            "test_data": f"{_DATA}, validation pictures, as torchvision says",
        }
    )
    return Model(card, read_state_dict(chosen.path, network))


def _download(chosen: Offer) -> Generator[float | None, None, None]:
    target = chosen.path
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=".download-", dir=target.parent))
    except OSError as error:
        raise _not_kept(chosen, error) from None
    fetched = staging / target.name
    size = int(chosen.megabytes * _MEGABYTE)
    arguments = [chosen.url, str(fetched), str(size + size // 50 + _MEGABYTE)]
    try:
        for _ in fetch(_FETCH, arguments, staging):
            yield min(1.0, fetched.stat().st_size / size) if fetched.is_file() else None
        _check_hash(fetched, chosen, "Download it again")
        os.replace(fetched, target)
    except NoConnectionError:
        raise ModelError(
            f"the weights of {chosen.architecture} can't be downloaded: no connection",
            f"Put {target.name} from {chosen.url} into {target.parent}",
        ) from None
    except FetchFailedError as error:
        raise ModelError(
            f"the weights of {chosen.architecture} can't be downloaded: {error}"
        ) from None
    except OSError as error:
        raise _not_kept(chosen, error) from None
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _not_kept(chosen: Offer, error: OSError) -> ModelError:
    return ModelError(
        f"the weights of {chosen.architecture} can't be kept in {chosen.path.parent}: "
        f"{error.strerror or error}",
        "TORCH_HOME names another folder",
    )


def _check_hash(path: Path, chosen: Offer, remedy: str) -> None:
    """Compare a file with the digits that torchvision puts into its name."""
    found = _HASH.search(chosen.url)
    if found is None:
        raise ModelError(f"{chosen.url} names no hash, so the file can't be checked")
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelError(f"{path} can't be read: {error.strerror or error}") from None
    if not digest.startswith(found.group(1)):
        raise ModelError(
            f"{path.name} is damaged or another file: its SHA-256 begins with "
            f"{digest[:8]}, not {found.group(1)[:8]}",
            f"{remedy}: {path}" if path == chosen.path else remedy,
        )
