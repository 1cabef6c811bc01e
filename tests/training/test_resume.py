"""A run that was stopped anywhere and goes on is the run that was never stopped, to the bit."""

import json
import os
import random
import shutil
import subprocess
import sys

import numpy as np
import pytest
import torch

from studio.data.parts import Part
from studio.errors import DataError, TrainingError
from studio.training import folder as keeping
from studio.training.events import Checkpointed, Epoch, Kernels, Norms, Snapshot, Started, Step
from studio.training.folder import read_run, resume_into, train_into

EVERYTHING = {
    "network": "convnet-bn",
    "dropout": 0.3,
    "crop": 3,
    "mirror": True,
    "rotation": 10.0,
    "noise": 0.1,
    "mixup": 0.5,
    "optimiser": "adam",
    "learning_rate": 0.002,
    "schedule": "cosine",
    "warm_up": 1.0,
    "weight_decay": 0.001,
    "patience": 5,
    "precision": "mixed",
    "batch_size": 20,
}


# Trains in the folder named first, and says a line for each event.
ENDLESS = """
import json, pathlib, sys
from studio.training import folder
from studio.training.settings import TrainSettings
folder.CHECKPOINT_EVERY = 0.0
settings = TrainSettings.build(json.loads(sys.argv[2]))
for event in folder.train_into(pathlib.Path(sys.argv[1]), settings):
    print(type(event).__name__, flush=True)
"""


def stop_at_a_checkpoint(run, step=0):
    while not (isinstance(event := next(run), Checkpointed) and event.step >= step):
        pass
    run.close()


def to_the_end(events):
    for _ in events:
        pass


def weights_of(folder):
    return {name: values.tobytes() for name, values in read_run(folder).model().weights.items()}


def told(folder):
    """Everything that is the same whenever the run is made."""
    lines = [json.loads(line) for line in (folder / "events.jsonl").read_text().splitlines()]
    for line in lines:
        for key in ("seconds", "pictures_per_second", "memory"):
            line.pop(key, None)
    return lines


@pytest.fixture
def often(monkeypatch):
    """Every step is kept."""
    monkeypatch.setattr(keeping, "CHECKPOINT_EVERY", 0.0)


@pytest.mark.parametrize("optimiser", ["sgd", "nesterov", "adam", "muon", "rmsprop", "adadelta"])
def test_a_run_stopped_in_an_epoch_goes_on_exactly(
    optimiser, settings, colour_data, tmp_path, often
):
    settings = settings.change(**EVERYTHING | {"optimiser": optimiser})
    to_the_end(train_into(tmp_path / "whole", settings, data=colour_data))
    stopped = tmp_path / "stopped"
    run = train_into(stopped, settings, data=colour_data)
    while not (isinstance(event := next(run), Step) and event.step == 5):
        pass
    run.close()
    assert read_run(stopped).state == "stopped"
    to_the_end(resume_into(stopped, data=colour_data))
    assert weights_of(stopped) == weights_of(tmp_path / "whole")
    assert told(stopped) == told(tmp_path / "whole")
    assert read_run(stopped).state == "done"


@pytest.mark.parametrize("after", range(1, 24))
def test_a_run_closed_at_any_event_goes_on_exactly(after, settings, data, tmp_path, often):
    settings = settings.change(crop=1, batch_size=30, network="mlp")
    whole = tmp_path / "whole"
    count = sum(1 for _ in train_into(whole, settings, data=data))
    run = train_into(tmp_path / "cut", settings, data=data)
    for _ in range(min(after, count - 1)):
        next(run)
    run.close()
    to_the_end(resume_into(tmp_path / "cut", data=data))
    assert weights_of(tmp_path / "cut") == weights_of(whole)
    assert told(tmp_path / "cut") == told(whole)


def test_what_came_after_the_last_checkpoint_is_made_again(settings, data, tmp_path, often):
    """As after a kill: the folder is copied while the run goes on, at moments of any sort."""
    settings = settings.change(crop=1, network="mlp", epochs=3)
    whole, copies = tmp_path / "whole", []
    draw = random.Random(3)
    for number, _ in enumerate(train_into(whole, settings, data=data)):
        if draw.random() < 0.25:
            copies.append(tmp_path / f"copy-{number}")
            shutil.copytree(whole, copies[-1])
    assert len(copies) > 5
    for copy in copies:
        (copy / ".lock").unlink(missing_ok=True)
        assert read_run(copy).state == "stopped"
        to_the_end(resume_into(copy, data=data))
        assert weights_of(copy) == weights_of(whole)
        assert told(copy) == told(whole)


