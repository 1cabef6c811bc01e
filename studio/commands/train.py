"""``studio train``: a run, or the runs of an experiment, into a folder."""

import argparse
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from studio.commands.options import add_options, as_typed, given_options
from studio.commands.shared import BAD_INPUT, INTERRUPTED, folder_for
from studio.console import Progress, complain
from studio.declare import options
from studio.errors import SettingError
from studio.image.read import printable
from studio.nets.network import Network
from studio.training.experiment import Experiment, find_experiment, parse_values
from studio.training.experiment_plan import PlannedRun
from studio.training.settings import OWN_NETWORK, TrainSettings

if TYPE_CHECKING:
    from collections.abc import Generator

    from studio.training.events import Event

DESCRIPTION = """\
Trains a network into a run's folder, or all runs of an experiment, each into a folder of its own.

  studio train --data mnist --network lenet5 -o runs/digits
  studio train --learning-rate 0.1,0.5,1 --batch-size 128,512 -o runs/rates
  studio train ladder --data cifar10-jpeg --data-root DIR -o runs/ladder
  studio train mine.toml --jobs 2 -o runs/mine
  studio train --resume runs/ladder
  torchrun --nproc-per-node 2 -m studio train --data mnist -o runs/together

Ctrl+C ends the step, writes a checkpoint and stops; --resume goes on exactly from there. An \
experiment ends with a table and a chart of its runs, table.json and chart.svg. --network also \
takes a JSON file: of a network, a document or a model."""

_EPILOG = """\
Several values with commas between them make a run for each; for several options, for each \
combination. In an experiment an option counts for all of its runs, in place of what the file \
says."""


