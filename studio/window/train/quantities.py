"""What a chart can show of a run: one entry each, and where in the run's history it stands."""

from dataclasses import dataclass
from typing import Literal

Unit = Literal["epochs", "steps", "seconds"]
Smoothing = Literal["none", "some", "strong"]

UNITS: dict[Unit, str] = {"epochs": "Epochs", "steps": "Steps", "seconds": "Seconds"}
SMOOTHINGS: dict[Smoothing, str] = {"none": "None", "some": "Some", "strong": "Strong"}

# Time constants of the exponential means, in shares of the run's steps.
CONSTANTS: dict[Smoothing, float] = {"none": 0.0, "some": 0.01, "strong": 0.05}


@dataclass(frozen=True)
class Quantity:
    """Something that changes while a network learns.

    `help` says what it is; `checked` is the field of `Epoch` with its value on the part that
    epochs are tested on. Values are divided by `scale`. A `jagged` one differs from batch to
    batch: its line is smoothed.
    """

    key: str
    title: str
    help: str
    checked: str = ""
    percent: bool = False
    per_layer: bool = False
    jagged: bool = True
    scale: float = 1.0


_LIST = (
    Quantity(
        "loss",
        "Loss",
        "How far the answers are from the labels; training makes it smaller",
        checked="validation_loss",
    ),
    Quantity(
        "accuracy",
        "Accuracy",
        "The share of pictures answered with the right class",
        checked="validation_accuracy",
        percent=True,
    ),
    Quantity(
        "learning_rate",
        "Learning rate",
        "What the gradient is multiplied by in each step, as the schedule sets it",
        jagged=False,
    ),
    Quantity(
        "gradients",
        "Gradient norms",
        "The length of the gradient of each layer of the chosen run: layers whose norm is near "
        "zero hardly learn, a norm that grows without end comes before divergence",
        per_layer=True,
    ),
    Quantity(
        "weights",
        "Weight norms",
        "The length of the weights of each layer of the chosen run",
        per_layer=True,
        jagged=False,
    ),
    Quantity("speed", "Pictures a second", "Training pictures that are learned from in a second"),
    Quantity(
        "memory",
        "Memory, GB",
        "What the device holds, on a CPU the whole program",
        jagged=False,
        scale=1e9,
    ),
)
QUANTITIES = {one.key: one for one in _LIST}
