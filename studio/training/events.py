"""What a training run says while it goes on: frozen numbers and CPU copies, never live tensors."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.data.parts import Skipped
from studio.data.progress import Preparing
from studio.nets.architecture import Architecture
from studio.nets.preprocess import Preprocessing
from studio.nets.weights import Weights


@dataclass(frozen=True)
class Started:
    """The next step is about to be taken: the first, or the one after `resumed_at`.

    `network` is the one that is trained, fitted to the data; with `preprocessing` and a snapshot
    of its weights it makes a model. `settings` are as they were asked for; `precision` is what
    ``auto`` became. `checked_on` names the part that each epoch is tested on.
    """

    settings: dict[str, Any]
    device: str
    train_count: int
    test_count: int
    weights: int
    steps: int
    classes: tuple[str, ...]
    network: Architecture | None = None
    preprocessing: Preprocessing | None = None
    validation_count: int = 0
    checked_on: str = "test"
    precision: str = "full"
    skipped: tuple[Skipped, ...] = ()
    resumed_at: int = 0
    source: str = ""
    data_title: str = ""


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
class Norms:
    """Lengths (L2) of the gradient and of the weights of each layer that learns, at a step.

    `memory` is what the device, or on the CPU the process, holds, in bytes.
    """

    step: int
    layers: tuple[str, ...]
    gradients: tuple[float, ...]
    weights: tuple[float, ...]
    memory: int = 0


@dataclass(frozen=True, eq=False)
class Kernels:
    """The weights of the first convolution within an epoch: outputs x inputs x height x width."""

    step: int
    layer: str
    values: NDArray[np.float32] = field(repr=False)


@dataclass(frozen=True)
class Testing:
    """The pictures are being answered after an epoch."""

    epoch: int
    fraction: float


@dataclass(frozen=True, eq=False)
class Epoch:
    """All training pictures were seen once more.

    `confusion` is classes x classes, rows true, columns answered, on the part that epochs are
    tested on, which `validation_loss` and `validation_accuracy` are of too. `train_loss` and
    `train_accuracy` are means over the epoch's batches.
    """

    epoch: int
    step: int
    train_loss: float
    train_accuracy: float
    validation_loss: float
    validation_accuracy: float
    seconds: float
    confusion: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Snapshot:
    """The weights after an epoch, by their name in the torch module."""

    epoch: int
    weights: Weights = field(repr=False)


@dataclass(frozen=True, eq=False)
class Answers:
    """How the network answers every picture of the test part, after the last epoch.

    Of each picture: its number in the part, the true class, the class answered and the loss.
    """

    labels: NDArray[np.int64] = field(repr=False)
    answered: NDArray[np.int64] = field(repr=False)
    losses: NDArray[np.float32] = field(repr=False)


@dataclass(frozen=True)
class Checkpointed:
    """Everything up to this step is on the disk."""

    step: int


@dataclass(frozen=True)
class Finished:
    """The run has ended by itself; `early` where patience ended it."""

    epochs: int
    test_accuracy: float
    seconds: float
    early: bool = False


Event = (
    Preparing
    | Started
    | Step
    | Norms
    | Kernels
    | Testing
    | Epoch
    | Snapshot
    | Answers
    | Checkpointed
    | Finished
)
