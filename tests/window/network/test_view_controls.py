"""How a model is looked at: the input's size, the mode, dense layers as convolutions."""

import numpy as np
import pytest

from studio.nets.dense_to_conv import as_convolutions, at_size
from studio.nets.layer import Size
from studio.nets.model import Model
from studio.nets.network import Network
from studio.nets.untrained import untrained
from studio.window.network.look import View
from studio.window.network.view_controls import ViewControls


@pytest.fixture
def controls(qtbot):
    made = ViewControls()
    qtbot.addWidget(made)
    made.show_view(View(), Size(3, 32, 40))
    return made


def heard(controls):
    views = []
    controls.changed.connect(views.append)
    return views


def test_the_network_s_own_size_is_shown(controls):
    assert (controls.height_box.number(), controls.width_box.number()) == (32, 40)
    assert controls.reset.isHidden()


def test_another_size_and_back(controls):
    views = heard(controls)
    controls.height_box.setValue(64)
    assert views == [View(size=(64, 40))]
    controls.show_view(views[-1], Size(3, 32, 40))
    assert not controls.reset.isHidden()
    controls.reset.click()
    assert views[-1] == View()


def test_the_own_size_typed_is_no_other_size(controls):
    controls.show_view(View(size=(64, 40)), Size(3, 32, 40))
    views = heard(controls)
    controls.height_box.setValue(32)
    assert views == [View()]


@pytest.mark.parametrize("wrong", [0, -3, 5000])
def test_a_size_that_is_not_possible_is_not_taken(controls, wrong):
    views = heard(controls)
    controls.width_box.setValue(wrong)
    assert not views
    assert controls.width_box.number() == 40


def test_training_again_is_another_draw(controls):
    views = heard(controls)
    training = controls.mode._group.button(1)
    for _ in range(2):
        training.click()
    controls.mode._group.button(0).click()
    assert [(view.training, view.draw) for view in views] == [(True, 0), (True, 1), (False, 1)]


def with_dropout():
    layers = ({"kind": "dropout", "probability": 0.5}, {"kind": "relu"})
    return untrained(Network(name="d", title="D", input=Size(1, 8, 8), layers=layers))


def test_dropout_is_seen_in_training_mode_and_drawn_anew(make_studio, session):
    model = with_dropout()
    session.add_model(model, "run:1")
    studio = make_studio().open()
    maps = studio.space.look.maps
    assert np.array_equal(maps["dropout1"], maps["input"])
    seen = []
    for draw in range(2):
        studio.space.toolbar.view.mode._group.button(1).click()
        view = View(training=True, draw=draw)
        studio.qtbot.waitUntil(lambda view=view: studio.space.look.view == view)
        values = studio.space.look.maps["dropout1"]
        silenced = values == 0
        assert 0.2 < silenced.mean() < 0.8
        kept = studio.space.look.maps["input"][~silenced]
        np.testing.assert_allclose(values[~silenced], 2 * kept, rtol=1e-6)
        seen.append(silenced)
    assert not np.array_equal(*seen)


def test_a_larger_input_needs_dense_layers_as_convolutions(studio):
    space = studio.space
    space.toolbar.view.height_box.setValue(24)
    studio.qtbot.waitUntil(lambda: space.message.isVisible())
    assert space.look is None
    space.message.remedy.click()
    studio.settle()
    look = space.look
    assert look.view == View(size=(24, 12), convolutions=True)
    assert look.rows[-1].output == (3, 7, 1)
    assert not space.message.isVisible()
    expected = at_size(as_convolutions(look.loaded), 24, 12)
    assert look.model.card == expected.card
    space.toolbar.view.reset.click()
    studio.qtbot.waitUntil(lambda: space.look is not None and space.look.view == View())
    assert space.look.rows[-1].output.flat


def test_looking_in_training_mode_leaves_the_model_as_it_is(make_studio, session):
    network = session.find_model("run:1").card.network
    layers = (*network.layers[:1], {"kind": "batch_norm"}, *network.layers[1:])
    made = untrained(network.change(layers=layers))
    kept = {name: array.copy() for name, array in made.weights.items()}
    session.add_model(Model(made.card, made.weights), "run:1")
    studio = make_studio().open()
    studio.space.toolbar.view.mode._group.button(1).click()
    studio.qtbot.waitUntil(lambda: studio.space.look.view.training)
    for name, array in made.weights.items():
        if name.endswith(("weight", "bias", "mean", "var")):
            np.testing.assert_array_equal(array, kept[name])


def test_modes_are_in_the_menu_too(studio):
    space = studio.space
    space.training_action.trigger()
    studio.qtbot.waitUntil(lambda: space.look.view.training)
    assert space.toolbar.view.mode.value == "training"
    space.convolutions_action.trigger()
    studio.qtbot.waitUntil(lambda: space.look.view == View(training=True, convolutions=True))
    assert space.convolutions_action.isChecked()
    space.convolutions_action.trigger()
    space.training_action.trigger()
    studio.qtbot.waitUntil(lambda: space.look.view == View())
    assert not space.training_action.isChecked()
    assert not space.convolutions_action.isChecked()


def test_a_small_window_keeps_the_size_and_leaves_the_mode_to_the_menu(make_studio):
    view = make_studio((1024, 700)).open().space.toolbar.view
    assert view.height_box.isVisible()
    assert not view.mode.isVisible()
