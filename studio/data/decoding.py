"""Pictures decoded and prepared on all cores, in their order."""

import os
from collections import deque
from collections.abc import Generator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Event

import numpy as np
from numpy.typing import NDArray

from studio.data.collection import FilePictures, Pictures
from studio.data.parts import Skipped
from studio.data.statistics import Counts, count_values
from studio.errors import DataError, PictureError
from studio.image.read import printable
from studio.nets.preprocess import Preprocessing

_BLOCK = 16  # pictures that a thread prepares at once
_AHEAD = 8  # blocks for each thread that may wait to be taken


@dataclass(frozen=True, eq=False)
class Block:
    """Some pictures, prepared: those from `start` up to `end`, without the ones that were skipped.

    Attributes
    ----------
    pixels : array of uint8, kept x height x width x channels
    kept : array of int64
        Their places among the pictures.
    boxes : array of int64, kept x 4
        Top, left, height and width of the picture inside its border, which is black.
    counts : array of int64, channels x 256
        How often each value occurs inside the borders.
    """

    end: int
    pixels: NDArray[np.uint8]
    kept: NDArray[np.int64]
    boxes: NDArray[np.int64]
    counts: Counts
    skipped: tuple[Skipped, ...]


def decode(pictures: Pictures, recipe: Preprocessing) -> Generator[Block, None, None]:
    """Prepare all pictures; the blocks come in their order, whatever thread was first.

    Closing the iterator stops the threads after the picture they are at.

    Raises
    ------
    DataError
        When the folder of the pictures is gone, or the memory ran out.
    """
    workers = max(2, _cores())
    stop = Event()
    starts = iter(range(0, len(pictures), _BLOCK))
    waiting: deque[Future[Block | None]] = deque()
    with ThreadPoolExecutor(workers, "studio-decode") as pool:
        try:
            while True:
                while len(waiting) < workers * _AHEAD and (start := next(starts, None)) is not None:
                    waiting.append(pool.submit(_prepare, pictures, recipe, start, stop))
                if not waiting:
                    return
                try:
                    block = waiting.popleft().result()
                except MemoryError:
                    raise DataError(
                        "the memory ran out while pictures were decoded",
                        "Lower Size, or close other programs",
                    ) from None
                assert block is not None
                yield block
        finally:
            stop.set()
            for future in waiting:
                future.cancel()


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _prepare(pictures: Pictures, recipe: Preprocessing, start: int, stop: Event) -> Block | None:
    """One block; nothing when it is stopped."""
    end = min(start + _BLOCK, len(pictures))
    pixels = np.empty((end - start, *recipe.size, recipe.channels), np.uint8)
    kept: list[int] = []
    boxes: list[tuple[int, int, int, int]] = []
    skipped: list[Skipped] = []
    for place in range(start, end):
        if stop.is_set():
            return None
        try:
            picture = pictures.read(place)
            pixels[len(kept)] = recipe.to_bytes(picture)
        except PictureError as error:
            skipped.append(_skipped(pictures, place, error))
        else:
            boxes.append(recipe.place(picture))
            kept.append(place)
    pixels = pixels[: len(kept)]
    inside = np.array(boxes, np.int64).reshape(-1, 4)
    counts = count_values(pixels)
    counts[:, 0] -= pixels[..., 0].size - (inside[:, 2] * inside[:, 3]).sum()
    return Block(end, pixels, np.array(kept, np.int64), inside, counts, tuple(skipped))


def _skipped(pictures: Pictures, place: int, error: PictureError) -> Skipped:
    name = pictures.name(place)
    if isinstance(pictures, FilePictures):
        for folder in (pictures.folder, Path(pictures.paths[place]).parent):
            if not folder.is_dir():
                raise DataError(
                    f"the folder {printable(str(folder))} is gone",
                    "Put it back, or choose another one",
                )
    return Skipped(name, _reason(error.message, Path(name).name))


def _reason(message: str, name: str) -> str:
    """What is wrong, without the name that stands beside it."""
    return message.removeprefix(name).strip() or message
