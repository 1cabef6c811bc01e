"""A trained network: its weights in a safetensors file, and a card that says what they are."""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NoReturn, Self

from pydantic import Discriminator, Tag, ValidationError, model_validator

from studio import paths
from studio.declare import Declared, option
from studio.errors import ModelError, NetworkError, StudioError
from studio.image.read import printable
from studio.image.whole_file import write_together
from studio.nets.foreign.program import Program
from studio.nets.network import Network
from studio.nets.preprocess import Preprocessing
from studio.nets.published import Published, published
from studio.nets.weights import Weights, pack_weights, read_limited, read_weights

if TYPE_CHECKING:
    from torch import nn

    from studio.nets.steps import Steps

TORCHVISION = "torchvision:"  # before the name of a published network
UNTRAINED = "untrained"
WEIGHTS_SUFFIX, CARD_SUFFIX = ".safetensors", ".json"
_FORMAT = 1
_LARGEST_CARD = 2**20  # bytes


class Trained(Declared):
    """How the weights came about."""

    data: str = option("", "Data", "The data set it was trained on.")
    settings: dict[str, Any] = option({}, "Settings", "The training settings.")
    command: str = option("", "Command", "The command that makes it again.")
    text: str = option("", "How", "Anything else worth knowing, in words.")


def _sort_of_network(value: Any) -> str:
    """A published network names its architecture, a program its steps, any other its layers."""
    sorts = (("published", "architecture", Published), ("program", "steps", Program))
    for sort, key, kind in sorts:
        if key in value if isinstance(value, dict) else isinstance(value, kind):
            return sort
    return "layers"


AnyNetwork = Annotated[
    Annotated[Network, Tag("layers")]
    | Annotated[Published, Tag("published")]
    | Annotated[Program, Tag("program")],
    Discriminator(_sort_of_network),
]


class Card(Declared):
    """What a file of weights is."""

    format: Literal[1] = option(1, "Format", "Version of this card's format.")
    name: str = option("model", "Name", "A short name, used in commands and files.")
    title: str = option("Model", "Title", "The name as people read it.")
    network: AnyNetwork = option(
        Network(), "Network", "The layers, or a published architecture, and the classes."
    )
    preprocessing: Preprocessing = option(
        Preprocessing(), "Preprocessing", "How a picture becomes the network's input."
    )
    trained: Trained = option(Trained(), "Trained", "How the weights came about.")
    test_accuracy: float | None = option(
        None, "Test accuracy", "Share of right answers on pictures it never saw.", low=0.0, high=1.0
    )
    test_data: str = option("", "Test data", "The pictures that the accuracy was measured on.")
    sha256: str = option("", "SHA-256", "Of the file of weights; filled in when it is saved.")
    created: str = option("", "Created", "When it was trained, an ISO date.")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.network.input != self.preprocessing.output:
            raise ValueError(
                f"the preprocessing gives {self.preprocessing.output}, "
                f"the network takes {self.network.input}"
            )
        return self

    @property
    def classes(self) -> tuple[str, ...]:
        return self.network.classes


@dataclass(frozen=True, eq=False)
class Model:
    """A card and the arrays of the torch module's ``state_dict`` by name."""

    card: Card
    weights: Weights

    def module(self, device: str = "cpu", shared: bool = False) -> "nn.Module":
        """A new torch module with these weights, in evaluation mode.

        Torch's random generator is left alone.

        Parameters
        ----------
        shared : bool
            Use the very arrays of `weights` where they can be, so that a large model needs its
            memory once; the module must not be trained then.
        """
        import torch

        from studio.nets.without_weights import WithoutWeights

        with WithoutWeights():
            module = self.card.network.module()
        state = module.state_dict()  # it also says which version of their layers the weights are of
        for name in state.keys() - self.weights.keys():
            del state[name]
        for name, array in self.weights.items():
            is_shared = shared and array.flags.writeable
            state[name] = torch.from_numpy(array) if is_shared else torch.tensor(array)
        module.load_state_dict(state, strict=True, assign=True)
        return module.eval().to(device)

    def steps(self, device: str = "cpu", shared: bool = False) -> "Steps":
        """The same, taken apart into the steps that the network's table names."""
        from studio.nets.steps import Steps

        return Steps(self.module(device, shared))


def save_model(model: Model, path: str | Path) -> Path:
    """Write ``NAME.safetensors`` and ``NAME.json``, and return the path of the first.

    Both are written before either is replaced. Weights and a card that don't belong together,
    after an interruption at that very moment, are refused by `load_model`.

    Raises
    ------
    ModelError
        When the weights are not those of the network or not finite, or can't be written.
    """
    weights_path, card_path = model_files(path)
    data, sha256 = pack_weights(model.weights, model.card.network.state(), weights_path.name)
    card = model.card.change(sha256=sha256)
    text = json.dumps(card.model_dump(mode="json"), indent=2, ensure_ascii=False, allow_nan=False)
    try:
        write_together({weights_path: data, card_path: f"{text}\n".encode()})
    except StudioError as error:
        raise ModelError(error.message, error.remedy) from error
    return weights_path


