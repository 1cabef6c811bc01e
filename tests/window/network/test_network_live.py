"""A video in the Network workspace: every frame is looked at."""

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

from studio.document import OWN
from studio.insight.maps import feature_maps
from studio.nets.layers import LAYERS
from studio.window.job import stop_all
from studio.window.network.look import View, table

_PLACE = Path(__file__).parents[2] / "image" / "pictures.py"
_SPEC = importlib.util.spec_from_file_location("pictures_for_networks", _PLACE)
pictures = importlib.util.module_from_spec(_SPEC)
sys.modules["pictures_for_networks"] = pictures
_SPEC.loader.exec_module(pictures)


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    return pictures.write_video(tmp_path_factory.mktemp("film") / "film.avi", count=6, rate=50.0)


@pytest.fixture
def playing(studio, film):
    space = studio.space
    space.live.actions.loop.setChecked(True)
    space.open_camera(str(film))
    studio.qtbot.waitUntil(lambda: space.look is not None and space.look.picture.path == str(film))
    yield studio
    space.live.close()
    stop_all(5)


def test_frames_are_looked_at(playing):
    space = playing.space
    assert space.sight.is_live
    look = space.look
    values = look.model.card.preprocessing.apply(look.picture)
    for name, maps in feature_maps(look.model, values).items():
        np.testing.assert_array_equal(maps, look.maps[name])
    playing.qtbot.waitUntil(lambda: space.look is not look)
    assert space.look.rows == look.rows


def test_the_layer_and_the_place_stay_from_frame_to_frame(playing):
    space = playing.space
    playing.choose("conv2")
    space.sight.choose_unit(3, 1, 2)
    look = space.look
    playing.qtbot.waitUntil(lambda: space.look is not look)
    assert space.sight.row.name == "conv2"
    assert space.sight.chosen_unit == (3, 1, 2)


def test_frozen_it_rests_at_a_frame(playing):
    space = playing.space
    space.freeze_action.trigger()
    assert not space.sight.is_live
    playing.settle()
    assert space.look.picture is playing.session.picture
    assert playing.session.picture is space.live.player.frame.picture
    space.freeze_action.trigger()
    playing.qtbot.waitUntil(lambda: space.sight.is_live)


def test_closed_the_document_s_picture_is_looked_at_again(playing):
    space, name = playing.space, "noise-0.png"
    space.live.close()
    playing.qtbot.waitUntil(lambda: space.look is not None and space.look.picture.name == name)
    assert not space.live.strip.isVisible()


def test_another_mode_is_seen_in_the_next_frames(playing):
    space = playing.space
    space.toolbar.view.mode._group.button(1).click()
    playing.qtbot.waitUntil(lambda: space.look.view == View(training=True))
    assert space.sight.is_live


def test_a_network_that_can_t_take_frames_says_so(playing):
    space = playing.space
    space.toolbar.view.height_box.setValue(24)
    playing.qtbot.waitUntil(space.message.isVisible)
    assert "convolutions" in space.message.words.text()
    space.toolbar.view.reset.click()
    playing.qtbot.waitUntil(lambda: not space.message.isVisible())


def test_a_file_that_is_no_video(studio, tmp_path):
    path = tmp_path / "film.avi"
    path.write_bytes(b"no film")
    studio.space.open_camera(str(path))
    studio.qtbot.waitUntil(studio.space.message.isVisible)
    studio.settle()
    assert studio.space.look.picture.name == "noise-0.png"


def test_the_next_frames_are_looked_at_with_what_was_edited(playing):
    space = playing.space
    space.editor.edit()
    playing.qtbot.waitUntil(lambda: space.look.reference == OWN)
    space.editor.editing.insert(1, LAYERS["batch_norm"]())
    rows = table(playing.session.document.network)
    playing.qtbot.waitUntil(lambda: space.look.rows == rows)
    training = playing.session.document.training.change(seed=7)
    playing.session.edit("seed", playing.session.document.change(training=training))
    expected = space.toolbar.entry.load()
    playing.qtbot.waitUntil(lambda: space.look.loaded is expected)
    assert space.sight.is_live


def test_frames_of_a_network_that_can_t_work_are_not_looked_at(playing):
    space = playing.space
    space.editor.edit()
    playing.qtbot.waitUntil(lambda: space.look.reference == OWN)
    space.editor.editing.insert(0, LAYERS["dense"]())
    assert space.look is None
    frames = listen(space.live.frame_changed)
    playing.qtbot.waitUntil(lambda: len(frames) > 2)
    assert space.look is None
    playing.session.undo_stack.undo()
    playing.qtbot.waitUntil(lambda: space.look is not None)
    assert space.sight.is_live


def test_a_frame_that_the_last_model_looked_at_comes_too_late(playing, tiny):
    space = playing.space
    late = space.live.player.frame
    playing.session.add_model(tiny(1))
    space.toolbar.choose_model("run:2")
    looks = []
    space.live.looked.connect(looks.append)
    space.live.fill(late)
    assert looks == []


def listen(signal):
    heard = []
    signal.connect(lambda *given: heard.append(given))
    return heard
