"""Filters that look at one pixel at a time."""

from typing import Any, ClassVar

import cv2
import numpy as np

from studio.filters.base import Family, Filter, Piece
from studio.image.picture import Pixels


class Grey(Filter):
    """Colour to one channel."""

    kind: ClassVar[str] = "grey"
    title: ClassVar[str] = "Grey"
    family: ClassVar[Family] = "Tone"
    summary: ClassVar[str] = (
        "Turns colours into one channel of brightness, in the same depth. Green counts most and "
        "blue least, as in the eye; a grey picture stays as it is."
    )
    formula: ClassVar[str] = "out = 0.299 · red + 0.587 · green + 0.114 · blue"
    source: ClassVar[str] = "Recommendation ITU-R BT.601, section 2.5.1: luma"

    @property
    def words(self) -> str:
        return "Rec. 601 luma"

    def compute(self, piece: Piece) -> Pixels:
        if piece.pixels.shape[2] == 1:
            return piece.pixels
        grey: Any = cv2.cvtColor(np.ascontiguousarray(piece.pixels), cv2.COLOR_RGB2GRAY)
        return grey[..., None]  # type: ignore[no-any-return]
