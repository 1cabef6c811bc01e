"""Augmentation, sample by sample, against NumPy's padding, SciPy's transforms and torchvision."""

import itertools
import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage
from torchvision.transforms.v2 import functional as vision

from studio.training.augment import Augmenter, Choice, Draws
from studio.training.augment_words import describe
from studio.training.augmentation import AugmentationSettings

MEAN = (0.4, 0.5, 0.6)


def random_pictures(*shape):
    return torch.tensor(np.random.default_rng(0).integers(1, 256, shape, dtype=np.uint8))


@pytest.fixture
def pictures():
    return random_pictures(64, 9, 11, 3)


def augmenter(mean=MEAN, **values):
    return Augmenter(AugmentationSettings(**values), mean)


def chosen(count, **columns):
    """Draws that change nothing (they are in the middle), but for those that are given."""
    uniform = torch.full((count, len(Choice)), 0.5)
    for name, values in columns.items():
        uniform[:, Choice[name.upper()]] = torch.as_tensor(values, dtype=torch.float32)
    return Draws(uniform)


def for_shift(offset, most):
    """The draw that moves by so many pixels."""
    return (offset + most + 0.5) / (2 * most + 1)


@pytest.mark.parametrize("shape", [(9, 11, 3), (4, 7, 1), (1, 2, 3), (3, 1, 1), (1, 1, 1)])
@pytest.mark.parametrize("outside", ["reflected", "black"])
def test_crop_and_mirror_are_numpy_s_padding(shape, outside):
    height, width, _ = shape
    most = 3
    moves = list(itertools.product(range(-most, most + 1), range(-most, most + 1), (False, True)))
    pictures = random_pictures(len(moves), *shape)
    down, right, mirrored = zip(*moves, strict=True)
    draws = chosen(
        len(moves),
        down=[for_shift(offset, most) for offset in down],
        right=[for_shift(offset, most) for offset in right],
        mirrored=[0.1 if each else 0.9 for each in mirrored],
    )
    found = augmenter(crop=most, mirror=True, outside=outside).apply(pictures, draws)
    assert found.dtype == torch.uint8
    mode = {"reflected": "reflect", "black": "constant"}[outside]
    for before, after, (y, x, flip) in zip(pictures.numpy(), found.numpy(), moves, strict=True):
        turned = before[:, ::-1] if flip else before
        padded = np.pad(turned, ((most, most), (most, most), (0, 0)), mode=mode)
        expected = padded[most + y :, most + x :][:height, :width]
        assert np.array_equal(after, expected)


def test_each_picture_is_moved_its_own_way_to_any_place_alike():
    ramp = torch.arange(21, dtype=torch.uint8).repeat(4000, 21, 1)[..., None]
    moved = augmenter(crop=2, outside="black")(ramp, torch.Generator().manual_seed(0))
    right = moved[:, 10, 10, 0].int().numpy() - 10
    assert set(right) == {-2, -1, 0, 1, 2}
    assert np.bincount(right + 2) == pytest.approx([800] * 5, rel=0.15)
    flipped = augmenter(mirror=True)(ramp, torch.Generator().manual_seed(0))
    assert (flipped[:, 0, 0, 0] == 20).float().mean() == pytest.approx(0.5, abs=0.05)
    assert set(flipped[:, 0, 0, 0].tolist()) == {0, 20}


def test_the_largest_draw_stays_within_the_crop(pictures):
    largest = math.nextafter(np.float32(1), np.float32(0))
    draws = chosen(64, down=np.nextafter(np.float32(1), np.float32(0)), right=largest)
    black = augmenter(crop=4, outside="black").apply(pictures, draws)
    assert torch.equal(black[:, :5, :7], pictures[:, 4:, 4:])


