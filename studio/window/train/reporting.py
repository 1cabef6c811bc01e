"""A run as one page that opens anywhere."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QWidget

from studio.report import write_report
from studio.training.experiment_plan import slug
from studio.window.asking import ask_where
from studio.window.train.runs import Run
from studio.window.translate import tr
from studio.window.writing import Writing


class Reporting(Writing):
    """Writes one report at a time."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent

    def ask(self, run: Run) -> None:
        """Ask where to, and write the report of a run there."""
        if self.is_busy:
            return
        kinds = f"{tr('Pages')} (*.html)"
        name = f"{slug(run.name or run.subject)}.html"
        place = ask_where(self._window, tr("Save report"), name, kinds, "reports")
        if place:
            self.start(run, place.path)

    def start(self, run: Run, path: Path) -> None:
        """Write the report of a run."""
        assert run.folder is not None
        work = partial(_write, run.folder, path, run.data_root)
        self.write(work, tr("Writing the report"), str(path))


def _write(folder: Path, path: Path, root: Path | None) -> Iterator[float]:
    write_report(folder, path, root)
    yield 1.0