def test_the_earlier_events_are_told_again(settings, data, tmp_path):
    expected = list(train_into(tmp_path / "whole", settings, data=data))
    run = train_into(tmp_path / "cut", settings, data=data)
    while not isinstance(next(run), Epoch):
        pass
    run.close()
    again = list(resume_into(tmp_path / "cut", data=data))
    (started,) = (event for event in again if isinstance(event, Started))
    assert started.resumed_at == 4

    def kinds(events):
        passing = (Kernels, Checkpointed)
        return [type(event) for event in events if not isinstance(event, passing)]

    told_kinds = kinds(again)
    for kind in (Step, Norms, Epoch):
        assert told_kinds.count(kind) == kinds(expected).count(kind)
    assert again[-1].test_accuracy == expected[-1].test_accuracy
    assert next(event.epoch for event in again if isinstance(event, Snapshot)) == 0


def test_a_run_without_a_checkpoint_begins_anew(settings, data, tmp_path):
    run = train_into(tmp_path / "cut", settings, data=data)
    next(run)
    run.close()
    assert not (tmp_path / "cut" / "last.ckpt").exists()
    to_the_end(resume_into(tmp_path / "cut", data=data))
    assert read_run(tmp_path / "cut").state == "done"


def test_a_run_at_its_end_cannot_go_on(settings, data, tmp_path):
    to_the_end(train_into(tmp_path, settings, data=data))
    with pytest.raises(TrainingError, match="come to its end"):
        next(resume_into(tmp_path, data=data))


def test_a_killed_run_goes_on_exactly(photos, settings, tmp_path):
    """SIGKILL, in a process of its own."""
    own = {"data": "folder", "folder": str(photos), "picture_size": 8, "epochs": 12, "crop": 1}
    settings = settings.change(**own, network="perceptron")
    to_the_end(train_into(tmp_path / "whole", settings))
    values = settings.model_dump(mode="json")
    child = subprocess.Popen(
        [sys.executable, "-c", ENDLESS, str(tmp_path / "cut"), json.dumps(values)],
        stdout=subprocess.PIPE,
        env={**os.environ, "OMP_NUM_THREADS": str(torch.get_num_threads())},
    )
    with child:
        for _ in range(40):
            assert child.stdout.readline()
        child.kill()
    kept = read_run(tmp_path / "cut")
    assert kept.state == "stopped"
    assert kept.history().started
    to_the_end(resume_into(tmp_path / "cut"))
    assert weights_of(tmp_path / "cut") == weights_of(tmp_path / "whole")
    assert told(tmp_path / "cut") == told(tmp_path / "whole")
    assert not list((tmp_path / "cut").glob(".*.part"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"train": 59}, "59 training pictures, not 60"),
        ({"brighter": True}, "training pictures are others"),
        ({"classes": tuple("abcdefghij")}, "the classes are a, b"),
    ],
)
def test_other_data_than_before_is_refused(change, said, settings, data, data_of, tmp_path):
    stop_at_a_checkpoint(train_into(tmp_path, settings, data=data))
    pictures, labels = data.train.pictures.copy(), data.train.labels
    count = change.get("train", len(labels))
    if "brighter" in change:
        pictures[7, 3, 3, 0] += 1
    train = Part(pictures[:count], labels[:count])
    other = data_of(train, data.test, classes=change.get("classes", data.facts.classes))
    with pytest.raises(TrainingError, match=said):
        to_the_end(resume_into(tmp_path, data=other))


def test_other_settings_than_before_are_refused(settings, data, tmp_path):
    stop_at_a_checkpoint(train_into(tmp_path, settings, data=data))
    about = json.loads((tmp_path / "run.json").read_text())
    about["settings"]["batch_size"] = 7
    (tmp_path / "run.json").write_text(json.dumps(about))
    with pytest.raises(TrainingError, match="batch_size is 7, and was 16"):
        to_the_end(resume_into(tmp_path, data=data))


@pytest.mark.parametrize("name", ["learner", "waiting", "phase", "order", "settings", "data"])
def test_a_checkpoint_that_lacks_something_is_said(name, settings, data, tmp_path):
    stop_at_a_checkpoint(train_into(tmp_path, settings, data=data))
    state = torch.load(tmp_path / "last.ckpt", weights_only=True)
    del state[name]
    torch.save(state, tmp_path / "last.ckpt")
    with pytest.raises(TrainingError, match="doesn't belong to this run"):
        to_the_end(resume_into(tmp_path, data=data))


def test_a_log_that_lacks_events_is_said(settings, data, tmp_path):
    stop_at_a_checkpoint(train_into(tmp_path, settings, data=data), step=1)
    log = tmp_path / "events.jsonl"
    log.write_bytes(log.read_bytes()[:-20])
    with pytest.raises(TrainingError, match="lacks events"):
        to_the_end(resume_into(tmp_path, data=data))


