"""Previews: only the newest of what was asked for counts."""

import functools
from collections.abc import Callable, Generator, Iterator
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from studio.errors import StudioError
from studio.window.job import Job


class Latest(QObject):
    """Runs the newest of the functions submitted to it, one at a time, for previews.

    One function runs and at most one waits; a newer one takes the place of the one that waits.
    What is outdated never arrives: results come in the order of submission, and the last
    submission's is the last. A function that returns a generator hands over all its values, and is
    closed when it is outdated.

    Parameters
    ----------
    name : str
        What is going on, for the status bar.
    interim : bool
        Let the function that runs come to its end and arrive although a newer one waits, so that a
        slider that never rests still shows something. `cancel` withdraws it all the same.

    Signals: `result` with each value, `failed` with a StudioError, `busy` with True and False.
    """

    result = Signal(object)
    failed = Signal(object)
    busy = Signal(bool)

    def __init__(
        self, name: str = "", interim: bool = False, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.name = name
        self._interim = interim
        self._next: Callable[[], Any] | None = None
        self._job: Job | None = None
        self._wanted = False
        self._was_busy = False

    @property
    def is_busy(self) -> bool:
        """Whether something is still to arrive."""
        return self._next is not None or (self._job is not None and self._wanted)

    def submit(self, function: Callable[[], Any]) -> None:
        """Run `function` in a thread, now or as soon as the one that runs has ended."""
        self._next = function
        if self._job is None:
            self._start()
        elif not self._interim:
            self._withdraw()
        self._tell()

    def skip(self) -> None:
        """Withdraw the function that runs if a newer one waits, also with `interim`."""
        if self._next is not None:
            self._withdraw()

    def cancel(self) -> None:
        """Nothing that was submitted arrives any more."""
        self._next = None
        self._withdraw()
        self._tell()

    def _withdraw(self) -> None:
        self._wanted = False
        if self._job is not None:
            self._job.cancel()

    def _start(self) -> None:
        assert self._next is not None
        job = Job(functools.partial(_values, self._next), self.name)
        self._job, self._next, self._wanted = job, None, True
        job.events.connect(self._arrive)
        job.failed.connect(self._fail)
        job.done.connect(self._go_on)
        job.cancelled.connect(self._go_on)
        job.start()

    @Slot(object)
    def _arrive(self, values: list[Any]) -> None:
        for value in values:
            if self._wanted:
                self.result.emit(value)

    @Slot(object)
    def _fail(self, error: StudioError) -> None:
        if self._wanted:
            self.failed.emit(error)
        self._go_on()

    @Slot()
    def _go_on(self) -> None:
        self._job = None
        if self._next is not None:
            self._start()
        self._tell()

    def _tell(self) -> None:
        if self.is_busy != self._was_busy:
            self._was_busy = self.is_busy
            self.busy.emit(self._was_busy)


def _values(function: Callable[[], Any]) -> Iterator[Any]:
    value = function()
    if isinstance(value, Generator):
        yield from value
    else:
        yield value
