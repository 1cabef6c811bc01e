"""The page about a unit's receptive field, in theory and measured, and about the input."""

import threading

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QFileDialog

from studio.image.read import read_picture
from studio.insight.effective_field import average_field, effective_field
from studio.nets.model import Model
from studio.window.network.field import work
from studio.window.network.field.work import spread

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def page(studio):
    settle(studio)
    return studio.field


def settle(studio):
    """Wait until the field of the unit that is shown is measured."""
    studio.qtbot.waitUntil(lambda: studio.field.measuring.is_current)


def choose(studio, name, unit):
    studio.choose(name)
    studio.space.sight.choose_unit(*unit)
    settle(studio)


def expected(studio, name, unit):
    look = studio.space.look
    return effective_field(look.model.steps(), look.rows, name, unit, look.values)


# Over this picture


def test_a_unit_is_measured_over_the_picture(studio, page):
    choose(studio, "conv2", (3, 1, 2))
    field = expected(studio, "conv2", (3, 1, 2))
    found = page.measuring.found
    np.testing.assert_array_equal(found.field.heat, field.heat)
    assert page.sizes.theory.extent.text() == "8×8"
    box = field.measured
    assert page.sizes.measured.extent.text() == f"{box.height}×{box.width}"
    assert f"Measured is {100 * field.ratio:.0f} % as wide" in page.sizes.words.text()


def test_a_silent_unit_is_measured_before_its_activation(studio, page):
    maps = studio.expected()["relu1"]
    silent = tuple(int(place) for place in np.argwhere(maps == 0)[0])
    choose(studio, "relu1", silent)
    assert "The unit is silent: measured at Conv 1" in page.sizes.words.text()
    live = tuple(int(place) for place in np.argwhere(maps > 0)[0])
    choose(studio, "relu1", live)
    assert "silent" not in page.sizes.words.text()


def test_pointing_measures_too(studio, page):
    studio.choose("conv1")
    studio.space.sight.hover(2, 6, 6)
    settle(studio)
    assert page.measuring.found.unit == (2, 6, 6)
    studio.space.sight.leave()
    settle(studio)
    assert page.measuring.found.unit == studio.space.sight.chosen_unit


def test_another_picture_is_measured_anew(studio, page, some_picture):
    before = page.measuring.found
    studio.session.paste_picture(some_picture(7))
    studio.settle()
    settle(studio)
    assert page.measuring.found.look is studio.space.look
    assert page.measuring.found is not before


def test_training_mode_mixes_nothing_here_and_is_used(studio, page):
    """The tiny network has no batch normalisation: the field is the same."""
    before = page.measuring.found.field.heat
    studio.space.toolbar.view.mode._group.button(1).click()
    studio.qtbot.waitUntil(lambda: studio.space.look.view.training)
    settle(studio)
    np.testing.assert_array_equal(page.measuring.found.field.heat, before)


def test_nothing_is_measured_while_nobody_sees_it(make_studio, monkeypatch):
    asked = []
    real = work.effective_field
    monkeypatch.setattr(
        work, "effective_field", lambda *given: (asked.append(given), real(*given))[1]
    )
    studio = make_studio()
    studio.inspector.show_page("likes")
    studio.open()
    assert not asked
    studio.inspector.show_page("field")
    settle(studio)
    assert len(asked) == 1
    studio.space.sight.choose_unit(*studio.space.sight.chosen_unit)
    assert not studio.field.measuring.is_busy
    assert len(asked) == 1


def test_the_last_field_goes_when_the_next_takes_long(studio, page, monkeypatch):
    gate = threading.Event()
    real = work.effective_field

    def wait(*given):
        assert gate.wait(10)
        return real(*given)

    monkeypatch.setattr(work, "effective_field", wait)
    studio.choose("conv1")
    assert page.measuring.found is not None
    studio.qtbot.waitUntil(lambda: page.measuring.found is None)
    assert page.sizes.measured.extent.text() == ""
    assert page.sizes.words.text().endswith("Measuring…")
    gate.set()
    settle(studio)


def test_an_error_is_shown_where_it_belongs(studio, page):
    model = studio.session.find_model("run:1")
    kernels = model.weights["conv1.weight"].copy()
    kernels[:, :, 1, 1] = np.nan
    studio.session.add_model(Model(model.card, {**model.weights, "conv1.weight": kernels}), "run:1")
    studio.qtbot.waitUntil(lambda: page.measuring.error is not None)
    assert page.error.isVisible()
    assert "not finite" in page.error.text()
    assert page.picture._overlay is None


# On the picture


def test_the_heat_lies_inside_the_frame(studio, page, pixels_of):
    choose(studio, "conv2", (3, 1, 2))
    with_heat = pixels_of(page.picture)
    page.heat.click()
    without = pixels_of(page.picture)
    changed = np.argwhere((with_heat != without).any(axis=2))
    box = page.picture.rectangle
    first = page.picture.place_of(box.left(), box.top())
    last = page.picture.place_of(box.right(), box.bottom())
    assert len(changed)
    assert changed.min(axis=0) == pytest.approx([first.y(), first.x()], abs=4)
    assert changed.max(axis=0) == pytest.approx([last.y(), last.x()], abs=4)
    page.heat.click()
    assert np.array_equal(pixels_of(page.picture), with_heat)


