import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from studio.errors import SettingError
from studio.filters.arithmetic import explain
from studio.filters.correlation import passes
from studio.filters.cutting import Box
from studio.filters.evaluation import Evaluation
from studio.filters.linear import Convolution
from studio.filters.presets import PRESETS

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
    """Bytes as OpenCV makes them of bytes; all else as it makes floating point of it."""
    kernel = np.random.default_rng(1).normal(size=side) / np.sqrt(side[0] * side[1])
    for channels in (1, 3):
        pixels = noise((41, 67, channels), dtype)
        for result in ("same", "float"):
            ours = Convolution(kernel=kernel.tolist(), border=border, result=result)
            in_bytes = dtype == "uint8" and result == "same" and kernel.size < 130
            source = pixels if in_bytes else pixels.astype(np.float32)
            theirs = cv2.filter2D(source, -1, kernel, borderType=BORDERS[border])
            if result == "same" and dtype != "float32" and not in_bytes:
                theirs = np.rint(theirs).clip(0, np.iinfo(dtype).max).astype(dtype)
            out = ours.apply(pixels)
            assert out.shape == pixels.shape
            assert out.dtype == theirs.dtype
            assert out.tobytes() == theirs.tobytes()


@pytest.mark.parametrize("side", [(7, 7), (8, 9), (31, 3), (63, 63)])
@pytest.mark.parametrize("border", BORDERS)
@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
def test_a_kernel_in_two_passes_equals_scipy(side, border, dtype):
    """A row and a column one after the other, against the plain sum in 64 bits."""
    random = np.random.default_rng(2)
    kernel = np.outer(random.random(side[0]), random.normal(size=side[1]))
    kernel /= np.abs(kernel).sum()
    assert len(passes(kernel)) == 2
    pixels = noise((41, 67, 3), dtype)
    exact = per_channel(ndimage.correlate, pixels.astype(float), kernel, mode=SCIPY[border])
    white = np.iinfo(dtype).max if dtype != "float32" else 1
    out = Convolution(kernel=kernel.tolist(), border=border, result="float").apply(pixels)
    np.testing.assert_allclose(out, exact, atol=2e-7 * white)
    kept = Convolution(kernel=kernel.tolist(), border=border, result="same").apply(pixels)
    if dtype != "float32":
        assert kept.dtype == dtype
        off = np.abs(kept - exact.clip(0, white))
        assert off.max() <= 0.5 + 2e-7 * white
        np.testing.assert_array_equal(kept, np.rint(out).clip(0, white))


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


@pytest.mark.parametrize("border", [*SCIPY, "constant", "valid"])
@pytest.mark.parametrize("channels", [1, 3])
@settings(max_examples=12, deadline=None)
@given(
    st.tuples(st.integers(1, 8), st.integers(1, 8)),
    st.integers(1, 16),
    st.integers(1, 16),
    st.booleans(),
    st.sampled_from(["uint8", "uint16"]),
    st.data(),
)
def test_stride_dilation_and_anchor(border, channels, side, dilation, stride, flip, dtype, data):
    """Against a plain loop over the weights; whole weights have one right answer."""
    kernel = np.random.default_rng(side[0] + 9 * side[1]).integers(-9, 10, side)
    anchor = [data.draw(st.integers(-1, count - 1)) for count in side]
    at = [count // 2 if chosen < 0 else chosen for chosen, count in zip(anchor, side, strict=True)]
    pixels = noise((23, 30, channels), dtype)
    spread = [(count - 1) * dilation for count in side]
    around = [(a * dilation, s - a * dilation) for a, s in zip(at, spread, strict=True)]
    modes = {"mirror": "reflect", "reflect": "symmetric", "replicate": "edge", "wrap": "wrap"}
    if border == "valid":
        padded = pixels.astype(np.int64)
    elif border in modes:
        padded = np.pad(pixels.astype(np.int64), [*around, (0, 0)], modes[border])
    else:
        value = 77 if border == "constant" else 0
        padded = np.pad(pixels.astype(np.int64), [*around, (0, 0)], constant_values=value)
    filtering = Convolution(
        kernel=kernel.tolist(),
        flip=flip,
        dilation=dilation,
        stride=stride,
        anchor_row=anchor[0],
        anchor_column=anchor[1],
        border=border,
        border_value=77,
        result="float",
    )
    height, width = padded.shape[0] - spread[0], padded.shape[1] - spread[1]
    if height < 1 or width < 1:
        with pytest.raises(SettingError, match="doesn't fit"):
            filtering.apply(pixels)
        return
    lying = kernel[::-1, ::-1] if flip else kernel
    want = np.zeros((height, width, channels), np.int64)
    for (i, j), weight in np.ndenumerate(lying):
        y, x = i * dilation, j * dilation
        want += weight * padded[y : y + height, x : x + width]
    want = want[::stride, ::stride]
    out = filtering.apply(pixels)
    assert out.shape == want.shape == (*filtering.size(23, 30), channels)
    np.testing.assert_allclose(out, want, rtol=1e-6, atol=1e-7 * 65535 * np.abs(kernel).sum())
    y, x = out.shape[0] - 1, 0
    shown = explain(filtering, pixels, out, y, x)
    if shown is not None:
        assert shown.exact == want[y, x, 0]
        assert shown.taps.sum() == kernel.size


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
def test_large_kernels_in_pieces(dtype):
    """Where OpenCV takes Fourier transforms, a few last bits depend on the piece."""
    kernel = np.random.default_rng(4).random((31, 31))
    filtering = Convolution(kernel=(kernel / kernel.sum()).tolist(), result="same")
    pixels = noise((150, 211, 3), dtype)
    evaluation = Evaluation((filtering,), pixels)
    whole = evaluation.whole().astype(np.float64)
    for box in (Box(0, 40, 0, 211), Box(40, 150, 100, 211), Box(60, 61, 3, 4)):
        part = whole[box.top : box.bottom, box.left : box.right]
        off = np.abs(evaluation.get(box) - part)
        if dtype == "float32":
            assert off.max() < 1e-6
        else:
            assert off.max() <= 1
            assert np.count_nonzero(off) <= 1


def test_too_wide_a_window_is_refused_at_the_dilation():
    assert Convolution(kernel=[[1] * 18], dilation=14).reach.left == 126
    with pytest.raises(SettingError, match="256 pixels, and at most 255") as caught:
        Convolution.build({"kernel": [[1] * 18], "dilation": 15})
    assert caught.value.field == "dilation"
    with pytest.raises(SettingError) as caught:
        Convolution(dilation=16).change(kernel=[[1] * 63])
    assert caught.value.field == "dilation"


def test_an_anchor_outside_the_kernel_is_refused():
    for name, kernel in (("anchor_row", "1 2 3; 4 5 6"), ("anchor_column", "1 2; 3 4; 5 6")):
        with pytest.raises(SettingError, match="are 0 to 1, and −1 is the middle") as caught:
            Convolution.build({"kernel": kernel, name: 2})
        assert caught.value.field == name


def test_words_name_a_preset_and_its_size():
    assert Convolution(kernel="sobel x").words == "Sobel x, 3 × 3"
    assert Convolution(kernel="gaussian-5").words == "Gaussian, 5 × 5"
    assert Convolution(kernel="1 2 3").words == "Own kernel, 1 × 3"
    assert Convolution(kernel="gabor").words == "Gabor, 21 × 21"
    assert Convolution(stride=2, dilation=3).words == "Box, 3 × 3, stride 2, dilation 3"
