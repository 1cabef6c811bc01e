import numpy as np
import pytest
from skimage import data

from studio.errors import PictureError
from studio.image.samples import SAMPLES, sample


@pytest.mark.parametrize("name", [known.name for known in SAMPLES])
def test_samples_are_those_of_scikit_image(name):
    picture = sample(name)
    theirs = getattr(data, name)()
    np.testing.assert_array_equal(picture.pixels.squeeze(), theirs)
    assert picture.pixels.dtype == np.uint8
    assert picture.name == f"{name}.png"
    assert picture.path == ""


def test_an_unknown_sample_is_named():
    with pytest.raises(PictureError, match=r"no sample picture 'dog'\. The samples are: astronaut"):
        sample("dog")
