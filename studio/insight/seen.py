"""The part of a picture that a network sees."""

from typing import NamedTuple, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.image.display import to_display
from studio.image.picture import Picture, Pixels
from studio.nets.preprocess import Preprocessing


class Seen(NamedTuple):
    """Pixels to look at, and where they are in the picture's own: bottom and right exclusive."""

    rgb: NDArray[np.uint8]
    top: int
    left: int
    bottom: int
    right: int


def seen_part(preprocessing: Preprocessing, picture: Picture, longest: int) -> Seen:
    """The part of a picture that preprocessing leaves, at most `longest` pixels wide and high."""
    frame = preprocessing.frame(picture)
    top, left = max(0, round(frame.top)), max(0, round(frame.left))
    bottom = min(picture.height, round(frame.top + frame.height))
    right = min(picture.width, round(frame.left + frame.width))
    part: Pixels = picture.pixels[top:bottom, left:right]
    scale = longest / max(part.shape[:2])
    if scale < 1:
        size = (max(1, round(part.shape[1] * scale)), max(1, round(part.shape[0] * scale)))
        shrunk = cv2.resize(np.array(part), size, interpolation=cv2.INTER_AREA)
        part = cast(Pixels, shrunk.reshape(size[1], size[0], -1))
    return Seen(to_display(part).rgb, top, left, bottom, right)
