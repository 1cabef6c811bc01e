import csv
import io
import math
import threading
from collections import deque

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QModelIndex, QPoint, QPointF, QSettings, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMainWindow

from studio import paths
from studio.document import Document
from studio.errors import PictureError
from studio.image.picture import Picture
from studio.image.samples import SAMPLES
from studio.insight.answers import SURE_FROM
from studio.nets import Size
from studio.nets.layers.dense import Dense, Flatten
from studio.nets.model import Card, Model, save_model
from studio.nets.network import Network
from studio.nets.preprocess import Preprocessing
from studio.window.chrome.status import Status
from studio.window.classify import answering, sources
from studio.window.classify.answer_panel import classes_words
from studio.window.classify.answers_table import ANSWER, NEXT, PICTURE, PROBABILITY, WORD
from studio.window.classify.answers_view import column_widths
from studio.window.classify.sources import Source, offer, sample_sources
from studio.window.classify.space import ClassifySpace
from studio.window.drop import look_at
from studio.window.job import running_jobs
from studio.window.session import Session

SIDE = 4


def light_or_dark(gain=4.0, title="Light, test", classes=("dark", "light"), bias=0.0):
    """Says `light` with the probability 1 / (1 + exp(-gain * mean)), for a mean of -1 to 1."""
    layers = (Flatten(), Dense(units=2))
    network = Network(input=Size(1, SIDE, SIDE), classes=classes, layers=layers)
    share = np.full(SIDE * SIDE, gain / SIDE**2 / 2, np.float32)
    preprocessing = Preprocessing(size=(SIDE, SIDE), channels=1, mean=(0.5,), std=(0.5,))
    return Model(
        Card(title=title, network=network, preprocessing=preprocessing),
        {
            "dense1.weight": np.stack([-share, share]),
            "dense1.bias": np.array([bias, bias], np.float32),
        },
    )


def light(value, gain=4.0):
    return 1 / (1 + math.exp(-gain * (2 * value / 255 - 1)))


def write_grey(path, value, side=SIDE):
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), np.full((side, side), value, np.uint8))
    return path


@pytest.fixture(autouse=True)
def own_models(tmp_path, monkeypatch):
    folder = tmp_path / "models"
    folder.mkdir()
    monkeypatch.setattr(paths, "MODELS", folder)
    return folder


@pytest.fixture
def session():
    made = Session(Document(picture="camera", model="run:1"))
    made.add_model(light_or_dark())
    made.add_model(light_or_dark(-4.0))
    return made


class Bench:
    """A workspace in a window, and what a person does with it."""

    def __init__(self, qtbot, session):
        self.qtbot = qtbot
        self.status = Status()
        self.space = ClassifySpace(session, self.status)
        self.window = QMainWindow()
        self.window.setCentralWidget(self.space)
        self.window.resize(1280, 800)
        qtbot.addWidget(self.window)

    def show(self):
        self.window.show()
        self.qtbot.waitExposed(self.window)
        self.rest()
        return self

    def rest(self):
        self.qtbot.waitUntil(lambda: not running_jobs() and not self.status.busy, timeout=20_000)

    def add(self, *found):
        self.space.add_paths(found)
        self.rest()

    def names(self):
        """The pictures that are shown."""
        return self.column(PICTURE)

    def column(self, column):
        shown = self.space.list.shown
        return [shown.index(row, column).data() for row in range(shown.rowCount())]

    def chip(self, state):
        QTest.mouseClick(self.space.list.bar.chip(state), Qt.MouseButton.LeftButton)

    def counts(self):
        chips = [
            self.space.list.bar.chip(state) for state in (None, "sure", "unsure", "unreadable")
        ]
        return [int(chip.text().split()[-1]) for chip in chips]


@pytest.fixture
def bench(qtbot, session):
    made = Bench(qtbot, session).show()
    yield made
    made.rest()


@pytest.fixture
def greys(tmp_path):
    """A folder with five pictures, one of them in a folder below, and what is no picture."""
    folder = tmp_path / "greys"
    for name, value in (("black", 0), ("dim", 110), ("fair", 170), ("white", 255)):
        write_grey(folder / f"{name}.png", value)
    write_grey(folder / "below" / "grey.png", 128)
    (folder / "notes.txt").write_text("not a picture by its name")
    (folder / "torn.png").write_bytes((folder / "white.png").read_bytes()[:40])
    return folder


