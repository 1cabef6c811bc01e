"""A set of runs in one folder: what is to be done, what is done, and how each ended."""

import json
from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from studio.data.opening import facts, open_data
from studio.data.parts import Data
from studio.data.progress import Preparing
from studio.data.settings import DataSettings
from studio.errors import StudioError, TrainingError
from studio.image.read import printable
from studio.image.whole_file import write_bytes
from studio.nets.network import Network
from studio.nets.network_file import load_network, save_network
from studio.training.advice import advise
from studio.training.building import build
from studio.training.events import Event
from studio.training.experiment import Experiment, load_experiment, save_experiment
from studio.training.experiment_plan import PlannedRun, differences
from studio.training.folder import resume_into, train_into
from studio.training.history import History
from studio.training.kept import RUN, KeptRun, read_events, read_run
from studio.training.settings import TrainSettings

EXPERIMENT, TABLE, NETWORK = "experiment.toml", "table.json", "network.json"

Ending = Literal["waiting", "running", "stopped", "done", "diverged", "failed"]

# What of the data's settings changes no picture, so that runs that differ in it share the data.
_SHARED = {"batch_size", "permute"}
_LOST = "its process ended"  # begins the word of a run that could say nothing itself


@dataclass(frozen=True, eq=False)
class Outcome:
    """How a run has ended, or how far it is.

    `best` and `last` are accuracies, 0 to 1, on the part that epochs are tested on; `test` is that
    on the test part at the end. `differs` are the settings that are not the same in all runs;
    `error` is what ended the run, `seen` what its curves show, such as ``over-fitting since epoch
    9``.
    """

    run: PlannedRun
    folder: Path
    ending: Ending
    differs: dict[str, Any]
    best: float | None = None
    last: float | None = None
    test: float | None = None
    seconds: float = 0.0
    epochs: int = 0
    error: str = ""
    seen: tuple[str, ...] = ()

    def line(self) -> dict[str, Any]:
        """Plain values, as ``table.json`` keeps them."""
        return {
            "number": self.run.number,
            "name": self.run.name,
            "folder": self.folder.name,
            "differs": self.differs,
            "ending": self.ending,
            "best": self.best,
            "last": self.last,
            "test": self.test,
            "course": self.run.figure,
            "seconds": round(self.seconds, 3),
            "epochs": self.epochs,
            "error": self.error,
            "seen": list(self.seen),
        }


@dataclass(frozen=True, eq=False)
class RunSet:
    """The runs of an experiment, each with a folder in one folder.

    Parameters
    ----------
    network : Network, optional
        What runs train whose network is ``own``.
    """

    folder: Path
    experiment: Experiment
    data_root: Path | None = None
    network: Network | None = None
    runs: tuple[PlannedRun, ...] = ()
    lost: dict[int, str] = field(default_factory=dict)  # by number, what ended a run's process

    def folder_of(self, run: PlannedRun) -> Path:
        return self.folder / run.folder_name

    def waiting(self) -> tuple[PlannedRun, ...]:
        """The runs that are not at their end."""
        over = ("done", "diverged")
        return tuple(one.run for one in self.outcomes() if one.ending not in over)

    def outcomes(self) -> tuple[Outcome, ...]:
        """How each run stands."""
        differing = differences(self.runs)
        pairs = zip(self.runs, differing, strict=True)
        return tuple(self._outcome(run, differs) for run, differs in pairs)

    def _outcome(self, run: PlannedRun, differs: dict[str, Any]) -> Outcome:
        folder = self.folder_of(run)
        lost = self.lost.get(run.number, "")
        if not (folder / RUN).is_file():
            return Outcome(run, folder, "failed" if lost else "waiting", differs, error=lost)
        try:
            kept = read_run(folder)
            history = kept_history(kept)
        except StudioError as error:
            return Outcome(run, folder, "failed", differs, error=str(error))
        words = str(kept.error or lost)
        if kept.state == "failed" and diverged(kept.error):
            ending: Ending = "diverged"
        else:
            ending = "failed" if lost else kept.state
        return Outcome(
            run=run,
            folder=folder,
            ending=ending,
            differs=differs,
            best=history.best.validation_accuracy if history.best else None,
            last=history.epochs[-1].validation_accuracy if history.epochs else None,
            test=history.finished.test_accuracy if history.finished else None,
            seconds=history.seconds,
            epochs=len(history.epochs),
            error=words if ending in ("failed", "diverged") else "",
            seen=tuple(one.words for one in advise(history) if one.is_warning),
        )

    def save_table(self) -> tuple[Outcome, ...]:
        """Write ``table.json`` anew; what it says.

        Raises
        ------
        StudioError
            When it can't be written.
        """
        outcomes = self.outcomes()
        values = {
            "title": self.experiment.title,
            "summary": self.experiment.summary,
            "data_root": str(self.data_root) if self.data_root else None,
            "course": self.experiment.figures_source,
            "runs": [one.line() for one in outcomes],
        }
        text = json.dumps(values, indent=2, ensure_ascii=False, allow_nan=False)
        write_bytes(f"{text}\n".encode(), self.folder / TABLE)
        return outcomes


