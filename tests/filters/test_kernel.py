import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.errors import SettingError
from studio.filters.kernel import kernel_text, parse_kernel
from studio.filters.linear import Convolution
from studio.filters.presets import PRESETS, preset_of

SOBEL_X = ((-1.0, 0.0, 1.0), (-2.0, 0.0, 2.0), (-1.0, 0.0, 1.0))


@pytest.mark.parametrize(
    "text",
    [
        "-1 0 1; -2 0 2; -1 0 1",
        "-1,0,1;-2,0,2;-1,0,1;",
        "-1 0 1\n-2 0 2\n-1 0 1\n",
        "−1\t0\t1\r\n−2\t0\t2\r\n−1\t0\t1",
        "[[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]",
        "[[-1  0  1]\n [-2  0  2]\n [-1  0  1]]",
        "((-1, 0, 1), (-2, 0, 2), (-1, 0, 1))",
        "sobel-x",
        "Sobel x",
        " SOBEL_X ",
        [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]],
        np.array(SOBEL_X),
    ],
)
def test_one_kernel_in_many_forms(text):
    assert parse_kernel(text) == SOBEL_X


def test_fractions():
    assert parse_kernel("1/9 -1/2 1e-3") == ((1 / 9, -0.5, 1e-3),)


numbers = st.floats(-1e6, 1e6) | st.integers(-1000, 1000)


@given(
    st.integers(1, 6).flatmap(
        lambda n: st.lists(st.lists(numbers, min_size=n, max_size=n), min_size=1, max_size=6)
    )
)
def test_text_and_back_is_exact(rows):
    kernel = parse_kernel(rows)
    assert parse_kernel(kernel_text(kernel)) == kernel


def test_text_is_short():
    assert kernel_text(SOBEL_X) == "-1 0 1; -2 0 2; -1 0 1"
    assert kernel_text(((0.5, -0.0),)) == "0.5 0"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("", "empty"),
        (" ; ", "empty"),
        ([], "empty"),
        ([[]], "empty"),
        ("1 2; 3", "row 2 has 1 number, where another has 2"),
        ("1 x", "'x' is neither a number nor the name of a kernel"),
        ("blur", "identity, box-3"),
        ("1/0", "'1/0' is neither"),
        ("nan", "'nan' is neither"),
        ([[math.nan]], "not allowed"),
        ([[math.inf, 1]], "not allowed"),
        ("1e7", "−1,000,000 to 1,000,000"),
        (5, "a list of rows"),
        ([1, 2], "a list of rows"),
        ([[None]], "'None' is not a number"),
        ([[1] * 64], "1 × 64, and at most 63 × 63"),
        ([[1]] * 64, "64 × 1, and at most 63 × 63"),
    ],
)
def test_wrong_kernels_are_named(value, message):
    with pytest.raises(SettingError, match=message) as caught:
        Convolution.build({"kernel": value})
    assert caught.value.field == "kernel"


def test_the_largest_kernel():
    assert len(parse_kernel([[1] * 63] * 63)) == 63


@pytest.mark.parametrize("name", PRESETS)
def test_presets(name):
    preset = PRESETS[name]
    kernel = parse_kernel(name)
    assert kernel == preset.kernel
    assert preset_of(kernel) is preset
    total = np.sum(kernel)
    edges = name.startswith(("laplacian", "difference", "sobel", "prewitt", "scharr"))
    assert total == pytest.approx(0 if edges else 1)
    assert preset.help.endswith(".")
    assert preset.help[0].isupper()


def test_own_weights_are_no_preset():
    assert preset_of(((1.0, 2.0),)) is None
