"""The loss around a network's weights: over a plane through them, as a surface."""

import math
from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from studio.errors import TrainingError
from studio.training.learner import Batch, Learner

Direction = list[Tensor]


@dataclass(frozen=True, eq=False)
class Plane:
    """Where a surface lies: all weights that learn, and two directions from them.

    Attributes
    ----------
    origin : list of Tensor
        The weights that it goes through.
    down, across : list of Tensor
        Along the negative gradient, and one drawn at random; each filter as long as its weights.
    """

    origin: Direction
    down: Direction
    across: Direction

    @cached_property
    def _products(self) -> NDArray[np.float64]:
        """Of each direction with each."""
        axes = self.down, self.across
        return np.array([[_dot(one, other) for other in axes] for one in axes])

    def place(self, weights: Iterable[NDArray[np.float32]]) -> tuple[float, float]:
        """Where other weights that learn, in the module's order, lie; projected at right angles.

        NaN where they are no finite numbers.
        """
        gap = [
            torch.from_numpy(one).to(at.device) - at
            for one, at in zip(weights, self.origin, strict=True)
        ]
        shares = np.array([_dot(gap, one) for one in (self.down, self.across)])
        if not np.isfinite(shares).all():
            return math.nan, math.nan
        found = np.linalg.lstsq(self._products, shares, rcond=None)[0]
        return float(found[0]), float(found[1])


@dataclass(frozen=True, eq=False)
class Surface:
    """Losses over a plane.

    Attributes
    ----------
    losses : array of float64, count x count
        Rows go along the second direction, columns along the first. NaN where it isn't known yet,
        infinite where the loss is no finite number.
    places : array of float64, count
        How far along a direction, the weights themselves at 0; the unit is the length of the
        direction, which for each filter is that of its weights.
    fraction : float
        How much of it is known.
    """

    losses: NDArray[np.float64]
    places: NDArray[np.float64]
    fraction: float


def plane_at(learner: Learner, seed: int) -> Plane:
    """The plane through the weights as they are.

    Scaling each filter so (H. Li and others, Visualizing the loss landscape of neural nets, 2018)
    makes distances comparable between layers. Biases and normalisations stay as they are. The
    second direction is at right angles to the first before the scaling.

    Raises
    ------
    TrainingError
        When there is no gradient: the backward pass comes first.
    """
    weights = _learned(learner.module)
    if any(weight.grad is None for weight in weights):
        raise TrainingError("there is no gradient yet", "Do the backward pass first")
    generator = torch.Generator().manual_seed(seed)
    down = [-weight.grad.detach().clone() for weight in weights if weight.grad is not None]
    across = [torch.randn(w.shape, generator=generator).to(w.device) for w in weights]
    _scale(down, weights)
    share = _dot(across, down) / max(_dot(down, down), 1e-30)
    across = [one - share * along for one, along in zip(across, down, strict=True)]
    _scale(across, weights)
    return Plane([weight.detach().clone() for weight in weights], down, across)


def loss_surface(
    learner: Learner, batch: Batch, plane: Plane, reach: float = 1.0, count: int = 17
) -> Generator[Surface, None, None]:
    """The loss of a batch at ``count`` x ``count`` places, coarse ones first, one after the other.

    The network answers as after training (no dropout, batch normalisation with what it knows), in
    full precision. Between two places nothing of the learner is changed.

    Parameters
    ----------
    reach : float
        How far the plane goes each way.
    """
    places = np.linspace(-reach, reach, count)
    losses = np.full((count, count), math.nan)
    for done, (row, column) in enumerate(_coarse_first(count), start=1):
        loss = _loss_at(learner, batch, plane, float(places[column]), float(places[row]))
        losses[row, column] = loss if math.isfinite(loss) else math.inf
        yield Surface(losses.copy(), places, done / (count * count))


def _loss_at(learner: Learner, batch: Batch, plane: Plane, x: float, y: float) -> float:
    weights = _learned(learner.module)
    kept = [weight.detach().clone() for weight in weights]
    was_training = learner.module.training
    try:
        with torch.no_grad():
            directions = zip(weights, plane.origin, plane.down, plane.across, strict=True)
            for weight, origin, down, across in directions:
                weight.copy_(origin + x * down + y * across)
            return learner.evaluated_loss(batch)
    finally:
        with torch.no_grad():
            for weight, before in zip(weights, kept, strict=True):
                weight.copy_(before)
        learner.module.train(was_training)


def _learned(module: nn.Module) -> list[nn.Parameter]:
    return [weight for weight in module.parameters() if weight.requires_grad]


def _scale(direction: Direction, weights: Sequence[Tensor]) -> None:
    """Each filter as long as the weights' own; a bias has no length of its own to take: 0."""
    for place, (one, weight) in enumerate(zip(direction, weights, strict=True)):
        if weight.ndim < 2:
            direction[place] = torch.zeros_like(one)
            continue
        rows = (-1, *([1] * (weight.ndim - 1)))
        own = weight.detach().flatten(1).norm(dim=1).view(rows)
        length = one.flatten(1).norm(dim=1).view(rows)
        direction[place] = one * own / length.clamp_min(1e-12)


def _dot(first: Direction, second: Direction) -> float:
    return float(sum((a * b).sum() for a, b in zip(first, second, strict=True)))


def _coarse_first(count: int) -> list[tuple[int, int]]:
    """All places, those of a wide grid before those between them."""
    order: list[tuple[int, int]] = []
    seen: set[tuple[int, int]] = set()
    stride = 1 << max(0, (count - 1).bit_length() - 2)
    while stride:
        for row in range(0, count, stride):
            for column in range(0, count, stride):
                if (row, column) not in seen:
                    seen.add((row, column))
                    order.append((row, column))
        stride //= 2
    return order
