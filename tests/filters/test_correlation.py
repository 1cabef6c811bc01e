import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.filters.correlation import correlate, passes, separated
from studio.filters.presets import PRESETS
from studio.filters.sized_kernels import Box, Gabor, Gaussian, LaplacianOfGaussian, Motion

vectors = st.lists(st.integers(-99, 99).filter(bool) | st.just(0), min_size=1, max_size=12)


@given(vectors.filter(any), vectors.filter(any), st.floats(1e-6, 1e6))
def test_every_product_of_a_column_and_a_row_is_found(column, row, scale):
    kernel = np.outer(column, row) * scale
    parts = separated(kernel)
    assert parts is not None
    off = np.abs(np.outer(*parts) - kernel).max()
    assert off <= 2**-24 * np.abs(kernel).max()
    assert parts[0].shape == (len(column),)
    assert parts[1].shape == (len(row),)


@given(vectors.filter(any), vectors.filter(any), st.data())
def test_one_other_weight_is_enough_to_part_them(column, row, data):
    kernel = np.outer(column, row).astype(float)
    if min(kernel.shape) < 2:
        return
    y = data.draw(st.integers(0, len(column) - 1))
    x = data.draw(st.integers(0, len(row) - 1))
    kernel[y, x] += 3
    assert (separated(kernel) is None) == (np.linalg.matrix_rank(kernel) > 1)


def test_whole_numbers_stay_whole():
    """So that the sums of whole pixels are exact."""
    for kernel in (np.ones((9, 9)), np.outer([1, 4, 6, 4, 1], [1, 4, 6, 4, 1])):
        column, row = separated(kernel)
        np.testing.assert_array_equal(column, np.rint(column))
        np.testing.assert_array_equal(row, np.rint(row))


@pytest.mark.parametrize(
    ("kernel", "count"),
    [
        (PRESETS["gaussian-5"].kernel, 1),  # too small for two passes to pay
        (Box(size=7).kernel, 2),
        (Gaussian(size=63, sigma=0.3).kernel, 2),
        (Motion(size=31, angle=20).kernel, 1),
        (Motion(size=31, angle=90).kernel, 2),
        (LaplacianOfGaussian(size=31).kernel, 1),
        (Gabor(angle=0).kernel, 2),
        (Gabor(angle=30).kernel, 1),
        (((1.0,) * 63,), 1),
        (((0.0,) * 9,) * 9, 1),
    ],
)
def test_what_is_done_in_two_passes(kernel, count):
    assert len(passes(np.array(kernel))) == count


def test_tiny_weights_beside_large_ones():
    kernel = np.outer([1e6, 1e-300, 5e-324], [1.0, 1e-200])
    column, row = separated(kernel)
    np.testing.assert_allclose(np.outer(column, row), kernel, atol=1e6 * 2**-24)
    assert separated(np.zeros((3, 3))) is None


@pytest.mark.parametrize("dilation", [1, 2, 5, 16])
def test_a_dilated_kernel_is_one_with_zeros_between(dilation):
    pixels = np.random.default_rng(0).integers(0, 65536, (90, 100, 3)).astype(np.uint16)
    kernel = np.random.default_rng(1).integers(-9, 10, (4, 3)).astype(float)
    spread = np.zeros((3 * dilation + 1, 2 * dilation + 1))
    spread[::dilation, ::dilation] = kernel
    ours = correlate(pixels, kernel, (1, 2), "float32", dilation=dilation)
    at = (dilation, 2 * dilation)
    theirs = correlate(pixels.astype(np.float32), spread, at, "float32")
    inside = slice(dilation, -2 * dilation), slice(2 * dilation, -1)
    largest = 65535 * np.abs(kernel).sum()
    np.testing.assert_allclose(ours[inside], theirs[inside], atol=1e-6 * largest)
