"""What a chain makes of a picture, and what is measured of it while it is shown."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from threading import Lock
from time import perf_counter
from typing import Any, Literal, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.errors import SettingError
from studio.filters.base import Filter
from studio.filters.chain import Chain
from studio.filters.cutting import Box
from studio.filters.evaluation import Evaluation
from studio.filters.rendering import Tile, sample, tiles, units
from studio.filters.threads import cores, each
from studio.image.display import Mode, Scale, Shown, scale_of, show, to_display
from studio.image.picture import Picture, Pixels, full_scale
from studio.image.statistics import Histogram, histogram_for

# Twice the size a list shows them in, for screens with two device pixels to one.
SMALL = (84, 56)
# The longer side of the reduced picture that the list's small pictures are made from.
_REDUCED = 320
# Bytes of stages that may be kept; and as many more as the picture has, for what goes into the
# chosen filter. Large arrays that come and go with every result would make the window stutter.
_ROOM = 48 * 2**20
# Seconds that measuring what nobody looks at may take, and between two reports.
_PATIENCE, _EVERY = 8.0, 0.2


@dataclass(frozen=True, eq=False)
class Side:
    """What one of the two views shows: a stage of a chain, on a scale."""

    evaluation: Evaluation
    stage: int
    channels: int
    depth: str
    scale: Scale

    @property
    def size(self) -> tuple[int, int]:
        """Height and width."""
        return self.evaluation.size(self.stage)

    @property
    def filters(self) -> tuple[Filter, ...]:
        """What leads to it."""
        return self.evaluation.filters[: self.stage]

    def get(self, box: Box) -> Pixels:
        return self.evaluation.get(box, self.stage)

    def show(self, pixels: Pixels) -> NDArray[np.uint8]:
        """A piece as RGB, on the scale of the whole."""
        return show(pixels, self.scale)

    def looks_like(self, other: "Side") -> bool:
        """Whether both show the same of the same picture."""
        same = self.evaluation.pixels is other.evaluation.pixels
        return same and self.scale == other.scale and self.filters == other.filters


@dataclass(frozen=True, eq=False)
class Result:
    """What a chain makes of a picture: computed where it is looked at, kept as far as it fits.

    Attributes
    ----------
    evaluation : Evaluation
        Of the whole chain.
    before, after : Side
        What the views show: the picture and the chain's result; or what the chosen filter makes of
        what goes into it, and what `other` would make of the same.
    other : Filter, optional
        The filter that the chosen one is compared with.
    """

    picture: Picture
    chain: Chain
    evaluation: Evaluation
    before: Side
    after: Side
    survey: "Survey"
    other: Filter | None = None

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of what is shown after."""
        return self.after.size

    @property
    def is_float(self) -> bool:
        """Whether the chain's result is floating point."""
        return self.evaluation.first().dtype.kind == "f"

    def get(self, box: Box) -> Pixels:
        """A part of what is shown after, whose time counts."""
        started = perf_counter()
        pixels = self.after.get(box)
        self.survey.spend(perf_counter() - started)
        return pixels

    def stage(self, row: int) -> int:
        """The stage that the chain's filter at `row` gives."""
        return self.chain.stage(row)


class Facts(NamedTuple):
    """What is known of a result so far."""

    histogram: Histogram
    is_whole: bool  # or only of what was looked at
    milliseconds: float | None  # of the whole chain on all cores
    small: list[NDArray[np.uint8]]  # RGB, one for each step


class Survey:
    """What was measured of a result, piece by piece, in any thread."""

    def __init__(self, height: int, width: int, histogram: Histogram) -> None:
        self._lock = Lock()
        self._boxes = units(Box(0, height, 0, width), height, width)
        self._done: set[Box] = set()
        self._seconds = 0.0
        self._histogram = histogram
        self.small: list[NDArray[np.uint8]] = []

    @property
    def missing(self) -> list[Box]:
        return [box for box in self._boxes if box not in self._done]

    def add(self, box: Box, pixels: Pixels) -> None:
        with self._lock:
            if box in self._done:
                return
            self._done.add(box)
        self._histogram.add(pixels)

    def spend(self, seconds: float) -> None:
        with self._lock:
            self._seconds += seconds

    def facts(self) -> Facts:
        with self._lock:
            whole = len(self._done) == len(self._boxes)
            spent = 1000 * self._seconds / min(cores(), len(self._boxes))
            return Facts(self._histogram, whole, spent if whole else None, self.small)


