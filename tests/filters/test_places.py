import numpy as np
import pytest

from studio.filters import FILTERS
from studio.filters.evaluation import Evaluation
from studio.filters.places import Places, places_between

CHAINS = [
    [],
    [("median", {"radius": 2})],
    [("median", {"radius": 2, "border": "valid"})],
    [("padding", {"sides": "each", "top": 3, "left": 5})],
    [("stride", {"stride": 3, "offset": 2})],
    [("mean_pool", {"window": 3, "stride": 2, "pad": 1})],
    [("median", {"radius": 1, "border": "valid"}), ("stride", {"stride": 2})],
    [("stride", {"stride": 2}), ("median", {"radius": 1, "border": "valid"})],
    [("padding", {"pad": 2}), ("stride", {"stride": 2}), ("mean_pool", {"window": 3})],
]


def made(chain):
    return [FILTERS[kind].build(values) for kind, values in chain]


@pytest.mark.parametrize("chain", CHAINS)
def test_a_pixel_that_holds_its_place_says_where_it_went(chain):
    """The middle of a ramp is its mean and its median, so these filters leave places alone."""
    rows, columns = np.mgrid[:80.0, :90.0]
    ramp = np.stack([columns, rows, rows + columns], axis=2).astype(np.float32)
    filters = made(chain)
    result = Evaluation(filters, ramp).whole()
    places = places_between([], filters)
    for x, y in ((9, 8), (6, 7)):
        found = result[y, x, :2].tolist()
        assert places.back(x, y) == pytest.approx(found, abs=1e-4)
        assert places.there(*found) == pytest.approx((x, y), abs=1e-4)


@pytest.mark.parametrize("border", ["valid", "mirror"])
def test_the_brightest_pixel_is_where_it_should_be(border):
    values = {"kernel": "gaussian", "border": border}
    filters = made([("convolution", values), ("stride", {"stride": 2})])
    picture = np.zeros((41, 51, 1), np.float32)
    picture[20, 30] = 1
    shifted = places_between([], filters).there(30, 20)
    result = Evaluation(filters, picture).whole()[..., 0]
    row, column = np.unravel_index(result.argmax(), result.shape)
    assert abs(shifted[0] - column) <= 0.5
    assert abs(shifted[1] - row) <= 0.5


def test_between_two_results_of_one_picture():
    valid = made([("median", {"radius": 2, "border": "valid"})])
    smaller = made([("stride", {"stride": 2})])
    places = places_between(valid, smaller)
    assert places.there(0, 0) == (1, 1)  # both are pixel (2, 2) of the picture
    assert places.back(1, 1) == (0, 0)
    assert places_between(valid, valid) == Places()
