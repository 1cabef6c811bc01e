"""``torchrun -m studio train``: one run over several processes."""

import argparse
import sys
from pathlib import Path

from studio.commands.shared import BAD_INPUT, INTERRUPTED, folder_for
from studio.console import Progress
from studio.data.parts import Data
from studio.errors import SettingError
from studio.nets.network import Network
from studio.training.distributed import Together, is_first, joined, opened
from studio.training.engine import State, Training
from studio.training.folder import resume_into, train_into
from studio.training.group import OtherFailedError
from studio.training.kept import CHECKPOINT, read_run
from studio.training.settings import TrainSettings

# What is trained, and the state that it goes on from.
Plan = tuple[TrainSettings, Network | None, State | None]


def train_together(given: argparse.Namespace) -> int:
    """Train with the other processes; the first one prints, and writes the run's folder."""
    try:
        with joined() as group:
            if group.rank:
                return _help_first(group, given.data_root)
            if given.resume is not None:
                return _resume_first(group, given.resume, given.data_root)
            with folder_for(given.out):
                return _train_first(group, given)
    except OtherFailedError:
        if is_first():
            raise
        return BAD_INPUT  # one that failed says why, and so does the first


def _train_first(group: Together, given: argparse.Namespace) -> int:
    from studio.commands.train import asked_for, follow, own_network, planned

    network = own_network(given)
    runs = planned(asked_for(given))
    if len(runs) > 1 or given.search is not None:
        raise SettingError(
            "several processes train one run at a time, not a set of runs",
            "Start the set without torchrun, with --jobs N",
        )
    settings, root = runs[0].settings, given.data_root
    group.same((settings, network, None))
    data = _open(group, settings, root)
    events = train_into(given.out, settings, root, network, data, group=group)
    return follow(events, given.out, lambda: group.is_stopping)


def _resume_first(group: Together, folder: Path, root: Path | None) -> int:
    from studio.commands.train import follow
    from studio.training.checkpoint import load_checkpoint

    kept = read_run(folder)
    path = folder / CHECKPOINT
    state = load_checkpoint(path) if path.exists() and kept.state != "done" else None
    group.same((kept.settings, kept.network, state))
    data = _open(group, kept.settings, root or kept.data_root)
    events = resume_into(folder, data, root, group)
    return follow(events, folder, lambda: group.is_stopping)


def _help_first(group: Together, root: Path | None) -> int:
    """Do the share of a process that isn't the first."""
    plan: Plan | None = None
    plan = group.same(plan)
    assert plan is not None
    settings, network, state = plan
    data = _open(group, settings, root)
    for _ in Training(settings, root, data, network, state, group).events():
        if group.is_stopping:
            return INTERRUPTED
    return 0


def _open(group: Together, settings: TrainSettings, root: Path | None) -> Data:
    """The pictures, with the reading shown by the first process."""
    group.use(settings.device)
    show = Progress(sys.stderr if group.rank == 0 else None)
    work = opened(group, settings, root)
    while True:
        try:
            show(next(work))
        except StopIteration as end:
            data: Data = end.value
            return data
