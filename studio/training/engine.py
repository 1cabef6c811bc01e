"""The engine: settings in, events out. It knows nothing of who listens."""

import math
from collections import deque
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from studio.data.fingerprint import fingerprint
from studio.data.opening import facts, open_data
from studio.data.parts import Data
from studio.data.progress import Preparing
from studio.errors import TrainingError
from studio.nets.network import Network
from studio.training.building import build, preprocessing_of
from studio.training.device import device_name, memory_in_use, pick_device
from studio.training.event_lines import from_line, to_line
from studio.training.events import (
    Answers,
    Epoch,
    Event,
    Finished,
    Kernels,
    Norms,
    Snapshot,
    Started,
    Step,
    Testing,
)
from studio.training.going_on import check_same, read_with_care, set_threads, threads
from studio.training.group import Group
from studio.training.schedule import learning_rate
from studio.training.settings import TrainSettings
from studio.training.watch import Watch

if TYPE_CHECKING:
    from torch import Tensor

    from studio.training.learner import Learner, Tested

State = dict[str, Any]

_NORMS_PER_EPOCH = 20
_KERNELS_EVERY = 0.5  # seconds of computing
_SLOWER = "Lower the learning rate"


def train(
    settings: TrainSettings,
    data_root: Path | None = None,
    data: Data | None = None,
    network: Network | None = None,
) -> Generator[Event, None, None]:
    """Train a network, saying what happens after every step.

    Not asking for the next event pauses the run; closing the generator stops it. On the CPU the
    same settings give the same numbers, for one version of torch and one number of threads.

    Parameters
    ----------
    data_root : Path, optional
        A folder with a copy of the data; see `open_data`.
    data : Data, optional
        Pictures to use instead of those that the settings name.
    network : Network, optional
        To train instead of ``settings.network``; it has to be given where that is ``own``.

    Raises
    ------
    DataError, NetworkError, ModelError
        When the data can't be loaded, or the network doesn't fit it.
    TrainingError
        When the run can't go on: it diverged, memory ran out, the device isn't there.
    """
    training = Training(settings, data_root, data, network)
    yield from training.events()


