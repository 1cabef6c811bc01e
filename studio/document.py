"""What a person works on: picture, filters, network and training settings, in one JSON file.

No pixels and no weights: a document refers to them.
"""

import json
from pathlib import Path
from typing import Any, Literal, NoReturn

from studio.declare import Declared, option
from studio.errors import DocumentError, PictureError, StudioError
from studio.filters.chain import Chain
from studio.image.picture import Picture
from studio.image.read import read_picture
from studio.image.samples import SAMPLES, sample
from studio.image.write import write_bytes
from studio.training.settings import TrainSettings

# References to what is only in memory: a picture from the clipboard, a model of this session.
PASTED, RUN = "pasted:", "run:"

_FORMAT = 1
_LARGEST = 4 * 2**20  # bytes of a file


class Document(Declared):
    """The state of the studio that can be undone, saved and opened again."""

    format: Literal[1] = option(1, "Format", "Version of the file's format.")
    picture: str = option("coffee", "Picture", "A sample's name, or a file.")
    chain: Chain = option(Chain(), "Chain", "The filters, in the order they are applied.")
    model: str = option(
        "", "Model", "A bundled model's name, a network's name, or a file; empty for the first."
    )
    training: TrainSettings = option(TrainSettings(), "Training", "How the next run is trained.")


def load_picture(reference: str) -> Picture:
    """The picture a document refers to: a sample, or a file.

    Raises
    ------
    PictureError
        When it can't be read, or was only in the memory of another session.
    """
    if reference.startswith(PASTED):
        raise PictureError("the pasted picture was not kept", "Paste it again, or open another")
    if reference in {known.name for known in SAMPLES}:
        return sample(reference)
    return read_picture(reference)


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
    values = document.model_dump(mode="json")
    text = json.dumps(values, indent=2, ensure_ascii=False, allow_nan=False)
    try:
        write_bytes(f"{text}\n".encode(), path)
    except StudioError as error:
        raise DocumentError(error.message, error.remedy) from error
    lost = []
    if document.picture.startswith(PASTED):
        lost.append("the pasted picture")
    if document.model.startswith(RUN):
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
    values = _read(path)
    number = values.get("format")
    if not isinstance(number, int):
        raise DocumentError(f"{path.name} is not a document of the studio")
    if number > _FORMAT:
        raise DocumentError(
            f"{path.name} was saved by a newer studio, in format {number}", "Update the studio"
        )
    parts: dict[str, type[Declared]] = {"chain": Chain, "training": TrainSettings}
    try:
        for name, kind in parts.items():
            if isinstance(part := values.get(name), dict):
                values[name] = kind.build(part)  # so that a message names the part's own setting
        return Document.build(values)
    except StudioError as error:
        raise DocumentError(f"{path.name}: {error.message}", error.remedy) from None


def _read(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise DocumentError(f"there is no file {path}")
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
        if len(data) > _LARGEST:
            raise DocumentError(f"{path.name} is too large to be a document of the studio")
        values = json.loads(data.decode(), parse_constant=_refuse)
    except OSError as error:
        raise DocumentError(f"{path.name} can't be read: {error.strerror or error}") from None
    except (ValueError, RecursionError) as error:
        raise DocumentError(f"{path.name} is not a document of the studio: {error}") from None
    if not isinstance(values, dict):
        raise DocumentError(f"{path.name} is not a document of the studio")
    return values


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a number")
