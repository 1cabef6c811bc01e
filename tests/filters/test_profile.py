import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skimage.measure import profile_line

from studio.filters.cutting import Box
from studio.filters.profile import line_box, profile

PIXELS = np.random.default_rng(5).normal(0, 50, (40, 56, 3)).astype(np.float32)

places = st.tuples(st.integers(0, 55), st.integers(0, 39))


@pytest.mark.parametrize(("sampling", "order"), [("nearest", 0), ("bilinear", 1)])
@given(places, places)
def test_as_scikit_image_has_it(sampling, order, first, last):
    (x0, y0), (x1, y1) = first, last
    ours = profile(PIXELS, x0, y0, x1, y1, sampling=sampling)
    exact = np.abs(np.array([ours.x, ours.y]) % 1 - 0.5).min(initial=1) > 1e-9
    theirs = profile_line(
        PIXELS.astype(np.float64), (y0, x0), (y1, x1), order=order, mode="nearest"
    )
    assert ours.values.shape == theirs.shape
    if order or exact:  # half-way between two pixels either is nearest
        np.testing.assert_allclose(ours.values, theirs, atol=1e-9)


@pytest.mark.parametrize("depth", [np.uint8, np.uint16])
def test_whole_numbers_stay_what_they_are(depth):
    pixels = np.arange(60).reshape(6, 10, 1).astype(depth)
    assert profile(pixels, 2, 3, 7, 3).values[:, 0].tolist() == [32, 33, 34, 35, 36, 37]
    assert profile(pixels, 4, 5, 4, 0).values[:, 0].tolist() == [54, 44, 34, 24, 14, 4]


def test_one_pixel_is_a_line():
    line = profile(PIXELS, 3, 4, 3, 4)
    np.testing.assert_array_equal(line.values, PIXELS[4, 3][None])
    assert line.distance.tolist() == [0]


def test_the_distance_counts_pixels():
    line = profile(PIXELS, 0, 0, 30, 39.9999)
    assert line.distance[-1] == pytest.approx(50, abs=1e-3)
    assert np.diff(line.distance).max() <= 1


@pytest.mark.parametrize("sampling", ["nearest", "bilinear"])
@pytest.mark.parametrize("ends", [(2.25, 3.75, 1900.5, 1400.25), (1999, 0, 0, 1499), (7, 9, 7, 9)])
def test_only_the_pieces_along_the_line_are_asked_for(ends, sampling):
    pixels = np.random.default_rng(0).integers(0, 256, (1500, 2000, 1), np.uint8)
    asked = []

    def source(box):
        assert isinstance(box, Box)
        asked.append(box.height * box.width)
        return pixels[box.top : box.bottom, box.left : box.right]

    parts = profile(source, *ends, size=(1500, 2000), sampling=sampling)
    whole = profile(pixels, *ends, sampling=sampling)
    np.testing.assert_array_equal(parts.values, whole.values)
    assert sum(asked) < pixels.size / 4


def test_beyond_the_picture_its_edge_goes_on():
    line = profile(PIXELS, -3, 10, 58, 10)
    np.testing.assert_array_equal(line.values[:4], np.repeat(PIXELS[10:11, 0], 4, axis=0))
    np.testing.assert_array_equal(line.values[-3:], np.repeat(PIXELS[10:11, 55], 3, axis=0))
    assert profile(PIXELS, -9, -9, -5, -5).values.shape == (7, 3)


def test_the_box_around_a_line():
    assert line_box(3, 5, 9, 2, (40, 56)) == Box(2, 6, 3, 10)
    assert line_box(-4, 1.5, 70, 1.5, (40, 56)) == Box(1, 3, 0, 56)


def test_parts_need_a_size():
    with pytest.raises(ValueError, match="size"):
        profile(lambda box: PIXELS, 0, 0, 1, 1)
