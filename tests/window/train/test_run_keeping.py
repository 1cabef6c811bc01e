"""Runs that wait, are kept, opened, resumed, named and deleted; with the engine, on tiny data."""

import functools
import json
import shutil

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtWidgets import QFileDialog, QLineEdit, QMainWindow

from studio.data.parts import Data, Facts, Part
from studio.document import Document
from studio.nets.layer import Size
from studio.nets.preprocess import Preprocessing
from studio.training import engine, folder, run_folders
from studio.training.events import Snapshot
from studio.training.experiment_plan import Experiment
from studio.training.settings import TrainSettings
from studio.window.chrome.status import Status
from studio.window.drop import Brought
from studio.window.job import stop_all
from studio.window.session import Session
from studio.window.train import kept_runs, run_status, runs
from studio.window.train.run_model import COURSE
from studio.window.train.space import TrainSpace

LEFT = Qt.MouseButton.LeftButton
SETTINGS = TrainSettings(
    network="lenet5", epochs=2, batch_size=10, device="cpu", precision="full", dropout=0.2
)
STEPS = 8  # of a run


def _data():
    rng = np.random.default_rng(0)
    pictures = rng.integers(0, 256, (60, 28, 28, 1), np.uint8)
    labels = np.arange(60) % 10
    facts = Facts("Noise", tuple("0123456789"), Size(1, 28, 28), "noise made by the test")
    preprocessing = Preprocessing(size=(28, 28), channels=1, mean=(0.5,), std=(0.25,))
    parts = Part(pictures[:40], labels[:40]), Part(pictures[40:], labels[40:])
    return Data(facts, *parts, preprocessing=preprocessing)


DATA = _data()


@pytest.fixture(autouse=True)
def tiny_data(monkeypatch, own_folders):
    monkeypatch.setattr(runs, "train_into", functools.partial(folder.train_into, data=DATA))
    monkeypatch.setattr(runs, "resume_into", functools.partial(folder.resume_into, data=DATA))
    yield
    stop_all(5)
    shutil.rmtree(run_folders.home(), ignore_errors=True)


@pytest.fixture
def space(qtbot):
    return show(qtbot)


def show(qtbot, settings=SETTINGS):
    made = TrainSpace(Session(Document(training=settings)), Status())
    window = QMainWindow()
    window.setCentralWidget(made)
    window.addActions([action for group in made.menu_actions.values() for action in group])
    qtbot.addWidget(window)
    window.resize(1200, 760)
    window.show()
    made.kept = window
    return made


def ended(qtbot, space):
    qtbot.waitUntil(lambda: space.active is None, timeout=60_000)


def train(qtbot, space):
    space.start()
    ended(qtbot, space)


def train_a_little(qtbot, space):
    """Start a run and hold it somewhere between its first step and its last."""
    space.start()
    space.active.pause()
    qtbot.waitUntil(lambda: _step(space), timeout=60_000)


def _step(space):
    """Ask for steps until one has arrived."""
    space.step()
    return len(space.active.history.steps) >= 2


def stop(qtbot, space):
    space.stop()
    ended(qtbot, space)


def idle(qtbot, space):
    qtbot.waitUntil(lambda: not space.bringing.is_busy)


def texts(space, row):
    model = space.table.model()
    return [model.index(row, column).data() for column in range(model.columnCount())]


def states(space):
    return [run.state for run in space.runs]


def press(qtbot, button):
    qtbot.mouseClick(button, LEFT)


def weights_of(settings):
    events = engine.train(settings, data=DATA)
    return [event.weights for event in events if isinstance(event, Snapshot)][-1]


# One after the other


def test_a_second_run_waits_for_its_turn(qtbot, space):
    train_a_little(qtbot, space)
    space.new_run()
    space.list.edit(SETTINGS.change(learning_rate=0.2))
    button = space.transport.start_button
    assert (button.text(), button.isEnabled()) == ("Queue", True)
    press(qtbot, button)
    assert states(space) == ["paused", "waiting"]
    assert texts(space, 1)[0] == "2  learning rate 0.2"
    assert not space.inspector.forms["Optimiser"].fields["learning_rate"].isEnabled()
    assert space.transport.start_button.text() == "Resume"
    press(qtbot, space.transport.start_button)
    ended(qtbot, space)
    assert states(space) == ["done", "done"]
    assert [run.history.started.settings["learning_rate"] for run in space.runs] == [0.05, 0.2]
    first, second = (int(run.folder.name.split("-")[3]) for run in space.runs)
    assert second == first + 1
    assert set(space._session.models) == {"run:1", "run:2"}


