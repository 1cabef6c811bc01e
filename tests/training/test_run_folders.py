"""The folders that the window keeps runs in: their names, and what is said of them at a glance."""

import json
import re

import pytest
from filelock import FileLock

from studio.errors import DocumentError, TrainingError
from studio.training import run_folders
from studio.training.kept import LOCK
from studio.training.settings import TrainSettings


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setattr(run_folders.paths, "data", lambda: tmp_path)
    return tmp_path / "runs"


def keep(folder, state="done", name="", accuracies=()):
    """A run's folder, as far as a glance goes."""
    about = {
        "format": 1,
        "name": name,
        "state": state,
        "settings": TrainSettings(epochs=7).model_dump(mode="json"),
        "begun": "2026-03-01T10:00:00+00:00",
    }
    (folder / "run.json").write_text(json.dumps(about), encoding="utf-8")
    (folder / "last.ckpt").write_bytes(b"")
    epochs = [{"validation_accuracy": one} for one in accuracies]
    (folder / "result.json").write_text(json.dumps({"epochs": epochs}), encoding="utf-8")


def test_folders_are_numbered_and_named(home):
    made = [run_folders.new_folder(title) for title in ("LeNet-5 on Glyphs", "", "a/b: c")]
    assert all(folder.parent == home and folder.is_dir() for folder in made)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d-001-lenet-5-on-glyphs", made[0].name)
    assert [folder.name[11:] for folder in made[1:]] == ["002", "003-a-b-c"]
    made[0].rmdir()
    assert run_folders.new_folder("x").name[11:] == "004-x"


def test_a_place_that_can_t_be_written_to_is_named(home):
    home.write_text("a file in the way", encoding="utf-8")
    with pytest.raises(TrainingError, match="runs can't be written to"):
        run_folders.new_folder("x")


def test_a_glance_tells_name_state_and_best(home):
    folder = run_folders.new_folder("x")
    keep(folder, accuracies=(0.5, 0.75, 0.7))
    found = run_folders.summary(folder)
    assert (found.title, found.state, found.best) == ("lenet5, glyphs", "done", 0.75)
    assert (found.epochs, found.planned) == (3, 7)
    keep(folder, name="baseline")
    found = run_folders.summary(folder)
    assert (found.title, found.best) == ("baseline", None)


def test_a_run_that_nobody_trains_and_that_never_ended_was_cut_off(home):
    folder = run_folders.new_folder("x")
    keep(folder, state="running")
    assert run_folders.summary(folder).state == "interrupted"
    with FileLock(folder / LOCK):
        assert run_folders.summary(folder).state == "running"


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"format": 1, "settings": 3}'])
def test_a_damaged_folder_is_left_out(home, text):
    folder = run_folders.new_folder("x")
    keep(folder)
    (folder / "run.json").write_text(text, encoding="utf-8")
    other = run_folders.new_folder("y")
    keep(other)
    assert [found.folder for found in run_folders.recent()] == [other]


def test_the_newest_come_first_and_those_without_a_step_not_at_all(home):
    assert run_folders.recent() == ()
    folders = [run_folders.new_folder(str(number)) for number in range(4)]
    for folder in folders[:3]:
        keep(folder)
    assert [found.folder for found in run_folders.recent(2)] == folders[2:0:-1]


def test_a_run_gets_another_name_and_keeps_the_rest(home):
    folder = run_folders.new_folder("x")
    keep(folder, accuracies=(0.5,))
    before = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    run_folders.rename(folder, "baseline")
    after = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    assert after == {**before, "name": "baseline"}
    (folder / "run.json").unlink()
    with pytest.raises(DocumentError, match="there is no file"):
        run_folders.rename(folder, "other")
