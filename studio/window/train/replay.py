"""The weights of a run as they were after each epoch, from memory or from its folder."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from studio.errors import TrainingError
from studio.nets.architecture import Architecture
from studio.nets.model import Card, Model
from studio.nets.preprocess import Preprocessing
from studio.nets.weights import Weights
from studio.training.kept import INITIAL, read_run
from studio.window.session import Session
from studio.window.train.runs import Run

_KEPT = 6  # epochs whose weights stay in memory once they were read


@dataclass(frozen=True, eq=False)
class Source:
    """Where the weights of a run are, as things stand; made in the window, read in a job.

    Attributes
    ----------
    epochs : int
        How many are whole.
    kept : mapping
        The weights that are in memory, by epoch.
    folder : Path, optional
        Where the others are.
    """

    network: Architecture
    preprocessing: Preprocessing
    epochs: int
    kept: Mapping[int, Weights]
    folder: Path | None = None

    def model(self, weights: Weights) -> Model:
        """The network with these weights."""
        values = {"network": self.network, "preprocessing": self.preprocessing}
        return Model(Card.build({"title": self.network.title, **values}), weights)


def source_of(run: Run, session: Session) -> Source | None:
    """Where a run's weights are; None before its first step."""
    history = run.history
    started = history.started
    if started is None or started.network is None or started.preprocessing is None:
        return None
    kept = {one.epoch: one.model.weights for one in session.snapshots.of(run.model_key)}
    for snapshot in (history.initial, history.snapshot):
        if snapshot is not None:
            kept[snapshot.epoch] = snapshot.weights
    epochs = len(history.epochs)
    return Source(started.network, started.preprocessing, epochs, kept, run.folder)


class Replayer:
    """Finds weights, and remembers what it read last. For one job at a time."""

    def __init__(self) -> None:
        self._read: OrderedDict[tuple[Path, int], Weights] = OrderedDict()

    def weights(self, source: Source, epoch: int) -> Weights:
        """The weights after an epoch; of 0, those that the run began with.

        Raises
        ------
        TrainingError, ModelError
            When they were not kept, or can't be read.
        """
        if epoch in source.kept:
            return source.kept[epoch]
        if source.folder is None:
            raise _not_kept(epoch)
        key = source.folder, epoch
        if key not in self._read:
            run = read_run(source.folder)
            if not (run.has_snapshot(epoch) if epoch else run.has_model(INITIAL)):
                raise _not_kept(epoch)
            self._read[key] = run.snapshot(epoch)
            if len(self._read) > _KEPT:
                self._read.popitem(last=False)
        self._read.move_to_end(key)
        return self._read[key]

    def first(self, source: Source) -> tuple[int, Weights]:
        """The earliest weights that are known, and after which epoch they are.

        Raises
        ------
        TrainingError, ModelError
            When there are none.
        """
        folder = source.folder
        is_known = 0 in source.kept or (folder and read_run(folder).has_model(INITIAL))
        epoch = 0 if is_known else 1
        return epoch, self.weights(source, epoch)


def _not_kept(epoch: int) -> TrainingError:
    return TrainingError(
        f"the weights after epoch {epoch} were not kept",
        "Choose another epoch: of long runs only every second, fourth, ... is kept",
    )
