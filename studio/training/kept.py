"""A run read from its folder, while it goes on or afterwards."""

import contextlib
import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from zipfile import BadZipFile

import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from studio.data.parts import Skipped
from studio.errors import DocumentError, ModelError, StudioError, TrainingError
from studio.image.read import printable
from studio.json_file import read_json
from studio.nets.model import Card, Model, load_model, read_card
from studio.nets.network import Network
from studio.nets.network_file import network_from
from studio.nets.weights import Weights
from studio.training.event_lines import from_line
from studio.training.events import Answers, Event, Snapshot, Started
from studio.training.history import History
from studio.training.settings import TrainSettings

FORMAT = 1
RUN, EVENTS, CHECKPOINT, ANSWERS = "run.json", "events.jsonl", "last.ckpt", "answers.npz"
SAMPLES, LOCK = "samples.npz", ".lock"
MODEL, BEST, INITIAL, SNAPSHOTS = "model", "best", "initial", "snapshots"

_COUNTS = ("train_count", "test_count", "validation_count", "weights", "steps", "resumed_at")

KeptState = Literal["running", "stopped", "done", "failed"]


@dataclass(frozen=True, eq=False)
class KeptRun:
    """What a run's folder says; models are read when they are asked for.

    `state` is ``stopped`` also where the program was killed.
    """

    folder: Path
    name: str
    settings: TrainSettings
    state: KeptState
    begun: str = ""
    error: StudioError | None = None
    network: Network | None = None
    data_root: Path | None = None
    versions: dict[str, str] = field(default_factory=dict)
    started: Started | None = None

    @property
    def can_resume(self) -> bool:
        return self.state in ("stopped", "failed")

    def history(self) -> History:
        """All that happened, with the weights before and after.

        Raises
        ------
        TrainingError, ModelError
            When what the folder holds is damaged.
        """
        history = History()
        if self.started:
            history.add(self.started)
        for event in read_events(self.folder):
            history.add(event)
        if self.has_model(INITIAL):
            history.add(Snapshot(0, self.model(INITIAL).weights))
        newest = self._newest(len(history.epochs))
        if newest:
            history.add(newest)
        answers = self.answers()
        if answers:
            history.add(answers)
        return history

    def _newest(self, epochs: int) -> Snapshot | None:
        """The weights after the last of so many epochs.

        A program that is killed, or still at work, may leave one of a model's two files behind:
        then those of an earlier epoch.
        """
        if not epochs or not self.has_model(MODEL):
            return None
        try:
            return Snapshot(epochs, self.model().weights)
        except ModelError:
            if self.state == "done":
                raise
        for epoch in reversed(self.epochs()):
            with contextlib.suppress(ModelError):
                return Snapshot(epoch, self.snapshot(epoch))
        return None

    def has_model(self, name: str = MODEL) -> bool:
        return (self.folder / f"{name}.json").is_file()

    def model(self, name: str = MODEL) -> Model:
        """The network after the last whole epoch, the ``best``, or the ``initial`` one.

        Raises
        ------
        ModelError
            When there is none yet, or it is damaged.
        """
        if not self.has_model(name):
            raise ModelError(
                f"the run in {printable(str(self.folder))} has no model yet",
                "It has one after its first epoch",
            )
        return load_model(self.folder / f"{name}.safetensors")

    def epochs(self) -> tuple[int, ...]:
        """Those whose weights are kept, from 1."""
        found = sorted((self.folder / SNAPSHOTS).glob("*.json"))
        return tuple(int(path.stem) for path in found if path.stem.isdigit())

    def has_snapshot(self, epoch: int) -> bool:
        return self.has_model(f"{SNAPSHOTS}/{snapshot_name(epoch)}")

    def snapshot(self, epoch: int) -> Weights:
        """The weights after an epoch, 0 for those before the first; see `model`."""
        name = f"{SNAPSHOTS}/{snapshot_name(epoch)}" if epoch else INITIAL
        return self.model(name).weights

    def answers(self) -> Answers | None:
        """How the test pictures are answered at the end; None before it."""
        found = read_arrays(self.folder / ANSWERS, ("labels", "answered", "losses"))
        return Answers(**found) if found else None


