"""What is said of an experiment at its end."""

from pathlib import Path

from studio.commands.sweep_progress import not_better
from studio.training.experiment_plan import NamedRun, PlannedRun
from studio.training.settings import TrainSettings
from studio.training.sweep import Outcome


def outcome(number, name, last):
    run = PlannedRun(number, name, TrainSettings())
    return Outcome(run, Path(), "done", {}, last=last)


def test_a_rung_that_does_not_help_is_named():
    named = [NamedRun(name=name, builds_on=name != "a") for name in "abcd"]
    lasts = {"a": 0.7, "b": 0.75, "c": 0.74, "d": None}
    outcomes = [outcome(n, name, last) for n, (name, last) in enumerate(lasts.items(), start=1)]
    assert not_better(named, outcomes) == ["c is not better than b: 74.00 % against 75.00 %"]
    alone = [NamedRun(name=name) for name in "abcd"]
    assert not_better(alone, outcomes) == []
    assert not_better(named[:2], outcomes) == []
