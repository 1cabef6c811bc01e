"""Pen strokes written as paths."""

import numpy as np
import pytest
from scipy.interpolate import BPoly

from studio.data.strokes import HANDS, HEIGHT, WIDTH, strokes


@pytest.mark.parametrize("hand", HANDS)
def test_each_hand_has_ten_different_digits_in_its_box(hand):
    assert len(set(HANDS[hand])) == 10
    for path in HANDS[hand]:
        points = np.concatenate(strokes(path))
        assert len(points) > 5
        assert points.min(axis=0)[0] >= -5
        assert points.min(axis=0)[1] >= -5
        assert points.max(axis=0)[0] <= WIDTH + 5
        assert points.max(axis=0)[1] <= HEIGHT + 5
        assert np.ptp(points[:, 1]) > 0.8 * HEIGHT


def test_a_curve_is_a_cubic_bezier():
    (drawn,) = strokes("M 0 0 C 10 40 50 -20 60 100")
    control = np.array([[0, 0], [10, 40], [50, -20], [60, 100]], float)
    expected = BPoly(control[:, None], [0, 1])(np.linspace(0, 1, len(drawn)))
    assert np.allclose(drawn, expected)


def test_an_ellipse_closes_around_its_middle():
    (drawn,) = strokes("E 30 50 20 40")
    assert np.allclose((((drawn - [30, 50]) / [20, 40]) ** 2).sum(axis=1), 1)
    assert np.allclose(drawn[0], drawn[-1])


def test_each_m_begins_a_stroke():
    first, second = strokes("M 0 0 L 10 0 M 5 5 L 5 9 L 8 9")
    assert np.allclose(first[[0, -1]], [[0, 0], [10, 0]])
    assert np.allclose(second[[0, -1]], [[5, 5], [8, 9]])
    assert np.allclose(np.diff(first[:, 1]), 0)
