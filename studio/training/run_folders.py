"""Where the window keeps runs: one folder each, named after day, number and run."""

import itertools
import json
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from studio import paths
from studio.errors import StudioError, TrainingError
from studio.json_file import read_json, write_json
from studio.training.experiment_plan import slug
from studio.training.kept import CHECKPOINT, FORMAT, RUN, is_going_on
from studio.training.run import RESULT
from studio.training.settings import TrainSettings

_NUMBERED = re.compile(r"\d{4}-\d\d-\d\d-(\d+)")


def home() -> Path:
    """The folder that holds them."""
    return paths.data() / "runs"


def new_folder(title: str) -> Path:
    """Make an empty folder for a run, such as ``2026-03-01-004-lenet-5-on-glyphs``.

    Raises
    ------
    TrainingError
        When it can't be made.
    """
    folder = home()
    day = datetime.now().astimezone().date().isoformat()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        while True:
            number = 1 + max(map(_number, folder.glob(f"{day}-*")), default=0)
            made = folder / f"{day}-{number:03d}-{slug(title)}".rstrip("-")
            try:
                made.mkdir()
            except FileExistsError:  # another window was quicker
                continue
            return made
    except OSError as error:
        raise TrainingError(
            f"the run can't be kept: the folder {folder} can't be written to: {error.strerror}",
            "Make room, or make the folder writable, then start again",
        ) from None


@dataclass(frozen=True)
class Summary:
    """What can be said of a kept run without reading its curves or weights.

    Attributes
    ----------
    title : str
        Its name, or the network and the data.
    epochs, planned : int
        Whole epochs, and how many there are to be.
    best : float, optional
        The best validation accuracy.
    begun : str
        Date and time (ISO 8601), when it was last started.
    """

    folder: Path
    title: str
    state: str
    epochs: int
    planned: int
    best: float | None
    begun: str


def summary(folder: Path) -> Summary | None:
    """What a folder says of its run; None where there is none that can be read."""
    try:
        about = _about(folder)
        settings = TrainSettings.build(about.get("settings"))
        found = folder / RESULT
        epochs = json.loads(found.read_bytes())["epochs"] if found.is_file() else []
        best = max((float(one["validation_accuracy"]) for one in epochs), default=None)
    except (StudioError, OSError, ValueError, KeyError, TypeError):
        return None
    state = "interrupted" if was_cut_off(folder) else str(about.get("state", ""))
    title = str(about.get("name", "")) or f"{settings.network}, {settings.data}"
    begun = str(about.get("begun", ""))
    return Summary(folder, title, state, len(epochs), settings.epochs, best, begun)


def recent(most: int = 20) -> tuple[Summary, ...]:
    """The newest runs that the window keeps and that took a step, the newest first."""
    folders = sorted(home().glob("*"), key=lambda folder: folder.name, reverse=True)
    found = (summary(folder) for folder in folders if (folder / CHECKPOINT).is_file())
    return tuple(itertools.islice((one for one in found if one is not None), most))


def rename(folder: Path, name: str) -> None:
    """Give a kept run another name; also while it goes on.

    Raises
    ------
    DocumentError
        When there is no run, or its folder can't be written to.
    """
    about = _about(folder)
    if about.get("name") != name:
        write_json({**about, "name": name}, folder / RUN)


def _about(folder: Path) -> dict[str, Any]:
    return read_json(folder / RUN, FORMAT, "a run of the studio")


def was_cut_off(folder: Path) -> bool:
    """Whether a run neither came to an end nor was stopped, and nobody trains it now."""
    try:
        about = _about(folder)
    except StudioError:
        return False
    return about.get("state") == "running" and not is_going_on(folder)


def _number(folder: Path) -> int:
    found = _NUMBERED.match(folder.name)
    return int(found[1]) if found else 0
