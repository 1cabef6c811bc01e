"""Errors against scikit-image, and where results lie in the picture they are compared with."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skimage.metrics import (
    mean_squared_error,
    peak_signal_noise_ratio,
    structural_similarity,
)

from studio.errors import PictureError
from studio.filters import FILTERS
from studio.filters.evaluation import Evaluation
from studio.filters.quality import (
    Errors,
    Placed,
    common_box,
    errors_between,
    measure_errors,
    offset_by,
)

WHITE = {"uint8": 255.0, "uint16": 65535.0, "float32": 1.0}


def pictures(height, width, channels, depth, noise=0.05, seed=0):
    """A picture with flat, bright and busy parts, and the same with noise."""
    random = np.random.default_rng(seed)
    clear = 0.5 + 0.4 * np.sin(np.arange(width) / 7 + np.arange(height)[:, None] / 11)
    clear = np.repeat(clear[..., None], channels, axis=2)
    clear[: height // 4] = 0.98
    noisy = np.clip(clear + random.normal(0, noise, clear.shape), 0, 1)
    white = WHITE[depth]
    if depth != "float32":
        clear, noisy = np.rint(clear * white), np.rint(noisy * white)
    return noisy.astype(depth), clear.astype(depth)


def by_skimage(result, reference, white):
    result, reference = result.astype(np.float64), reference.astype(np.float64)
    return Errors(
        mean_squared_error(reference, result),
        peak_signal_noise_ratio(reference, result, data_range=white),
        structural_similarity(
            reference,
            result,
            data_range=white,
            channel_axis=2,
            gaussian_weights=True,
            sigma=1.5,
            use_sample_covariance=False,
        ),
    )


def same(found, wanted):
    # Moving the values by half of white in float32 rounds them at 3e-8 of it.
    assert found.mse == pytest.approx(wanted.mse, rel=1e-5)
    assert found.psnr == pytest.approx(wanted.psnr, rel=1e-6)
    assert found.ssim == pytest.approx(wanted.ssim, abs=3e-5)


@pytest.mark.parametrize("depth", WHITE)
@pytest.mark.parametrize("channels", [1, 3])
def test_the_errors_are_those_of_scikit_image(depth, channels):
    """Over several pieces, whose seams lie across the picture."""
    result, reference = pictures(300, 530, channels, depth)
    same(
        errors_between(result, reference, WHITE[depth]), by_skimage(result, reference, WHITE[depth])
    )


@given(st.integers(11, 40), st.integers(11, 40), st.floats(0.001, 0.5), st.integers(0, 99))
def test_at_any_size(height, width, noise, seed):
    result, reference = pictures(height, width, 1, "float32", noise, seed)
    same(errors_between(result, reference, 1.0), by_skimage(result, reference, 1.0))


def test_results_on_the_scale_of_another_depth():
    """Floating point that was computed from 8 bits, with values below black and above white."""
    result, reference = pictures(40, 50, 1, "uint8")
    stretched = 1.5 * (result.astype(np.float32) - 127.5) + 127.5
    same(errors_between(stretched, reference, 255.0), by_skimage(stretched, reference, 255.0))


@pytest.mark.parametrize("depth", WHITE)
def test_equal_pictures_have_no_error(depth):
    picture, _ = pictures(30, 40, 3, depth)
    assert errors_between(picture, picture.copy(), WHITE[depth]) == Errors(0.0, math.inf, 1.0)


def test_a_picture_smaller_than_the_window_has_no_structure_to_compare():
    for height, width in ((1, 1), (1, 30), (10, 30), (30, 10)):
        result, reference = pictures(height, width, 3, "uint8", 0.2)
        errors = errors_between(result, reference, 255.0)
        assert errors.mse == pytest.approx(mean_squared_error(reference, result))
        assert math.isnan(errors.ssim)
    result, reference = pictures(11, 11, 1, "uint8", 0.2)
    assert not math.isnan(errors_between(result, reference, 255.0).ssim)


def test_what_is_not_a_number_stays_so():
    result, reference = pictures(30, 40, 1, "float32")
    result[3, 3] = np.nan
    errors = errors_between(result, reference, 1.0)
    assert math.isnan(errors.mse)
    assert math.isnan(errors.psnr)


def test_grey_counts_as_three_equal_channels():
    result, reference = pictures(30, 40, 3, "uint8")
    grey = np.repeat(result[..., :1], 3, axis=2)
    assert errors_between(result[..., :1], reference, 255.0) == errors_between(
        grey, reference, 255.0
    )
    assert errors_between(reference, result[..., :1], 255.0) == errors_between(
        reference, grey, 255.0
    )


def test_a_smaller_result_lies_in_the_middle():
    result, reference = pictures(40, 50, 1, "uint8")
    inner = reference[3:-3, 2:-2]
    same(
        errors_between(result[3:-3, 2:-2], reference, 255.0),
        by_skimage(result[3:-3, 2:-2], inner, 255.0),
    )
    same(
        errors_between(reference, result[3:-3, 2:-2], 255.0),
        by_skimage(inner, result[3:-3, 2:-2], 255.0),
    )


def test_half_a_picture_is_refused():
    result, reference = pictures(40, 50, 1, "uint8")
    with pytest.raises(PictureError, match="25 × 20 and 50 × 40"):
        errors_between(result[::2, ::2], reference, 255.0)


def measured(filters, pixels, reference=0):
    """The errors of a chain's result against one of its stages."""
    evaluation = Evaluation(filters, pixels)
    for _ in evaluation.prepare():
        pass
    size, of = evaluation.size(), evaluation.size(reference)
    place = offset_by(filters[reference:], *of)
    compared = Placed(evaluation.get, *size, *place)
    against = Placed(lambda box: evaluation.get(box, reference), *of)
    *shares, errors = measure_errors([compared, against], against, 255.0)
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert errors[1] == Errors(0.0, math.inf, 1.0)
    return place, errors[0]