def test_a_run_that_waits_can_be_taken_back_and_started_later(qtbot, space):
    train_a_little(qtbot, space)
    space.new_run()
    space.start()
    space.stop()  # the chosen one, which waits
    assert states(space) == ["paused", "stopped"]
    assert space.run.folder is None
    space.active.resume()
    ended(qtbot, space)
    assert states(space) == ["done", "stopped"]
    train(qtbot, space)
    assert states(space) == ["done", "stopped", "done"]


def test_the_next_run_starts_after_one_that_failed(qtbot, space):
    space.list.edit(SETTINGS.change(learning_rate=10.0, optimiser="sgd", loss="squared"))
    train_a_little(qtbot, space)
    space.list.copy(space.run)
    space.list.edit(SETTINGS)
    space.start()
    shutil.rmtree(space.active.folder)
    space.active.resume()
    ended(qtbot, space)
    assert states(space) == ["failed", "done"]
    assert "is gone" in space.message.words.text() or "can't be kept" in space.message.words.text()
    assert space.message.isVisible()


def test_several_values_make_several_runs(qtbot, space, monkeypatch):
    wanted = tuple(SETTINGS.change(epochs=1, learning_rate=rate) for rate in (0.1, 0.2, 0.3))
    monkeypatch.setattr(space.inspector, "confirmed", lambda: wanted)
    space.start()
    assert states(space) == ["running", "waiting", "waiting"]
    assert [texts(space, row)[0] for row in (1, 2)] == [
        "2  learning rate 0.2",
        "3  learning rate 0.3",
    ]
    ended(qtbot, space)
    assert [run.settings for run in space.runs] == list(wanted)
    assert states(space) == ["done"] * 3


def test_an_experiment_is_one_click_and_shows_the_course_s_figures(qtbot, space):
    experiment = Experiment.build(
        {
            "name": "two",
            "settings": {**SETTINGS.model_dump(), "epochs": 1},
            "named": [{"name": "plain"}, {"name": "fast", "settings": {"learning_rate": 0.3}}],
            "figures": {"fast": "85 %"},
            "figures_source": "a report",
        }
    )
    assert space.table.isColumnHidden(COURSE)
    space.start_experiment(experiment, "two.toml")
    assert (space.title.text(), space.count.text()) == ("two.toml", "2 runs")
    assert [texts(space, row)[0] for row in (0, 1)] == ["1  plain", "2  fast"]
    assert [texts(space, row)[COURSE] for row in (0, 1)] == ["–", "85 %"]
    assert not space.table.isColumnHidden(COURSE)
    ended(qtbot, space)
    assert [run.folder.name[11:] for run in space.runs] == ["001-plain", "002-fast"]
    assert run_folders.summary(space.runs[1].folder).title == "fast"


