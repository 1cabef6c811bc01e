"""The inspector of Train, as a person uses it."""

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox

from studio.data.parts import Skipped
from studio.nets.layer import Size
from studio.nets.zoo import NETWORKS
from studio.training.events import Started, Step
from studio.training.settings import TrainSettings
from studio.window.drop import Brought
from studio.window.train.runs import Run


def field(inspector, name):
    return next(form.fields[name] for form in inspector.forms.values() if name in form.fields)


def form_of(inspector, name):
    return next(form for form in inspector.forms.values() if name in form.fields)


def write(inspector, name, text):
    box = field(inspector, name).box
    inspector.window().activateWindow()
    box.setFocus()
    box.selectAll()
    for letter in text:
        QTest.keyClicks(QApplication.focusWidget(), letter)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)


def caption(inspector, section):
    return inspector.sections[section].head.caption.text()


def start(run):
    """A run that goes on, as far as the inspector can see."""
    run._state = "running"
    started = Started(
        settings=run.settings.model_dump(mode="json"),
        device="CPU",
        train_count=8000,
        test_count=100,
        weights=1,
        steps=125 * run.settings.epochs,
        classes=("a", "b"),
        network=NETWORKS["lenet5"].fit(Size(1, 28, 28), ("a", "b")),
        validation_count=2000,
        checked_on="validation",
        skipped=(Skipped("torn.png", "it is damaged"),),
    )
    run.history.add(started)


def test_the_sections_say_what_is_chosen(make_inspector):
    settings = TrainSettings(crop=2, mirror=True, dropout=0.3, weight_decay=1e-4)
    inspector = make_inspector(settings, seen=False)
    assert caption(inspector, "Data") == "Glyphs, 10 classes"
    assert caption(inspector, "Network") == "LeNet-5, 61,706 weights"
    assert caption(inspector, "Augmentation") == "crop 2, mirror"
    assert caption(inspector, "Regularisation") == "L2 0.0001, dropout 0.3"
    assert caption(inspector, "Computing") == "automatic"
    assert caption(inspector, "Optimiser") == ""  # it is open
    inspector.sections["Optimiser"].head.click()
    assert caption(inspector, "Optimiser") == "SGD, momentum, 0.05"
    inspector.sections["Schedule"].head.click()
    assert caption(inspector, "Schedule") == "One cycle, 5 epochs"


def test_folded_sections_are_remembered(make_inspector):
    first = make_inspector()
    assert first.sections["Optimiser"].is_open
    assert not first.sections["Computing"].is_open
    first.sections["Optimiser"].head.click()
    first.sections["Computing"].head.click()
    again = make_inspector()
    assert not again.sections["Optimiser"].is_open
    assert again.sections["Computing"].is_open


def test_commas_make_runs(inspector):
    write(inspector, "learning_rate", "0.05, 0.1")
    assert inspector.counts == [2]
    assert inspector.edits == []  # the first value is the one that was there
    write(inspector, "epochs", "2, 4, 8")
    assert inspector.counts == [2, 6]
    assert inspector.header.caption.text() == "makes six runs"
    assert inspector.sweep == {"learning_rate": (0.05, 0.1), "epochs": (2, 4, 8)}
    runs = [(run.learning_rate, run.epochs) for run in inspector.planned()]
    assert runs == [(0.05, 2), (0.05, 4), (0.05, 8), (0.1, 2), (0.1, 4), (0.1, 8)]
    assert inspector.confirmed() == inspector.planned()


def test_another_value_from_outside_ends_a_sweep(inspector):
    write(inspector, "learning_rate", "0.1, 0.2")
    inspector.draft.settings = inspector.draft.settings.change(learning_rate=0.05)  # as undo does
    inspector.show_run(inspector.draft)
    assert inspector.sweep == {}
    assert inspector.counts == [2, 1]
    assert inspector.planned() == (inspector.draft.settings,)


