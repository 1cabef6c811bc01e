"""The pictures that excite a map most: against a search by hand."""

import weakref

import numpy as np
import pytest

from studio.errors import ModelError, PictureError, SettingError
from studio.image.picture import Picture
from studio.insight.maps import feature_maps
from studio.insight.strongest import patch_of, strongest
from studio.insight.unit import FieldOnPicture, field_on_picture
from studio.nets.model import Model, load_model


@pytest.fixture(scope="module")
def model():
    return load_model("convnet-cifar10")


def pictures(count, seed=0):
    rng = np.random.default_rng(seed)
    noise = [rng.integers(0, 256, (40, 50, 3), np.uint8) for _ in range(count)]
    return [Picture(pixels, name=f"{number}.png") for number, pixels in enumerate(noise)]


def row_of(model, name):
    return next(row for row in model.card.network.table() if row.name == name)


def search(model, row, channel, several, count=3):
    readers = [lambda picture=picture: picture for picture in several]
    *_, last = strongest(model, row, channel, readers, count)
    return last


@pytest.mark.parametrize(("name", "channel"), [("conv1", 5), ("relu3", 9), ("dense2", 3)])
def test_the_strongest_are_those_of_a_search_by_hand(model, name, channel):
    row, several = row_of(model, name), pictures(20)
    found = search(model, row, channel, several)
    steps = model.steps()
    maps = [
        feature_maps(model, model.card.preprocessing.apply(picture), steps)[name][channel]
        for picture in several
    ]
    expected = sorted(range(20), key=lambda number: -maps[number].max())[:3]
    assert [one.number for one in found.strongest] == expected
    assert (found.done, found.unreadable) == (20, ())
    for one in found.strongest:
        assert one.activation == pytest.approx(float(maps[one.number].max()), rel=1e-4)
        assert maps[one.number][one.y, one.x] == maps[one.number].max()
        assert one.field == field_on_picture(model, row, one.y, one.x, several[one.number])


def test_the_patch_is_cut_from_the_pictures_own_pixels(model):
    several = pictures(6)
    found = search(model, row_of(model, "conv1"), 0, several, count=6)
    for one in found.strongest:
        pixels = several[one.number].pixels
        height, width = one.patch.shape[:2]
        assert min(height, width) >= min(one.field.height, one.field.width)
        top, left = int(one.field.top), int(one.field.left)
        np.testing.assert_array_equal(one.patch, pixels[top : top + height, left : left + width])


def test_large_patches_are_made_smaller_and_empty_ones_keep_a_pixel():
    picture = Picture(np.random.default_rng(1).integers(0, 256, (300, 700, 3), np.uint8))
    patch = patch_of(picture, FieldOnPicture(0, 0, 300, 700, True))
    assert patch.shape == (82, 192, 3)
    assert patch.mean() == pytest.approx(picture.pixels.mean(), abs=1)
    lost = patch_of(picture, FieldOnPicture(300, 700, 0, 0, True))
    np.testing.assert_array_equal(lost, picture.pixels[-1:, -1:])


def test_unreadable_pictures_are_skipped_and_listed(model):
    def broken():
        raise PictureError("it is no picture")

    several = pictures(3)
    readers = [broken, *(lambda picture=picture: picture for picture in several), broken]
    *_, found = strongest(model, row_of(model, "conv1"), 0, readers)
    assert sorted(one.number for one in found.strongest) == [1, 2, 3]
    assert [number for number, _ in found.unreadable] == [0, 4]
    assert found.done == 5


def test_a_picture_that_goes_away_meanwhile(model):
    left = [pictures(1)[0]]

    def once():
        if not left:
            raise PictureError("it has gone")
        return left.pop()

    *_, found = strongest(model, row_of(model, "conv1"), 0, [once])
    assert (found.strongest, [number for number, _ in found.unreadable]) == ((), [0])


def test_only_one_picture_is_in_memory_at_a_time(model):
    living, most = set(), []

    def reader(number):
        def read():
            picture = pictures(1, number)[0]
            living.add(number)
            weakref.finalize(picture, living.discard, number)
            most.append(len(living))
            return picture

        return read

    *_, found = strongest(model, row_of(model, "conv1"), 0, map(reader, range(12)), 4)
    assert len(found.strongest) == 4
    assert max(most) == 1


def test_equal_pictures_are_taken_in_their_order(model):
    found = search(model, row_of(model, "conv2"), 1, pictures(1) * 5)
    assert [one.number for one in found.strongest] == [0, 1, 2]


def test_progress_comes_with_every_batch(model):
    readers = [lambda picture=picture: picture for picture in pictures(1) * 130]
    work = strongest(model, row_of(model, "conv1"), 0, readers)
    first = next(work)
    assert 0 < first.done <= 64
    assert first.strongest
    work.close()


def test_no_pictures_and_no_such_map(model):
    (found,) = strongest(model, row_of(model, "conv1"), 0, [])
    assert (found.done, found.strongest) == (0, ())
    with pytest.raises(SettingError, match="conv1 has no map 33"):
        next(strongest(model, row_of(model, "conv1"), 32, []))


def test_values_that_are_not_finite(model):
    weights = {**model.weights, "conv1.bias": np.full(32, np.inf, np.float32)}
    with pytest.raises(ModelError, match="not finite"):
        search(Model(model.card, weights), row_of(model, "conv1"), 0, pictures(1))
