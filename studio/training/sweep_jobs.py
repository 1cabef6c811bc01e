"""Runs of a set side by side, each in a process of its own."""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Generator
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path

from studio.data.progress import Preparing
from studio.errors import StudioError
from studio.nets.network import Network
from studio.training.events import Epoch, Event, Started, Step
from studio.training.experiment_plan import PlannedRun
from studio.training.sweep import Outcome, RunSet, begin_or_resume

_TELL_EVERY = 0.2  # seconds between two steps that a run tells of
_LOOK_EVERY = 0.1  # seconds between two looks whether to stop
_GRACE = 120.0  # seconds in which a run that was told to stop writes its checkpoint


@dataclass(frozen=True)
class Share:
    """How far a run is, 0 to 1, and what it is doing where it isn't training yet."""

    share: float
    words: str = ""


@dataclass(frozen=True)
class Checked:
    """An epoch of a run is over."""

    epoch: int
    loss: float
    accuracy: float


Told = Share | Checked | Outcome


@dataclass(frozen=True, eq=False)
class _Child:
    run: PlannedRun
    process: SpawnProcess
    pipe: Connection


def run_side_by_side(
    runs: RunSet, jobs: int, stop: threading.Event | None = None
) -> Generator[tuple[PlannedRun, Told], None, None]:
    """Train the runs that wait, so many at a time, the processor's cores shared among them.

    A run whose process fails or is killed is told as its `Outcome`, and the next one begins; it
    can be gone on with.

    Parameters
    ----------
    stop : threading.Event, optional
        Ends all, as closing does: each writes its checkpoint first.

    Yields
    ------
    PlannedRun, Share, Checked or Outcome
        What happens, and at last how each ended.
    """
    waiting = list(runs.waiting())
    jobs = min(jobs, len(waiting))
    threads = max(1, (os.cpu_count() or 1) // max(jobs, 1))
    going: dict[Connection, _Child] = {}
    try:
        while (waiting or going) and not (stop and stop.is_set()):
            while waiting and len(going) < jobs:
                child = _start(runs, waiting.pop(0), threads)
                going[child.pipe] = child
            for pipe in wait(list(going), _LOOK_EVERY):
                assert isinstance(pipe, Connection)
                child = going[pipe]
                try:
                    told = pipe.recv()
                except (EOFError, OSError):
                    del going[pipe]
                    yield child.run, _ended(runs, child, "")
                    continue
                if isinstance(told, str):
                    del going[pipe]
                    yield child.run, _ended(runs, child, told)
                else:
                    yield child.run, told
    finally:
        _stop(list(going.values()))
        if going:
            runs.save_table()


def _start(runs: RunSet, run: PlannedRun, threads: int) -> _Child:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    arguments = (theirs, runs.folder_of(run), run, runs.data_root, runs.network, threads)
    process = context.Process(target=_work, args=arguments, name=run.name)
    process.start()
    theirs.close()  # so that its end is seen here
    return _Child(run, process, ours)


def _ended(runs: RunSet, child: _Child, words: str) -> Outcome:
    """What a run has come to; `words` is what its process gave as the reason of a failure."""
    child.process.join()
    child.pipe.close()
    code = child.process.exitcode or 0
    if code < 0:
        with suppress(ValueError):
            words = f"its process was ended by {signal.Signals(-code).name}"
        words = words or f"its process was ended by signal {-code}"
    elif code and not words:
        words = f"its process ended with status {code}"
    runs.lost.pop(child.run.number, None)
    if words:
        runs.lost[child.run.number] = words
    return next(one for one in runs.save_table() if one.run is child.run)


def _stop(children: list[_Child]) -> None:
    """Tell all to stop, and wait until they have."""
    for child in children:
        with suppress(OSError):  # it has ended meanwhile
            child.pipe.send("stop")
    until = time.monotonic() + _GRACE
    for child in children:
        # What it still says is read, so that it isn't kept waiting.
        while child.process.is_alive() and time.monotonic() < until:
            with suppress(EOFError, OSError):
                if child.pipe.poll(0.05):
                    child.pipe.recv()
                    continue
            child.process.join(0.05)
        if child.process.is_alive():
            child.process.terminate()
        child.process.join()
        child.pipe.close()


def _work(
    pipe: Connection,
    folder: Path,
    run: PlannedRun,
    root: Path | None,
    network: Network | None,
    threads: int,
) -> None:
    """A run, in its process: tells the other end what happens, and stops when that says so."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal's; the other end passes it on
    import cv2
    import torch

    torch.set_num_threads(threads)
    cv2.setNumThreads(threads)
    teller = _Teller()
    events = begin_or_resume(folder, run, root, network, None)
    words = ""
    try:
        for event in events:
            told = teller(event)
            if told is not None:
                pipe.send(told)
            if pipe.poll():  # told to stop, or nobody is there any more
                events.close()
                break
    except StudioError as error:
        words = str(error)
    except OSError:  # nobody is there any more
        events.close()
        return
    with suppress(OSError):
        pipe.send(words)


class _Teller:
    """What of a run's events is told."""

    def __init__(self) -> None:
        self._steps = 1
        self._next = 0.0

    def __call__(self, event: Event) -> Told | None:
        match event:
            case Started():
                self._steps = event.steps
            case Preparing(what=what):
                return Share(0.0, what)
            case Epoch():
                return Checked(event.epoch, event.validation_loss, event.validation_accuracy)
            case Step() if time.monotonic() >= self._next:
                self._next = time.monotonic() + _TELL_EVERY
                return Share(event.step / self._steps)
        return None
