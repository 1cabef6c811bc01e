"""The page that draws what a unit likes, and finds what excites it."""

import threading

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from studio.data import Arrays
from studio.data.progress import Preparing
from studio.errors import DataError
from studio.image.picture import Picture
from studio.image.write import write_picture
from studio.insight.likes import Aim, Excitement, excite
from studio.insight.strongest import strongest
from studio.window.job import running_jobs
from studio.window.network import sources
from studio.window.network.likes import drawing
from studio.window.network.sources import Library, Source, folder_source


@pytest.fixture
def page(studio):
    studio.inspector.show_page("likes")
    yield studio.inspector.page("likes")
    studio.qtbot.waitUntil(lambda: not running_jobs(), timeout=20_000)


def few(page, **settings):
    """Draw in a few steps."""
    page.drawing.form.set_value(Excitement(steps=6, **settings))
    page.drawing.form.changed.emit(Excitement(steps=6, **settings))


def wait(studio, part):
    studio.qtbot.waitUntil(lambda: not part.is_busy, timeout=20_000)


def expected(studio, aim):
    *_, last = excite(studio.space.look.model, aim, Excitement(steps=6))
    return last


def test_nothing_is_drawn_before_it_is_asked_for(studio, page):
    studio.choose("conv1")
    assert not page.drawing.is_busy
    assert not page.drawing.view.isVisible()
    assert "Start draws a picture" in page.drawing.words.text()
    assert page.drawing.start.isVisible()
    assert not page.drawing.stop.isVisible()


def test_a_unit_is_drawn_at_its_receptive_field(studio, page):
    studio.choose("relu1")
    studio.space.sight.choose_unit(4, 0, 5)
    few(page)
    page.drawing.start.click()
    wait(studio, page.drawing)
    last = expected(studio, Aim("relu1", 4, (0, 5)))
    # 3 x 3 with a padding of one: the row above the picture is not there.
    levels = np.rint(last.levels[0:2, 4:7] * 255)
    np.testing.assert_allclose(page.drawing.view.levels.rgb, levels, atol=1)
    assert "receptive field, 3 × 2 of 12 × 12" in page.drawing.view.toolTip()
    assert page.drawing.facts.text() == "ReLU, map 4, row 0, column 5"
    assert "after 6 of 6 steps" in page.drawing.curve.accessibleName()


def test_a_map_is_drawn_on_the_whole_input(studio, page):
    studio.choose("conv2")
    page.drawing.part.set_value("map")
    few(page)
    page.drawing.start.click()
    wait(studio, page.drawing)
    index = studio.space.sight.chosen_unit[0]
    levels = np.rint(expected(studio, Aim("conv2", index)).levels * 255)
    np.testing.assert_allclose(page.drawing.view.levels.rgb, levels, atol=1)


def test_a_class_is_a_unit_of_the_last_layer(studio, page):
    studio.choose("dense2")
    studio.space.sight.choose_unit(2, 0, 0)
    assert not page.drawing.part.isEnabled()
    few(page)
    page.drawing.start.click()
    wait(studio, page.drawing)
    assert page.drawing.facts.text() == "Dense 2, class owl"


def test_the_input_likes_nothing(studio, page):
    studio.choose("input")
    assert not page.drawing.start.isEnabled()
    assert not page.found.search.isEnabled()
    assert "choose another layer" in page.drawing.words.text()
    studio.choose("conv1")
    assert page.drawing.start.isEnabled()
    assert page.found.search.isEnabled()


@pytest.fixture
def gate(monkeypatch):
    """Lets only the first steps through, until it is opened."""
    opened = threading.Event()
    real = drawing.excite

    def steps(*given):
        for found in real(*given):
            yield found
            if found.step == 2:
                assert opened.wait(20)

    monkeypatch.setattr(drawing, "excite", steps)
    monkeypatch.setattr(drawing, "_PAUSE", 0)
    yield opened
    opened.set()


def test_stop_keeps_the_picture_and_start_begins_anew(studio, page, gate):
    studio.choose("conv1")
    few(page)
    page.drawing.start.click()
    studio.qtbot.waitUntil(
        lambda: "after 2 of 6 steps" in page.drawing.curve.accessibleName(), timeout=20_000
    )
    assert page.drawing.stop.isVisible()
    page.drawing.stop.click()
    assert not page.drawing.is_busy
    assert page.drawing.view.isVisible()
    assert page.drawing.start.isVisible()
    gate.set()
    page.drawing.start.click()
    wait(studio, page.drawing)
    assert "after 6 of 6 steps" in page.drawing.curve.accessibleName()


def test_leaving_the_page_stops_it(studio, page, gate):
    studio.choose("conv1")
    page.drawing.start.click()
    studio.qtbot.waitUntil(lambda: page.drawing.view.isVisible(), timeout=20_000)
    studio.inspector.show_page("field")
    assert not page.drawing.is_busy
    gate.set()


