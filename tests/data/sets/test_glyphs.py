"""Digits that the program draws."""

import numpy as np
import pytest

from studio.data import load_data
from studio.data.sets.glyphs import _FONTS, Glyphs, _draw


@pytest.fixture(scope="module")
def drawn():
    loading = Glyphs(train=1500, test=300).load()
    while True:
        try:
            next(loading)
        except StopIteration as end:
            return end.value


def test_the_arrays_are_what_they_should_be(drawn):
    drawn.check(10)
    assert drawn.train_pictures.shape == (1500, 28, 28, 1)
    assert drawn.test_pictures.shape == (300, 28, 28, 1)
    assert tuple(drawn.size) == Glyphs.size
    assert np.array_equal(np.bincount(drawn.train_labels), np.full(10, 150))


def test_light_ink_on_a_dark_ground_never_cut_by_the_edge(drawn):
    pictures = drawn.train_pictures[..., 0]
    assert pictures.max(axis=(1, 2)).min() > 120
    edge = np.concatenate([pictures[:, 0], pictures[:, -1], pictures[:, :, 0], pictures[:, :, -1]])
    assert np.median(edge) < 40
    ink = (pictures > 100).mean(axis=(1, 2))
    assert ink.min() > 0.01
    assert ink.max() < 0.5


def test_the_same_seed_draws_the_same_and_another_others(load):
    first, second, other = (
        load(Glyphs(train=40, test=20, seed=seed).load())[0] for seed in (3, 3, 4)
    )
    for part in ("train_pictures", "train_labels", "test_pictures", "test_labels"):
        assert np.array_equal(getattr(first, part), getattr(second, part))
    assert not np.array_equal(first.train_pictures, other.train_pictures)


def test_the_test_part_is_another_stream_and_stays_as_the_training_part_grows(load):
    small, _ = load(Glyphs(train=20, test=20).load())
    large, _ = load(Glyphs(train=600, test=20).load())
    assert np.array_equal(small.test_pictures, large.test_pictures)
    seen = {picture.tobytes() for picture in large.train_pictures}
    assert len(seen) == 600
    assert not seen & {picture.tobytes() for picture in large.test_pictures}


def test_the_labels_are_right(drawn):
    """Digits of one label look alike: the nearest drawn digit mostly has the same label."""
    train, test = (
        pictures.reshape(len(pictures), -1) / 255.0
        for pictures in (drawn.train_pictures, drawn.test_pictures)
    )
    distances = (test**2).sum(1)[:, None] + (train**2).sum(1) - 2 * test @ train.T
    answered = drawn.train_labels[distances.argmin(axis=1)]
    assert (answered == drawn.test_labels).mean() > 0.7


@pytest.mark.parametrize("font", _FONTS)
def test_every_font_draws_every_digit(font):
    pictures = [_draw(np.random.default_rng(1), font, digit) for digit in range(10)]
    assert len({picture.tobytes() for picture in pictures}) == 10
    assert min((picture > 100).sum() for picture in pictures) > 10


def test_it_says_how_far_it_is_and_can_be_closed(load):
    loading = load_data("glyphs")
    assert next(loading).fraction == 0
    assert 0 < next(loading).fraction < 0.1
    loading.close()
    _, said = load(Glyphs(train=1200, test=600).load())
    fractions = [word.fraction for word in said]
    assert fractions == sorted(fractions)
    assert fractions[-1] < 1
