"""Which pictures are used, and for what."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.data.collection import ArrayPictures, Collection, Listed
from studio.data.settings import DataSettings
from studio.data.splitting import choose_classes, draw, shares, split
from studio.errors import DataError

NAMES = ("cat", "dog", "Maple tree", "owl")


def listed(*counts):
    """Pictures of one pixel that tells the number of the picture."""
    labels = np.repeat(np.arange(len(counts)), counts)
    pixels = np.arange(len(labels), dtype=np.uint8).reshape(-1, 1, 1, 1)
    return Listed(ArrayPictures(pixels), labels)


def numbers(part):
    return part.pictures.pixels.ravel().tolist()


def test_classes_are_chosen_in_the_order_asked_for():
    assert choose_classes("Set", NAMES, ()) == (0, 1, 2, 3)
    assert choose_classes("Set", NAMES, ("maple_Tree", "CAT")) == (2, 0)
    assert choose_classes("Set", ("Cat", "cat"), ("cat", "Cat")) == (1, 0)


@pytest.mark.parametrize(
    ("known", "wanted", "message"),
    [
        (
            NAMES,
            ("cat", "cow"),
            "Set has no class 'cow'. Its classes are: cat, dog, Maple tree, owl",
        ),
        (NAMES, ("cat", "Cat"), "only the class cat is chosen"),
        (("cat",), (), "Set has only the class cat"),
        ((), (), "Set has no classes"),
        ([f"c{number}" for number in range(50)], ("cow",), "c39 and 10 more"),
    ],
)
def test_an_impossible_choice_says_what_there_is(known, wanted, message):
    with pytest.raises(DataError, match=message):
        choose_classes("Set", known, wanted)


@given(st.lists(st.integers(1, 500), min_size=2, max_size=8), st.floats(0.01, 0.99), st.booleans())
def test_shares_are_in_proportion(counts, share, leave):
    counts = np.array(counts)
    total = round(share * counts.sum())
    taken = shares(counts, total, least=0, spare=0)
    assert taken.sum() == total
    assert (np.abs(taken - counts * total / counts.sum()) < 1).all()
    some = shares(counts, total, least=1, spare=int(leave))
    assert (some <= counts - leave).all()
    assert (some >= np.minimum(1, counts - leave)).all()


def test_a_smaller_draw_is_part_of_a_larger():
    labels = np.tile(np.arange(3), 20)
    small = draw(labels, np.array([2, 3, 4]), "limit", 5)
    large = draw(labels, np.array([5, 5, 5]), "limit", 5)
    assert np.bincount(labels[small]).tolist() == [2, 3, 4]
    assert large[small].all()
    assert not np.array_equal(large, draw(labels, np.array([5, 5, 5]), "limit", 6))
    assert not np.array_equal(large, draw(labels, np.array([5, 5, 5]), "validation", 5))


def test_parts_are_drawn_from_each_other_and_lose_nothing():
    collection = Collection(NAMES, {"train": listed(40, 20, 10, 30)})
    settings = DataSettings(test_share=0.2, validation_share=0.25, seed=3)
    parts = split(collection, (3, 0), settings)
    assert list(parts) == ["train", "validation", "test"]
    counts = {name: np.bincount(part.labels).tolist() for name, part in parts.items()}
    assert counts == {"train": [18, 24], "validation": [6, 8], "test": [6, 8]}
    together = [number for part in parts.values() for number in numbers(part)]
    assert sorted(together) == [*range(40), *range(70, 100)]
    for part in parts.values():
        assert [(number >= 70) for number in numbers(part)] == (part.labels == 0).tolist()
    again = split(collection, (3, 0), settings)
    assert all(numbers(parts[name]) == numbers(again[name]) for name in parts)
    other = split(collection, (3, 0), settings.change(seed=4))
    assert numbers(parts["test"]) != numbers(other["test"])


def test_a_limit_is_for_the_training_part_before_validation_is_taken_off():
    parts = {"train": listed(60, 20, 10, 10), "test": listed(5, 5, 5, 5)}
    settings = DataSettings(limit=20, validation_share=0.5)
    found = split(Collection(NAMES, parts), (0, 1, 2, 3), settings)
    counts = {name: np.bincount(part.labels).tolist() for name, part in found.items()}
    assert counts == {"train": [6, 2, 1, 1], "validation": [6, 2, 1, 1], "test": [5, 5, 5, 5]}


def test_a_validation_part_of_its_own_stays():
    parts = {"train": listed(6, 6), "validation": listed(1, 2), "test": listed(1, 1)}
    found = split(Collection(NAMES[:2], parts), (0, 1), DataSettings(validation_share=0.5))
    assert {name: len(part) for name, part in found.items()} == {
        "train": 12,
        "validation": 3,
        "test": 2,
    }


@pytest.mark.parametrize(
    ("parts", "settings", "message"),
    [
        ({"train": listed(3, 0)}, {}, "class dog has no picture in the training part"),
        ({"train": listed(3, 1)}, {}, "class dog has no picture in the test part"),
        (
            {"train": listed(3, 1), "test": listed(0, 1)},
            {},
            "class cat has no picture in the test part",
        ),
        ({"train": listed(9, 9)}, {"limit": 1}, "1 training pictures are too few for 2 classes"),
    ],
)
def test_a_class_without_pictures_is_named(parts, settings, message):
    with pytest.raises(DataError, match=message):
        split(Collection(NAMES[:2], parts), (0, 1), DataSettings(**settings))
