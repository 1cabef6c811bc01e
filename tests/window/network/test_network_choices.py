"""The Network workspace: other pictures and models, saving, dropping, sizes."""

import threading

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QFileDialog

from studio.image.read import read_picture
from studio.image.write import write_picture
from studio.insight import sheet
from studio.insight.sheet import map_sheet
from studio.nets.model import save_model
from studio.nets.untrained import untrained
from studio.nets.zoo import NETWORKS
from studio.window.network.saving import SaveDialog

LEFT = Qt.MouseButton.LeftButton


# Other pictures and models


def test_a_new_picture_gives_new_maps_and_keeps_layer_and_unit(studio, some_picture):
    studio.choose("conv2")
    studio.space.sight.choose_unit(2, 1, 1)
    before = studio.space.look.maps["conv2"]
    studio.session.paste_picture(some_picture(1, (48, 48)))
    studio.settle()
    assert np.allclose(studio.space.look.maps["conv2"], studio.expected()["conv2"], atol=1e-6)
    assert not np.allclose(before, studio.space.look.maps["conv2"])
    assert studio.space.sight.chosen_unit == (2, 1, 1)
    studio.agrees_on("conv2")
    assert studio.space.toolbar.pictures.currentText() == "noise-1.png"


def test_only_the_last_of_many_pictures_arrives(studio, held, some_picture):
    gate, began = held
    shown = []
    studio.space._latest.result.connect(lambda look: shown.append(look.picture.name))
    studio.session.paste_picture(some_picture(1))
    assert began.wait(10)
    for seed in (2, 3, 4):
        studio.session.paste_picture(some_picture(seed))
    assert studio.space.look.picture.name == "noise-0.png"  # the last result stays
    assert studio.status.busy == "Computing maps"
    gate.set()
    studio.settle()
    assert shown == ["noise-4.png"]
    assert studio.status.busy == ""


def test_a_sample_from_the_list(studio, qtbot):
    pictures = studio.space.toolbar.pictures
    assert pictures.itemText(0) == "noise-0.png"
    pictures.setFocus()
    for _ in range(pictures.findData("coins")):
        qtbot.keyClick(pictures, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: studio.session.document.picture == "coins")
    studio.settle()
    assert pictures.currentText() == "coins.png"
    assert pictures.findText("noise-0.png") == -1
    studio.session.undo_stack.undo()
    studio.settle()
    assert pictures.currentText() == "noise-0.png"


def test_a_picture_that_can_t_be_read(studio, qtbot, tmp_path, some_picture):
    path = tmp_path / "broken.png"
    path.write_bytes(b"nothing")
    studio.session.open_picture(str(path))
    qtbot.waitUntil(studio.space.message.isVisible)
    assert "broken.png" in studio.space.message.words.text()
    assert studio.space.look is not None
    studio.session.paste_picture(some_picture(1))
    studio.settle()
    assert not studio.space.message.isVisible()


def texts(studio):
    models = studio.space.toolbar.models
    return [models.itemText(n) for n in range(models.count()) if models.itemText(n)]


def test_the_list_of_models(studio):
    assert "Tiny, letters" in texts(studio)
    assert "LeNet-5, untrained" in texts(studio)
    assert texts(studio)[-1] == "Open model file…"
    assert studio.space.toolbar.models.currentText() == "Tiny, letters"
    assert studio.space.toolbar.note.text() == ""


def test_an_untrained_network(studio, qtbot):
    models = studio.space.toolbar.models
    models.setCurrentIndex(models.findText("LeNet-5, untrained"))
    models.activated.emit(models.currentIndex())
    studio.settle()
    assert studio.session.document.model == "lenet5"
    assert studio.space.look.rows[-1].output.channels == 10
    assert studio.space.toolbar.note.text() == "untrained: weights are random"
    boxes = studio.space.toolbar.view.height_box, studio.space.toolbar.view.width_box
    assert [box.text() for box in boxes] == ["28", "28"]
    first = studio.space.look.maps["conv1"]
    document = studio.session.document
    training = document.training.change(seed=document.training.seed + 1)
    studio.session.edit("Seed", document.change(training=training))
    qtbot.waitUntil(lambda: not np.array_equal(studio.space.look.maps["conv1"], first))


def test_a_run_s_newer_model_takes_the_place_of_the_older(studio, qtbot, tiny):
    studio.choose("conv2")
    newer = tiny(seed=5)
    studio.session.add_model(newer, "run:1")
    qtbot.waitUntil(lambda: studio.space.look.model is newer)
    assert np.allclose(studio.space.look.maps["conv2"], studio.expected()["conv2"], atol=1e-6)
    studio.agrees_on("conv2")


