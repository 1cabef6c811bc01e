"""What is looked at in Train: one run and one epoch, for curves, results and inspector alike."""

from PySide6.QtCore import QObject, Signal

from studio.window.train.runs import Run


class Selection(QObject):
    """The chosen run, the one that trains, and the epoch that is looked at.

    Signals
    -------
    chosen(run)
        Another run is looked at.
    changed(run)
        A run's state, name or settings are others.
    active_changed(run or None)
        Another run trains, or none does.
    progressed(run)
        The run that trains has gone on; at most twice a second, only while Train is shown.
    learned(run)
        A run has one more epoch behind it: `History.epochs`, weights, kernels.
    epoch_changed(epoch or None)
        Another epoch is looked at.
    """

    chosen = Signal(object)
    changed = Signal(object)
    active_changed = Signal(object)
    progressed = Signal(object)
    learned = Signal(object)
    epoch_changed = Signal(object)

    def __init__(self, run: Run, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.run = run
        self.active: Run | None = None
        self.epoch: int | None = None  # from 1; None follows the run: the newest

    def choose(self, run: Run) -> None:
        """Look at another run."""
        if run is not self.run:
            self.run = run
            self.chosen.emit(run)

    def set_active(self, run: Run | None) -> None:
        """Say which run trains now."""
        if run is not self.active:
            self.active = run
            self.active_changed.emit(run)

    def look_at(self, epoch: int | None) -> None:
        """Look at an epoch, from 1; None goes back to the newest."""
        if epoch != self.epoch:
            self.epoch = epoch
            self.epoch_changed.emit(epoch)