# At the start


def test_the_samples_are_there_and_answered(bench):
    assert bench.names() == [f"{each.name}.png" for each in SAMPLES]
    assert bench.space.counts.text() == "5 sample pictures"
    assert all(row.answers and not row.stale for row in bench.space.rows.rows)
    assert bench.status.message.startswith("5 pictures in ")
    assert bench.space.panel.row is bench.space.rows.rows[0]


def test_nothing_is_read_before_the_workspace_is_seen(qtbot, session):
    bench = Bench(qtbot, session)
    assert not running_jobs()
    assert not bench.space.rows.rows
    bench.show()
    assert len(bench.names()) == 5


def test_samples_give_way_to_a_persons_own_pictures(bench, tmp_path):
    bench.add(write_grey(tmp_path / "a.png", 0))
    assert bench.names() == ["a.png"]
    assert bench.space.counts.text() == "1 picture"
    bench.space.add_samples()
    bench.rest()
    assert len(bench.names()) == 6
    assert bench.space.counts.text() == "6 pictures"


# Answers


def test_a_folder_is_read_whole(bench, greys):
    bench.add(greys)
    assert bench.names() == [
        "black.png", "dim.png", "fair.png", "torn.png", "white.png", "grey.png"
    ]  # fmt: skip
    assert bench.space.counts.text() == "6 pictures, 2 folders"
    rows = {row.source.name: row for row in bench.space.rows.rows}
    for name, value in (("black", 0), ("dim", 110), ("fair", 170), ("white", 255), ("grey", 128)):
        found = {each.class_name: each.probability for each in rows[f"{name}.png"].answers}
        assert found == pytest.approx({"light": light(value), "dark": 1 - light(value)}, abs=1e-4)
        assert rows[f"{name}.png"].words == "4 × 4, grey, 8-bit"
        assert not rows[f"{name}.png"].thumbnail.isNull()


def test_what_cannot_be_read_stays_with_its_reason(bench, greys, tmp_path):
    empty = tmp_path / "empty.png"
    empty.touch()
    bench.add(greys, empty, tmp_path / "gone.png", greys / "notes.txt")
    bench.chip("unreadable")
    assert bench.names() == ["torn.png", "empty.png", "gone.png", "notes.txt"]
    reasons = bench.column(ANSWER)
    for reason, words in zip(
        reasons, ["ends before", "is empty", "there is no file", "not a picture"], strict=True
    ):
        assert words in reason
    assert bench.status.message.endswith(", 4 could not be read")
    bench.space.list.view.choose_number(1)
    bench.rest()
    panel = bench.space.panel
    assert panel.pages.currentWidget() is panel.problem
    assert panel.problem.sentence.text() == "empty.png is empty."
    assert not panel.to_filter.isEnabled()


def test_sure_and_unsure_by_the_rule(bench, greys):
    bench.add(greys)
    assert bench.counts() == [6, 4, 1, 1]
    bench.chip("unsure")
    assert bench.names() == ["grey.png"]
    assert bench.column(WORD) == ["unsure"]
    tip = bench.space.list.shown.index(0, WORD).data(Qt.ItemDataRole.ToolTipRole)
    assert f"{100 * SURE_FROM:.0f} %" in tip
    bench.chip("sure")
    assert bench.names() == ["black.png", "dim.png", "fair.png", "white.png"]
    assert bench.column(WORD) == [""] * 4


def test_a_probability_is_never_said_to_be_certain(bench, greys, session):
    session.add_model(light_or_dark(40.0), "run:1")
    bench.add(greys / "white.png")
    assert bench.column(PROBABILITY) == ["> 99.9 %"]
    assert bench.column(NEXT) == ["dark < 0.1 %"]


def test_the_same_picture_comes_once(bench, greys):
    bench.add(greys)
    bench.add(greys / "white.png")
    assert len(bench.names()) == 6
    assert "in the list already" in bench.status.message