def test_another_run_s_model_changes_nothing_but_the_list(studio, tiny):
    studio.session.add_model(tiny(seed=5, title="Tiny, digits"))
    assert not studio.space._latest.is_busy
    assert "Tiny, digits" in texts(studio)
    assert studio.space.toolbar.models.currentText() == "Tiny, letters"


def open_file(studio, monkeypatch, path):
    given = lambda *_: (str(path), "")  # noqa: E731
    monkeypatch.setattr(QFileDialog, "getOpenFileName", given)
    studio.space.open_model_action.trigger()


def test_a_model_s_file(studio, monkeypatch, tmp_path, tiny):
    path = save_model(tiny(seed=7, title="Mine, pets"), tmp_path / "mine")
    open_file(studio, monkeypatch, path)
    studio.settle()
    assert "Mine, mine.safetensors" in texts(studio)
    assert np.array_equal(
        studio.space.look.model.weights["conv1.weight"], tiny(seed=7).weights["conv1.weight"]
    )
    studio.session.undo_stack.undo()
    studio.settle()
    assert studio.space.toolbar.models.currentText() == "Tiny, letters"


def test_a_damaged_model_s_file(studio, monkeypatch, tmp_path, qtbot, tiny):
    path = save_model(tiny(), tmp_path / "mine")
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    open_file(studio, monkeypatch, path)
    qtbot.waitUntil(studio.space.message.isVisible)
    assert "SHA-256" in studio.space.message.words.text()
    assert studio.space.look is None
    assert studio.space.maps.empty.isVisible()
    assert not studio.space.saving.maps_action.isEnabled()
    assert studio.space.editor.table.model.rows  # its card could be read
    save_model(tiny(), tmp_path / "mine")
    qtbot.mouseClick(studio.space.maps.empty.button, LEFT)
    studio.settle()
    assert not studio.space.message.isVisible()
    assert studio.space.maps.grid.isVisible()


def test_a_file_that_is_no_model_at_all(studio, monkeypatch, tmp_path, qtbot):
    path = tmp_path / "notes.json"
    path.write_text("[]")
    studio.grid.setFocus()
    open_file(studio, monkeypatch, path)
    qtbot.waitUntil(studio.space.message.isVisible)
    assert studio.space.isAncestorOf(QApplication.focusWidget())
    assert "notes" in studio.space.message.words.text()
    assert not studio.space.editor.table.isVisible()  # nothing is known of its layers
    assert not studio.space.body.blocks.isVisible()
    for key in (Qt.Key.Key_O, Qt.Key.Key_U):
        qtbot.keyClick(studio.space, key)
    studio.session.undo_stack.undo()
    studio.settle()
    studio.agrees_on("relu1")
    assert studio.space.editor.table.isVisible()
    assert studio.space.body.blocks.isVisible()


def test_a_dialog_that_is_closed_changes_nothing(studio, monkeypatch):
    open_file(studio, monkeypatch, "")
    assert studio.session.document.model == "run:1"


def test_moving_through_the_closed_list_opens_no_dialog(studio, qtbot, monkeypatch):
    def fail(*_):
        raise AssertionError("a dialog was opened")

    monkeypatch.setattr(QFileDialog, "getOpenFileName", fail)
    models = studio.space.toolbar.models
    models.setFocus()
    qtbot.keyClick(models, Qt.Key.Key_End)
    assert models.currentText() == "Tiny, letters"


def test_the_last_line_of_the_open_list_asks_for_a_file(studio, qtbot, monkeypatch):
    asked = []
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: asked.append(1) or ("", ""))
    models = studio.space.toolbar.models
    models.showPopup()
    qtbot.keyClick(models.view(), Qt.Key.Key_End)
    qtbot.keyClick(models.view(), Qt.Key.Key_Return)
    assert asked == [1]
    assert models.currentText() == "Tiny, letters"


# Cancelling and saving


def test_cancelled_maps_can_be_asked_for_again(studio, held, qtbot, some_picture):
    gate, began = held
    studio.session.paste_picture(some_picture(1))
    assert began.wait(10)
    assert studio.status.busy
    studio.status.cancel()
    assert studio.status.busy == ""
    assert studio.space.maps.empty.button.text() == "Compute the maps"
    gate.set()
    qtbot.mouseClick(studio.space.maps.empty.button, LEFT)
    studio.settle()
    assert studio.space.look.picture.name == "noise-1.png"


def save_in(studio, monkeypatch, target, layers="all", ending="png"):
    """Press Save, choose in the dialog, and then a file or a folder."""

    def choose(dialog):
        dialog.layers.set_value(layers)
        dialog.ending.set_value(ending)
        return True

    monkeypatch.setattr(SaveDialog, "exec", choose)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(target))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    studio.space.saving.maps_action.trigger()


@pytest.mark.parametrize("layers", ["one", "all"])
def test_a_person_who_names_no_file_saves_nothing(studio, monkeypatch, layers):
    monkeypatch.setattr(SaveDialog, "exec", lambda dialog: dialog.layers.set_value(layers) or True)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: ("", ""))
    assert studio.space.saving.maps.ask(studio.space.sight.row) is None