def test_the_strongest_pixel_covers_most(studio, page, pixels_of):
    choose(studio, "conv2", (3, 1, 2))
    heat = page.measuring.found.field.heat
    y, x = np.unravel_index(heat.argmax(), heat.shape)
    sides = studio.space.look.on_seen(y, x, y + 1, x + 1)
    middle = page.picture.place_of(
        (sides.left + sides.right) / 2, (sides.top + sides.bottom) / 2
    ).toPoint()
    # The end of inferno is a pale yellow.
    assert pixels_of(page.picture)[middle.y(), middle.x()] == pytest.approx([252, 255, 164], abs=16)


def test_a_click_on_the_picture_chooses_the_unit(studio, page):
    studio.choose("conv1")
    place = page.picture.place_of(6, 10).toPoint()  # row 2, column 1 of 12 x 12
    studio.qtbot.mouseClick(page.picture, LEFT, pos=QPoint(place))
    assert studio.space.sight.chosen_unit[1:] == (2, 1)
    settle(studio)


def test_theory_and_measurement_are_magnified(studio, page, pixels_of):
    choose(studio, "conv2", (3, 1, 2))
    patch = pixels_of(page.sizes.theory.patch)
    top, left, *_ = studio.space.sight.row.field_of(1, 2)
    scale = patch.shape[0] / 8
    for y, x in ((2, 3), (5, 5)):
        expected_pixel = studio.space.look.input[top + y, left + x]
        found = patch[int((y + 0.5) * scale), int((x + 0.5) * scale)]
        assert found == pytest.approx(expected_pixel, abs=2)
    heat = pixels_of(page.sizes.measured.patch)
    assert not np.array_equal(heat, patch)


# Over many pictures


def average_over(studio, folder):
    """Choose a folder, and let it be averaged."""
    page = studio.field
    studio.qtbot.mouseClick(page.over._group.button(1), LEFT)
    page.many.box.add_folder(folder)
    page.many.start.click()
    studio.qtbot.waitUntil(lambda: not page.measuring.is_busy)


def folder_of(tmp_path, count):
    generator = np.random.default_rng(2)
    for number in range(count):
        pixels = generator.integers(0, 256, (20, 20, 3), np.uint8)
        Image.fromarray(pixels).save(tmp_path / f"{number:02d}.png")
    return tmp_path


def test_the_mean_over_a_folder(studio, page, tmp_path):
    folder = folder_of(tmp_path, 40)
    (folder / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n and nothing else")
    choose(studio, "conv2", (3, 1, 2))
    average_over(studio, folder)
    look = studio.space.look
    apply = look.model.card.preprocessing.apply
    values = [apply(read_picture(path)) for path in sorted(folder.glob("[0-9]*.png"))]
    *_, mean = average_field(look.model.steps(), look.rows, "conv2", (3, 1, 2), [np.stack(values)])
    found = page.measuring.found
    np.testing.assert_allclose(found.field.heat, mean.heat, rtol=1e-4, atol=1e-7)
    assert (found.field.pictures, found.unreadable, found.total) == (40, 1, 41)
    assert page.many.words.text().startswith("Mean over 40 of 41 pictures; 1 can't be read")
    assert page.sizes.measured.extent.text()


def test_another_unit_asks_for_another_measurement(studio, page, tmp_path):
    choose(studio, "conv2", (3, 1, 2))
    average_over(studio, folder_of(tmp_path, 3))
    assert page.measuring.is_current
    studio.space.sight.hover(0, 0, 0)  # pointing is no choice
    assert page.measuring.found is not None
    studio.space.sight.leave()
    studio.space.sight.choose_unit(3, 2, 2)
    assert page.measuring.found is None
    assert page.sizes.words.text().endswith("Press Measure to average over many pictures")
    studio.qtbot.mouseClick(page.over._group.button(0), LEFT)
    settle(studio)
    assert not page.many.isVisible()


def test_the_mean_stays_on_another_picture_and_goes_with_the_model(
    studio, page, tmp_path, some_picture, tiny
):
    choose(studio, "conv2", (3, 1, 2))
    average_over(studio, folder_of(tmp_path, 3))
    found = page.measuring.found
    studio.session.paste_picture(some_picture(7))
    studio.settle()
    assert page.measuring.found is found
    assert page.measuring.is_current
    studio.session.add_model(tiny(3), "run:1")
    studio.qtbot.waitUntil(lambda: studio.space.look.loaded is not found.look.loaded)
    assert page.measuring.found is None


def test_averaging_is_stopped(studio, page, tmp_path, monkeypatch):
    monkeypatch.setattr(work, "_VALUES", 1)  # a picture at a time
    gate = threading.Semaphore(2)
    real = work.average_field

    def slow(*given):
        for field in real(*given):
            assert gate.acquire(timeout=10)
            yield field

    monkeypatch.setattr(work, "average_field", slow)
    choose(studio, "conv2", (3, 1, 2))
    page.over._group.button(1).click()
    page.many.box.add_folder(folder_of(tmp_path, 9))
    page.many.start.click()
    studio.qtbot.waitUntil(
        lambda: page.measuring.found is not None and page.measuring.found.field.pictures == 2
    )
    assert page.many.stop.isVisible()
    assert not page.many.start.isVisible()
    assert page.many.words.text() == "Mean over 2 of 9 pictures"
    page.many.stop.click()
    gate.release(10)
    assert page.many.start.isVisible()
    assert page.measuring.found.field.pictures == 2


def test_an_empty_folder_says_so(studio, page, tmp_path):
    choose(studio, "conv2", (3, 1, 2))
    average_over(studio, tmp_path)
    assert page.error.text().startswith(f"there is no picture in {tmp_path.name}")
    assert page.error.isVisible()


def test_a_folder_is_asked_for(studio, page, tmp_path, monkeypatch):
    box = page.many.box
    last = box.count() - 1
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "")
    box.activated.emit(last)
    assert box.source.key == "samples"
    assert box.currentIndex() == 0
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    box.activated.emit(last)
    assert box.source.folder == tmp_path
    assert box.currentText() == tmp_path.name


