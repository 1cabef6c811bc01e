"""The engine: settings in, events out. It knows nothing of who listens."""

import math
import time
from collections import deque
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING

from studio.data import DATASETS, Arrays, load_data
from studio.data.progress import Preparing
from studio.data.statistics import channel_statistics
from studio.errors import NetworkError, TrainingError
from studio.nets.network import Network
from studio.nets.preprocess import Preprocessing
from studio.nets.zoo import network as network_named
from studio.training.device import device_name, pick_device
from studio.training.events import (
    Epoch,
    Event,
    Finished,
    Snapshot,
    Started,
    Step,
    Testing,
)
from studio.training.schedule import learning_rate
from studio.training.settings import OWN_NETWORK, TrainSettings

if TYPE_CHECKING:
    from studio.training.learner import Learner


def train(
    settings: TrainSettings,
    data_root: Path | None = None,
    arrays: Arrays | None = None,
    network: Network | None = None,
) -> Generator[Event, None, None]:
    """Train a network, saying what happens after every step.

    Not asking for the next event pauses the run; closing the generator stops it. On the CPU the
    same settings give the same numbers, for one version of torch and one number of threads.

    Parameters
    ----------
    data_root : Path, optional
        A folder with a copy of the data; see `Dataset.load`.
    arrays : Arrays, optional
        Pictures to use instead of those of ``settings.data``, whose classes they have.
    network : Network, optional
        To train instead of ``settings.network``; it has to be given where that is ``own``.

    Raises
    ------
    DataError, NetworkError
        When the data can't be loaded, or the network doesn't fit it.
    TrainingError
        When the run can't go on: it diverged, memory ran out, the device isn't there.
    """
    dataset = DATASETS[settings.data]
    size = arrays.size if arrays else dataset.size
    fitted = (network or _named(settings.network)).fit(size, dataset.classes)
    if arrays is None:
        arrays = yield from load_data(settings.data, data_root)
    else:
        arrays.check(len(dataset.classes))
    yield Preparing(f"Making {fitted.title} ready")
    mean, std = channel_statistics(arrays.train_pictures)
    preprocessing = Preprocessing.build(
        {
            "size": arrays.size[1:],
            "channels": arrays.size.channels,
            "resize": dataset.resize,
            "ink": dataset.ink,
            "mean": mean,
            "std": std,
        }
    )
    from studio.training.learner import Learner

    learner = Learner(settings, fitted, arrays, preprocessing, pick_device(settings.device))
    steps = learner.steps_per_epoch * settings.epochs
    yield Started(
        settings=settings.model_dump(mode="json"),
        device=device_name(settings.device),
        train_count=len(learner.train_part),
        test_count=len(learner.test_part),
        weights=fitted.weights,
        steps=steps,
        classes=fitted.classes,
        network=fitted,
        preprocessing=preprocessing,
    )
    yield from _run(learner, settings, steps)


def _named(name: str) -> Network:
    if name == OWN_NETWORK:
        raise NetworkError("there is no network of your own to train", "Make one, or name its file")
    return network_named(name)


def _run(learner: "Learner", settings: TrainSettings, steps: int) -> Generator[Event, None, None]:
    watch = _Watch()
    accuracy = 0.0
    for epoch in range(1, settings.epochs + 1):
        before = watch.seconds
        train_loss, train_accuracy = yield from _one_epoch(learner, settings, epoch, steps, watch)
        parts = learner.test()
        fraction = 0.0
        while fraction < 1:
            with watch:
                fraction, test_loss, confusion = next(parts)
            yield Testing(epoch, fraction)
        accuracy = float(confusion.trace() / confusion.sum())
        yield Epoch(
            epoch=epoch,
            step=epoch * learner.steps_per_epoch,
            train_loss=train_loss,
            train_accuracy=train_accuracy,
            test_loss=test_loss,
            test_accuracy=accuracy,
            seconds=watch.seconds - before,
            confusion=confusion,
        )
        yield Snapshot(epoch, learner.weights())
    yield Finished(settings.epochs, accuracy, watch.seconds)


def _one_epoch(
    learner: "Learner", settings: TrainSettings, epoch: int, steps: int, watch: "_Watch"
) -> Generator[Step, None, tuple[float, float]]:
    """See every training picture once; mean loss and accuracy over them."""
    from studio.training.readings import Readings

    readings = Readings(learner.device)
    batches = learner.batches()
    first = (epoch - 1) * len(batches)
    taken: deque[tuple[int, int, float]] = deque()  # step, pictures, learning rate
    loss_sum = accuracy_sum = 0.0
    watch.mark()
    for place in range(len(batches) + readings.lag):
        with watch:
            if place < len(batches):
                rate = learning_rate(settings, first + place, steps)
                taken.append((first + place + 1, len(batches[place]), rate))
                readings.put(learner.step(batches[place], rate))
            if place < readings.lag:
                continue
            loss, accuracy = readings.get()
        step, count, rate = taken.popleft()
        if not math.isfinite(loss):
            raise TrainingError(
                f"diverged at step {step}: the loss is not a finite number",
                "Lower the learning rate",
            )
        watch.count(count)
        loss_sum += loss * count
        accuracy_sum += accuracy * count
        yield Step(step, epoch, loss, accuracy, rate, watch.speed)
    total = len(learner.train_part)
    return loss_sum / total, accuracy_sum / total


class _Watch:
    """Time spent computing, without the time the listener took; and pictures a second."""

    _SMOOTH = 20  # steps

    def __init__(self) -> None:
        self.seconds = 0.0
        self._mark = 0.0
        self._last: deque[tuple[float, int]] = deque(maxlen=self._SMOOTH)  # seconds, pictures

    def __enter__(self) -> None:
        self._begun = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        self.seconds += time.perf_counter() - self._begun

    def mark(self) -> None:
        """From here on the time belongs to the next step."""
        self._mark = self.seconds

    def count(self, pictures: int) -> None:
        """A step has ended."""
        self._last.append((self.seconds - self._mark, pictures))
        self.mark()

    @property
    def speed(self) -> float:
        """Pictures a second over the last steps."""
        seconds, pictures = map(sum, zip(*self._last, strict=True))
        return pictures / max(seconds, 1e-9)