def read_run(folder: Path, is_locked: bool = False) -> KeptRun:
    """What a run's folder holds; it may be going on.

    Parameters
    ----------
    is_locked : bool
        Whoever asks is the one who trains in it.

    Raises
    ------
    TrainingError
        When there is no run, or it is damaged, saying what and where.
    """
    where = printable(str(folder))
    if not (folder / RUN).is_file():
        raise TrainingError(f"there is no run in {where}", f"A run's folder holds {RUN}")
    try:
        values = read_json(folder / RUN, FORMAT, "a run of the studio")
        if not values.get("settings"):
            raise DocumentError(f"{RUN} is damaged: it has no settings")
        settings = TrainSettings.build(_mapping(values, "settings"))
        network = values.get("network")
        own = network_from(network) if isinstance(network, dict) else None
    except StudioError as error:
        raise TrainingError(f"{where}: {error.message}", error.remedy) from None
    root, wrong = values.get("data_root"), values.get("error")
    state = values.get("state")
    if state == "running" and not is_locked and not is_going_on(folder):
        state = "stopped"
    return KeptRun(
        folder=folder,
        name=str(values.get("name", "")),
        settings=settings,
        state=state if state in ("running", "stopped", "done", "failed") else "stopped",
        begun=str(values.get("begun", "")),
        error=_error(wrong),
        network=own,
        data_root=Path(root) if isinstance(root, str) else None,
        versions={str(name): str(one) for name, one in _mapping(values, "versions").items()},
        started=_started(folder, values, settings),
    )


def read_events(folder: Path) -> Iterator[Event]:
    """The events that a folder keeps, in their order; a last line that is half written is left out.

    Raises
    ------
    TrainingError
        When a line is damaged, or the file can't be read.
    """
    path = folder / EVENTS
    if not path.is_file():
        return
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                if not line.endswith(b"\n"):
                    return
                try:
                    yield from_line(json.loads(line))
                except (ValueError, TrainingError) as error:
                    raise TrainingError(f"line {number} of {EVENTS} is damaged: {error}") from None
    except OSError as error:
        raise TrainingError(f"{EVENTS} can't be read: {error.strerror}") from None


def read_arrays(path: Path, names: Sequence[str]) -> dict[str, NDArray[Any]]:
    """The arrays of an ``.npz`` file, by their names; none where there is no file.

    Raises
    ------
    TrainingError
        When it is damaged.
    """
    if not path.is_file():
        return {}
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as found:
            return {name: found[name] for name in names}
    except OSError as error:
        raise TrainingError(f"{path.name} can't be read: {error.strerror or error}") from None
    except (BadZipFile, zlib.error, ValueError, KeyError, EOFError, TypeError, RuntimeError):
        raise TrainingError(f"{path.name} is damaged") from None


def snapshot_name(epoch: int) -> str:
    """What the model after an epoch is called among the snapshots."""
    return f"{epoch:05d}"


def _started(folder: Path, values: dict[str, Any], settings: TrainSettings) -> Started | None:
    said = _mapping(values, "started")
    if not said:
        return None
    card = _card(folder)
    try:
        if not all(type(said[name]) is int for name in _COUNTS):
            raise TypeError("a count is no whole number")
        return Started(
            **{
                **said,
                "settings": settings.model_dump(mode="json"),
                "classes": tuple(map(str, said["classes"])),
                "skipped": tuple(Skipped(**one) for one in said.get("skipped", ())),
                "network": card.network if card else None,
                "preprocessing": card.preprocessing if card else None,
            }
        )
    except (TypeError, KeyError) as error:
        raise TrainingError(f"{RUN} is damaged: {error}") from None


def _card(folder: Path) -> Card | None:
    path = folder / f"{INITIAL}.json"
    return read_card(path) if path.is_file() else None


def _error(said: Any) -> StudioError | None:
    if not isinstance(said, dict):
        return None
    return TrainingError(str(said.get("message", "")), str(said.get("remedy", "")))


def _mapping(values: dict[str, Any], name: str) -> dict[str, Any]:
    found = values.get(name) or {}
    if not isinstance(found, dict):
        raise DocumentError(f"{RUN} is damaged: {name} is no object")
    return found


def is_going_on(folder: Path) -> bool:
    """Whether a process holds the run's lock."""
    lock = FileLock(folder / LOCK, timeout=0)
    try:
        with lock:
            return False
    except Timeout:
        return True
    except OSError:  # a folder that can't be written to: nothing is being written there
        return False
    finally:
        with contextlib.suppress(OSError):
            lock.release()
