"""What is said of an experiment at its end."""

from pathlib import Path

from studio.commands.sweep_progress import not_better, table
from studio.training.experiment_plan import NamedRun, PlannedRun, telling
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


def test_what_most_runs_have_is_left_out_of_the_table():
    differs = [
        {"dropout": 0.0, "patience": 0},
        {"dropout": 0.5, "patience": 0},
        {"dropout": 0.0, "patience": 3},
    ]
    assert telling(differs) == ({}, {"dropout": 0.5}, {"patience": 3})
    rates = [{"learning_rate": 0.1}, {"learning_rate": 0.5}]
    assert telling(rates) == tuple(rates)  # each as often as the other
    assert telling([]) == ()
    runs = [PlannedRun(n, name, TrainSettings()) for n, name in enumerate("abc", start=1)]
    outcomes = [
        Outcome(run, Path(), "done", one, last=0.5) for run, one in zip(runs, differs, strict=True)
    ]
    rows = table(tuple(outcomes))
    assert [row[1] for row in rows] == ["what differs", "", "dropout 0.5", "patience 3"]
