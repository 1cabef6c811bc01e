"""The work of each command: the parsed arguments in, the exit status out."""

import argparse
import functools
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from studio.console import MovingLine, Progress, complain, print_json, print_table
from studio.declare import Option, options
from studio.errors import ModelError, NetworkError, PictureError, SettingError, StudioError
from studio.insight.answers import percent

BAD_INPUT = 2
INTERRUPTED = 130


def run_describe(given: argparse.Namespace) -> int:
    """Print the table of a network."""
    from studio.nets.describe import describe, parse_size
    from studio.nets.published import Published

    network = _find_network(given.network)
    size = parse_size(given.input) if given.input is not None else None
    if size is not None and isinstance(network, Published):
        network, size = network.change(input=size), None  # some are made for one size only
    table = describe(network, size)
    if given.json:
        print_json(table)
        return 0
    print(f"{table['title']}, input {' × '.join(map(str, table['input']))}")
    rows = [["layer", "output", "weights", "multiply-adds", "field", "stride"]]
    for layer in table["layers"]:
        rows.append(
            [
                layer["name"],
                "×".join(map(str, layer["output"])),
                f"{layer['weights']:,}" if layer["weights"] else "",
                f"{layer['multiply_adds']:,}" if layer["multiply_adds"] else "",
                "×".join(map(str, layer["receptive_field"])),
                "×".join(map(str, layer["stride"])),
            ]
        )
    print_table(rows, left=1)
    print(f"{table['weights']:,} weights, {table['multiply_adds']:,} multiply-adds")
    return 0


def _find_network(name: str) -> Any:
    """A network of the zoo, of torchvision or of a file, or the network of a model."""
    from studio.nets.model import TORCHVISION, load_model
    from studio.nets.network_file import load_network
    from studio.nets.published import PUBLISHED, published
    from studio.nets.zoo import NETWORKS, network

    if name in NETWORKS:
        return NETWORKS[name]
    if name in PUBLISHED or name.startswith(TORCHVISION):
        return published(name.removeprefix(TORCHVISION).partition(":")[0])
    if name.lower().endswith(".json") and os.path.isfile(name):
        weights = f"{name[: -len('.json')]}.safetensors"
        if not os.path.exists(weights):  # else it is a model's card
            return load_network(name)
    if any(map(os.path.exists, (name, f"{name}.json"))) or name in {
        card.name for card in _bundled()
    }:
        return load_model(name).card.network
    try:
        return network(name)
    except NetworkError as error:
        remedy = f"{error.remedy}; or one from: studio list published"
        raise NetworkError(error.message, remedy) from None


def open_model(name: str, architecture: str | None = None) -> Any:
    """The model that a command names; a download is shown on stderr."""
    from studio.nets.model import load_model

    line = MovingLine(sys.stderr)

    def show(fraction: float | None) -> None:
        done = "" if fraction is None else f" {100 * fraction:.0f} %"
        line.move(f"Getting {name}{done}")

    try:
        return load_model(name, show, architecture)
    finally:
        line.clear()


def run_features(given: argparse.Namespace) -> int:
    """Write one sheet of feature maps for each layer."""
    from studio.image.read import read_picture
    from studio.insight.maps import feature_maps
    from studio.insight.sheet import write_sheets

    model = open_model(given.model, given.architecture)
    picture = read_picture(given.picture)
    names = [row.name for row in model.card.network.table()]
    if given.layer is not None and given.layer not in names:
        raise SettingError(
            f"{given.model} has no layer '{given.layer}'", f"Its layers are: {', '.join(names)}"
        )
    maps = feature_maps(model, model.card.preprocessing.apply(picture))
    wrong = next((name for name, values in maps.items() if not np.isfinite(values).all()), None)
    if wrong:
        raise ModelError(f"{given.model} gives values at {wrong} that are not finite")
    make_folder(given.out)
    for target in write_sheets(maps, given.out, given.layer):
        print(target)
    return 0


def take_own_network(given: argparse.Namespace) -> Any:
    """The network of the file that --network names, or None; the setting is changed to ``own``."""
    from studio.nets.network_file import load_network
    from studio.training.settings import OWN_NETWORK

    name = getattr(given, "set_network", "")
    if not name.lower().endswith(".json"):
        return None
    given.set_network = OWN_NETWORK
    return load_network(name)


def run_train(given: argparse.Namespace) -> int:
    """Train, show the progress, and leave a run folder."""
    from studio.training.engine import train
    from studio.training.history import History
    from studio.training.run import make_model, save_run

    make_folder(given.out)
    history = History()
    show = Progress(sys.stderr)
    try:
        for event in train(given.settings, given.data_root, network=given.own_network):
            history.add(event)
            show(event)
    except KeyboardInterrupt:
        if history.epochs and history.weights:
            save_run(given.out, history, make_model(given.settings, history))
            whole, asked = len(history.epochs), given.settings.epochs
            complain(f"interrupted; {given.out} keeps the model after epoch {whole} of {asked}")
            return INTERRUPTED
        raise
    save_run(given.out, history, make_model(given.settings, history))
    print(f"{given.out}: test accuracy {100 * history.epochs[-1].test_accuracy:.2f} %")
    return 0


