"""A step of training taken apart: forward, backward and update, each asked for by itself."""

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from studio.data.parts import Data
from studio.data.progress import Preparing
from studio.errors import TrainingError
from studio.nets.network import Network
from studio.training.engine import State, Training
from studio.training.events import Started
from studio.training.learner import Batch
from studio.training.schedule import learning_rate
from studio.training.settings import TrainSettings

Array = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Forward:
    """What the network answers for a batch.

    `pictures` are what it was given (N x channels x height x width, normalised), `answers` the
    probabilities (N x classes), `labels` the true classes; `loss` is the mean over the batch.
    """

    pictures: Array
    labels: NDArray[np.int64]
    answers: Array
    loss: float


@dataclass(frozen=True, eq=False)
class Backward:
    """The gradient of the loss by every weight that learns, by its name; and their lengths (L2)."""

    gradients: dict[str, Array]
    lengths: dict[str, float]


@dataclass(frozen=True, eq=False)
class Update:
    """How far every weight was moved, by its name, with which learning rate; and the weights now.

    `loss` is that of the same batch afterwards, in the same mode and with the same dropout.
    """

    moves: dict[str, Array]
    weights: dict[str, Array]
    learning_rate: float
    loss: float


class ByHand:
    """A network that learns when it is told to, one part of a step after the other.

    Made by `begin`. The parts must be asked for in their order, again and again.
    """

    def __init__(self, training: Training, data: Data, started: Started) -> None:
        self.data = data
        self.started = started  # what is trained, and on what
        self.learner = training.learner
        self.steps = training.steps_taken
        self.batch: Batch | None = None
        self._order = training.batches_left
        self._loss: Tensor | None = None
        self._has_gradient = False
        self._random: list[Tensor] = []  # the generators' states before the forward pass

    @property
    def weights(self) -> dict[str, Array]:
        """Copies of the weights that learn, by their name."""
        named = self.learner.module.named_parameters()
        return {name: _array(weight) for name, weight in named if weight.requires_grad}

    @property
    def scheduled_rate(self) -> float:
        """The learning rate that the schedule has for the next step; after its end, the last."""
        settings, per_epoch = self.learner.settings, self.learner.steps_per_epoch
        total = per_epoch * settings.epochs
        return learning_rate(settings, min(self.steps, total - 1), total, per_epoch)

    @property
    def next_part(self) -> str:
        """What comes next: forward, backward or update."""
        if self._loss is None:
            return "forward"
        return "update" if self._has_gradient else "backward"

    def forward(self) -> Forward:
        """Take the next batch and answer it."""
        self._check("forward")
        learner = self.learner
        if not self._order:
            self._order = learner.batches(learner.new_order())
        indices, *rest = self._order
        self._order = tuple(rest)
        with learner.computing():
            self.batch = learner.take(indices)
            self._random = [torch.get_rng_state()]
            logits, self._loss = learner.forward(self.batch)
        return Forward(
            _array(self.batch.values),
            self.batch.labels.cpu().numpy(),
            _array(logits.detach().softmax(1)),
            float(self._loss.detach()),
        )

    def backward(self) -> Backward:
        """The gradient of the loss of that batch."""
        self._check("backward")
        assert self._loss is not None
        with self.learner.computing():
            self.learner.backward(self._loss)
        self._has_gradient = True
        named = self.learner.module.named_parameters()
        found = {name: _array(w.grad) for name, w in named if w.grad is not None}
        return Backward(found, {name: _length(g) for name, g in found.items()})

    def update(self, rate: float | None = None) -> Update:
        """Move the weights.

        Parameters
        ----------
        rate : float, optional
            The learning rate; that of the schedule unless told.
        """
        self._check("update")
        assert self.batch is not None
        learner = self.learner
        if rate is None:
            rate = self.scheduled_rate
        before = self.weights
        with learner.computing():
            learner.update(rate)
        after = self.weights
        self._loss, self._has_gradient = None, False
        self.steps += 1
        with np.errstate(invalid="ignore"):  # infinite less infinite
            moves = {name: after[name] - before[name] for name in before}
        return Update(moves, after, rate, self._loss_again())

    def _loss_again(self) -> float:
        """The loss of the same batch, dropout leaving out the same values, statistics kept."""
        assert self.batch is not None
        learner = self.learner
        buffers = {name: one.clone() for name, one in learner.module.named_buffers()}
        with torch.no_grad(), learner.computing():
            with torch.random.fork_rng([]):
                torch.set_rng_state(self._random[0])
                _, loss = learner.forward(self.batch)
            for name, one in learner.module.named_buffers():
                one.copy_(buffers[name])
        return float(loss)

    def _check(self, part: str) -> None:
        if part != self.next_part:
            raise TrainingError(f"{self.next_part} comes next, not {part}")

    def close(self) -> None:
        """Let go of the data."""
        self.learner.close()


def begin(
    settings: TrainSettings,
    data_root: Path | None = None,
    data: Data | None = None,
    network: Network | None = None,
    state: State | None = None,
) -> Generator[Preparing, None, ByHand]:
    """Get data and network ready; see `Training` for the parameters.

    From a run's state, the first steps are those that the run would have taken next.

    Raises
    ------
    StudioError
        As `engine.train`.
    """
    training = Training(settings, data_root, data, network, state)
    for event in training.prepare():
        if isinstance(event, Preparing):
            yield event
        if isinstance(event, Started):
            started = event
    assert training.data is not None
    return ByHand(training, training.data, started)


def _length(values: Array) -> float:
    """L2; infinite or NaN after a divergence."""
    with np.errstate(over="ignore"):
        return float(np.linalg.norm(values.astype(np.float64)))


def _array(tensor: Tensor) -> Array:
    return tensor.detach().float().to("cpu", copy=True).contiguous().numpy()
