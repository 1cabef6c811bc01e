"""Pictures of a run's data, read beside the window: a few for the strip, counts for the dialog."""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal, Slot

from studio.data.opening import open_data, open_samples
from studio.data.overview import class_counts, sample_sheet
from studio.data.parts import Data, Part, Skipped
from studio.data.progress import Preparing
from studio.data.sets import DATASETS
from studio.data.settings import DataSettings
from studio.errors import StudioError
from studio.window.latest import Latest
from studio.window.translate import tr

State = Literal["nothing", "absent", "reading", "ready", "failed"]

_SAMPLES = 48
_PER_CLASS = 12
_MOST_CLASSES = 200  # that have a line of samples


@dataclass(frozen=True, eq=False)
class Looked:
    """What was seen in the data.

    Attributes
    ----------
    samples : uint8 array, N x height x width x channels
        Training pictures, of one size.
    sheet : tuple of uint8 arrays
        For each class its first few training pictures; empty where only samples were wanted.
    counts : mapping
        For each part its name and how many pictures of each class it has.
    """

    classes: tuple[str, ...]
    samples: NDArray[np.uint8]
    sheet: tuple[NDArray[np.uint8], ...] = ()
    counts: tuple[tuple[str, NDArray[np.int64]], ...] = ()
    skipped: tuple[Skipped, ...] = ()


Reading = Generator[Preparing | Looked, None, None]


def read_samples(settings: DataSettings, root: Path | None) -> Reading:
    """A few training pictures, as a run would see them before they are augmented."""
    known, part = yield from open_samples(settings, _SAMPLES, root)
    yield Looked(known.classes, np.array(part.pictures))


def read_overview(settings: DataSettings, root: Path | None) -> Reading:
    """How many pictures of each class there are in each part, and some of them."""
    data = yield from open_data(settings, root)
    classes = data.facts.classes
    places = sample_sheet(data.train, _PER_CLASS, settings.seed)
    labels = data.train.labels[places]
    yield Looked(
        classes,
        _some(data.train, settings.seed),
        tuple(
            np.array(data.train.pictures[places[labels == label]])
            for label in range(min(len(classes), _MOST_CLASSES))
        ),
        tuple((name, np.array(class_counts(part, classes))) for name, part in parts_of(data)),
        data.skipped,
    )


def parts_of(data: Data) -> list[tuple[str, Part]]:
    """The parts by what people call them."""
    parts = [(tr("Training"), data.train)]
    if data.validation is not None:
        parts.append((tr("Validation"), data.validation))
    return [*parts, (tr("Test"), data.test)]


def _some(part: Part, seed: int) -> NDArray[np.uint8]:
    chosen = np.random.default_rng(seed).permutation(len(part))[:_SAMPLES]
    return np.array(part.pictures[np.sort(chosen)])


class DataReading(QObject):
    """Reads what a function wants of the data of some settings, the newest only, and keeps it.

    Parameters
    ----------
    read : callable
        `read_samples` or `read_overview`.
    relevant : collection of str
        The settings that make it another reading.

    Signals: `changed` with every other state and every step of the progress.
    """

    changed = Signal()

    def __init__(
        self,
        read: Callable[[DataSettings, Path | None], Reading],
        relevant: tuple[str, ...],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.state: State = "nothing"
        self.looked: Looked | None = None
        self.error: StudioError | None = None
        self.progress: Preparing | None = None
        self._read = read
        self._relevant = relevant
        self._key: object = None
        self._jobs = Latest(tr("Reading pictures"), parent=self)
        self._jobs.result.connect(self._take)
        self._jobs.failed.connect(self._fail)

    def want(self, settings: DataSettings, root: Path | None, may_download: bool = False) -> None:
        """Have the pictures of these settings, from what is kept or by reading them.

        Where they would have to be downloaded first, that isn't begun without being allowed.
        """
        key = (tuple(getattr(settings, name) for name in self._relevant), root)
        if key == self._key and (self.state in ("reading", "ready") or not may_download):
            return
        self._key = key
        self.looked, self.error, self.progress = None, None, None
        if not may_download and DATASETS[settings.data]().must_download(root):
            self._jobs.cancel()
            self._show("absent")
            return
        plain = DataSettings.build(
            {name: getattr(settings, name) for name in DataSettings.fields()}
        )
        self._jobs.submit(lambda: self._read(plain, root))
        self._show("reading")

    def forget(self) -> None:
        """Read anew the next time."""
        self._key = None

    @Slot()
    def cancel(self) -> None:
        """Stop reading; what is kept stays."""
        if self.state == "reading":
            self._jobs.cancel()
            self._key = None
            self._show("nothing")

    @Slot(object)
    def _take(self, value: Preparing | Looked) -> None:
        if isinstance(value, Looked):
            self.looked = value
            self._show("ready")
        else:
            self.progress = value
            self.changed.emit()

    @Slot(object)
    def _fail(self, error: StudioError) -> None:
        self.error = error
        self._show("failed")

    def _show(self, state: State) -> None:
        self.state = state
        self.changed.emit()