def test_pictures_of_the_same_name_are_two(bench, tmp_path):
    bench.add(*[write_grey(tmp_path / folder / "1.png", 9) for folder in ("a", "b")])
    assert bench.names() == ["1.png", "1.png"]
    assert bench.space.counts.text() == "2 pictures, 2 folders"


def test_find_by_name(bench, greys):
    bench.add(greys)
    QTest.keyClicks(bench.space.list.bar.name_field, "WHI")
    assert bench.names() == ["white.png"]
    QTest.keyClicks(bench.space.list.bar.name_field, "x")
    pages = bench.space.list.pages
    assert pages.currentWidget() is not bench.space.list.view
    QTest.mouseClick(pages.currentWidget().button, Qt.MouseButton.LeftButton)
    assert len(bench.names()) == 6
    assert pages.currentWidget() is bench.space.list.view


# Models


class Gate:
    """Holds every reading of a file until it is let go."""

    def __init__(self, monkeypatch):
        self.free = threading.Semaphore(0)
        self.asked = deque()
        original = Source.read

        def read(source):
            self.asked.append(source.name)
            assert self.free.acquire(timeout=20)
            return original(source)

        monkeypatch.setattr(Source, "read", read)

    def let(self, count=1):
        for _ in range(count):
            self.free.release()


def test_another_model_answers_anew_and_the_old_answers_stay_till_then(
    bench, greys, session, monkeypatch
):
    bench.add(greys / "black.png", greys / "white.png")
    assert bench.column(ANSWER) == ["dark", "light"]
    gate = Gate(monkeypatch)
    models = bench.space.models.list
    models.setCurrentIndex(models.findData("run:2"))
    models.activated.emit(models.currentIndex())
    assert session.document.model == "run:2"
    assert bench.status.busy
    assert bench.column(ANSWER) == ["dark", "light"]
    assert [row.stale for row in bench.space.rows.rows] == [True, True]
    gate.let(100)
    bench.rest()
    assert bench.column(ANSWER) == ["light", "dark"]
    assert not any(row.stale for row in bench.space.rows.rows)
    session.undo_stack.undo()
    bench.rest()
    assert bench.column(ANSWER) == ["dark", "light"]
    assert models.entry.reference == "run:1"


def test_counts_follow_the_answers(bench, greys, session):
    bench.add(greys)
    session.add_model(light_or_dark(0.1), "run:3")
    bench.space.models.choose("run:3")
    bench.rest()
    assert bench.counts() == [6, 0, 5, 1]


@pytest.mark.parametrize("interval", [0, 1e9])
def test_no_answer_is_lost_between_two_batches(bench, greys, monkeypatch, interval):
    monkeypatch.setattr(answering, "_INTERVAL", interval)
    bench.add(greys)
    assert bench.column(ANSWER)[:3] == ["dark", "dark", "light"]
    assert not any(row.stale for row in bench.space.rows.rows)


def test_another_model_while_one_still_answers(bench, greys, session, monkeypatch):
    gate = Gate(monkeypatch)
    bench.space.add_paths([greys / "black.png", greys / "white.png"])
    bench.qtbot.waitUntil(lambda: bool(gate.asked))
    bench.space.models.choose("run:2")
    gate.let(100)
    bench.rest()
    assert bench.column(ANSWER) == ["light", "dark"]


def test_a_model_that_went_on_training_answers_anew(bench, greys, session):
    bench.add(greys / "white.png")
    session.add_model(light_or_dark(-4.0), "run:1")
    bench.rest()
    assert bench.column(ANSWER) == ["dark"]


def test_an_edit_of_something_else_asks_nothing(bench, session, monkeypatch):
    read = []
    monkeypatch.setattr(bench.space.models.list, "show_entries", lambda *_: read.append(1))
    session.edit("Picture", session.document.change(picture="cat"))
    assert not bench.status.busy
    assert not read
    bench.rest()


def test_a_hidden_workspace_waits_until_it_is_seen(bench, greys, session):
    bench.add(greys / "white.png")
    bench.space.hide()
    session.edit("Choose model", session.document.change(model="run:2"))
    assert not bench.status.busy
    assert bench.column(ANSWER) == ["light"]
    bench.space.show()
    bench.rest()
    assert bench.column(ANSWER) == ["dark"]


