"""The pictures that a run keeps for its report."""

import numpy as np
import pytest

from studio.data.parts import Data, Facts, Part
from studio.errors import TrainingError
from studio.nets.layer import Size
from studio.training.events import Answers
from studio.training.samples import choose_samples, keep_samples, read_samples


def make(count, wrong, side=8, channels=1):
    """Pictures whose value is their number; the first ones answered wrong; losses fall."""
    pictures = np.zeros((count, side, side, channels), np.uint8)
    pictures += np.arange(count, dtype=np.uint8)[:, None, None, None]
    labels = np.zeros(count, np.int64)
    answered = (np.arange(count) < wrong).astype(np.int64)
    losses = np.linspace(5, 0, count, dtype=np.float32)
    part = Part(pictures, labels)
    facts = Facts("Test", ("a", "b"), Size(channels, side, side), "test")
    return Data(facts, part, part), Answers(labels, answered, losses)


def test_half_are_wrong_and_of_the_right_ones_the_least_and_the_most_sure():
    samples = choose_samples(*make(100, 40), most=20)
    assert samples.numbers.tolist() == [*range(10), *range(40, 45), *range(95, 100)]
    assert samples.pictures[:, 0, 0, 0].tolist() == samples.numbers.tolist()
    assert samples.answered.tolist() == [1] * 10 + [0] * 10
    assert (np.diff(samples.losses) < 0).all()


@pytest.mark.parametrize(("wrong", "found"), [(0, 0), (3, 3), (100, 20), (95, 15)])
def test_where_one_kind_is_rare_there_are_more_of_the_other(wrong, found):
    samples = choose_samples(*make(100, wrong), most=20)
    assert len(samples) == 20
    assert np.count_nonzero(samples.answered) == found


def test_few_pictures_are_all_kept_once():
    samples = choose_samples(*make(7, 3), most=20)
    assert sorted(samples.numbers.tolist()) == list(range(7))


def test_large_pictures_are_made_smaller(tmp_path):
    data, answers = make(6, 3, side=512, channels=3)
    keep_samples(tmp_path, data, answers)
    samples = read_samples(tmp_path)
    assert samples.pictures.shape == (6, 128, 128, 3)
    assert samples.pictures[:, 5, 5, 2].tolist() == samples.numbers.tolist()


def test_they_are_read_as_they_were_kept(tmp_path):
    assert read_samples(tmp_path) is None
    data, answers = make(30, 10)
    keep_samples(tmp_path, data, answers)
    kept, chosen = read_samples(tmp_path), choose_samples(data, answers)
    for name in ("pictures", "numbers", "labels", "answered", "losses"):
        assert np.array_equal(getattr(kept, name), getattr(chosen, name))
    (tmp_path / "samples.npz").write_bytes(b"PK\x03\x04 nonsense")
    with pytest.raises(TrainingError, match=r"samples\.npz is damaged"):
        read_samples(tmp_path)
