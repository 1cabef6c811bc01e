"""Measuring a unit's field, over the picture that is looked at or over many; for jobs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.data.progress import Preparing
from studio.errors import PictureError
from studio.insight.effective_field import EffectiveField, Unit, average_field, effective_field
from studio.nets.preprocess import Preprocessing
from studio.nets.row import Row
from studio.window.network.field.heat import heat_pixels
from studio.window.network.look import Look
from studio.window.network.sources import Entry, Library, Source

MOST = 500  # pictures of a collection that are averaged
_VALUES = 2**17  # of a batch, about; so that stopping is quick and memory is spared
_BATCH = 32


@dataclass(frozen=True, eq=False)
class Measured:
    """The field of one unit.

    Attributes
    ----------
    pixels : uint8 array, rows x columns x 4
        The heat in colours.
    total : int
        How many pictures are averaged in the end; 0 for the one that is looked at.
    unreadable : int
        How many of them were left out.
    """

    look: Look
    row: Row
    unit: Unit
    field: EffectiveField
    pixels: NDArray[np.uint8]
    total: int = 0
    unreadable: int = 0


def measure(look: Look, row: Row, unit: Unit) -> Measured:
    """Over the picture that is looked at, in the mode that is shown."""
    draw = look.view.draw
    field = effective_field(look.steps, look.rows, row.name, unit, look.values, draw)
    return Measured(look, row, unit, field, heat_pixels(field.heat))


def average(
    library: Library, source: Source, look: Look, row: Row, unit: Unit
) -> "Iterator[Preparing | Measured]":
    """Over the pictures of a collection, spread over all of it, in evaluation mode."""
    entries = yield from library.entries(source)
    chosen = [entries[place] for place in spread(len(entries), MOST)]
    if not chosen:
        raise PictureError(f"there is no picture in {source.title}")
    batches = _Batches(look.model.card.preprocessing, chosen)
    found = False
    for field in average_field(look.own_steps(), look.rows, row.name, unit, batches):
        found = True
        pixels = heat_pixels(field.heat)
        yield Measured(look, row, unit, field, pixels, len(chosen), batches.unreadable)
    if not found:
        raise PictureError(f"no picture in {source.title} can be read")


def spread(count: int, most: int) -> Sequence[int]:
    """At most so many places, as far apart as can be."""
    if count <= most:
        return range(count)
    return [int(place) for place in np.arange(most) * count // most]


class _Batches:
    """Prepared pictures, several at once where they are small."""

    def __init__(self, preprocessing: Preprocessing, entries: Sequence[Entry]) -> None:
        self._preprocessing, self._entries = preprocessing, entries
        self.unreadable = 0

    def __iter__(self) -> Iterator[NDArray[np.float32]]:
        size = max(1, min(_BATCH, _VALUES // self._preprocessing.output.values))
        waiting: list[NDArray[np.float32]] = []
        for entry in self._entries:
            try:
                waiting.append(self._preprocessing.apply(entry.read()))
            except PictureError:
                self.unreadable += 1
            if len(waiting) == size:
                yield np.stack(waiting)
                waiting = []
        if waiting:
            yield np.stack(waiting)
