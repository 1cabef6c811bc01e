"""What a run keeps and what it is called."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.training.settings import TrainSettings
from studio.window.train.runs import Run, Stretches, all_settings, differences
from studio.window.train.transport import duration


@given(st.integers(0, 3000), st.integers(0, 2**32 - 1))
def test_stretches_are_means_of_equal_parts_and_few(count, seed):
    values = np.random.default_rng(seed).normal(size=count)
    stretches = Stretches()
    for value in values.tolist():
        stretches.add(value)
    assert len(stretches.means) < 600
    whole = len(stretches.means) * stretches.length
    assert count - whole < stretches.length
    parts = values[:whole].reshape(-1, stretches.length)
    assert np.allclose(stretches.means, parts.mean(axis=1), rtol=0, atol=1e-12)
    starts = np.arange(0, whole, stretches.length)
    assert np.array_equal(stretches.middles, starts + stretches.length / 2)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, ""),
        ({"learning_rate": 0.1}, "learning rate 0.1"),
        ({"data": "cifar10", "network": "convnet"}, "data CIFAR-10, network ConvNet"),
        ({"epochs": 1000, "optimiser": "adam"}, "epochs 1,000, optimiser Adam"),
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
