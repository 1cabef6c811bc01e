"""What a training run says while it goes on: frozen numbers and CPU copies, never live tensors."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.data.progress import Preparing
from studio.nets.network import Network
from studio.nets.preprocess import Preprocessing


@dataclass(frozen=True)
class Started:
    """The first step is about to be taken.

    `network` is the one that is trained, fitted to the data; with `preprocessing` and a snapshot
    of its weights it makes a model.
    """

    settings: dict[str, Any]
    device: str
    train_count: int
    test_count: int
    weights: int
    steps: int
    classes: tuple[str, ...]
    network: Network | None = None
    preprocessing: Preprocessing | None = None


@dataclass(frozen=True)
class Step:
    """One update was made. `loss` and `accuracy` are of its own batch."""

    step: int
    epoch: int
    loss: float
    accuracy: float
    learning_rate: float
    pictures_per_second: float


@dataclass(frozen=True)
class Testing:
    """The test pictures are being answered after an epoch."""

    epoch: int
    fraction: float


@dataclass(frozen=True, eq=False)
class Epoch:
    """All training pictures were seen once more.

    `confusion` is classes x classes, rows true, columns answered, on the test pictures.
    `train_loss` and `train_accuracy` are means over the epoch's batches.
    """

    epoch: int
    step: int
    train_loss: float
    train_accuracy: float
    test_loss: float
    test_accuracy: float
    seconds: float
    confusion: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Snapshot:
    """The weights after an epoch, by their name in the torch module."""

    epoch: int
    weights: dict[str, NDArray[Any]] = field(repr=False)


@dataclass(frozen=True)
class Finished:
    """The run has ended by itself."""

    epochs: int
    test_accuracy: float
    seconds: float


Event = Preparing | Started | Step | Testing | Epoch | Snapshot | Finished
