"""Runs and experiments from outside: from menus, dialogs, and what is dropped on Train."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from studio.image.read import printable
from studio.training.experiment import ENDING
from studio.window.drop import Brought, DropVeil, Offer
from studio.window.train.experiments import Experiments, is_experiment
from studio.window.train.kept_runs import KeptRuns, holds_runs
from studio.window.translate import tr


class Bringing(QObject):
    """Where runs and experiments come from.

    Parameters
    ----------
    parent : QWidget
        The workspace, whose dialogs they are.
    judge_data : callable
        What dropping anything else would do.

    Signals: `found` with a `Found`, `cut_off` with a `Summary`, `experiment` with an experiment
    and its file's name, `data_dropped` with what was brought, `failed` with a StudioError.
    """

    found = Signal(object)
    cut_off = Signal(object)
    experiment = Signal(object, str)
    data_dropped = Signal(object)
    failed = Signal(object)

    def __init__(self, parent: QWidget, judge_data: Callable[[Brought], Offer]) -> None:
        super().__init__(parent)
        self._judge_data = judge_data
        self.kept = KeptRuns(parent)
        self.kept.found.connect(self.found)
        self.kept.cut_off.connect(self.cut_off)
        self.kept.failed.connect(self.failed)
        self.experiments = Experiments(parent)
        self.experiments.chosen.connect(self.experiment)
        self.experiments.failed.connect(self.failed)
        self.veil = DropVeil(parent, self.offer)
        self.veil.dropped.connect(self._take)

    @property
    def is_busy(self) -> bool:
        """Whether something is being read or written."""
        return self.kept.is_busy or self.experiments.is_busy

    def offer(self, brought: Brought) -> Offer:
        """What it would do to drop that, or why it is refused."""
        if len(brought.paths) != 1:
            words = tr("One run, one experiment or one folder of pictures can be dropped here")
            return Offer(words, False)
        path = brought.paths[0]
        name = printable(path.name)
        if is_experiment(path):
            return Offer(tr("Start the experiment {name}").format(name=name))
        if holds_runs(path):
            return Offer(tr("Open the run in {name}").format(name=name))
        if path.is_dir():
            return self._judge_data(brought)
        words = tr("{name} is neither a folder nor an experiment ({ending})")
        return Offer(words.format(name=name, ending=ENDING), False)

    @Slot(object)
    def _take(self, brought: Brought) -> None:
        (path,) = brought.paths
        if is_experiment(path):
            self.experiments.open(path)
        elif holds_runs(path):
            self.kept.open(path)
        else:
            self.data_dropped.emit(brought)