def add_arguments(command: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    command.epilog = _EPILOG
    command.add_argument(
        "experiment",
        metavar="EXPERIMENT",
        nargs="?",
        help="a TOML file, or a name from: studio list experiments",
    )
    command.add_argument(
        "-o",
        dest="out",
        metavar="DIR",
        type=_path,
        help="The folder of the run, where what an earlier one left is replaced; or of the runs of "
        "an experiment.",
    )
    command.add_argument(
        "--resume",
        metavar="DIR",
        type=_path,
        help="Go on with the run, or with the unfinished runs, in this folder.",
    )
    command.add_argument(
        "--jobs",
        metavar="N",
        type=int,
        default=1,
        help="How many runs of an experiment go on side by side, each with its share of the cores; "
        "1 unless told. Sums in another order differ in their last digits.",
    )
    command.add_argument(
        "--search",
        metavar="N",
        type=int,
        help="Let Optuna choose the values that an experiment varies or draws, for N runs in all.",
    )
    command.add_argument(
        "--storage",
        metavar="URL",
        help="Where a search keeps its study, such as sqlite:///study.db; the same URL on several "
        "machines makes them search together. A file in DIR unless told.",
    )
    command.add_argument(
        "--data-root",
        metavar="DIR",
        type=_path,
        help="A folder with a copy of the data, instead of a download.",
    )
    add_options(command, TrainSettings)
    command.set_defaults(run=run_train)


def _path(text: str) -> Path:
    if not text:
        raise argparse.ArgumentTypeError("it is empty")
    return Path(text)


def run_train(given: argparse.Namespace) -> int:
    """Train, show the progress, and leave a folder that says everything."""
    from studio.training.distributed import is_together

    _check(given)
    if is_together():
        from studio.commands.together import train_together

        return train_together(given)
    if given.resume is not None:
        return _resume(given)
    network = own_network(given)
    experiment = asked_for(given)
    if given.search is not None:
        from studio.commands.search import search

        with folder_for(given.out):
            return search(given, experiment, network)
    runs = planned(experiment)
    with folder_for(given.out):
        if given.experiment is None and len(runs) == 1:
            return _train_one(given, runs[0], network)
        from studio.training.sweep import begin_set

        return _train_set(begin_set(given.out, experiment, given.data_root, network), given.jobs)


def _check(given: argparse.Namespace) -> None:
    if given.resume is not None:
        useless = [name for name in ("experiment", "out", "search") if getattr(given, name)]
        useless += list(given_options(given))
        if useless:
            raise SettingError(
                "--resume goes on with what the folder says",
                "Give it --jobs N and --data-root DIR at most",
            )
    elif given.out is None:
        raise SettingError("-o is missing", "Name a folder for what is trained: -o DIR")
    if given.jobs < 1:
        raise SettingError(f"--jobs can't be {given.jobs}", "It must be at least 1")
    if given.search is None and given.storage is not None:
        raise SettingError("--storage is for a search", "Say for how many runs: --search N")
    if given.search is not None and given.search < 1:
        raise SettingError(f"--search can't be {given.search}", "It must be at least 1")


def own_network(given: argparse.Namespace) -> Network | None:
    """The network of the file that --network names, or None; the setting is changed to ``own``."""
    from studio.nets.network_file import load_network

    name = getattr(given, "set_network", "")
    if not name.lower().endswith(".json"):
        return None
    given.set_network = OWN_NETWORK
    return load_network(name)


def asked_for(given: argparse.Namespace) -> Experiment:
    """The experiment that was named, with the options in place of its own settings."""
    known = {item.name: item for item in options(TrainSettings)}
    values: dict[str, Any] = {}
    for name, text in given_options(given).items():
        try:
            several = parse_values(known[name], text)
        except SettingError as error:
            raise as_typed(error) from None
        values[name] = several[0] if len(several) == 1 else several
    if values.get("folder") and given.data_root is None:
        values["folder"] = str(Path(values["folder"]).expanduser().resolve())
    if given.experiment is None:
        experiment = Experiment(name="runs", title="Runs")
    else:
        experiment = find_experiment(given.experiment)
    return experiment.override(values)


def planned(experiment: Experiment) -> tuple[PlannedRun, ...]:
    """The experiment's runs; a setting that is wrong is named as it is typed."""
    try:
        return experiment.runs()
    except SettingError as error:
        raise as_typed(error) from None


def _train_one(given: argparse.Namespace, run: PlannedRun, network: Network | None) -> int:
    from studio.data.opening import facts
    from studio.training.building import build
    from studio.training.folder import train_into
    from studio.training.sweep import EXPERIMENT

    if (given.out / EXPERIMENT).exists():
        where = printable(str(given.out))
        raise SettingError(f"{where} holds the runs of an experiment", "Name another folder")
    build(run.settings, facts(run.settings, given.data_root), network)  # before the folder changes
    with until_asked() as stop:
        events = train_into(given.out, run.settings, given.data_root, network)
        return follow(events, given.out, stop.is_set)


def _resume(given: argparse.Namespace) -> int:
    from studio.training.folder import resume_into
    from studio.training.kept import RUN
    from studio.training.sweep import open_set

    root = given.data_root
    if (given.resume / RUN).is_file():
        with until_asked() as stop:
            events = resume_into(given.resume, data_root=root)
            return follow(events, given.resume, stop.is_set)
    runs = open_set(given.resume)
    return _train_set(runs if root is None else replace(runs, data_root=root.resolve()), given.jobs)


def follow(
    events: "Generator[Event, None, None]", folder: Path, is_asked: Callable[[], bool]
) -> int:
    """Show what happens until the run has ended, or somebody asks it to stop."""
    from studio.training.history import History

    history = History()
    show = Progress(sys.stderr)
    where = printable(str(folder))
    for event in events:
        history.add(event)
        show(event)
        if is_asked() and history.finished is None:
            events.close()
            break
    if history.finished is None:
        total = history.started.steps if history.started else 0
        step = f"at step {history.steps[-1]:,} of {total:,}" if history.steps else "before it began"
        complain(f"stopped {step}; go on with: studio train --resume {where}")
        return INTERRUPTED
    print(f"{where}: test accuracy {100 * history.finished.test_accuracy:.2f} %")
    return 0


def _train_set(runs: Any, jobs: int) -> int:
    from studio.commands.sweep_progress import finish, show_one_by_one, show_side_by_side

    with until_asked() as stop:
        show = show_side_by_side if jobs > 1 else show_one_by_one
        is_whole = show(runs, jobs, stop)
    failed = finish(runs)
    if not is_whole:
        where = printable(str(runs.folder))
        complain(f"stopped; go on with: studio train --resume {where}")
        return INTERRUPTED
    return BAD_INPUT if failed else 0


@contextmanager
def until_asked() -> Iterator[threading.Event]:
    """Set when the program is asked to stop (Ctrl+C, SIGTERM); asked twice, it stops at once."""
    asked = threading.Event()
    if threading.current_thread() is not threading.main_thread():  # which alone gets signals
        yield asked
        return

    def ask(number: int, frame: FrameType | None) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()

    before = {sort: signal.signal(sort, ask) for sort in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield asked
    finally:
        for sort, handler in before.items():
            signal.signal(sort, handler)