def test_a_models_file(bench, greys, tmp_path, monkeypatch):
    bench.add(greys / "white.png")
    path = save_model(light_or_dark(-4.0), tmp_path / "mine")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    bench.space.models.open_file()
    bench.qtbot.waitUntil(lambda: bench.column(ANSWER) == ["dark"])
    assert bench.space.models.entry.reference == str(path)
    bench.rest()


def test_a_file_that_is_no_model_changes_nothing(bench, greys, session, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(greys / "notes.txt"), ""))
    bench.space.models.open_file()
    bench.qtbot.waitUntil(bench.space.message.isVisible)
    assert "notes" in bench.space.message.words.text()
    assert session.document.model == "run:1"
    assert bench.space.models.entry.reference == "run:1"


def test_a_model_that_fails_says_so_and_the_next_works(bench, greys, session):
    session.add_model(light_or_dark(bias=math.nan), "run:3")
    bench.add(greys / "white.png")
    bench.space.models.choose("run:3")
    bench.rest()
    assert "not finite" in bench.space.message.words.text()
    assert bench.column(ANSWER) == ["light"]
    bench.space.models.choose("run:2")
    bench.rest()
    assert bench.column(ANSWER) == ["dark"]


def test_without_a_model_there_is_a_way_to_one(qtbot, greys, tmp_path, monkeypatch):
    bench = Bench(qtbot, Session(Document(picture="camera"))).show()
    page = bench.space.list.pages.currentWidget()
    assert "no trained network" in page.sentence.text()
    path = save_model(light_or_dark(), tmp_path / "mine")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    QTest.mouseClick(page.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bench.space.list.pages.currentWidget() is bench.space.list.view)
    bench.rest()
    assert all(row.answers for row in bench.space.rows.rows)


# Work


def test_stop_keeps_what_is_known_and_goes_on_when_asked(bench, tmp_path, monkeypatch):
    files = [write_grey(tmp_path / "many" / f"{n:03}.png", 255) for n in range(40)]
    gate = Gate(monkeypatch)
    bench.space.add_paths(files)
    gate.let(1)  # for the inspector, or the list
    bench.qtbot.waitUntil(lambda: len(gate.asked) >= 2)
    bench.space.stop()
    gate.let(200)
    bench.rest()
    message = bench.space.message
    assert message.isVisible()
    waiting = sum(row.stale for row in bench.space.rows.rows)
    assert waiting > 0
    assert f"Stopped. {waiting} of 40 pictures" in message.words.text()
    QTest.mouseClick(message.remedy, Qt.MouseButton.LeftButton)
    bench.rest()
    assert not message.isVisible()
    assert bench.column(ANSWER) == ["light"] * 40


def test_pictures_that_leave_while_they_are_asked_for(bench, greys, monkeypatch):
    gate = Gate(monkeypatch)
    bench.space.add_paths([greys])
    bench.qtbot.waitUntil(lambda: bool(gate.asked))
    bench.space.list.view.selectAll()
    bench.space.list.remove_chosen()
    gate.let(100)
    bench.rest()
    assert not bench.space.rows.rows
    assert bench.counts() == [0, 0, 0, 0]


def test_progress_and_cancel_are_in_the_status_bar(bench, greys, monkeypatch):
    gate = Gate(monkeypatch)
    bench.space.add_paths([greys])
    bench.qtbot.waitUntil(lambda: bench.status.busy == "Classifying 6 pictures")
    assert bench.status.cancel is not None
    bench.status.cancel()
    gate.let(100)
    bench.rest()
    assert "Stopped" in bench.space.message.words.text()


# The list


def test_delete_removes_and_the_next_is_chosen(bench, greys):
    bench.add(greys)
    view = bench.space.list.view
    view.choose_number(1)
    view.selectionModel().select(
        view.model().index(2, 0),
        view.selectionModel().SelectionFlag.Select | view.selectionModel().SelectionFlag.Rows,
    )
    QTest.keyClick(view, Qt.Key.Key_Delete)
    assert bench.names() == ["black.png", "torn.png", "white.png", "grey.png"]
    assert bench.space.panel.row.source.name == "torn.png"
    assert bench.counts() == [4, 2, 1, 1]


