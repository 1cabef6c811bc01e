"""Looking for the pictures in files and folders, beside the window."""

import functools
from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from studio.errors import PictureError, StudioError
from studio.window.classify.sources import Source, file_sources
from studio.window.job import Job
from studio.window.translate import tr


class PictureSearch(QObject):
    """Any number of searches at a time.

    Signals: `found` with a list of `Source`, `refused` with the StudioError of a path that can't
    be read, `changed` when a search begins or ends.
    """

    found = Signal(object)
    refused = Signal(object)
    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._jobs: list[Job] = []

    @property
    def is_busy(self) -> bool:
        return bool(self._jobs)

    def start(self, paths: Iterable[Path]) -> None:
        """Look for the pictures meant by files and folders."""
        job = Job(functools.partial(file_sources, tuple(paths)), tr("Looking for pictures"))
        end = functools.partial(self._end, job)
        job.events.connect(self._take)
        job.done.connect(end)
        job.cancelled.connect(end)
        job.failed.connect(end)
        self._jobs.append(job)
        job.start()
        self.changed.emit()

    def cancel(self) -> None:
        """Stop after the folder that is being read; what was found stays."""
        for job in self._jobs:
            job.cancel()

    @Slot(object)
    def _take(self, found: list[list[Source] | PictureError]) -> None:
        for each in found:
            if isinstance(each, PictureError):
                self.refused.emit(each)
            else:
                self.found.emit(each)

    def _end(self, job: Job, error: StudioError | None = None) -> None:
        self._jobs.remove(job)
        if error is not None:
            self.refused.emit(error)
        self.changed.emit()
