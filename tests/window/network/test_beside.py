"""Panels beside the maps: the map over the picture, and another model."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from studio.insight.over_picture import over_picture
from studio.nets.model import Model
from studio.nets.untrained import untrained


def settle_comparison(studio):
    panel = studio.space.body.compare
    studio.qtbot.waitUntil(lambda: not panel._latest.is_busy and panel.look is not None)
    return panel


def open_over(studio):
    studio.space.over_action.trigger()
    return settle_over(studio)


def settle_over(studio):
    """The panel, when it shows what is in sight."""
    panel, sight = studio.space.body.over, studio.space.sight
    studio.qtbot.waitUntil(
        lambda: (
            not panel._latest.is_busy
            and panel._shown is not None
            and panel._shown[0] == panel._wanted
            and panel._wanted[:2] == (sight.look, sight.row)
        )
    )
    return panel


def choose_other(studio, reference):
    panel = studio.space.body.compare
    panel.others.setCurrentIndex(panel.others.findData(reference))
    panel.others.activated.emit(panel.others.currentIndex())
    return settle_comparison(studio)


def test_the_current_map_lies_over_the_picture(studio):
    studio.choose("conv1")
    panel, look = open_over(studio), studio.space.look
    assert panel.isVisible()
    index = studio.space.sight.chosen_unit[0]
    expected = over_picture(look.rows[1], look.maps["conv1"][index], *look.input_places())
    np.testing.assert_array_equal(panel._shown[1].values, expected)
    assert not np.array_equal(panel.picture.levels.rgb, look.seen)
    panel.picture.cursor_moved.emit(5, 5)
    assert panel.words.text()


def test_a_layer_without_maps_says_so(studio):
    studio.choose("dense2")
    open_over(studio)
    assert "gives no maps" in studio.space.body.over.words.text()
    assert np.array_equal(studio.space.body.over.picture.levels.rgb, studio.space.look.seen)


def test_a_press_on_the_picture_chooses_the_unit_there(studio):
    studio.choose("conv2")
    open_over(studio)
    index = studio.space.sight.chosen_unit[0]
    studio.space.body.over.picture.clicked.emit(40, 40)
    y, x = studio.space.look.unit_at(studio.space.sight.row, 40.5, 40.5)
    assert studio.space.sight.chosen_unit == (index, y, x)


def test_only_one_panel_is_open_and_the_table_gives_way(studio):
    space = studio.space
    open_over(studio)
    assert not space.editor.table.isVisible()
    space.compare_action.trigger()
    assert space.body.compare.isVisible()
    assert not space.body.over.isVisible()
    assert not space.over_action.isChecked()
    settle_comparison(studio)
    QTest.mouseClick(space.body.compare.close_button, Qt.MouseButton.LeftButton)
    assert not space.body.compare.isVisible()
    assert not space.compare_action.isChecked()
    assert space.editor.table.isVisible()


def test_the_random_weights_of_the_seed_are_compared(studio):
    studio.choose("conv1")
    studio.space.compare_action.trigger()
    panel = choose_other(studio, "as:random")
    card = studio.space.look.loaded.card
    weights = untrained(card.network, studio.session.document.training.seed).weights
    assert panel.look.model.card == card
    for name, array in panel.look.model.weights.items():
        np.testing.assert_array_equal(array, weights[name])
    index, y, x = studio.space.sight.unit
    assert f"{panel.look.maps['conv1'][index, y, x]:.3f}"[:4].replace("-", "−") in panel.unit.text()


def test_an_earlier_epoch_is_compared(studio, tiny):
    for seed in (7, 8):
        studio.session.add_model(tiny(seed=seed), "run:1")
    studio.settle()
    studio.space.compare_action.trigger()
    epochs = [kept.epoch for kept in studio.session.snapshots.of("run:1")]
    assert epochs == [1, 2, 3]
    panel = choose_other(studio, "as:epoch:2")
    expected = tiny(seed=7).weights["conv1.weight"]
    np.testing.assert_array_equal(panel.look.model.weights["conv1.weight"], expected)


def test_a_model_with_other_layers_says_what_it_lacks(studio):
    studio.choose("conv2")
    studio.space.compare_action.trigger()
    choose_other(studio, "mlp")
    assert "has no layer called Conv 2" in studio.space.body.compare.empty.sentence.text()


def test_the_same_layer_follows_the_table(studio):
    studio.choose("conv1")
    studio.space.compare_action.trigger()
    panel = settle_comparison(studio)
    assert panel.grid.count == 6
    studio.choose("conv2")
    assert panel.grid.count == 8
    studio.choose("dense2")
    assert panel.pages.currentWidget() is panel.values
    assert panel.values.count == 3


@pytest.mark.parametrize("training", [False, True])
def test_the_other_mode_is_compared(make_studio, session, training):
    network = session.find_model("run:1").card.network
    layers = (*network.layers[:1], {"kind": "batch_norm"}, *network.layers[1:])
    made = untrained(network.change(layers=layers))
    session.add_model(Model(made.card, made.weights), "run:1")
    studio = make_studio().open()
    if training:
        studio.space.toolbar.view.mode._group.button(1).click()
        studio.qtbot.waitUntil(lambda: studio.space.look.view.training)
    studio.space.compare_action.trigger()
    panel = settle_comparison(studio)
    assert panel.look.view.training is not training
    name = "norm1"
    normalised = panel.look if not training else studio.space.look
    means = normalised.maps[name].mean(axis=(1, 2))
    np.testing.assert_allclose(means, 0, atol=1e-5)  # the picture's own mean is taken away


def offered(panel):
    return [panel.others.itemData(place) for place in range(panel.others.count())]


def test_the_list_is_made_for_the_model_that_is_looked_at(studio, tiny):
    studio.session.add_model(tiny(1))
    studio.space.compare_action.trigger()
    panel = choose_other(studio, "run:2")
    studio.space.toolbar.choose_model("run:2")
    studio.settle()
    assert "run:2" not in offered(panel)
    assert "run:1" in offered(panel)
    settle_comparison(studio)
    assert panel.look.reference == panel.others.currentData()


def test_the_other_mode_stays_the_other_one(studio):
    studio.space.compare_action.trigger()
    panel = choose_other(studio, "as:training")
    assert panel.look.view.training
    studio.space.toolbar.view._take_mode("training")
    studio.settle()
    settle_comparison(studio)
    assert not panel.look.view.training
    assert "evaluation" in panel.others.currentText()


def test_a_model_that_goes_on_learning_is_compared_as_it_is_now(studio, tiny):
    studio.session.add_model(tiny(1))
    studio.space.compare_action.trigger()
    panel = choose_other(studio, "run:2")
    newer = tiny(2)
    studio.session.add_model(newer, "run:2", epoch=2)
    settle_comparison(studio)
    assert panel.look.loaded is newer


def test_nothing_is_compared_while_there_are_no_maps(studio):
    studio.space.compare_action.trigger()
    panel = settle_comparison(studio)
    studio.space.body.show_nothing("There are no maps.")
    assert panel.look is None
    assert panel.pages.currentWidget() is panel.empty


def test_the_likeliest_classes_have_a_legend_in_their_colours(studio):
    space = studio.space
    view = space.toolbar.view.view._replace(size=(64, 64), convolutions=True)
    space.toolbar.view.changed.emit(view)
    studio.qtbot.waitUntil(lambda: space.look is not None and space.look.view == view)
    space.sight.choose_row(len(space.look.rows) - 1)
    open_over(studio)
    space.body.over.what._group.buttons()[1].click()
    settle_over(studio)
    words = space.body.over.words
    assert "■" in words.text()
    assert words.textFormat() == Qt.TextFormat.RichText  # or the tags would be read


def test_units_that_only_the_other_model_has_are_left_alone(studio):
    studio.choose("conv1")
    studio.space.compare_action.trigger()
    panel, sight = choose_other(studio, "convnet"), studio.space.sight
    chosen, count = sight.chosen_unit, panel.grid.count
    assert count > len(studio.space.look.maps["conv1"])
    panel.grid.unit_hovered.emit(count - 1, 0, 0)
    assert sight.unit == chosen
    panel.grid.unit_chosen.emit(count - 1, 0, 0)
    assert sight.chosen_unit == chosen
    panel.grid.unit_hovered.emit(2, 3, 4)
    assert sight.unit == (2, 3, 4)
    panel.grid.unit_hovered.emit(2, 3, 20)
    assert sight.unit == chosen


def test_the_legend_of_a_network_goes_with_it(studio):
    studio.space.use_convolutions()
    studio.space.toolbar.view._change(studio.space.toolbar.view.view._replace(size=(24, 24)))
    studio.settle()
    studio.qtbot.waitUntil(lambda: studio.space.look.view.size == (24, 24))
    panel = open_over(studio)
    panel.what._group.buttons()[1].click()
    settle_over(studio)
    assert any(name in panel.words.text() for name in ("cat", "dog", "owl"))
    studio.space.toolbar.choose_model("perceptron")
    studio.settle()
    assert studio.space.sight.row.output.flat
    settle_over(studio)
    assert panel._shown[1].classes is None
    assert "gives no maps" in panel.words.text()
