"""The pictures behind one cell of a confusion matrix, found beside the window."""

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.data.parts import Part
from studio.data.progress import Preparing
from studio.errors import DataError
from studio.training.device import pick_device
from studio.training.events import Answers
from studio.training.part_answers import answer_part
from studio.training.scores import cell
from studio.training.settings import TrainSettings
from studio.window.train.checked_parts import CheckedParts
from studio.window.train.replay import Replayer, Source
from studio.window.translate import tr

_AT_ONCE = 50  # copies in one piece


@dataclass(frozen=True, eq=False)
class CellAsked:
    """One cell of a run's matrix after an epoch.

    Attributes
    ----------
    run : str
        What the session calls the run's model.
    true, answered : int
        Classes.
    confusion : int64 array, classes x classes
        Of that epoch.
    answers : Answers, optional
        Those at the end of the run: used where they are the ones that the matrix counts.
    """

    run: str
    source: Source
    epoch: int
    true: int
    answered: int
    settings: TrainSettings
    data_root: Path | None
    confusion: NDArray[np.int64]
    answers: Answers | None = None

    @property
    def classes(self) -> tuple[str, ...]:
        return self.source.network.classes


@dataclass(frozen=True, eq=False)
class CellFound:
    """The pictures of a cell: their numbers in the part, the largest loss first."""

    asked: CellAsked
    part: Part
    numbers: NDArray[np.int64]
    losses: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Thumbnails:
    """Small copies (uint8, RGB) of some of the pictures of a cell, from the `first` on."""

    first: int
    pictures: list[NDArray[np.uint8]]


class CellWork:
    """Finds pictures; keeps the answers of the last epoch. For one job at a time."""

    def __init__(self, parts: CheckedParts) -> None:
        self._parts = parts
        self._replayer = Replayer()
        self._last: tuple[tuple[str, int, int], Answers] | None = None

    def find(
        self, asked: CellAsked, most: int, side: int
    ) -> Generator[Preparing | CellFound | Thumbnails, None, None]:
        """The pictures of a cell, after what has to be done for it, and copies of the first.

        Parameters
        ----------
        most : int
            How many are copied.
        side : int
            Of a copy, in pixels.

        Raises
        ------
        StudioError
            When the pictures or the weights aren't there any more.
        """
        part = yield from self._parts.open(asked.settings, asked.data_root)
        counts = np.bincount(part.labels, minlength=len(asked.confusion))
        if not np.array_equal(counts, asked.confusion.sum(axis=1)):
            raise DataError(
                "the pictures are others than those that the run was tested on",
                "Put back the files that were changed, or train again",
            )
        answers = asked.answers
        if answers is None or not counted_by(answers, asked.confusion):
            answers = yield from self._answer(asked, part)
        numbers = cell(answers, asked.true, asked.answered)
        yield CellFound(asked, part, numbers, answers.losses[numbers])
        for first in range(0, min(most, len(numbers)), _AT_ONCE):
            chosen = numbers[first : min(first + _AT_ONCE, most)]
            yield Thumbnails(first, [small_copy(part.pictures[number], side) for number in chosen])

    def _answer(self, asked: CellAsked, part: Part) -> Generator[Preparing, None, Answers]:
        key = asked.run, asked.epoch, id(part)
        if self._last is not None and self._last[0] == key:
            return self._last[1]
        words = tr("Answering {count} pictures").format(count=f"{len(part):,}")
        yield Preparing(words, 0.0)
        model = asked.source.model(self._replayer.weights(asked.source, asked.epoch))
        work = answer_part(model, part, pick_device())
        while True:
            try:
                yield Preparing(words, next(work))
            except StopIteration as end:
                answers: Answers = end.value
                self._last = key, answers
                return answers


def counted_by(answers: Answers, confusion: NDArray[np.int64]) -> bool:
    """Whether a matrix counts these very answers."""
    pairs = answers.labels * len(confusion) + answers.answered
    counts = np.bincount(pairs, minlength=confusion.size)
    return np.array_equal(counts, confusion.ravel())


def small_copy(picture: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """A picture, height x width x 1 or 3, in RGB, at most `side` pixels wide and high."""
    pixels = np.asarray(picture)
    scale = side / max(pixels.shape[:2])
    if scale < 1:
        size = [max(1, round(length * scale)) for length in pixels.shape[1::-1]]
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA))
        pixels = pixels.reshape(size[1], size[0], -1)
    return np.ascontiguousarray(np.broadcast_to(pixels, (*pixels.shape[:2], 3)))
