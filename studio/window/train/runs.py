"""A training run in the window: what drives it, and what it has said."""

from collections.abc import Iterator
from pathlib import Path
from time import monotonic
from typing import Literal

from PySide6.QtCore import QObject, Signal, Slot

from studio.data import DATASETS
from studio.data.settings import FOLDER
from studio.errors import NetworkError, StudioError
from studio.insight.answers import counted
from studio.nets.model import TORCHVISION, Model
from studio.nets.network import Network
from studio.nets.zoo import NETWORKS
from studio.training.events import (
    Answers,
    Checkpointed,
    Epoch,
    Event,
    Snapshot,
    Started,
    Step,
)
from studio.training.folder import resume_into, train_into
from studio.training.history import History
from studio.training.run import make_model
from studio.training.run_folders import new_folder
from studio.training.settings import OWN_NETWORK, TrainSettings
from studio.window.job import Job
from studio.window.train.found import Found
from studio.window.translate import tr

State = Literal[
    "new",
    "waiting",
    "running",
    "paused",
    "done",
    "stopped",
    "failed",
    "interrupted",  # by something other than the studio
    "elsewhere",  # another process trains it
]


class Run(QObject):
    """One training run: a draft whose settings may change, then started once and kept for good.

    Signals: `progressed` after some events, `state_changed` when it is started, paused, resumed,
    renamed, told to stop or to wait, `started` when the data is there and before the first step,
    `learned` when another epoch is whole, and `ended` after the last event.

    Attributes
    ----------
    number : int
        Its own in this window; its colour, and the key of its model, come from it.
    name : str
        What a person or an experiment calls it; empty for what its settings say.
    folder : Path, optional
        Where it is kept, once it was started.
    figure : str
        The course's own result, where it belongs to an experiment that has one.
    experiment : str
        The file of that experiment; empty for a run of its own.
    """

    progressed = Signal()
    state_changed = Signal()
    started = Signal()
    learned = Signal()
    ended = Signal()

    def __init__(
        self,
        number: int,
        settings: TrainSettings,
        own_network: Network | None = None,
        name: str = "",
    ) -> None:
        super().__init__()
        self.number = number
        self.settings = settings
        self.own_network = own_network  # the document's, as it is when the run is started
        self.name = name
        self.folder: Path | None = None
        self.data_root: Path | None = None
        self.figure = self.experiment = ""
        self.history = History()
        self.model: Model | None = None
        self.error: StudioError | None = None
        self.checkpointed_at: float | None = None  # seconds of the monotonic clock
        self.is_stopping = False  # asked to, and still inside a step
        self._job: Job | None = None
        self._state: State = "new"
        self._before: State = "new"  # it was told to wait
        self._is_taken_up = False  # and nothing has been said yet
        self._in_step = False

    @property
    def title(self) -> str:
        return tr("Run {number}").format(number=self.number)

    @property
    def subject(self) -> str:
        """What is trained on what, such as ``LeNet-5 on Glyphs``."""
        folder = self.settings.folder if self.settings.data == FOLDER else ""
        data = Path(folder).name or DATASETS[self.settings.data].title
        start = self.settings.start
        if start.startswith(TORCHVISION):
            network = start.removeprefix(TORCHVISION).partition(":")[0]
        elif start:
            network = Path(start).name
        elif self.settings.network == OWN_NETWORK:
            network = self.own_network.title if self.own_network else tr("My network")
        else:
            network = NETWORKS[self.settings.network].title
        return tr("{network} on {data}").format(network=network, data=data)

    @property
    def model_key(self) -> str:
        """What the session calls its model."""
        return f"run:{self.number}"

    @property
    def model_title(self) -> str:
        words = f"{self.title} · {self.name or self.subject}"
        accuracy = self.history.test_accuracy
        return words if accuracy is None else f"{words}, {counted(accuracy)}"

    @property
    def state(self) -> State:
        is_held = self._state == "running" and self._job is not None and self._job.is_paused
        return "paused" if is_held else self._state

    @property
    def is_active(self) -> bool:
        """Whether it was started and still has something to do."""
        return self._state == "running"

    @property
    def can_be_taken_up(self) -> bool:
        """Whether it ended before its time, and can go on from its last checkpoint."""
        ended_early = self._state in ("stopped", "failed", "interrupted")
        return ended_early and self.folder is not None and self.history.started is not None

    @property
    def has_diverged(self) -> bool:
        """Whether that is why it failed; from its last checkpoint it would do so again."""
        return self.error is not None and self.error.message.startswith("diverged")

    @property
    def best(self) -> float | None:
        """The best validation accuracy of its epochs."""
        return max((epoch.validation_accuracy for epoch in self.history.epochs), default=None)

    @property
    def steps_per_epoch(self) -> float:
        started = self.history.started
        return started.steps / self.settings.epochs if started else 1.0

    def rename(self, name: str) -> None:
        """Call it something; empty for what its settings say."""
        self.name = name
        self.state_changed.emit()

    def wait(self) -> None:
        """Others come first."""
        self._before, self._state = self._state, "waiting"
        self.state_changed.emit()

    def withdraw(self) -> None:
        """It is not its turn any more; a run that never began is then as one that was stopped."""
        self._state = "stopped" if self._before == "new" else self._before
        self.state_changed.emit()

    def start(self) -> None:
        """Train; a run that is kept in a folder already goes on from its last checkpoint."""
        self._is_taken_up = self.folder is not None
        self._job = job = Job(self._take_up if self._is_taken_up else self._begin, self.title)
        self._state, self.error = "running", None
        job.events.connect(self._take)
        job.done.connect(self._end_done)
        job.cancelled.connect(self._end_stopped)
        job.failed.connect(self._end_failed)
        job.start()
        self.state_changed.emit()

    def _begin(self) -> Iterator[Event]:
        """In the job's thread."""
        network = self.own_network if self.settings.network == OWN_NETWORK else None
        folder = new_folder(self.name or self.subject)
        self.folder = folder
        return train_into(folder, self.settings, self.data_root, network, name=self.name)

    def _take_up(self) -> Iterator[Event]:
        """In the job's thread."""
        assert self.folder is not None
        return resume_into(self.folder, data_root=self.data_root)

    def pause(self) -> None:
        if self._job is not None:
            self._job.pause()
            self.state_changed.emit()

    def resume(self) -> None:
        if self._job is not None:
            self._in_step = False
            self._job.resume()
            self.state_changed.emit()

    def step(self) -> None:
        """While paused, learn from one more batch."""
        if self._job is not None and self.state == "paused" and not self._in_step:
            self._in_step = True
            self._job.step()

    def stop(self) -> None:
        """End after the step that is being made; everything up to it is kept."""
        if self._job is not None and self.is_active and not self.is_stopping:
            self.is_stopping = True
            self._job.cancel()
            self.state_changed.emit()

    def show(self, found: Found) -> None:
        """Become the run that was found in a folder."""
        self.settings, self.own_network, self.name = found.settings, found.network, found.name
        self.folder, self._state, self.error = found.folder, found.state, found.error
        self.history = found.history
        self.model = found.model

    @Slot(object)
    def _take(self, events: list[Event]) -> None:
        if self._is_taken_up:  # it tells everything from the beginning
            self._is_taken_up, self.history = False, History()
        kinds = {type(event) for event in events}
        for event in events:
            self.history.add(event)
        if Checkpointed in kinds:
            self.checkpointed_at = monotonic()
        if Started in kinds:
            self.started.emit()
        if any(isinstance(event, Snapshot) and event.epoch for event in events):
            self.model = make_model(self.settings, self.history)
        if Epoch in kinds or Snapshot in kinds or Answers in kinds:
            self.learned.emit()
        if self._in_step and self._job is not None:
            self._in_step = Step not in kinds
            if self._in_step:
                self._job.step()
        self.progressed.emit()

    @Slot()
    def _end_done(self) -> None:
        self._end("done")

    @Slot()
    def _end_stopped(self) -> None:
        self._end("stopped")

    @Slot(object)
    def _end_failed(self, error: StudioError) -> None:
        self.error = error
        self._end("failed")

    def _end(self, ending: Literal["done", "stopped", "failed"]) -> None:
        self._state, self._job, self.is_stopping, self._in_step = ending, None, False, False
        self.ended.emit()


def fitted(settings: TrainSettings, own: Network | None = None) -> Network:
    """The network of some settings, fitted to their data.

    Raises
    ------
    NetworkError
        When it can't take the pictures, or there is none.
    """
    data = DATASETS[settings.data]
    network = own if settings.network == OWN_NETWORK else NETWORKS[settings.network]
    if network is None:
        raise NetworkError(tr("There is no network of your own yet"), tr("Edit one in Network"))
    return network.fit(data.size, data.classes)
