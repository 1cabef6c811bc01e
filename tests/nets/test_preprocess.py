import io

import cv2
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from torchvision.transforms import v2

from studio.declare import SettingError
from studio.errors import PictureError
from studio.image.picture import Picture
from studio.nets import Size
from studio.nets.preprocess import Frame, Preprocessing


def rgb(height, width, dtype=np.uint8):
    """A smooth picture that fills the range of its depth."""
    small = np.random.default_rng(5).random((4, 5, 3))
    values = np.clip(cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC), 0, 1)
    if dtype == np.float32:
        return Picture(values.astype(np.float32))
    return Picture(np.round(values * np.iinfo(dtype).max).astype(dtype))


def noise(*shape):
    return np.random.default_rng(6).integers(0, 256, shape, np.uint8)


def plain(size, channels=3, **others):
    ones = {"mean": (0.0,) * channels, "std": (1.0,) * channels}
    return Preprocessing(size=size, channels=channels, **(ones | others))


def test_the_right_size_goes_through_unchanged():
    picture = rgb(12, 20)
    values = plain((12, 20)).apply(picture)
    assert values.dtype == np.float32
    assert values.flags.c_contiguous
    np.testing.assert_array_equal(values, torch.from_numpy(picture.pixels).permute(2, 0, 1) / 255)


@pytest.mark.parametrize("resize", ["fit", "crop", "stretch"])
@pytest.mark.parametrize("shape", [(90, 60), (11, 40), (32, 32), (1, 100), (3, 2)])
@pytest.mark.parametrize("channels", [1, 3])
def test_any_picture_becomes_the_input(resize, shape, channels):
    preprocessing = plain((24, 32), channels, resize=resize)
    assert preprocessing.output == Size(channels, 24, 32)
    for picture in (rgb(*shape), Picture(rgb(*shape).pixels[..., :1])):
        values = preprocessing.apply(picture)
        assert values.shape == (channels, 24, 32)
        assert 0 <= values.min() <= values.max() <= 1


@pytest.mark.parametrize("resize", ["crop", "stretch"])
def test_close_to_torchvision(resize):
    """Its antialiased resizing weighs a little more than the area: five levels at most."""
    picture = rgb(120, 200)
    tensor = torch.from_numpy(picture.pixels).permute(2, 0, 1)
    theirs = {
        "crop": v2.Compose([v2.Resize(40), v2.CenterCrop(40)]),
        "stretch": v2.Resize((40, 40)),
    }[resize](tensor)
    ours = plain((40, 40), resize=resize).apply(picture)
    assert np.abs(ours * 255 - theirs.numpy()).max() <= 5


def test_shrinking_is_by_area():
    picture = Picture(noise(12, 18, 3))
    means = picture.pixels.reshape(4, 3, 6, 3, 3).mean((1, 3))
    values = plain((4, 6)).apply(picture)
    np.testing.assert_allclose(values * 255, means.transpose(2, 0, 1), atol=0.501)


def test_one_axis_may_shrink_while_the_other_grows():
    pixels = np.repeat(np.array([[[10.0], [30.0]]], np.float32), 8, axis=0) / 255
    values = plain((4, 6), 1, resize="stretch").apply(Picture(pixels)) * 255
    centres = (np.arange(6) + 0.5) / 3 - 0.5
    np.testing.assert_allclose(values[0, 0], np.interp(centres, [0, 1], [10, 30]), atol=1e-4)
    np.testing.assert_allclose(values[0], np.repeat(values[0, :1], 4, axis=0))


@pytest.mark.parametrize("dtype", [np.uint16, np.float32])
def test_the_depth_does_not_matter(dtype):
    deep = rgb(50, 70, dtype)
    full = 1.0 if dtype == np.float32 else 65535
    shallow = Picture(np.round(deep.pixels / full * 255).astype(np.uint8))
    preprocessing = plain((20, 20))
    difference = np.abs(preprocessing.apply(deep) - preprocessing.apply(shallow))
    assert difference.max() * 255 < 1.01


