"""The one entrance for models from files of any kind."""

import json
from pathlib import Path
from typing import Any

from studio.declare import Declared, option
from studio.errors import ModelError, StudioError
from studio.image.read import printable
from studio.nets.architecture import Architecture
from studio.nets.layer import Size
from studio.nets.model import CARD_SUFFIX, Card, Model, Trained, says_its_network
from studio.nets.preprocess import Preprocessing
from studio.nets.weights import Weights, read_limited

_LARGEST_NOTES = 2**20  # bytes


class Notes(Declared):
    """What ``NAME.json`` may say about ``NAME.pt``, which can't say it itself."""

    title: str = option("", "Title", "The name as people read it.")
    architecture: str = option("", "Architecture", "The network that the weights are for.")
    input: Size | None = option(None, "Input", "Channels, height and width of the picture.")
    classes: tuple[str, ...] = option((), "Classes", "What the values of the answer stand for.")
    preprocessing: Preprocessing | None = option(
        None, "Preprocessing", "How a picture becomes the network's input."
    )


def open_model(
    path: str | Path, architecture: str | None = None, input: Size | None = None
) -> Model:
    """A model from a file that the studio has not written.

    What it is, is told by its content: weights as safetensors or as a state_dict of torch, a
    TorchScript file, or an exported program (.pt2). What the file doesn't say is taken from a
    ``NAME.json`` beside it, with the fields of `Notes`.

    Parameters
    ----------
    architecture : str, optional
        For weights only: a network, a model, or a classifier of torchvision. If left out, the one
        known architecture that they fit.
    input : Size, optional
        For TorchScript, and for weights that take any size.

    Raises
    ------
    ModelError
        When the file is none of these, is damaged, or does more than compute; nothing in it is
        executed.
    """
    from studio.nets.foreign.archive import kind_of, open_regular

    path = Path(path)
    name = printable(path.name)
    notes = _read_notes(path)
    input = input or notes.input
    with open_regular(path) as file:
        kind = kind_of(file, name)
        if kind in ("export", "torchscript") and architecture is not None:
            raise says_its_network(name)
        if kind == "export":
            from studio.nets.foreign.exported import read_exported

            found = read_exported(file, name)
        elif kind == "torchscript":
            from studio.nets.foreign.script import read_script

            if input is None:
                raise ModelError(
                    f"{name} is a TorchScript file, which doesn't say how large its pictures are",
                    f"Write it into {printable(path.stem)}{CARD_SUFFIX} beside it, such as "
                    '{"input": [3, 224, 224]}',
                )
            found = read_script(file, name, input)
        else:
            return _from_weights(path, architecture or notes.architecture, notes, input)
    program = found.program.change(name=printable(path.stem), title=notes.title or name)
    if kind == "export" and input is not None:
        program = program.change(input=input)
    return _model(path, program, found.weights, found.notes, notes)


def _from_weights(path: Path, name: str, notes: Notes, input: Size | None) -> Model:
    from studio.nets.foreign.entries import open_entries
    from studio.nets.foreign.known import find_architecture, with_outputs
    from studio.nets.foreign.state_dict import find_weights

    name = name or _guess(path)
    known = find_architecture(name)
    with open_entries(path) as entries:
        architecture = with_outputs(known.architecture, entries)
    if input is not None:
        architecture = architecture.change(input=input)
    found = find_weights(path, architecture)
    said = (f"architecture {name}", *found.notes)
    return _model(path, architecture, found.weights, said, notes, known.card)


def _guess(path: Path) -> str:
    from studio.nets.foreign.known import architectures_that_fit

    found = architectures_that_fit(path)
    if len(found) == 1:
        return found[0]
    name = printable(path.name)
    card = printable(path.with_suffix(CARD_SUFFIX).name)
    if found:
        listed = ", ".join(found)
        raise ModelError(
            f"{name} holds weights that fit several architectures: {listed}",
            f"Say which with --architecture NAME, or as architecture in {card} beside it",
        )
    raise ModelError(
        f"there is no model card {card}, and the weights in {name} fit no known architecture",
        f"Say which it is with --architecture NAME, or as architecture in {card} beside it",
    )


def _model(
    path: Path,
    architecture: Architecture,
    weights: Weights,
    said: tuple[str, ...],
    notes: Notes,
    card: Card | None = None,
) -> Model:
    from studio.nets.foreign.known import numbered

    name = printable(path.name)
    try:
        rows = architecture.table()
        answers = rows[-1].output.values if rows else 0
        classes = notes.classes or architecture.classes or numbered(answers)
        architecture = architecture.change(classes=classes)
        architecture.check()
        return Model(
            Card.build(
                {
                    "name": printable(path.stem),
                    "title": notes.title or name,
                    "network": architecture,
                    "preprocessing": notes.preprocessing or _preprocessing(architecture, card),
                    "trained": Trained(text=f"Read from {name}: {'; '.join(said)}"),
                }
            ),
            weights,
        )
    except StudioError as error:
        raise ModelError(f"{name}: {error.message}", error.remedy) from None


def _preprocessing(architecture: Architecture, card: Card | None) -> Preprocessing:
    """That of the model with the same network, or pixels from 0 to 1."""
    channels, height, width = architecture.input
    if card is not None and card.preprocessing.output == architecture.input:
        return card.preprocessing
    return Preprocessing.build(
        {
            "size": (height, width),
            "channels": channels,
            "mean": (0.0,) * channels,
            "std": (1.0,) * channels,
        }
    )


def _read_notes(path: Path) -> Notes:
    beside = path.with_suffix(CARD_SUFFIX)
    try:
        is_there = beside.is_file()
    except (OSError, ValueError):  # a name that is too long is said of the model itself
        is_there = False
    if not is_there or beside == path:
        return Notes()
    name = printable(beside.name)
    try:
        values: Any = json.loads(read_limited(beside, _LARGEST_NOTES))
        if not isinstance(values, dict):
            raise ModelError("it is no object")
        return Notes.build(values)
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{name} can't be read: {error}") from None
    except StudioError as error:
        raise ModelError(f"{name}: {error.message}", error.remedy) from None
