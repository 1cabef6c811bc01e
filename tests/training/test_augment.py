"""Augmentation, sample by sample, against NumPy's padding."""

import numpy as np
import pytest
import torch

from studio.training.augment import AUGMENTATIONS, crop_mirror, shift


@pytest.fixture
def pictures():
    values = np.random.default_rng(0).integers(1, 256, (64, 9, 11, 3), dtype=np.uint8)
    return torch.tensor(values)


def windows(picture, most, mode):
    """Every picture that moving by up to `most` pixels can give, by its offset."""
    around = ((most, most), (most, most), (0, 0))
    padded = np.pad(picture, around, mode=mode)
    height, width = picture.shape[:2]
    return {
        (y, x): padded[y + most :, x + most :][:height, :width]
        for y in range(-most, most + 1)
        for x in range(-most, most + 1)
    }


def offsets_found(before, after, most, mode):
    found = []
    for picture, moved in zip(before.numpy(), after.numpy(), strict=True):
        candidates = windows(picture, most, mode)
        flips = [("", moved), ("mirrored", moved[:, ::-1])]
        found.append(
            next(
                (offset, flip)
                for flip, seen in flips
                for offset, candidate in candidates.items()
                if np.array_equal(candidate, seen)
            )
        )
    return found


def test_shift_moves_each_picture_its_own_way_and_fills_with_black(pictures):
    moved = shift(pictures, torch.Generator().manual_seed(1))
    found = offsets_found(pictures, moved, 2, "constant")
    assert len({offset for offset, _ in found}) > 12
    assert {flip for _, flip in found} == {""}


def test_crop_mirror_moves_and_mirrors_each_picture_its_own_way(pictures):
    moved = crop_mirror(pictures, torch.Generator().manual_seed(1))
    found = offsets_found(pictures, moved, 4, "reflect")
    assert len({offset for offset, _ in found}) > 30
    assert 16 < sum(flip == "mirrored" for _, flip in found) < 48


@pytest.mark.parametrize("name", AUGMENTATIONS)
def test_a_seed_means_the_same_again_and_bytes_stay_bytes(name, pictures):
    first, second, third = (
        AUGMENTATIONS[name](pictures, torch.Generator().manual_seed(seed)) for seed in (1, 1, 2)
    )
    assert first.dtype == torch.uint8
    assert torch.equal(first, second)
    assert not torch.equal(first, third)


@pytest.mark.parametrize("name", AUGMENTATIONS)
def test_a_picture_smaller_than_the_shift_survives(name):
    tiny = torch.full((5, 1, 2, 1), 7, dtype=torch.uint8)
    assert AUGMENTATIONS[name](tiny, torch.Generator().manual_seed(0)).shape == tiny.shape
