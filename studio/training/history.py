"""What has happened in a run so far: one reducer for curves, printed progress and saved run."""

from dataclasses import dataclass, field
from typing import Any

from numpy.typing import NDArray

from studio.data.progress import Preparing
from studio.training.events import (
    Epoch,
    Event,
    Finished,
    Snapshot,
    Started,
    Step,
)


@dataclass(eq=False)
class History:
    """Grows with each event; one history for one run.

    Attributes
    ----------
    steps, losses, accuracies, learning_rates : lists of one length
        Of each step's own batch.
    epochs : list of Epoch
    preparing : optional
        The last word about what is going on, None when something else is.
    speed : float
        Training pictures a second, smoothed.
    snapshot : Snapshot, optional
        The newest weights.
    """

    started: Started | None = None
    preparing: Preparing | None = None
    steps: list[int] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)
    accuracies: list[float] = field(default_factory=list)
    learning_rates: list[float] = field(default_factory=list)
    epochs: list[Epoch] = field(default_factory=list)
    speed: float = 0.0
    snapshot: Snapshot | None = None
    finished: Finished | None = None

    def add(self, event: Event) -> None:
        """Take the next event of the run."""
        match event:
            case Preparing():
                self.preparing = event
            case Started():
                self.started, self.preparing = event, None
            case Step():
                self.steps.append(event.step)
                self.losses.append(event.loss)
                self.accuracies.append(event.accuracy)
                self.learning_rates.append(event.learning_rate)
                self.speed = event.pictures_per_second
            case Epoch():
                self.epochs.append(event)
            case Snapshot():
                self.snapshot = event
            case Finished():
                self.finished = event

    @property
    def weights(self) -> dict[str, NDArray[Any]] | None:
        """The newest weights, by their name in the torch module."""
        return self.snapshot.weights if self.snapshot else None

    @property
    def test_accuracy(self) -> float | None:
        """After the last whole epoch, which is also when the newest weights were taken."""
        return self.epochs[-1].test_accuracy if self.epochs else None

    @property
    def seconds(self) -> float:
        """Computing time of the whole epochs."""
        return sum(epoch.seconds for epoch in self.epochs)

    @property
    def fraction(self) -> float:
        """Share of the steps that are done."""
        if not self.started or not self.steps:
            return 0.0
        return self.steps[-1] / self.started.steps

    @property
    def seconds_left(self) -> float | None:
        """Computing time that is still to come, as the whole epochs or the speed suggest."""
        if not self.started or not self.steps:
            return None
        epochs = int(self.started.settings["epochs"])
        if self.epochs:
            return (1 - self.fraction) * epochs * self.seconds / len(self.epochs)
        return (1 - self.fraction) * epochs * self.started.train_count / self.speed