@pytest.mark.parametrize(("count", "most"), [(0, 5), (3, 5), (5, 5), (6, 5), (1003, 500)])
def test_pictures_are_spread_over_the_collection(count, most):
    places = list(spread(count, most))
    assert len(places) == min(count, most)
    assert len(set(places)) == len(places)
    assert all(0 <= place < count for place in places)
    if count > most:
        gaps = np.diff(places)
        assert gaps.max() - gaps.min() <= 1


# The input


def test_the_input_shows_its_numbers_instead(studio, page):
    studio.choose("input")
    studio.space.sight.choose_unit(1, 4, 9)
    studio.rest()
    assert page.input.isVisible()
    assert not page.sizes.isVisible()
    assert not page.over.isVisible()
    values = studio.space.look.values
    shown = [[cell.text() for cell in cells] for cells in page.input.cells]
    assert shown[0] == ["Channel", "Min", "Mean", "Max", "Here"]
    assert [line[0] for line in shown[1:]] == ["Red", "Green", "Blue"]
    for channel, line in zip(values, shown[1:], strict=True):
        found = [float(text.replace("−", "-")) for text in line[1:]]
        figures = [channel.min(), channel.mean(), channel.max(), channel[4, 9]]
        assert found == pytest.approx(figures, rel=6e-3, abs=1e-4)
    here = page.input.cells[2][-1].toolTip()
    assert here.startswith("row 4, column 9: ")
    assert np.float32(here.split()[-1].replace("−", "-")) == values[1, 4, 9]
    steps = {name.text(): words.text() for name, words in page.input.steps._rows}
    assert steps["Crop"] == "the middle: rows 6 to 53, columns 0 to 47"
    assert steps["Resize"] == "48 × 48 to 12 × 12 (rows × columns), by area"
    studio.choose("conv1")
    assert page.sizes.isVisible()
    assert not page.input.isVisible()


def test_the_input_is_saved(studio, page, tmp_path, monkeypatch):
    studio.choose("input")
    target = tmp_path / "tensor"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    page.input.save.click()
    studio.qtbot.waitUntil(lambda: studio.status.message == "Saved tensor.npy")
    found = np.load(tmp_path / "tensor.npy", allow_pickle=False)
    np.testing.assert_array_equal(found, studio.space.look.values)


def test_the_input_that_cannot_be_saved(studio, page, tmp_path, monkeypatch):
    studio.choose("input")
    target = tmp_path / "nowhere" / "tensor.npy"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    page.input.save.click()
    studio.qtbot.waitUntil(page.input.error.isVisible)
    assert "no such folder" in page.input.error.text()


# The keyboard


def test_tab_reaches_everything(studio, page):
    studio.qtbot.mouseClick(page.over._group.button(1), LEFT)
    wanted = {page.picture, page.over._group.button(1), page.heat, page.many.box, page.many.start}
    page.picture.setFocus()
    reached = {page.picture}
    for _ in range(12):
        studio.window.focusNextChild()
        reached.add(studio.window.focusWidget())
    assert wanted - {page.over._group.button(1)} <= reached
    assert reached & set(page.over._group.buttons())


@pytest.mark.parametrize("size", [(1024, 700), (1280, 800)])
def test_the_page_fits_its_column(make_studio, size):
    studio = make_studio(size).open()
    settle(studio)
    page = studio.field
    for part in (page.sizes.measured, page.over, page.heat, page.picture):
        right = part.mapTo(page, QPointF(part.width(), 0)).x()
        assert right <= page.width()
        assert part.width() >= part.minimumSizeHint().width()
    assert page.width() <= studio.inspector.width()
    studio.choose("input")
    right = page.input.figures.mapTo(studio.inspector, QPointF(page.input.figures.width(), 0)).x()
    assert right <= studio.inspector.width()