def test_half_of_a_model_is_no_hindrance(settings, data, tmp_path):
    """A kill between a model's two files."""
    run = train_into(tmp_path, settings.change(epochs=3), data=data)
    stop_at_a_checkpoint(run, step=8)
    (tmp_path / "model.safetensors").write_bytes((tmp_path / "initial.safetensors").read_bytes())
    assert read_run(tmp_path).history().snapshot.epoch == 2
    (tmp_path / "snapshots" / "00002.json").unlink()
    assert read_run(tmp_path).history().snapshot.epoch == 1


def test_a_run_stands_until_the_next_one_has_its_pictures(photos, settings, tmp_path):
    settings = settings.change(data="folder", folder=str(photos), picture_size=8, network="mlp")
    to_the_end(train_into(tmp_path / "run", settings))
    with pytest.raises(DataError, match="too few"):
        to_the_end(train_into(tmp_path / "run", settings.change(limit=1)))
    assert read_run(tmp_path / "run").state == "done"


def test_a_run_stands_when_the_next_one_can_learn_nothing(settings, data, tmp_path):
    to_the_end(train_into(tmp_path, settings, data=data))
    with pytest.raises(TrainingError, match="nothing to learn"):
        to_the_end(train_into(tmp_path, settings.change(frozen=99), data=data))
    assert read_run(tmp_path).state == "done"
    assert read_run(tmp_path).history().finished


@pytest.mark.parametrize("place", [30, 2000, -30])
def test_a_damaged_checkpoint_is_named(place, settings, data, tmp_path):
    run = train_into(tmp_path, settings, data=data)
    while not isinstance(next(run), Checkpointed):
        pass
    run.close()
    path = tmp_path / "last.ckpt"
    damaged = bytearray(path.read_bytes())
    damaged[place] ^= 0xFF
    path.write_bytes(damaged)
    with pytest.raises(TrainingError, match=r"last\.ckpt"):
        to_the_end(resume_into(tmp_path, data=data))


def test_a_checkpoint_is_no_program(settings, data, tmp_path):
    run = train_into(tmp_path, settings, data=data)
    while not isinstance(next(run), Checkpointed):
        pass
    run.close()
    torch.save({"format": 1, "call": os.getcwd}, tmp_path / "last.ckpt")
    with pytest.raises(TrainingError, match="damaged"):
        to_the_end(resume_into(tmp_path, data=data))


def test_two_runs_in_one_folder_are_refused(settings, data, tmp_path):
    run = train_into(tmp_path, settings, data=data)
    next(run)
    assert read_run(tmp_path).state == "running"
    with pytest.raises(TrainingError, match="going on"):
        next(train_into(tmp_path, settings, data=data))
    run.close()


def test_a_run_can_be_read_while_it_goes_on(settings, data, tmp_path):
    run = train_into(tmp_path, settings, data=data)
    while not (isinstance(event := next(run), Checkpointed) and event.step):
        pass
    kept = read_run(tmp_path)
    assert kept.state == "running"
    assert kept.settings == settings
    history = kept.history()
    assert len(history.epochs) == 1
    assert history.steps == [1, 2, 3, 4]
    assert kept.epochs() == (1,)
    assert np.array_equal(kept.snapshot(1)["conv1.weight"], history.weights["conv1.weight"])
    assert not np.array_equal(kept.snapshot(0)["conv1.weight"], kept.snapshot(1)["conv1.weight"])
    run.close()


def test_a_folder_that_goes_away_ends_the_run_in_words(settings, data, tmp_path):
    place = tmp_path / "run"
    run = train_into(place, settings, data=data)
    while not isinstance(next(run), Step):
        pass
    shutil.rmtree(place)
    with pytest.raises(TrainingError, match=r"gone|can't be"):
        to_the_end(run)


def test_a_full_disk_leaves_the_last_checkpoint(settings, data, tmp_path, monkeypatch, often):
    settings = settings.change(network="mlp")
    to_the_end(train_into(tmp_path / "whole", settings, data=data))
    run = train_into(tmp_path / "full", settings, data=data)
    while not isinstance(next(run), Checkpointed):
        pass

    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(TrainingError, match="the disk is full"):
            to_the_end(run)
    to_the_end(resume_into(tmp_path / "full", data=data))
    assert weights_of(tmp_path / "full") == weights_of(tmp_path / "whole")


def test_a_run_that_diverges_is_kept_with_its_words(settings, data, tmp_path):
    settings = settings.change(learning_rate=10, momentum=0.99, schedule="constant", epochs=50)
    with pytest.raises(TrainingError, match="diverged"):
        to_the_end(train_into(tmp_path, settings, data=data))
    kept = read_run(tmp_path)
    assert kept.state == "failed"
    assert "diverged" in kept.error.message
    assert kept.history().steps


def test_there_is_no_run_in_an_empty_folder(tmp_path):
    with pytest.raises(TrainingError, match="no run"):
        read_run(tmp_path)
    (tmp_path / "run.json").write_text("{")
    with pytest.raises(TrainingError, match=r"run\.json"):
        read_run(tmp_path)
