"""The Train workspace, driven as a person does; a scripted engine except where it says so."""

import functools
import threading
from html import unescape

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QSettings, Qt
from PySide6.QtWidgets import QAbstractButton, QFileDialog, QMainWindow, QStackedWidget, QWidget

from studio.data import DATASETS
from studio.data.parts import Data, Facts, Part
from studio.document import Document
from studio.errors import DataError, TrainingError
from studio.nets.model import load_model
from studio.nets.preprocess import Preprocessing
from studio.nets.zoo import NETWORKS
from studio.training import engine
from studio.training.events import Epoch, Finished, Preparing, Snapshot, Started, Step
from studio.training.events import Testing as Answering
from studio.training.folder import train_into
from studio.training.settings import TrainSettings
from studio.window.chrome.status import Status
from studio.window.job import running_jobs, stop_all
from studio.window.session import Session
from studio.window.train import runs
from studio.window.train.space import TrainSpace

STEPS = 6  # of each epoch
LEFT, NO_KEY = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


class Script:
    """An engine without torch, which waits before each step that wasn't allowed yet."""

    def __init__(self):
        self.losses = {}  # of some steps
        self.error = None  # raised instead of step `at`
        self.at = 0
        self.roots = []
        self.networks = []
        self.settings = []
        self.closed = threading.Event()
        self._allowed = threading.Semaphore(0)
        self._free = False
        self.step_made = 0

    def allow(self, steps):
        self._allowed.release(steps)

    def free(self):
        self._free = True
        self._allowed.release()

    def __call__(self, folder, settings, root, network=None, name=""):
        self.roots.append(root)
        self.networks.append(network)
        self.settings.append(settings)
        try:
            yield from self._events(settings)
        finally:
            self.closed.set()

    def _wait(self):
        if not self._free:
            assert self._allowed.acquire(timeout=20)

    def _events(self, settings):
        yield Preparing("Drawing digits", 0.5)
        if self.error is not None and not self.at:
            raise self.error
        data = DATASETS[settings.data]
        network = self.networks[-1] or NETWORKS[settings.network]
        network = network.fit(data.size, data.classes)
        yield Started(
            settings=settings.model_dump(mode="json"),
            device="CPU, scripted",
            train_count=60,
            test_count=100,
            weights=network.weights,
            steps=STEPS * settings.epochs,
            classes=data.classes,
            network=network,
            data_title=data.title,
            source=data.source,
            preprocessing=Preprocessing(size=data.size[1:], channels=1, mean=(0.5,), std=(0.25,)),
        )
        for epoch in range(1, settings.epochs + 1):
            for place in range(STEPS):
                self._wait()
                step = (epoch - 1) * STEPS + place + 1
                if step == self.at:
                    raise self.error
                self.step_made = step
                yield Step(step, epoch, self.losses.get(step, 2.0 / step), step / 100, 0.1, 1718.0)
            yield Answering(epoch, 1.0)
            yield Epoch(epoch, epoch * STEPS, 1.0, 0.5, 1.5 / epoch, right(epoch), 2.0, mix(epoch))
            yield Snapshot(epoch, weights(network, epoch))
        yield Finished(settings.epochs, right(settings.epochs), 2.0 * settings.epochs)


def right(epoch):
    return (60 + 10 * epoch) / 100


def mix(epoch):
    """A hundred answers of which `right` are right; the others take a digit for the next one."""
    wrong = 4 - epoch  # of ten
    return np.eye(10, dtype=np.int64) * (10 - wrong) + np.roll(np.eye(10, dtype=np.int64), 1, 1) * (
        wrong
    )


def weights(network, epoch):
    return {name: np.full(part.shape, epoch, part.dtype) for name, part in network.state().items()}


@pytest.fixture
def script(monkeypatch):
    made = Script()
    monkeypatch.setattr(runs, "train_into", made)
    yield made
    made.free()


@pytest.fixture
def space(qtbot, script):
    return show(qtbot, TrainSettings(epochs=2))


