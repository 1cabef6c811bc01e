import pytest
from hypothesis import assume, given
from hypothesis import strategies as some
from PySide6.QtCore import QPointF, QSize, QSizeF

from studio.window.canvas.aim import MARGIN, MOST, Aim, Sight

sides = some.integers(1, 8000)
views = some.integers(64, 4000)
places = some.floats(-5000, 5000)


def sight(view=(800, 600), picture=(400, 300), aim=None, largest=None):
    size = QSizeF(*view)
    return Sight(size, QSize(*picture), size, QSize(*(largest or picture)), aim or Aim())


def middle_of(sight):
    """What stands in the middle of the view, in picture pixels."""
    at = (sight.view.width() / 2, sight.view.height() / 2)
    return tuple(
        (at[n] - (sight.origin.x(), sight.origin.y())[n]) / sight.aim.scale for n in (0, 1)
    )


@given(view=some.tuples(views, views), picture=some.tuples(sides, sides))
def test_a_fitted_picture_is_whole_and_as_large_as_can_be(view, picture):
    seen = sight(view, picture)
    aim = seen.allowed(Aim())
    shown = [side * aim.scale for side in picture]
    room = [side - 2 * MARGIN for side in view]
    assert all(length <= space + 1e-6 for length, space in zip(shown, room, strict=True))
    touches = any(length == pytest.approx(space) for length, space in zip(shown, room, strict=True))
    assert touches or aim.scale == MOST


@given(
    picture=some.tuples(sides, sides),
    scale=some.floats(0.01, 100),
    new=some.floats(0.01, 100),
    at=some.tuples(some.floats(0, 800), some.floats(0, 600)),
)
def test_a_zoom_leaves_what_is_under_the_cursor(picture, scale, new, at):
    seen = sight(picture=picture)
    seen = seen._replace(aim=seen.allowed(Aim(scale, 0, 0, False)))
    zoomed = seen.zoomed(new, QPointF(*at))
    seen_after = seen._replace(aim=zoomed)
    allowed = seen_after.allowed(zoomed)
    assume((allowed.x, allowed.y) == (zoomed.x, zoomed.y))  # or it would leave a gap
    for n in (0, 1):
        before = (at[n] - (seen.origin.x(), seen.origin.y())[n]) / seen.aim.scale
        after = (at[n] - (seen_after.origin.x(), seen_after.origin.y())[n]) / zoomed.scale
        # The origin is rounded to whole device pixels.
        assert abs(before - after) <= 0.5 / seen.aim.scale + 0.5 / zoomed.scale + 1e-6


@given(
    view=some.tuples(views, views),
    picture=some.tuples(sides, sides),
    x=places,
    y=places,
    scale=some.floats(0.001, 1000),
)
def test_the_picture_stays_in_sight(view, picture, x, y, scale):
    seen = sight(view, picture)
    aim = seen.allowed(Aim(scale, x, y, False))
    assert aim == seen.allowed(aim)
    seen = seen._replace(aim=aim)
    for n, origin in enumerate((seen.origin.x(), seen.origin.y())):
        end = origin + picture[n] * aim.scale
        if picture[n] * aim.scale >= view[n]:
            assert origin <= 1
            assert end >= view[n] - 1
        else:
            assert origin >= -1
            assert end <= view[n] + 1


@given(
    x=some.integers(0, 399),
    y=some.integers(0, 299),
    scale=some.floats(0.5, 64),
    ax=places,
    ay=places,
)
def test_pixel_and_place_agree(x, y, scale, ax, ay):
    seen = sight()
    seen = seen._replace(aim=seen.allowed(Aim(scale, ax, ay, False)))
    pixel = seen.pixel_at(seen.place_of(x + 0.5, y + 0.5))
    assert (pixel.x(), pixel.y()) == (x, y)


def test_beside_the_picture_is_no_pixel():
    seen = sight(aim=Aim(1.0, 0, 0, False))
    assert seen.origin.x() == 200
    assert seen.pixel_at(QPointF(199, 300)) is None
    assert seen.pixel_at(QPointF(200, 150)).x() == 0
    assert seen.pixel_at(QPointF(600, 300)) is None


def test_a_smaller_result_stays_aligned():
    """A result without a border of 2 is seen at the pixels it belongs to."""
    aim = Aim(4.0, 30, -20, False)
    whole, smaller = sight(aim=aim), sight(picture=(396, 296), aim=aim)
    assert whole.place_of(2, 2) == smaller.place_of(0, 0)


def test_linked_pictures_fit_at_one_scale():
    large = sight(picture=(600, 400))
    small = sight(picture=(300, 400), largest=(600, 400))
    assert large.fit_scale == small.fit_scale


def test_panning_moves_by_device_pixels():
    seen = sight(picture=(4000, 3000), aim=Aim(2.0, 0, 0, False))
    moved = seen._replace(aim=seen.panned(10, -6))
    assert (moved.origin - seen.origin).toTuple() == (10, -6)


def test_a_large_picture_is_first_seen_whole():
    seen = sight(picture=(6000, 4000))
    assert middle_of(seen._replace(aim=seen.allowed(Aim()))) == pytest.approx((3000, 2000), abs=4)


def test_nothing_to_see():
    seen = sight(picture=(0, 0))
    assert seen.fit_scale == 1.0
    assert seen.pixel_at(QPointF(400, 300)) is None
