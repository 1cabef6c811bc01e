"""``studio train --search N``: runs whose settings Optuna chooses."""

import argparse
import sys
from contextlib import closing

from studio.commands.shared import INTERRUPTED
from studio.commands.sweep_progress import finish
from studio.console import MovingLine, Progress, complain
from studio.nets.network import Network
from studio.training.experiment import Experiment
from studio.training.sweep_search import Search, Tried


def search(given: argparse.Namespace, experiment: Experiment, network: Network | None) -> int:
    """Search, print what each run came to, and at last the table and the best of all."""
    from studio.commands.train import until_asked

    one = Search(given.out, experiment, given.search, given.storage, given.data_root, network)
    line = MovingLine(sys.stderr)
    show, number = Progress(sys.stderr), 0
    with until_asked() as stop, closing(one.events()) as events:
        for run, told in events:
            if run.number != number:
                number = run.number
                show = Progress(sys.stderr)
                line.line(f"run {number}: {run.name}")
            if isinstance(told, Tried):
                best = "" if told.accuracy is None else f"best {100 * told.accuracy:.2f} %"
                line.line(f"run {number}: {', '.join(filter(None, (best, told.words)))}")
            else:
                show(told)
            if stop.is_set():
                break
    runs = one.here()
    if runs.runs:
        finish(runs)
    best_of_all = one.best()
    if best_of_all:
        best_run, accuracy = best_of_all
        print(f"best: run {best_run.number}, {best_run.name}: {100 * accuracy:.2f} %")
    if stop.is_set():
        complain("stopped; the same command goes on with the search")
        return INTERRUPTED
    return 0
