"""Files, scripts and folders, as a person asks for them in the File menu."""

import os

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QSettings
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from studio.document import Document
from studio.filters.batch import apply_to
from studio.filters.chain import Chain, parse_step
from studio.filters.chain_file import load_chain
from studio.filters.script import script_of
from studio.window.chrome.status import Status
from studio.window.chrome.widgets import MessageBar
from studio.window.filter import folder as folder_module
from studio.window.filter.chain_actions import ChainActions
from studio.window.filter.failures import FailureList
from studio.window.session import Session

CHAIN = Chain(steps=(parse_step("grey"), parse_step("median radius=2")))


class Desk(QWidget):
    """A parent with a message bar."""

    def __init__(self, chain=CHAIN):
        super().__init__()
        self.session = Session(Document(chain=chain), self)
        self.status, self.message = Status(self), MessageBar()
        QVBoxLayout(self).addWidget(self.message)
        self.made = ChainActions(self.session, self, self.status, self.message)

    def action(self, text):
        return next(one for one in self.made.actions if one.text() == text)


@pytest.fixture
def desk(qtbot):
    made = Desk()
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def answer(monkeypatch):
    """Gives what file dialogs answer, one after the other."""
    answers = []
    for name in ("getSaveFileName", "getOpenFileName"):
        monkeypatch.setattr(QFileDialog, name, lambda *_: (str(answers.pop(0)), ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(answers.pop(0)))
    return lambda *given: answers.extend(given)


@pytest.fixture
def photos(tmp_path):
    folder = tmp_path / "photos"
    (folder / "more").mkdir(parents=True)
    values = np.random.default_rng(0).integers(0, 256, (20, 30), dtype=np.uint8)
    for name in ("a.png", "c.png", "more/d.png"):
        cv2.imwrite(str(folder / name), values)
    return folder


@pytest.fixture
def out(tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def test_a_chain_is_saved_and_opened_as_one_step_back(desk, qtbot, answer, tmp_path):
    path = tmp_path / "mine.json"
    answer(path, path)
    desk.action("Save chain…").trigger()
    qtbot.waitUntil(lambda: desk.status.message == "Saved mine.json")
    assert load_chain(path) == CHAIN
    assert QSettings().value("folders/document") == str(tmp_path)
    desk.session.edit("Clear", desk.session.document.change(chain=Chain()))
    desk.action("Open chain…").trigger()
    assert desk.session.document.chain == CHAIN
    assert desk.session.undo_stack.undoText() == "Open chain mine"
    desk.session.undo_stack.undo()
    assert desk.session.document.chain == Chain()


def test_a_wrong_chain_is_explained_and_nothing_changes(desk, answer, tmp_path):
    path = tmp_path / "wrong.json"
    path.write_text('{"format": 1, "steps": [{"filter": {"kind": "median", "radius": 0}}]}')
    answer(path)
    desk.action("Open chain…").trigger()
    assert desk.message.isVisible()
    assert "wrong.json: step 1: median: radius can't be 0" in desk.message.words.accessibleName()
    assert desk.session.document.chain == CHAIN
    assert not desk.session.undo_stack.canUndo()


def test_copy_as_python(desk):
    desk.action("Copy as Python").trigger()
    assert QGuiApplication.clipboard().text() == script_of(CHAIN)
    assert "Copied" in desk.status.message


def test_save_as_python_script(desk, qtbot, answer, tmp_path):
    answer(tmp_path / "mine.py")
    desk.action("Save as Python script…").trigger()
    qtbot.waitUntil(lambda: desk.status.message == "Saved mine.py")
    assert (tmp_path / "mine.py").read_text(encoding="utf-8") == script_of(CHAIN)


@pytest.mark.parametrize("name", ["Save chain…", "Save as Python script…"])
def test_what_can_not_be_written_is_explained(desk, qtbot, answer, tmp_path, name):
    answer(tmp_path / "none" / "mine.x")
    desk.action(name).trigger()
    qtbot.waitUntil(desk.message.isVisible)
    said = desk.message.words.accessibleName()
    assert "mine.x can't be written: there is no such folder" in said


def test_dialogs_that_are_left_do_nothing(desk, answer):
    answer("", "", "", "")
    for action in desk.made.actions:
        if action.text() != "Copy as Python":
            action.trigger()
    assert not desk.made.folder_run.is_busy
    assert not desk.message.isVisible()
    assert desk.status.message == ""


def test_without_filters_there_is_nothing_to_do(desk):
    def enabled():
        return [action.text() for action in desk.made.actions if action.isEnabled()]

    assert len(enabled()) == 5
    off = Chain(steps=tuple(step.change(on=False) for step in CHAIN.steps))
    desk.session.edit("Off", desk.session.document.change(chain=off))
    assert enabled() == ["Open chain…", "Save chain…"]
    desk.session.edit("Clear", desk.session.document.change(chain=Chain()))
    assert enabled() == ["Open chain…"]
    assert desk.action("Apply to folder…").toolTip() == "No filter is on"


def run_over(desk, qtbot, answer, photos, out):
    answer(photos, out)
    desk.action("Apply to folder…").trigger()
    assert not desk.action("Apply to folder…").isEnabled()
    qtbot.waitUntil(lambda: not desk.made.folder_run.is_busy)
    assert desk.action("Apply to folder…").isEnabled()
    assert desk.status.busy == ""


def test_a_folder(desk, qtbot, answer, photos, out):
    said = []
    desk.status.changed.connect(lambda: said.append((desk.status.busy, desk.status.progress)))
    run_over(desk, qtbot, answer, photos, out)
    assert desk.status.message == "3 of 3 pictures filtered into out"
    assert not desk.message.isVisible()
    assert sorted(path.name for path in out.iterdir()) == ["a.png", "c.png", "d.png"]
    wanted = cv2.medianBlur(cv2.imread(str(photos / "a.png"), 0), 5)
    np.testing.assert_array_equal(cv2.imread(str(out / "a.png"), 0), wanted)
    assert said[0][0] == "Looking for pictures in photos"
    assert ("Filtering d.png, 3 of 3", 1.0) in said


def test_what_failed_is_listed_and_nothing_is_replaced(desk, qtbot, answer, photos, out):
    (photos / "more" / "b.png").write_bytes(b"no picture")
    (out / "a.png").write_bytes(b"precious")
    run_over(desk, qtbot, answer, photos, out)
    words = desk.message.words.text()
    assert "3 of 4 pictures filtered into out; 1 could not be filtered." in words
    assert (out / "a.png").read_bytes() == b"precious"
    assert (out / "a-2.png").exists()
    desk.message.remedy.click()
    (listed,) = desk.findChildren(FailureList)
    name, why = listed.words.toPlainText().splitlines()
    assert name == os.path.join("more", "b.png")
    assert "b.png is not a picture" in why
    listed.close()


def test_a_folder_without_pictures(desk, qtbot, answer, out):
    run_over(desk, qtbot, answer, out, out)
    assert "no picture in" in desk.message.words.text()


def test_cancel_keeps_what_is_done(desk, qtbot, answer, photos, out, monkeypatch):
    """Cancelled from the status bar while the second picture is being worked on."""

    def endless(*given, **more):
        for event in apply_to(*given, **more):
            yield event
            while event.number == 1:
                yield event

    monkeypatch.setattr(folder_module, "apply_to", endless)
    answer(photos, out)
    desk.action("Apply to folder…").trigger()
    qtbot.waitUntil(lambda: desk.status.busy == "Filtering c.png, 2 of 3")
    desk.status.cancel()
    qtbot.waitUntil(lambda: not desk.made.folder_run.is_busy)
    assert desk.status.message == "Stopped; 1 of 3 pictures are in out"
    assert [path.name for path in out.iterdir()] == ["a.png"]


def test_a_preview_that_ends_does_not_hide_that_a_folder_is_filtered(
    desk, qtbot, answer, photos, out
):
    seen = []
    desk.status.changed.connect(lambda: seen.append(desk.status.busy))
    answer(photos, out)
    desk.action("Apply to folder…").trigger()
    desk.status.set_idle()
    qtbot.waitUntil(lambda: not desk.made.folder_run.is_busy)
    assert any(words.startswith("Filtering") for words in seen)