def test_a_sweep_stays_with_its_draft(inspector):
    write(inspector, "learning_rate", "0.05, 0.1")
    other = Run(2, TrainSettings())
    start(other)
    inspector.show_run(other)
    assert inspector.sweep == {}
    assert field(inspector, "learning_rate").box.isVisible()
    inspector.show_run(inspector.draft)
    assert inspector.sweep == {"learning_rate": (0.05, 0.1)}
    assert inspector.counts == [2, 1, 2]
    inspector.show_run(Run(3, TrainSettings()))
    assert inspector.sweep == {}


def test_a_started_draft_has_no_sweep_any_more(inspector):
    write(inspector, "learning_rate", "0.05, 0.1")
    start(inspector.draft)
    inspector.show_run(inspector.draft)
    assert inspector.sweep == {}
    assert inspector.header.caption.text() == "while it runs"


def test_a_chosen_method_beside_the_first_shows_its_fields(inspector):
    method = field(inspector, "optimiser")
    momentum = field(inspector, "momentum")
    method.box.setCurrentIndex(method.box.findData("adam"))
    assert not momentum.isVisible()
    method.open_list()
    method.list._toggle(method.list.list.item(2))  # Nesterov
    method.list.close()
    assert inspector.sweep == {"optimiser": ("nesterov", "adam")}
    assert momentum.isVisible()


@pytest.mark.parametrize("answer", ["Yes", "No"])
def test_very_many_runs_are_asked_about(inspector, monkeypatch, answer):
    asked = []

    def ask(*words):
        asked.append(words[-1])
        return QMessageBox.StandardButton[answer]

    monkeypatch.setattr(QMessageBox, "question", ask)
    write(inspector, "seed", ",".join(map(str, range(101))))
    assert len(inspector.confirmed()) == (101 if answer == "Yes" else 0)
    assert asked == ["Train 101 runs, one after the other?"]


def test_while_it_runs_the_form_is_locked_and_the_schedule_marked(inspector):
    run = inspector.draft
    start(run)
    inspector.show_run(run)
    assert caption(inspector, "Data") == "8,000 train, 2,000 validation, 1 skipped"
    assert not field(inspector, "learning_rate").isEnabled()
    assert inspector.plot.marked is None
    run.history.add(Step(250, 2, 1.0, 0.5, 0.0164, 100.0))
    inspector.show_progress(run)
    assert inspector.plot.marked == (2.0, "0.0164")
    inspector.show_progress(Run(2, TrainSettings()))  # another one has nothing to say here
    assert inspector.plot.marked == (2.0, "0.0164")


def test_a_trained_model_takes_the_place_of_the_network(qtbot, inspector):
    assert not field(inspector, "body_rate").isVisible()
    inspector.offer_trained(lambda: [("Run 1", "lenet5-mnist")])
    begin = field(inspector, "start")
    begin.fill()
    next(one for one in begin.menu.actions() if one.text() == "Run 1").trigger()
    assert not field(inspector, "network").isVisible()
    assert field(inspector, "body_rate").isVisible()
    field(inspector, "frozen").box.setValue(2)
    notes = form_of(inspector, "frozen")._notes
    qtbot.waitUntil(lambda: "frozen" in notes)
    assert notes["frozen"].text() == "conv1, conv2 stay as they are"
    assert caption(inspector, "Network") == "LeNet-5, 61,706 weights"
    begin.choose("no-such-model")
    qtbot.waitUntil(lambda: "no-such-model" in inspector.problem)
    assert form_of(inspector, "start")._sentences["start"].isVisible()


def test_a_problem_in_a_folded_section_opens_it(qtbot, inspector, tmp_path):
    inspector.sections["Data"].set_open(False)
    inspector.draft.settings = TrainSettings(data="folder", folder=str(tmp_path / "no"))
    inspector.show_run(inspector.draft)
    qtbot.waitUntil(lambda: inspector.problem.startswith("There is no folder"))
    assert inspector.sections["Data"].is_open
    assert form_of(inspector, "folder")._sentences["folder"].isVisible()