def test_a_chain_s_result_is_compared_where_it_lies():
    """A kernel of even width without a border is not in the middle."""
    pixels, _ = pictures(60, 70, 1, "uint8")
    shift = FILTERS["convolution"].build({"kernel": "0 0 0 1; 0 0 0 0", "border": "valid"})
    moved = shift.apply(pixels)
    assert moved.shape == (59, 67, 1)
    place, errors = measured((shift,), pixels)
    top, left = place
    inner = pixels[top : top + 59, left : left + 67]
    same(errors, by_skimage(moved, inner, 255.0))
    median = FILTERS["median"].build({"radius": 2, "border": "valid"})
    place, errors = measured((shift, FILTERS["clahe"].build(), median), pixels)
    assert place == (top + 2, left + 2)
    place, errors = measured((shift, median), pixels, reference=1)
    assert place == (2, 2)
    same(errors, by_skimage(median.apply(moved), moved[2:-2, 2:-2], 255.0))


def test_a_larger_result_is_compared_where_the_reference_is():
    pixels, _ = pictures(40, 50, 3, "uint8")
    wider = FILTERS["padding"].build({"pad": 5})
    place, errors = measured((wider,), pixels)
    assert place == (-5, -5)
    assert errors.mse == 0


@pytest.mark.parametrize("kind", ["stride", "max_pool"])
def test_after_a_stride_nothing_can_be_compared(kind):
    strided = FILTERS[kind].build({"stride": 2})
    with pytest.raises(PictureError, match="20 × 15 and 40 × 30"):
        offset_by((strided,), 30, 40)


def test_pictures_without_a_common_pixel():
    one = Placed(lambda box: np.zeros((box.height, box.width, 1), np.uint8), 10, 10)
    with pytest.raises(PictureError, match="no pixel in common"):
        common_box([one, one._replace(left=10)])


def test_it_is_the_same_every_time():
    """Whichever core is ready first."""
    result, reference = pictures(700, 1100, 1, "float32")
    found = {errors_between(result, reference, 1.0) for _ in range(4)}
    assert len(found) == 1
