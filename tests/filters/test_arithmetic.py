"""Every number that is shown equals what the filter computed."""

from typing import get_args

import numpy as np
import pytest

from studio.declare import options
from studio.filters import FILTERS
from studio.filters.arithmetic import explain, explain_value, why_none
from studio.filters.base import Border, NeighbourhoodFilter
from studio.filters.cutting import Box, window_box

KINDS = [
    kind
    for kind, made in FILTERS.items()
    if issubclass(made, NeighbourhoodFilter) and not why_none(made())
]
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


MOVED = {"stride": 2, "dilation": 2, "pad": 1}
EXPLAINED = [kind for kind, made in FILTERS.items() if not why_none(made.build())]


def moved(kind):
    """The filter with a stride, dilation and padding, as far as it has them."""
    names = {option.name for option in options(FILTERS[kind])}
    return FILTERS[kind].build({name: MOVED[name] for name in MOVED if name in names})


@pytest.mark.parametrize("kind", EXPLAINED)
@pytest.mark.parametrize("depth", ["uint8", "uint16", "float32"])
def test_every_number_is_the_filter_s(kind, depth, pixels):
    """Everywhere in the result, in every channel, with stride, dilation and padding."""
    made = moved(kind)
    given = (pixels.astype(np.float64) / 255).astype(depth) if depth == "float32" else pixels
    given = given.astype(depth) * (257 if depth == "uint16" else 1)
    result = made.apply(given)
    reach = made.reach
    for y, x in np.ndindex(result.shape[:2]):
        channel = (y + x) % result.shape[2]
        shown = explain(made, given, result, y, x, channel)
        box = shown.box
        assert shown.window.shape == (1 + reach.top + reach.bottom, 1 + reach.left + reach.right)
        rows, columns = np.arange(box.top, box.bottom), np.arange(box.left, box.right)
        inside = np.ix_((rows >= 0) & (rows < 9), (columns >= 0) & (columns < 11))
        assert np.array_equal(
            ~shown.invented, np.isin(rows, range(9))[:, None] & np.isin(columns, range(11))
        )
        part = given[max(box.top, 0) : max(box.bottom, 0), max(box.left, 0) : max(box.right, 0)]
        assert np.array_equal(shown.window[inside], part[..., channel])
        assert shown.stored == result[y, x, channel]
        for term in shown.working.terms:
            assert np.array_equal(term.products, term.kernel * shown.window)
            assert not term.kernel[~shown.taps].any()
        if shown.exact is None:
            continue
        close = 0.5 + 1e-6 if result.dtype.kind == "u" else 1e-5 * max(1, abs(shown.stored))
        assert abs(shown.exact - shown.stored) <= close


@pytest.mark.parametrize("kind", EXPLAINED)
def test_the_value_that_is_taken_is_the_one_in_that_place(kind, pixels):
    made = moved(kind)
    result = made.apply(pixels)
    for y, x in [(0, 0), (1, 2)]:
        shown = explain(made, pixels, result, y, x)
        ordered, place = shown.working.ordered, shown.working.place
        if ordered is None:
            continue
        assert (np.diff(ordered) >= 0).all()
        assert place is None or ordered[place] == shown.stored
        ranks = shown.ranks
        if ranks is not None:
            assert sorted(ranks[ranks >= 0]) == list(range(ordered.size))
            assert np.array_equal(ordered[ranks[shown.taps]], shown.window[shown.taps])


def test_the_holes_of_a_dilated_kernel_don_t_count(pixels):
    made = FILTERS["convolution"].build({"kernel": "1 0; 2 3", "dilation": 3})
    shown = explain(made, pixels, made.apply(pixels), 4, 4)
    expected = np.zeros((4, 4), bool)
    expected[::3, ::3] = True
    assert np.array_equal(shown.taps, expected)
    assert np.array_equal(shown.working.terms[0].kernel[expected], [1, 0, 2, 3])


def test_the_window_moves_by_the_stride():
    made = FILTERS["convolution"].build({"kernel": "1 2 3 4; 5 6 7 8", "stride": 3})
    assert window_box(made, 0, 0) == (-1, 1, -2, 2)
    assert window_box(made, 2, 1) == (5, 7, 1, 5)
    narrower = made.change(border="valid")
    assert window_box(narrower, 2, 1) == (6, 8, 3, 7)


@pytest.mark.parametrize("border", get_args(Border))
def test_the_surroundings_go_on_as_the_border_says(border, pixels):
    made = FILTERS["median"].build({"radius": 1, "border": border, "border_value": 7})
    result = made.apply(pixels)
    around = explain(made, pixels, result, 0, result.shape[1] - 1, channel=1).surroundings
    box, wide = around.box, ((9, 9), (9, 9), (0, 0))
    modes = {"mirror": "reflect", "reflect": "symmetric", "wrap": "wrap"}
    if border in ("zero", "constant"):
        padded = np.pad(pixels, wide, constant_values=7 if border == "constant" else 0)
    else:
        padded = np.pad(pixels, wide, modes.get(border, "edge"))
    expected = padded[box.top + 9 : box.bottom + 9, box.left + 9 : box.right + 9]
    assert np.array_equal(around.pixels, expected)
    assert around.pixels.shape == (7, 7, 3)
    outside = np.pad(np.zeros((9, 11), bool), 9, constant_values=True)
    assert np.array_equal(
        around.invented, outside[box.top + 9 : box.bottom + 9, box.left + 9 : box.right + 9]
    )


def test_what_storing_does_is_said():
    made = FILTERS["convolution"].build({"kernel": "1", "result": "same", "scale": 1.1})
    made = made.change(kernel=((0.0, 1.0),))
    given = np.array([[[0], [10], [3], [250]]], np.uint8)
    result = made.apply(given)
    said = [explain(made, given, result, 0, x).storing("uint8") for x in range(4)]
    assert result[0, :, 0].tolist() == [0, 11, 3, 255]
    assert said == ["", "", "rounded", "cut"]
    signed = made.change(offset=-20.0)
    result = signed.apply(given)
    said = [explain(signed, given, result, 0, x).storing("uint8") for x in range(4)]
    assert said == ["cut", "cut", "cut", ""]
    floating = made.change(result="float")
    result = floating.apply(given)
    assert explain(floating, given, result, 0, 3).storing("float32") == ""


def test_filters_without_arithmetic_say_why(pixels):
    for kind, made in FILTERS.items():
        built = made.build()
        words = why_none(built)
        shown = explain_value(built, lambda box: pixels[_slices(box)], (9, 11), 0.0, 4, 5)
        assert (shown is None) == bool(words), kind
        if built.needs_all:
            assert "whole picture" in words


def _slices(box: Box):
    return slice(box.top, box.bottom), slice(box.left, box.right)
