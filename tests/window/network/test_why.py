"""The page that says why the network answers as it does."""

import threading

import numpy as np
import pytest
from PIL import Image

from studio.insight.attribution import METHODS, explain
from studio.insight.attribution.cam import GradCam
from studio.insight.attribution.occlusion import Occlusion
from studio.insight.attribution.path import IntegratedGradients
from studio.window.job import running_jobs
from studio.window.network.why import work
from studio.window.network.why.class_box import ClassBox
from studio.window.network.why.work import LIKELIEST


@pytest.fixture
def page(studio):
    studio.inspector.show_page("why")
    found = studio.inspector.page("why")
    wait(studio, found)
    yield found
    studio.qtbot.waitUntil(lambda: not running_jobs(), timeout=20_000)


def wait(studio, page):
    studio.qtbot.waitUntil(lambda: not page.is_busy, timeout=20_000)


def expected(studio, index, method):
    look = studio.space.look
    *_, last = explain(look.model, look.values, index, method)
    return last


def probabilities(studio):
    logits = studio.expected()["dense2"].ravel().astype(np.float64)
    powers = np.exp(logits - logits.max())
    return powers / powers.sum()


def test_nothing_is_computed_while_nobody_sees_it(studio):
    page = studio.inspector.page("why")
    assert not page.is_busy
    assert page.shown is None


def test_it_begins_with_the_likeliest_class(studio, page):
    index = int(probabilities(studio).argmax())
    attribution = page.shown.attribution
    assert (attribution.index, attribution.method) == (index, GradCam())
    np.testing.assert_array_equal(attribution.values, expected(studio, index, GradCam()).values)
    name = ("cat", "dog", "owl")[index]
    assert page.classes.currentText().startswith(f"{name}, ")
    assert page.classes.currentText().endswith("the likeliest")
    assert page.facts.text().startswith(f"Logit of {name}: ")
    assert "Layer: Conv 2" in page.facts.text()
    assert GradCam.caveat in page.words.text()


def test_the_classes_stand_in_their_order_with_probabilities(studio, page):
    order = np.argsort(-probabilities(studio))
    assert [page.classes.itemData(place) for place in range(page.classes.count())] == [
        LIKELIEST,
        *order,
    ]
    for place, index in enumerate(order, start=1):
        share = probabilities(studio)[index]
        assert page.classes.itemText(place).endswith(f"{100 * share:.1f} %")


def test_many_classes_follow_by_name(qtbot):
    box = ClassBox()
    qtbot.addWidget(box)
    names = [f"class {number:03d}" for number in range(200, 0, -1)]
    shares = np.random.default_rng(1).permutation(200) / 19900
    box.show_answers(names, shares)
    order = np.argsort(-shares)
    assert [box.itemData(place) for place in range(11)] == [LIKELIEST, *order[:10]]
    assert [box.itemText(place) for place in range(12, box.count())] == sorted(names)
    box.setCurrentIndex(box.findText("class 007"))
    assert names[box.index] == "class 007"
    box.show_answers(names, shares[::-1])
    assert names[box.index] == "class 007", "the choice stays"
    box.setCurrentIndex(3)
    chosen = box.index
    box.show_answers(names, np.roll(shares, 50))
    assert box.index == chosen, "also where its place has another class now"
    box.show_answers(["one", "two"], np.array([0.25, 0.75]))
    assert box.index == LIKELIEST
    assert [box.itemText(place) for place in range(box.count())] == [
        "two, 75.0 %, the likeliest",
        "two, 75.0 %",
        "one, 25.0 %",
    ]


@pytest.mark.parametrize("kind", METHODS)
def test_every_method_for_every_class(kind, studio, page):
    page.method.set_kind(kind)
    for index in range(3):
        page.classes.setCurrentIndex(page.classes.findData(index))
        wait(studio, page)
        attribution = page.shown.attribution
        assert (attribution.index, attribution.share) == (index, 1)
        theirs = expected(studio, index, METHODS[kind]())
        np.testing.assert_array_equal(attribution.values, theirs.values)
    assert page.save.isEnabled()
    assert not page.stop.isVisible()
    assert page.method.box.currentText() == METHODS[kind].title


