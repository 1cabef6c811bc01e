"""Precision, recall and F1 by counting pictures one by one; the pictures of a cell."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.training.events import Answers
from studio.training.scores import (
    accuracy,
    cell,
    class_scores,
    mean_recall,
    top_losses,
    worst_confusions,
)

NAMES = ("cat", "dog", "frog")
CONFUSION = np.array([[70, 28, 2], [10, 90, 0], [0, 0, 0]])


def test_known_values():
    cat, dog, frog = class_scores(CONFUSION, NAMES)
    assert (cat.name, cat.support, cat.answered, cat.right) == ("cat", 100, 80, 70)
    assert cat.precision == pytest.approx(70 / 80)
    assert cat.recall == pytest.approx(0.7)
    assert cat.f1 == pytest.approx(2 * 0.875 * 0.7 / (0.875 + 0.7))
    assert dog.words == ""
    assert (frog.precision, frog.recall, frog.f1) == (0, None, 0)
    assert frog.words == "no pictures"
    assert accuracy(CONFUSION) == pytest.approx(160 / 200)
    assert mean_recall(CONFUSION) == pytest.approx((0.7 + 0.9) / 2)


def test_what_is_not_there_is_said():
    nothing = np.zeros((2, 2), np.int64)
    assert [score.words for score in class_scores(nothing, "ab")] == [
        "no pictures, never answered"
    ] * 2
    assert [score.f1 for score in class_scores(nothing, "ab")] == [None, None]
    assert (accuracy(nothing), mean_recall(nothing)) == (None, None)
    assert worst_confusions(nothing, "ab") == ()
    (never, _) = class_scores(np.array([[0, 5], [0, 5]]), "ab")
    assert (never.precision, never.recall, never.words) == (None, 0, "never answered")


def test_the_worst_confusions_come_first():
    worst = worst_confusions(CONFUSION, NAMES)
    assert [one.words for one in worst] == ["cat as dog: 28", "dog as cat: 10", "cat as frog: 2"]
    assert worst[0].share == pytest.approx(0.28)
    assert worst_confusions(CONFUSION, NAMES, most=1) == worst[:1]
    assert worst_confusions(np.array([[0, 1500], [0, 0]]), "ab")[0].words == "a as b: 1,500"
    assert CONFUSION.trace() == 160, "the matrix is left as it was"


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=60))
def test_against_counting(pairs):
    confusion = np.zeros((5, 5), np.int64)
    for true, answered in pairs:
        confusion[true, answered] += 1
    for number, score in enumerate(class_scores(confusion, "abcde")):
        true = [pair for pair in pairs if pair[0] == number]
        answered = [pair for pair in pairs if pair[1] == number]
        right = sum(pair == (number, number) for pair in pairs)
        assert score.precision == (right / len(answered) if answered else None)
        assert score.recall == (right / len(true) if true else None)
        if score.precision and score.recall:
            mean = 2 / (1 / score.precision + 1 / score.recall)
            assert score.f1 == pytest.approx(mean)
    total = sum(one.count for one in worst_confusions(confusion, "abcde", most=25))
    assert total == sum(true != answered for true, answered in pairs)


ANSWERS = Answers(
    labels=np.array([0, 0, 1, 0, 1, 0]),
    answered=np.array([1, 1, 1, 0, 0, 1]),
    losses=np.array([1.0, 3.0, 0.1, 0.2, 2.0, np.nan], np.float32),
)


def test_the_pictures_of_a_cell_with_the_largest_loss_first():
    assert cell(ANSWERS, 0, 1).tolist() == [5, 1, 0]
    assert cell(ANSWERS, 1, 1).tolist() == [2]
    assert cell(ANSWERS, 2, 1).tolist() == []


def test_the_largest_losses():
    assert top_losses(ANSWERS, 3).tolist() == [5, 1, 4]
    assert top_losses(ANSWERS, 9, right=True).tolist() == [3, 2]
    assert top_losses(ANSWERS, 2, right=False).tolist() == [5, 1]
