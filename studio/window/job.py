"""The only thread abstraction: a generator that runs beside the window.

Signals, all in the thread that made the job:

- `events`: a list of what the generator gave since the last list, in order, none left out;
- then exactly one of `done`, `failed` and `cancelled`, when the thread has ended;
- then QThread's own `finished`, whatever the ending was.
"""

import functools
import math
import os
import sys
import traceback
from collections.abc import Callable, Generator, Iterator
from threading import Condition, get_native_id
from time import monotonic
from typing import Any, Literal

from PySide6.QtCore import QDeadlineTimer, Qt, QThread, QTimer, Signal, Slot

from studio.errors import StudioError
from studio.faults import record_fault
from studio.image.whole_file import discard_drafts
from studio.window import garbage

Outcome = Literal["", "done", "failed", "cancelled"]

# Seconds between two batches.
INTERVAL = 1 / 30

# A thread, and those that it starts, stand back behind the window by so much.
_NICE = 5

# macOS gives a second thread 512 KiB, too little for deeply nested networks.
_STACK_BYTES = 16 << 20

# A thread that runs must have an owner: Qt ends the process when one is destroyed.
_running: dict[int, "Job"] = {}
_ended: set["Job"] = set()


class Job(QThread):
    """Runs a generator in a thread and hands over what it gives.

    Parameters
    ----------
    steps : iterator, or callable that makes one
        A callable is called in the thread. It must not touch Qt objects.
    name : str
        What is going on, for the status bar.
    capacity : int
        How many events may wait for the window before the generator has to wait too.
    """

    events = Signal(object)
    done = Signal()
    failed = Signal(object)
    cancelled = Signal()
    _ready = Signal()

    def __init__(
        self,
        steps: Iterator[Any] | Callable[[], Iterator[Any]],
        name: str = "",
        capacity: int = 1000,
    ) -> None:
        super().__init__()
        self.name = name
        self.outcome: Outcome = ""
        self._source: Iterator[Any] | Callable[[], Iterator[Any]] | None = steps
        self._capacity = capacity
        self._waiting: list[Any] = []
        self._changed = Condition()
        self._paused = False
        self._granted = 0
        self._stopping = False
        self._stopping_since = math.inf
        self._waiters = 0
        self._ending: Outcome = "done"
        self._error: StudioError | None = None
        self._handed_over = 0.0
        self._timer = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._hand_over)
        self._ready.connect(self._soon, Qt.ConnectionType.QueuedConnection)
        self.finished.connect(self._end, Qt.ConnectionType.QueuedConnection)
        self.setStackSize(_STACK_BYTES)

    def start(self, priority: QThread.Priority = QThread.Priority.LowPriority) -> None:
        """Begin; a job runs once."""
        if self.outcome or id(self) in _running:
            raise RuntimeError("a job runs only once")
        _running[id(self)] = self
        garbage.hold()
        super().start(priority)

    def pause(self) -> None:
        """Ask for nothing more after the step that is being made."""
        with self._changed:
            self._paused = True

    def resume(self) -> None:
        with self._changed:
            self._paused = False
            self._granted = 0
            self._changed.notify_all()

    def step(self) -> None:
        """While paused, ask for one event."""
        with self._changed:
            self._granted += self._paused
            self._changed.notify_all()

    @property
    def is_paused(self) -> bool:
        return self._paused

    def cancel(self) -> None:
        """Close the generator after the step that is being made; what it gave still arrives.

        Before `start`, the generator is never asked for anything. A generator that came to its
        end by itself in the meantime is done, not cancelled.
        """
        with self._changed:
            self._stopping = True
            self._stopping_since = min(self._stopping_since, monotonic())
            self._changed.notify_all()

    def wait(self, time: int | QDeadlineTimer | None = None) -> bool:  # type: ignore[override]
        """Wait until the thread has ended, or for `time` milliseconds; whether it has.

        Events and ending still arrive through the event loop afterwards.
        """
        with self._changed:
            self._waiters += 1  # the window takes nothing meanwhile, so the limit must not hold
            self._changed.notify_all()
        try:
            return super().wait() if time is None else super().wait(time)
        finally:
            with self._changed:
                self._waiters -= 1

    def run(self) -> None:
        """The thread's own part; not to be called."""
        steps: Iterator[Any] | None = None
        if sys.platform == "linux":  # where Qt's priorities mean nothing
            os.setpriority(os.PRIO_PROCESS, get_native_id(), _NICE)
        try:
            steps = self._open()
            self._ending = self._drive(steps)
        except BaseException as error:
            self._fail(error)
        try:
            if isinstance(steps, Generator):
                steps.close()
        except BaseException as error:
            self._fail(error)

    def _open(self) -> Iterator[Any]:
        source = self._source
        if callable(source):
            return iter(()) if self._stopping else iter(source())
        assert source is not None
        return iter(source)

    def _drive(self, steps: Iterator[Any]) -> Outcome:
        while self._may_go_on():
            try:
                event = next(steps)
            except StopIteration:
                return "done"
            self._give(event)
        return "cancelled"

    def _may_go_on(self) -> bool:
        with self._changed:
            self._changed.wait_for(
                lambda: self._stopping or not (self._is_held() or self._is_full())
            )
            self._granted = max(0, self._granted - 1)
            return not self._stopping

    def _is_held(self) -> bool:
        return self._paused and not self._granted

    def _is_full(self) -> bool:
        return len(self._waiting) >= self._capacity and not self._waiters

    def _give(self, event: Any) -> None:
        with self._changed:
            self._waiting.append(event)
            is_first = len(self._waiting) == 1
        if is_first:
            self._ready.emit()

    def _fail(self, error: BaseException) -> None:
        self._ending = "failed"
        if isinstance(error, StudioError):
            self._error = error
        else:
            self._error = StudioError(record_fault(error))
            self._error.__cause__ = error
        traceback.clear_frames(error.__traceback__)  # they hold on to pictures and tensors

    @Slot()
    def _soon(self) -> None:
        left = self._handed_over + INTERVAL - monotonic()
        if left <= 0:
            self._hand_over()
        elif not self._timer.isActive():
            self._timer.start(math.ceil(left * 1000))

    @Slot()
    def _hand_over(self) -> None:
        with self._changed:
            batch, self._waiting = self._waiting, []
            self._changed.notify_all()
        if batch:
            self.events.emit(batch)
            self._handed_over = monotonic()
        garbage.collect()

    @Slot()
    def _end(self) -> None:
        if id(self) not in _running:
            return
        super().wait()
        self._timer.stop()
        self._hand_over()
        del _running[id(self)]
        if not _running:
            garbage.free()
        self._source = None
        self.outcome = self._ending
        _ended.add(self)  # until Qt has left this object's own event
        QTimer.singleShot(0, functools.partial(_ended.discard, self))
        if self._ending == "done":
            self.done.emit()
        elif self._ending == "cancelled":
            self.cancelled.emit()
        else:
            self.failed.emit(self._error)


def running_jobs() -> tuple[Job, ...]:
    """The jobs that were started and have not said their ending, oldest first."""
    return tuple(_running.values())


def stop_all(timeout: float = 1.5) -> tuple[Job, ...]:
    """Cancel every job and wait; the endings are told before it returns.

    Parameters
    ----------
    timeout : float
        Seconds that a job gets, from when it was first cancelled.

    Returns
    -------
    tuple of Job
        Those that are inside a step too long to wait for.
    """
    while jobs := running_jobs():  # an ending may start the next job
        for job in jobs:
            job.cancel()
        for job in jobs:
            left = job._stopping_since + timeout - monotonic()
            if not job.wait(max(0, int(left * 1000))):
                return running_jobs()
            job._end()
    return ()


def leave(status: int, timeout: float = 1.5) -> int:
    """Stop every job and return `status`, for the last line of a program with a window.

    Where a job can't be stopped in time, the process ends here with that status: Qt would abort it.
    """
    if stop_all(timeout):
        discard_drafts()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
    return status
