"""The reducer of events, and what a run leaves behind."""

import json

import numpy as np
import pytest

from studio.errors import ModelError, TrainingError
from studio.nets.model import load_model
from studio.training.bundle import bundle, main
from studio.training.engine import train
from studio.training.events import Epoch, Step
from studio.training.folder import train_into
from studio.training.history import History
from studio.training.run import make_model


@pytest.fixture
def history(settings, data):
    history = History()
    for event in train(settings, data=data):
        history.add(event)
    return history


def test_it_keeps_what_was_said(settings, data):
    history = History()
    assert (history.fraction, history.seconds_left, history.test_accuracy) == (0, None, None)
    steps, epochs, left = [], [], []
    for event in train(settings, data=data):
        history.add(event)
        if isinstance(event, Step):
            steps.append(event)
            left.append(history.seconds_left)
            assert history.fraction == event.step / 8
            assert history.speed == event.pictures_per_second
        if isinstance(event, Epoch):
            epochs.append(event)
    assert history.losses == [step.loss for step in steps]
    assert history.learning_rates == [step.learning_rate for step in steps]
    assert history.epochs == epochs
    assert history.test_accuracy == epochs[-1].validation_accuracy
    assert history.seconds == pytest.approx(history.finished.seconds)
    assert min(left) == pytest.approx(left[-1]) == pytest.approx(0)
    assert left[0] == pytest.approx(7 / 8 * 2 * 60 / steps[0].pictures_per_second)
    assert history.snapshot.epoch == 2
    assert history.preparing is None


def test_a_run_folder(settings, data, tmp_path):
    folder, history = tmp_path / "runs" / "first", History()
    for event in train_into(folder, settings, data=data):
        history.add(event)
    assert {path.name for path in folder.iterdir()} >= {
        "model.json",
        "model.safetensors",
        "best.json",
        "result.json",
        "run.json",
        "events.jsonl",
        "last.ckpt",
        "answers.npz",
        "snapshots",
    }
    result = json.loads((folder / "result.json").read_text("utf-8"))
    assert result["settings"] == settings.model_dump(mode="json")
    assert result["test_accuracy"] == history.test_accuracy
    assert result["seconds"] == pytest.approx(history.seconds, abs=1e-3)
    assert result["finished"] is True
    assert [epoch["epoch"] for epoch in result["epochs"]] == [1, 2]
    assert result["epochs"][1]["validation_loss"] == history.epochs[1].validation_loss
    assert np.sum(result["confusion"]) == 30
    assert {"torch", "numpy", "python", "convolution-studio"} <= set(result["versions"])
    loaded = load_model(folder)
    assert loaded.card.name == "lenet5-glyphs"
    assert loaded.card.test_accuracy == history.test_accuracy
    assert loaded.card.classes == tuple("0123456789")
    assert loaded.card.trained.command == (
        "studio train --data glyphs --batch-size 16 --seed 5 --network lenet5 --epochs 2 "
        "--precision full --device cpu -o RUN_DIR"
    )
    for name, values in history.weights.items():
        assert np.array_equal(loaded.weights[name], values)


def test_a_run_that_was_stopped_keeps_its_last_whole_epoch(settings, data, tmp_path):
    run = train_into(tmp_path, settings, data=data)
    for event in run:
        if isinstance(event, Step) and event.step == 6:
            run.close()
            break
    result = json.loads((tmp_path / "result.json").read_text("utf-8"))
    assert result["finished"] is False
    assert len(result["epochs"]) == 1
    assert "1 of 2 epochs" in load_model(tmp_path).card.trained.text


def test_without_a_whole_epoch_there_is_nothing_to_keep(settings, data):
    history = History()
    with pytest.raises(TrainingError, match="nothing to keep"):
        make_model(settings, history)
    for event in train(settings, data=data):
        history.add(event)
        if isinstance(event, Step):
            break
    with pytest.raises(TrainingError, match="nothing to keep"):
        make_model(settings, history)


def test_a_folder_that_cannot_be_made_is_named(settings, data, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(TrainingError, match=r"can't be kept in .*file/run"):
        next(train_into(tmp_path / "file" / "run", settings, data=data))


def test_a_run_s_model_is_bundled_under_a_name(settings, data, tmp_path, capsys):
    history = History()
    for event in train_into(tmp_path / "run", settings, data=data):
        history.add(event)
    bundle(tmp_path / "run", "digits", "Digits, tiny", tmp_path)
    card = load_model(tmp_path / "digits.json").card
    assert (card.name, card.title) == ("digits", "Digits, tiny")
    assert card.test_accuracy == history.test_accuracy
    assert main([str(tmp_path / "nothing"), "digits", "--title", "Digits"]) == 2
    assert "nothing" in capsys.readouterr().err
    with pytest.raises(ModelError):
        bundle(tmp_path / "nothing", "digits", "Digits", tmp_path)