def kept_history(kept: KeptRun) -> History:
    """What a run's folder tells, without its weights."""
    history = History()
    if kept.started:
        history.add(kept.started)
    for event in read_events(kept.folder):
        history.add(event)
    return history


def diverged(error: StudioError | None) -> bool:
    """Whether a run ended because its loss was no longer a number."""
    return error is not None and error.message.startswith("diverged")


def begin_set(
    folder: Path,
    experiment: Experiment,
    data_root: Path | None = None,
    network: Network | None = None,
) -> RunSet:
    """Plan the runs of an experiment in a folder, and see that each can begin.

    Raises
    ------
    StudioError
        When the folder holds runs already or can't be written to; or a run has no such data or
        network.
    """
    where = printable(str(folder))
    if (folder / EXPERIMENT).exists() or (folder / RUN).exists():
        raise TrainingError(
            f"{where} holds runs already",
            f"Go on with them: studio train --resume {where}; or name another folder",
        )
    root = data_root.resolve() if data_root else None
    planned = RunSet(folder, experiment, root, network, experiment.runs())
    for run in planned.runs:
        try:
            build(run.settings, facts(run.settings, root), network)
        except StudioError as error:
            error.message = f"run {run.number}, {run.name}: {error.message}"
            raise
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise TrainingError(f"the folder {where} can't be made: {error.strerror}") from None
    save_experiment(experiment, folder / EXPERIMENT)
    if network is not None:
        save_network(network, folder / NETWORK)
    planned.save_table()
    return planned


def open_set(folder: Path) -> RunSet:
    """The runs that `begin_set` planned.

    Raises
    ------
    StudioError
        When there are none, or a file of theirs is damaged.
    """
    where = printable(str(folder))
    if not (folder / EXPERIMENT).is_file():
        raise TrainingError(
            f"there are no runs in {where}",
            f"A run's folder holds {RUN}, that of a set of runs {EXPERIMENT}",
        )
    experiment = load_experiment(folder / EXPERIMENT)
    runs = experiment.runs()
    own = folder / NETWORK
    network = load_network(own) if own.is_file() else None
    return RunSet(folder, experiment, _data_root(folder, runs), network, runs)


def _data_root(folder: Path, runs: tuple[PlannedRun, ...]) -> Path | None:
    """Where the copies of the data are, from the table; where that is lost, from a run that began.

    The table only sums up what the runs' folders say, and is soon written anew.
    """
    try:
        said = json.loads((folder / TABLE).read_text(encoding="utf-8"))["data_root"]
        return None if said is None else Path(said)
    except (OSError, ValueError, KeyError, TypeError):
        begun = (folder / run.folder_name for run in runs)
        return next((read_run(one).data_root for one in begun if (one / RUN).is_file()), None)


def begin_or_resume(
    folder: Path, run: PlannedRun, root: Path | None, network: Network | None, data: Data | None
) -> Generator[Event, None, None]:
    """Train a planned run in its folder, from where it was stopped if it has begun."""
    if (folder / RUN).is_file():
        return resume_into(folder, data, root)
    return train_into(folder, run.settings, root, network, data, run.name)


def run_one_by_one(
    runs: RunSet,
) -> Generator[tuple[PlannedRun, Event | Outcome], None, None]:
    """Train the runs that wait, one after the other; runs on the same pictures read them once.

    A run that fails is told as its `Outcome`, like one that ends, and the next one begins.

    Yields
    ------
    PlannedRun, Event or Outcome
        What happens, and at last how it ended.
    """
    data: Data | None = None
    used: dict[str, Any] = {}
    for run in runs.waiting():
        try:
            wanted = _pictures(run.settings)
            if data is None or wanted != used:
                data = None  # two sets of pictures may not fit
                keep = run.settings.memory
                data = yield from _told(run, open_data(run.settings, runs.data_root, keep))
                used = wanted
            folder = runs.folder_of(run)
            work = begin_or_resume(folder, run, runs.data_root, runs.network, data)
            for event in work:
                yield run, event
        except StudioError as error:
            runs.lost[run.number] = str(error)
        else:
            runs.lost.pop(run.number, None)
        outcomes = runs.save_table()
        yield run, next(one for one in outcomes if one.run is run)


def _told(
    run: PlannedRun, work: Generator[Preparing, None, Data]
) -> Generator[tuple[PlannedRun, Event], None, Data]:
    while True:
        try:
            event = next(work)
        except StopIteration as end:
            found: Data = end.value
            return found
        yield run, event


def _pictures(settings: TrainSettings) -> dict[str, Any]:
    names = [name for name in DataSettings.fields() if name not in _SHARED]
    return {name: getattr(settings, name) for name in (*names, "memory")}
