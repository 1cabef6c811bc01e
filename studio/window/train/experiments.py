"""Experiments: the course's own and those in files, each one click."""

import functools
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QMenu, QWidget

from studio.training.experiment import ENDING, EXPERIMENTS, load_experiment
from studio.training.experiment_plan import Experiment
from studio.window.asking import ask_file
from studio.window.latest import Latest
from studio.window.translate import tr


class Experiments(QObject):
    """The menu of experiments.

    Parameters
    ----------
    parent : QWidget
        Whose dialogs and menu they are.

    Signals: `chosen` with an experiment and the name of its file, `failed` with a StudioError.
    """

    chosen = Signal(object, str)
    failed = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent
        self._reading = Latest(tr("Reading an experiment"), parent=self)
        self._reading.result.connect(self._choose)
        self._reading.failed.connect(self.failed)
        self.menu = QMenu(tr("Experiment"), parent)
        self.menu.setToolTipsVisible(True)
        for name, experiment in EXPERIMENTS.items():
            count = len(experiment.runs())
            words = tr("1 run") if count == 1 else tr("{count} runs").format(count=count)
            action = self.menu.addAction(f"{tr(experiment.title or name)} ({words})")
            action.setToolTip(f"<p>{tr(experiment.summary)}</p>")
            action.triggered.connect(
                functools.partial(self.chosen.emit, experiment, f"{name}{ENDING}")
            )
        self.menu.addSeparator()
        self.menu.addAction(tr("Open…")).triggered.connect(self.ask_file)

    @property
    def is_busy(self) -> bool:
        """Whether a file is being read."""
        return self._reading.is_busy

    def open(self, path: Path) -> None:
        """Read an experiment's file; `chosen` or `failed` follows."""
        self._reading.submit(lambda: (load_experiment(path), path.name))

    @Slot()
    def ask_file(self) -> None:
        """Ask for an experiment's file, and read it."""
        kinds = f"{tr('Experiments')} (*{ENDING})"
        path = ask_file(self._window, tr("Open experiment"), kinds, "experiments")
        if path:
            self.open(path)

    @Slot(object)
    def _choose(self, read: tuple[Experiment, str]) -> None:
        self.chosen.emit(*read)


def is_experiment(path: Path) -> bool:
    """Whether a path looks like an experiment's file."""
    return path.suffix.lower() == ENDING and path.is_file()
