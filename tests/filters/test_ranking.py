"""Medians and percentiles against SciPy's, which sorts every window by itself."""

from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import ndimage

from studio.filters import network, ranking
from studio.filters.merging import Scratch, merge, select

Array = NDArray[Any]
DEPTHS = ["uint8", "uint16", "float32"]


def picture(rng: np.random.Generator, shape: tuple[int, ...], depth: str, levels: int) -> Array:
    """Few levels make many equal values; floats are of both signs."""
    if depth == "float32":
        chosen = rng.normal(size=levels).astype(np.float32)
    else:
        chosen = rng.integers(0, np.iinfo(depth).max + 1, levels).astype(depth)
    return chosen[rng.integers(0, levels, shape)]


def inside(pixels: Array, height: int, width: int) -> Array:
    """The part whose windows fit."""
    rows, columns = pixels.shape[0] - height + 1, pixels.shape[1] - width + 1
    return pixels[height // 2 :, width // 2 :][:rows, :columns]


def check_percentile(pixels: Array, height: int, width: int, percent: float) -> None:
    found = ranking.percentile(pixels, height, width, percent)
    expected = ndimage.percentile_filter(pixels, percent, (height, width, 1), mode="nearest")
    assert found.dtype == pixels.dtype
    assert found.shape == pixels.shape
    np.testing.assert_array_equal(inside(found, height, width), inside(expected, height, width))


@settings(deadline=None, max_examples=60)
@given(
    seed=st.integers(0, 2**32 - 1),
    depth=st.sampled_from(DEPTHS),
    window=st.tuples(st.integers(1, 20), st.integers(1, 20)),
    places=st.tuples(st.integers(1, 40), st.integers(1, 40)),
    channels=st.integers(1, 5),
    percent=st.one_of(st.sampled_from([0.0, 25.0, 50.0, 100.0]), st.floats(0, 100)),
    levels=st.sampled_from([1, 2, 7, 5000]),
)
def test_percentile_is_scipys(
    seed: int,
    depth: str,
    window: tuple[int, int],
    places: tuple[int, int],
    channels: int,
    percent: float,
    levels: int,
) -> None:
    shape = (window[0] + places[0] - 1, window[1] + places[1] - 1, channels)
    check_percentile(picture(np.random.default_rng(seed), shape, depth, levels), *window, percent)


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize(
    "window", [(1, 1), (3, 3), (5, 5), (7, 7), (3, 7), (15, 15), (1, 31), (41, 3)]
)
def test_median_is_scipys(depth: str, window: tuple[int, int]) -> None:
    pixels = picture(np.random.default_rng(5), (60, 75, 3), depth, 60000)
    expected = ndimage.median_filter(pixels, (*window, 1), mode="nearest")
    found = ranking.median(pixels, *window)
    np.testing.assert_array_equal(inside(found, *window), inside(expected, *window))


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("window", [(38, 41), (63, 63), (127, 127), (127, 2), (1, 127)])
def test_large_windows(depth: str, window: tuple[int, int]) -> None:
    shape = (window[0] + 4, window[1] + 6)
    pixels = picture(np.random.default_rng(6), shape, depth, 60000)
    windows = np.lib.stride_tricks.sliding_window_view(pixels, window)
    ordered = np.sort(windows.reshape(*windows.shape[:2], -1), axis=-1)
    for percent in (37.5, 50):
        found = ranking.percentile(pixels[..., None], *window, percent)
        expected = ordered[..., int(window[0] * window[1] * percent / 100)]
        np.testing.assert_array_equal(inside(found, *window)[..., 0], expected)


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("shape", [(300, 40, 1), (17, 1500, 3), (150, 290, 3)])
def test_blocks_meet(depth: str, shape: tuple[int, int, int]) -> None:
    """Pictures larger than one block, cut along either side."""
    pixels = picture(np.random.default_rng(7), shape, depth, 60000)
    check_percentile(pixels, 7, 4, 60)


def test_ranked_and_counted_blocks_meet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranking, "RANKED", 1)
    monkeypatch.setattr(ranking, "COUNTED", 1)
    monkeypatch.setattr(ranking, "SQUARE", 16)
    rng = np.random.default_rng(8)
    check_percentile(picture(rng, (280, 300, 2), "float32", 60000), 4, 3, 30)
    check_percentile(picture(rng, (50, 70, 2), "uint8", 256), 4, 3, 30)


