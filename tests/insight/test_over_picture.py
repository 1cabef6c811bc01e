"""Maps laid over pictures, against fields counted out by hand."""

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from studio.insight.over_picture import blend, over_picture, probabilities, units_at
from studio.nets.layer import Size
from studio.nets.layers.convolution import Conv
from studio.nets.layers.pooling import MaxPool
from studio.nets.network import Network


def last_row(*layers, size=(3, 16, 20)):
    return Network(input=Size(*size), layers=layers).table()[-1]


def test_a_map_of_the_input_s_size_lies_on_its_pixels():
    row = last_row(Conv(filters=2, kernel=3, padding=1))
    values = np.arange(16 * 20, dtype=np.float32).reshape(16, 20)
    laid = over_picture(row, values, np.arange(16) + 0.5, np.arange(20) + 0.5)
    np.testing.assert_array_equal(laid, values)


def test_pooled_units_cover_their_windows():
    row = last_row(MaxPool(window_size=4, stride=4))
    found = units_at(row, 0, np.arange(16) + 0.5)
    np.testing.assert_array_equal(found, np.repeat(np.arange(4), 4))


def test_without_padding_the_edge_belongs_to_no_unit():
    row = last_row(Conv(filters=1, kernel=5))
    laid = over_picture(
        row, np.ones((12, 16), np.float32), np.arange(16) + 0.5, np.arange(20) + 0.5
    )
    assert np.isnan(laid[:2]).all()
    assert np.isnan(laid[:, -2:]).all()
    assert (laid[2:-2, 2:-2] == 1).all()


@given(st.integers(1, 7), st.integers(1, 4), st.integers(0, 3), st.integers(0, 19))
def test_the_unit_found_is_the_one_whose_middle_is_nearest(kernel, stride, padding, pixel):
    row = last_row(Conv(filters=1, kernel=kernel, stride=stride, padding=min(padding, kernel)))
    middles = [sum(row.field_of(0, x)[1::2]) / 2 for x in range(row.output.width)]
    distances = np.abs(np.array(middles) - (pixel + 0.5))
    found = int(units_at(row, 1, np.array([pixel + 0.5]))[0])
    if found >= 0:
        assert distances[found] == distances.min()
    elif row.output.width > 1:
        assert distances.min() >= stride / 2


def test_probabilities_are_torch_s_softmax():
    scores = np.random.default_rng(0).normal(size=(5, 3, 4)).astype(np.float32)
    expected = torch.softmax(torch.from_numpy(scores), 0).numpy()
    np.testing.assert_allclose(probabilities(scores, False), expected, rtol=1e-5)
    assert probabilities(expected, True) is expected


def test_nothing_of_the_colour_where_the_strength_is_nothing():
    rgb = np.full((2, 2, 3), 100, np.uint8)
    colour = np.full((2, 2, 3), 200, np.uint8)
    strength = np.array([[0, 1], [np.nan, 0.5]], np.float32)
    mixed = blend(rgb, colour, strength)
    assert mixed[0, 0].tolist() == [100] * 3
    assert mixed[0, 1].tolist() == [180] * 3
    assert mixed[1, 0].tolist() == [50] * 3