def show(qtbot, settings):
    made = TrainSpace(Session(Document(training=settings)), Status())
    window = QMainWindow()
    window.setCentralWidget(made)
    window.addActions([action for group in made.menu_actions.values() for action in group])
    qtbot.addWidget(window)
    window.resize(1200, 700)
    window.show()
    made.kept = window
    return made


def press(qtbot, button):
    qtbot.mouseClick(button, LEFT)


def start(qtbot, space):
    press(qtbot, space.transport.start_button)
    assert space.active is not None


def train(qtbot, space, script):
    """A whole run."""
    script.free()
    start(qtbot, space)
    qtbot.waitUntil(lambda: space.active is None)


def seen(qtbot, space, steps):
    """Wait until so many steps have arrived, and have been shown."""
    qtbot.waitUntil(lambda: len(space.active.history.steps) >= steps)
    qtbot.waitUntil(lambda: not space._redraw.isActive())


def field(space, name):
    return next(form.fields[name] for form in space.inspector.forms.values() if name in form.fields)


def buttons(space):
    names = ("Use in Network", "Use in Classify", "Save model…")
    found = {button.text(): button for button in space.findChildren(QAbstractButton)}
    return [found[name] for name in names]


def row_of(space, row):
    model = space.table.model()
    return [model.index(row, column).data() for column in range(4)]


def line(chart, run, kind):
    return chart.plot.series[run, kind]


# Before, while and after


def test_before_the_start_there_is_a_draft_and_only_start_can_be_pressed(space):
    assert space.transport.start_button.text() == "Start"
    assert space.transport.start_button.isEnabled()
    assert not space.transport.step_button.isEnabled()
    assert not space.transport.stop_button.isEnabled()
    assert not space.inspector.new_button.isEnabled()
    for button in buttons(space):
        assert not button.isEnabled()
        assert "before its first epoch ends" in button.toolTip()
    assert row_of(space, 0)[::3] == ["1  LeNet-5 on Glyphs", "not started"]
    assert "of 2 epochs" in space.transport.epochs.text()
    assert running_jobs() == ()


def test_a_run_from_start_to_end(qtbot, space, script):
    train(qtbot, space, script)
    history = space.run.history
    assert history.finished is not None
    assert history.steps == list(range(1, 2 * STEPS + 1))
    loss, accuracy = space.charts.loss, space.charts.accuracy
    assert line(loss, 1, "validation").x.tolist() == [1, 2]
    assert line(loss, 1, "validation").y.tolist() == [1.5, 0.75]
    assert line(accuracy, 1, "validation").y.tolist() == [right(1), right(2)]
    # The loss of a step belongs to its middle, in epochs.
    assert line(loss, 1, "training").x == pytest.approx((np.arange(12) + 0.5) / STEPS)
    assert line(loss, 1, "training").y == pytest.approx(2 / np.arange(1, 13))
    assert row_of(space, 0) == ["1  LeNet-5 on Glyphs", "80.0 %", "2", "done"]
    assert space.results.epoch == 2
    assert space.transport.step_words.text() == "step 12 of 12"
    assert space.transport.time_words.text() == "done in 4 s"
    assert space.transport.progress.value() == space.transport.progress.maximum()
    assert space._status.busy == ""
    assert space._status.message == "Run 1 is done: 80.0 % of the test pictures right"
    assert space.inspector.sections["Data"].head.caption.text() == "60 train, 100 test"


def test_while_it_runs_the_numbers_grow(qtbot, space, script):
    devices = []
    space._status.device_changed.connect(devices.append)
    start(qtbot, space)
    script.allow(STEPS + 3)
    seen(qtbot, space, STEPS + 3)
    assert space.transport.epochs.text().count(">1</span>") == 1
    assert space.transport.step_words.text() == "step 9 of 12"
    assert space.transport.speed_words.text() == "1,718 pictures/s"
    assert space.transport.time_words.text() == "1 s left"
    assert space._status.busy == "Training run 1"
    assert space._status.progress == pytest.approx(9 / 12)
    assert row_of(space, 0)[1:] == ["70.0 %", "1", "running"]
    assert devices == ["CPU, scripted"]
    space.stop()
    script.free()
    qtbot.waitUntil(lambda: space.active is None)


