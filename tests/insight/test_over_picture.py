"""Maps laid over pictures, against fields counted out by hand."""

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from studio.image.colour_map import apply_map
from studio.insight.over_picture import (
    class_colours,
    lay_likeliest,
    lay_map,
    over_picture,
    probabilities,
    units_at,
)
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


def test_where_nothing_is_the_picture_shows_and_where_no_unit_is_it_is_dark():
    row = last_row(Conv(filters=1, kernel=5))
    picture = np.full((16, 20, 3), 100, np.uint8)
    values = np.zeros((12, 16), np.float32)
    values[3, 4] = 2
    laid = lay_map(picture, row, values, (np.arange(16) + 0.5, np.arange(20) + 0.5))
    assert laid.rgb[4, 8].tolist() == [100] * 3
    assert laid.rgb[0, 0].tolist() == [50] * 3  # half way to black
    strongest = apply_map(np.full((1, 1), 2, np.float32), "inferno", 0, 2)[0, 0]
    np.testing.assert_allclose(laid.rgb[5, 6], 100 + 0.8 * (strongest.astype(float) - 100), atol=1)
    assert laid.values[5, 6] == 2
    assert laid.classes is None


def test_the_likeliest_class_has_its_colour_the_stronger_the_surer():
    row = last_row(MaxPool(window_size=8, stride=8), size=(3, 8, 16))
    shares = np.array([[[0.25, 1.0]], [[0.75, 0.0]]], np.float32)
    picture = np.full((8, 16, 3), 100, np.uint8)
    laid = lay_likeliest(picture, row, shares, (np.arange(8) + 0.5, np.arange(16) + 0.5))
    assert (laid.classes[:, :8] == 1).all()
    assert (laid.classes[:, 8:] == 0).all()
    colours = class_colours(2).astype(float)
    for x, (index, share) in {0: (1, 0.75), 15: (0, 1.0)}.items():
        expected = 100 + 0.8 * share * (colours[index] - 100)
        np.testing.assert_allclose(laid.rgb[0, x], expected, atol=1)


def test_many_classes_have_colours_of_their_own():
    colours = class_colours(30)
    assert colours.shape == (30, 3)
    assert len({tuple(colour) for colour in colours.tolist()}) == 30