def test_a_wrong_experiment_says_what_is_wrong_with_it(qtbot, space, tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text("[settings]\nlearning_rate = -1\n", encoding="utf-8")
    space.bringing.experiments.open(path)
    qtbot.waitUntil(space.message.isVisible)
    assert "learning_rate" in space.message.words.text()
    assert states(space) == ["new"]


# Stopped and resumed


def test_resume_goes_on_exactly_as_the_same_run(qtbot, space):
    train_a_little(qtbot, space)
    stop(qtbot, space)
    run = space.run
    done = len(run.history.steps)
    assert run.state == "stopped"
    assert 2 <= done < STEPS
    assert (run.folder / "last.ckpt").is_file()
    assert space.transport.start_button.text() == "Resume"
    press(qtbot, space.transport.start_button)
    ended(qtbot, space)
    assert space.runs == [run]
    assert run.state == "done"
    assert run.history.steps == list(range(1, STEPS + 1))
    assert [epoch.epoch for epoch in run.history.epochs] == [1, 2]
    wanted = weights_of(SETTINGS)
    for name, array in run.model.weights.items():
        assert np.array_equal(array, wanted[name]), name


def test_the_last_checkpoint_is_spoken_of(qtbot, space, monkeypatch):
    status = space._status
    space.start()
    ended(qtbot, space)
    assert status.note == ""
    space.run.checkpointed_at = 100.0
    assert run_status.checkpoint_words(space.run, 102.2) == "last checkpoint 2 s ago"
    space.run.checkpointed_at = None
    assert run_status.checkpoint_words(space.run, 102.2) == ""


# From folders


def test_a_kept_run_is_opened_with_curves_and_models(qtbot, space):
    train(qtbot, space)
    kept = space.run
    other = show(qtbot, TrainSettings())
    other.bringing.kept.open(kept.folder)
    qtbot.waitUntil(lambda: len(other.runs) == 2)
    run = other.run
    assert (run.number, run.state, run.settings) == (2, "done", SETTINGS)
    assert run.history.losses == kept.history.losses
    assert run.best == kept.best
    assert (2, "validation") in other.charts.loss.plot.series
    session = other._session
    assert [one.epoch for one in session.snapshots.of("run:2")] == [1, 2]
    for name, array in kept.model.weights.items():
        assert np.array_equal(session.models["run:2"].weights[name], array)
    assert not other.inspector.forms["Schedule"].fields["epochs"].isEnabled()
    other.bringing.kept.open(kept.folder)  # once more: it is the same row
    idle(qtbot, other)
    assert len(other.runs) == 2


def test_a_folder_of_runs_opens_all_of_them(qtbot, space):
    space.list.edit(SETTINGS.change(epochs=1))
    train(qtbot, space)
    train(qtbot, space)
    other = show(qtbot)
    other.bringing.kept.open(run_folders.home())
    qtbot.waitUntil(lambda: len(other.runs) == 3)


def test_a_damaged_run_doesn_t_keep_the_others_from_being_opened(qtbot, space):
    space.list.edit(SETTINGS.change(epochs=1))
    train(qtbot, space)
    shutil.copytree(space.run.folder, run_folders.home() / "000-damaged")
    (run_folders.home() / "000-damaged" / "run.json").write_text("{", encoding="utf-8")
    other = show(qtbot)
    other.bringing.kept.open(run_folders.home())
    qtbot.waitUntil(lambda: len(other.runs) == 2)
    idle(qtbot, other)
    assert "000-damaged" in other.message.words.text()


def test_a_run_that_another_window_trains_is_not_deleted(qtbot, space):
    train_a_little(qtbot, space)
    other = show(qtbot)
    other.bringing.kept.open(space.run.folder)
    qtbot.waitUntil(lambda: states(other)[-1] == "elsewhere")
    assert not other.commands.delete.isEnabled()
    assert "Another window" in other.commands.delete.toolTip()
    assert other.commands.remove.isEnabled()
    stop(qtbot, space)


def test_a_folder_without_a_run_says_so(qtbot, space, tmp_path):
    space.bringing.kept.open(tmp_path)
    qtbot.waitUntil(space.message.isVisible)
    assert "there is no run" in space.message.words.text().lower()


def test_the_menu_offers_the_newest_runs(qtbot, space):
    train(qtbot, space)
    menu = space.bringing.kept.menu
    menu.aboutToShow.emit()
    idle(qtbot, space)
    first, *_, last = [action for action in menu.actions() if not action.isSeparator()]
    assert "lenet5, glyphs" in first.text()
    assert first.text().endswith("done")
    assert last.text() == "Another folder…"
    space.list.remove(space.run)
    first.trigger()
    qtbot.waitUntil(lambda: "done" in states(space))


def test_a_run_that_was_cut_off_is_offered_once_and_goes_on(qtbot, space):
    train_a_little(qtbot, space)
    stop(qtbot, space)
    where = space.run.folder / "run.json"
    said = json.loads(where.read_text(encoding="utf-8"))
    where.write_text(json.dumps({**said, "state": "running"}), encoding="utf-8")
    other = show(qtbot)
    other.bringing.kept.check()
    qtbot.waitUntil(other.message.isVisible)
    assert "was cut off after 0 of 2 epochs" in other.message.words.text()
    press(qtbot, other.message.remedy)
    qtbot.waitUntil(lambda: states(other)[-1] == "done", timeout=60_000)
    assert other.run.history.steps == list(range(1, STEPS + 1))
    third = show(qtbot)
    third.bringing.kept.check()
    idle(qtbot, third)
    assert not third.message.isVisible()


# Names, removal, reports


def test_a_name_is_typed_in_the_table_and_kept_in_the_folder(qtbot, space):
    train(qtbot, space)
    space.commands.rename.trigger()
    editor = space.table.findChild(QLineEdit)
    qtbot.keyClicks(editor, "baseline")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: texts(space, 0)[0] == "1  baseline")
    idle(qtbot, space)
    assert run_folders.summary(space.run.folder).title == "baseline"


def test_a_name_given_while_it_runs_stays(qtbot, space):
    train_a_little(qtbot, space)
    space.table.renamed.emit(space.run, "slow")
    idle(qtbot, space)
    space.active.resume()
    ended(qtbot, space)
    found = run_folders.summary(space.run.folder)
    assert (found.title, found.state) == ("slow", "done")


def test_removing_leaves_the_folder_and_another_run_is_chosen(qtbot, space):
    train(qtbot, space)
    run = space.run
    space.commands.remove.trigger()
    assert run.folder.is_dir()
    assert states(space) == ["new"]
    assert space.run.number == 2
    assert not space.charts.loss.plot.series