def test_saving_a_sheet_of_each_layer(studio, monkeypatch, tmp_path, qtbot):
    save_in(studio, monkeypatch, tmp_path)
    assert studio.status.busy == "Saving maps"
    assert not studio.space.saving.maps_action.isEnabled()
    qtbot.waitUntil(lambda: not studio.space.saving.maps.is_busy)
    assert studio.status.message == f"Maps saved in {tmp_path}"
    assert studio.space.saving.maps_action.isEnabled()
    expected = [f"{place:02d}-{name}.png" for place, name in enumerate(studio.names[1:], start=1)]
    assert sorted(path.name for path in tmp_path.iterdir()) == expected
    drawn = read_picture(tmp_path / "04-conv2.png")
    assert np.array_equal(drawn.pixels, map_sheet(studio.space.look.maps["conv2"]).pixels)


def test_saving_the_values_of_each_layer(studio, monkeypatch, tmp_path, qtbot):
    save_in(studio, monkeypatch, tmp_path, ending="npy")
    qtbot.waitUntil(lambda: not studio.space.saving.maps.is_busy)
    for place, name in enumerate(studio.names[1:], start=1):
        values = np.load(tmp_path / f"{place:02d}-{name}.npy", allow_pickle=False)
        assert values.dtype == np.float32
        assert np.array_equal(values, studio.expected()[name])


@pytest.mark.parametrize("ending", ["png", "npy"])
def test_saving_one_layer_adds_the_ending(studio, monkeypatch, tmp_path, qtbot, ending):
    studio.choose("conv2")
    save_in(studio, monkeypatch, tmp_path / "mine", "one", ending)
    qtbot.waitUntil(lambda: not studio.space.saving.maps.is_busy)
    target = tmp_path / f"mine.{ending}"
    assert [path.name for path in tmp_path.iterdir()] == [target.name]
    assert studio.status.message == f"Maps saved in {target}"
    maps = studio.expected()["conv2"]
    if ending == "npy":
        assert np.array_equal(np.load(target), maps)
    else:
        assert np.array_equal(read_picture(target).pixels, map_sheet(maps).pixels)


def test_a_folder_that_can_t_be_written(studio, monkeypatch, tmp_path, qtbot):
    save_in(studio, monkeypatch, tmp_path / "gone")
    qtbot.waitUntil(studio.space.message.isVisible)
    assert studio.space.saving.maps_action.isEnabled()
    assert studio.status.busy == ""


def test_saving_is_cancelled(studio, monkeypatch, tmp_path, qtbot):
    gate = threading.Event()
    real = sheet.write_picture

    def wait(*given):
        assert gate.wait(10)
        return real(*given)

    monkeypatch.setattr(sheet, "write_picture", wait)
    save_in(studio, monkeypatch, tmp_path)
    studio.status.cancel()
    gate.set()
    qtbot.waitUntil(lambda: not studio.space.saving.maps.is_busy)
    assert len(list(tmp_path.iterdir())) <= 1
    assert "saved" not in studio.status.message
    assert studio.space.saving.maps_action.isEnabled()


def test_a_folder_dialog_that_is_closed_saves_nothing(studio, monkeypatch):
    save_in(studio, monkeypatch, "")
    assert not studio.space.saving.maps.is_busy


def test_saving_needs_maps(held, make_studio):
    studio = make_studio()
    studio.window.show_space("network")
    assert not studio.space.saving.maps_action.isEnabled()
    assert [
        row.name for row in studio.space.editor.table.model.rows
    ] == studio.names  # without torch's help
    held[0].set()
    studio.settle()
    assert studio.space.saving.maps_action.isEnabled()


# Dropping and pasting


def drop(studio, *paths, data=None):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    middle = QPoint(300, 300)
    kinds = Qt.DropAction.CopyAction, mime, LEFT, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(studio.window, QDragEnterEvent(middle, *kinds))
    offer = studio.space._veil.offer
    QApplication.sendEvent(studio.window, QDropEvent(QPointF(middle), *kinds))
    return offer


def test_a_picture_is_dropped(studio, tmp_path, qtbot, some_picture):
    path = tmp_path / "mine.png"
    write_picture(some_picture(9), path)
    assert drop(studio, path).words == "Look at mine.png"
    qtbot.waitUntil(lambda: studio.session.document.picture == str(path))
    studio.settle()


def test_a_model_is_dropped(studio, tmp_path, tiny):
    path = save_model(tiny(seed=7), tmp_path / "model")
    assert drop(studio, path).words == "Look into model.safetensors"
    studio.settle()
    assert studio.session.document.model == str(path)
    assert drop(studio, tmp_path).welcome  # a run's folder
    studio.settle()
    assert studio.session.document.model == str(tmp_path)


