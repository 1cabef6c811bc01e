import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from studio.errors import SettingError
from studio.filters.kernel import PRESETS
from studio.filters.linear import Convolution

BORDERS = {
    "mirror": cv2.BORDER_REFLECT_101,
    "reflect": cv2.BORDER_REFLECT,
    "replicate": cv2.BORDER_REPLICATE,
    "zero": cv2.BORDER_CONSTANT,
}
SCIPY = {"mirror": "mirror", "reflect": "reflect", "replicate": "nearest"}
SCIPY |= {"wrap": "wrap", "zero": "constant"}


def noise(shape, dtype, seed=0):
    values = np.random.default_rng(seed).random(shape)
    full = np.iinfo(dtype).max if np.dtype(dtype).kind == "u" else 1
    return (values * full).round(6 if full == 1 else 0).astype(dtype)


def per_channel(function, pixels, *args, **settings):
    planes = [function(plane, *args, **settings) for plane in np.moveaxis(pixels, 2, 0)]
    return np.stack(planes, axis=2)


@pytest.mark.parametrize("side", [(1, 1), (2, 2), (3, 3), (4, 5), (11, 11), (12, 12), (31, 3)])
@pytest.mark.parametrize("border", BORDERS)
@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
def test_equals_opencv_on_a_photo(side, border, dtype):
    kernel = np.random.default_rng(1).normal(size=side) / np.sqrt(side[0] * side[1])
    for channels in (1, 3):
        pixels = noise((41, 67, channels), dtype)
        for result, depth in (("same", -1), ("float", cv2.CV_32F)):
            ours = Convolution(kernel=kernel.tolist(), border=border, result=result)
            theirs = cv2.filter2D(pixels, depth, kernel, borderType=BORDERS[border])
            out = ours.apply(pixels)
            assert out.shape == pixels.shape
            assert out.dtype == theirs.dtype
            assert out.tobytes() == theirs.tobytes()


@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
@pytest.mark.parametrize("border", SCIPY)
@pytest.mark.parametrize("flip", [False, True])
def test_equals_scipy_for_whole_weights(dtype, border, flip):
    """Whole weights have one right answer, so this is exact, also for wrapping."""
    pixels = noise((9, 13, 3), dtype)
    kernel = [[-1, 2, 0], [3, -5, 1], [0, 4, -2], [1, 1, 1], [0, 2, 7]]
    ours = Convolution(kernel=kernel, flip=flip, border=border, result="float").apply(pixels)
    scipy = ndimage.convolve if flip else ndimage.correlate
    theirs = per_channel(scipy, pixels.astype(float), kernel, mode=SCIPY[border])
    np.testing.assert_array_equal(ours, theirs)


def test_valid_is_the_inside_of_the_whole():
    pixels = noise((20, 30, 3), "uint8")
    whole = Convolution(kernel="sharpen").apply(pixels)
    inside = Convolution(kernel="sharpen", border="valid").apply(pixels)
    np.testing.assert_array_equal(inside, whole[1:-1, 1:-1])


def test_valid_refuses_a_picture_smaller_than_the_kernel():
    with pytest.raises(SettingError, match="3 × 3 doesn't fit into a picture of 2 × 9"):
        Convolution(kernel="sharpen", border="valid").apply(noise((2, 9, 1), "uint8"))


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 7),
    st.integers(1, 7),
    st.booleans(),
    st.sampled_from([1.0, -0.5, 3.0]),
    st.data(),
)
def test_an_impulse_shows_the_kernel_used(height, width, flip, scale, data):
    weights = st.lists(st.integers(-9, 9), min_size=width, max_size=width)
    kernel = data.draw(st.lists(weights, min_size=height, max_size=height))
    filtering = Convolution(kernel=kernel, flip=flip, scale=scale, border="zero", result="float")
    impulse = np.zeros((15, 15, 1), np.float32)
    impulse[7, 7] = 1
    out = filtering.apply(impulse)[..., 0]
    reach = filtering.reach
    assert (1 + reach.top + reach.bottom, 1 + reach.left + reach.right) == (height, width)
    # Correlation answers an impulse with its kernel turned by 180°.
    patch = out[7 - reach.bottom : 8 + reach.top, 7 - reach.right : 8 + reach.left]
    np.testing.assert_array_equal(patch, filtering.kernel_used[::-1, ::-1])
    assert np.count_nonzero(out) == np.count_nonzero(filtering.kernel_used)


def test_turning_is_what_typing_the_turned_kernel_gives():
    pixels = noise((12, 14, 3), "uint8")
    kernel = np.arange(8.0).reshape(2, 4)
    turned = Convolution(kernel=kernel.tolist(), flip=True).apply(pixels)
    typed = Convolution(kernel=kernel[::-1, ::-1].tolist()).apply(pixels)
    np.testing.assert_array_equal(turned, typed)


def test_scale_and_offset():
    pixels = noise((8, 9, 1), "uint8")
    out = Convolution(kernel="laplacian", scale=0.5, offset=128).apply(pixels)
    laplacian = ndimage.laplace(pixels[..., 0].astype(float), mode="mirror")
    np.testing.assert_array_equal(out[..., 0], 128 + laplacian / 2)


@pytest.mark.parametrize("name", PRESETS)
def test_automatic_keeps_the_depth_only_where_nothing_is_cut(name):
    blurs = name in ("identity", "box-3", "gaussian-3", "gaussian-5")
    for dtype in ("uint8", "uint16"):
        pixels = noise((9, 9, 3), dtype)
        out = Convolution(kernel=name).apply(pixels)
        assert out.dtype == (dtype if blurs else "float32")
        exact = per_channel(
            ndimage.correlate, pixels.astype(float), PRESETS[name].kernel, mode="mirror"
        )
        np.testing.assert_allclose(out, exact, atol=0.5 if blurs else 1e-3)


@pytest.mark.parametrize(
    "settings", [{"scale": 1.01}, {"scale": -1}, {"offset": 1}, {"result": "float"}]
)
def test_automatic_leaves_the_depth_where_a_sum_could_leave_the_range(settings):
    out = Convolution(**{"kernel": "box-3", **settings}).apply(noise((5, 5, 1), "uint8"))
    assert out.dtype == np.float32


def test_same_depth_rounds_and_cuts():
    pixels = noise((30, 30, 1), "uint8")
    same = Convolution(kernel="sharpen", result="same").apply(pixels)
    free = Convolution(kernel="sharpen", result="float").apply(pixels)
    assert free.min() < 0
    assert free.max() > 255
    np.testing.assert_array_equal(same, np.rint(free).clip(0, 255))


@pytest.mark.parametrize("shape", [(1, 1), (1, 5), (2, 1), (3, 3)])
@pytest.mark.parametrize("border", [*SCIPY])
def test_a_picture_smaller_than_the_kernel(shape, border):
    pixels = noise((*shape, 1), "uint16")
    kernel = np.random.default_rng(3).integers(-3, 4, (9, 10))
    ours = Convolution(kernel=kernel.tolist(), border=border, result="float").apply(pixels)
    theirs = per_channel(ndimage.correlate, pixels.astype(float), kernel, mode=SCIPY[border])
    np.testing.assert_allclose(ours, theirs)


def test_words_name_a_preset_and_its_size():
    assert Convolution(kernel="sobel x").words == "Sobel x, 3 × 3"
    assert Convolution(kernel="gaussian-5").words == "Gaussian, 5 × 5"
    assert Convolution(kernel="1 2 3").words == "Own kernel, 1 × 3"
