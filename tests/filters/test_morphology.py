import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage
from skimage import morphology as skimage

from studio.filters import FILTERS
from studio.filters.arithmetic import explain
from studio.filters.morphology import Close, Dilate, Erode, MorphologicalGradient, Open
from studio.filters.shapes import shape_mask

NUMPY = {"mirror": "reflect", "reflect": "symmetric", "replicate": "edge", "wrap": "wrap"}
NUMPY |= {"zero": "constant", "constant": "constant"}
STEPS = {
    "erode": (ndimage.grey_erosion,),
    "dilate": (ndimage.grey_dilation,),
    "open": (ndimage.grey_erosion, ndimage.grey_dilation),
    "close": (ndimage.grey_dilation, ndimage.grey_erosion),
    "morphological_gradient": (),
}
OPENCV = {
    "open": cv2.MORPH_OPEN,
    "close": cv2.MORPH_CLOSE,
    "morphological_gradient": cv2.MORPH_GRADIENT,
}


def noise(shape, dtype, seed=0):
    values = np.random.default_rng(seed).random(shape)
    return (values * {"uint8": 255, "uint16": 65535, "float32": 1}[dtype]).astype(dtype)


def by_scipy(kind, pixels, mask, border, value):
    """Each step on a picture with NumPy's border around it: SciPy's fails beyond small pictures."""
    radius, mode = len(mask) // 2, NUMPY[border]
    constant = {"constant_values": value} if mode == "constant" else {}

    def over(function, plane):
        wide = np.pad(plane, radius, mode=mode, **constant)
        return function(wide, footprint=mask)[radius:-radius, radius:-radius]

    def done(plane):
        if kind == "morphological_gradient":
            return over(ndimage.maximum_filter, plane) - over(ndimage.minimum_filter, plane)
        for function in STEPS[kind]:
            plane = over(function, plane)
        return plane

    return np.stack([done(pixels[..., c]) for c in range(pixels.shape[2])], axis=-1)


@pytest.mark.parametrize("radius", [1, 2, 5, 63])
def test_the_shapes_are_those_of_scikit_image(radius):
    np.testing.assert_array_equal(shape_mask("disc", radius), skimage.disk(radius))
    side = 2 * radius + 1
    np.testing.assert_array_equal(shape_mask("square", radius), np.ones((side, side)))
    cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (side, side))
    np.testing.assert_array_equal(shape_mask("cross", radius), cross)


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_equals_scipy(data):
    kind = data.draw(st.sampled_from(sorted(STEPS)))
    shape = data.draw(st.sampled_from(("square", "cross", "disc")))
    radius = data.draw(st.integers(1, 12))
    border = data.draw(st.sampled_from(sorted(NUMPY)))
    dtype = data.draw(st.sampled_from(("uint8", "uint16", "float32")))
    size = data.draw(st.integers(1, 12)), data.draw(st.integers(1, 40))
    pixels = noise((*size, data.draw(st.sampled_from((1, 3)))), dtype)
    values = {"shape": shape, "radius": radius, "border": border, "border_value": 0.0}
    if border == "constant":
        values["border_value"] = 0.5 if dtype == "float32" else 77
    ours = FILTERS[kind](**values).apply(pixels)
    mask = shape_mask(shape, radius)
    theirs = by_scipy(kind, pixels, mask, border, values["border_value"])
    assert ours.dtype == dtype
    np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("kind", sorted(OPENCV))
@pytest.mark.parametrize("shape", ["square", "cross", "disc"])
@pytest.mark.parametrize("radius", [1, 12])
def test_the_border_is_that_of_opencv_by_default(kind, shape, radius):
    """OpenCV leaves out what lies beyond the edge, which is the same as repeating the edge."""
    pixels = noise((40, 50, 3), "uint8")
    mask = shape_mask(shape, radius).astype(np.uint8)
    ours = FILTERS[kind](shape=shape, radius=radius).apply(pixels)
    np.testing.assert_array_equal(ours, cv2.morphologyEx(pixels, OPENCV[kind], mask))


@pytest.mark.parametrize("shape", ["square", "cross", "disc"])
@pytest.mark.parametrize("kind", ["erode", "dilate"])
def test_the_largest_radius(shape, kind):
    pixels = noise((140, 150, 1), "uint8")
    ours = FILTERS[kind](shape=shape, radius=63).apply(pixels)
    mask = shape_mask(shape, 63).astype(np.uint8)
    theirs = getattr(cv2, kind)(pixels[..., 0], mask)
    np.testing.assert_array_equal(ours[..., 0], theirs)


@pytest.mark.parametrize("kind", sorted(STEPS))
def test_valid_is_the_inside_of_the_whole(kind):
    pixels = noise((30, 31, 1), "uint16")
    whole, inside = (
        FILTERS[kind](shape="disc", radius=3, border=border).apply(pixels)
        for border in ("mirror", "valid")
    )
    cut = (len(whole) - len(inside)) // 2
    assert cut == (6 if kind in ("open", "close") else 3)
    np.testing.assert_array_equal(inside, whole[cut:-cut, cut:-cut])


@pytest.mark.parametrize("shape", ["square", "cross", "disc"])
def test_opening_and_closing_are_what_they_should_be(shape):
    pixels = noise((60, 70, 1), "uint8")
    opened, closed = Open(shape=shape, radius=2), Close(shape=shape, radius=2)
    once = opened.apply(pixels)
    assert (once <= pixels).all()
    assert (closed.apply(pixels) >= pixels).all()
    np.testing.assert_array_equal(opened.apply(once), once)
    np.testing.assert_array_equal(255 - closed.apply(255 - pixels), once)


def test_a_speck_goes_and_a_square_stays():
    pixels = np.zeros((20, 20, 1), np.uint8)
    pixels[2, 2] = 255
    pixels[8:13, 8:13] = 255
    opened = Open(radius=1).apply(pixels)
    assert not opened[2, 2]
    np.testing.assert_array_equal(opened[7:14, 7:14], pixels[7:14, 7:14])
    assert Dilate(radius=1).apply(pixels).sum() == 255 * (9 + 49)
    assert Erode(radius=1).apply(pixels).sum() == 255 * 9
    edge = MorphologicalGradient(radius=1).apply(pixels)
    assert edge[10, 10] == 0
    assert edge[10, 12] == 255


@pytest.mark.parametrize("kind", sorted(STEPS))
@pytest.mark.parametrize("shape", ["square", "cross", "disc"])
@pytest.mark.parametrize("border", [*NUMPY, "valid"])
def test_the_arithmetic_ends_in_the_value(kind, shape, border):
    pixels = noise((14, 15, 3), "uint8")
    made = FILTERS[kind](shape=shape, radius=2, border=border, border_value=60.7)
    result = made.apply(pixels)
    height, width = result.shape[:2]
    for y, x in ((0, 0), (1, width - 1), (height - 1, 3), (4, 5)):
        shown = explain(made, pixels, result, y, x, channel=1)
        assert shown.exact == shown.stored
        if kind in ("erode", "dilate"):
            assert shown.window[shown.ranks == shown.working.place].tolist() == [shown.stored]
