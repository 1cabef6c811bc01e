import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from skimage.exposure import adjust_gamma
from skimage.filters import threshold_otsu

from studio.filters.arithmetic import explain
from studio.filters.histogram import Clahe, Equalise, equalising, luma, otsu_level
from studio.filters.tone import Gamma, Grey, Invert, Threshold

WHITE = [("uint8", 255), ("uint16", 65535), ("float32", 1)]


def photo(shape=(60, 80, 3), dtype="uint8", seed=0):
    """Two broad heaps of levels, and neither black nor white."""
    random = np.random.default_rng(seed)
    dark, bright = random.normal(0.3, 0.06, shape), random.normal(0.6, 0.1, shape)
    values = np.where(random.random((*shape[:2], 1)) < 0.4, dark, bright).clip(0.05, 0.95)
    return (values * dict(WHITE)[dtype]).astype(dtype)


@pytest.mark.parametrize(("dtype", "white"), WHITE)
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


@pytest.mark.parametrize(("dtype", "white"), WHITE)
def test_white_stays_white(dtype, white):
    assert Grey().apply(np.full((2, 2, 3), white, dtype)) == pytest.approx(white)


def test_grey_of_grey_is_the_same():
    pixels = np.arange(6, dtype=np.uint16).reshape(2, 3, 1)
    np.testing.assert_array_equal(Grey().apply(pixels), pixels)


@pytest.mark.parametrize(("dtype", "white"), WHITE)
def test_invert_is_white_less_the_value(dtype, white):
    pixels = photo(dtype=dtype)
    out = Invert().apply(pixels)
    assert out.dtype == dtype
    np.testing.assert_allclose(out, white - pixels.astype(np.float64), rtol=1e-6)
    if white > 1:
        np.testing.assert_array_equal(Invert().apply(out), pixels)


@pytest.mark.parametrize("power", [0.1, 0.45, 1, 2.2, 5])
@pytest.mark.parametrize(("dtype", "white"), WHITE)
def test_gamma_is_a_rounded_power(power, dtype, white):
    pixels = photo(dtype=dtype)
    out = Gamma(gamma=power).apply(pixels)
    assert out.dtype == dtype
    exact = adjust_gamma(pixels / np.float64(white), power) * white
    if white > 1:
        np.testing.assert_array_equal(out, np.rint(exact))
    else:
        np.testing.assert_allclose(out, exact, rtol=1e-5)


@pytest.mark.parametrize(("dtype", "white"), WHITE)
def test_gamma_keeps_black_and_white(dtype, white):
    ends = np.array([[[0], [white]]], dtype)
    np.testing.assert_array_equal(Gamma(gamma=0.3).apply(ends), ends)


def test_gamma_keeps_the_sign_of_a_float():
    pixels = np.array([[[-0.25], [0.25]]], np.float32)
    np.testing.assert_allclose(Gamma(gamma=0.5).apply(pixels).ravel(), [-0.5, 0.5])


@pytest.mark.parametrize("level", [0, 33, 50, 100])
@pytest.mark.parametrize(("dtype", "white"), WHITE)
@pytest.mark.parametrize("channels", [1, 3])
def test_a_fixed_threshold(level, dtype, white, channels):
    pixels = photo((30, 40, channels), dtype)
    out = Threshold(level=level).apply(pixels)
    assert out.dtype == dtype
    brightness = Grey().apply(pixels)
    np.testing.assert_array_equal(out, np.where(brightness > level / 100 * white, white, 0))


@settings(max_examples=60, deadline=None)
@given(arrays.arrays(np.uint8, st.tuples(st.integers(1, 20), st.integers(1, 20), st.just(1))))
def test_otsu_is_that_of_scikit_image_and_opencv(pixels):
    values = pixels[..., 0]
    out = Threshold(method="otsu").apply(pixels)[..., 0]
    total, wanted = values.size, values > threshold_otsu(values)

    def between(part):
        """The exact variance between two parts."""
        high, low = values[part].astype(object), values[~part].astype(object)
        if not len(high) or not len(low):
            return 0
        return (high.sum() * len(low) - low.sum() * len(high)) ** 2 / (len(high) * len(low))

    # Where two levels part as well, rounding decides between them.
    assert between(out > 0) == pytest.approx(between(wanted), rel=1e-9)
    level, _ = cv2.threshold(values, 0, 255, cv2.THRESH_OTSU)
    assert between(out > 0) == pytest.approx(between(values > level), rel=1e-9)
    assert total == len(values.ravel())


@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_otsu_of_a_photo(dtype):
    pixels = photo((150, 200, 3), dtype)
    out = Threshold(method="otsu").apply(pixels)[..., 0]
    values = luma(pixels)
    np.testing.assert_array_equal(out > 0, values > threshold_otsu(values))
    _, theirs = cv2.threshold(values, 0, dict(WHITE)[dtype], cv2.THRESH_OTSU)
    np.testing.assert_array_equal(out, theirs)


@pytest.mark.parametrize("scale", [1, 255, 1e-3])
def test_otsu_of_floats_is_that_of_65536_steps(scale):
    pixels = (photo((100, 120, 1), "float32") - 0.2) * np.float32(scale)
    out = Threshold(method="otsu").apply(pixels)
    level = threshold_otsu(pixels.astype(np.float64), nbins=65536)
    step = 2 * (pixels.max() - pixels.min()) / 65536
    sure = np.abs(pixels - level) > step
    np.testing.assert_array_equal((out > 0)[sure], (pixels > level)[sure])
    assert sure.mean() > 0.99