@settings(max_examples=30, deadline=None)
@given(
    shape=st.tuples(st.integers(1, 9), st.integers(1, 9), st.sampled_from((1, 3))),
    angle=st.floats(-180, 180),
    size=st.floats(0.5, 1.5),
    move=st.tuples(st.integers(-2, 2), st.integers(-2, 2)),
    flip=st.booleans(),
    outside=st.sampled_from(("reflected", "black")),
)
def test_rotation_and_scale_are_scipy_s_transform(shape, angle, size, move, flip, outside):
    pictures = random_pictures(2, *shape)
    draws = chosen(
        2,
        down=for_shift(move[0], 2),
        right=for_shift(move[1], 2),
        mirrored=0.0 if flip else 1.0,
        angle=(angle / 180 + 1) / 2,
        size=size - 0.5,
    )
    change = augmenter(crop=2, mirror=True, rotation=180, scale=0.5, outside=outside)
    found = change.apply(pictures, draws)
    assert found.dtype == torch.float32
    turn = math.radians(angle)
    matrix = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]]) / size
    if flip:
        matrix[1] *= -1
    centre = (np.array(shape[:2]) - 1) / 2
    expected = [
        ndimage.affine_transform(
            before[..., channel].astype(np.float64),
            matrix,
            offset=centre - matrix @ (centre - move),
            order=1,
            mode={"reflected": "mirror", "black": "grid-constant"}[outside],
        )
        for before in pictures.numpy()
        for channel in range(shape[2])
    ]
    found = found.permute(0, 3, 1, 2).reshape(-1, *shape[:2]).numpy()
    np.testing.assert_allclose(found, expected, atol=0.05)


def test_a_quarter_turn_is_a_quarter_turn():
    pictures = random_pictures(2, 8, 8, 3)
    turned = augmenter(rotation=90).apply(pictures, chosen(2, angle=[1.0, 0.0]))
    for back, before, after in zip((-1, 1), pictures.numpy(), turned.numpy(), strict=True):
        np.testing.assert_allclose(after, np.rot90(before, back), atol=1e-2)


def test_turning_by_nothing_leaves_the_crop():
    pictures = random_pictures(5, 6, 9, 3)
    draws = chosen(5, down=[0.1, 0.3, 0.5, 0.7, 0.9], mirrored=[0.1, 0.9, 0.1, 0.9, 0.1])
    cropped = augmenter(crop=4, mirror=True).apply(pictures, draws)
    turned = augmenter(crop=4, mirror=True, rotation=30).apply(pictures, draws)
    np.testing.assert_allclose(turned, cropped, atol=1e-2)


@pytest.mark.parametrize("channels", [1, 3])
def test_colour_is_torchvision_s(channels):
    pictures = random_pictures(6, 5, 7, channels)
    drawn = torch.rand(6, 3, generator=torch.Generator().manual_seed(2))
    draws = chosen(6, brightness=drawn[:, 0], contrast=drawn[:, 1], saturation=drawn[:, 2])
    found = augmenter(colour=0.8).apply(pictures, draws)
    for before, after, row in zip(pictures, found, 1 + 0.8 * (2 * drawn - 1), strict=True):
        brightness, contrast, saturation = row.tolist()
        values = before.permute(2, 0, 1).float() / 255
        values = vision.adjust_brightness(values, brightness)
        values = vision.adjust_contrast(values, contrast)
        values = vision.adjust_saturation(values, saturation)
        torch.testing.assert_close(after, 255 * values.permute(1, 2, 0), rtol=0, atol=2e-3)


def test_noise_is_normal_and_is_not_cut():
    pictures = random_pictures(20, 16, 16, 3)
    found = augmenter(noise=0.1)(pictures, torch.Generator().manual_seed(3))
    noise = (found - pictures) / 25.5
    assert float(noise.mean()) == pytest.approx(0, abs=0.03)
    assert float(noise.std()) == pytest.approx(1, abs=0.03)
    assert float(found.min()) < 0
    assert float(found.max()) > 255