@pytest.mark.parametrize("window", [(3, 3), (4, 3), (7, 7), (15, 15)])
@pytest.mark.parametrize("percent", [0, 30, 50, 100])
def test_nan_counts_as_the_largest(window: tuple[int, int], percent: float) -> None:
    rng = np.random.default_rng(9)
    pixels = picture(rng, (40, 50, 2), "float32", 3000)
    lost = rng.random(pixels.shape) < 0.4
    pixels[rng.random(pixels.shape) < 0.05] = np.inf
    pixels[rng.random(pixels.shape) < 0.05] = -np.inf
    pixels[lost] = np.nan
    pixels[lost & (rng.random(pixels.shape) < 0.5)] *= -1  # NaN has a sign bit, too
    windows = np.lib.stride_tricks.sliding_window_view(pixels, window, axis=(0, 1))
    ordered = np.sort(windows.reshape(*windows.shape[:3], -1), axis=-1)  # NumPy puts NaN last
    count = window[0] * window[1]
    expected = ordered[..., min(int(count * percent / 100), count - 1)]
    found = ranking.percentile(pixels, *window, percent)
    np.testing.assert_array_equal(inside(found, *window), expected)
    assert np.isnan(expected).any() or percent < 100
    if window[0] % 2 and percent == 50:
        np.testing.assert_array_equal(inside(ranking.median(pixels, *window), *window), expected)


def test_only_nan() -> None:
    pixels = np.full((9, 9, 1), np.nan, np.float32)
    assert np.isnan(inside(ranking.median(pixels, 7, 7), 7, 7)).all()


def test_infinite_values_are_values() -> None:
    pixels = picture(np.random.default_rng(10), (30, 30, 1), "float32", 100)
    pixels[::2] = np.inf
    pixels[1::4] = -np.inf
    check_percentile(pixels, 7, 9, 45)


def test_a_view_is_read_as_it_is() -> None:
    whole = picture(np.random.default_rng(11), (80, 90, 4), "uint16", 60000)
    view = whole[::2, 5:-5, ::-1]
    for window in ((3, 3), (7, 7)):
        expected = ndimage.median_filter(view, (*window, 1), mode="nearest")
        np.testing.assert_array_equal(
            inside(ranking.median(view, *window), *window), inside(expected, *window)
        )


def test_input_is_left_alone() -> None:
    pixels = picture(np.random.default_rng(12), (30, 30, 1), "float32", 100)
    before = pixels.copy()
    ranking.median(pixels, 7, 7)
    ranking.percentile(pixels, 15, 15, 10)
    np.testing.assert_array_equal(pixels, before)


def test_too_small_for_the_window() -> None:
    pixels = picture(np.random.default_rng(13), (4, 30, 1), "uint16", 100)
    assert ranking.median(pixels, 7, 7).shape == pixels.shape


def test_large_8_bit_median_is_the_networks() -> None:
    """OpenCV's median against the sorting network, which knows nothing of it."""
    pixels = picture(np.random.default_rng(14), (60, 60, 1), "uint8", 256)
    found = network.at_rank(pixels, (31, 31), 480, Scratch())
    np.testing.assert_array_equal(found[..., 0], cv2.medianBlur(pixels, 31)[15:-15, 15:-15])


@settings(deadline=None, max_examples=150)
@given(
    first=st.lists(st.integers(0, 30), min_size=1, max_size=40),
    second=st.lists(st.integers(0, 30), min_size=1, max_size=40),
    data=st.data(),
)
def test_merging(first: list[int], second: list[int], data: st.DataObject) -> None:
    a, b = (np.sort(np.array(v, np.uint16))[:, None] for v in (first, second))
    ordered = np.sort(np.concatenate([a, b]), axis=0)
    low = data.draw(st.integers(0, len(ordered) - 1))
    high = data.draw(st.integers(low + 1, len(ordered)))
    np.testing.assert_array_equal(merge(a, b, low, high, Scratch()), ordered[low:high])
    np.testing.assert_array_equal(select(a, b, low), ordered[low])