def test_what_comes_before_the_first_step_is_said(qtbot, space, script):
    script.at, script.error = 1, TrainingError("stopped by the test")
    start(qtbot, space)
    qtbot.waitUntil(lambda: space.active.history.started is not None)
    assert space.inspector.header.caption.text() == "while it runs"
    script.free()
    qtbot.waitUntil(lambda: space.active is None)


def test_the_model_is_offered_after_each_epoch_while_it_goes_on(qtbot, space, script):
    session = space._session
    start(qtbot, space)
    script.allow(STEPS)
    qtbot.waitUntil(lambda: "run:1" in session.models)
    model = session.models["run:1"]
    assert model.card.title == "Run 1 · LeNet-5 on Glyphs, 70.0 %"
    assert np.unique(model.weights["conv1.weight"]) == [1]
    assert all(button.isEnabled() for button in buttons(space))
    wanted = []
    space.use_wanted.connect(lambda *words: wanted.append(words))
    for button in buttons(space)[:2]:
        press(qtbot, button)
    assert wanted == [("network", "run:1"), ("classify", "run:1")]
    script.free()
    qtbot.waitUntil(lambda: space.active is None)
    assert list(session.models) == ["run:1"]
    assert np.unique(session.models["run:1"].weights["conv1.weight"]) == [2]


def test_pause_stops_and_a_step_makes_one_step(qtbot, space, script):
    button = space.transport.start_button
    start(qtbot, space)
    script.allow(2)
    seen(qtbot, space, 2)
    press(qtbot, button)
    assert button.text() == "Resume"
    assert row_of(space, 0)[3] == "paused"
    script.free()  # the step that it had begun comes to its end
    seen(qtbot, space, 3)
    assert script.step_made == 3
    assert space.transport.time_words.text() == "paused"
    for wanted in (4, 5, 6, 7):  # the last one goes through the end of an epoch
        press(qtbot, space.transport.step_button)
        seen(qtbot, space, wanted)
        assert script.step_made == wanted
    assert len(space.active.history.epochs) == 1
    press(qtbot, button)
    assert not space.transport.step_button.isEnabled()
    qtbot.waitUntil(lambda: space.active is None)
    assert space.run.state == "done"


def test_stop_keeps_the_last_model_and_the_curves(qtbot, space, script):
    start(qtbot, space)
    script.allow(STEPS + 2)
    seen(qtbot, space, STEPS + 2)
    press(qtbot, space.transport.stop_button)
    assert space.transport.time_words.text() == "stopping"
    assert space._status.busy == "Stopping run 1"
    assert not space.transport.stop_button.isEnabled()
    space.stop()  # once more changes nothing
    script.allow(1)
    qtbot.waitUntil(lambda: space.active is None)
    assert script.closed.is_set()
    assert script.step_made <= STEPS + 3
    assert row_of(space, 0)[1:] == ["70.0 %", "1", "stopped"]
    assert np.unique(space._session.models["run:1"].weights["conv1.weight"]) == [1]
    assert line(space.charts.loss, 1, "training").x.size >= STEPS + 2
    assert space._status.message == "Run 1 was stopped"
    assert space.transport.time_words.text() == "stopped"


def test_the_second_click_of_a_double_click_does_not_pause(qtbot, space, script):
    button = space.transport.start_button
    qtbot.mouseClick(button, LEFT)
    qtbot.mouseDClick(button, LEFT)
    qtbot.mouseRelease(button, LEFT)
    assert space.active.state == "running"
    script.free()
    qtbot.waitUntil(lambda: space.active is None)


def test_the_keys(qtbot, space, script):
    window = space.window()
    qtbot.keyClick(window, Qt.Key.Key_P)
    assert space.active.state == "running"
    script.allow(1)
    seen(qtbot, space, 1)
    qtbot.keyClick(window, Qt.Key.Key_P)
    assert space.active.state == "paused"
    script.free()
    seen(qtbot, space, 2)
    qtbot.keyClick(window, Qt.Key.Key_Period)
    seen(qtbot, space, 3)
    qtbot.keyClick(window, Qt.Key.Key_Period, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: space.active is None)
    assert space.run.state == "stopped"


