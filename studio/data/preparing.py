"""The parts of a run, decoded and prepared: in memory where they fit, else in a file."""

import hashlib
import json
import time
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from studio.data import cache, memory
from studio.data.collection import ArrayPictures, Listed, PartName
from studio.data.decoding import Block, decode
from studio.data.parts import Part, Skipped
from studio.data.progress import Preparing
from studio.data.statistics import Counts, count_values, statistics_of
from studio.errors import DataError
from studio.nets.preprocess import Preprocessing

Keep = Literal["auto", "resident", "lazy"]
Statistics = tuple[tuple[float, ...], tuple[float, ...]]
Listing = Mapping[PartName, Listed]

_VERSION = 1  # of how pictures are prepared; another one makes kept ones useless
_SHARE = 0.5  # of the available memory that pictures may take
_SAY_EVERY = 0.05  # seconds
_FILLED = 1024  # pictures whose borders are filled at once


@dataclass(frozen=True, eq=False)
class Prepared:
    """Parts with the statistics of the training part."""

    parts: Mapping[PartName, Part]
    mean: tuple[float, ...]
    std: tuple[float, ...]
    skipped: tuple[Skipped, ...] = ()


class _Store(Protocol):
    count: int

    def append(self, pixels: NDArray[np.uint8]) -> None: ...
    def write(self, start: int, pixels: NDArray[np.uint8]) -> None: ...
    def read(self, start: int, end: int) -> NDArray[np.uint8]: ...


def prepare(
    parts: Listing, recipe: Preprocessing, what: str, *, centred: bool, keep: Keep = "auto"
) -> Generator[Preparing, None, Prepared]:
    """Decode and prepare all pictures.

    Parameters
    ----------
    parts : mapping
        In the order in which they are kept.
    recipe : Preprocessing
        Its mean and deviation don't count: they are measured.
    what : str
        What to call the pictures.
    centred : bool
        Whether the mean will be taken away; where it is, borders get the mean, else black.
    keep : str
        In memory, in a file, or wherever there is room.

    Raises
    ------
    DataError
        When no picture can be decoded, or there is no room.
    """
    row = (*recipe.size, recipe.channels)
    total = sum(map(len, parts.values()))
    size = total * int(np.prod(row))
    lazy = keep == "lazy" or (keep == "auto" and size > _SHARE * memory.available())
    if not lazy and (ready := _as_they_are(parts, row)):
        return ready
    if not lazy:
        return (yield from _in_memory(parts, recipe, what, row, centred))
    key = _key(parts, recipe, centred)
    entry = cache.find(key)
    if entry is None:
        with cache.Draft(key, row, total) as draft:
            about = yield from _fill(draft, parts, recipe, what, centred)
            yield Preparing(f"Keeping {what}")
            entry = draft.finish(about)
    return _restored(entry.pixels, entry.about, parts)


def _as_they_are(parts: Listing, row: tuple[int, ...]) -> Prepared | None:
    """Arrays that have the right size already."""
    found: dict[PartName, Part] = {}
    for name, listed in parts.items():
        pictures = listed.pictures
        if not isinstance(pictures, ArrayPictures) or pictures.pixels.shape[1:] != row:
            return None
        found[name] = Part(pictures.pixels, listed.labels)
    return Prepared(found, *statistics_of(count_values(found["train"].pictures)))


class _Resident:
    def __init__(self, total: int, row: tuple[int, ...]) -> None:
        self.count = 0
        self.pixels = np.empty((total, *row), np.uint8)

    def append(self, pixels: NDArray[np.uint8]) -> None:
        self.write(self.count, pixels)
        self.count += len(pixels)

    def write(self, start: int, pixels: NDArray[np.uint8]) -> None:
        self.pixels[start : start + len(pixels)] = pixels

    def read(self, start: int, end: int) -> NDArray[np.uint8]:
        return self.pixels[start:end]


def _in_memory(
    parts: Listing, recipe: Preprocessing, what: str, row: tuple[int, ...], centred: bool
) -> Generator[Preparing, None, Prepared]:
    total = sum(map(len, parts.values()))
    try:
        store = _Resident(total, row)
    except MemoryError:
        needed = memory.in_words(total * int(np.prod(row)))
        raise DataError(
            f"{what} needs {needed} of memory, which isn't there",
            "Lower Size or At most, or keep the pictures in a file",
        ) from None
    about = yield from _fill(store, parts, recipe, what, centred)
    return _restored(store.pixels[: store.count], about, parts)


