import cv2
import numpy as np
import pytest

from studio.filters.tone import Grey


@pytest.mark.parametrize(("dtype", "white"), [("uint8", 255), ("uint16", 65535), ("float32", 1)])
def test_grey_is_rec_601_in_the_same_depth(dtype, white):
    values = np.random.default_rng(0).random((20, 30, 3)) * white
    pixels = (values.round() if white > 1 else values).astype(dtype)
    grey = Grey().apply(pixels)
    assert grey.shape == (20, 30, 1)
    assert grey.dtype == dtype
    exact = pixels @ np.array([0.299, 0.587, 0.114])
    # OpenCV counts in whole 32768ths: half a level for rounding, and a little for that.
    np.testing.assert_allclose(
        grey[..., 0], exact, atol=1e-6 if white == 1 else 0.5 + white / 2**15
    )
    np.testing.assert_array_equal(grey[..., 0], cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY))


@pytest.mark.parametrize(("dtype", "white"), [("uint8", 255), ("uint16", 65535), ("float32", 1)])
def test_white_stays_white(dtype, white):
    assert Grey().apply(np.full((2, 2, 3), white, dtype)) == pytest.approx(white)


def test_grey_of_grey_is_the_same():
    pixels = np.arange(6, dtype=np.uint16).reshape(2, 3, 1)
    np.testing.assert_array_equal(Grey().apply(pixels), pixels)
