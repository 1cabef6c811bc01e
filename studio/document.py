"""What a person works on: picture, filters, network and training settings, in one JSON file.

No pixels and no weights: a document refers to them.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from studio.declare import Declared, option
from studio.errors import DocumentError, PictureError, StudioError
from studio.filters.chain import Chain
from studio.filters.chain_file import chain_from
from studio.image.pages import page_of
from studio.image.picture import Picture
from studio.image.read import printable, read_picture
from studio.image.samples import SAMPLES, sample
from studio.json_file import read_json, write_json
from studio.nets.network import Network
from studio.nets.network_file import network_from
from studio.training.settings import TrainSettings

# References to what is only in memory: a picture from the clipboard, a model of this session; to
# the document's own network; and as:NAME:FILE to weights that don't say what network they are for.
PASTED, RUN, OWN, AS = "pasted:", "run:", "own:", "as:"

_FORMAT = 1


class Document(Declared):
    """The state of the studio that can be undone, saved and opened again."""

    format: Literal[1] = option(1, "Format", "Version of the file's format.")
    picture: str = option(
        "coffee", "Picture", "A sample's name, or a file; page:3:FILE is its third page."
    )
    chain: Chain = option(Chain(), "Chain", "The filters, in the order they are applied.")
    model: str = option(
        "",
        "Model",
        "A bundled model's name, a network's name, or a file; empty for the first; own: is the "
        "document's own network.",
    )
    network: Network | None = option(None, "Network", "The document's own network, to be edited.")
    origin: str = option(
        "", "Origin", "The model that the own network was made from, whose weights it begins with."
    )
    training: TrainSettings = option(TrainSettings(), "Training", "How the next run is trained.")


def weights_as(architecture: str, path: str | Path) -> str:
    """The reference of a file of weights, read as those of an architecture."""
    return f"{AS}{architecture}:{path}"


def file_of(model: str) -> tuple[str, str | None]:
    """The file that a model's reference names, and the architecture it is read as if it says so."""
    if not model.startswith(AS):
        return model, None
    architecture, _, path = model.removeprefix(AS).partition(":")
    return path, architecture


def load_picture(reference: str) -> Picture:
    """The picture a document refers to: a sample, a file, or a page of one.

    Raises
    ------
    PictureError
        When it can't be read, or was only in the memory of another session.
    """
    if reference.startswith(PASTED):
        raise PictureError("the pasted picture was not kept", "Paste it again, or open another")
    if reference in {known.name for known in SAMPLES}:
        return sample(reference)
    return read_picture(*page_of(reference))


def save_document(document: Document, path: str | Path) -> str:
    """Write the document's file, whole or not at all.

    Returns
    -------
    str
        A note on what the file can't keep; empty if nothing.

    Raises
    ------
    DocumentError
        When it can't be written; an older file stays as it was.
    """
    write_json(document.model_dump(mode="json"), path)
    lost = []
    if document.picture.startswith(PASTED):
        lost.append("the pasted picture")
    is_begun_from_run = document.network is not None and document.origin.startswith(RUN)
    if document.model.startswith(RUN) or is_begun_from_run:
        lost.append("the trained model")
    if not lost:
        return ""
    remedy = "save it as a file of its own" if len(lost) == 1 else "save them as files of their own"
    return f"{' and '.join(lost)} can't be kept in the document: {remedy}"


def load_document(path: str | Path) -> Document:
    """Read a document's file.

    Raises
    ------
    DocumentError
        When it is no document, was saved by a newer studio, or holds a setting that isn't allowed.
    """
    path = Path(path)
    name = printable(path.name)
    values = read_json(path, _FORMAT, "a document of the studio")
    if "steps" in values:
        raise DocumentError(
            f"{name} is a chain of filters, not a document", "Open it as a chain, in Filter"
        )
    parts: dict[str, Callable[[dict[str, Any]], Declared]] = {
        "chain": chain_from,
        "network": network_from,
        "training": TrainSettings.build,
    }
    try:
        for part, build in parts.items():
            if isinstance(given := values.get(part), dict):
                values[part] = build(given)  # so that a message names the part's own setting
        return Document.build(values)
    except StudioError as error:
        raise DocumentError(f"{name}: {error.message}", error.remedy) from None
