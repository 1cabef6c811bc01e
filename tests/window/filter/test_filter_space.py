"""The Filter workspace, driven as a person does."""

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QFileDialog, QMainWindow

from studio.document import Document
from studio.filters import FILTERS
from studio.filters.arithmetic import why_none
from studio.filters.chain import Chain, Step
from studio.image.picture import Picture
from studio.image.read import read_picture
from studio.window.chrome.status import Status
from studio.window.filter.chain_list import eye_box
from studio.window.filter.space import FilterSpace
from studio.window.job import running_jobs
from studio.window.session import Session


def steps(*filters):
    return Chain(steps=tuple(Step(filter=one) for one in filters))


MEDIAN = FILTERS["median"].build({"radius": 2})
SOBEL = FILTERS["sobel"].build({"output": "x"})


@pytest.fixture
def space(qtbot):
    made = FilterSpace(Session(Document(picture="camera", chain=steps(MEDIAN, SOBEL))), Status())
    window = QMainWindow()
    window.setCentralWidget(made)
    qtbot.addWidget(window)
    window.resize(1200, 700)
    window.show()
    settle(qtbot, made)
    return made


def settle(qtbot, space):
    """Wait until the result is the document's."""
    session = space._session
    qtbot.waitUntil(
        lambda: (
            space.result is not None
            and space.result.chain == session.document.chain
            and space.result.picture is session.picture
            and space.renderer.is_filled
            and not running_jobs()
        )
    )


def computed(space):
    return space.result.evaluation.whole()


def expected(space):
    return space._session.document.chain.run(space._session.picture.pixels)


def test_the_result_is_the_chain_s(space):
    assert np.array_equal(computed(space), expected(space))
    assert computed(space).min() < 0  # nothing was cut
    assert space.compare.after.picture_size.toTuple() == computed(space).shape[1::-1]


def test_the_result_follows_the_form(space, qtbot):
    space.panel.rows.setCurrentIndex(space.panel.rows.steps.index(0))
    form = space.panel.form
    form.fields["radius"].setFocus()
    form.set_value(MEDIAN.change(radius=2))
    form.changed.emit(MEDIAN.change(radius=4))
    settle(qtbot, space)
    assert space._session.document.chain.steps[0].filter.radius == 4
    assert np.array_equal(computed(space), expected(space))
    first = cv2.medianBlur(space._session.picture.pixels, 9)
    assert np.array_equal(space.result.evaluation.whole(1)[..., 0], first)


def test_changes_in_a_row_are_one_step_back(space, qtbot):
    for radius in (3, 4, 5):
        space.panel.rows.set_row(0)
        space.panel.set_filter(MEDIAN.change(radius=radius))
    space._session.undo_stack.undo()
    assert space._session.document.chain.steps[0].filter.radius == 2
    space._session.undo_stack.redo()
    assert space._session.document.chain.steps[0].filter.radius == 5
    settle(qtbot, space)


def test_keys_switch_move_and_remove(space, qtbot):
    rows = space.panel.rows
    rows.setCurrentIndex(rows.steps.index(0))
    qtbot.keyClick(rows, Qt.Key.Key_V)
    assert not space._session.document.chain.steps[0].on
    settle(qtbot, space)
    assert np.array_equal(computed(space), SOBEL.apply(space._session.picture.pixels))
    qtbot.keyClick(rows, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    kinds = [step.filter.kind for step in space._session.document.chain.steps]
    assert kinds == ["sobel", "median"]
    assert rows.row == 1
    qtbot.keyClick(rows, Qt.Key.Key_Delete)
    assert [step.filter.kind for step in space._session.document.chain.steps] == ["sobel"]
    qtbot.keyClick(rows, Qt.Key.Key_Delete)
    settle(qtbot, space)
    assert np.array_equal(computed(space), space._session.picture.pixels)
    assert space.panel.form is None


def test_the_eye_switches_a_filter(space, qtbot):
    rows = space.panel.rows
    eye = eye_box(rows.visualRect(rows.steps.index(1))).center()
    qtbot.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=eye)
    assert [step.on for step in space._session.document.chain.steps] == [True, False]
    settle(qtbot, space)


@pytest.mark.parametrize("kind", FILTERS)
def test_every_filter_can_be_added_and_explained(kind, space, qtbot):
    space.panel.append(kind)
    settle(qtbot, space)
    assert space.panel.form.value.kind == kind
    said = space.arithmetic._sum.accessibleName()
    assert said
    space.explaining.pin(3, 2)
    settle(qtbot, space)
    value = space.result.evaluation.whole(space.result.stage(space.panel.rows.row))[2, 3, 0]
    if not why_none(FILTERS[kind].build()):
        assert space.arithmetic.shown.stored == value


def test_the_cursor_s_values_are_named(space, qtbot):
    space.compare.cursor_moved.emit(7, 5)
    before = space._session.picture.pixels[5, 7, 0]
    qtbot.waitUntil(lambda: space._status.cursor_text != "")
    assert space._status.cursor_text.startswith(f"7, 5   before {before}")
    space.compare.cursor_left.emit()
    settle(qtbot, space)
    assert space._status.cursor_text == ""


