"""What ``studio train`` prints of an experiment: its progress, its table, and its chart."""

import sys
import threading
from collections.abc import Sequence
from contextlib import closing

from studio.console import MovingLine, Progress, complain, print_table
from studio.image.read import printable
from studio.insight.run_chart import Curve, write_chart
from studio.training.experiment_plan import NamedRun, telling, words
from studio.training.kept import RUN, read_run
from studio.training.sweep import Outcome, RunSet, kept_history, run_one_by_one
from studio.training.sweep_jobs import Checked, Share, run_side_by_side

CHART = "chart.svg"


def show_one_by_one(runs: RunSet, jobs: int, stop: threading.Event) -> bool:
    """Train one run after the other, with a line an epoch; whether all went on to their end."""
    number = 0
    show = Progress(sys.stderr)
    line = MovingLine(sys.stderr)
    with closing(run_one_by_one(runs)) as work:
        for run, told in work:
            if run.number != number:
                number = run.number
                show = Progress(sys.stderr)
                line.line(f"run {number} of {len(runs.runs)}: {run.name}")
            if isinstance(told, Outcome):
                line.clear()
                _say(told)
            else:
                show(told)
            if stop.is_set():
                return False
    return True


def show_side_by_side(runs: RunSet, jobs: int, stop: threading.Event) -> bool:
    """Train several runs at a time, with a line for each that ends; whether all came to it."""
    line = MovingLine(sys.stderr)
    shares: dict[str, str] = {}
    total = len(runs.runs)
    over = total - len(runs.waiting())
    with closing(run_side_by_side(runs, jobs, stop)) as work:
        for run, told in work:
            match told:
                case Outcome():
                    shares.pop(run.name, None)
                    over += 1
                    line.clear()
                    _say(told)
                case Share():
                    shares[run.name] = told.words or f"{100 * told.share:.0f} %"
                case Checked():
                    pass
            now = "; ".join(f"{name}: {share}" for name, share in shares.items())
            line.move(f"{over} of {total} runs over; {now}" if now else f"{over} of {total} over")
    line.clear()
    return not stop.is_set()


def _say(outcome: Outcome) -> None:
    """A line for a run that is over."""
    name = f"{outcome.run.number}, {outcome.run.name}"
    if outcome.ending == "done":
        best = f"{100 * (outcome.best or 0):.2f} %"
        MovingLine(sys.stderr).line(f"run {name}: best {best}, {outcome.seconds:.0f} s")
    else:
        complain(f"run {name}: {outcome.error or outcome.ending}")


def finish(runs: RunSet) -> bool:
    """Write and print the table, and draw the chart; whether a run failed."""
    outcomes = runs.save_table()
    cells = table(outcomes)
    print_table(cells, left=1 + ("what differs" in cells[0]))
    for sentence in not_better(runs.experiment.named, outcomes):
        print(sentence)
    if runs.experiment.figures_source:
        print(f"course: {runs.experiment.figures_source}")
    target = runs.folder / CHART
    checked_on, curves = "test", []
    for one in outcomes:
        if not (one.folder / RUN).is_file() or (one.ending == "failed" and not one.epochs):
            continue
        history = kept_history(read_run(one.folder))
        if history.started is None:
            continue
        checked_on = history.started.checked_on
        epochs = int(history.started.settings["epochs"])
        ending = "" if one.ending == "done" else one.ending
        accuracies = [epoch.validation_accuracy for epoch in history.epochs]
        per_epoch = history.started.steps / epochs
        curves.append(Curve(one.run.name, accuracies, history.losses, per_epoch, ending))
    if curves:
        write_chart(curves, runs.experiment.title, checked_on, target)
        print(printable(str(target)))
    return any(one.ending == "failed" for one in outcomes)


def not_better(named: Sequence[NamedRun], outcomes: Sequence[Outcome]) -> list[str]:
    """What of the runs that build on the one before didn't help, by the last epoch."""
    if len(named) != len(outcomes):  # a grid over them: they don't stand in one row
        return []
    return [
        f"{now.run.name} is not better than {before.run.name}: "
        f"{_percent(now.last)} against {_percent(before.last)}"
        for before, now, run in zip(outcomes, outcomes[1:], named[1:], strict=False)
        if run.builds_on
        and before.last is not None
        and now.last is not None
        and now.last <= before.last
    ]


def table(outcomes: tuple[Outcome, ...]) -> list[list[str]]:
    """Cells of text: a row of titles, then one for each run; columns that say nothing left out."""
    rows = [["run", "what differs", "best", "last", "test", "course", "seconds", ""]]
    for one, tells in zip(outcomes, telling([one.differs for one in outcomes]), strict=True):
        differs = words(tells)
        is_named_so = {*words(one.differs).split(", ")} == {*one.run.name.split(", ")}
        seen = "; ".join(one.seen)
        rows.append(
            [
                one.run.name,
                "" if is_named_so else differs,
                _percent(one.best),
                _percent(one.last),
                _percent(one.test) if one.test != one.last else "",
                one.run.figure,
                f"{one.seconds:.0f}" if one.seconds else "",
                seen if one.ending == "done" else seen or one.ending,
            ]
        )
    width = max(len(row[-1]) for row in rows)
    for row in rows:
        row[-1] = row[-1].ljust(width)  # words begin at one place, numbers end at one
    columns = range(len(rows[0]))
    kept = [place for place in columns if not place or any(row[place].strip() for row in rows[1:])]
    return [[row[place] for place in kept] for row in rows]


def _percent(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.2f} %"
