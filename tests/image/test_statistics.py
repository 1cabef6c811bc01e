from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from studio.image.display import Shown
from studio.image.statistics import Histogram, histogram_for

DEPTHS = (np.uint8, np.uint16, np.float32)


def picture(depth, channels=3, height=61, width=47):
    random = np.random.default_rng(3)
    if depth == np.float32:
        return random.normal(3, 90, (height, width, channels)).astype(np.float32)
    top = np.iinfo(depth).max + 1
    return random.integers(0, top, (height, width, channels)).astype(depth)


def numpy_counts(values, low, high, bins):
    """As NumPy counts, with what lies beyond moved to the ends."""
    return np.histogram(np.clip(values.astype(np.float64), low, high), bins, (low, high))[0]


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize(
    ("depth", "low", "high"),
    [(np.uint8, 0, 256), (np.uint16, 0, 65536), (np.uint16, 1000, 5096), (np.float32, -128, 128)],
)
def test_pieces_count_as_the_whole(depth, low, high, channels):
    pixels = picture(depth, channels)
    histogram = Histogram(low, high, 64, channels)
    for rows in np.array_split(pixels, 5):
        histogram.add(rows[:, :20])
        histogram.add(rows[:, 20:])
    for channel in range(channels):
        values = pixels[..., channel]
        np.testing.assert_array_equal(
            histogram.counts[channel], numpy_counts(values, low, high, 64)
        )
        assert histogram.minima[channel] == values.min()
        assert histogram.maxima[channel] == values.max()
        assert histogram.means[channel] == pytest.approx(values.mean(dtype=np.float64), rel=1e-12)
        assert histogram.below[channel] == (values < low).sum()
        assert histogram.above[channel] == (values > high).sum()
    assert histogram.total == pixels.size
    assert (histogram.minimum, histogram.maximum) == (pixels.min(), pixels.max())
    assert histogram.mean == pytest.approx(pixels.mean(dtype=np.float64), rel=1e-12)


@pytest.mark.parametrize("depth", DEPTHS)
def test_threads_lose_nothing(depth):
    pixels = picture(depth)
    histogram = Histogram(0, 200, channels=3)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(histogram.add, [pixels] * 40))
    assert histogram.total == 40 * pixels.size
    alone = Histogram(0, 200, channels=3)
    alone.add(pixels)
    np.testing.assert_array_equal(histogram.counts, 40 * alone.counts)


def test_the_end_itself_is_not_beyond():
    histogram = Histogram(0, 10, 10)
    histogram.add(np.array([0, 9.5, 10, 10.5, -1], np.float32).reshape(1, -1, 1))
    assert histogram.counts.tolist() == [[2, 0, 0, 0, 0, 0, 0, 0, 0, 3]]
    assert histogram.below.tolist() == [1]
    assert histogram.above.tolist() == [1]


def test_what_is_no_number_is_counted_apart():
    values = np.array([[np.nan, 1], [np.inf, 3], [-np.inf, np.nan]], np.float32)[..., None]
    histogram = Histogram(0, 4, 4)
    histogram.add(values)
    assert (histogram.nan, histogram.infinite, histogram.total) == (2, 2, 2)
    assert histogram.counts.tolist() == [[0, 1, 0, 1]]
    assert (histogram.minimum, histogram.maximum, histogram.mean) == (1, 3, 2)


def test_nothing_was_counted_yet():
    histogram = Histogram(0, 1, channels=3)
    histogram.add(np.empty((0, 5, 3), np.float32))
    histogram.add(np.full((2, 2, 3), np.nan, np.float32))
    assert histogram.total == 0
    assert histogram.below.tolist() == histogram.above.tolist() == [0, 0, 0]
    assert np.isnan(histogram.mean)
    assert np.isnan(histogram.means).all()
    assert (histogram.minimum, histogram.maximum) == (np.inf, -np.inf)


@given(
    arrays(np.float32, st.tuples(st.integers(1, 6), st.integers(1, 6), st.just(1)),
           elements=st.floats(width=32)),
    st.floats(-1e6, 1e6),
    st.floats(1e-3, 1e6),
)  # fmt: skip
def test_every_value_is_counted_near_its_bin(values, low, span):
    histogram = Histogram(low, low + span, 8)
    histogram.add(values)
    known = values[np.isfinite(values)].astype(np.float64)
    assert histogram.total == known.size
    assert histogram.nan + histogram.infinite == values.size - known.size
    # A value that lies on an edge to the last bit of float32 may go either way.
    slack = 1e-5 * span + 1e-6 * abs(low)
    for number, edge in enumerate(np.linspace(low, low + span, 9)[1:-1], 1):
        under = histogram.counts[0, :number].sum()
        assert (known < edge - slack).sum() <= under <= (known < edge + slack).sum()


def test_the_pixels_are_not_changed():
    pixels = picture(np.float32)
    before = pixels.copy()
    Histogram(0, 1, channels=3).add(pixels[::2, ::3])
    np.testing.assert_array_equal(pixels, before)


@pytest.mark.parametrize(
    ("low", "high", "bins"), [(1, 1, 8), (2, 1, 8), (0, np.inf, 8), (0, 1, 1), (0, 1, 257)]
)
def test_impossible_bins(low, high, bins):
    with pytest.raises(ValueError, match="must be"):
        Histogram(low, high, bins)


def test_the_channels_must_fit():
    with pytest.raises(ValueError, match="3 channels"):
        Histogram(0, 1, channels=3).add(np.zeros((2, 2, 1), np.uint8))


def test_the_span_is_that_of_the_automatic_scale():
    eight = histogram_for(picture(np.uint8))
    assert (eight.low, eight.high, eight.channels, eight.bins) == (0, 256, 3, 128)
    values = picture(np.float32, 1)
    signed = histogram_for(values, Shown(levels="set", black=-20, white=20), white=255)
    assert signed.low == -signed.high < -200
    wide = histogram_for(values, Shown(levels="set", black=-5000, white=5000), white=255)
    assert (wide.low, wide.high) == (-5000, 5000)
