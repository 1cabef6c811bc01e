"""The Kernel page: what a layer has learned, and what can be done with it."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt

from studio.document import OWN
from studio.filters.chain import Chain, Step, parse_step
from studio.filters.presets import PRESETS
from studio.insight.kernels import in_colours
from studio.nets.inherit import inherit
from studio.nets.model import Model
from studio.window.assembly import Studio
from studio.window.job import running_jobs, stop_all
from studio.window.network.kernel.cells import KernelCells
from studio.window.network.kernel.matrix import WeightMatrix
from studio.window.network.kernel.study import ALL
from studio.window.network.look import View
from studio.window.session import Session


@pytest.fixture
def kernels(studio):
    """Opens the page at a layer, and waits until its kernels are there."""
    page = studio.inspector.kernel

    def is_ready():
        return not page._latest.is_busy and not page.sums.is_busy

    def show(name, *unit):
        studio.inspector.show_page("kernel")
        studio.choose(name)
        if unit:
            studio.space.sight.choose_unit(*unit)
        studio.qtbot.waitUntil(is_ready)
        return page

    show.settle = lambda: studio.qtbot.waitUntil(is_ready)
    yield show
    studio.qtbot.waitUntil(lambda: not running_jobs())


def weights(studio, name="conv1"):
    return studio.space.look.model.weights[f"{name}.weight"]


def facts(page):
    form = page.facts._form
    rows = [place for place in range(form.rowCount()) if form.isRowVisible(place)]
    shown = [page.facts._rows[place] for place in rows]
    return {name.text(): words.text() for name, words in shown}


def press(segments, value):
    segments._group.button(segments._values.index(value)).click()


def test_the_kernels_of_a_first_layer_are_in_colour(studio, kernels):
    page = kernels("conv1", 4, 2, 2)
    assert page.grid.count == 6
    assert page.grid.current == 4
    expected = in_colours(weights(studio)[4]).pixels
    np.testing.assert_array_equal(page.shown.pictures[4], expected)
    assert page.which.text() == "Red, green and blue"
    assert page.extent.text() == "6 × 3 × 3 × 3"
    known = facts(page)
    assert float(known["Norm"]) == pytest.approx(np.linalg.norm(weights(studio)[4]), rel=1e-3)
    assert "Change" not in known  # nobody knows what it began from
    assert not page.nothing.isVisible()


def test_an_activation_shows_the_kernels_that_it_comes_from(kernels):
    page = kernels("relu1", 3, 0, 0)
    assert page.heading.text() == "Conv 1"
    assert page.grid.current == 3


def test_stepping_through_inputs(studio, kernels):
    page = kernels("conv2", 5, 1, 1)
    assert page.which.text() == "Mean over 6 inputs"
    assert not page.less.isEnabled()
    np.testing.assert_allclose(
        page.numbers.cells.values, weights(studio, "conv2")[5].mean(axis=0), atol=1e-7
    )
    for _ in range(6):
        page.more.click()
    kernels.settle()
    assert page.which.text() == "For map 5"
    assert not page.more.isEnabled()
    np.testing.assert_array_equal(page.numbers.cells.values, weights(studio, "conv2")[5, 5])
    np.testing.assert_array_equal(page.shown.pictures[2], weights(studio, "conv2")[2, 5])
    studio.choose("conv1")
    assert page.input == ALL  # another layer begins anew


def test_inputs_and_products_are_the_unit_s(studio, kernels):
    page = kernels("conv1", 1, 0, 3)
    page.choose_input(2)
    kernels.settle()
    press(page.numbers.what, "inputs")
    cells = page.numbers.cells
    assert cells.invented.tolist() == [[True] * 3, [False] * 3, [False] * 3]
    blue = studio.space.look.maps["input"][2]
    np.testing.assert_array_equal(cells.values[1:], blue[:2, 2:5])
    press(page.numbers.what, "products")
    np.testing.assert_allclose(cells.values[1:], blue[:2, 2:5] * weights(studio)[1, 2, 1:])
    page.choose_input(ALL)
    kernels.settle()
    own = studio.space.look.maps["conv1"][1, 0, 3]
    bias = studio.space.look.model.weights["conv1.bias"][1]
    assert cells.values.sum() + bias == pytest.approx(own, abs=1e-5)
    assert page.numbers.explained.text() == "Products summed over 3 inputs"


def test_choosing_a_kernel_chooses_its_map(studio, kernels):
    page = kernels("relu1", 0, 2, 5)
    studio.qtbot.keyClick(page.grid, Qt.Key.Key_Right)
    assert studio.space.sight.chosen_unit == (1, 2, 5)
    studio.press(3, 2, 5)
    assert page.grid.current == 3


def test_a_dense_layer_behind_units_is_a_matrix(studio, kernels):
    page = kernels("dense2", 1, 0, 0)
    assert page.matrix.isVisible()
    assert not page.grid.isVisible()
    assert page.extent.text() == "3 units × 40 inputs"
    box = page.matrix.box()
    place = QPointF(box.width() * 12.5 / 40, box.height() * 2.5 / 3).toPoint()
    studio.qtbot.mouseClick(page.matrix, Qt.MouseButton.LeftButton, pos=place)
    kernels.settle()
    assert studio.space.sight.chosen_unit == (2, 0, 0)
    assert page.which.text() == "For unit 12"
    np.testing.assert_array_equal(page.numbers.cells.values, [[weights(studio, "dense2")[2, 12]]])
    assert not page.to_filter.isEnabled()
    assert page.to_filter.toolTip() == "A single weight is no filter"


def test_pooling_shows_its_window_and_the_winner(studio, kernels):
    page = kernels("pool1", 2, 3, 1)
    assert page.shown is None
    assert page.nothing.text().startswith("Pool has no kernels. This is the window")
    window = studio.space.look.maps["relu1"][2, 6:8, 2:4]
    np.testing.assert_array_equal(page.numbers.cells.values, window)
    assert page.numbers.cells.winner == np.unravel_index(window.argmax(), (2, 2))
    assert not page.to_filter.isVisible()


def test_a_layer_with_nothing_to_show_says_so(kernels):
    page = kernels("flatten1", 3, 0, 0)
    assert page.nothing.text() == ("Flatten has no kernels. Choose a convolution or a dense layer.")
    assert not page.numbers.isVisible()


def test_dead_and_silent_kernels_are_marked(studio, kernels, session):
    model = session.find_model("run:1")
    changed = {name: array.copy() for name, array in model.weights.items()}
    changed["conv1.weight"][2] *= 1e-4
    changed["conv1.weight"][3] = -np.abs(changed["conv1.weight"][3])
    changed["conv1.bias"][3] = -50
    session.add_model(Model(model.card, changed), "run:1")
    studio.settle()
    page = kernels("conv1", 3, 1, 1)
    study = page.shown.study
    assert study.dead.tolist() == [False, False, True, False, False, False]
    assert study.silent[3]
    assert facts(page)["Silent"] == "zero all over this picture behind ReLU"
    assert page.marker.text() == "○ nearly no weights, or silent on this picture"
    studio.space.sight.choose_unit(2, 1, 1)
    assert facts(page)["Dead"] == "its norm is under 1 % of the layer's largest"


def test_kernels_are_compared_with_those_of_the_epoch_before(studio, kernels, session):
    kernels("conv1", 1, 1, 1)
    model = session.find_model("run:1")
    later = {name: array * np.float32(2) for name, array in model.weights.items()}
    session.add_model(Model(model.card, later), "run:1")
    studio.settle()
    page = kernels("conv1", 1, 1, 1)
    norm = np.linalg.norm(model.weights["conv1.weight"][1])
    known = facts(page)
    assert known["Change"].startswith(f"{norm:.4g} (100 %)")
    assert known["Cosine"] == "1.000 with the epoch before"


def test_kernels_are_compared_with_the_start_where_the_card_names_a_seed(
    studio, kernels, session, tiny
):
    begun, learned = tiny(seed=5), tiny(seed=6)
    trained = begun.card.trained.change(settings={"seed": 5})
    card = begun.card.change(trained=trained)
    session.add_model(Model(card, learned.weights), "run:1")
    studio.settle()
    page = kernels("conv1", 2, 1, 1)
    now, then = learned.weights["conv1.weight"][2], begun.weights["conv1.weight"][2]
    assert facts(page)["Change"].startswith(f"{np.linalg.norm(now - then):.4g} ")
    cosine = (now * then).sum() / np.linalg.norm(now) / np.linalg.norm(then)
    assert facts(page)["Cosine"] == f"{cosine:.3f} with the start".replace("-", "−")


# Filter


def test_a_kernel_becomes_a_filter(studio, kernels, session):
    session.edit("x", session.document.change(chain=Chain(steps=(parse_step("invert"),))))
    page = kernels("conv1", 3, 1, 1)
    heard = []
    studio.inspector.filter_wanted.connect(lambda: heard.append(True))
    page.choose_input(1)
    kernels.settle()
    page.to_filter.click()
    first, grey, made = session.document.chain.steps
    assert (first.on, grey.filter.kind, made.on) == (False, "grey", True)
    np.testing.assert_array_equal(np.array(made.filter.kernel), weights(studio)[3, 1])
    assert made.filter.border == "zero"
    assert heard == [True]
    studio.space.sight.choose_unit(4, 1, 1)
    page.to_filter.click()
    assert [step.filter.kind for step in session.document.chain.steps] == [
        *("invert", "grey", "convolution")
    ]
    np.testing.assert_array_equal(
        np.array(session.document.chain.steps[-1].filter.kernel), weights(studio)[4, 1]
    )
    assert session.undo_stack.undoText() == "Use kernel 4 of Conv 1"


def test_the_chain_of_a_person_stays(studio, kernels, session):
    steps = (parse_step("grey"), Step(filter=parse_step("median").filter, on=False))
    session.edit("x", session.document.change(chain=Chain(steps=steps)))
    kernels("conv1", 0, 1, 1).to_filter.click()
    kinds = [(step.filter.kind, step.on) for step in session.document.chain.steps]
    assert kinds == [("grey", False), ("median", False), ("grey", True), ("convolution", True)]


# Hand-made kernels


def actions(page):
    page.put_menu.aboutToShow.emit()
    return {action.text(): action for action in page.put_menu.actions()}


def test_a_hand_made_kernel_makes_the_network_one_s_own(studio, kernels, session):
    page = kernels("conv1", 2, 1, 1)
    actions(page)["Sobel x"].trigger()
    document = session.document
    assert (document.model, document.origin) == (OWN, "run:1")
    (made,) = document.network.layers[0].hand_made
    assert (made.filter, made.name, made.kernel) == (2, "Sobel x", PRESETS["sobel-x"].kernel)
    model = inherit(document.network, session.find_model("run:1"))
    np.testing.assert_allclose(
        model.weights["conv1.weight"][2, 0], np.array(PRESETS["sobel-x"].kernel) / 3, rtol=1e-6
    )
    page = kernels("conv1", 2, 1, 1)
    studio.settle()
    actions(page)["Freeze the layer"].trigger()
    assert session.document.network.layers[0].frozen
    assert session.document.network.layers[0].hand_made == (made,)
    studio.settle()
    actions(page)["Take it out again"].trigger()
    assert session.document.network.layers[0].hand_made == ()
    for _ in range(3):
        session.undo_stack.undo()
    assert session.document.model == "run:1"


def test_kernels_of_the_document_are_offered_too(kernels, session):
    step = parse_step("convolution kernel='1 2 3; 4 5 6; 7 8 9'")
    session.edit("x", session.document.change(chain=Chain(steps=(step, parse_step("median")))))
    page = kernels("conv1", 0, 1, 1)
    offered = actions(page)
    assert offered["Convolution: Own kernel, 3 × 3"].isEnabled()
    assert not offered["Gaussian, 5 × 5"].isEnabled()
    assert "5 × 5 doesn't fit into one of 3 × 3" in offered["Gaussian, 5 × 5"].toolTip()
    offered["Convolution: Own kernel, 3 × 3"].trigger()
    (made,) = session.document.network.layers[0].hand_made
    assert made.kernel == ((1, 2, 3), (4, 5, 6), (7, 8, 9))


def test_where_nothing_can_be_put_in(studio, kernels):
    page = kernels("dense1", 0, 0, 0)
    assert not page.put.isEnabled()
    assert page.put.toolTip() == "Kernels can be put into a convolution only"
    studio.space.toolbar.view.changed.emit(View(size=(16, 16), convolutions=True))
    studio.qtbot.waitUntil(lambda: studio.space.look.view.convolutions)
    page = kernels("conv1", 0, 0, 0)
    assert "a list of layers" in page.put.toolTip()


# Parts


def test_large_kernels_are_a_picture(qtbot):
    cells = KernelCells()
    qtbot.addWidget(cells)
    cells.resize(256, 100)
    cells.show()
    cells.show_values(np.eye(20))
    assert not cells.has_numbers
    box = cells.box()
    assert box.width() == box.height() == cells.height()
    assert cells.words_at(QPointF(1, 1)) == "Row 0, column 0: 1"
    assert cells.words_at(QPointF(box.width() + 5, 1)) == ""
    cells.show_values(np.eye(3), np.eye(3, dtype=np.bool_))
    assert cells.has_numbers
    assert cells.words_at(QPointF(1, 1)) == "Row 0, column 0: 1 (padding)"


def test_arrows_move_through_a_matrix(qtbot):
    matrix = WeightMatrix()
    qtbot.addWidget(matrix)
    matrix.resize(256, 180)
    matrix.show()
    matrix.show_weights(np.zeros((4, 7)), np.zeros((4, 7, 3), np.uint8))
    heard = []
    matrix.chosen.connect(lambda *place: heard.append(place))
    qtbot.keyClick(matrix, Qt.Key.Key_Up)
    qtbot.keyClick(matrix, Qt.Key.Key_Down)
    assert heard == [(1, -1)]
    assert matrix.place_at(matrix.box().center()) == (2, 3)
    assert matrix.place_at(QPointF(-1, 0)) is None


def test_the_filter_workspace_shows_the_new_filter(qtbot, monkeypatch, session):
    monkeypatch.setattr(Session, "find_compute_device", lambda self: None)
    studio = Studio(session)
    qtbot.addWidget(studio.window)
    studio.window.show()
    studio.window.show_space("network")
    steps = (parse_step("grey"), parse_step("convolution kernel=box-3"))
    session.edit("x", session.document.change(chain=Chain(steps=steps)))
    studio.network.inspector.filter_wanted.emit()
    assert studio.window.current.key == "filter"
    assert studio.filter.panel.rows.row == 1
    studio.filter.live.close()
    stop_all(5)


def test_the_input_of_a_kernel_that_has_fewer_of_them(studio, kernels):
    page = kernels("conv1")
    page.choose_input(2)
    kernels.settle()
    assert page.input == 2
    studio.space.toolbar.choose_model("lenet5")
    studio.settle()
    kernels.settle()
    assert studio.space.sight.rows[1].name == "conv1"
    assert page.shown.study.kernels.inputs == 1
    assert page.input == page.shown.input == 0


def test_another_workspace_can_ask_for_a_kernel_before_its_model_is_looked_at(studio, kernels):
    session = studio.session
    session.add_model(studio.space.look.loaded, "run:1:3", epoch=3)
    session.edit("Choose model", session.document.change(model="run:1:3"))
    studio.space.show_kernel("conv2", 5)
    studio.qtbot.waitUntil(lambda: studio.space.look.reference == "run:1:3")
    sight = studio.space.sight
    assert (sight.row.name, sight.chosen_unit[0]) == ("conv2", 5)
    assert studio.inspector.kernel.isVisible()
    studio.space.show_kernel("conv1", 2)  # it is looked at already
    assert (sight.row.name, sight.chosen_unit[0]) == ("conv1", 2)
    kernels.settle()