# Settings and runs


def test_a_running_form_is_locked(qtbot, space, script):
    rate = field(space, "learning_rate")
    assert rate.box.isEnabled()
    start(qtbot, space)
    assert not rate.box.isEnabled()
    script.free()
    qtbot.waitUntil(lambda: space.active is None)
    assert not rate.box.isEnabled()
    assert space.inspector.new_button.isEnabled()
    press(qtbot, space.inspector.new_button)
    assert rate.box.isEnabled()
    assert space.run.number == 2
    assert space.run.settings == space.table.runs.runs[0].settings


def test_an_edited_draft_is_what_is_trained_and_can_be_undone(qtbot, space, script):
    field(space, "learning_rate").box.setValue(0.2)
    assert space._session.document.training.learning_rate == 0.2
    assert space._session.undo_stack.undoText() == "Change learning rate"
    space._session.undo_stack.undo()
    assert field(space, "learning_rate").value() == 0.05
    space._session.undo_stack.redo()
    train(qtbot, space, script)
    assert script.settings[0].learning_rate == 0.2
    assert script.settings[0] == space._session.document.training


def test_new_run_copies_the_chosen_run_and_the_table_says_what_differs(qtbot, space, script):
    train(qtbot, space, script)
    press(qtbot, space.inspector.new_button)
    field(space, "learning_rate").box.setValue(0.2)
    field(space, "epochs").box.setValue(1)
    assert row_of(space, 1)[0] == "2  learning rate 0.2, epochs 1"
    train(qtbot, space, script)
    space.table.choose(space.table.runs.runs[0])
    press(qtbot, space.inspector.new_button)
    assert space.run.settings.learning_rate == 0.05
    assert space._session.document.training == space.run.settings
    assert row_of(space, 2)[0] == "3  the same settings"
    space._session.undo_stack.undo()
    assert space.run.settings.learning_rate == 0.2  # the draft is the document's


def test_starting_a_run_that_has_ended_trains_it_again(qtbot, space, script):
    train(qtbot, space, script)
    train(qtbot, space, script)
    assert [run.state for run in space.table.runs.runs] == ["done", "done"]
    assert script.settings[0] == script.settings[1]
    assert set(space.charts.loss.plot.series) == {
        (run, kind) for run in (1, 2) for kind in ("training", "validation")
    }
    assert set(space._session.models) == {"run:1", "run:2"}


def test_a_click_chooses_the_run_whose_matrix_and_settings_are_shown(qtbot, space, script):
    train(qtbot, space, script)
    press(qtbot, space.inspector.new_button)
    assert space.results.epoch == 0
    rect = space.table.visualRect(space.table.model().index(0, 2))
    qtbot.mouseClick(space.table.viewport(), LEFT, NO_KEY, rect.center())
    assert space.run.number == 1
    assert space.results.epoch == 2
    assert space.inspector.header.title.text() == "Run 1"
    assert space.inspector.header.caption.text() == "as it was trained"


def test_the_marker_shows_an_earlier_matrix_until_live(qtbot, space, script):
    train(qtbot, space, script)
    matrix = space.confusion.matrix
    qtbot.mouseMove(matrix, matrix.cell_rect(3, 4).center())
    qtbot.waitUntil(lambda: space.confusion.words.text() == "3 as 4: 2")
    space.charts.accuracy.setFocus()
    qtbot.keyClick(space.charts.accuracy, Qt.Key.Key_Left)
    assert space.charts.loss.marker == 1
    assert space.confusion.words.text() == "3 as 4: 3"
    press(qtbot, space.results.scrubber.live)
    assert space.charts.loss.marker is None
    assert space.confusion.words.text() == "3 as 4: 2"
    assert not space.results.scrubber.live.isEnabled()


