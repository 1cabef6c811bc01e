"""The pictures of a collection that excite a map most, and where in them."""

import heapq
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.errors import ModelError, PictureError, SettingError
from studio.image.display import to_display
from studio.image.picture import Picture, full_scale
from studio.insight.maps import device_of
from studio.insight.unit import FieldOnPicture, field_on_picture
from studio.nets.model import Model
from studio.nets.row import Row

if TYPE_CHECKING:
    from studio.nets.steps import Steps

_BATCH = 64
_PATIENCE = 0.2  # seconds that a picture waits for others to fill a batch
_LONGEST = 192  # side of a patch that is kept, in pixels

Read = Callable[[], Picture]


@dataclass(frozen=True, eq=False)
class Strong:
    """A picture that excites a map.

    Attributes
    ----------
    number : int
        Of the picture among those that were given, from 0.
    activation : float
        The map's largest value.
    y, x : int
        Where in the map.
    field : FieldOnPicture
        The receptive field of that unit in the picture's pixels.
    patch : uint8 array, height x width x 3
        These pixels, made smaller where they are many.
    """

    number: int
    activation: float
    y: int
    x: int
    field: FieldOnPicture
    patch: NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Found:
    """The strongest so far, the strongest first; what couldn't be read, by number."""

    done: int
    strongest: tuple[Strong, ...]
    unreadable: tuple[tuple[int, PictureError], ...]


class _Place(NamedTuple):
    """A candidate: the activation, and the picture's number downwards, so that the first wins."""

    activation: float
    minus_number: int
    y: int
    x: int


def strongest(
    model: Model,
    row: Row,
    channel: int,
    readers: Iterable[Read],
    count: int = 9,
    steps: "Steps | None" = None,
) -> Iterator[Found]:
    """Look through pictures for those that excite one map most; the last `Found` is the result.

    A picture is kept only while its input is made; the few that excite the map are read again for
    the patch.

    Parameters
    ----------
    channel : int
        The map, or the value of a vector.
    readers : iterable of callable
        Each gives a picture or raises a PictureError; called again for a picture that is shown.
    count : int
        How many to keep.
    steps : Steps, optional
        As for `excite`.

    Raises
    ------
    SettingError
        When the layer has no such map.
    ModelError
        When its values are not finite.
    """
    if not 0 <= channel < row.output.channels:
        raise SettingError(f"{row.name} has no map {channel + 1}", f"It has {row.output.channels}")
    search = _Search(model, row, channel, count, model.steps() if steps is None else steps)
    waiting: list[tuple[int, Read, NDArray[np.float32]]] = []
    since = 0.0
    done = 0
    for number, read in enumerate(readers):
        done = number + 1
        try:
            values = model.card.preprocessing.apply(read())
        except PictureError as error:
            search.unreadable.append((number, error))
            continue
        since = since if waiting else monotonic()
        waiting.append((number, read, values))
        if len(waiting) == _BATCH or monotonic() - since > _PATIENCE:
            search.take(waiting)
            waiting = []
            yield search.found(done)
    search.take(waiting)
    yield search.found(done)


class _Search:
    """The best places so far and their patches."""

    def __init__(self, model: Model, row: Row, channel: int, count: int, steps: "Steps") -> None:
        self._model, self._row, self._channel, self._count = model, row, channel, count
        self._steps = steps
        self._best: list[_Place] = []  # a heap, the weakest first
        self._strong: dict[int, Strong] = {}
        self.unreadable: list[tuple[int, PictureError]] = []

    def take(self, waiting: list[tuple[int, Read, NDArray[np.float32]]]) -> None:
        """See whether some pictures belong to the strongest."""
        if not waiting:
            return
        readers = {number: read for number, read, _ in waiting}
        maps = self._maps(np.stack([values for _, _, values in waiting]))
        for number, values in zip(readers, maps, strict=True):
            y, x = (int(place) for place in np.unravel_index(values.argmax(), values.shape))
            place = _Place(float(values[y, x]), -number, y, x)
            if len(self._best) < self._count:
                heapq.heappush(self._best, place)
            elif place > self._best[0]:
                heapq.heapreplace(self._best, place)
        kept = {-place.minus_number: place for place in self._best}
        self._strong = {number: one for number, one in self._strong.items() if number in kept}
        for number in kept.keys() - self._strong.keys():
            self._cut(kept[number], readers[number])

    def found(self, done: int) -> Found:
        ordered = sorted(self._best, reverse=True)
        strong = (self._strong[-place.minus_number] for place in ordered)
        return Found(done, tuple(strong), tuple(self.unreadable))

    def _cut(self, place: _Place, read: Read) -> None:
        number = -place.minus_number
        try:
            picture = read()
        except PictureError as error:  # it has gone meanwhile
            self.unreadable.append((number, error))
            self._best.remove(place)
            heapq.heapify(self._best)
            return
        field = field_on_picture(self._model, self._row, place.y, place.x, picture)
        patch = patch_of(picture, field)
        self._strong[number] = Strong(number, place.activation, place.y, place.x, field, patch)

    def _maps(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        """N x height x width of the one map."""
        import torch

        from studio.insight.logits import evaluation_mode

        name, size = self._row.name, self._row.output
        with evaluation_mode(self._steps.module), torch.inference_mode():
            given = torch.from_numpy(batch).to(device_of(self._steps.module))
            found: Any = self._steps.run(given, name, keep=(name,))[name]
        maps: NDArray[np.float32] = found.reshape(len(batch), *size)[:, self._channel].numpy(
            force=True
        )
        if not np.isfinite(maps).all():
            raise ModelError(f"{self._model.card.title} gives values at {name} that are not finite")
        return maps


def patch_of(picture: Picture, field: FieldOnPicture) -> NDArray[np.uint8]:
    """The pixels of a receptive field, at least one, as they are shown.

    Returns
    -------
    uint8 array, height x width x 3
        Made smaller by area where a side is longer than 192.
    """
    top, left = int(field.top), int(field.left)
    bottom, right = int(np.ceil(field.top + field.height)), int(np.ceil(field.left + field.width))
    top, left = min(top, picture.height - 1), min(left, picture.width - 1)
    cut = picture.pixels[top : max(bottom, top + 1), left : max(right, left + 1)]
    scale = _LONGEST / max(cut.shape[:2])
    if scale < 1:
        size = max(1, round(cut.shape[1] * scale)), max(1, round(cut.shape[0] * scale))
        small: Any = cv2.resize(cut, size, interpolation=cv2.INTER_AREA)
        cut = small.reshape(size[1], size[0], -1)
    return to_display(cut, white=full_scale(picture.pixels)).rgb.copy()
