"""Kernels, matrix and scrubber follow one selection; what goes to other workspaces."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from studio.document import Document
from studio.window.job import stop_all
from studio.window.session import Session
from studio.window.train.replay import source_of
from studio.window.train.results import ResultsPanel
from studio.window.train.run_table import RunTable
from studio.window.train.runs import Run
from studio.window.train.selection import Selection


@pytest.fixture
def session():
    return Session(Document(picture="cat"))


@pytest.fixture
def run(made, session):
    shown = made.finished_run()
    keep(made, session, shown)
    return shown


def keep(made, session, run):
    """As the workspace keeps the models of a run's epochs."""
    source = source_of(run, session)
    for epoch in range(1, len(run.history.epochs) + 1):
        model = source.model(made.weights_of(source.network, epoch))
        session.add_model(model, run.model_key, epoch=epoch)


@pytest.fixture
def selection(run):
    return Selection(run)


@pytest.fixture
def panel(qtbot, session, selection):
    shown = ResultsPanel(RunTable(), QWidget(), session)
    qtbot.addWidget(shown)
    shown.resize(900, 300)
    shown.follow(selection)
    shown.show()
    yield shown
    stop_all()


def drawn(qtbot, panel, epoch):
    def is_there():
        shown = panel.learned.shown
        return shown is not None and shown.asked.epoch == epoch

    qtbot.waitUntil(is_there)
    return panel.learned.shown


def test_one_epoch_for_kernels_matrix_and_scrubber(qtbot, made, panel, selection):
    assert drawn(qtbot, panel, 3)
    qtbot.keyClick(panel.scrubber.slider, Qt.Key.Key_Home)
    assert selection.epoch == 1
    shown = drawn(qtbot, panel, 1)
    assert np.array_equal(
        shown.kernels.weights, made.weights_of(made.network_of(), 1)["conv1.weight"]
    )
    assert panel.confusion.epoch == 1
    assert panel.scrubber.slider.value() == 1
    panel.scrubber.live.click()
    assert selection.epoch is None
    drawn(qtbot, panel, 3)
    assert panel.confusion.epoch == 3


def test_an_epoch_beyond_the_last_is_the_last(panel, selection):
    selection.look_at(12)  # as a click far right on the charts asks for
    assert panel.epoch == 3
    assert panel.scrubber.slider.value() == 3


def test_newer_kernels_show_only_while_the_last_epoch_is_looked_at(
    qtbot, made, panel, run, selection
):
    drawn(qtbot, panel, 3)
    run.history.add(made.kernels_event(34))
    selection.progressed.emit(run)
    qtbot.waitUntil(lambda: panel.learned.shown.asked.newer is not None)
    assert panel.learned.shown.asked.newer.step == 34
    selection.look_at(2)
    assert drawn(qtbot, panel, 2).asked.newer is None
    run.history.add(made.kernels_event(36))
    selection.progressed.emit(run)
    assert drawn(qtbot, panel, 2).asked.newer is None


def test_another_run_is_shown_and_one_that_has_not_begun(qtbot, made, panel, selection):
    drawn(qtbot, panel, 3)
    selection.choose(Run(2, selection.run.settings))
    assert panel.learned.shown is None
    assert panel.confusion.words.text() == "after the first epoch"
    assert not panel.scrubber.slider.isEnabled()


def test_a_narrow_window_shows_one_of_the_two(qtbot, panel):
    assert panel.learned.isVisible()
    assert panel.confusion.isVisible()
    panel.resize(660, 300)
    assert panel.switch.isVisible()
    assert panel.learned.isVisible() != panel.confusion.isVisible()
    panel.switch.set_value("confusion")
    panel.switch.changed.emit("confusion")
    assert panel.confusion.isVisible()
    assert not panel.learned.isVisible()
    panel.resize(900, 300)
    assert panel.learned.isVisible()
    assert not panel.switch.isVisible()


def test_a_kernel_of_an_earlier_epoch_goes_to_network_with_its_weights(
    qtbot, made, panel, session, selection
):
    selection.look_at(1)
    drawn(qtbot, panel, 1)
    with qtbot.waitSignal(panel.network_wanted) as wanted:
        panel.learned.to_network.click()
    reference, layer, output = wanted.args
    assert (layer, output) == ("conv1", 0)
    weights = session.find_model(reference).weights["conv1.weight"]
    assert np.array_equal(weights, made.weights_of(made.network_of(), 1)["conv1.weight"])
    selection.look_at(None)
    drawn(qtbot, panel, 3)
    with qtbot.waitSignal(panel.network_wanted) as wanted:
        panel.learned.to_network.click()
    assert wanted.args[0] == "run:1"


def test_pictures_that_are_not_there_any_more_are_said_to_be(qtbot, panel, run, tmp_path):
    run.settings = run.settings.change(data="folder", folder=str(tmp_path / "gone"))
    panel.confusion.matrix.chosen.emit(1, 0)
    qtbot.waitUntil(lambda: panel.dialog.error.isVisible())
    assert "gone" in panel.dialog.error.text()
    panel.dialog.close()
    with qtbot.waitSignal(panel.failed):
        panel.learned.modes.set_value("maps")
        panel.learned.foot.next.click()
