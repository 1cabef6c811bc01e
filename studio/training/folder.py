"""A run's folder: everything of a run, kept while it goes on, so that nothing is ever lost.

``run.json`` says what is trained and how it ended, ``events.jsonl`` what happened, one event a
line; ``last.ckpt`` is what the run goes on from; ``model`` is the network after the last whole
epoch, ``best`` after the epoch with the most right answers, ``snapshots`` after each epoch;
``answers.npz`` holds how the test pictures are answered at the end, ``result.json`` the figures.
"""

import contextlib
import itertools
import json
import os
import shutil
import time
from collections.abc import Generator, Iterator
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from studio.data.parts import Data
from studio.errors import DocumentError, StudioError, TrainingError
from studio.image.read import printable
from studio.image.whole_file import refusal_words, whole_file
from studio.json_file import read_json, write_json
from studio.nets.model import save_model
from studio.nets.network import Network
from studio.training.engine import State, Training
from studio.training.event_lines import to_line, to_plain
from studio.training.events import (
    Answers,
    Checkpointed,
    Epoch,
    Event,
    Finished,
    Kernels,
    Snapshot,
    Started,
    Step,
)
from studio.training.folder_lock import locked
from studio.training.group import Group
from studio.training.history import History
from studio.training.kept import (
    ANSWERS,
    BEST,
    CHECKPOINT,
    EVENTS,
    FORMAT,
    INITIAL,
    MODEL,
    RUN,
    SAMPLES,
    SNAPSHOTS,
    KeptRun,
    read_events,
    read_run,
    snapshot_name,
)
from studio.training.run import RESULT, make_model, result, versions
from studio.training.samples import keep_samples
from studio.training.settings import TrainSettings

CHECKPOINT_EVERY = 30.0  # seconds
_FLUSH_EVERY = 0.5  # seconds
_SNAPSHOT_ROOM = 2**30  # bytes
_SKIPPED = 1000  # pictures that are named

_FILES = (RUN, EVENTS, CHECKPOINT, ANSWERS, SAMPLES, RESULT)
_MODELS = (MODEL, BEST, INITIAL)


def train_into(
    folder: Path,
    settings: TrainSettings,
    data_root: Path | None = None,
    network: Network | None = None,
    data: Data | None = None,
    name: str = "",
    group: Group | None = None,
) -> Generator[Event, None, None]:
    """Train as `engine.train` does and keep everything in a folder; what was there is replaced.

    A run that is there stands until the new one is ready for its first step.
    Closing it between two events writes a checkpoint; so does every epoch, and half a minute. An
    exception out of the middle of a step leaves the last checkpoint as it is.

    Raises
    ------
    StudioError
        As `engine.train`; also when the folder can't be written to, or is being trained in.
    """
    with locked(folder):
        keeper = _Keeper(folder, settings, data_root, network, name)
        training = Training(settings, data_root, data, network, group=group)
        events: Iterator[Event] = training.events()
        if (folder / RUN).is_file():
            events = yield from _until_started(events)
        _clear(folder)
        yield from keeper.keep(training, events)


def resume_into(
    folder: Path,
    data: Data | None = None,
    data_root: Path | None = None,
    group: Group | None = None,
) -> Generator[Event, None, None]:
    """Go on with a run exactly where its checkpoint is; without one, from the beginning.

    After `Started`, the events up to the checkpoint are told again.

    Parameters
    ----------
    data_root : Path, optional
        Where the copies of the data are now, if they were moved.

    Raises
    ------
    StudioError
        As `train_into`; also when there is no run, or it has come to its end.
    """
    from studio.training.checkpoint import load_checkpoint

    with locked(folder):
        kept = read_run(folder, is_locked=True)
        root = data_root or kept.data_root
        if kept.state == "done":
            raise TrainingError(f"the run in {printable(str(folder))} has come to its end")
        keeper = _Keeper(folder, kept.settings, root, kept.network, kept.name)
        if not (folder / CHECKPOINT).exists():
            _clear(folder)
            training = Training(kept.settings, root, data, kept.network, group=group)
            yield from keeper.keep(training, training.events())
            return
        state = load_checkpoint(folder / CHECKPOINT)
        training = Training(kept.settings, root, data, kept.network, state, group)
        yield from keeper.keep(training, training.events(), state)