def test_a_folder_of_pictures_is_refused(studio, tmp_path):
    before = studio.session.document
    assert not drop(studio, tmp_path).welcome
    assert studio.session.document == before


def test_a_picture_is_pasted(studio, qtbot):
    image = QImage(20, 10, QImage.Format.Format_RGB888)
    image.fill(Qt.GlobalColor.red)
    QGuiApplication.clipboard().setImage(image)
    studio.space.paste_action.trigger()
    qtbot.waitUntil(lambda: studio.session.picture.width == 20)
    studio.settle()
    QGuiApplication.clipboard().setText("words")
    studio.space.paste_action.trigger()
    assert studio.status.message == "There is no picture on the clipboard"


# Sizes


def test_few_maps_are_large_and_side_by_side(make_studio):
    studio = make_studio((1920, 1080)).open()
    studio.choose("input")
    boxes = [studio.grid.box_of(index) for index in range(3)]
    assert len({box.top() for box in boxes}) == 1
    assert min(box.width() for box in boxes) > 200


def test_a_small_window_leaves_out_blocks_and_counts(qtbot, make_studio):
    studio = make_studio((1024, 700)).open()
    assert not studio.space.body.blocks.isVisible()
    assert studio.space.editor.table.view.isColumnHidden(2)
    studio.window.resize(1280, 800)
    qtbot.waitUntil(studio.space.body.blocks.isVisible)
    assert not studio.space.editor.table.view.isColumnHidden(2)
    narrow = studio.space.editor.table.width()
    studio.window.resize(1920, 1080)
    qtbot.waitUntil(lambda: studio.space.editor.table.width() > narrow)


@pytest.mark.parametrize("size", [(1024, 700), (1280, 800), (1920, 1080)])
def test_the_table_has_the_width_it_needs_from_the_first_look_on(size, make_studio):
    studio = make_studio(size).open()
    assert studio.space.editor.width() >= studio.space.editor.fit(size[0]) - 1


@pytest.mark.parametrize("size", [(1024, 700), (1280, 800), (1920, 1080)])
def test_nothing_is_squeezed_out(size, make_studio):
    studio = make_studio(size).open()
    bar = studio.space.toolbar
    parts = [bar.models, bar.pictures, *([bar.view] if bar.view.isVisible() else []), bar.save]
    right = 0
    for part in parts:
        assert part in (bar.models, bar.pictures) or part.width() >= part.sizeHint().width()
        assert part.geometry().left() >= right
        right = part.geometry().right()
    assert right <= bar.width()
    assert studio.window.size().toTuple() == size


def test_closing_while_maps_are_computed(qtbot, held, make_studio):
    studio = make_studio()
    studio.window.show_space("network")
    assert held[1].wait(10)
    studio.window.close()
    held[0].set()
    qtbot.waitUntil(lambda: not studio.space._latest.is_busy)


def test_a_file_that_was_replaced_is_opened_as_it_is_now(studio, tiny, tmp_path):
    space, path = studio.space, save_model(tiny(1), tmp_path / "mine")
    space.choosing.open(path)
    studio.qtbot.waitUntil(lambda: space.look.reference == str(path))
    save_model(untrained(NETWORKS["perceptron"]), path)
    space.choosing.open(path)
    studio.qtbot.waitUntil(lambda: space.look.loaded.card.network == NETWORKS["perceptron"])
    assert space.toolbar.entry.network == NETWORKS["perceptron"]
    assert [row.name for row in space.editor.table.model.rows] == [
        row.name for row in space.look.rows
    ]


def test_a_file_that_was_replaced_meanwhile_is_listed_with_its_network(studio, tiny, tmp_path):
    space, path = studio.space, save_model(tiny(1), tmp_path / "mine")
    space.choosing.open(path)
    studio.qtbot.waitUntil(lambda: space.look.reference == str(path))
    save_model(untrained(NETWORKS["perceptron"]), path)
    space.toolbar.view._take_mode("training")
    studio.qtbot.waitUntil(lambda: space.look.view.training)
    assert space.look.loaded.card.network == NETWORKS["perceptron"]
    assert space.toolbar.entry.network == NETWORKS["perceptron"]


def test_why_a_picture_can_t_be_read_stays_until_there_is_another(studio, tiny, tmp_path):
    space = studio.space
    studio.session.add_model(tiny(1))
    studio.session.open_picture(str(tmp_path / "gone.png"))
    studio.qtbot.waitUntil(space.message.isVisible)
    space.toolbar.choose_model("run:2")
    studio.settle()
    assert space.message.isVisible()
    assert "gone.png" in space.message.words.text()
    studio.session.open_picture("coins")
    studio.qtbot.waitUntil(lambda: not space.message.isVisible())
    studio.settle()
