"""Writing the result that is shown into a file, beside the window."""

import functools
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from studio.filters.batch import save_result
from studio.window.asking import ask_where
from studio.window.chrome.status import Status
from studio.window.filter.result import Result
from studio.window.job import Job
from studio.window.translate import tr


class Saving(QObject):
    """Asks where, and writes there; one file at a time.

    Signals: `failed(StudioError)`, and `noted(title, words)` where the format couldn't keep every
    value.
    """

    failed = Signal(object)
    noted = Signal(str, str)

    def __init__(self, status: Status, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent
        self._status = status
        self._job: Job | None = None

    @property
    def is_busy(self) -> bool:
        return self._job is not None

    def ask(self, result: Result) -> None:
        """Ask where, and write the result there."""
        if self.is_busy:
            return
        ending = ".tiff" if result.is_float else ".png"
        stem = Path(result.picture.name).stem or tr("picture")
        kinds = tr("Pictures") + " (*.png *.tiff *.tif *.jpg *.webp *.bmp)"
        name = f"{stem}-filtered{ending}"
        place = ask_where(self._window, tr("Save result"), name, kinds)
        if place:
            self.write(result, place.path)

    def write(self, result: Result, path: Path) -> None:
        """Write into a file, in the result's own depth where the format has it."""

        def steps() -> Iterator[float | str]:
            yield (yield from save_result(result.evaluation, result.picture, path))

        self._job = Job(steps, tr("Saving"))
        self._job.events.connect(functools.partial(self._follow, path))
        self._job.failed.connect(self.failed)
        self._job.finished.connect(self._end)
        self._status.set_busy(tr("Saving {name}").format(name=path.name), self._job.cancel)
        self._job.start()

    def _follow(self, path: Path, events: list[float | str]) -> None:
        last = events[-1]
        if isinstance(last, float):
            self._status.set_progress(last)
            return
        self._status.show_message(tr("Saved {name}").format(name=path.name))
        if last:
            self.noted.emit(tr("{name} could not keep every value:").format(name=path.name), last)

    @Slot()
    def _end(self) -> None:
        self._job = None
        self._status.set_idle()
