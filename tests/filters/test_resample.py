import cv2
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import ndimage
from skimage.measure import block_reduce

from studio.errors import SettingError
from studio.filters import FILTERS
from studio.filters.arithmetic import explain
from studio.filters.pooling import MaxPool, MeanPool
from studio.filters.resample import Padding, Stride

NUMPY = {"mirror": "reflect", "reflect": "symmetric", "replicate": "edge", "wrap": "wrap"}
NUMPY |= {"zero": "constant", "constant": "constant"}


def noise(shape, dtype, seed=0):
    values = np.random.default_rng(seed).random(shape)
    return (values * {"uint8": 255, "uint16": 65535, "float32": 1}[dtype]).astype(dtype)


def by_torch(name, pixels, *args, **settings):
    """A pooling of torch on height x width x channels, in float64."""
    functional = pytest.importorskip("torch.nn.functional")
    import torch

    planes = torch.from_numpy(pixels.astype(np.float64)).permute(2, 0, 1)[None]
    return getattr(functional, name)(planes, *args, **settings)[0].permute(1, 2, 0).numpy()


def padded(pixels, pad, border, value=0):
    mode = NUMPY[border]
    constant = {"constant_values": value} if mode == "constant" else {}
    return np.pad(pixels, ((pad, pad), (pad, pad), (0, 0)), mode=mode, **constant)


