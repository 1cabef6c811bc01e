"""Drawn digits in the form of MNIST."""

import gzip
import os
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage

from studio.insight.digit import SIDE, centre_digit


def drawn(height, width, top=0, left=0, side=200):
    ink = np.zeros((side, side), np.uint8)
    ink[top : top + height, left : left + width] = 255
    return ink


@given(st.integers(1, 150), st.integers(1, 150), st.integers(0, 49), st.integers(0, 49))
def test_the_longer_side_is_20_and_the_middle_is_the_middle(height, width, top, left):
    paper = centre_digit(drawn(height, width, top, left)).pixels[..., 0]
    assert paper.shape == (SIDE, SIDE)
    rows, columns = np.flatnonzero(paper.any(axis=1)), np.flatnonzero(paper.any(axis=0))
    assert max(np.ptp(rows), np.ptp(columns)) + 1 == 20
    assert ndimage.center_of_mass(paper) == pytest.approx((13.5, 13.5), abs=0.51)


def test_where_it_was_drawn_makes_no_difference():
    one, other = (centre_digit(drawn(90, 40, *place)).pixels for place in ((0, 0), (110, 160)))
    np.testing.assert_array_equal(one, other)


def test_a_heavy_end_is_drawn_to_the_middle_and_stays_on_the_paper():
    ink = drawn(20, 200)
    ink[:200, :20] = 255
    paper = centre_digit(ink).pixels[..., 0]
    mass = ndimage.center_of_mass(paper)
    assert mass == pytest.approx((13.5, 13.5), abs=4.1)
    assert paper[:, -8:].any()
    assert paper.sum() == pytest.approx(ink.sum() / 100, rel=0.01)  # nothing fell off


def test_no_ink_is_black_paper():
    assert not centre_digit(np.zeros((9, 9), np.uint8)).pixels.any()


def test_the_pictures_of_mnist_stay_what_they_are():
    root = os.environ.get("STUDIO_DATA_ROOT")
    packed = Path(root or "none") / "MNIST" / "raw" / "t10k-images-idx3-ubyte.gz"
    if not packed.is_file():
        pytest.skip("STUDIO_DATA_ROOT has no MNIST")
    with gzip.open(packed) as file:
        digits = np.frombuffer(file.read(16 + 200 * SIDE**2), np.uint8, offset=16)
    for digit in digits.reshape(-1, SIDE, SIDE):
        rng = np.random.default_rng(int(digit.sum()))
        paper = np.zeros((60, 60), np.uint8)
        top, left = rng.integers(0, 60 - SIDE, 2)
        paper[top : top + SIDE, left : left + SIDE] = digit
        enlarged = cv2.resize(paper, (300, 300), interpolation=cv2.INTER_NEAREST)
        found = centre_digit(enlarged).pixels[..., 0]
        nearest = min(
            np.abs(np.roll(found, (down, across), (0, 1)).astype(int) - digit).mean()
            for down in (-1, 0, 1)
            for across in (-1, 0, 1)
        )
        assert nearest < 8, "of 255, after a shift of at most one pixel"
