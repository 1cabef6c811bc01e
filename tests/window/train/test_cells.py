"""The pictures behind a cell of the confusion matrix: which, in which order, where they go."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from studio.data.progress import Preparing
from studio.document import Document
from studio.errors import DataError
from studio.training.events import Answers
from studio.training.part_answers import answer_part
from studio.window.job import stop_all
from studio.window.session import Session
from studio.window.train.cell_dialog import CellDialog
from studio.window.train.cell_work import CellAsked, CellFound, CellWork, Thumbnails
from studio.window.train.replay import source_of

SIDE = 40


class Parts:
    """What was opened already."""

    def __init__(self, part):
        self.part = part

    def open(self, settings, root):
        yield Preparing("Reading pictures")
        return self.part


def answers_of(source, part, epoch=3):
    work = answer_part(source.model(source.kept[epoch]), part)
    while True:
        try:
            next(work)
        except StopIteration as end:
            return end.value


def counted(answers):
    matrix = np.zeros((3, 3), np.int64)
    np.add.at(matrix, (answers.labels, answers.answered), 1)
    return matrix


@pytest.fixture
def part(made):
    return made.part_of()


@pytest.fixture
def ask(made, part):
    """Asks for the cell of class 0 that has the most pictures."""
    run = made.finished_run()
    source = source_of(run, Session(Document(picture="cat")))
    known = answers_of(source, part)
    confusion = counted(known)
    answered = int(confusion[0].argmax())

    def asked(**changes):
        values = {
            "run": "run:1",
            "source": source,
            "epoch": 3,
            "true": 0,
            "answered": answered,
            "settings": run.settings,
            "data_root": None,
            "confusion": confusion,
        }
        return CellAsked(**{**values, **changes})

    asked.answers = known
    return asked


def found_in(events):
    return next(event for event in events if isinstance(event, CellFound))


def test_the_cell_has_its_pictures_the_largest_loss_first(part, ask):
    asked = ask()
    events = list(CellWork(Parts(part)).find(asked, 4, SIDE))
    found, answers = found_in(events), ask.answers
    wanted = np.flatnonzero((answers.labels == 0) & (answers.answered == asked.answered))
    assert sorted(found.numbers) == sorted(wanted)
    assert len(wanted) > 4
    assert np.all(np.diff(found.losses) <= 0)
    assert found.losses == pytest.approx(answers.losses[found.numbers], rel=1e-6)
    (small,) = (event for event in events if isinstance(event, Thumbnails))
    assert len(small.pictures) == 4
    assert np.array_equal(small.pictures[0], part.pictures[found.numbers[0]])


def test_answers_that_are_known_and_counted_are_not_computed_again(part, ask):
    events = list(CellWork(Parts(part)).find(ask(answers=ask.answers), 4, SIDE))
    assert [event.what for event in events if isinstance(event, Preparing)] == ["Reading pictures"]
    other = Answers(ask.answers.labels, ask.answers.labels, ask.answers.losses)
    again = list(CellWork(Parts(part)).find(ask(answers=other), 4, SIDE))
    assert any("Answering" in event.what for event in again if isinstance(event, Preparing))
    assert np.array_equal(found_in(again).numbers, found_in(events).numbers)


def test_the_answers_of_an_epoch_are_kept(part, ask):
    work = CellWork(Parts(part))
    list(work.find(ask(), 4, SIDE))
    events = list(work.find(ask(answered=1), 4, SIDE))
    assert not [one for one in events if isinstance(one, Preparing) and "Answering" in one.what]


def test_other_pictures_than_those_of_the_run_are_refused(made, ask):
    with pytest.raises(DataError, match="others than those"):
        list(CellWork(Parts(made.part_of(64))).find(ask(), 4, SIDE))


# The dialog


@pytest.fixture
def dialog(qtbot, part):
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.show()
    shown = CellDialog(Parts(part), parent)
    yield shown
    shown.hide()
    stop_all()


def test_the_dialog_shows_what_a_picture_is_and_was_taken_for(qtbot, dialog, ask, part):
    asked = ask()
    dialog.show_cell(asked, "Run 1")
    qtbot.waitUntil(lambda: dialog.pictures.found is not None and not dialog.is_busy)
    count = int(asked.confusion[0, asked.answered])
    assert dialog.pictures.rowCount() == count
    assert f"{count} pictures" in dialog.words.text()
    answered = asked.classes[asked.answered]
    words = dialog.pictures.index(0).data()
    assert words.startswith(f"cat → {answered}, loss")
    assert dialog.pictures.pixmap(0, 1.0) is not None
    assert dialog.grid.currentIndex().row() == 0


def test_enter_takes_a_picture_to_network(qtbot, dialog, ask, part):
    dialog.show_cell(ask(), "Run 1")
    qtbot.waitUntil(lambda: dialog.pictures.found is not None and not dialog.is_busy)
    qtbot.keyClick(dialog.grid, Qt.Key.Key_Right)
    with qtbot.waitSignal(dialog.picture_wanted) as wanted:
        qtbot.keyClick(dialog.grid, Qt.Key.Key_Return)
    space, picture = wanted.args
    assert space == "network"
    assert np.array_equal(picture.pixels, part.pictures[dialog.pictures.found.numbers[1]])
    with qtbot.waitSignal(dialog.picture_wanted) as wanted:
        dialog.classify.click()
    assert wanted.args[0] == "classify"


def test_what_is_wrong_is_said_and_closing_ends_the_work(qtbot, dialog, made, ask):
    asked = ask(confusion=ask().confusion + 1)
    dialog.show_cell(asked, "Run 1")
    qtbot.waitUntil(dialog.error.isVisible)
    assert "others than those" in dialog.error.text()
    assert not dialog.why.isEnabled()
    dialog.show_cell(asked, "Run 1")
    dialog.close_button.click()
    assert not dialog.is_busy