def test_settings_are_those_of_the_form(studio, page):
    page.method.set_kind("occlusion")
    wait(studio, page)
    field = page.method.form.fields["window"]
    field.set_value(4)
    field.edited.emit()
    wait(studio, page)
    index = page.shown.attribution.index
    assert page.shown.attribution.method == Occlusion(window=4)
    np.testing.assert_array_equal(
        page.shown.attribution.map, expected(studio, index, Occlusion(window=4)).map
    )


def test_the_chosen_layer_is_followed(studio, page):
    studio.choose("pool1")
    assert not page.is_busy, "the last maps don't depend on the table"
    page.method.layer.set_value("chosen")
    page.method.layer.changed.emit("chosen")
    wait(studio, page)
    assert page.shown.attribution.row == "pool1"
    studio.choose("relu1")
    wait(studio, page)
    assert page.shown.attribution.row == "relu1"


def test_a_layer_without_maps_says_so_and_another_one_recovers(studio, page):
    page.method.layer.set_value("chosen")
    studio.choose("dense1")
    wait(studio, page)
    assert "dense1 gives a vector, not maps" in page.error.text()
    assert page.error.isVisible()
    assert page.shown is None
    assert not page.save.isEnabled()
    studio.choose("conv1")
    wait(studio, page)
    assert not page.error.isVisible()
    assert page.shown.attribution.row == "conv1"


def test_another_picture_is_explained_for_the_same_class(studio, page, some_picture):
    page.method.set_kind("saliency")
    page.classes.setCurrentIndex(page.classes.findData(2))
    wait(studio, page)
    before = page.shown
    studio.session.paste_picture(some_picture(5))
    studio.settle()
    wait(studio, page)
    assert page.shown.look is studio.space.look
    assert page.shown.attribution.index == 2
    assert not np.array_equal(page.shown.attribution.map, before.attribution.map)


def test_a_map_of_zeros_is_explained(studio, page):
    for index in range(3):
        page.classes.setCurrentIndex(page.classes.findData(index))
        wait(studio, page)
        speaks = bool(page.shown.attribution.map.any())
        assert ("No place speaks for it" in page.facts.text()) == (not speaks)


@pytest.fixture
def gate(monkeypatch):
    """Lets only the first part of an explanation through, until it is opened."""
    opened = threading.Event()
    real = work.explain

    def parts(*given):
        for found in real(*given):
            yield found
            assert opened.wait(20)

    monkeypatch.setattr(work, "explain", parts)
    yield opened
    opened.set()


def test_stop_keeps_what_is_there_and_again_completes_it(studio, page, gate):
    page.method.set_kind("integrated_gradients")
    studio.qtbot.waitUntil(lambda: page.progress.isVisible())
    assert page.stop.isVisible()
    assert 0 < page.shown.attribution.share < 1
    assert not page.save.isEnabled()
    page.stop.click()
    assert not page.is_busy
    share = page.shown.attribution.share
    assert 0 < share < 1
    assert page.again.isVisible()
    assert page.save.isEnabled()
    gate.set()
    page.again.click()
    wait(studio, page)
    index = page.shown.attribution.index
    np.testing.assert_array_equal(
        page.shown.attribution.values, expected(studio, index, IntegratedGradients()).values
    )
    assert "more steps come closer" in page.facts.text()
    assert not page.again.isVisible()


def test_stopped_at_another_picture_nothing_of_the_last_one_stays(
    studio, page, gate, some_picture, monkeypatch
):
    last, real = page.shown.look, work.explain
    began = threading.Event()

    def late(*given):
        began.set()
        assert gate.wait(20)
        yield from real(*given)

    monkeypatch.setattr(work, "explain", late)
    studio.session.paste_picture(some_picture(5))
    studio.settle()
    studio.qtbot.waitUntil(began.is_set)
    assert page.shown.look is last, "until there is another one"
    page.stop.click()
    assert page.shown is None
    assert not page.facts.isVisible()
    np.testing.assert_array_equal(page.view.levels.rgb, studio.space.look.input)
    gate.set()
    page.again.click()
    wait(studio, page)
    assert page.shown.look is studio.space.look