def test_an_empty_list_has_a_way_out(bench):
    bench.space.clear()
    page = bench.space.list.pages.currentWidget()
    assert page.button.text() == "Try the sample pictures"
    assert not bench.space.export_button.isEnabled()
    QTest.mouseClick(page.button, Qt.MouseButton.LeftButton)
    bench.rest()
    assert len(bench.names()) == 5
    assert bench.space.export_button.isEnabled()


def test_rows_are_told_apart_when_scattered_ones_leave(bench, tmp_path):
    bench.add(*[write_grey(tmp_path / f"{n}.png", n) for n in range(10)])
    rows = list(bench.space.rows.rows)
    removed = []
    bench.space.rows.rowsRemoved.connect(lambda _, first, last: removed.append((first, last)))
    bench.space.rows.remove([rows[n] for n in (0, 1, 4, 8, 9)])
    assert removed == [(8, 9), (4, 4), (0, 1)]
    assert bench.names() == ["2.png", "3.png", "5.png", "6.png", "7.png"]


def test_the_model_keeps_qts_rules(bench, greys, qtmodeltester):
    bench.add(greys)
    qtmodeltester.check(bench.space.rows, force_py=True)
    assert bench.space.rows.rowCount(bench.space.rows.index(0, 0)) == 0
    assert bench.space.rows.columnCount(QModelIndex()) == 6


# Answers leave


def table(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_copy_puts_the_chosen_answers_on_the_clipboard(bench, greys):
    bench.add(greys)
    bench.space.list.view.choose_number(4)
    bench.space.copy()
    (row,) = table(QGuiApplication.clipboard().text())
    assert row["picture"] == "white.png"
    assert row["path"] == str(greys / "white.png")
    assert (row["class 1"], row["class 2"], row["error"]) == ("light", "dark", "")
    assert float(row["probability 1"]) == pytest.approx(light(255), abs=1e-6)


def test_export_writes_every_picture(bench, greys, tmp_path, monkeypatch):
    bench.add(greys)
    bench.chip("unsure")  # what is shown doesn't matter
    target = tmp_path / "answers.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    QTest.mouseClick(bench.space.export_button, Qt.MouseButton.LeftButton)
    bench.qtbot.waitUntil(lambda: bench.status.message == "Saved answers.csv")
    rows = table(target.read_text(encoding="utf-8"))
    assert [row["picture"] for row in rows] == [r.source.name for r in bench.space.rows.rows]
    torn = next(row for row in rows if row["picture"] == "torn.png")
    assert torn["class 1"] == ""
    assert "ends before" in torn["error"]


def test_an_export_that_fails_says_why(bench, tmp_path, monkeypatch):
    monkeypatch.setattr(
        QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "no" / "a.csv"), "")
    )
    bench.space.export()
    bench.qtbot.waitUntil(bench.space.message.isVisible)
    assert "there is no such folder" in bench.space.message.words.text()


# What is brought


def drag(widget, mime, kind):
    place, action = QPoint(9, 9), Qt.DropAction.CopyAction
    buttons = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    point = QPointF(place) if kind is QDropEvent else place
    event = kind(point, action, mime, *buttons)
    QApplication.sendEvent(widget, event)
    return event


def mime_of(*found):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in found])
    return mime


def test_a_drop_of_files_and_folders(bench, greys, tmp_path):
    single = write_grey(tmp_path / "single.png", 255)
    mime = mime_of(single, greys)
    drag(bench.window, mime, QDragEnterEvent)
    assert bench.space.veil.offer.words == "Classify 1 picture and those in greys"
    drag(bench.space.veil, mime, QDropEvent)
    bench.rest()
    assert len(bench.names()) == 7
    assert bench.names()[0] == "single.png"


@pytest.mark.parametrize(
    ("names", "words", "welcome"),
    [
        (["a.png"], "Classify 1 picture", True),
        (["a.png", "b.jpg", "c"], "Classify 3 pictures", True),
        (["one"], "Classify the pictures in one", True),
        (["one", "two"], "Classify the pictures in 2 folders", True),
        (["a.txt"], "a.txt is not a picture", False),
        (["a.txt", "b.pdf"], "None of these 2 files is a picture", False),
        (["a.txt", "b.PNG"], "Classify 2 pictures", True),
    ],
)
def test_what_a_drop_would_do(tmp_path, names, words, welcome):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    mime = mime_of(*[tmp_path / name for name in names])
    assert offer(look_at(mime)) == (words, welcome)