def test_grey_is_the_luma_of_pillow():
    picture = Picture(noise(16, 16, 3))
    pillow = np.asarray(Image.fromarray(picture.pixels).convert("L"), np.float32)
    values = plain((16, 16), 1).apply(picture)[0] * 255
    np.testing.assert_allclose(values, pillow, atol=0.51)


def test_grey_into_three_channels():
    picture = Picture(rgb(16, 16).pixels[..., 1:2])
    values = plain((16, 16)).apply(picture)
    assert (values == values[0]).all()


def test_normalised_like_torchvision():
    picture = rgb(16, 16)
    mean, std = (0.49, 0.48, 0.45), (0.25, 0.24, 0.26)
    theirs = v2.Normalize(mean, std)(torch.from_numpy(plain((16, 16)).apply(picture)))
    ours = Preprocessing(size=(16, 16), mean=mean, std=std).apply(picture)
    np.testing.assert_allclose(ours, theirs, atol=1e-6)


@pytest.mark.parametrize("channels", [1, 3])
def test_a_batch_is_each_picture(channels):
    pictures = noise(5, 8, 9, channels)
    preprocessing = Preprocessing(
        size=(8, 9), channels=channels, mean=(0.2, 0.3, 0.4)[:channels], std=(0.5,) * channels
    )
    batch = preprocessing.batch_from_bytes(pictures)
    assert batch.dtype == np.float32
    assert batch.flags.c_contiguous
    each = [preprocessing.apply(Picture(pixels)) for pixels in pictures]
    np.testing.assert_array_equal(batch, each)


def test_a_batch_of_another_size_is_refused():
    with pytest.raises(PictureError, match=r"28 × 28 × 1 .* not 32 × 32 × 3"):
        Preprocessing().batch_from_bytes(np.zeros((2, 28, 28, 1), np.uint8))


def digit(ground, ink):
    pixels = np.full((40, 30, 1), ground, np.uint8)
    pixels[10:30, 12:18] = ink
    return Picture(pixels)


@pytest.mark.parametrize("resize", ["fit", "crop", "stretch"])
def test_dark_ink_becomes_light_ink(resize):
    preprocessing = plain((28, 28), 1, ink="light", resize=resize)
    dark_ink, light_ink = digit(235, 20), digit(20, 235)
    np.testing.assert_allclose(
        preprocessing.apply(dark_ink), preprocessing.apply(light_ink), atol=1e-6
    )
    assert np.median(preprocessing.apply(dark_ink)) < 0.1
    assert preprocessing.apply(dark_ink)[0, 14, 14] > 0.9
    as_is = preprocessing.change(ink="as_is").apply(dark_ink)[0]
    assert as_is[14, 14] < 0.1
    assert as_is[14, 7] > 0.9


def test_the_added_border_is_the_ground_of_the_ink():
    fitted = plain((28, 28), 1, ink="light", resize="fit").apply(digit(235, 20))
    np.testing.assert_allclose(fitted[0, :, :3], 20 / 255, atol=1e-6)


def test_the_added_border_is_the_mean():
    mean = (0.2, 0.4, 0.6)
    fitted = Preprocessing(size=(20, 20), resize="fit", mean=mean).apply(rgb(50, 100))
    assert (fitted[:, :5] == 0).all()
    assert (fitted[:, 15:] == 0).all()
    assert (fitted[:, 5:15] != 0).any(axis=(0, 2)).all()


def test_transparent_pixels_lie_on_white():
    pixels = np.zeros((8, 8, 3), np.uint8)
    alpha = np.zeros((8, 8), np.uint8)
    alpha[2:5, 3:6] = 255
    alpha[6, 6] = 51
    values = plain((8, 8)).apply(Picture(pixels, alpha))
    stored = io.BytesIO()
    Image.fromarray(np.dstack([pixels, alpha])).save(stored, "PNG")
    white = Image.new("RGBA", (8, 8), "white")
    white.alpha_composite(Image.open(stored))
    pillow = np.asarray(white.convert("RGB")).transpose(2, 0, 1)
    np.testing.assert_allclose(values * 255, pillow, atol=0.51)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_values_that_are_no_numbers(bad):
    pixels = np.ones((8, 8, 3), np.float32)
    pixels[3, 3, 1] = bad
    with pytest.raises(PictureError, match=r"a\.tiff has values that are no numbers"):
        Preprocessing(size=(8, 8)).apply(Picture(pixels, name="a.tiff"))


