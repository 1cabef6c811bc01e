"""Writes files beside the window, one job at a time."""

from collections.abc import Callable, Iterator
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from studio.errors import StudioError
from studio.window.job import Job


class Writing(QObject):
    """Signals: `progress` with the share that is done; at the end one of `ended`, with what was
    written, or nothing when it was cancelled, and `failed` with a StudioError.
    """

    progress = Signal(float)
    ended = Signal(str)
    failed = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._job: Job | None = None

    @property
    def is_busy(self) -> bool:
        return self._job is not None

    def write(self, work: Callable[[], Iterator[float]], name: str, target: str) -> None:
        """Do work that gives the share that is done; `target` is what it writes, for people."""
        self._job = Job(work, name)
        self._job.events.connect(self._tell)
        self._job.done.connect(partial(self._end, target))
        self._job.cancelled.connect(self._end)
        self._job.failed.connect(self._fail)
        self._job.start()

    @Slot()
    def cancel(self) -> None:
        if self._job is not None:
            self._job.cancel()

    @Slot(object)
    def _tell(self, shares: list[float]) -> None:
        self.progress.emit(shares[-1])

    @Slot()
    def _end(self, target: str = "") -> None:
        self._job = None
        self.ended.emit(target)

    @Slot(object)
    def _fail(self, error: StudioError) -> None:
        self._job = None
        self.failed.emit(error)
