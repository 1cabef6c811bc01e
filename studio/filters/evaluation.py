"""What a chain of filters makes of a picture, computed where and when it is asked for.

The result is the same in whatever pieces, in whatever order and on however many cores it is
computed. What is kept is bounded: the stages that a filter has to see as a whole, and those that
`Evaluation.keep` finds room for.
"""

from collections.abc import Generator, Iterable, Iterator, Sequence
from threading import Lock

import numpy as np

from studio.errors import SettingError
from studio.filters.base import Filter
from studio.filters.cutting import Box
from studio.filters.stage import FilteredStage, Stage
from studio.filters.threads import cores, each
from studio.image.picture import Pixels

# Bytes of a strip of the result, so that it stays in the cache on its way.
_STRIP = 9 * 2**18
# Rows of a strip for each row that a window reaches beyond it, which is computed twice.
_ROWS_FOR_REACH = 32
_FEWEST_ROWS = 64


class Evaluation:
    """A picture and the filters it goes through.

    `prepare` comes first; after that, everything may be called from any thread.

    Parameters
    ----------
    filters : sequence of Filter
    pixels : array, height x width x channels
    like : Evaluation, optional
        An older one, whose stages are taken over as far as picture and filters are the same.
    workers : int
        How many cores to use; 0 for all.

    Raises
    ------
    SettingError
        When the picture is too small for a filter; its `step` says for which.
    """

    def __init__(
        self,
        filters: Sequence[Filter],
        pixels: Pixels,
        like: "Evaluation | None" = None,
        workers: int = 0,
    ) -> None:
        self.filters = tuple(filters)
        self.pixels = pixels
        self._workers = workers or cores()
        self._stages = [Stage(pixels)]
        kept = like._same(self.filters, pixels) if like is not None else []
        for step, filter in enumerate(self.filters):
            try:
                stage = kept[step] if step < len(kept) else FilteredStage(filter, self._stages[-1])
            except SettingError as error:
                error.step = step
                raise
            self._stages.append(stage)

    def _same(self, filters: tuple[Filter, ...], pixels: Pixels) -> list[Stage]:
        """The stages that another evaluation has in common with this one."""
        if pixels is not self.pixels:
            return []
        pairs = zip(self.filters, filters, strict=False)
        count = next((place for place, (a, b) in enumerate(pairs) if a != b), None)
        shared = min(len(self.filters), len(filters)) if count is None else count
        return self._stages[1 : shared + 1]

    def size(self, stage: int = -1) -> tuple[int, int]:
        """Height and width of a stage; 0 is the picture, 1 what the first filter gives."""
        return self._stages[stage].height, self._stages[stage].width

    def first(self, stage: int = -1) -> Pixels:
        """The upper left pixel of a stage: 1 x 1 x channels, in its depth."""
        return self._stages[stage].first

    def prepare(self) -> Iterator[float]:
        """Find out what filters have to know of whole pictures; gives the share that is done."""
        wanted = [stage for stage in self._stages if not stage.is_ready]
        for place, stage in enumerate(wanted):
            yield place / len(wanted)
            before = stage.before
            if before is not None and before.before is not None and stage.needs_whole:
                before.keep()
                for done in self._filling(before):
                    yield (place + done) / len(wanted)
            stage.make_ready()

    def keep(self, stages: Iterable[int], room: int) -> int:
        """Keep stages from now on, in this order, as long as there is room for them.

        Parameters
        ----------
        room : int
            Bytes.

        Returns
        -------
        int
            The bytes that are left.
        """
        for stage in (self._stages[place] for place in stages):
            if stage.is_kept:
                continue
            if stage.bytes > room:
                break
            room -= stage.bytes
            stage.keep()
        return room

    def kept(self) -> tuple[int, ...]:
        """The stages of filters that are kept."""
        return tuple(place for place, stage in enumerate(self._stages) if place and stage.is_kept)

    def get(self, box: Box, stage: int = -1) -> Pixels:
        """A part of a stage; not to be changed."""
        return self._stages[stage].get(box)

    def whole(self, stage: int = -1) -> Pixels:
        """All of a stage."""
        for _ in self.prepare():
            pass
        steps = self.filling(stage)
        while True:
            try:
                next(steps)
            except StopIteration as end:
                filled: Pixels = end.value
                return filled

    def filling(self, stage: int = -1) -> Generator[float, None, Pixels]:
        """Compute all of a stage; gives the share that is done, and returns the array."""
        chosen = self._stages[stage]
        if chosen.is_kept:
            yield from self._filling(chosen)
            return chosen.get(chosen.box)
        out = _Whole(chosen.height, chosen.width)
        done = 0
        boxes = [chosen.box] if self._is_light(chosen) else self._strips(chosen)
        strips = each(lambda box: out.put(box, chosen.get(box)), boxes, self._workers)
        for box, _ in strips:
            done += box.height
            yield done / chosen.height
        assert out.pixels is not None
        return out.pixels

    def strips(self, stage: int = -1) -> Iterator[tuple[Box, Pixels]]:
        """All of a stage as strips over its whole width, as they get ready; none is kept."""
        chosen = self._stages[stage]
        return each(chosen.get, self._strips(chosen), self._workers)

    def _filling(self, stage: Stage) -> Iterator[float]:
        boxes = stage.missing()
        for place, _ in enumerate(each(stage.get, boxes, self._workers), 1):
            yield place / len(boxes)

    def _is_light(self, stage: Stage) -> bool:
        """Whether one call for all of it is faster than strips that are put together."""
        filters = self.filters[: self._stages.index(stage)]
        if len(filters) != 1 or not filters[0].is_light:
            return False
        return filters[0].pads_itself or not any(filters[0].padding)

    def _strips(self, stage: Stage) -> list[Box]:
        filters = self.filters[: self._stages.index(stage)]
        rows = max(1, _STRIP * stage.height // stage.bytes)
        if not any(filter.is_slow for filter in filters):
            reach = sum(filter.reach.top + filter.reach.bottom for filter in filters)
            rows = max(rows, _ROWS_FOR_REACH * reach // 2)
        rows = min(rows, max(_FEWEST_ROWS, -(-stage.height // self._workers)))
        tops = range(0, stage.height, rows)
        return [Box(top, min(top + rows, stage.height), 0, stage.width) for top in tops]


class _Whole:
    """An array that is put together from strips, in any thread."""

    def __init__(self, height: int, width: int) -> None:
        self._size = height, width
        self._lock = Lock()
        self.pixels: Pixels | None = None

    def put(self, box: Box, strip: Pixels) -> None:
        if strip.shape[:2] == self._size:
            self.pixels = strip
            return
        if self.pixels is None:
            with self._lock:
                if self.pixels is None:  # now it is known of which depth it is
                    self.pixels = np.empty((*self._size, strip.shape[2]), strip.dtype)
        self.pixels[box.top : box.bottom] = strip
