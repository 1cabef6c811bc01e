"""The input tensor: its steps in words, against the same steps done by hand."""

import re

import numpy as np
import pytest
import torch

from studio.errors import StudioError
from studio.image.picture import Picture
from studio.insight.input_tensor import Channel, Stage, channels, save_tensor, stages
from studio.nets.preprocess import Preprocessing


def picture_of(height, width, channels=3, dtype=np.uint8, seed=0):
    generator = np.random.default_rng(seed)
    if dtype == np.float32:
        return Picture(generator.random((height, width, channels), np.float32))
    top = np.iinfo(dtype).max
    return Picture(generator.integers(0, top + 1, (height, width, channels), dtype))


def words_of(preprocessing, picture):
    values = preprocessing.apply(picture)
    return {stage.title: stage.words for stage in stages(preprocessing, picture, values)}


def numbers(text):
    return [float(each.replace("−", "-")) for each in re.findall(r"[\d.,]+\d|\d", text)]


def test_the_words_say_all_that_was_done():
    """Crop, area and normalisation by torch, with the numbers taken from the words."""
    preprocessing = Preprocessing(size=(8, 8), mean=(0.5, 0.25, 0.125), std=(0.2, 0.25, 0.5))
    picture = picture_of(32, 50)
    said = words_of(preprocessing, picture)
    assert list(said) == ["Picture", "Crop", "Resize", "Scale", "Normalise"]
    first_row, last_row, first_column, last_column = map(int, numbers(said["Crop"]))
    pixels = torch.from_numpy(picture.pixels).permute(2, 0, 1).double()
    part = pixels[:, first_row : last_row + 1, first_column : last_column + 1]
    *before, rows, columns = map(int, numbers(said["Resize"]))
    assert before == list(part.shape[1:])
    assert said["Resize"].endswith("by area")
    # Bytes are rounded as they are resized.
    small = torch.nn.functional.adaptive_avg_pool2d(part, (rows, columns)).numpy()
    scaled = small / numbers(said["Scale"])[0]
    formulas = numbers(said["Normalise"])
    means, stds = np.array(formulas[::2]), np.array(formulas[1::2])
    expected = (scaled - means[:, None, None]) / stds[:, None, None]
    found = preprocessing.apply(picture)
    np.testing.assert_allclose(found, expected, atol=0.51 / 255 / stds.min())
    assert said["Normalise"] == ("(red − 0.5) ÷ 0.2; (green − 0.25) ÷ 0.25; (blue − 0.125) ÷ 0.5")


def test_steps_that_change_nothing_are_left_out():
    said = words_of(Preprocessing(size=(9, 7)), picture_of(9, 7, dtype=np.float32))
    assert said == {"Picture": "7 × 9, RGB, 32-bit float"}


@pytest.mark.parametrize(
    ("given", "settings", "title", "words"),
    [
        ({"channels": 1}, {}, "Colour", "the grey values three times, as red, green and blue"),
        (
            {},
            {"channels": 1, "mean": (0.0,), "std": (1.0,)},
            "Grey",
            "0.299 red + 0.587 green + 0.114 blue",
        ),
        ({"dtype": np.uint16}, {}, "Scale", "each value ÷ 65,535, so that white is 1"),
        ({}, {"mean": (0.5,) * 3}, "Normalise", "value − 0.5"),
        ({}, {"std": (0.25,) * 3}, "Normalise", "value ÷ 0.25"),
        ({}, {"resize": "stretch", "size": (8, 60)}, "Resize", "rows by area, columns linearly"),
        ({}, {"resize": "stretch", "size": (30, 8)}, "Resize", "columns by area"),
        ({}, {"resize": "stretch", "size": (90, 80)}, "Resize", "(rows × columns), linearly"),
        ({}, {"resize": "fit", "size": (20, 20)}, "Border", "3 above, 4 below, as the mean"),
        ({}, {"resize": "fit", "size": (15, 31)}, "Border", "4 left, 4 right, as the mean"),
    ],
)
def test_each_step(given, settings, title, words):
    said = words_of(Preprocessing(**({"size": (15, 23)} | settings)), picture_of(30, 46, **given))
    assert said[title].endswith(words)


def test_a_smooth_resize_crops_parts_of_pixels():
    preprocessing = Preprocessing(size=(14, 14), share=0.875, interpolation="bilinear")
    said = words_of(preprocessing, picture_of(30, 40))
    frame = preprocessing.frame(picture_of(30, 40))
    assert numbers(said["Crop"]) == pytest.approx(
        [frame.top, frame.top + frame.height, frame.left, frame.left + frame.width], abs=0.005
    )
    assert numbers(said["Resize"]) == pytest.approx([frame.height, frame.width, 14, 14], abs=0.005)
    assert said["Resize"].endswith("bilinear")


def test_the_border_in_words_is_the_border():
    preprocessing = Preprocessing(size=(20, 20), resize="fit")
    picture = Picture(np.full((30, 46, 3), 200, np.uint8))
    values = preprocessing.apply(picture)
    assert words_of(preprocessing, picture)["Border"].startswith("3 above, 4 below")
    assert (values[:, :3] == 0).all()
    assert (values[:, 16:] == 0).all()
    assert (values[:, 3:16] != 0).all()


@pytest.mark.parametrize(("ground", "words"), [(250, "1 − value"), (5, "as it is")])
@pytest.mark.parametrize("resize", ["fit", "stretch"])
def test_ink(ground, words, resize):
    pixels = np.full((30, 46, 1), ground, np.uint8)
    pixels[10:20, 10:20] = 255 - ground
    preprocessing = Preprocessing(
        size=(20, 20), channels=1, resize=resize, ink="light", mean=(0.1,), std=(0.3,)
    )
    said = words_of(preprocessing, Picture(pixels))
    assert said["Ink"].startswith(words)
    assert said.get("Border", "the ground's grey").endswith("the ground's grey")
    assert ("Border" in said) == (resize == "fit")


def test_transparency_is_named():
    picture = picture_of(8, 8)
    seen = Picture(picture.pixels, alpha=picture.pixels[..., 0])
    preprocessing = Preprocessing(size=(8, 8))
    found = stages(preprocessing, seen, preprocessing.apply(seen))
    assert found[1] == Stage("Transparency", "laid on white")


def test_channels_are_numpys_own():
    values = np.random.default_rng(3).normal(size=(3, 4, 5)).astype(np.float32)
    names = ("Red", "Green", "Blue")
    for name, each, found in zip(names, values, channels(values), strict=True):
        mean = pytest.approx(each.mean(), abs=1e-6)
        assert found == Channel(name, float(each.min()), mean, float(each.max()))
    assert [each.name for each in channels(values[:1])] == ["Grey"]


def test_saved_as_it_is(tmp_path):
    values = Preprocessing(size=(8, 8)).apply(picture_of(20, 20))
    save_tensor(values, tmp_path / "input.npy")
    found = np.load(tmp_path / "input.npy", allow_pickle=False)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, values)
    with pytest.raises(StudioError, match="no such folder"):
        save_tensor(values, tmp_path / "nowhere" / "input.npy")
