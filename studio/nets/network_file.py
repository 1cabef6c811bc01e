"""A network in a JSON file of its own: its layers, without weights."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from studio.errors import DocumentError, NetworkError, SettingError
from studio.image.read import printable
from studio.json_file import read_json, write_json
from studio.nets.network import LARGEST_SIDE, Network

MOST_LAYERS = 1000

_FORMAT = 1
_REMEDIES = {
    "input": f"It must be channels, rows and columns: three whole numbers, 1 to {LARGEST_SIDE}",
    "classes": "They must be a list of names",
}


def save_network(network: Network, path: str | Path) -> None:
    """Write a network's file, whole or not at all.

    Raises
    ------
    DocumentError
        When it can't be written; an older file stays as it was.
    """
    write_json({"format": _FORMAT, **network.model_dump(mode="json")}, path)


def load_network(path: str | Path) -> Network:
    """Read a network's file, or the network of a document's or a model card's file.

    Raises
    ------
    DocumentError
        Naming the file and, where one is wrong, the layer and its setting.
    """
    name = printable(Path(path).name)
    values = read_json(path, _FORMAT, "a network")
    if "layers" not in values and "network" in values:
        values = values["network"]
        if values is None:
            raise DocumentError(f"{name} is a document without a network of its own")
    if not isinstance(values, dict) or "layers" not in values:
        raise DocumentError(f"{name} is not a network: it has no layers")
    values.pop("format", None)
    try:
        return network_from(values)
    except NetworkError as error:
        raise DocumentError(f"{name}: {error.message}", error.remedy) from None


def network_from(values: Mapping[str, Any]) -> Network:
    """The network that a file's values describe; its layers need not fit together.

    Raises
    ------
    NetworkError
        Naming the layer and its setting, or what else is wrong.
    """
    layers = values.get("layers")
    if isinstance(layers, list) and len(layers) > MOST_LAYERS:
        raise NetworkError(f"{len(layers):,} layers are too many, {MOST_LAYERS:,} are the most")
    try:
        return Network.build(values)
    except SettingError as error:
        remedy = _REMEDIES.get(error.field, error.remedy)
        raise NetworkError(error.message, remedy) from None