def test_saving_keeps_every_value(space, qtbot, tmp_path, monkeypatch):
    target = tmp_path / "out.tiff"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    space.save()
    space.save()  # a second click while it is busy
    qtbot.waitUntil(lambda: not space.saving.is_busy)
    assert np.array_equal(read_picture(target).pixels, computed(space))


def test_saving_where_values_are_cut_says_so(space, qtbot, tmp_path):
    space.saving.write(space.result, tmp_path / "out.png")
    qtbot.waitUntil(lambda: not space.saving.is_busy)
    assert not space.message.isHidden()
    assert "cut to 0 to 255" in space.message.words.text()


def test_a_file_that_cannot_be_written_is_said(space, qtbot, tmp_path):
    space.saving.write(space.result, tmp_path / "nowhere" / "out.png")
    qtbot.waitUntil(lambda: not space.saving.is_busy)
    assert "no such folder" in space.message.words.text()
    assert not (tmp_path / "nowhere").exists()


def drop(widget, mime):
    window = widget.window()
    shown = (mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(
        window, QDragEnterEvent(QPoint(300, 300), Qt.DropAction.CopyAction, *shown)
    )
    QApplication.sendEvent(window, QDropEvent(QPointF(300, 300), Qt.DropAction.CopyAction, *shown))


def test_a_dropped_file_is_opened(space, qtbot, tmp_path):
    pixels = np.random.default_rng(1).integers(0, 256, (8, 9, 3), dtype=np.uint8)
    path = tmp_path / "dropped.png"
    cv2.imwrite(str(path), pixels)
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    with qtbot.waitSignal(space._session.picture_changed):
        drop(space, mime)
    assert space._session.picture.name == "dropped.png"
    settle(qtbot, space)


@pytest.mark.parametrize("name", ["n" * 300 + ".png", "n" * 300 + ".mp4"])
def test_a_path_that_no_disk_can_have_is_refused(space, qtbot, tmp_path, name):
    before = space._session.picture
    space._session.picture_failed.connect(space.message.show_error)  # as the window does
    space.open_files([tmp_path / name])
    qtbot.waitUntil(lambda: not space.message.isHidden() and not running_jobs())
    assert name[:9] in space.message.words.text()
    assert space._session.picture is before


def test_a_broken_file_is_refused_and_the_picture_stays(space, qtbot, tmp_path):
    path = tmp_path / "broken.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\nnothing")
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    before = space._session.picture
    with qtbot.waitSignal(space._session.picture_failed) as failed:
        drop(space, mime)
    assert "broken.png" in str(failed.args[0])
    assert space._session.picture is before


def test_a_pasted_picture_is_shown(space, qtbot):
    image = QImage(6, 4, QImage.Format.Format_RGB888)
    image.fill(Qt.GlobalColor.red)
    QGuiApplication.clipboard().setImage(image)
    with qtbot.waitSignal(space._session.picture_changed):
        space.paste()
    assert space._session.picture.pixels.shape == (4, 6, 3)
    assert space._session.picture.pixels[0, 0].tolist() == [255, 0, 0]
    settle(qtbot, space)


def test_a_chain_that_cannot_work_keeps_the_last_result(space, qtbot):
    space.panel.rows.set_row(0)
    space.panel.set_filter(MEDIAN.change(radius=63, border="valid"))
    settle(qtbot, space)
    last = space.result
    space._session.paste_picture(Picture(np.zeros((5, 5, 1), np.uint8), name="small"))
    qtbot.waitUntil(lambda: not space.message.isHidden() and not space.renderer.is_busy)
    assert space.result is last
    space.panel.set_filter(MEDIAN)
    settle(qtbot, space)
    assert space.message.isHidden()


def test_the_menu_adds_a_filter(space, qtbot):
    for action in space.panel.add_actions:
        action.trigger()
    kinds = [step.filter.kind for step in space._session.document.chain.steps]
    assert kinds == ["median", "sobel", *FILTERS]
    space.renderer.cancel()


def test_tab_goes_from_the_settings_to_the_display(space, qtbot):
    for row in range(2):
        space.panel.rows.setCurrentIndex(space.panel.rows.steps.index(row))
        first = space.panel.display.stops()[0]
        last = space.panel.form.stops()[-1]
        part = last.nextInFocusChain()
        while not part.focusPolicy() & Qt.FocusPolicy.TabFocus or not part.isVisible():
            part = part.nextInFocusChain()
        assert part is first
    settle(qtbot, space)


def test_every_field_has_a_name(space):
    assert all(part.accessibleName() for part in space.panel.form.stops())


def test_what_is_saved_is_what_is_shown(space, qtbot, tmp_path):
    """Also while another picture's result is still on its way."""
    space.panel.remove(1)  # the median alone keeps the depth, and with it transparency
    settle(qtbot, space)
    shown = space.result
    clear = np.zeros(shown.size, np.uint8)
    space._session.paste_picture(
        Picture(np.zeros((*shown.size, 1), np.uint8), clear, name="other.png")
    )
    space.saving.write(space.result, tmp_path / "out.png")
    qtbot.waitUntil(lambda: not space.saving.is_busy)
    saved = read_picture(tmp_path / "out.png")
    assert np.array_equal(saved.pixels, shown.evaluation.whole())
    assert saved.alpha is None
    settle(qtbot, space)