class Training:
    """One run, whose state can be kept between any two of its events.

    Parameters
    ----------
    state : dict, optional
        What `state` gave: the run goes on from there, as if it had never been stopped.
    group : Group, optional
        The processes that train together, each with a `Training` of its own.
    """

    def __init__(
        self,
        settings: TrainSettings,
        data_root: Path | None = None,
        data: Data | None = None,
        network: Network | None = None,
        state: State | None = None,
        group: Group | None = None,
    ) -> None:
        self.settings = settings
        self.data = data
        self._root = data_root
        self._own = network
        self._begun_from = state
        self._group = group
        self._learner: Learner | None = None
        self._waiting: deque[Event] = deque()  # to be told next
        self._phase = "training"
        self._step = 0  # taken
        self._epoch = 1  # the one that goes on
        self._order: Tensor | None = None  # of the training pictures in this epoch
        self._loss_sum = self._accuracy_sum = 0.0
        self._accuracy = 0.0
        self._least = math.inf  # validation loss
        self._since_least = 0  # epochs
        self._seconds_before = 0.0
        self._is_early = False
        self._failure: TrainingError | None = None  # once everything before it was told
        self._tested: Tested | None = None  # on the test part, with the newest weights

    @property
    def learner(self) -> "Learner":
        assert self._learner is not None
        return self._learner

    @property
    def steps_taken(self) -> int:
        return self._step

    @property
    def batches_left(self) -> tuple["Tensor", ...]:
        """Those of the epoch that goes on, as indices; none between two epochs."""
        if self._order is None:
            return ()
        return self._batches[self._step - (self._epoch - 1) * self.learner.steps_per_epoch :]

    def events(self) -> Generator[Event, None, None]:
        """What happens, from the beginning or from the state on; to be asked for once."""
        yield from self.prepare()
        try:
            while True:
                while self._waiting:
                    yield self._waiting.popleft()
                if self._failure:
                    raise self._failure
                if self._phase == "ended":
                    return
                with self.learner.explained():
                    yield from self._advance()
        finally:
            self.learner.close()

    def state(self) -> State | None:
        """Everything that what is still to come depends on; None where nothing is.

        Events that were not asked for yet belong to it. Before the first step there is nothing, and
        after a loss that isn't finite.
        """
        if self._learner is None:
            return None
        with self._watch, self._learner.explained():
            self._read_all()
        if self._failure:
            return None
        waiting = [self._line_of(event) for event in self._waiting]
        return {
            "learner": self._learner.state(),
            "waiting": [line for line in waiting if line is not None],
            "phase": "over" if self._phase == "ended" else self._phase,
            "step": self._step,
            "epoch": self._epoch,
            "order": self._order,
            "sums": [self._loss_sum, self._accuracy_sum],
            "accuracy": self._accuracy,
            "patience": [self._least, self._since_least, self._is_early],
            "seconds": [self._watch.seconds, self._seconds_before],
            "threads": threads(),
            "settings": self.settings.model_dump(mode="json"),
            "data": self._known_by,
        }

    # Getting ready

    def prepare(self) -> Generator[Event, None, None]:
        """Everything that comes before the next step; `events` begins with it."""
        settings = self.settings
        known = self.data.facts if self.data else facts(settings, self._root)
        built = build(settings, known, self._own)
        device = pick_device(settings.device)
        if self.data is None:
            self.data = yield from open_data(settings, self._root, settings.memory)
        data = self.data
        yield Preparing(f"Making {built.network.title} ready")
        from studio.training.learner import Learner
        from studio.training.readings import Readings

        self._known_by = fingerprint(data)
        begun = self._begun_from
        precision = ""
        if begun:
            with read_with_care():
                check_same(begun, self.settings, self._known_by)
                set_threads(begun["threads"])
                precision = begun["learner"]["precision"]
        preprocessing = preprocessing_of(built, data)
        learner = Learner(settings, built, data, preprocessing, device, precision, self._group)
        self._learner = learner
        self._readings = Readings(device)
        self._taken: deque[tuple[int, int, float, Norms | None]] = deque()
        self._watch = Watch()
        self._kernels_at = -math.inf
        self._steps = learner.steps_per_epoch * settings.epochs
        self._norms_every = max(1, learner.steps_per_epoch // _NORMS_PER_EPOCH)
        if begun:
            with read_with_care():
                self._go_on_from(begun)
        else:
            self._waiting.append(Snapshot(0, learner.weights()))
        yield Started(
            settings=settings.model_dump(mode="json"),
            device=device_name(settings.device),
            train_count=len(data.train),
            test_count=len(data.test),
            weights=built.network.weights,
            steps=self._steps,
            classes=built.network.classes,
            network=built.network,
            preprocessing=preprocessing,
            validation_count=len(data.validation) if data.validation else 0,
            checked_on="validation" if data.validation else "test",
            precision=learner.precision,
            skipped=data.skipped,
            resumed_at=self._step,
            source=data.facts.source,
            data_title=data.facts.title,
        )

    def _go_on_from(self, state: State) -> None:
        self.learner.set_state(state["learner"])
        self._phase, self._step, self._epoch = state["phase"], state["step"], state["epoch"]
        if self._phase not in ("training", "testing", "over"):
            raise ValueError(self._phase)
        self._order, self._accuracy = state["order"], state["accuracy"]
        self._loss_sum, self._accuracy_sum = state["sums"]
        self._least, self._since_least, self._is_early = state["patience"]
        self._watch.seconds, self._seconds_before = state["seconds"]
        self._waiting.extend(self._event_of(line) for line in state["waiting"])
        if self._order is not None:
            self._expect_rest()

    # What happens, in pieces that a stop may wait for

    def _advance(self) -> Generator[Event, None, None]:
        match self._phase:
            case "training":
                self._train()
            case "testing":
                yield from self._test()
            case "over":
                yield from self._end()

    def _train(self) -> None:
        """Take one step, or read the last one's numbers and go over to testing."""
        place = self._step - (self._epoch - 1) * self.learner.steps_per_epoch
        with self._watch:
            if self._order is None:
                self._order = self.learner.new_order()
                self._expect_rest()
                self._watch.mark()
            if place < self.learner.steps_per_epoch:
                self._take_step(place)
                if len(self._taken) > self._readings.lag:
                    self._read()
            else:
                self._read_all()
                self._order, self._phase = None, "testing"

    def _expect_rest(self) -> None:
        assert self._order is not None
        self._batches = self.learner.batches(self._order)
        self.learner.train_part.expect(self.batches_left)

    def _take_step(self, place: int) -> None:
        learner = self.learner
        rate = learning_rate(self.settings, self._step, self._steps, learner.steps_per_epoch)
        batch = self._batches[place]
        self._readings.put(learner.step(batch, rate))
        self._step += 1
        norms = None
        if self._step % self._norms_every == 0:
            gradients, weights = learner.norms()
            memory = memory_in_use(learner.device)
            norms = Norms(self._step, tuple(learner.layers), gradients, weights, memory)
        self._taken.append((self._step, len(batch), rate, norms))

    def _read_all(self) -> None:
        while self._taken:
            self._read()

    def _read(self) -> None:
        """The numbers of the oldest step that was taken and not told."""
        loss, accuracy = self._readings.get()
        step, count, rate, norms = self._taken.popleft()
        self._watch.count(count)
        self._loss_sum += loss * count
        self._accuracy_sum += accuracy * count
        if norms:
            self._waiting.append(norms)
        speed = self._watch.speed
        self._waiting.append(Step(step, self._epoch, loss, accuracy, rate, speed))
        if not math.isfinite(loss):
            self._failure = TrainingError(
                f"diverged at step {step}: the loss is not a finite number", _SLOWER
            )
            return
        if self._watch.seconds - self._kernels_at >= _KERNELS_EVERY:
            self._kernels_at = self._watch.seconds
            found = self.learner.first_kernels()
            if found:
                self._waiting.append(Kernels(step, *found))

    def _test(self) -> Generator[Event, None, None]:
        """Test after an epoch; stopped in the middle, it begins anew."""
        learner, epoch = self.learner, self._epoch
        tested = yield from self._answer(learner.checked_part)
        self._accuracy = float(tested.confusion.trace() / tested.confusion.sum())
        has_validation = self.data is not None and self.data.validation is not None
        self._tested = None if has_validation else tested
        count = len(learner.train_part)
        self._waiting.append(
            Epoch(
                epoch=epoch,
                step=self._step,
                train_loss=self._loss_sum / count,
                train_accuracy=self._accuracy_sum / count,
                validation_loss=tested.loss,
                validation_accuracy=self._accuracy,
                seconds=self._watch.seconds - self._seconds_before,
                confusion=tested.confusion,
            )
        )
        if not math.isfinite(tested.loss):
            part = "validation" if has_validation else "test"
            self._failure = TrainingError(
                f"diverged at step {self._step}: the {part} loss is not a finite number", _SLOWER
            )
            return
        self._waiting.append(Snapshot(epoch, learner.weights()))
        self._loss_sum = self._accuracy_sum = 0.0
        self._seconds_before = self._watch.seconds
        self._count_patience(tested.loss)
        if epoch == self.settings.epochs or self._is_early:
            self._phase = "over"
        else:
            self._epoch, self._phase = epoch + 1, "training"

    def _count_patience(self, loss: float) -> None:
        if loss < self._least:
            self._least, self._since_least = loss, 0
        else:
            self._since_least += 1
        patience = self.settings.patience
        self._is_early = bool(patience) and self._since_least >= patience

    def _end(self) -> Generator[Event, None, None]:
        """How every test picture is answered at last."""
        tested, views = self._tested, self.settings.views
        if tested is None or views != "one":
            tested = yield from self._answer(self.learner.test_part, views)
        labels = self.learner.test_part.labels.cpu().numpy()
        accuracy = float(np.mean(tested.answered == labels))
        self._waiting.append(Answers(labels, tested.answered, tested.losses))
        seconds = self._watch.seconds
        self._waiting.append(Finished(self._epoch, accuracy, seconds, self._is_early))
        self._phase = "ended"

    def _answer(self, part: Any, views: str = "one") -> Generator[Event, None, "Tested"]:
        parts = self.learner.test(part, views)
        while True:
            with self._watch:
                tested = next(parts)
            yield Testing(self._epoch, tested.fraction)
            if tested.fraction >= 1:
                return tested

    # Events that wait, as the state keeps them

    def _line_of(self, event: Event) -> dict[str, Any] | None:
        match event:
            case Snapshot():
                return {"event": "snapshot", "epoch": event.epoch}
            case Answers() | Finished():
                return None  # `_end` is gone through again
        return to_line(event)

    def _event_of(self, line: dict[str, Any]) -> Event:
        if line["event"] == "snapshot":  # no step was taken since
            return Snapshot(line["epoch"], self.learner.weights())
        return from_line(line)
