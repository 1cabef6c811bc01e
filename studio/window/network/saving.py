"""Writes the maps of every layer into a folder, beside the window."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QSettings, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from studio.errors import StudioError
from studio.window.job import Job
from studio.window.network.look import Look
from studio.window.translate import tr


class MapSaver(QObject):
    """Saves one look at a time.

    Signals: `progress` with the share that is done; `ended` with the folder, empty where it was
    cancelled; `failed` with the error.
    """

    progress = Signal(float)
    ended = Signal(str)
    failed = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent
        self._job: Job | None = None

    @property
    def is_busy(self) -> bool:
        return self._job is not None

    def ask(self) -> Path | None:
        """Ask for a folder; None where the person has changed their mind."""
        settings = QSettings()
        start = str(settings.value("folders/save", str(Path.home())))
        title = tr("Save maps in a folder")
        folder = QFileDialog.getExistingDirectory(self._window, title, start)
        if not folder:
            return None
        settings.setValue("folders/save", folder)
        return Path(folder)

    def start(self, look: Look, folder: Path) -> None:
        """Write a sheet for each layer into the folder."""
        self._job = Job(partial(look.write, folder), tr("Saving maps"))
        self._job.events.connect(self._tell)
        self._job.done.connect(partial(self._end, str(folder)))
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
    def _end(self, folder: str = "") -> None:
        self._job = None
        self.ended.emit(folder)

    @Slot(object)
    def _fail(self, error: StudioError) -> None:
        self._job = None
        self.failed.emit(error)