def load_model(
    name_or_path: str | Path,
    progress: Callable[[float | None], None] | None = None,
    architecture: str | None = None,
) -> Model:
    """A bundled model by its name, one from a file or a run's folder, or one of torchvision.

    Parameters
    ----------
    name_or_path
        A bundled model's name; either of a model's two files, with or without the ending; a
        folder that holds ``model.json``; or ``torchvision:NAME`` or ``torchvision:NAME:WEIGHTS``,
        whose weights are downloaded unless they are there (``untrained`` needs none).
    progress : callable, optional
        Given the share that has been downloaded, or None while nobody can tell.
    architecture : str, optional
        The network that the weights in a file are for, where no card says it; see
        `studio.nets.opening.open_model`, which reads files of other kinds.

    Raises
    ------
    ModelError
        When there is no such model, its files are damaged or don't belong together, or an
        `architecture` is given for one that says it itself.
    """
    if str(name_or_path).startswith(TORCHVISION):
        if architecture is not None:
            raise says_its_network(str(name_or_path))
        return _load_published(str(name_or_path), progress)
    foreign = _from_elsewhere(name_or_path, architecture)
    if foreign is not None:
        from studio.nets.opening import open_model

        return open_model(foreign, architecture)
    weights_path, card_path = _find(name_or_path)
    card = read_card(card_path)
    if architecture is not None:
        raise says_its_network(str(name_or_path))
    try:
        expected = card.network.state()
    except StudioError as error:
        raise ModelError(f"{card_path.name}: {error.message}", error.remedy) from None
    return Model(card, read_weights(weights_path, expected, card.sha256))


def _load_published(reference: str, progress: Callable[[float | None], None] | None) -> Model:
    """What ``torchvision:NAME`` or ``torchvision:NAME:WEIGHTS`` means."""
    from studio.nets.published_offers import DEFAULT, offer
    from studio.nets.published_weights import load_published
    from studio.nets.untrained import untrained

    name, _, weights = reference.removeprefix(TORCHVISION).partition(":")
    try:
        if weights == UNTRAINED:
            return untrained(published(name).change(classes=offer(name).classes))
        return load_published(name, weights or DEFAULT, progress)
    except NetworkError as error:
        raise ModelError(error.message, error.remedy) from None


def says_its_network(name: str) -> ModelError:
    """Why no architecture can be given for a model."""
    return ModelError(
        f"{printable(name)} says itself which network it is",
        "Leave the architecture out: it is for weights from elsewhere",
    )


def model_files(path: str | Path) -> tuple[Path, Path]:
    """The files of weights and card, from either of them or from the name without an ending."""
    path = Path(path)
    stem = path.stem if path.suffix in (WEIGHTS_SUFFIX, CARD_SUFFIX) else path.name
    return path.with_name(stem + WEIGHTS_SUFFIX), path.with_name(stem + CARD_SUFFIX)


def read_card(path: Path) -> Card:
    """The card in a JSON file.

    Raises
    ------
    ModelError
        When the file is missing, or is no card.
    """
    if not os.path.isfile(path):
        raise ModelError(f"there is no model card {path}", "A model is a .safetensors and a .json")
    try:
        text = read_limited(path, _LARGEST_CARD).decode()
        values = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{path.name} is not a model card: {error}") from None
    if not isinstance(values, dict) or "network" not in values:
        raise ModelError(f"{path.name} is not a model card: it names no network")
    if values.get("format") != _FORMAT:
        raise ModelError(
            f"{path.name} is a card of format {values.get('format')!r}, not {_FORMAT}",
            "It may come from a newer studio: update this one",
        )
    try:
        return Card(**values)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = [str(part) for part in first["loc"]]
        if place[:1] == ["network"]:
            del place[1:2]  # which sort of network it was taken for
        where = ".".join(place) or "card"
        raise ModelError(f"{path.name} is not a model card: {where}: {first['msg']}") from None
    except StudioError as error:
        raise ModelError(f"{path.name}: {error.message}", error.remedy) from None


def bundled() -> tuple[Card, ...]:
    """The cards of the models that come with the studio, by name."""
    return tuple(read_card(paths.MODELS / f"{name}{CARD_SUFFIX}") for name in _bundled_names())


def _bundled_names() -> list[str]:
    return sorted(path.stem for path in paths.MODELS.glob(f"*{CARD_SUFFIX}"))


def _from_elsewhere(name_or_path: str | Path, architecture: str | None) -> Path | None:
    """The path of a file that is not one of a pair of weights and card."""
    path = Path(name_or_path)
    if name_or_path in _bundled_names() or not os.path.lexists(path) or os.path.isdir(path):
        return None
    if path.suffix == CARD_SUFFIX:
        return None
    has_card = path.suffix == WEIGHTS_SUFFIX and os.path.exists(path.with_suffix(CARD_SUFFIX))
    return None if has_card and architecture is None else path


def _find(name_or_path: str | Path) -> tuple[Path, Path]:
    names = _bundled_names()
    if name_or_path in names:
        return model_files(paths.MODELS / name_or_path)
    path = Path(name_or_path)
    if not path.name:
        path = path.resolve()
    try:
        if path.is_dir():
            return model_files(path / "model")
        pair = model_files(path)
        if any(part.exists() for part in (path, *pair)):
            return pair
    except OSError as error:
        raise ModelError(f"{name_or_path} can't be read: {error.strerror or error}") from None
    raise ModelError(
        f"there is no model {str(name_or_path)!r}",
        f"The bundled models are: {', '.join(names) or 'none'}; or give a {WEIGHTS_SUFFIX} file",
    )


def _refuse_constant(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number")
