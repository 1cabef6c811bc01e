"""Runs of the table: named, opened, taken off, deleted, reported."""

import functools
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from studio.image.read import printable
from studio.window.chrome.question import Question
from studio.window.train.kept_runs import KeptRuns
from studio.window.train.runs import Run
from studio.window.translate import tr


class RunHandling(QObject):
    """Asks what has to be asked, and leaves the folders to `KeptRuns`.

    Signals: `removal_wanted` with a run that the table is to show no more.
    """

    removal_wanted = Signal(object)

    def __init__(self, kept: KeptRuns, parent: QWidget) -> None:
        super().__init__(parent)
        self._kept = kept
        self._window = parent
        self.dialog: Question | None = None

    def rename(self, run: Run, name: str) -> None:
        """Call a run something, here and in its folder; empty for what its settings say."""
        if name == run.name:
            return
        run.rename(name)
        if run.folder is not None and run.state != "new":
            self._kept.rename(run.folder, name)

    def ask_delete(self, run: Run) -> None:
        """Ask whether a run's folder is to go, and delete it then."""
        assert run.folder is not None
        words = tr("The folder {folder} is moved to the trash, or deleted where there is none.")
        self.dialog = Question(
            self._window,
            tr("Delete {run} with its curves and models?").format(run=run.title.lower()),
            words.format(folder=printable(str(run.folder))),
            tr("Delete run"),
            tr("Keep it"),
            functools.partial(self._delete, run, run.folder),
        )
        self.dialog.finished.connect(self._forget)
        self.dialog.open()

    def _delete(self, run: Run, folder: Path) -> None:
        self.removal_wanted.emit(run)
        self._kept.delete(folder)

    @Slot()
    def _forget(self) -> None:
        self.dialog = None
