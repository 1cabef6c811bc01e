from statistics import fmean

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from studio.insight.map_statistics import largest_of, map_statistics

VALUES = st.floats(-1000, 1000, width=32)


@given(arrays(np.float32, array_shapes(min_dims=3, max_dims=3, max_side=6), elements=VALUES))
def test_figures_are_those_of_plain_python(maps):
    found = map_statistics(maps)
    for index, one in enumerate(maps):
        values = one.ravel().tolist()
        assert (found.low[index], found.high[index]) == (min(values), max(values))
        assert found.mean[index] == pytest.approx(fmean(values), rel=1e-5, abs=1e-3)
        assert found.dead[index] == pytest.approx(values.count(0) / len(values))
    assert found.is_signed == (maps.min() < 0)
    assert found.largest == np.abs(maps).max() == largest_of([maps])
    assert (found.nans, found.infinite) == (0, 0)


def test_many_values_are_taken_in_pieces():
    maps = np.random.default_rng(0).normal(size=(9, 150, 170)).astype(np.float32)
    found = map_statistics(maps)
    assert np.array_equal(found.high, maps.max(axis=(1, 2)))
    assert np.array_equal(found.low, maps.min(axis=(1, 2)))
    assert np.allclose(found.mean, maps.mean(axis=(1, 2)), atol=1e-6)


def test_what_is_not_finite_is_counted_and_left_out():
    maps = np.ones((4, 2, 2), np.float32)
    maps[0, 0, 0] = np.nan
    maps[1] = np.inf
    maps[2, 0] = -np.inf
    maps[3, 0, 0] = -7
    found = map_statistics(maps)
    assert (found.nans, found.infinite) == (1, 6)
    assert found.low.tolist() == [1, 0, 1, -7]
    assert found.high.tolist() == [1, 0, 1, 1]
    assert found.mean.tolist() == [1, 0, 1, -1]
    assert found.largest == 7 == largest_of([maps])


def test_a_mean_beyond_float32_is_no_infinity():
    found = map_statistics(np.full((1, 2, 2), 3e38, np.float32))
    assert found.mean[0] == pytest.approx(3e38)
    assert found.infinite == 0


def test_nearly_dead_maps_are_those_with_more_than_95_percent_zeros():
    maps = np.zeros((3, 10, 10), np.float32)
    maps[1].flat[:4] = 1
    maps[2].flat[:5] = 1
    assert map_statistics(maps).nearly_dead.tolist() == [True, True, False]
    maps[2, 0, 0] = -1  # where there are negative values, zero is nothing special
    assert not map_statistics(maps).nearly_dead.any()


def test_no_maps():
    found = map_statistics(np.zeros((0, 3, 3), np.float32))
    assert (found.largest, found.is_signed) == (0, False)
    assert largest_of([]) == 0
