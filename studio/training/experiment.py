"""Experiments as TOML files, those of the course among them."""

import difflib
import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from studio import paths
from studio.errors import DocumentError, SettingError, StudioError
from studio.image.read import printable
from studio.image.whole_file import write_bytes
from studio.training.experiment_plan import (
    Experiment,
    NamedRun,
    PlannedRun,
    Range,
    parse_values,
    slug,
)

__all__ = [
    "EXPERIMENTS",
    "Experiment",
    "PlannedRun",
    "experiment_text",
    "find_experiment",
    "load_experiment",
    "parse_values",
    "save_experiment",
    "slug",
]

FOLDER = paths.RESOURCES / "experiments"
ENDING = ".toml"

_LARGEST = 2**20  # bytes of a file
_PLAIN = ("title", "summary", "draws")  # what stands before the first table
_TABLES = ("settings", "draw", "figures")
_DRAWS = 10  # where ranges are given, and no number of draws
_SOURCE = "source"  # of the figures, among them


def load_experiment(path: str | Path) -> Experiment:
    """Read an experiment, and check all of its runs.

    A relative `folder` in its settings is one beside the file.

    Raises
    ------
    DocumentError
        When the file can't be read or is no TOML.
    SettingError
        Naming the file, the field, its value and what is allowed.
    """
    path = Path(path)
    name = printable(path.name)
    values = _read(path, name)
    try:
        experiment = _experiment(path.stem, values)
        experiment = _beside(experiment, path.parent)
        planned = {run.name for run in experiment.runs()}
        for unknown in experiment.figures.keys() - planned:
            raise SettingError(
                f"figures has '{unknown}', which is no run", f"The runs are: {'; '.join(planned)}"
            )
    except SettingError as error:
        raise SettingError(f"{name}: {error.message}", error.remedy, error.field) from None
    return experiment


def _read(path: Path, name: str) -> dict[str, Any]:
    try:
        if not path.is_file():
            raise DocumentError(f"there is no file {printable(str(path))}")
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
        if len(data) > _LARGEST:
            raise DocumentError(f"{name} is too large to be an experiment")
        return tomllib.loads(data.decode())
    except RecursionError:
        raise DocumentError(f"{name} can't be read as TOML: it is nested too deeply") from None
    except (OSError, ValueError) as error:  # ValueError: no UTF-8, no TOML, a name with a null
        reason = getattr(error, "strerror", None) or str(error)
        raise DocumentError(f"{name} can't be read as TOML: {reason}") from None


def _experiment(name: str, values: Mapping[str, Any]) -> Experiment:
    known = (*_PLAIN, *_TABLES, "runs")
    for key in values.keys() - {*known}:
        raise SettingError(f"there is no '{key}'", f"A file has: {', '.join(known)}", key)
    tables = {key: _table(key, values.get(key, {})) for key in _TABLES}
    runs = values.get("runs", [])
    if not isinstance(runs, list) or not all(isinstance(run, dict) for run in runs):
        raise SettingError("runs can't be that", "Begin each run with a line [[runs]]", "runs")
    for key in ("title", "summary"):
        if not isinstance(values.get(key, ""), str):
            raise SettingError(f"{key} can't be {values[key]!r}", "It must be text", key)
    settings, vary = _split(tables["settings"])
    figures = dict(tables["figures"])
    for key, figure in figures.items():
        if not isinstance(figure, str):
            raise SettingError(f"figures: {key} can't be {figure!r}", "It must be text", key)
    return Experiment.build(
        {
            "name": name,
            "title": values.get("title", name),
            "summary": values.get("summary", ""),
            "draws": values.get("draws", _DRAWS if tables["draw"] else 0),
            "settings": settings,
            "vary": vary,
            "draw": {key: _range(key, one) for key, one in tables["draw"].items()},
            "named": tuple(_named(run) for run in runs),
            "figures_source": figures.pop(_SOURCE, ""),
            "figures": figures,
        }
    )


