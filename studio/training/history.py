"""What has happened in a run so far: one reducer for curves, printed progress and saved run."""

from dataclasses import dataclass, field

from studio.data.progress import Preparing
from studio.nets.weights import Weights
from studio.training.events import (
    Answers,
    Checkpointed,
    Epoch,
    Event,
    Finished,
    Kernels,
    Norms,
    Snapshot,
    Started,
    Step,
)


@dataclass(eq=False)
class History:
    """Grows with each event; one history for one run.

    Attributes
    ----------
    steps, losses, accuracies, learning_rates, speeds : lists of one length
        Of each step's own batch; speeds in pictures a second, smoothed.
    norms : list of Norms
    epochs : list of Epoch
    preparing : optional
        The last word about what is going on, None when something else is.
    initial : Snapshot, optional
        The weights before the first step.
    snapshot : Snapshot, optional
        The newest weights after a whole epoch.
    kernels : Kernels, optional
        The newest weights of the first convolution.
    answers : Answers, optional
        How the test pictures are answered at the end.
    checkpointed : int
        The last step that is on the disk.
    """

    started: Started | None = None
    preparing: Preparing | None = None
    steps: list[int] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)
    accuracies: list[float] = field(default_factory=list)
    learning_rates: list[float] = field(default_factory=list)
    speeds: list[float] = field(default_factory=list)
    norms: list[Norms] = field(default_factory=list)
    epochs: list[Epoch] = field(default_factory=list)
    initial: Snapshot | None = None
    snapshot: Snapshot | None = None
    kernels: Kernels | None = None
    answers: Answers | None = None
    checkpointed: int = 0
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
                self.speeds.append(event.pictures_per_second)
            case Norms():
                self.norms.append(event)
            case Kernels():
                self.kernels = event
            case Epoch():
                self.epochs.append(event)
            case Snapshot(epoch=0):
                self.initial = event
            case Snapshot():
                self.snapshot = event
            case Answers():
                self.answers = event
            case Checkpointed():
                self.checkpointed = event.step
            case Finished():
                self.finished = event

    @property
    def weights(self) -> Weights | None:
        """The newest weights, by their name in the torch module."""
        return self.snapshot.weights if self.snapshot else None

    @property
    def speed(self) -> float:
        """Training pictures a second, smoothed; 0 before the first step."""
        return self.speeds[-1] if self.speeds else 0.0

    @property
    def test_accuracy(self) -> float | None:
        """After the last whole epoch, which is also when the newest weights were taken.

        On the part that epochs are tested on; at the end of the run, on the test part.
        """
        if self.finished:
            return self.finished.test_accuracy
        return self.epochs[-1].validation_accuracy if self.epochs else None

    @property
    def best(self) -> Epoch | None:
        """The epoch with the most right answers, the first of several."""
        return max(self.epochs, key=lambda epoch: epoch.validation_accuracy, default=None)

    @property
    def seconds(self) -> float:
        """Computing time of the whole epochs."""
        return sum(epoch.seconds for epoch in self.epochs)

    @property
    def fraction(self) -> float:
        """Share of the steps that are done."""
        if not self.started or not self.steps:
            return 0.0
        return 1.0 if self.finished else self.steps[-1] / self.started.steps

    @property
    def seconds_left(self) -> float | None:
        """Computing time that is still to come, as the whole epochs or the speed suggest."""
        if not self.started or not self.steps:
            return None
        epochs = int(self.started.settings["epochs"])
        if self.epochs:
            return (1 - self.fraction) * epochs * self.seconds / len(self.epochs)
        return (1 - self.fraction) * epochs * self.started.train_count / self.speed
