"""Every number that is shown equals what the filter computed."""

from typing import get_args

import numpy as np
import pytest

from studio.filters import FILTERS
from studio.filters.arithmetic import explain
from studio.filters.base import Border, NeighbourhoodFilter

KINDS = [kind for kind, made in FILTERS.items() if issubclass(made, NeighbourhoodFilter)]
PLACES = [(0, 0), (3, 4), (8, 10)]


@pytest.fixture
def pixels():
    return np.random.default_rng(5).integers(0, 256, (9, 11, 3), dtype=np.uint8)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("border", [b for b in get_args(Border) if b != "valid"])
def test_the_last_line_is_the_stored_value(kind, border, pixels):
    made = FILTERS[kind].build({"border": border})
    result = made.apply(pixels)
    for y, x in PLACES:
        shown = explain(made, pixels, result, y, x, channel=1)
        assert shown.stored == result[y, x, 1]
        working = shown.working
        if not working.lines and not working.terms:
            continue  # the filter tells nothing but its window
        ending = working.lines[-1][1] if working.lines else working.terms[0].total
        if result.dtype == np.uint8:
            assert abs(ending - shown.stored) <= 0.5
        else:
            assert np.float32(ending) == pytest.approx(shown.stored, rel=1e-6)


@pytest.mark.parametrize("border", get_args(Border))
def test_the_window_is_cut_out_of_the_padded_picture(border, pixels):
    settings = {"kernel": "1 2 3 4; 5 6 7 8", "border": border, "border_value": 7}
    made = FILTERS["convolution"].build(settings)
    modes = {"mirror": "reflect", "reflect": "symmetric", "replicate": "edge", "wrap": "wrap"}
    padded = pixels
    if border != "valid":
        constant = {"constant_values": 7 if border == "constant" else 0}
        settings = {"mode": modes[border]} if border in modes else constant
        padded = np.pad(pixels, ((1, 0), (2, 1), (0, 0)), **settings)
    result = made.apply(pixels)
    for y, x in [(0, 0), (3, 4), (7, 7)]:
        window = explain(made, pixels, result, y, x, channel=2).window
        assert np.array_equal(window, padded[y : y + 2, x : x + 4, 2])


def test_invented_values_are_those_outside(pixels):
    made = FILTERS["median"].build({"radius": 2})
    invented = explain(made, pixels, made.apply(pixels), 0, 10).invented
    expected = np.zeros((5, 5), bool)
    expected[:2] = True
    expected[:, 3:] = True
    assert np.array_equal(invented, expected)


def test_products_add_up_for_a_turned_kernel(pixels):
    made = FILTERS["convolution"].build(
        {"kernel": "1 0 0; 0 2 0; 0 0 -3", "flip": True, "scale": 2, "offset": 5}
    )
    result = made.apply(pixels)
    shown = explain(made, pixels, result, 4, 4)
    near = pixels[3:6, 3:6, 0].astype(float)
    by_hand = -3 * near[0, 0] + 2 * near[1, 1] + near[2, 2]
    assert shown.working.terms[0].total == by_hand
    assert [value for _, value in shown.working.lines] == [2 * by_hand, 2 * by_hand + 5]
    assert shown.stored == 2 * by_hand + 5


def test_a_filter_of_single_pixels_has_no_window(pixels):
    grey = FILTERS["grey"].build()
    assert explain(grey, pixels, grey.apply(pixels), 0, 0) is None