@pytest.mark.parametrize(("side", "row", "column"), [(4, 0.5, 0.5), (3, 0.0, 0.99), (40, 0.3, 0.3)])
@pytest.mark.parametrize("bent", [False, True])
def test_cutout_covers_a_square_with_the_mean_colour(side, row, column, bent, pictures):
    change = augmenter(cutout=side, colour=0.5 if bent else 0)
    found = change.apply(pictures, chosen(64, cut_row=row, cut_column=column))
    expected = pictures.numpy().astype(np.float32 if bent else np.uint8)
    top, left = int(row * 9) - side // 2, int(column * 11) - side // 2
    rows, columns = (slice(max(first, 0), first + side) for first in (top, left))
    expected[:, rows, columns] = np.array(MEAN) * 255 if bent else np.round(np.array(MEAN) * 255)
    np.testing.assert_allclose(found.numpy(), expected, atol=1e-3)
    assert found.dtype == (torch.float32 if bent else torch.uint8)


def test_cutouts_are_anywhere(pictures):
    white = torch.full((2000, 5, 4, 1), 255, dtype=torch.uint8)
    cut = augmenter(mean=(0.0,), cutout=1)(white, torch.Generator().manual_seed(0)) == 0
    assert cut.sum((1, 2, 3)).tolist() == [1] * 2000
    assert cut.sum(0).flatten().numpy() == pytest.approx([100] * 20, rel=0.4)


EVERYTHING = {
    **{"crop": 3, "mirror": True, "rotation": 20, "scale": 0.2},
    **{"colour": 0.3, "noise": 0.1, "cutout": 1},
}


@pytest.mark.parametrize("outside", ["reflected", "black"])
@pytest.mark.parametrize("shape", [(6, 9, 11, 3), (6, 1, 2, 1), (6, 5, 1, 3)])
def test_everything_at_once_on_pictures_of_any_shape(shape, outside):
    pictures = random_pictures(*shape)
    kept = pictures.clone()
    change = augmenter(mean=MEAN[: shape[3]], outside=outside, **EVERYTHING)
    first, second, third = (
        change(pictures, torch.Generator().manual_seed(seed)) for seed in (1, 1, 2)
    )
    assert first.shape == pictures.shape
    assert first.isfinite().all()
    assert torch.equal(first, second)
    assert not torch.equal(first, third)
    assert torch.equal(pictures, kept)


def test_a_part_of_a_batch_is_changed_as_in_the_whole(pictures):
    change = augmenter(**EVERYTHING)
    draws = change.draw(pictures.shape, torch.Generator().manual_seed(4))
    whole = change.apply(pictures, draws)
    for part in (slice(0, 32), slice(32, 64)):
        torch.testing.assert_close(change.apply(pictures[part], draws.of(part)), whole[part])


def test_one_change_more_leaves_the_others_as_they_were(pictures):
    def draws(**values):
        return augmenter(**values).draw(pictures.shape, torch.Generator().manual_seed(5)).uniform

    assert torch.equal(draws(crop=3), draws(**EVERYTHING))


def test_nothing_to_do(pictures):
    unchanged = augmenter(mixup=0.5)
    assert not unchanged.changes
    assert torch.equal(unchanged(pictures, torch.Generator()), pictures)
    assert all(augmenter(**{name: value}).changes for name, value in EVERYTHING.items())


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, "unchanged"),
        ({"crop": 4, "mirror": True}, "crop 4, mirror"),
        ({"crop": 2, "outside": "black"}, "crop 2, black outside"),
        ({"mirror": True, "outside": "black"}, "mirror"),
        (
            {"rotation": 7.5, "scale": 0.1, "colour": 0.25, "noise": 0.05, "cutout": 8},
            "rotation ±7.5°, scale ±10 %, colour ±25 %, noise 0.05, cutout 8",
        ),
        ({"mixup": 0.2}, "mixup 0.2"),
    ],
)
def test_it_says_what_is_done(values, said):
    assert describe(AugmentationSettings(**values)) == said


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device here")
def test_a_gpu_changes_them_alike(pictures):
    change = augmenter(**EVERYTHING)
    draws = change.draw(pictures.shape, torch.Generator().manual_seed(6))
    found = augmenter(**EVERYTHING).apply(pictures.cuda(), draws).cpu()
    torch.testing.assert_close(found, change.apply(pictures, draws), rtol=0, atol=0.05)
