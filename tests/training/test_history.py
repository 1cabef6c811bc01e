"""The reducer of events, and what a run leaves behind."""

import json

import numpy as np
import pytest

from studio.errors import ModelError, TrainingError
from studio.nets.model import load_model
from studio.training.bundle import bundle, main
from studio.training.engine import train
from studio.training.events import Epoch, Step
from studio.training.history import History
from studio.training.run import make_model, save_run


@pytest.fixture
def history(settings, arrays):
    history = History()
    for event in train(settings, arrays=arrays):
        history.add(event)
    return history


def test_it_keeps_what_was_said(settings, arrays):
    history = History()
    assert (history.fraction, history.seconds_left, history.test_accuracy) == (0, None, None)
    steps, epochs, left = [], [], []
    for event in train(settings, arrays=arrays):
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
    assert history.test_accuracy == epochs[-1].test_accuracy
    assert history.seconds == pytest.approx(history.finished.seconds)
    assert min(left) == left[-1] == 0
    assert left[0] == pytest.approx(7 / 8 * 2 * 60 / steps[0].pictures_per_second)
    assert history.snapshot.epoch == 2
    assert history.preparing is None


def test_a_run_folder(settings, history, tmp_path):
    model = make_model(settings, history)
    folder = tmp_path / "runs" / "first"
    save_run(folder, history, model)
    assert sorted(path.name for path in folder.iterdir()) == [
        "model.json",
        "model.safetensors",
        "result.json",
    ]
    result = json.loads((folder / "result.json").read_text("utf-8"))
    assert result["settings"] == settings.model_dump(mode="json")
    assert result["test_accuracy"] == history.test_accuracy
    assert result["seconds"] == pytest.approx(history.seconds, abs=1e-3)
    assert result["finished"] is True
    assert [epoch["epoch"] for epoch in result["epochs"]] == [1, 2]
    assert result["epochs"][1]["test_loss"] == history.epochs[1].test_loss
    assert np.sum(result["confusion"]) == 30
    assert {"torch", "numpy", "python", "convolution-studio"} <= set(result["versions"])
    loaded = load_model(folder)
    assert loaded.card.name == "lenet5-glyphs"
    assert loaded.card.test_accuracy == history.test_accuracy
    assert loaded.card.classes == tuple("0123456789")
    assert loaded.card.trained.command == (
        "studio train --data glyphs --network lenet5 --epochs 2 --batch-size 16 --seed 5 "
        "--device cpu -o RUN_DIR"
    )
    for name, values in history.weights.items():
        assert np.array_equal(loaded.weights[name], values)


def test_a_run_that_was_stopped_keeps_its_last_whole_epoch(settings, arrays, tmp_path):
    history = History()
    run = train(settings, arrays=arrays)
    for event in run:
        history.add(event)
        if history.steps == [1, 2, 3, 4, 5, 6]:
            run.close()
            break
    save_run(tmp_path, history, make_model(settings, history))
    result = json.loads((tmp_path / "result.json").read_text("utf-8"))
    assert result["finished"] is False
    assert len(result["epochs"]) == 1
    assert "1 of 2 epochs" in load_model(tmp_path).card.trained.text


def test_without_a_whole_epoch_there_is_nothing_to_keep(settings, arrays):
    history = History()
    with pytest.raises(TrainingError, match="nothing to keep"):
        make_model(settings, history)
    for event in train(settings, arrays=arrays):
        history.add(event)
        if isinstance(event, Step):
            break
    with pytest.raises(TrainingError, match="nothing to keep"):
        make_model(settings, history)


def test_a_folder_that_cannot_be_made_is_named(settings, history, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(TrainingError, match="file/run can't be made"):
        save_run(tmp_path / "file" / "run", history, make_model(settings, history))


def test_a_run_s_model_is_bundled_under_a_name(settings, history, tmp_path, capsys):
    save_run(tmp_path / "run", history, make_model(settings, history))
    bundle(tmp_path / "run", "digits", "Digits, tiny", tmp_path)
    card = load_model(tmp_path / "digits.json").card
    assert (card.name, card.title) == ("digits", "Digits, tiny")
    assert card.test_accuracy == history.test_accuracy
    assert main([str(tmp_path / "nothing"), "digits", "--title", "Digits"]) == 2
    assert "nothing" in capsys.readouterr().err
    with pytest.raises(ModelError):
        bundle(tmp_path / "nothing", "digits", "Digits", tmp_path)
