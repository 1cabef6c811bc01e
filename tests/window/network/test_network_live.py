"""A video in the Network workspace: every frame is looked at."""

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

from studio.insight.maps import feature_maps
from studio.window.job import stop_all
from studio.window.network.look import View

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
