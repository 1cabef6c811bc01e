"""The work of each command: the parsed arguments in, the exit status out."""

import argparse
import contextlib
import functools
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from studio.console import MovingLine, Progress, complain, plain, print_json, print_table
from studio.errors import ModelError, NetworkError, PictureError, SettingError, StudioError
from studio.insight.answers import percent

BAD_INPUT = 2
INTERRUPTED = 130


def run_describe(given: argparse.Namespace) -> int:
    """Print the table of a network."""
    from studio.nets.describe import describe, parse_size
    from studio.nets.published import Published

    network = _find_network(given.network, given.architecture)
    size = parse_size(given.input) if given.input is not None else None
    if size is not None and isinstance(network, Published):
        network, size = network.change(input=size), None  # some are made for one size only
    table = describe(network, size)
    if given.json:
        print_json(table)
        return 0
    print(plain(f"{table['title']}, input {' × '.join(map(str, table['input']))}"))
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


def _find_network(name: str, architecture: str | None) -> Any:
    """A network of the zoo, of torchvision or of a file, or the network of a model."""
    from studio.nets.model import TORCHVISION, UNTRAINED, bundled, load_model
    from studio.nets.network_file import load_network
    from studio.nets.published import PUBLISHED, published
    from studio.nets.zoo import NETWORKS, network

    if architecture is not None:
        return load_model(name, architecture=architecture).card.network
    if name in NETWORKS:
        return NETWORKS[name]
    if name in PUBLISHED or name.startswith(TORCHVISION):
        known, _, weights = name.removeprefix(TORCHVISION).partition(":")
        if weights not in ("", UNTRAINED):
            from studio.nets.published_offers import offer

            offer(known, weights)  # the table is that of the network; wrong weights are said
        return published(known)
    if name.lower().endswith(".json") and os.path.isfile(name):
        weights = f"{name[: -len('.json')]}.safetensors"
        if not os.path.exists(weights):  # else it is a model's card
            return load_network(name)
    if any(map(os.path.exists, (name, f"{name}.json"))) or name in {
        card.name for card in bundled()
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
    with folder_for(given.out):
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
    with folder_for(given.out):
        return _train(given)


def _train(given: argparse.Namespace) -> int:
    from studio.training.engine import train
    from studio.training.history import History
    from studio.training.run import make_model, save_run

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
        print(f"{entry['path']}: {plain(', '.join(named))}")


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


@contextlib.contextmanager
def folder_for(folder: Path) -> Iterator[None]:
    """A folder that results go into; if the work fails before the first, it goes again.

    Raises
    ------
    StudioError
        When it can't be made or written to.
    """
    new = [one for one in (folder, *folder.parents) if not os.path.lexists(one)]
    try:
        make_folder(folder)
        yield
    except BaseException:
        with contextlib.suppress(OSError):  # one isn't empty, or was never made
            for one in new:
                one.rmdir()
        raise


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