def test_a_picture_from_a_browser_needs_no_file(bench, session):
    mime = QMimeData()
    mime.setUrls([QUrl("https://example.org/white.png")])
    mime.setData("image/png", cv2.imencode(".png", np.full((3, 3), 255, np.uint8))[1].tobytes())
    drag(bench.window, mime, QDragEnterEvent)
    assert bench.space.veil.offer.words == "Classify this picture"
    drag(bench.space.veil, mime, QDropEvent)
    bench.rest()
    assert bench.names() == ["white.png"]
    assert bench.column(ANSWER) == ["light"]
    bench.space.panel.to_filter.click()
    assert session.document.picture.startswith("pasted:")
    np.testing.assert_array_equal(session.picture.pixels, np.full((3, 3, 1), 255))


def test_paste(bench):
    rows = np.zeros((4, 4, 3), np.uint8)
    QGuiApplication.clipboard().setImage(QImage(rows.data, 4, 4, 12, QImage.Format.Format_RGB888))
    bench.space.paste()
    bench.rest()
    assert bench.column(ANSWER) == ["dark"]
    bench.space.paste()
    bench.rest()
    assert bench.names() == ["Pasted picture"]
    QGuiApplication.clipboard().clear()
    bench.space.paste()
    assert bench.status.message == "There is no picture on the clipboard"


def test_a_folder_that_cannot_be_read_takes_nothing_else_along(bench, greys, monkeypatch):
    original = sources.picture_paths

    def refuse(paths):
        if paths[0].name == "locked":
            raise PictureError("folder locked can't be read: permission denied")
        return original(paths)

    monkeypatch.setattr(sources, "picture_paths", refuse)
    bench.add(greys.parent / "locked", greys / "white.png")
    assert "older locked can't be read" in bench.space.message.words.accessibleName()
    assert bench.names() == ["white.png"]


def test_the_dialogs_remember_their_folder(bench, greys, monkeypatch):
    asked = []

    def ask(_parent, _title, folder, *_):
        asked.append(folder)
        return [str(greys / "white.png")], ""

    monkeypatch.setattr(QFileDialog, "getOpenFileNames", ask)
    for _ in range(2):
        bench.space.choose_files()
        bench.rest()
    assert asked[1] == str(greys)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(greys / "below"))
    bench.space.choose_folder()
    bench.rest()
    assert bench.names() == ["white.png", "grey.png"]
    assert QSettings().value("folders/classify") == str(greys)


# The inspector


def test_the_input_is_what_the_network_gets(bench, tmp_path):
    noise = np.random.default_rng(1).integers(0, 256, (SIDE, SIDE), np.uint8)
    path = tmp_path / "noise.png"
    cv2.imwrite(str(path), noise)
    bench.add(path)
    panel = bench.space.panel
    assert panel.facts.text() == "4 × 4, grey, 8-bit"
    panel.segments.set_value("input")
    panel.segments.changed.emit("input")
    np.testing.assert_array_equal(panel.view.levels.rgb, np.dstack([noise] * 3))
    assert panel.facts.text().startswith("4 × 4, grey; the picture's middle")
    assert "mean 0.5 and deviation 0.5" in panel.facts.text()


def test_the_inspector_follows_the_list_and_its_answers(bench, greys, session):
    bench.add(greys)
    bench.space.list.view.choose_number(4)
    bench.rest()
    panel = bench.space.panel
    assert panel.row.source.name == "white.png"
    assert "light 98.2 %" in panel.top.accessibleName()
    assert panel.classes.head.caption.text() == "of 2 classes"
    assert "dark, light" in panel.classes.toolTip()
    bench.space.models.choose("run:2")
    bench.rest()
    assert "dark 98.2 %" in panel.top.accessibleName()


