"""Many pictures one after the other: only one is in memory at a time."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.errors import PictureError
from studio.image.display import to_display
from studio.image.picture import Picture, Pixels, full_scale
from studio.insight.answers import Answer, answer_values
from studio.nets.model import Model

if TYPE_CHECKING:
    from torch import nn

_BATCH = 32
_PATIENCE = 0.2  # seconds that a picture waits for others to fill a batch


@dataclass(frozen=True, eq=False)
class Looked:
    """A picture was read: its size in words, and a small RGB copy of its middle."""

    number: int
    words: str
    thumbnail: NDArray[np.uint8]


@dataclass(frozen=True)
class Answered:
    """A picture's likeliest classes, the likeliest first."""

    number: int
    answers: tuple[Answer, ...]


@dataclass(frozen=True)
class Unreadable:
    """A picture that can't be classified, and why."""

    number: int
    error: PictureError


Event = Looked | Answered | Unreadable


def answer_pictures(
    model: Model,
    readers: Iterable[Callable[[], Picture]],
    top: int = 5,
    thumbnail: int = 0,
    module: "nn.Module | None" = None,
) -> Iterator[Event]:
    """Read and classify any number of pictures; each ends in `Answered` or `Unreadable`.

    Parameters
    ----------
    readers : iterable of callable
        Each gives a picture or raises a PictureError. Events name them by their number from 0.
    thumbnail : int
        Side of the small copies in pixels; 0 for none, and no `Looked`.
    module : nn.Module, optional
        What `Model.module` gave, on any device, to spare making it again; evaluation mode is set.

    Raises
    ------
    ModelError
        When the model names no classes, or its answer is not finite.
    """
    module = model.module() if module is None else module.eval()
    waiting: list[tuple[int, NDArray[np.float32]]] = []
    since = 0.0
    for number, read in enumerate(readers):
        try:
            picture = read()
            values = model.card.preprocessing.apply(picture)
        except PictureError as error:
            yield Unreadable(number, error)
        else:
            since = since if waiting else monotonic()
            waiting.append((number, values))
            if thumbnail:
                yield Looked(number, picture.words, small_copy(picture, thumbnail))
            del picture
        if waiting and (len(waiting) == _BATCH or monotonic() - since > _PATIENCE):
            yield from _answer(model, waiting, top, module)
            waiting = []
    yield from _answer(model, waiting, top, module)


def _answer(
    model: Model,
    waiting: list[tuple[int, NDArray[np.float32]]],
    top: int,
    module: "nn.Module",
) -> Iterator[Answered]:
    if not waiting:
        return
    batch = np.stack([values for _, values in waiting])
    for (number, _), answers in zip(waiting, answer_values(model, batch, top, module), strict=True):
        yield Answered(number, tuple(answers))


def small_copy(picture: Picture, side: int) -> NDArray[np.uint8]:
    """The middle square of a picture for a list, on white where it is transparent.

    Returns
    -------
    uint8 array, side x side x 3
        Smaller where the picture itself is.
    """
    length = min(picture.height, picture.width)
    top, left = (picture.height - length) // 2, (picture.width - length) // 2
    side = min(side, length)
    middle = slice(top, top + length), slice(left, left + length)
    white = full_scale(picture.pixels)
    small = _shrink(picture.pixels[middle], side)
    shown = to_display(small, white=white).rgb
    if picture.alpha is None:
        return shown.copy()
    opacity = _shrink(picture.alpha[middle], side).astype(np.float32) / np.float32(white)
    on_white = np.rint(255 + (shown - np.float32(255)) * opacity)
    return np.asarray(on_white, np.uint8)


def _shrink(pixels: Pixels, side: int) -> Pixels:
    """Square pixels, height x width [x channels], by area."""
    small: Any = cv2.resize(pixels, (side, side), interpolation=cv2.INTER_AREA)
    square: Pixels = small.reshape(side, side, -1)
    return square
