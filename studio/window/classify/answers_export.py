"""Answers leave the list: onto the clipboard, or into a file."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from studio.image.whole_file import write_bytes
from studio.window.asking import ask_where
from studio.window.classify.answers_table import Row, answers_csv
from studio.window.job import Job
from studio.window.translate import tr


def copy_answers(rows: Iterable[Row]) -> None:
    """Put the answers on the clipboard, as comma-separated values."""
    QGuiApplication.clipboard().setText(answers_csv(rows))


class AnswersExport(QObject):
    """Writes answers into files, beside the window.

    Signals: `saved` with the name of a file, `failed` with a StudioError.
    """

    saved = Signal(str)
    failed = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent

    def ask(self, rows: Iterable[Row]) -> None:
        """Ask where, and write the answers there."""
        name, kinds = "answers.csv", "CSV (*.csv)"
        place = ask_where(self._window, tr("Export answers"), name, kinds, "answers")
        if place:
            self.write(rows, place.path)

    def write(self, rows: Iterable[Row], path: Path) -> None:
        """Write the answers into a file of comma-separated values, whole or not at all."""
        data = answers_csv(rows).encode()

        def steps() -> Iterator[str]:
            write_bytes(data, path)
            yield path.name

        job = Job(steps, tr("Exporting"))
        job.events.connect(self._tell)
        job.failed.connect(self.failed)
        job.start()

    @Slot(object)
    def _tell(self, names: list[str]) -> None:
        self.saved.emit(names[0])