def _until_started(events: Iterator[Event]) -> Generator[Event, None, Iterator[Event]]:
    """Tell what comes before `Started`; return that and all that follows."""
    for event in events:
        if isinstance(event, Started):
            return itertools.chain((event,), events)
        yield event
    return events


class _Keeper:
    """Writes down what a run says, and then says it."""

    def __init__(
        self,
        folder: Path,
        settings: TrainSettings,
        data_root: Path | None,
        network: Network | None,
        name: str,
    ) -> None:
        self._folder = folder
        self._settings = settings
        self._about: dict[str, Any] = {
            "format": FORMAT,
            "name": name,
            "settings": settings.model_dump(mode="json"),
            "data_root": str(data_root.resolve()) if data_root else None,
            "network": network.model_dump(mode="json") if network else None,
            "begun": datetime.now(UTC).isoformat(timespec="seconds"),
            "versions": versions(),
        }
        self._history = History()  # without its steps
        self._step = 0
        self._saved = time.monotonic()
        self._flushed = 0.0

    def keep(
        self, training: Training, events: Iterator[Event], state: State | None = None
    ) -> Generator[Event, None, None]:
        self._say("running")
        try:
            with self._open_log(state["log"] if state else 0) as self._log:
                yield from self._follow(training, events, state)
        except GeneratorExit:
            self._say("stopped")
            raise
        except StudioError as error:
            with contextlib.suppress(StudioError):  # the first one is what matters
                self._say("failed", error)
            raise
        except BaseException as error:
            with contextlib.suppress(StudioError):
                self._say("stopped" if isinstance(error, KeyboardInterrupt) else "failed")
            raise

    def _follow(
        self, training: Training, events: Iterator[Event], state: State | None
    ) -> Generator[Event, None, None]:
        for event in events:
            if isinstance(event, Started):
                self._begin(event)
                yield event
                if state:
                    yield from self._tell_again()
                continue
            with self._writing():
                self._write(event)
                if isinstance(event, Answers) and training.data:
                    keep_samples(self._folder, training.data, event)
            is_due = self._is_due(event)
            try:
                yield event
                if is_due:
                    self._save(training)
                    yield Checkpointed(self._step)
            except GeneratorExit:
                self._save(training)
                raise
        self._say("done")

    def _begin(self, started: Started) -> None:
        self._history.add(started)
        few = replace(started, network=None, preprocessing=None, settings={})
        few = replace(few, skipped=few.skipped[:_SKIPPED])
        values = asdict(few)
        self._about["started"] = values
        self._say("running")

    def _tell_again(self) -> Generator[Event, None, None]:
        """What happened before the checkpoint, as the log has it."""
        kept = read_run(self._folder, is_locked=True)
        if kept.has_model(INITIAL):
            yield Snapshot(0, kept.model(INITIAL).weights)
        for event in read_events(self._folder):
            self._history.add(event) if not isinstance(event, Step) else None
            self._step = getattr(event, "step", self._step)
            yield event
        epochs = len(self._history.epochs)
        if epochs and kept.has_snapshot(epochs):
            snapshot = Snapshot(epochs, kept.snapshot(epochs))
            self._history.add(snapshot)
            yield snapshot

    def _is_due(self, event: Event) -> bool:
        late = time.monotonic() - self._saved >= CHECKPOINT_EVERY
        return isinstance(event, Snapshot) or (late and isinstance(event, Step))

    def _write(self, event: Event) -> None:
        if isinstance(event, Step):
            self._step = event.step
        elif not isinstance(event, Kernels):
            self._history.add(event)
        line = to_line(event)
        if line is not None:
            self._log.write(json.dumps(line, allow_nan=False).encode() + b"\n")
            if time.monotonic() - self._flushed > _FLUSH_EVERY or not isinstance(event, Step):
                self._log.flush()
                self._flushed = time.monotonic()
        match event:
            case Snapshot():
                self._save_models(event)
            case Answers():
                self._save_answers(event)
            case Epoch() | Finished():
                self._save_result(event)

    def _save(self, training: Training) -> None:
        """Everything up to now: first the events, then the state that they led to."""
        from studio.training.checkpoint import save_checkpoint

        state = training.state()
        if state is None:
            return
        with self._writing():
            self._log.flush()
            os.fsync(self._log.fileno())
            save_checkpoint({**state, "log": self._log.tell()}, self._folder / CHECKPOINT)
        self._saved = time.monotonic()

    def _save_models(self, snapshot: Snapshot) -> None:
        model = make_model(self._settings, self._history, snapshot)
        if snapshot.epoch == 0:
            save_model(model, self._folder / INITIAL)
            return
        save_model(model, self._folder / MODEL)
        best = self._history.best
        if best and best.epoch == snapshot.epoch:
            save_model(model, self._folder / BEST)
        place = self._folder / SNAPSHOTS
        place.mkdir(exist_ok=True)
        save_model(model, place / snapshot_name(snapshot.epoch))
        _thin_out(place, snapshot.epoch)

    def _save_answers(self, answers: Answers) -> None:
        with whole_file(self._folder / ANSWERS) as file:
            np.savez_compressed(file, **asdict(answers))

    def _save_result(self, event: Epoch | Finished) -> None:
        write_json(to_plain(result(self._history)), self._folder / RESULT)
        if isinstance(event, Finished) and self._history.weights:
            save_model(make_model(self._settings, self._history), self._folder / MODEL)

    def _say(self, state: str, error: StudioError | None = None) -> None:
        """What goes on, in ``run.json``."""
        said = {"message": error.message, "remedy": error.remedy} if error else None
        try:
            self._about["name"] = self._name()
            write_json({**self._about, "state": state, "error": said}, self._folder / RUN)
        except DocumentError as refused:
            raise TrainingError(refused.message, refused.remedy) from refused

    def _name(self) -> str:
        """The run's name, which a person may have changed meanwhile."""
        try:
            said = read_json(self._folder / RUN, FORMAT, "a run of the studio")
        except DocumentError:  # not there yet, or no longer: it is written anew
            return str(self._about["name"])
        return str(said.get("name", ""))

    @contextlib.contextmanager
    def _open_log(self, length: int) -> Iterator[BinaryIO]:
        """The file of events, cut off where the checkpoint was written."""
        with self._writing():
            log = (self._folder / EVENTS).open("ab")
        with log:
            if log.tell() < length:
                raise TrainingError(
                    f"{EVENTS} lacks events from before the checkpoint", "Start a new run"
                )
            with self._writing():
                log.truncate(length)
            yield log

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        """What can't be written, in words that say what becomes of the run."""
        try:
            yield
        except (OSError, StudioError, MemoryError) as error:
            where = printable(str(self._folder))
            if not self._folder.is_dir():
                raise TrainingError(
                    f"the run's folder {where} is gone: nothing can be kept at step {self._step}",
                    "Start the run again, in another folder",
                ) from error
            match error:
                case OSError():
                    why = f"the run can't be kept in {where}: {refusal_words(error)}"
                case StudioError():
                    why = error.message
                case _:
                    why = f"the memory ran out when the run was written into {where}"
            stands = ": its last checkpoint stands" if self._has_checkpoint() else ""
            raise TrainingError(why, f"Make room, then resume the run{stands}") from error

    def _has_checkpoint(self) -> bool:
        return (self._folder / CHECKPOINT).is_file()


def _clear(folder: Path) -> None:
    """Take away what an earlier run left, and nothing else."""
    names = [*_FILES, *(f"{model}{end}" for model in _MODELS for end in (".json", ".safetensors"))]
    try:
        for name in names:
            (folder / name).unlink(missing_ok=True)
        if (folder / SNAPSHOTS).is_dir():
            shutil.rmtree(folder / SNAPSHOTS)
    except OSError as error:
        where = printable(str(folder))
        raise TrainingError(f"what is in {where} can't be replaced: {error.strerror}") from None


def _thin_out(place: Path, newest: int) -> None:
    """Where the snapshots need too much room, every other one goes; first and last stay."""
    found = sorted(place.glob("*.safetensors"))
    if sum(path.stat().st_size for path in found) <= _SNAPSHOT_ROOM:
        return
    for path in found[1:-1:2]:
        path.unlink(missing_ok=True)
        path.with_suffix(".json").unlink(missing_ok=True)


__all__ = ["CHECKPOINT_EVERY", "KeptRun", "read_run", "resume_into", "train_into"]