def _table(name: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise SettingError(f"{name} can't be {value!r}", f"Begin with a line [{name}]", name)
    return value


def _range(name: str, value: Any) -> Range:
    if not isinstance(value, dict) or not {"low", "high"} <= value.keys():
        raise SettingError(
            f"draw: {name} can't be {value!r}",
            "It must be such as { low = 0.001, high = 1, logarithmic = true }",
            name,
        )
    try:
        return Range.build(value)
    except SettingError as error:
        raise SettingError(f"draw: {name}: {error.message}", error.remedy, name) from None


def _named(values: Mapping[str, Any]) -> NamedRun:
    own = {key: value for key, value in values.items() if key not in ("name", "builds_on")}
    settings, vary = _split(own)
    head = {key: values[key] for key in ("name", "builds_on") if key in values}
    return NamedRun.build({**head, "settings": settings, "vary": vary})


def _split(values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, tuple[Any, ...]]]:
    """Those with one value, and those with several."""
    single, several = {}, {}
    for name, value in values.items():
        if not isinstance(value, list):
            single[name] = value
            continue
        if not value:
            raise SettingError(f"{name} has no value", "Name at least one", name)
        if any(one in value[:place] for place, one in enumerate(value)):
            raise SettingError(f"{name} has a value twice", "Give each value once", name)
        several[name] = tuple(value)
    return single, several


def _beside(experiment: Experiment, place: Path) -> Experiment:
    folder = experiment.settings.get("folder")
    if not isinstance(folder, str) or not folder:
        return experiment
    whole = str((place / Path(folder).expanduser()).resolve())
    return experiment.change(settings={**experiment.settings, "folder": whole})


def experiment_text(experiment: Experiment) -> str:
    """An experiment as TOML, which `load_experiment` reads back to the same."""
    lines = [f"{name} = {_toml(getattr(experiment, name))}" for name in ("title", "summary")]
    if experiment.draws:
        lines.append(f"draws = {experiment.draws}")
    lines += ["", "[settings]"]
    lines += _lines({**experiment.settings, **experiment.vary})
    if experiment.draw:
        lines += ["", "[draw]"]
        lines += _lines({name: span.model_dump() for name, span in experiment.draw.items()})
    for run in experiment.named:
        lines += ["", "[[runs]]", f"name = {_toml(run.name)}"]
        lines += ["builds_on = true"] if run.builds_on else []
        lines += _lines({**run.settings, **run.vary})
    figures = dict(experiment.figures)
    if figures:
        lines += ["", "[figures]", *_lines({_SOURCE: experiment.figures_source, **figures})]
    return "\n".join(lines) + "\n"


def save_experiment(experiment: Experiment, path: str | Path) -> None:
    """Write an experiment's file, whole or not at all.

    Raises
    ------
    DocumentError
        When it can't be written; an older file stays as it was.
    """
    try:
        write_bytes(experiment_text(experiment).encode(), path)
    except StudioError as error:
        raise DocumentError(error.message, error.remedy) from error


def _lines(values: Mapping[str, Any]) -> list[str]:
    return [f"{_key(name)} = {_toml(value)}" for name, value in values.items()]


def _key(name: str) -> str:
    return name if name.isidentifier() and name.isascii() else _toml(name)


def _toml(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(_lines(value)) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_toml, value)) + "]"
    # JSON's strings, numbers and true and false are TOML's, but for the character DEL.
    return json.dumps(value, ensure_ascii=False, allow_nan=False).replace("\x7f", "\\u007f")


# Those of the course, by their names.
EXPERIMENTS = {path.stem: load_experiment(path) for path in sorted(FOLDER.glob(f"*{ENDING}"))}


def find_experiment(name: str) -> Experiment:
    """The experiment in a file, or the course's of that name.

    Raises
    ------
    DocumentError, SettingError
        When there is none, or it is wrong.
    """
    if name in EXPERIMENTS:
        return EXPERIMENTS[name]
    if name.endswith(ENDING):
        return load_experiment(name)
    known = ", ".join(difflib.get_close_matches(name, EXPERIMENTS) or EXPERIMENTS)
    raise DocumentError(
        f"there is no experiment '{printable(name)}'",
        f"The course has: {known}; or name a file that ends in {ENDING}",
    )