@pytest.mark.parametrize("space", ["filter", "network"])
def test_a_file_can_be_seen_elsewhere(bench, greys, session, space):
    bench.add(greys)
    bench.space.list.view.choose_number(2)
    bench.rest()
    wanted = []
    bench.space.space_wanted.connect(wanted.append)
    with bench.qtbot.waitSignal(session.picture_changed):
        getattr(bench.space.panel, f"to_{space}").click()
    assert wanted == [space]
    assert session.document.picture == str(greys / "fair.png")


def test_a_sample_can_be_seen_elsewhere(bench, session):
    bench.space.list.view.choose_number(1)
    bench.rest()
    with bench.qtbot.waitSignal(session.picture_changed):
        bench.space.panel.to_network.click()
    assert session.document.picture == "cat"
    bench.rest()


# Looks


def test_space_shows_the_picture_in_large(bench, greys):
    bench.add(greys)
    view, look = bench.space.list.view, bench.space.list.look
    view.choose_number(1)
    bench.rest()
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Space)
    assert look.isVisible()
    assert look.levels.rgb[0, 0, 0] == 110
    QTest.keyClick(look, Qt.Key.Key_Down)
    bench.rest()
    assert look.levels.rgb[0, 0, 0] == 170
    QTest.keyClick(look, Qt.Key.Key_Down)  # one that can't be read has no picture
    bench.rest()
    assert not look.isVisible()
    assert bench.space.list.pages.currentWidget() is view
    QTest.keyClick(view, Qt.Key.Key_Up)
    bench.rest()
    QTest.keyClick(view, Qt.Key.Key_Space)
    QTest.keyClick(look, Qt.Key.Key_Escape)
    assert not look.isVisible()
    assert view.current_row.source.name == "fair.png"


def test_the_pad_has_a_model_that_reads_grey_pictures(bench):
    assert bench.space.pad.isVisible()
    assert "Light" in bench.space.pad.model_words.text()


@pytest.mark.parametrize("total", range(560, 1600, 40))
def test_columns_fill_the_table(total):
    widths = column_widths(total)
    assert sum(widths) == total
    assert (widths[NEXT] == 0) == (total < 760)
    assert min(width for column, width in enumerate(widths) if column != NEXT) >= 84


def test_the_bar_is_as_long_as_the_probability(bench, greys, pixels_of, looks):
    bench.add(greys)
    bench.space.list.view.choose_number(0)
    view = bench.space.list.view
    accent = [int(looks.tokens.accent[at : at + 2], 16) for at in (1, 3, 5)]
    bar = view.visualRect(view.model().index(0, 2))
    painted = pixels_of(view.viewport())[bar.center().y() + 1, bar.left() : bar.right() - 12]
    share = (np.abs(painted.astype(int) - accent).max(axis=1) < 8).mean()
    assert share == pytest.approx(1 - light(0), abs=0.03)


def test_no_row_is_painted_with_an_exception(bench, greys, monkeypatch):
    gate = Gate(monkeypatch)
    bench.space.add_paths([greys])
    bench.qtbot.waitUntil(lambda: bool(gate.asked))
    for number in range(6):  # waiting
        bench.space.list.view.choose_number(number)
        assert not bench.space.list.view.grab().isNull()
    gate.let(100)
    bench.rest()
    bench.space.rows.set_stale()
    bench.space.list.view.setFocus(Qt.FocusReason.TabFocusReason)
    for number in range(6):
        bench.space.list.view.choose_number(number)
        assert not bench.space.list.view.grab().isNull()
    gate.let(100)
    bench.rest()


def test_sources_know_what_they_are():
    first = sample_sources()[0]
    assert (first.reference, first.folder, first.where) == ("astronaut", "", "")
    file = Source("b.png", "/a/b.png")
    assert (file.reference, file.folder, file.where) == ("/a/b.png", "/a", "/a/b.png")
    data = cv2.imencode(".png", np.zeros((2, 2), np.uint8))[1].tobytes()
    read = Source("c.png", data=data).read()
    assert isinstance(read, Picture)
    assert (Source("c.png", data=data).reference, read.name) == ("", "c.png")


def test_of_many_classes_some_are_named():
    words = classes_words(tuple(f"<{number}>" for number in range(1000)))
    assert "&lt;39&gt; and 960 more" in words
    assert classes_words(()) == ""
