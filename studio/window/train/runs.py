"""A training run in the window: what drives it, what it has said, and what it differs in."""

import functools
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QObject, Signal, Slot

from studio.data import DATASETS
from studio.declare import Option, options
from studio.errors import NetworkError, StudioError
from studio.insight.answers import percent
from studio.nets.model import Model
from studio.nets.network import Network
from studio.nets.zoo import NETWORKS
from studio.training.engine import train
from studio.training.events import Event, Snapshot, Started, Step
from studio.training.history import History
from studio.training.run import make_model
from studio.training.settings import OWN_NETWORK, TrainSettings
from studio.window.job import Job
from studio.window.translate import tr

State = Literal["new", "running", "paused", "done", "stopped", "failed"]

_MOST = 600  # stretches that a training curve is kept in


class Stretches:
    """Means over stretches of steps, all of one length, however long the run becomes.

    The length doubles whenever there would be more than a fixed number of them.
    """

    def __init__(self) -> None:
        self.length = 1  # steps
        self.means: list[float] = []
        self._sum = 0.0
        self._count = 0

    def add(self, value: float) -> None:
        """Take the value of the next step."""
        self._sum += value
        self._count += 1
        if self._count == self.length:
            self.means.append(self._sum / self.length)
            self._sum, self._count = 0.0, 0
        if len(self.means) == _MOST:
            pairs = zip(self.means[::2], self.means[1::2], strict=True)
            self.means = [(first + second) / 2 for first, second in pairs]
            self.length *= 2

    @property
    def middles(self) -> list[float]:
        """Where each stretch is, in steps."""
        return [(place + 0.5) * self.length for place in range(len(self.means))]


class Run(QObject):
    """One training run: first a draft whose settings may change, then started once, kept for good.

    Signals: `progressed` after some events, `state_changed` when it is started, paused, resumed or
    told to stop, `started` when the data is there and before the first step, `learned` when there
    is a newer model, and `ended` after the last event.
    """

    progressed = Signal()
    state_changed = Signal()
    started = Signal()
    learned = Signal()
    ended = Signal()

    def __init__(
        self, number: int, settings: TrainSettings, own_network: Network | None = None
    ) -> None:
        super().__init__()
        self.number = number
        self.settings = settings
        self.own_network = own_network  # the document's, as it is when the run is started
        self.history = History()
        self.losses = Stretches()
        self.accuracies = Stretches()
        self.model: Model | None = None
        self.error: StudioError | None = None
        self._job: Job | None = None
        self._ending: Literal["", "done", "stopped", "failed"] = ""
        self._in_step = False
        self.is_stopping = False  # asked to, and still inside a step

    @property
    def title(self) -> str:
        return tr("Run {number}").format(number=self.number)

    @property
    def subject(self) -> str:
        """What is trained on what, such as ``LeNet-5 on Glyphs``."""
        data = DATASETS[self.settings.data].title
        if self.settings.network == OWN_NETWORK:
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
        words = f"{self.title} · {self.subject}"
        accuracy = self.history.test_accuracy
        return words if accuracy is None else f"{words}, {percent(accuracy)}"

    @property
    def state(self) -> State:
        if self._job is None:
            return "new"
        return self._ending or ("paused" if self._job.is_paused else "running")

    @property
    def is_active(self) -> bool:
        """Whether it was started and still has something to do."""
        return self.state in ("running", "paused")

    @property
    def best(self) -> float | None:
        """The best test accuracy of its epochs."""
        return max((epoch.test_accuracy for epoch in self.history.epochs), default=None)

    @property
    def steps_per_epoch(self) -> float:
        started = self.history.started
        return started.steps / self.settings.epochs if started else 1.0

    def start(self, data_root: Path | None) -> None:
        """Train, with copies of the data from `data_root` if there are any."""
        work = functools.partial(train, self.settings, data_root)
        if self.settings.network == OWN_NETWORK:
            work = functools.partial(work, network=self.own_network)
        self._job = job = Job(work, self.title)
        job.events.connect(self._take)
        job.done.connect(self._end_done)
        job.cancelled.connect(self._end_stopped)
        job.failed.connect(self._end_failed)
        job.start()
        self.state_changed.emit()

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
        """End after the step that is being made; the model of the last whole epoch is kept."""
        if self._job is not None and self.is_active and not self.is_stopping:
            self.is_stopping = True
            self._job.cancel()
            self.state_changed.emit()

    @Slot(object)
    def _take(self, events: list[Event]) -> None:
        kinds = {type(event) for event in events}
        for event in events:
            self.history.add(event)
            if isinstance(event, Step):
                self.losses.add(event.loss)
                self.accuracies.add(event.accuracy)
        if Started in kinds:
            self.started.emit()
        if Snapshot in kinds:
            self.model = make_model(self.settings, self.history)
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
        self._ending, self.is_stopping = ending, False
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


def differences(settings: TrainSettings, first: TrainSettings) -> str:
    """In what settings differ from others, in words."""
    return ", ".join(
        _words(item, getattr(settings, item.name))
        for item in options(TrainSettings)
        if getattr(settings, item.name) != getattr(first, item.name)
    )


def all_settings(settings: TrainSettings) -> str:
    """Every setting, one a line."""
    items = options(TrainSettings)
    return "\n".join(
        f"{tr(item.label)}: {_shown(item, getattr(settings, item.name))}" for item in items
    )


def _words(item: Option, value: object) -> str:
    name = tr(item.label)
    return f"{name[:1].lower()}{name[1:]} {_shown(item, value)}"


def _shown(item: Option, value: object) -> str:
    if item.choices:
        return tr(item.shown(str(value)))
    return f"{value:,.12g}" if isinstance(value, float | int) else str(value)