def test_a_network_that_can_t_take_the_pictures_is_refused_at_once(qtbot, space):
    network = field(space, "network")
    network.box.setCurrentIndex(network.box.findData("convnet-valid"))
    sentence = space.inspector.forms["Network"]._sentences["network"]
    assert "can't take 1 × 28 × 28" in sentence.text()
    assert not space.transport.start_button.isEnabled()
    assert "can't take" in space.transport.start_button.toolTip()
    qtbot.keyClick(space.window(), Qt.Key.Key_P)
    space.start()
    assert space.active is None
    network.box.setCurrentIndex(network.box.findData("convnet"))
    assert space.transport.start_button.isEnabled()
    assert space.inspector.sections["Network"].head.caption.text() == "ConvNet, 741,570 weights"


def test_the_status_bar_speaks_of_the_next_run_too(qtbot, space, script):
    start(qtbot, space)
    space.new_run()
    press(qtbot, space.transport.start_button)
    script.allow(2 * STEPS + 2)
    qtbot.waitUntil(lambda: space.active.number == 2 and len(space.active.history.steps) == 2)
    qtbot.waitUntil(lambda: not space._redraw.isActive())
    assert space._status.busy == "Training run 2"
    assert space._status.progress == pytest.approx(2 / 12)
    space.runs[0].rename("the first")
    assert space._status.busy == "Training run 2"
    script.free()
    qtbot.waitUntil(lambda: space.active is None)
    assert space._status.busy == ""


# What goes wrong


def test_missing_data_offers_a_folder_that_is_remembered(
    qtbot, space, script, monkeypatch, tmp_path
):
    script.error = DataError("MNIST can't be downloaded: no connection", "Name it with --data-root")
    start(qtbot, space)
    qtbot.waitUntil(lambda: space.active is None)
    assert space.message.isVisible()
    words = unescape(space.message.words.text())
    assert "Run 1: MNIST can't be downloaded: no connection." in words
    assert "--data-root" not in words
    assert row_of(space, 0)[3] == "failed"
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    press(qtbot, space.message.remedy)
    assert space.inspector.root_button.text() == tmp_path.name
    script.error = None
    train(qtbot, space, script)
    assert not space.message.isVisible()
    assert script.roots == [None, tmp_path]
    assert QSettings().value("folders/data") == str(tmp_path)
    press(qtbot, space.inspector.forget_button)
    assert space.inspector.data_root is None


def test_a_run_that_diverges_says_so_and_its_curves_stay(qtbot, space, script):
    script.at, script.error = 9, TrainingError("diverged at step 9", "Lower the learning rate")
    train(qtbot, space, script)
    words = unescape(space.message.words.text())
    assert "Run 1: diverged at step 9." in words
    assert "Lower the learning rate" in words
    assert space.run.state == "failed"
    assert line(space.charts.loss, 1, "training").x.size == 8
    assert line(space.charts.loss, 1, "validation").x.size == 1
    assert buttons(space)[0].isEnabled()  # the model of the whole epoch
    press(qtbot, space.inspector.new_button)
    assert space.transport.start_button.isEnabled()


def test_a_run_that_diverged_is_spoken_of_once_and_a_slower_one_is_offered(qtbot, space, script):
    script.at, script.error = 9, TrainingError("diverged at step 9", "Lower the learning rate")
    script.losses = {8: float("nan")}
    train(qtbot, space, script)
    assert not space.message.isVisible()
    assert "Run 1: diverged at step 8" in unescape(space.advice.words.text())
    press(qtbot, space.advice.remedy)
    assert space.charts.loss.plot.note.words == "run 1 diverges"
    button = space.transport.start_button
    assert button.text() == "New run"
    press(qtbot, button)
    assert (space.run.number, space.run.state) == (2, "new")
    assert space.run.settings.learning_rate == 0.005
    assert button.text() == "Start"


# Curves that are hidden


