"""A step taken apart, beside the window: what is asked for, and what comes back."""

from collections import deque
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from time import monotonic
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from studio.data.parts import Data
from studio.data.progress import Preparing
from studio.errors import TrainingError
from studio.nets.network import Network
from studio.nets.preprocess import Preprocessing
from studio.nets.row import Row
from studio.nets.weights import Weights
from studio.training.kept import CHECKPOINT, RUN, read_run
from studio.training.settings import TrainSettings
from studio.window.train.by_hand.landscape import Landscape, Places, landscape_of

if TYPE_CHECKING:
    from studio.training.by_hand import Backward, ByHand, Forward, Update
    from studio.training.learner import Batch
    from studio.training.surface import Plane

SHOWN = 16  # pictures of a batch
_PLACES, _FIRST = 17, 9  # of the surface: along a side, and from how many on it is shown
_STEPS, _VALUES = 50, 2**24  # of the path: at most so many steps, and weights kept for them
_REDRAW = 0.1  # seconds between two pictures of a surface


@dataclass(frozen=True, eq=False)
class HandAsked:
    """What is to be trained by hand; from the checkpoint in `folder`, if there is one."""

    title: str
    settings: TrainSettings
    data_root: Path | None = None
    network: Network | None = None
    folder: Path | None = None


@dataclass(frozen=True, eq=False)
class Ready:
    """Data and network are there.

    Attributes
    ----------
    step : int
        How many were taken.
    rate : float
        The schedule's learning rate for the next one.
    weights : mapping
        Those that learn, by their name in the torch module.
    from_checkpoint : bool
        Whether they are a run's, or drawn anew.
    """

    rows: tuple[Row, ...]
    classes: tuple[str, ...]
    step: int
    rate: float
    weights: Weights
    from_checkpoint: bool


@dataclass(frozen=True, eq=False)
class Answered:
    """After forward, in the `step` from 1: the first pictures, uint8 height x width x 1 or 3."""

    step: int
    forward: "Forward"
    pictures: list[NDArray[np.uint8]]


@dataclass(frozen=True, eq=False)
class Sloped:
    """After backward."""

    step: int
    backward: "Backward"


@dataclass(frozen=True, eq=False)
class Moved:
    """After the update: what is new, and the weights' way over the plane that was drawn."""

    step: int
    before: float  # the loss of the batch
    update: "Update"
    rate: float
    path: Places


Said = Preparing | Ready | Answered | Sloped | Moved | Landscape


