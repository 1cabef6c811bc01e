"""Sample photos, which come with scikit-image."""

from typing import NamedTuple

import numpy as np

from studio.errors import PictureError
from studio.image.picture import Picture


class Sample(NamedTuple):
    """A sample photo: what it is asked for by, and what a person reads."""

    name: str
    title: str


SAMPLES = (
    Sample("astronaut", "Astronaut"),
    Sample("cat", "Cat"),
    Sample("coffee", "Coffee"),
    Sample("camera", "Camera operator, grey"),
    Sample("coins", "Coins, grey"),
)


def sample(name: str) -> Picture:
    """One of `SAMPLES`.

    Raises
    ------
    PictureError
        When there is none of that name.
    """
    if name not in {known.name for known in SAMPLES}:
        listed = ", ".join(known.name for known in SAMPLES)
        raise PictureError(f"there is no sample picture '{name}'", f"The samples are: {listed}")
    from skimage import data  # slow to import

    pixels = np.asarray(getattr(data, name)())
    return Picture(pixels.reshape(*pixels.shape[:2], -1), name=f"{name}.png")
