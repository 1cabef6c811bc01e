"""Sets of runs: one by one, side by side, stopped, killed, gone on with."""

import json
import multiprocessing
import os
import signal
import threading

import numpy as np
import pytest

from studio.errors import DataError, NetworkError, TrainingError
from studio.nets.zoo import NETWORKS
from studio.training import sweep
from studio.training.experiment import Experiment
from studio.training.experiment_plan import NamedRun
from studio.training.kept import CHECKPOINT, read_run
from studio.training.sweep import Outcome, begin_set, open_set, run_one_by_one
from studio.training.sweep_jobs import run_side_by_side

SETTINGS = {
    "data": "folder",
    "network": "perceptron",
    "optimiser": "sgd",
    "schedule": "constant",
    "epochs": 2,
    "batch_size": 8,
    "device": "cpu",
    "precision": "full",
    "picture_size": 8,
}


def _experiment(photos, **more):
    return Experiment(title="Mine", settings={**SETTINGS, "folder": str(photos)}, **more)


def test_runs_of_a_set_each_have_a_folder_and_a_row(photos, tmp_path):
    experiment = _experiment(
        photos, vary={"learning_rate": (0.01, 0.1)}, figures={"learning rate 0.1": "60 %"}
    )
    runs = begin_set(tmp_path / "set", experiment)
    outcomes = [told for _, told in run_one_by_one(runs) if isinstance(told, Outcome)]
    assert [one.ending for one in outcomes] == ["done", "done"]
    table = json.loads((tmp_path / "set" / "table.json").read_text())["runs"]
    assert [row["course"] for row in table] == ["", "60 %"]
    assert [row["differs"] for row in table] == [{"learning_rate": 0.01}, {"learning_rate": 0.1}]
    for row, one in zip(table, outcomes, strict=True):
        kept = read_run(tmp_path / "set" / row["folder"])
        history = kept.history()
        assert kept.name == row["name"] == one.run.name
        assert row["last"] == row["test"] == history.epochs[-1].validation_accuracy
        assert row["best"] == max(epoch.validation_accuracy for epoch in history.epochs)
    assert open_set(tmp_path / "set").waiting() == ()


def test_pictures_that_runs_share_are_read_once(photos, tmp_path, monkeypatch):
    opened = []
    real = sweep.open_data
    monkeypatch.setattr(sweep, "open_data", lambda *given: (opened.append(1), real(*given))[1])
    named = (
        NamedRun(name="a", settings={"crop": 1}),
        NamedRun(name="b", settings={"batch_size": 16, "permute": True}),
        NamedRun(name="c", settings={"normalise": "none"}),
    )
    runs = begin_set(tmp_path / "set", _experiment(photos, named=named))
    list(run_one_by_one(runs))
    assert len(opened) == 2  # for a and b, and for c


def test_one_that_diverges_does_not_stop_the_others(photos, tmp_path):
    named = (
        NamedRun(name="wild", settings={"learning_rate": 10.0, "loss": "squared", "epochs": 2}),
        NamedRun(name="calm", settings={"learning_rate": 0.01}),
    )
    runs = begin_set(tmp_path / "set", _experiment(photos, named=named))
    real = sweep.train_into

    def wild(folder, settings, *given):
        if settings.learning_rate < 1:
            yield from real(folder, settings, *given)
            return
        for number, event in enumerate(real(folder, settings, *given)):
            if number == 3:
                raise TrainingError("diverged at step 1: the loss is not a finite number")
            yield event

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sweep, "train_into", wild)
        outcomes = [told for _, told in run_one_by_one(runs) if isinstance(told, Outcome)]
    assert outcomes[1].ending == "done"
    assert outcomes[0].error.startswith("diverged at step 1")


def test_a_stopped_set_goes_on_where_it_was(photos, tmp_path):
    experiment = _experiment(photos, vary={"seed": (1, 2)})
    whole = begin_set(tmp_path / "whole", experiment)
    list(run_one_by_one(whole))
    begun = begin_set(tmp_path / "begun", experiment)
    work = run_one_by_one(begun)
    for number, _ in enumerate(work):
        if number == 12:
            work.close()
    assert [one.ending for one in begun.outcomes()] == ["stopped", "waiting"]
    again = open_set(tmp_path / "begun")
    list(run_one_by_one(again))
    for first, second in zip(whole.outcomes(), again.outcomes(), strict=True):
        assert second.ending == "done"
        weights = read_run(first.folder).model().weights
        for name, values in read_run(second.folder).model().weights.items():
            assert np.array_equal(values, weights[name])


@pytest.mark.parametrize("table", [None, "{"])
def test_a_set_goes_on_without_its_table(table, photos, tmp_path):
    experiment = _experiment(photos, vary={"seed": (1, 2)})
    (tmp_path / "copies").mkdir()
    begun = begin_set(tmp_path / "set", experiment, tmp_path / "copies")
    work = run_one_by_one(begun)
    next(one for _, one in work if isinstance(one, Outcome))
    work.close()
    path = tmp_path / "set" / "table.json"
    path.unlink() if table is None else path.write_text(table)
    again = open_set(tmp_path / "set")
    assert again.data_root == tmp_path / "copies"
    list(run_one_by_one(again))
    assert [row["ending"] for row in json.loads(path.read_text())["runs"]] == ["done", "done"]


def test_what_can_never_begin_is_said_before_any_run(photos, tmp_path):
    vary = {"learning_rate": (0.1, 1.0)}
    with pytest.raises(DataError, match=r"run 1, .*nowhere"):
        begin_set(tmp_path / "set", _experiment(photos / "nowhere", vary=vary))
    own = _experiment(photos, vary=vary).override({"network": "own"})
    with pytest.raises(NetworkError, match="no network of your own"):
        begin_set(tmp_path / "set", own)
    assert not (tmp_path / "set").exists()
    begin_set(tmp_path / "set", own, network=NETWORKS["perceptron"])
    assert open_set(tmp_path / "set").network == NETWORKS["perceptron"]
    with pytest.raises(TrainingError, match="holds runs already"):
        begin_set(tmp_path / "set", own, network=NETWORKS["perceptron"])


def test_side_by_side_one_is_killed_and_one_is_stopped(photos, tmp_path):
    named = (
        NamedRun(name="killed", settings={"epochs": 5000}),
        NamedRun(name="stopped", settings={"epochs": 5000}),
    )
    runs = begin_set(tmp_path / "set", _experiment(photos, named=named))
    stop = threading.Event()
    over, killed = {}, False
    for run, told in run_side_by_side(runs, 2, stop):
        if isinstance(told, Outcome):
            over[run.name] = told
        elif run.name == "killed" and not killed and (runs.folder_of(run) / CHECKPOINT).exists():
            child = next(one for one in multiprocessing.active_children() if one.name == "killed")
            os.kill(child.pid, signal.SIGKILL)
            killed = True
        if "killed" in over and (runs.folder / "02-stopped" / CHECKPOINT).exists():
            stop.set()
    assert over["killed"].ending == "failed"
    assert over["killed"].error == "its process was ended by SIGKILL"
    assert not multiprocessing.active_children()
    for name in ("01-killed", "02-stopped"):
        kept = read_run(runs.folder / name)
        assert kept.state == "stopped"
        assert kept.can_resume
        assert kept.history().started is not None
    assert {run.name for run in open_set(runs.folder).waiting()} == {"killed", "stopped"}
