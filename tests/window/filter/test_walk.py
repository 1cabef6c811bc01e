"""The way of the kernel, without a window."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.filters.cutting import Box
from studio.window.filter.arithmetic.walk import Walk, walk_over


def cells(*boxes):
    """The pixels of boxes, as a set."""
    return {(y, x) for box in boxes for y in range(box.top, box.bottom) for x in range(*box[2:])}


@given(
    top=st.integers(0, 5),
    left=st.integers(0, 5),
    height=st.integers(1, 9),
    width=st.integers(1, 9),
    step=st.integers(1, 4),
)
def test_the_result_grows_block_by_block(top, left, height, width, step):
    box = Box(top, top + height, left, left + width)
    walk, seen = Walk(box, step), set()
    for index in range(walk.count):
        assert walk.is_done == (index == walk.count - 1)
        assert walk.position in cells(walk.block)
        assert not seen & cells(walk.block)
        seen |= cells(walk.block)
        assert seen | cells(*walk.rest) == cells(box)
        assert not seen & cells(*walk.rest)
        assert walk.advance() == (index < walk.count - 1)
    assert seen == cells(box)


def test_every_pixel_comes_in_reading_order():
    assert list(Walk(Box(2, 4, 5, 8))) == [(2, 5), (2, 6), (2, 7), (3, 5), (3, 6), (3, 7)]


def test_restart_goes_to_the_first_place():
    walk = Walk(Box(0, 3, 0, 3))
    for _ in range(4):
        walk.advance()
    walk.restart()
    assert walk.position == (0, 0)
    assert len(cells(*walk.rest)) == 8


@pytest.mark.parametrize("box", [Box(3, 3, 0, 4), Box(0, 4, 5, 2)])
def test_no_walk_through_nothing(box):
    with pytest.raises(ValueError, match="room"):
        Walk(box)


def test_few_pixels_are_all_visited():
    walk = walk_over((400, 600), Box(10, 20, 30, 45), pixel=40, place=(12, 32))
    assert (walk.box, walk.step) == (Box(10, 20, 30, 45), 1)


def test_where_pixels_are_seen_the_walk_is_around_the_place():
    walk = walk_over((400, 600), Box(0, 100, 0, 100), pixel=9, place=(50, 60))
    assert walk.step == 1
    assert walk.box == Box(46, 54, 54, 66)


def test_without_a_view_the_walk_is_around_the_place():
    assert walk_over((400, 600), None, 0, (399, 0)).box == Box(392, 400, 0, 12)


@given(
    size=st.tuples(st.integers(1, 6000), st.integers(1, 6000)),
    place=st.tuples(st.integers(0, 7000), st.integers(0, 7000)),
    seen=st.none() | st.tuples(*(st.integers(-50, 7000),) * 4),
    pixel=st.floats(0, 64),
)
def test_any_walk_is_short_and_inside(size, place, seen, pixel):
    part = None
    if seen is not None:
        rows, columns = np.sort(seen[:2]).tolist(), np.sort(seen[2:]).tolist()
        part = Box(*rows, *columns)
    walk = walk_over(size, part, pixel, place)
    assert 1 <= walk.count <= 200
    assert walk.box.top >= 0
    assert walk.box.left >= 0
    assert walk.box.bottom <= size[0]
    assert walk.box.right <= size[1]


def test_a_large_picture_is_walked_in_blocks_that_cover_all_that_is_seen():
    walk = walk_over((4000, 6000), Box(0, 4000, 0, 6000), pixel=0.1, place=(0, 0))
    assert walk.box == Box(0, 4000, 0, 6000)
    assert 150 <= walk.count <= 200