def test_a_click_on_a_run_s_colour_hides_its_curves(qtbot, space, script):
    train(qtbot, space, script)
    train(qtbot, space, script)
    first = space.runs[0]
    row = space.table.visualRect(space.table.model().index(0, 0))
    mark = QPoint(row.left() + 12, row.center().y())
    qtbot.mouseClick(space.table.viewport(), LEFT, NO_KEY, mark)
    qtbot.waitUntil(lambda: space.charts.shown == [space.runs[1]])
    assert space.run is space.runs[1]
    qtbot.waitUntil(lambda: {run for run, _ in space.charts.loss.plot.series} == {2})
    tip = space.table.model().index(0, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert "Its curves are hidden: click its colour, or press H" in tip
    space.table.choose(first)
    assert space.commands.hide.text() == "Show curves"
    qtbot.keyClick(space.window(), Qt.Key.Key_H)
    assert space.commands.hide.text() == "Hide curves"
    qtbot.waitUntil(lambda: {run for run, _ in space.charts.loss.plot.series} == {1, 2})
    qtbot.keyClick(space.window(), Qt.Key.Key_H)
    space.list.remove(first)
    assert not space.table.runs.hidden


def test_a_draft_has_no_curves_to_hide(qtbot, space):
    assert not space.commands.hide.isEnabled()
    space.table.toggle(space.run)
    assert not space.table.runs.hidden


# Elsewhere


def test_it_goes_on_behind_another_workspace(qtbot, script):
    space = TrainSpace(Session(Document(training=TrainSettings(epochs=2))), Status())
    stack = QStackedWidget()
    other = QWidget()
    stack.addWidget(space)
    stack.addWidget(other)
    qtbot.addWidget(stack)
    stack.show()
    start(qtbot, space)
    stack.setCurrentWidget(other)
    script.allow(STEPS + 2)
    seen(qtbot, space, STEPS + 2)
    assert space._status.progress == pytest.approx(8 / 12)
    assert not space.charts.loss.plot.series
    stack.setCurrentWidget(space)
    assert line(space.charts.loss, 1, "training").x.size == STEPS + 2
    script.free()
    qtbot.waitUntil(lambda: space.active is None)


def test_leaving_in_the_middle_of_an_epoch(qtbot, space, script):
    start(qtbot, space)
    script.allow(2)
    seen(qtbot, space, 2)
    script.free()
    assert stop_all(5) == ()
    assert script.closed.is_set()
    assert space.run.state in ("stopped", "done")


def test_an_undo_while_it_runs_changes_the_next_run_only(qtbot, space, script):
    field(space, "learning_rate").box.setValue(0.2)
    start(qtbot, space)
    space._session.undo_stack.undo()
    assert script.settings == [] or script.settings[0].learning_rate == 0.2
    assert space.active.settings.learning_rate == 0.2
    assert space.run.state == "new"
    assert space.run.settings.learning_rate == 0.05
    assert space.transport.start_button.text() == "Queue"
    script.free()
    qtbot.waitUntil(lambda: space.active is None)
    assert row_of(space, 0)[3] == "done"


def test_the_model_is_saved_and_can_be_loaded(qtbot, space, script, monkeypatch, tmp_path):
    train(qtbot, space, script)
    target = tmp_path / "mine.safetensors"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    press(qtbot, buttons(space)[2])
    qtbot.waitUntil(lambda: not space.saving.is_busy)
    model = load_model(target)
    assert np.unique(model.weights["conv1.weight"]) == [2]
    assert model.card.test_accuracy == right(2)
    assert model.card.title == "LeNet-5, Glyphs"
    assert space._status.message == f"Saved {target}"


def test_a_model_that_can_t_be_saved_is_explained(qtbot, space, script, monkeypatch, tmp_path):
    train(qtbot, space, script)
    target = tmp_path / "missing" / "mine.safetensors"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    press(qtbot, buttons(space)[2])
    qtbot.waitUntil(lambda: not space.saving.is_busy)
    assert space.message.isVisible()
    assert "there is no such folder" in space.message.words.text()


# With the engine


def test_the_window_gets_the_engine_s_own_numbers(qtbot, monkeypatch):
    rng = np.random.default_rng(0)
    pictures = rng.integers(0, 256, (60, 28, 28, 1), np.uint8)
    labels = np.arange(60) % 10
    known = DATASETS["glyphs"]
    facts = Facts(known.title, known.classes, known.size, known.source)
    data = Data(
        facts,
        Part(pictures[:40], labels[:40]),
        Part(pictures[40:], labels[40:]),
        preprocessing=Preprocessing(size=(28, 28), channels=1, mean=(0.5,), std=(0.25,)),
    )
    monkeypatch.setattr(runs, "train_into", functools.partial(train_into, data=data))
    settings = TrainSettings(epochs=2, batch_size=10, device="cpu")
    space = show(qtbot, settings)
    start(qtbot, space)
    qtbot.waitUntil(lambda: space.active is None, timeout=60_000)
    wanted = list(engine.train(settings, data=data))
    losses = [event.loss for event in wanted if isinstance(event, Step)]
    assert space.run.history.losses == losses
    (*_, snapshot) = (event for event in wanted if isinstance(event, Snapshot))
    model = space._session.models["run:1"]
    assert set(model.weights) == set(snapshot.weights)
    for name, array in snapshot.weights.items():
        assert np.array_equal(model.weights[name], array)
    (*_, epoch) = (event for event in wanted if isinstance(event, Epoch))
    matrix = space.confusion.matrix
    qtbot.mouseMove(matrix, QPoint(0, 0))
    row, column = np.argwhere(epoch.confusion > 0)[0]
    qtbot.mouseMove(matrix, matrix.cell_rect(int(row), int(column)).center())
    qtbot.waitUntil(
        lambda: space.confusion.words.text().endswith(str(epoch.confusion[row, column]))
    )


# One's own network


OWN = NETWORKS["mlp"].change(name="own", title="Mine")


def test_one_s_own_network_is_trained_as_it_is_when_the_run_starts(qtbot, space, script):
    session = space._session
    training = session.document.training.change(network="own")
    session.edit("edit", session.document.change(network=OWN, training=training))
    assert space.run.subject == "Mine on Glyphs"
    assert not space.inspector.problem
    edited = OWN.change(title="Mine, wider")
    session.edit("edit", session.document.change(network=edited))
    train(qtbot, space, script)
    assert script.networks == [edited]
    session.edit("edit", session.document.change(network=OWN))
    ended, draft = space.table.runs.runs
    assert ended.subject == "Mine, wider on Glyphs"
    assert draft.subject == "Mine on Glyphs"


def test_without_a_network_of_one_s_own_nothing_is_trained(qtbot, space, script):
    session = space._session
    training = session.document.training.change(network="own")
    session.edit("edit", session.document.change(training=training))
    assert "no network of your own" in space.inspector.problem
    assert not space.commands.start.isEnabled()
    space.start()
    assert not script.networks
    session.edit("edit", session.document.change(network=OWN))
    assert not space.inspector.problem


def test_an_own_network_that_can_t_take_the_pictures_says_so(qtbot, space):
    session = space._session
    narrow = OWN.change(layers=[{"kind": "conv", "kernel": 40}, *OWN.model_dump()["layers"]])
    training = session.document.training.change(network="own")
    session.edit("edit", session.document.change(network=narrow, training=training))
    assert "doesn't fit" in space.inspector.problem


def test_several_values_are_counted_beside_start_and_trained_one_after_the_other(
    qtbot, space, script
):
    rate = field(space, "learning_rate")
    rate.set_several((0.05, 0.1))
    rate.varied.emit()
    assert space.transport.step_words.text() == "makes two runs"
    rate.set_value(0.05)
    rate.varied.emit()
    assert space.transport.step_words.text() == ""
    rate.set_several((0.05, 0.1))
    rate.varied.emit()
    script.free()
    press(qtbot, space.transport.start_button)
    qtbot.waitUntil(lambda: space.active is None and not space.queue.waiting)
    assert [settings.learning_rate for settings in script.settings] == [0.05, 0.1]
    assert [run.state for run in space.runs] == ["done", "done"]
