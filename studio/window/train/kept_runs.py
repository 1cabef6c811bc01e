"""Runs of earlier days: looked up, read and deleted beside the window."""

import functools
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QFile, QObject, QSettings, Signal, Slot
from PySide6.QtWidgets import QMenu, QWidget

from studio.errors import StudioError, TrainingError
from studio.image.read import printable
from studio.insight.answers import counted
from studio.training.kept import RUN
from studio.training.run_folders import Summary, recent, rename
from studio.window.asking import ask_folder
from studio.window.job import Job
from studio.window.latest import Latest
from studio.window.train.found import Found, find
from studio.window.train.run_model import STATES
from studio.window.translate import tr

_TOLD = "train/cut-off"  # the folder of the last run that was said to be
_OFFERED = 12  # runs in the menu


class KeptRuns(QObject):
    """The menu of kept runs, and what is done with their folders.

    Parameters
    ----------
    parent : QWidget
        Whose dialogs and menu they are.

    Signals: `found` with a `Found`, `cut_off` with the `Summary` of the newest run if something
    other than the studio ended it, `failed` with a StudioError.
    """

    found = Signal(object)
    cut_off = Signal(object)
    failed = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent
        self.menu = QMenu(tr("Open run"), parent)
        self.menu.setToolTipsVisible(True)
        self.menu.aboutToShow.connect(self._look)
        self._looking = Latest(tr("Looking for runs"), parent=self)
        self._looking.result.connect(self._offer)
        self._looking.failed.connect(self.failed)
        self._checking = Latest(tr("Looking for runs"), parent=self)
        self._checking.result.connect(self._tell)
        self._reading = Latest(tr("Reading a run"), interim=True, parent=self)
        self._reading.result.connect(self.found)
        self._reading.failed.connect(self.failed)
        self._writing: set[Job] = set()
        self._offer(())

    @property
    def is_busy(self) -> bool:
        """Whether a folder is being read or written to."""
        parts = (self._looking, self._checking, self._reading)
        return bool(self._writing) or any(part.is_busy for part in parts)

    def open(self, folder: Path) -> None:
        """Read a run's folder, or all that a folder holds; `found` or `failed` follows."""
        self._reading.submit(functools.partial(_find_all, folder))

    @Slot()
    def ask_folder(self) -> None:
        """Ask for a run's folder, and read it."""
        folder = ask_folder(self._window, tr("Folder of a run"), "runs", among=True)
        if folder:
            self.open(folder)

    def rename(self, folder: Path, name: str) -> None:
        """Write a run's new name into its folder."""
        self._write(functools.partial(rename, folder, name))

    def delete(self, folder: Path) -> None:
        """Move a run's folder to the trash; where there is none, delete it."""
        self._write(functools.partial(_delete, folder))

    def check(self) -> None:
        """Look whether the newest run was cut off; `cut_off` says so once."""
        self._checking.submit(functools.partial(recent, 1))

    def _write(self, work: Callable[[], object]) -> None:
        def write() -> Iterator[None]:
            work()
            yield

        job = Job(write, tr("Writing"))
        self._writing.add(job)
        job.failed.connect(self.failed)
        job.finished.connect(functools.partial(self._writing.discard, job))
        job.start()

    @Slot(object)
    def _tell(self, runs: tuple[Summary, ...]) -> None:
        if not runs or runs[0].state != "interrupted":
            return
        settings, folder = QSettings(), str(runs[0].folder)
        if settings.value(_TOLD) != folder:
            settings.setValue(_TOLD, folder)
            self.cut_off.emit(runs[0])

    @Slot()
    def _look(self) -> None:
        self._looking.submit(functools.partial(recent, _OFFERED))

    @Slot(object)
    def _offer(self, runs: tuple[Summary, ...]) -> None:
        self.menu.clear()
        for run in runs:
            action = self.menu.addAction(_words(run).replace("&", "&&"))
            action.setToolTip(printable(str(run.folder)))
            action.triggered.connect(functools.partial(self.open, run.folder))
        if not runs:
            self.menu.addAction(tr("Runs that you train stand here")).setEnabled(False)
        self.menu.addSeparator()
        self.menu.addAction(tr("Another folder…")).triggered.connect(self.ask_folder)


def _words(run: Summary) -> str:
    """A run in a line of the menu: day, name, best, state."""
    best = counted(run.best) if run.best is not None else "–"
    state = tr(STATES.get(run.state, run.state))
    return "   ".join((_local(run.begun), printable(run.title), best, state))


def _local(time: str) -> str:
    """A moment (ISO 8601) where we are, to the minute."""
    try:
        return f"{datetime.fromisoformat(time).astimezone():%Y-%m-%d %H:%M}"
    except ValueError:  # a folder that somebody edited
        return "–"


def holds_runs(folder: Path) -> bool:
    """Whether a folder is that of a run, or holds such."""
    return (folder / RUN).is_file() or next(folder.glob(f"*/{RUN}"), None) is not None


def _find_all(folder: Path) -> Iterator[Found]:
    """The run in a folder, or those in its folders, such as an experiment's."""
    inside = sorted(path.parent for path in folder.glob(f"*/{RUN}"))
    if not inside or (folder / RUN).exists():
        yield find(folder)
    else:
        damaged: list[StudioError] = []
        for one in inside:
            try:
                yield find(one)
            except StudioError as error:
                damaged.append(error)
        if damaged:
            raise damaged[0]


def _delete(folder: Path) -> None:
    if QFile(str(folder)).moveToTrash():
        return
    try:
        shutil.rmtree(folder)
    except OSError as error:
        where = printable(str(folder))
        raise TrainingError(f"{where} can't be deleted: {error.strerror}") from None