def run_classify(given: argparse.Namespace) -> int:
    """Print the likeliest classes of each picture."""
    from studio.image.read import read_picture
    from studio.insight.gallery import Answered, Unreadable, answer_pictures

    if given.top < 1:
        raise SettingError(f"--top can't be {given.top}", "It must be at least 1")
    model = open_model(given.model, given.architecture)
    paths = expand(given.paths)
    results: list[dict[str, Any]] = [{"path": str(path)} for path in paths]
    readers = (functools.partial(read_picture, path) for path in paths)
    for event in answer_pictures(model, readers, top=given.top):
        if isinstance(event, Unreadable):
            results[event.number]["error"] = str(event.error)
        elif isinstance(event, Answered):
            results[event.number]["answers"] = [
                {"class": answer.class_name, "probability": answer.probability}
                for answer in event.answers
            ]
    if given.json:
        print_json(results)
    else:
        _print_answers(results)
    return 0 if any("answers" in result for result in results) else BAD_INPUT


def _print_answers(results: list[dict[str, Any]]) -> None:
    for entry in results:
        if "error" in entry:
            complain(f"{entry['path']}: {entry['error']}")
            continue
        named = (f"{a['class']} {percent(a['probability'])}" for a in entry["answers"])
        print(f"{entry['path']}: {', '.join(named)}")


def expand(given: Sequence[str]) -> list[Path]:
    """The picture files meant by files and folders.

    Raises
    ------
    PictureError
        When there is none.
    """
    from studio.image.read import picture_paths

    found = picture_paths([Path(path) for path in given])
    if not found:
        raise PictureError(f"there is no picture in {', '.join(given)}")
    return found


def make_folder(folder: Path) -> None:
    """Make a folder, or see now, before the work, that nothing can be written there.

    Raises
    ------
    StudioError
        When it can't be made or written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise StudioError(f"{folder} can't be a folder: there is a file of that name") from None
    except OSError as refusal:
        raise StudioError(f"the folder {folder} can't be made: {refusal.strerror}") from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise StudioError(f"the folder {folder} can't be written to", "Name another")


# What there is


def _list_filters() -> list[dict[str, Any]]:
    from studio.filters import FILTERS

    return [
        {
            "name": kind,
            "title": declared.title,
            "summary": declared.summary,
            "settings": [
                {"name": item.name, "default": default_text(item), "allowed": _allowed(item)}
                for item in options(declared)
            ],
        }
        for kind, declared in FILTERS.items()
    ]


def default_text(item: Option) -> str:
    """The default of an option, as a person would type it."""
    from studio.filters.kernel import kernel_text
    from studio.filters.presets import PRESETS

    match item.kind:
        case "kernel":
            presets = (name for name, one in PRESETS.items() if one.kernel == item.default)
            return next(presets, None) or kernel_text(item.default)
        case "switch":
            return "yes" if item.default else "no"
        case "number":
            return f"{item.default:g}"
    return str(item.default)


def _allowed(item: Option) -> str:
    from studio.filters.kernel import kernel_help

    return kernel_help() if item.kind == "kernel" else item.allowed


def _list_networks() -> list[dict[str, Any]]:
    from studio.nets.zoo import NETWORKS

    return [
        {
            "name": name,
            "title": network.title,
            "summary": f"{network.summary} {network.weights:,} weights.",
            "weights": network.weights,
        }
        for name, network in NETWORKS.items()
    ]


def _list_published() -> list[dict[str, Any]]:
    from studio.nets.published_names import KNOWN

    return [
        {
            "name": name,
            "title": known.title,
            "summary": f"{known.weights:,} weights, pictures of {known.side} × {known.side}",
            "weights": known.weights,
        }
        for name, known in KNOWN.items()
    ]


def _list_models() -> list[dict[str, Any]]:
    return [
        {
            "name": card.name,
            "title": card.title,
            "summary": f"{len(card.classes)} classes, test accuracy {percent(card.test_accuracy)} "
            f"on {card.test_data}",
            "classes": list(card.classes),
            "test_accuracy": card.test_accuracy,
        }
        for card in _bundled()
    ]


def _list_datasets() -> list[dict[str, Any]]:
    from studio.data import DATASETS

    return [
        {
            "name": kind,
            "title": declared.title,
            "summary": declared.summary,
            "classes": list(declared.classes),
        }
        for kind, declared in DATASETS.items()
    ]


def _list_methods() -> list[dict[str, Any]]:
    from studio.insight.attribution import METHODS

    return [
        {
            "name": kind,
            "title": declared.title,
            "summary": declared.summary,
            "formula": declared.formula,
            "source": declared.source,
        }
        for kind, declared in METHODS.items()
    ]


def _bundled() -> Iterable[Any]:
    from studio.nets.model import bundled

    return bundled()


LISTS: dict[str, Callable[[], list[dict[str, Any]]]] = {
    "filters": _list_filters,
    "networks": _list_networks,
    "published": _list_published,
    "models": _list_models,
    "datasets": _list_datasets,
    "methods": _list_methods,
}


def run_list(given: argparse.Namespace) -> int:
    """Print what is registered."""
    found = LISTS[given.what]()
    if given.json:
        print_json(found)
        return 0
    print_table([[item["name"], item["title"], item["summary"]] for item in found], left=3)
    return 0