class HandWork:
    """One run by hand. Its methods are for jobs, one at a time, but for `stop`."""

    def __init__(self) -> None:
        self._hand: ByHand | None = None
        self._data: tuple[str, Data] | None = None
        self._plane: tuple[int, Plane, Batch] | None = None  # the step that it was laid in
        self._way: deque[Weights] = deque()  # after each of the last steps
        self._path: deque[tuple[float, float]] = deque()  # the same, on the plane
        self._loss = 0.0
        self._stopped = Event()

    @property
    def hand(self) -> "ByHand":
        if self._hand is None:
            raise TrainingError("nothing is ready to be trained by hand", "Start over")
        return self._hand

    def stop(self) -> None:
        """End `steps` after the step that is being made, or `draw` where it is."""
        self._stopped.set()

    def open(self, asked: HandAsked) -> Generator[Said, None, None]:
        """Get data and network ready; the data of the same settings is kept.

        Raises
        ------
        StudioError
            When they can't be.
        """
        from studio.training.by_hand import begin

        self._leave()
        key = f"{asked.settings.model_dump_json()} {asked.data_root}"
        data = self._data[1] if self._data and self._data[0] == key else None
        state, root = _state_in(asked.folder), asked.data_root
        if root is None and asked.folder is not None and (asked.folder / RUN).is_file():
            root = read_run(asked.folder).data_root
        hand = yield from begin(asked.settings, root, data, asked.network, state)
        self._hand, self._data = hand, (key, hand.data)
        weights = hand.weights
        values = sum(array.size for array in weights.values())
        most = max(2, min(_STEPS, _VALUES // max(1, values)))
        self._way, self._path = deque([weights], maxlen=most), deque(maxlen=most)
        network = hand.started.network
        yield Ready(
            rows=network.table() if network else (),
            classes=hand.started.classes,
            step=hand.steps,
            rate=hand.scheduled_rate,
            weights=weights,
            from_checkpoint=state is not None,
        )

    def part(self, name: str, rate: float | None = None) -> Said:
        """Do ``forward``, ``backward`` or ``update``; with a learning rate, or the schedule's."""
        hand = self.hand
        if name == "forward":
            forward = hand.forward()
            self._loss = forward.loss
            preprocessing = hand.started.preprocessing
            assert preprocessing is not None
            return Answered(hand.steps + 1, forward, shown(forward.pictures, preprocessing))
        if name == "backward":
            return Sloped(hand.steps + 1, hand.backward())
        update = hand.update(rate)
        self._way.append(update.weights)
        if self._plane:
            self._path.append(self._plane[1].place(update.weights.values()))
        return Moved(hand.steps, self._loss, update, hand.scheduled_rate, tuple(self._path))

    def steps(self, count: int, rate: float | None = None) -> Generator[Said, None, None]:
        """Whole steps; one that was begun counts as the first."""
        self._stopped.clear()
        while count and not self._stopped.is_set():
            said = self.part(self.hand.next_part, rate)
            count -= isinstance(said, Moved)
            yield said

    def draw(self, reach: float) -> Generator[Landscape, None, None]:
        """The loss around the weights that the newest gradient belongs to.

        Raises
        ------
        TrainingError
            When there is no gradient yet, or no surface can be drawn in between two parts.
        """
        from studio.training.surface import loss_surface, plane_at

        hand = self.hand
        self._stopped.clear()
        if hand.next_part == "backward":
            raise TrainingError("the surface needs the gradient", "Do the backward pass first")
        if hand.next_part == "update" and (self._plane is None or self._plane[0] != hand.steps):
            assert hand.batch is not None
            plane = plane_at(hand.learner, hand.learner.settings.seed)
            self._plane = hand.steps, plane, hand.batch
            self._path.clear()
            self._path.extend(plane.place(weights.values()) for weights in self._way)
        if self._plane is None:
            raise TrainingError("there is no gradient yet", "Do the backward pass first")
        _, plane, batch = self._plane
        path, told = tuple(self._path), 0.0
        for done, surface in enumerate(
            loss_surface(hand.learner, batch, plane, reach, _PLACES), start=1
        ):
            is_last = surface.fraction >= 1 or self._stopped.is_set()
            if is_last or (done >= _FIRST and monotonic() - told > _REDRAW):
                yield landscape_of(surface.losses, surface.places, surface.fraction, path)
                told = monotonic()
            if is_last:
                return

    def close(self) -> None:
        """Let go of everything."""
        self._leave()
        self._data = None

    def _leave(self) -> None:
        if self._hand is not None:
            self._hand.close()
        self._hand = self._plane = None
        self._way.clear()
        self._path.clear()


def shown(values: NDArray[np.float32], preprocessing: Preprocessing) -> list[NDArray[np.uint8]]:
    """The first pictures of a batch, normalisation undone: height x width x channels.

    Parameters
    ----------
    values : array, N x channels x height x width
    """
    mean, std = (
        np.array(numbers, np.float32)[:, None, None]
        for numbers in (preprocessing.mean, preprocessing.std)
    )
    levels = 255 * np.clip(values[:SHOWN] * std + mean, 0, 1)
    whole = np.rint(levels).astype(np.uint8).transpose(0, 2, 3, 1)
    return [np.ascontiguousarray(picture) for picture in whole]


def _state_in(folder: Path | None) -> dict[str, Any] | None:
    """What a run's newest checkpoint holds; None before its first."""
    if folder is None or not (folder / CHECKPOINT).is_file():
        return None
    import torch

    from studio.training.checkpoint import load_checkpoint

    # A run that goes on meanwhile keeps its number of threads.
    return {**load_checkpoint(folder / CHECKPOINT), "threads": torch.get_num_threads()}
