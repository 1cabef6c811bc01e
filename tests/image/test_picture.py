import os
import subprocess
import sys

import numpy as np
import pytest

from studio.image.picture import Picture, full_scale


def test_words():
    assert Picture(np.zeros((4, 6, 3), np.uint8)).words == "6 × 4, RGB, 8-bit"
    grey = Picture(np.zeros((4, 6, 1), np.uint16), np.zeros((4, 6), np.uint16))
    assert grey.words == "6 × 4, grey + alpha, 16-bit"


def test_alpha_stays_only_where_it_fits():
    picture = Picture(np.zeros((4, 6, 3), np.uint8), np.zeros((4, 6), np.uint8))
    assert picture.with_pixels(np.zeros((4, 6, 1), np.uint8)).alpha is picture.alpha
    assert picture.with_pixels(np.zeros((3, 6, 3), np.uint8)).alpha is None
    assert picture.with_pixels(np.zeros((4, 6, 3), np.float32)).alpha is None


@pytest.mark.parametrize(
    "pixels", [np.zeros((4, 6), np.uint8), np.zeros((4, 6, 2), np.uint8), np.zeros((4, 6, 3))]
)
def test_other_arrays_are_no_picture(pixels):
    with pytest.raises(ValueError, match="pixels must be"):
        Picture(pixels)


def test_full_scale():
    wanted = {"uint8": 255, "uint16": 65535, "float32": 1}
    assert {name: full_scale(np.zeros(1, name)) for name in wanted} == wanted


@pytest.mark.parametrize(("megapixels", "pixels"), [("", 200_000_000), ("3000", 3_000_000_000)])
def test_opencv_has_the_same_limit_whatever_is_imported_first(megapixels, pixels):
    code = "import studio.filters.base, os; print(os.environ['OPENCV_IO_MAX_IMAGE_PIXELS'])"
    env = {**os.environ, "STUDIO_MAX_MEGAPIXELS": megapixels}
    env.pop("OPENCV_IO_MAX_IMAGE_PIXELS", None)
    done = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True
    )
    assert int(done.stdout) == pixels
