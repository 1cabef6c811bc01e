"""A run as one page that opens anywhere."""

from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QObject, QSettings, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from studio.report import write_report
from studio.training.experiment_plan import slug
from studio.window.job import Job
from studio.window.train.runs import Run
from studio.window.translate import tr

_FOLDER = "folders/reports"  # in the settings of the window


class Reporting(QObject):
    """Writes one report at a time, beside the window.

    Signals: `began` and `ended` around the writing, `saved` with the path, `failed` with a
    StudioError.
    """

    began = Signal()
    ended = Signal()
    saved = Signal(object)
    failed = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent
        self._job: Job | None = None

    @property
    def is_busy(self) -> bool:
        return self._job is not None

    def ask(self, run: Run) -> None:
        """Ask where to, and write the report of a run there."""
        if self.is_busy:
            return
        settings = QSettings()
        folder = Path(str(settings.value(_FOLDER, str(Path.home()))))
        start = folder / f"{slug(run.name or run.subject)}.html"
        kinds = f"{tr('Pages')} (*.html)"
        path, _ = QFileDialog.getSaveFileName(self._window, tr("Save report"), str(start), kinds)
        if path:
            settings.setValue(_FOLDER, str(Path(path).parent))
            self.write(run, Path(path))

    def write(self, run: Run, path: Path) -> None:
        """Write the report of a run."""
        folder, root = run.folder, run.data_root
        assert folder is not None

        def write() -> Iterator[Path]:
            write_report(folder, path, root)
            yield path

        self._job = Job(write, tr("Writing the report"))
        self._job.events.connect(self._tell)
        self._job.failed.connect(self.failed)
        self._job.finished.connect(self._end)
        self.began.emit()
        self._job.start()

    @Slot(object)
    def _tell(self, paths: list[Path]) -> None:
        self.saved.emit(paths[0])

    @Slot()
    def _end(self) -> None:
        self._job = None
        self.ended.emit()
