import itertools

import pytest

from studio.errors import SettingError
from studio.training.settings import TrainSettings
from studio.window.train.setup.sweeps import count, kept, planned, variants


def test_every_combination_is_a_run_and_the_last_field_changes_first():
    sweep = {"learning_rate": (0.1, 0.5), "batch_size": (32, 64, 128)}
    runs = planned(TrainSettings(epochs=7), sweep)
    wanted = list(itertools.product((0.1, 0.5), (32, 64, 128)))
    assert [(run.learning_rate, run.batch_size) for run in runs] == wanted
    assert {run.epochs for run in runs} == {7}
    assert count(TrainSettings(), sweep) == 6


def test_without_a_sweep_there_is_one_run():
    settings = TrainSettings(crop=3)
    assert planned(settings, {}) == (settings,)
    assert count(settings, {}) == 1


def test_a_field_that_does_not_count_makes_no_runs():
    sweep = {"optimiser": ("adam", "momentum"), "momentum": (0.8, 0.9, 0.95)}
    runs = planned(TrainSettings(), sweep)
    assert [(run.optimiser, run.momentum) for run in runs] == [
        ("adam", 0.8),
        ("momentum", 0.8),
        ("momentum", 0.9),
        ("momentum", 0.95),
    ]
    assert count(TrainSettings(), sweep) == 4


def test_too_many_runs_are_refused_before_they_are_made():
    sweep = {"seed": tuple(range(1000)), "crop": tuple(range(100)), "epochs": tuple(range(1, 1000))}
    with pytest.raises(SettingError, match="99,900,000 runs"):
        planned(TrainSettings(), sweep)
    assert count(TrainSettings(), sweep) == 99_900_000


def test_what_another_choice_makes_count_is_shown_too():
    settings = TrainSettings(optimiser="adam")
    sweep = {"optimiser": ("adam", "nesterov"), "learning_rate": (0.05, 0.1)}
    assert variants(settings, sweep) == [settings.change(optimiser="nesterov")]


def test_a_field_with_another_first_value_leaves_the_sweep():
    sweep = {"learning_rate": (0.1, 0.5), "crop": (0, 4)}
    assert kept(TrainSettings(learning_rate=0.1), sweep) == sweep
    assert kept(TrainSettings(learning_rate=0.2), sweep) == {"crop": (0, 4)}
