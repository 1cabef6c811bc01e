"""The walking kernel, painted over pictures."""

import numpy as np
import pytest

from studio.filters.cutting import Box
from studio.window.canvas.split import SplitView
from studio.window.canvas.view import PictureView
from studio.window.canvas.walk_overlay import WalkOverlay

GREY = 200
WALK = {"window": Box(-1, 2, 3, 6), "size": (8, 10), "block": Box(0, 1, 4, 5)}
REST = (Box(0, 1, 5, 10), Box(1, 8, 0, 10))


def shown(qtbot, view, shape=(8, 10)):
    qtbot.addWidget(view)
    view.resize(212, 172)
    view.set_rgb(np.full((*shape, 3), GREY, np.uint8))
    view.show()
    view.zoom_to(20)
    return view


@pytest.fixture
def overlay():
    made = WalkOverlay()
    made.show(**WALK, rest=REST)
    return made


def at(view, pixels, y, x):
    """The colour at a place of the picture."""
    place = view.place_of(x, y)
    return pixels[round(place.y()), round(place.x())]


def test_what_is_not_computed_is_veiled(qtbot, overlay, pixels_of):
    view = shown(qtbot, PictureView())
    view.set_overlay(overlay.paint_after)
    pixels = pixels_of(view)
    for y in range(8):
        for x in range(10):
            veiled = y > 0 or x > 4
            colour = at(view, pixels, y + 0.5, x + 0.5)
            assert (colour == GREY).all() != veiled, (y, x)


def test_the_window_is_framed_and_its_cells_drawn(qtbot, overlay, pixels_of):
    view = shown(qtbot, PictureView())
    view.set_overlay(overlay.paint_before)
    pixels = pixels_of(view)
    assert (at(view, pixels, 1.5, 4.5) == GREY).all()  # inside a cell
    assert (at(view, pixels, 1.5, 3.0) != GREY).any()  # the frame
    assert (at(view, pixels, 1.5, 4.0) != GREY).any()  # between two cells
    assert (at(view, pixels, 4.5, 4.5) == GREY).all()  # outside


def test_a_cell_is_marked(qtbot, overlay, pixels_of):
    view = shown(qtbot, PictureView())
    view.set_overlay(overlay.paint_before)
    before = pixels_of(view)
    overlay.set_cell(2, 0)
    changed = (pixels_of(view) != before).any(axis=2)
    rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
    top_left, bottom_right = view.place_of(3, 1), view.place_of(4, 2)
    assert abs(rows[0] - top_left.y()) <= 2
    assert abs(columns[-1] - bottom_right.x()) <= 2


def test_split_shows_both_each_on_its_side(qtbot, overlay, pixels_of):
    view = shown(qtbot, SplitView())
    view.set_before(view.levels)
    view.set_overlay(overlay.paint_split)
    view.set_share(0.7)
    pixels = pixels_of(view)
    assert (at(view, pixels, 1.5, 4.0) != GREY).any()  # the window, left of the line
    assert (at(view, pixels, 5.5, 2.5) == GREY).all()  # no veil there
    assert (at(view, pixels, 5.5, 8.5) != GREY).all()  # but right of it
    view.set_only("after")
    assert (at(view, pixels_of(view), 5.5, 2.5) != GREY).all()
    view.set_only("before")
    assert (at(view, pixels_of(view), 5.5, 8.5) == GREY).all()


def test_pictures_of_different_sizes_have_one_middle(qtbot, pixels_of):
    """As they are painted: a result without its border lies in the middle of the picture."""
    overlay = WalkOverlay()
    overlay.show(Box(3, 6, 3, 6), (8, 10), Box(2, 3, 2, 3))
    alone = shown(qtbot, PictureView())
    alone.set_overlay(overlay.paint_before)
    narrower = shown(qtbot, PictureView(), (6, 8))
    plain = pixels_of(narrower)
    narrower.set_overlay(overlay.paint_before)
    changed = (pixels_of(narrower) != plain).any(axis=2)
    expected = (pixels_of(alone) != GREY).any(axis=2)
    rows, columns = np.nonzero(changed)
    assert expected[rows.min() + 3 : rows.max() - 2, columns.min() + 3 : columns.max() - 2].any()
    place = alone.place_of(3, 3)
    assert abs(columns.min() - place.x()) <= 3
    assert abs(rows.min() - place.y()) <= 3


def test_nothing_is_left_after_clear(qtbot, overlay, pixels_of):
    view = shown(qtbot, PictureView())
    plain = pixels_of(view)
    view.set_overlay(overlay.paint_after)
    assert (pixels_of(view) != plain).any()
    overlay.clear()
    for paint in (overlay.paint_before, overlay.paint_after, overlay.paint_split):
        view.set_overlay(paint)
        assert np.array_equal(pixels_of(view), plain)
    view.set_overlay(None)
    assert np.array_equal(pixels_of(view), plain)