@st.composite
def pools(draw):
    window = draw(st.integers(1, 9))
    return {
        "window": window,
        "stride": draw(st.integers(0, 5)),
        "pad": draw(st.integers(0, window // 2)),
    }


def picture(data, dtypes=("uint8", "uint16", "float32")):
    height, width = data.draw(st.integers(1, 20)), data.draw(st.integers(1, 90))
    shape = (height, width, data.draw(st.sampled_from((1, 3))))
    return noise(shape, data.draw(st.sampled_from(dtypes)), data.draw(st.integers(0, 9)))


def fitting(made, pixels):
    try:
        return made.size(*pixels.shape[:2])
    except SettingError:
        assume(False)


@settings(max_examples=60, deadline=None)
@given(pools(), st.integers(1, 4), st.data())
def test_max_pooling_is_that_of_torch(pool, dilation, data):
    pixels = picture(data)
    if pixels.dtype.kind == "f":
        pixels -= 0.5
    made = MaxPool(**pool, dilation=dilation)
    size = fitting(made, pixels)
    step = pool["stride"] or pool["window"]
    theirs = by_torch("max_pool2d", pixels, pool["window"], step, pool["pad"], dilation)
    ours = made.apply(pixels)
    assert ours.dtype == pixels.dtype
    assert ours.shape[:2] == size
    np.testing.assert_array_equal(ours, theirs)


@settings(max_examples=40, deadline=None)
@given(pools(), st.data())
def test_without_dilation_ignoring_the_padding_is_repeating_the_edge(pool, data):
    pixels = picture(data)
    ignored, repeated = (MaxPool(**pool, border=border) for border in ("ignored", "replicate"))
    fitting(ignored, pixels)
    np.testing.assert_array_equal(ignored.apply(pixels), repeated.apply(pixels))


@settings(max_examples=60, deadline=None)
@given(pools(), st.data())
def test_mean_pooling_is_that_of_torch(pool, data):
    pixels = picture(data)
    made = MeanPool(**pool)
    fitting(made, pixels)
    step = pool["stride"] or pool["window"]
    theirs = by_torch("avg_pool2d", pixels, pool["window"], step, pool["pad"])
    ours = made.apply(pixels)
    assert ours.dtype == pixels.dtype
    if pixels.dtype.kind == "u":
        assert np.abs(ours - theirs).max() <= 0.5 + 1e-9
    else:
        np.testing.assert_allclose(ours, theirs, rtol=1e-6)


@pytest.mark.parametrize("border", NUMPY)
@pytest.mark.parametrize(("kind", "best"), [("max_pool", np.max), ("mean_pool", np.mean)])
@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
def test_borders_are_those_of_numpy(border, kind, best, dtype):
    pixels = noise((11, 13, 3), dtype)
    value = 0.25 if dtype == "float32" else 200
    values = {"window": 5, "stride": 3, "pad": 2, "border": border, "border_value": value}
    around = padded(pixels, 2, border, value if border == "constant" else 0).astype(np.float64)
    windows = np.lib.stride_tricks.sliding_window_view(around, (5, 5), (0, 1))[::3, ::3]
    theirs = best(windows, axis=(-2, -1))
    if dtype != "float32":
        theirs = np.rint(theirs)
    ours = FILTERS[kind](**values).apply(pixels)
    np.testing.assert_allclose(ours, theirs, rtol=1e-6)


@pytest.mark.parametrize("side", [2, 3, 7, 16])
@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
def test_windows_side_by_side_are_blocks(side, dtype):
    pixels = noise((16 * 3, 16 * 5, 3), dtype)[: side * 3, : side * 5]
    blocks = (side, side, 1)
    np.testing.assert_array_equal(
        MaxPool(window=side).apply(pixels), block_reduce(pixels, blocks, np.max)
    )
    mean = block_reduce(pixels.astype(np.float64), blocks, np.mean)
    ours = MeanPool(window=side).apply(pixels)
    np.testing.assert_allclose(ours, mean if dtype == "float32" else np.rint(mean), rtol=1e-6)


def test_halves_of_a_mean_are_rounded_to_even():
    pixels = np.array([[[0], [1], [1], [2], [2], [3]]], np.uint8).repeat(2, axis=0)
    np.testing.assert_array_equal(MeanPool(window=2).apply(pixels)[0, :, 0], [0, 2, 2])


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
def test_the_largest_window(dtype):
    pixels = noise((70, 75, 1), dtype)
    largest = ndimage.maximum_filter(pixels, (63, 63, 1))[31:-31, 31:-31][::4, ::4]
    np.testing.assert_array_equal(MaxPool(window=63, stride=4).apply(pixels), largest)
    mean = ndimage.uniform_filter(pixels.astype(np.float64), (63, 63, 1))[31:-31, 31:-31][::4, ::4]
    ours = MeanPool(window=63, stride=4).apply(pixels)
    if dtype == "float32":
        np.testing.assert_allclose(ours, mean, rtol=1e-6)
    else:
        np.testing.assert_array_equal(ours, np.rint(mean))


@pytest.mark.parametrize("offset", [0, 1, 5])
@pytest.mark.parametrize("stride", [1, 2, 3, 16])
def test_stride_is_a_slice(stride, offset):
    pixels = noise((23, 150, 3), "uint16")
    ours = Stride(stride=stride, offset=offset).apply(pixels)
    np.testing.assert_array_equal(ours, pixels[offset::stride, offset::stride])


@pytest.mark.parametrize("border", NUMPY)
@pytest.mark.parametrize("shape", [(9, 130, 3), (1, 1, 1), (2, 5, 1)])
def test_padding_is_that_of_numpy(border, shape):
    pixels = noise(shape, "uint8")
    sides = {"top": 3, "bottom": 0, "left": 7, "right": 256}
    constant = (
        {"constant_values": 9 * (border == "constant")} if NUMPY[border] == "constant" else {}
    )
    theirs = np.pad(pixels, ((3, 0), (7, 256), (0, 0)), mode=NUMPY[border], **constant)
    ours = Padding(sides="each", **sides, border=border, border_value=9).apply(pixels)
    np.testing.assert_array_equal(ours, theirs)


def test_padding_of_one_number_goes_all_round():
    pixels = noise((4, 5, 1), "float32")
    ours = Padding(pad=2).apply(pixels)
    np.testing.assert_array_equal(ours, cv2.copyMakeBorder(pixels, 2, 2, 2, 2, 0)[..., None])


@pytest.mark.parametrize(
    ("kind", "values", "height", "width"),
    [
        (
            "max_pool",
            {},
            "⌊(600 + 2·0 − 1·(2 − 1) − 1)/2⌋ + 1 = 300",
            "⌊(401 + 2·0 − 1·(2 − 1) − 1)/2⌋ + 1 = 200",
        ),
        (
            "max_pool",
            {"window": 3, "stride": 2, "pad": 1, "dilation": 3},
            "⌊(600 + 2·1 − 3·(3 − 1) − 1)/2⌋ + 1 = 298",
            "⌊(401 + 2·1 − 3·(3 − 1) − 1)/2⌋ + 1 = 199",
        ),
        (
            "padding",
            {"sides": "each", "top": 4, "left": 1, "right": 2},
            "⌊(600 + 4 − 1·(1 − 1) − 1)/1⌋ + 1 = 604",
            "⌊(401 + 1 + 2 − 1·(1 − 1) − 1)/1⌋ + 1 = 404",
        ),
        (
            "stride",
            {"stride": 3, "offset": 2},
            "⌊(600 − 2 − 1·(1 − 1) − 1)/3⌋ + 1 = 200",
            "⌊(401 − 2 − 1·(1 − 1) − 1)/3⌋ + 1 = 133",
        ),
        (
            "median",
            {"radius": 2, "border": "valid"},
            "⌊(600 + 2·0 − 1·(5 − 1) − 1)/1⌋ + 1 = 596",
            "⌊(401 + 2·0 − 1·(5 − 1) − 1)/1⌋ + 1 = 397",
        ),
    ],
)
def test_the_size_formula_with_its_numbers(kind, values, height, width):
    made = FILTERS[kind](**values)
    assert made.size_words(600, 401) == (height, width)
    assert made.apply(np.zeros((600, 401, 1), np.uint8)).shape == (
        int(height.split()[-1]),
        int(width.split()[-1]),
        1,
    )


@pytest.mark.parametrize(
    ("kind", "values", "field", "message"),
    [
        ("max_pool", {"window": 9}, "window", "9 × 9 doesn't fit into a picture of 8 × 20"),
        ("mean_pool", {"window": 4, "pad": 3}, "pad", "more than half the window of 4"),
        ("max_pool", {"window": 2, "pad": 1, "dilation": 9}, "dilation", "steps over the whole"),
        ("stride", {"offset": 8}, "offset", "leaves nothing of a picture of 8 × 20"),
    ],
)
def test_an_impossible_size_names_its_field(kind, values, field, message):
    made = FILTERS[kind](**values)
    for sizes in (made.size, made.size_words):
        with pytest.raises(SettingError, match=message) as caught:
            sizes(8, 20)
        assert caught.value.field == field


@pytest.mark.parametrize("dtype", ["uint8", "float32"])
@pytest.mark.parametrize("y", [0, 2, 4])
@pytest.mark.parametrize("border", ["ignored", "mirror"])
def test_the_arithmetic_of_max_pooling(dtype, y, border):
    pixels = noise((9, 11, 3), dtype)
    made = MaxPool(window=3, stride=2, pad=1, dilation=2, border=border)
    result = made.apply(pixels)
    shown = explain(made, pixels, result, min(y, len(result) - 1), 0, channel=1)
    assert shown.exact == shown.stored
    assert shown.ranks is not None
    taken = shown.ranks == shown.working.place
    assert shown.window[taken].tolist() == [shown.stored]
    assert not shown.taps[1::2].any()
    assert not shown.taps[:, 1::2].any()
    if border == "ignored":
        assert not (shown.taps & shown.invented).any()


def test_the_arithmetic_of_mean_pooling():
    pixels = noise((9, 11, 1), "uint8")
    made = MeanPool(window=3, pad=1)
    result = made.apply(pixels)
    shown = explain(made, pixels, result, 0, 0)
    assert shown.working.terms[0].total == pixels[:2, :2].sum()
    assert shown.exact == pixels[:2, :2].sum() / 9
    assert shown.stored == np.rint(shown.exact)


def test_the_arithmetic_of_single_pixels():
    pixels = noise((9, 11, 1), "uint8")
    made = Stride(stride=2, offset=1)
    shown = explain(made, pixels, made.apply(pixels), 2, 3)
    assert shown.exact == shown.stored == pixels[5, 7, 0]
    made = Padding(pad=2, border="constant", border_value=7)
    result = made.apply(pixels)
    assert explain(made, pixels, result, 0, 5).working.lines == (("From the border", 7.0),)
    assert explain(made, pixels, result, 2, 2).exact == pixels[0, 0, 0]