def test_another_model_begins_empty(studio, page, tiny, folder):
    studio.choose("conv1")
    few(page)
    page.drawing.start.click()
    wait(studio, page.drawing)
    search(studio, page, folder)
    studio.session.add_model(tiny(3))
    studio.session.edit("model", studio.session.document.change(model="run:2"))
    studio.settle()
    assert not page.drawing.view.isVisible()
    assert not any(button.isVisible() for button in page.found.patches.buttons)


@pytest.fixture
def folder(tmp_path):
    rng = np.random.default_rng(4)
    for number in range(12):
        pixels = rng.integers(0, 256, (20, 30, 3), np.uint8)
        write_picture(Picture(pixels), tmp_path / f"noise-{number:02d}.png")
    (tmp_path / "broken.png").write_bytes(b"no picture")
    return tmp_path


def search(studio, page, folder):
    page.found.box.add_folder(folder)
    page.found.search.click()
    wait(studio, page.found)


def test_the_strongest_of_a_folder(studio, page, folder):
    studio.choose("conv2")
    studio.space.sight.choose_unit(3, 1, 1)
    search(studio, page, folder)
    look = studio.space.look
    row = studio.space.sight.row
    readers = [entry.read for entry in _entries(folder)]
    *_, found = strongest(look.model, row, 3, readers)
    shown = [button for button in page.found.patches.buttons if button.isVisible()]
    assert len(shown) == 9
    for button, one in zip(shown, found.strongest, strict=True):
        assert _entries(folder)[one.number].reference.rpartition("/")[2] in button.toolTip()
        assert button.text() == f"{one.activation:.4g}".replace("-", "−")
        assert button.focusPolicy() & Qt.FocusPolicy.TabFocus
    assert page.found.words.text() == "13 of 13 pictures; 1 can't be read"
    assert "broken.png" in page.found.words.toolTip()
    assert page.found.head.caption.text() == "Conv 2, map 3"


def _entries(folder):
    work = Library().entries(folder_source(folder))
    try:
        next(work)
    except StopIteration as stop:
        return stop.value
    raise AssertionError("a folder needs no preparing")


def test_a_patch_opens_its_picture(studio, page, folder):
    studio.choose("conv1")
    search(studio, page, folder)
    button = page.found.patches.buttons[1]
    button.setFocus()
    with studio.qtbot.waitSignal(studio.session.picture_changed):
        QTest.keyClick(button, Qt.Key.Key_Space)
    assert studio.session.picture.name in button.toolTip()
    studio.settle()


def test_an_empty_folder_and_one_that_has_gone(studio, page, tmp_path):
    studio.choose("conv1")
    (tmp_path / "empty").mkdir()
    search(studio, page, tmp_path / "empty")
    assert page.found.words.text() == "There is no picture in it."


def test_a_data_set_is_made_ready_first(studio, page, monkeypatch):
    rng = np.random.default_rng(1)
    arrays = Arrays(
        *(rng.integers(0, 256, (4, 28, 28, 1), np.uint8), np.zeros(4, np.int64)),
        *(rng.integers(0, 256, (5, 28, 28, 1), np.uint8), np.arange(5)),
    )

    def load(kind):
        assert kind == "glyphs"
        yield Preparing("Drawing digits", 0.5)
        return arrays

    monkeypatch.setattr(sources, "load_data", load)
    studio.choose("conv1")
    page.found.box.setCurrentIndex(page.found.box.findText("Glyphs"))
    page.found.search.click()
    wait(studio, page.found)
    assert page.found.words.text() == "5 of 5 pictures"
    with studio.qtbot.waitSignal(studio.session.picture_changed):
        page.found.patches.buttons[0].click()
    assert studio.session.picture.name.startswith("glyphs-")
    assert any(np.array_equal(studio.session.picture.pixels, one) for one in arrays.test_pictures)
    studio.settle()


def test_data_that_cannot_be_had(studio, page, monkeypatch):
    def load(kind):
        raise DataError("MNIST can't be downloaded", "Look at your connection")
        yield

    monkeypatch.setattr(sources, "load_data", load)
    studio.choose("conv1")
    page.found.box.setCurrentIndex(page.found.box.findText("MNIST"))
    page.found.search.click()
    wait(studio, page.found)
    assert page.found.error.isVisible()
    assert "can't be downloaded" in page.found.error.text()


def test_data_sets_that_need_a_folder_are_not_offered():
    offered = {source.key for source in sources.sources()}
    assert {"samples", "glyphs", "mnist"} <= offered
    assert "cifar10-jpeg" not in offered
    assert isinstance(sources.sources()[0], Source)