def test_one_level_is_black_for_otsu():
    for dtype, white in WHITE:
        assert not Threshold(method="otsu").apply(np.full((3, 4, 1), white, dtype)).any()
    assert otsu_level(np.array([0, 0, 5, 0])) == 2


@settings(max_examples=60, deadline=None)
@given(arrays.arrays(np.uint8, st.tuples(st.integers(1, 20), st.integers(1, 20), st.just(1))))
def test_equalise_is_that_of_opencv(pixels):
    np.testing.assert_array_equal(
        Equalise().apply(pixels)[..., 0], cv2.equalizeHist(pixels[..., 0])
    )


def test_equalise_each_colour_is_that_of_opencv():
    pixels = photo((150, 200, 3))
    theirs = cv2.merge([cv2.equalizeHist(plane) for plane in cv2.split(pixels)])
    np.testing.assert_array_equal(Equalise(colours="each").apply(pixels), theirs)


@pytest.mark.parametrize("dtype", ["uint16", "float32"])
def test_equalise_spreads_more_levels_by_the_same_formula(dtype):
    pixels = photo((40, 50, 1), dtype)
    out = Equalise().apply(pixels)
    assert out.dtype == dtype
    flat = np.sort(pixels, axis=None)
    if dtype == "float32":
        flat = np.rint((flat - flat[0]) / (flat[-1] - flat[0]) * 65535)
        given_levels = np.rint((pixels - pixels.min()) / np.ptp(pixels) * 65535)
    else:
        given_levels = pixels
    first = np.count_nonzero(flat == flat[0])
    rank = np.searchsorted(flat, given_levels, side="right") - first
    wanted = rank / (flat.size - first)
    low, high = (0, 65535) if dtype == "uint16" else (pixels.min(), pixels.max())
    np.testing.assert_allclose((out - low) / (float(high) - low), wanted, atol=2 / 65535 + 1e-3)
    assert out.min() == pytest.approx(low)
    assert out.max() == pytest.approx(high)


def test_the_table_of_16_bits_is_that_of_8_bits_where_both_can():
    counts = np.random.default_rng(0).integers(0, 1000, 256)
    wide = np.zeros(65536, np.int64)
    wide[np.arange(256) * 257] = counts
    narrow = equalising(counts).astype(np.float64)
    np.testing.assert_allclose(equalising(wide)[::257] / 257, narrow, atol=0.51)


@pytest.mark.parametrize("colours", ["brightness", "each"])
@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
def test_one_level_stays_when_equalised(colours, dtype):
    pixels = np.full((4, 5, 3), 0.5 * dict(WHITE)[dtype], dtype)
    np.testing.assert_allclose(Equalise(colours=colours).apply(pixels), pixels)


@pytest.mark.parametrize(("dtype", "white"), WHITE)
@pytest.mark.parametrize("kind", [Equalise, Clahe])
def test_colours_get_brighter_together(dtype, white, kind):
    pixels = photo((90, 70, 3), dtype)
    out = kind().apply(pixels).astype(np.float64)
    old, new = luma(pixels), kind().apply(luma(pixels)[..., None])[..., 0]
    more = new.astype(np.float64) - old
    wanted = pixels + more[..., None]
    if white > 1:
        wanted = wanted.clip(0, white)
    np.testing.assert_allclose(out, wanted, atol=1e-6 * white if white == 1 else 0)


@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
@pytest.mark.parametrize(("limit", "tiles"), [(2, 8), (0, 3), (40, 1)])
def test_clahe_is_that_of_opencv(dtype, limit, tiles):
    pixels = photo((70, 91, 1), dtype)
    theirs = cv2.createCLAHE(limit, (tiles, tiles)).apply(pixels[..., 0])
    np.testing.assert_array_equal(Clahe(limit=limit, tiles=tiles).apply(pixels)[..., 0], theirs)


def test_clahe_of_floats_is_that_of_16_bits_in_their_range():
    wide = photo((70, 91, 1), "uint16")
    floats = (wide / np.float32(65535) - 0.3).astype(np.float32)
    out = Clahe().apply(floats)
    low, high = float(floats.min()), float(floats.max())
    stretched = np.rint((floats.astype(np.float64) - low) / (high - low) * 65535)
    theirs = cv2.createCLAHE(2, (8, 8)).apply(stretched.astype(np.uint16)[..., 0])
    np.testing.assert_allclose(out[..., 0], low + theirs / 65535 * (high - low), atol=2e-4)


@pytest.mark.parametrize("made", [Equalise(), Clahe(), Threshold(method="otsu")])
def test_what_is_no_number_harms_no_other(made):
    pixels = photo((20, 30, 1), "float32")
    clean = made.apply(pixels)
    pixels[3, 4] = np.nan
    out = made.apply(pixels)
    assert np.isfinite(np.delete(out.ravel(), 3 * 30 + 4)).all()
    assert np.abs(np.delete(out.ravel() - clean.ravel(), 3 * 30 + 4)).mean() < 0.05


@pytest.mark.parametrize(("dtype", "white"), WHITE)
@pytest.mark.parametrize("made", [Invert(), Gamma()])
def test_the_arithmetic_of_one_value(made, dtype, white):
    pixels = photo(dtype=dtype)
    result = made.apply(pixels)
    shown = explain(made, pixels, result, 3, 4, channel=2)
    assert shown.window.tolist() == [[pixels[3, 4, 2]]]
    assert shown.exact == pytest.approx(shown.stored, abs=0.5 if white > 1 else 1e-6)