def test_a_folder_is_chosen_and_its_classes_ticked(qtbot, inspector, monkeypatch, pictures):
    data = field(inspector, "data")
    data.box.setCurrentIndex(data.box.findData("folder"))
    folder, classes = field(inspector, "folder"), field(inspector, "classes")
    qtbot.waitUntil(lambda: inspector.problem != "")
    assert not classes.button.isEnabled()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(pictures))
    folder.button.click()
    qtbot.waitUntil(lambda: caption(inspector, "Data") == f"{pictures.name}, 3 classes")
    classes.button.click()
    assert classes.list.ticked == ("ant", "bee", "cow")
    classes.list._toggle(classes.list.list.item(1))
    classes.list.close()
    assert inspector.draft.settings.classes == "ant, cow"
    qtbot.waitUntil(lambda: caption(inspector, "Data").endswith("2 classes"))
    classes.button.click()
    classes.list._tick_shown(True)
    classes.list.close()
    assert inspector.draft.settings.classes == ""
    qtbot.waitUntil(lambda: caption(inspector, "Data").endswith("3 classes"))


def test_a_folder_dropped_on_the_field(qtbot, make_inspector, pictures, tmp_path):
    inspector = make_inspector(TrainSettings(data="folder", folder=str(tmp_path / "no")))
    box = field(inspector, "folder").box

    def drop(path):
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(path))])
        box.dropEvent(
            QDropEvent(
                box.rect().center().toPointF(),
                Qt.DropAction.CopyAction,
                mime,
                Qt.MouseButton.LeftButton,
                Qt.KeyboardModifier.NoModifier,
            )
        )

    drop(pictures / "ant" / "0.png")
    assert inspector.edits == []
    drop(pictures)
    assert inspector.draft.settings.folder == str(pictures)
    qtbot.waitUntil(lambda: not inspector.problem)


def test_a_folder_dropped_anywhere(qtbot, inspector, pictures):
    offer = inspector.judge_drop(Brought(paths=(pictures,)))
    assert offer.words == f"Train on the pictures in {pictures.name}"
    assert not inspector.judge_drop(Brought(paths=(pictures / "ant" / "0.png",))).welcome
    inspector.take_drop(Brought(paths=(pictures,)))
    assert inspector.draft.settings.data == "folder"
    qtbot.waitUntil(lambda: caption(inspector, "Data").endswith("3 classes"))
    start(inspector.draft)
    inspector.show_run(inspector.draft)
    assert not inspector.judge_drop(Brought(paths=(pictures,))).welcome


def test_everything_is_reached_by_tab_from_top_to_bottom(inspector):
    for section in inspector.sections.values():
        section.set_open(True)
    inspector.window().resize(320, 3000)  # nothing scrolls
    inspector.window().activateWindow()
    QApplication.processEvents()
    inspector.sections["Data"].head.setFocus()
    stops, heights = [], []
    for _ in range(200):
        widget = QApplication.focusWidget()
        if widget in stops:
            break
        stops.append(widget)
        heights.append(widget.mapToGlobal(widget.rect().topLeft()).y())
        QTest.keyClick(widget, Qt.Key.Key_Tab)
    pairs = zip(stops, heights, strict=True)
    inside = [y for stop, y in pairs if inspector._content.isAncestorOf(stop)]
    assert inside == sorted(inside)
    for name in ("data", "classes", "start", "learning_rate", "device"):
        assert any(field(inspector, name).isAncestorOf(stop) for stop in stops), name
    assert inspector.look_button in stops


def test_the_dialog_opens_for_the_draft(qtbot, make_inspector, of_folder):
    inspector = make_inspector(of_folder)
    inspector.look_button.click()
    dialog = inspector._dialog
    assert dialog.isVisible()
    qtbot.waitUntil(lambda: dialog.reading.state == "ready")
    assert dialog.table.classes.rowCount() == 3
    dialog.close()
