import cv2
import numpy as np
import pytest
from scipy import ndimage

from studio.filters.rank import Maximum, Median, Minimum, Percentile

SCIPY = {"mirror": "mirror", "reflect": "reflect", "replicate": "nearest"}
SCIPY |= {"wrap": "wrap", "zero": "constant", "constant": "constant"}


def noise(shape, dtype, seed=0):
    values = np.random.default_rng(seed).random(shape)
    full = np.iinfo(dtype).max if np.dtype(dtype).kind == "u" else 1
    return (values * full).astype(dtype)


@pytest.mark.parametrize("radius", [1, 2, 3, 7, 20, 63])
@pytest.mark.parametrize("channels", [1, 3])
def test_equals_opencv_on_8_bits(radius, channels):
    pixels = noise((45, 52, channels), "uint8")
    theirs = cv2.medianBlur(pixels, 2 * radius + 1).reshape(pixels.shape)
    ours = Median(radius=radius).apply(pixels)
    assert ours.dtype == np.uint8
    np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("radius", [1, 2])
@pytest.mark.parametrize("dtype", ["uint16", "float32"])
def test_equals_opencv_on_more_bits(radius, dtype):
    pixels = noise((31, 33, 3), dtype)
    ours = Median(radius=radius).apply(pixels)
    assert ours.dtype == dtype
    np.testing.assert_array_equal(ours, cv2.medianBlur(pixels, 2 * radius + 1))


@pytest.mark.parametrize("radius", [1, 2, 3, 5])
@pytest.mark.parametrize("border", SCIPY)
@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
def test_equals_scipy_with_every_border(radius, border, dtype):
    pixels = noise((12, 15, 3), dtype)
    side = 2 * radius + 1
    theirs = ndimage.median_filter(pixels, (side, side, 1), mode=SCIPY[border])
    np.testing.assert_array_equal(Median(radius=radius, border=border).apply(pixels), theirs)


@pytest.mark.parametrize("border", SCIPY)
@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
@pytest.mark.parametrize("shape", [(12, 15, 3), (1, 1, 1), (1, 9, 3)])
@pytest.mark.parametrize(
    ("filtering", "scipy"),
    [
        (Minimum(radius=2), lambda *given, **more: ndimage.minimum_filter(*given, **more)),
        (Maximum(radius=3), lambda *given, **more: ndimage.maximum_filter(*given, **more)),
        *(
            (
                Percentile(radius=2, percent=percent),
                lambda *given, percent=percent, **more: ndimage.percentile_filter(
                    given[0], percent, *given[1:], **more
                ),
            )
            for percent in (0, 10, 50, 97.5, 100)
        ),
    ],
)
def test_other_ranks_equal_scipy(filtering, scipy, border, dtype, shape):
    pixels = noise(shape, dtype)
    value = 3 if border == "constant" else 0
    side = filtering.side
    theirs = scipy(pixels, (side, side, 1), mode=SCIPY[border], cval=value)
    ours = filtering.change(border=border, border_value=value).apply(pixels)
    assert ours.dtype == dtype
    np.testing.assert_array_equal(ours, theirs)


def test_fifty_percent_is_the_median():
    pixels = noise((40, 50, 3), "uint8")
    for radius in (1, 4, 15):
        half = Percentile(radius=radius, percent=50).apply(pixels)
        np.testing.assert_array_equal(half, Median(radius=radius).apply(pixels))


def test_valid_is_the_inside_of_the_whole():
    pixels = noise((20, 21, 1), "uint16")
    whole, inside = (Median(radius=3, border=b).apply(pixels) for b in ("mirror", "valid"))
    np.testing.assert_array_equal(inside, whole[3:-3, 3:-3])


def test_a_lone_wrong_pixel_disappears():
    pixels = np.full((9, 9, 1), 70, np.uint8)
    pixels[4, 4] = 255
    assert (Median(radius=1).apply(pixels) == 70).all()