def test_a_picture_without_pixels():
    with pytest.raises(PictureError, match="the picture has no pixels"):
        Preprocessing().apply(Picture(np.zeros((0, 5, 3), np.uint8)))


@pytest.mark.parametrize(
    ("resize", "frame"),
    [
        ("stretch", Frame(0, 0, 60, 100)),
        ("crop", Frame(0, 20, 60, 60)),
        ("fit", Frame(-20, 0, 100, 100)),
    ],
)
def test_the_frame(resize, frame):
    assert plain((30, 30), resize=resize).frame(rgb(60, 100)) == pytest.approx(frame)


@settings(deadline=None, max_examples=60)
@given(
    st.sampled_from(["fit", "crop", "stretch"]),
    st.tuples(st.integers(20, 90), st.integers(20, 90)),
    st.tuples(st.integers(12, 60), st.integers(12, 60)),
    st.data(),
)
def test_a_rectangle_maps_back_onto_what_it_shows(resize, shape, size, data):
    """A bright block in the picture comes out where the frame says, to one pixel."""
    preprocessing = plain(size, 1, resize=resize)
    frame = preprocessing.frame(Picture(np.zeros((*shape, 1), np.uint8)))
    block = 8
    y = data.draw(st.integers(max(0, int(frame.top)), shape[0] - block))
    x = data.draw(st.integers(max(0, int(frame.left)), shape[1] - block))
    pixels = np.zeros((*shape, 1), np.float32)
    pixels[y : y + block, x : x + block] = 1
    values = preprocessing.apply(Picture(pixels))[0]
    down, across = frame.height / size[0], frame.width / size[1]
    rows, columns = np.arange(size[0]) + 0.5, np.arange(size[1]) + 0.5
    centres_y, centres_x = frame.top + rows * down, frame.left + columns * across
    for centres, start, step, axis in ((centres_y, y, down, 1), (centres_x, x, across, 0)):
        lit = values.max(axis=axis) > 0.75
        well_inside = (centres > start + step) & (centres < start + block - step)
        reached = (centres > start - step / 2 - 1) & (centres < start + block + step / 2 + 1)
        if values.max() > 0.75:
            assert lit[well_inside].all()
        assert not lit[~reached].any()


@settings(deadline=None, max_examples=60)
@given(
    st.tuples(st.integers(1, 3000), st.integers(1, 3000)),
    st.tuples(st.integers(1, 64), st.integers(1, 64)),
)
def test_frames_stay_in_or_cover_the_picture(shape, size):
    picture = Picture(np.zeros((*shape, 1), np.uint8))
    crop = plain(size, 1, resize="crop").frame(picture)
    assert crop.top >= 0 <= crop.left
    assert crop.top + crop.height <= shape[0]
    assert crop.left + crop.width <= shape[1]
    assert 1 <= crop.height == int(crop.height)
    fit = plain(size, 1, resize="fit").frame(picture)
    assert fit.top <= 0 >= fit.left
    assert fit.top + fit.height >= shape[0] - 1e-6
    assert fit.left + fit.width >= shape[1] - 1e-6


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"channels": 1}, "need 1 numbers"),
        ({"mean": (0.5,)}, "need 3 numbers"),
        ({"std": (1.0, 0.0, 1.0)}, "more than 0"),
        ({"size": (0, 32)}, "at least 1"),
        ({"resize": "squash"}, "resize can't be 'squash'. It must be one of fit, crop, stretch"),
    ],
)
def test_impossible_settings(values, message):
    with pytest.raises(SettingError, match=message):
        Preprocessing.build(values)


def test_json_and_back():
    preprocessing = plain((28, 28), 1, ink="light", mean=(0.1307,), std=(0.3081,))
    assert Preprocessing.model_validate_json(preprocessing.model_dump_json()) == preprocessing