def _fill(
    store: _Store, parts: Listing, recipe: Preprocessing, what: str, centred: bool
) -> Generator[Preparing, None, dict[str, Any]]:
    """Put all pictures into a store; what else has to be kept about them."""
    total = max(1, sum(map(len, parts.values())))
    counts: Counts = np.zeros((recipe.channels, 256), np.int64)
    kept: dict[PartName, list[int]] = {}
    boxes: list[NDArray[np.int64]] = []
    skipped: list[Skipped] = []
    before = 0
    said = 0.0
    for name, listed in parts.items():
        places = kept.setdefault(name, [])
        blocks = decode(listed.pictures, recipe)
        try:
            for block in blocks:
                _take(block, store, places, boxes, skipped)
                if name == "train":
                    counts += block.counts
                if time.monotonic() > said + _SAY_EVERY:
                    said = time.monotonic()
                    yield Preparing(f"Decoding {what}", (before + block.end) / total)
        finally:
            blocks.close()
        before += len(listed)
    if not kept["train"]:
        raise _all_corrupt(what, skipped)
    mean, std = statistics_of(counts)
    if recipe.resize == "fit" and recipe.ink == "as_is" and centred:
        _fill_borders(store, np.concatenate(boxes), mean)
    return {
        "kept": {name: _runs(places) for name, places in kept.items()},
        "mean": mean,
        "std": std,
        "skipped": [[each.path, each.reason] for each in skipped],
    }


def _take(
    block: Block,
    store: _Store,
    places: list[int],
    boxes: list[NDArray[np.int64]],
    skipped: list[Skipped],
) -> None:
    store.append(block.pixels)
    places.extend(block.kept.tolist())
    boxes.append(block.boxes)
    skipped.extend(block.skipped)


def _runs(places: list[int]) -> list[list[int]]:
    """Ascending whole numbers as runs, each its first and the one after its last."""
    breaks = np.flatnonzero(np.diff(places) != 1) + 1
    return [
        [int(run[0]), int(run[-1]) + 1] for run in np.split(np.array(places), breaks) if run.size
    ]


def _all_corrupt(what: str, skipped: list[Skipped]) -> DataError:
    if not skipped:
        return DataError(f"{what} has no training pictures")
    first = skipped[0]
    return DataError(
        f"none of the training pictures of {what} can be used: {first.path} {first.reason}",
        "Take another copy of them",
    )


def _fill_borders(store: _Store, boxes: NDArray[np.int64], mean: tuple[float, ...]) -> None:
    """Give the black borders the mean, as preprocessing does with a new picture."""
    colour = np.rint(255 * np.array(mean)).astype(np.uint8)
    for start in range(0, store.count, _FILLED):
        pixels = store.read(start, min(start + _FILLED, store.count))
        height, width = pixels.shape[1:3]
        for picture, box in zip(pixels, boxes[start : start + _FILLED], strict=True):
            top, left, rows, columns = box.tolist()
            if (rows, columns) != (height, width):
                picture[:top] = picture[top + rows :] = colour
                picture[:, :left] = picture[:, left + columns :] = colour
        store.write(start, pixels)


def _key(parts: Listing, recipe: Preprocessing, centred: bool) -> str:
    """Another one when the pictures, their order or their preparation are others."""
    prepared = recipe.model_dump(mode="json", exclude={"mean", "std"})
    listed = {name: each.pictures.fingerprint() for name, each in parts.items()}
    text = json.dumps([_VERSION, prepared, centred, listed])
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _restored(pixels: NDArray[np.uint8], about: Mapping[str, Any], parts: Listing) -> Prepared:
    """The parts, from all pixels and what `_fill` says about them."""
    found: dict[PartName, Part] = {}
    start = 0
    for name, listed in parts.items():
        runs = [np.arange(first, end) for first, end in about["kept"][name]]
        places = np.concatenate(runs) if runs else np.zeros(0, np.int64)
        names = listed.pictures.names
        found[name] = Part(
            pixels[start : start + len(places)],
            listed.labels[places],
            tuple(names[place] for place in places.tolist()) if names else (),
        )
        start += len(places)
    skipped = tuple(Skipped(path, reason) for path, reason in about["skipped"])
    return Prepared(found, tuple(about["mean"]), tuple(about["std"]), skipped)
