import cv2
import numpy as np
import pytest
from skimage import feature

from studio.errors import SettingError
from studio.filters.canny import Canny
from studio.filters.gradient import Sobel
from studio.filters.tone import Grey


def blobs(shape=(80, 100), seed=0):
    """Soft blobs from 0 to 1."""
    values = np.random.default_rng(seed).random(shape).astype(np.float32)
    values = cv2.GaussianBlur(values, (0, 0), 4)
    return (values - values.min()) / (values.max() - values.min())


@pytest.mark.parametrize("side", [3, 5])
@pytest.mark.parametrize("thresholds", [(0.01, 0.03), (0.02, 0.02), (0.0, 0.1)])
def test_equals_opencv_for_bytes(side, thresholds):
    pixels = (blobs() * 255).astype(np.uint8)
    steepest = Sobel(side=str(side)).steepest * 255
    theirs = cv2.Canny(
        pixels, *(t * steepest for t in thresholds), apertureSize=side, L2gradient=True
    )
    low, high = thresholds
    ours = Canny(sigma=0, low=low, high=high, side=str(side)).apply(pixels[..., None])
    assert ours.dtype == np.uint8
    assert 0 < np.count_nonzero(theirs) < theirs.size / 2
    np.testing.assert_array_equal(ours[..., 0], theirs)


@pytest.mark.parametrize("sigma", [0, 1.5])
@pytest.mark.parametrize("side", ["3", "5", "7"])
def test_all_depths_find_the_same_edges(side, sigma):
    pixels = (blobs()[..., None] * 255).astype(np.uint8)
    filtering = Canny(sigma=sigma, low=0.01, high=0.03, side=side)
    wanted = filtering.apply(pixels)
    for other, white in ((pixels.astype(np.uint16) * 257, 65535), (pixels / np.float32(255), 1)):
        out = filtering.apply(other)
        assert out.dtype == other.dtype
        assert set(np.unique(out)) == {0, white}
        agree = (out > 0) == (wanted > 0)
        assert agree.mean() > 0.999  # a tie may be decided otherwise after rounding


def test_numbers_beyond_white():
    """A picture in floating point on the scale of 8 bits: thresholds go by a white of 1."""
    pixels = blobs()[..., None]
    inside = Canny(low=0.01, high=0.03).apply(pixels)
    np.testing.assert_array_equal(Canny(low=0.1, high=0.3).apply(pixels * 10), inside)


def test_colours_become_grey_first():
    pixels = (np.random.default_rng(0).random((30, 40, 3)) * 255).astype(np.uint8)
    grey = Grey().apply(pixels)
    np.testing.assert_array_equal(Canny().apply(pixels), Canny().apply(grey))


def test_nearly_the_edges_of_scikit_image():
    """It thins by interpolating; lines differ by a pixel at most."""
    pixels = blobs()
    theirs = feature.canny(pixels, sigma=1, low_threshold=0.05, high_threshold=0.1, mode="nearest")
    steepest = Sobel().steepest
    ours = Canny(sigma=1, low=0.05 / steepest, high=0.1 / steepest)
    found = ours.apply(pixels[..., None])[..., 0] > 0
    inside = slice(3, -3), slice(3, -3)
    wide = [cv2.dilate(lines.astype(np.uint8), np.ones((3, 3))) > 0 for lines in (theirs, found)]
    assert (wide[0] | ~found)[inside].mean() > 0.99
    assert (wide[1] | ~theirs)[inside].mean() > 0.99


def test_a_weak_edge_is_followed_from_a_strong_place_only():
    step = np.linspace(0, 0.5, 60)[:, None] * (np.arange(60) >= 30)
    alone = np.where(np.arange(60)[:, None] < 25, step, 0)
    for pixels, rows in ((step, 40), (alone, 0)):
        out = Canny(sigma=0, low=0.02, high=0.3).apply(pixels.astype(np.float32)[..., None])
        assert abs(np.count_nonzero(out.any(axis=1)) - rows) <= (20 if rows else 0)


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
def test_even_ground_and_no_numbers(dtype):
    flat = np.full((9, 9, 3), 1, dtype)
    assert not Canny(low=0, high=0).apply(flat).any()
    if dtype == "float32":
        flat[4, 4] = np.nan
        assert np.isfinite(Canny().apply(flat)).all()


def test_thresholds_in_the_wrong_order_are_refused():
    with pytest.raises(SettingError, match=r"0\.1 is below the low threshold, 0\.3") as caught:
        Canny.build({"low": 0.3, "high": 0.1})
    assert caught.value.field == "high"
    with pytest.raises(SettingError, match="below the low threshold"):
        Canny.build({"low": Canny().high + 0.1})  # nor below a default that nobody named