def test_leaving_the_page_stops_it(studio, page, gate):
    page.method.set_kind("smoothgrad")
    studio.qtbot.waitUntil(lambda: page.progress.isVisible())
    studio.inspector.show_page("field")
    assert not page.is_busy
    gate.set()
    studio.inspector.show_page("why")
    wait(studio, page)
    assert page.shown.attribution.share == 1


def test_the_value_under_the_cursor(studio, page):
    page.view.cursor_moved.emit(3, 7)
    value = float(page.shown.attribution.map[7, 3])
    shown = f"{value:.4g}".replace("-", "−")
    assert studio.status.cursor_text == f"x 3, y 7: {shown}"
    page.view.cursor_left.emit()
    assert studio.status.cursor_text == ""


def test_opacity_lets_the_picture_through(studio, page):
    page.method.set_kind("saliency")
    wait(studio, page)
    opaque = page.view.levels.rgb
    field = page.drawn.fields["opacity"]
    field.set_value(0.0)
    field.edited.emit()
    clear = page.view.levels.rgb
    assert not np.array_equal(opaque, clear)
    assert (clear == clear[..., :1]).all(), "the picture is grey"
    assert np.abs(clear.mean() - studio.space.look.input.mean()) < 12


def test_figures_and_numbers_are_saved(studio, page, tmp_path):
    for name in ("why.png", "why.npy"):
        with studio.qtbot.waitSignal(page.saving.saved, timeout=20_000) as told:
            page.saving.write(page.shown, tmp_path / name)
        assert told.args == [name]
        assert studio.status.message == f"Saved {name}"
    with Image.open(tmp_path / "why.png") as image:
        image.verify()
    np.testing.assert_array_equal(np.load(tmp_path / "why.npy"), page.shown.attribution.values)


def test_what_cannot_be_saved(studio, page, tmp_path):
    with studio.qtbot.waitSignal(page.saving.failed, timeout=20_000):
        page.saving.write(page.shown, tmp_path / "nowhere" / "why.npy")
    assert page.error.isVisible()
    assert page.shown is not None
    assert page.facts.text()


def test_everything_is_reached_by_keyboard(studio, page):
    page.method.set_kind("integrated_gradients")
    wait(studio, page)
    reached = set()
    part = page.classes
    for _ in range(40):
        reached.add(part)
        part = part.nextInFocusChain()
    from PySide6.QtCore import Qt

    for wanted in (page.classes, page.method.box, page.view, page.save):
        assert wanted in reached
        assert wanted.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_another_model_is_explained_with_its_own_classes(studio, page, tiny):
    page.classes.setCurrentIndex(page.classes.findData(1))
    wait(studio, page)
    model = tiny(3)
    card = model.card.change(network=model.card.network.change(classes=("x", "y", "z")))
    studio.session.add_model(type(model)(card, model.weights))
    studio.session.edit("model", studio.session.document.change(model="run:2"))
    studio.settle()
    wait(studio, page)
    assert page.shown.look is studio.space.look
    assert page.shown.attribution.class_name in ("x", "y", "z")
    assert page.classes.index == LIKELIEST


def test_a_class_of_another_network_is_not_explained(studio, page, tiny):
    page.method.set_kind("saliency")
    index = int(probabilities(studio).argmin())
    page.classes.setCurrentIndex(page.classes.findData(index))
    wait(studio, page)
    model = tiny(0)
    card = model.card.change(network=model.card.network.change(classes=("x", "y", "z")))
    studio.session.add_model(type(model)(card, model.weights))
    studio.space.toolbar.choose_model("run:2")
    studio.settle()
    wait(studio, page)
    assert page.shown.attribution.index == probabilities(studio).argmax()
    studio.space.toolbar.choose_model("lenet5")
    studio.settle()
    wait(studio, page)
    page.classes.setCurrentIndex(page.classes.findData(9))
    wait(studio, page)
    assert page.shown.attribution.index == 9
    studio.space.toolbar.choose_model("run:1")
    studio.settle()
    wait(studio, page)
    assert not page.error.isVisible()
    assert page.shown.attribution.index == probabilities(studio).argmax()
