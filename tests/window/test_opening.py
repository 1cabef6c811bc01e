"""What the File menu opens, and the files of last time."""

import pytest
from PIL import Image
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QFileDialog

from studio.document import Document, save_document
from studio.image.live import Camera
from studio.window import opening as opening_module
from studio.window import recent
from studio.window.assembly import Studio
from studio.window.job import running_jobs, stop_all
from studio.window.session import Session


@pytest.fixture
def studio(qtbot, monkeypatch):
    monkeypatch.setattr(Session, "find_compute_device", lambda self: None)  # it imports torch
    made = Studio(Session(Document(picture="coffee")))
    qtbot.addWidget(made.window)
    made.window.show()
    made.window.show_space("filter")
    yield made
    made.filter.live.close()
    stop_all(5)


@pytest.fixture
def red(tmp_path):
    path = tmp_path / "red & black.png"
    Image.new("RGB", (6, 5), "red").save(path)
    return path


def settle(qtbot):
    qtbot.waitUntil(lambda: not running_jobs())


def names(menu):
    return [action.text() for action in menu.actions() if not action.isSeparator()]


def test_the_newest_ten_each_once(tmp_path):
    for number in range(12):
        recent.remember(tmp_path / f"{number}.png")
    recent.remember(tmp_path / "5.png")
    order = [5, 11, 10, 9, 8, 7, 6, 4, 3, 2]
    assert recent.recent_files() == [str(tmp_path / f"{number}.png") for number in order]
    recent.forget(tmp_path / "11.png")
    assert recent.recent_files()[:2] == [str(tmp_path / "5.png"), str(tmp_path / "10.png")]
    recent.clear()
    assert recent.recent_files() == []


@pytest.mark.parametrize("name", ["ä#&, ;.png", "a\nb.png", "caf\udce9.png"])
def test_every_name_is_kept(name):
    recent.remember(f"/pictures/{name}")
    QSettings().sync()
    assert recent.recent_files()[0].endswith(name)


@pytest.mark.parametrize("damaged", ["[", "{}", '["a", 3]', "3"])
def test_a_damaged_list_is_an_empty_one(damaged):
    QSettings().setValue("files/recent", damaged)
    assert recent.recent_files() in ([], ["a"])


def test_what_was_opened_stands_in_the_menu(studio, qtbot, red, tmp_path, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(red), ""))
    studio.opening.picture.trigger()
    qtbot.waitUntil(lambda: studio.session.picture.path == str(red))
    save_document(Document(picture="camera"), tmp_path / "lesson.json")
    monkeypatch.setattr(
        QFileDialog, "getOpenFileName", lambda *_: (str(tmp_path / "lesson.json"), "")
    )
    studio.opening.document.trigger()
    studio.window.menu("File").aboutToShow.emit()
    assert names(studio.opening.recent)[:2] == ["lesson.json", "red && black.png"]
    studio.opening.recent.actions()[1].trigger()
    qtbot.waitUntil(lambda: recent.recent_files()[0] == str(red))
    assert studio.session.picture.path == str(red)
    settle(qtbot)


def test_a_picture_that_cannot_be_read_is_not_remembered(studio, qtbot, red):
    red.write_bytes(b"broken")
    studio.open_file(str(red))
    qtbot.waitUntil(lambda: not studio.filter.message.isHidden())
    assert recent.recent_files() == []
    settle(qtbot)


def test_a_file_that_is_gone_is_taken_off_the_list(studio, red):
    recent.remember(red)
    red.unlink()
    studio.window.show_space("train")
    studio.opening.refresh()
    studio.opening.recent.actions()[0].trigger()
    assert recent.recent_files() == []
    assert studio.window.current.key == "filter"
    said = studio.filter.message.words.text()
    assert "red &amp; black.png is not there any more" in said


def test_two_files_of_one_name_are_told_apart(studio, tmp_path):
    for folder in ("a", "b"):
        recent.remember(tmp_path / folder / "same.png")
    studio.opening.refresh()
    assert names(studio.opening.recent)[:2] == ["same.png – b", "same.png – a"]


def test_the_menus_say_why_they_are_empty(studio, monkeypatch):
    monkeypatch.setattr(opening_module, "cameras", lambda: ())
    studio.opening.refresh()
    for menu, words in (
        (studio.opening.cameras, "No camera was found"),
        (studio.opening.recent, "Files that you open stand here"),
    ):
        assert not menu.menuAction().isEnabled()
        assert words in menu.menuAction().toolTip()


def test_a_camera_of_the_menu_is_opened_in_filter(studio, monkeypatch):
    monkeypatch.setattr(opening_module, "cameras", lambda: (Camera(0, "Front"), Camera(2)))
    started = []
    monkeypatch.setattr(studio.filter.live, "start", started.append)
    studio.window.show_space("train")
    studio.window.menu("File").aboutToShow.emit()
    assert names(studio.opening.cameras) == ["Front", "Camera 2"]
    studio.opening.cameras.actions()[1].trigger()
    assert started == ["camera:2"]
    assert studio.window.current.key == "filter"


def test_a_video_is_opened_in_filter(studio, monkeypatch, tmp_path):
    started = []
    monkeypatch.setattr(studio.filter.live, "start", started.append)
    film = str(tmp_path / "film.MP4")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (film, ""))
    studio.window.show_space("train")
    studio.opening.video.trigger()
    assert started == [film]
    assert studio.window.current.key == "filter"


def test_the_open_button_offers_the_same(studio, qtbot):
    shown = studio.filter._more
    assert not shown.isHidden()
    shown.click()
    menu = studio._menu
    qtbot.waitUntil(menu.isVisible)
    assert names(menu) == [
        "Open picture…",
        "Open video…",
        "Camera",
        "Recent files",
        "Sample photos",
    ]
    menu.close()