def test_a_run_that_trains_can_t_be_removed(qtbot, space):
    train_a_little(qtbot, space)
    assert not space.commands.remove.isEnabled()
    space.list.remove(space.run)
    assert states(space) == ["paused"]
    stop(qtbot, space)


def test_deleting_asks_first(qtbot, space, monkeypatch):
    class NoTrash:
        def __init__(self, path):
            pass

        def moveToTrash(self):
            return False

    monkeypatch.setattr(kept_runs, "QFile", NoTrash)
    train(qtbot, space)
    folder = space.run.folder
    space.commands.delete.trigger()
    assert str(folder) in space.handling.dialog.words.text()
    press(qtbot, space.handling.dialog.no)
    assert folder.is_dir()
    space.commands.delete.trigger()
    press(qtbot, space.handling.dialog.yes)
    idle(qtbot, space)
    assert not folder.exists()
    assert states(space) == ["new"]


def test_only_the_studio_s_own_folders_are_deleted(qtbot, space, tmp_path):
    train(qtbot, space)
    elsewhere = shutil.copytree(space.run.folder, tmp_path / "mine")
    space.bringing.kept.open(elsewhere)
    qtbot.waitUntil(lambda: len(space.runs) == 2)
    assert space.run.folder == elsewhere
    assert not space.commands.delete.isEnabled()
    assert space.commands.remove.isEnabled()


def test_the_report_is_one_page(qtbot, space, monkeypatch, tmp_path):
    assert not space.commands.report.isEnabled()
    train(qtbot, space)
    target = tmp_path / "report.html"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    space.commands.report.trigger()
    qtbot.waitUntil(lambda: not space.reporting.is_busy, timeout=60_000)
    assert target.read_bytes().startswith(b"<!doctype html>") or target.stat().st_size > 1000
    assert space._status.message == f"Saved {target}"
    monkeypatch.setattr(
        QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "no" / "x.html"), "")
    )
    space.commands.report.trigger()
    qtbot.waitUntil(lambda: not space.reporting.is_busy, timeout=60_000)
    assert "there is no such folder" in space.message.words.text()


# Dropped


def test_what_may_be_dropped(qtbot, space, tmp_path):
    train(qtbot, space)
    recipe, note, pictures = tmp_path / "a.toml", tmp_path / "a.txt", tmp_path / "cats"
    for path in (recipe, note):
        path.write_text("", encoding="utf-8")
    pictures.mkdir()
    space.new_run()

    def said(*paths):
        return space.bringing.offer(Brought(paths=paths))

    assert said(space.runs[0].folder).welcome
    assert said(recipe) == ("Start the experiment a.toml", True)
    assert said(pictures) == ("Train on the pictures in cats", True)
    assert not said(note).welcome
    assert not said(recipe, note).welcome


def test_a_dropped_folder_of_a_run_is_opened(qtbot, space):
    train(qtbot, space)
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(space.run.folder))])
    other = show(qtbot)
    other.bringing.veil.dropped.emit(Brought(paths=(space.run.folder,)))
    qtbot.waitUntil(lambda: "done" in states(other))


# Closing the window


def test_closing_asks_then_saves_and_stops(qtbot, space):
    assert space.closing.may_close()
    train_a_little(qtbot, space)
    assert not space.closing.may_close()
    press(qtbot, space.closing.dialog.no)
    assert space.active.state == "paused"
    assert not space.closing.may_close()
    dialog = space.closing.dialog
    with qtbot.waitSignal(space.closing.stopped, timeout=60_000):
        press(qtbot, dialog.yes)
    assert space.closing.may_close()
    assert space.run.state == "stopped"
    assert run_folders.summary(space.run.folder).state == "stopped"
    assert (space.run.folder / "last.ckpt").is_file()


def test_nothing_that_waits_is_started_while_the_window_closes(qtbot, space):
    train_a_little(qtbot, space)
    space.new_run()
    space.start()
    space.closing.may_close()
    assert "wait" in space.closing.dialog.words.text()
    with qtbot.waitSignal(space.closing.stopped, timeout=60_000):
        press(qtbot, space.closing.dialog.yes)
    assert states(space) == ["stopped", "waiting"]
    assert space.active is None


def test_closing_while_it_stops_waits_for_it_but_not_twice(qtbot, space):
    train_a_little(qtbot, space)
    space.stop()
    with qtbot.waitSignal(space.closing.stopped, timeout=60_000):
        assert not space.closing.may_close()
        assert space.closing.dialog is None
        assert space.closing.may_close()
