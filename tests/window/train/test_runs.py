"""What a run keeps and what it is called."""

import pytest

from studio.training.settings import TrainSettings
from studio.window.train.differences import all_settings, differences
from studio.window.train.run_words import duration
from studio.window.train.runs import Run


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, ""),
        ({"learning_rate": 0.1}, "learning rate 0.1"),
        ({"data": "cifar10", "network": "convnet"}, "pictures CIFAR-10, network ConvNet"),
        ({"epochs": 1000, "optimiser": "adam"}, "method Adam, epochs 1,000"),
        ({"optimiser": "adam", "momentum": 0.5}, "method Adam"),  # which has no momentum
    ],
)
def test_what_differs_in_words(changes, words):
    first = TrainSettings()
    assert differences(first.change(**changes), first) == words


def test_every_setting_is_listed():
    listed = all_settings(TrainSettings())
    assert len(listed.splitlines()) == len(TrainSettings.fields())
    assert "Learning rate: 0.05" in listed


def test_a_draft_does_nothing(qapp):
    run = Run(3, TrainSettings())
    assert (run.state, run.is_active, run.best, run.model_key) == ("new", False, None, "run:3")
    for action in (run.pause, run.resume, run.step, run.stop):
        action()
    assert run.state == "new"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "0 s"), (20.6, "21 s"), (59.7, "1 min 0 s"), (80, "1 min 20 s"), (3700, "1 h 1 min")],
)
def test_durations(seconds, words):
    assert duration(seconds) == words