def compute(
    picture: Picture,
    chain: Chain,
    shown: Shown,
    row: int,
    last: Result | None,
    other: Filter | None = None,
) -> Iterator[float | Result]:
    """Find out all that has to be known before any piece of the result can be shown.

    Parameters
    ----------
    row : int
        The chosen filter, which is likely to change next: what goes into it is kept.
    last : Result, optional
        What it has in common with the new one is not computed again.
    other : Filter, optional
        Show what the chosen filter, which is on, gives, and what this one would give in its place.

    Yields
    ------
    float or Result
        The share that is done, again and again; then the result.
    """
    pixels = picture.pixels
    evaluation = chain.evaluate(pixels, last.evaluation if last else None)
    stage = chain.stage(row)
    against = _in_place(evaluation, stage, other, last) if other else evaluation
    started = perf_counter()
    for one in dict.fromkeys((evaluation, against)):
        yield from one.prepare()
    room = _ROOM
    if chain.filters:
        evaluation.keep((max(0, stage - 1),), room + pixels.nbytes)
        room = evaluation.keep(reversed(range(len(chain.filters) + 1)), room)
    if other:
        against.keep(reversed(range(len(against.filters) + 1)), room)
        before, _ = _side(evaluation, stage, shown, chain.filters[stage - 1])
        after, histogram = _side(against, len(against.filters), shown, other)
        before, after = _on_one_scale(before, after)
    else:
        before, _ = _side(evaluation, 0, Shown())
        after, histogram = _side(evaluation, len(chain.filters), shown, *chain.filters[-1:])
    if last is not None and after.looks_like(last.after) and not other:
        survey = last.survey  # the same as before, and nothing has to be measured again
    else:
        survey = Survey(*after.size, histogram)
        survey.spend((perf_counter() - started) * cores())  # parts of it were computed
    yield Result(picture, chain, evaluation, before, after, survey, other)


def _in_place(evaluation: Evaluation, stage: int, other: Filter, last: Result | None) -> Evaluation:
    """The chain up to the filter that gives a stage, with another in its place."""
    filters, pixels = (*evaluation.filters[: stage - 1], other), evaluation.pixels
    if last is not None:
        known = last.after.evaluation  # it shares its stages with the last chain's
        if known.filters == filters and known.pixels is pixels:
            return known
    return Evaluation(filters, pixels, evaluation)


def _side(
    evaluation: Evaluation, stage: int, shown: Shown, *given_by: Filter
) -> tuple[Side, Histogram]:
    """A stage on the scale that all its pieces are shown on, and what its values will be put in."""

    def get(box: Box) -> Pixels:
        return evaluation.get(box, stage)

    some = evaluation.first(stage)
    channels, depth = some.shape[2], some.dtype.name
    if depth == "float32":  # a scale that doesn't change while pieces arrive
        some = sample(get, *evaluation.size(stage))
    mode: Mode = given_by[0].shown_as if given_by else "auto"
    white = full_scale(evaluation.pixels)
    scale = scale_of(some, shown, mode, white)
    histogram = histogram_for(some, shown, mode, white)
    return Side(evaluation, stage, channels, depth, scale), histogram


def _on_one_scale(*sides: Side) -> tuple[Side, ...]:
    """Two results side by side, so that the same colour is the same value in both."""
    widest = max((side.scale for side in sides), key=lambda scale: scale.high)
    if len({(side.scale.kind, side.depth) for side in sides}) > 1:
        return sides
    return tuple(replace(side, scale=widest) for side in sides)


class Drawn(NamedTuple):
    """A piece that is ready to be painted."""

    which: Literal["before", "after"]
    tile: Tile


def draw(
    result: Result, level: int, before: Sequence[Box], after: Sequence[Box]
) -> Iterator[Drawn | Facts]:
    """Compute the pieces that are looked at, then measure the others.

    Parameters
    ----------
    before, after : sequences of Box
        The missing pieces of what the two views show, in the order they are wanted.
    """
    for tile in tiles(result.before.get, result.before.show, level, before):
        yield Drawn("before", tile)
    survey = result.survey
    for tile in tiles(result.get, result.after.show, level, after, survey.add):
        yield Drawn("after", tile)
    if not survey.small:
        survey.small = _small(result)
    yield survey.facts()
    yield from _measure(result)


def _measure(result: Result) -> Iterator[Facts]:
    survey, missing = result.survey, result.survey.missing
    started = told = perf_counter()
    work = each(lambda box: survey.add(box, result.get(box)), missing)
    for place, _ in enumerate(work, 1):
        now = perf_counter()
        if now - told > _EVERY or place == len(missing):
            told = now
            yield survey.facts()
        if (now - started) / place * len(missing) > _PATIENCE and now - started > _EVERY:
            work.close()  # type: ignore[attr-defined]
            return


def _small(result: Result) -> list[NDArray[np.uint8]]:
    """What each step gives, as an icon: of the picture reduced, since an icon needs no more."""
    pixels = result.picture.pixels
    white = full_scale(pixels)
    reduced = _resized(pixels, _REDUCED / max(pixels.shape[:2]), cv2.INTER_AREA)
    try:
        evaluation = result.chain.evaluate(reduced)
    except SettingError:  # smaller than a window of the chain
        return []
    icons = []
    for row, step in enumerate(result.chain.steps):
        mode = step.filter.shown_as if step.on else "auto"
        given = evaluation.whole(result.stage(row))
        # The mean of two directions is no direction between them.
        way = cv2.INTER_NEAREST if mode == "direction" else cv2.INTER_AREA
        scale = max(SMALL[0] / given.shape[1], SMALL[1] / given.shape[0])
        icons.append(to_display(_resized(given, scale, way), mode, white=white).rgb)
    return icons


def _resized(pixels: Pixels, scale: float, way: int) -> Pixels:
    if scale >= 1:
        return pixels
    height, width = pixels.shape[:2]
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    shrunk: Any = cv2.resize(pixels, size, interpolation=way)
    return shrunk.reshape(size[1], size[0], -1)  # type: ignore[no-any-return]
