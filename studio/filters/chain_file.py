"""A chain of filters in a JSON file of its own."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from studio.errors import DocumentError, SettingError
from studio.filters.chain import Chain, Step
from studio.image.read import printable
from studio.json_file import read_json, write_json

_FORMAT = 1


def save_chain(chain: Chain, path: str | Path) -> None:
    """Write a chain's file, whole or not at all.

    Raises
    ------
    DocumentError
        When it can't be written; an older file stays as it was.
    """
    write_json({"format": _FORMAT, **chain.model_dump(mode="json")}, path)


def load_chain(path: str | Path) -> Chain:
    """Read a chain's file, or the chain of a document's file.

    Raises
    ------
    DocumentError
        Naming the file and, where one is wrong, the step, its filter and the setting.
    """
    name = printable(Path(path).name)
    values = read_json(path, _FORMAT, "a chain of filters")
    if "steps" not in values and "chain" in values:
        values = values["chain"]
    if not isinstance(values, dict) or "steps" not in values:
        raise DocumentError(f"{name} is not a chain of filters")
    values.pop("format", None)
    try:
        return chain_from(values)
    except SettingError as error:
        raise DocumentError(f"{name}: {error.message}", error.remedy) from None


def chain_from(values: Mapping[str, Any]) -> Chain:
    """The chain that a file's values describe.

    Raises
    ------
    SettingError
        Naming the step, its filter and the setting; `step` counts from 0.
    """
    steps = values.get("steps")
    if not isinstance(steps, list):
        return Chain.build(values)
    made = []
    for place, step in enumerate(steps):
        try:
            if not isinstance(step, Mapping):
                raise SettingError(f"{step!r} is no step", "It must have a filter")
            made.append(Step.build(step))
        except SettingError as error:
            message = f"step {place + 1}: {error.message}"
            raise SettingError(message, error.remedy, error.field, place) from None
    return Chain.build({**values, "steps": tuple(made)})
