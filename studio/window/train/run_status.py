"""What the status bar says about the run that trains: what, how far, and what is safe."""

from time import monotonic

from PySide6.QtCore import QObject, QTimer, Slot

from studio.window.chrome.status import Status
from studio.window.train.queue import RunQueue
from studio.window.train.run_words import duration, ending_words, fraction
from studio.window.train.runs import Run
from studio.window.translate import tr

_GIBIBYTE = 2**30


class RunStatus(QObject):
    """Follows the run of the queue that trains.

    Parameters
    ----------
    status : Status
        The workspace's part of the status bar.
    queue : RunQueue
    """

    def __init__(self, status: Status, queue: RunQueue, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._status = status
        self._run: Run | None = None
        self._second = QTimer(self, interval=1000)
        self._second.timeout.connect(self._show_safe)
        queue.started.connect(self._follow)
        queue.ended.connect(self._end)  # a run's own signal may come after the next one's start

    @Slot(object)
    def _follow(self, run: Run) -> None:
        self._run = run
        run.state_changed.connect(self._show_state)
        run.started.connect(self._show_safe)
        self._second.start()

    def show_progress(self) -> None:
        """How far it is."""
        if self._run is not None:
            self._status.set_progress(fraction(self._run))

    @Slot()
    def _show_state(self) -> None:
        run = self._run
        assert run is not None
        words = tr("Training run {number}")
        if run.state == "paused":
            words = tr("Run {number} is paused")
        if run.is_stopping:
            words = tr("Stopping run {number}")
        self._status.set_busy(words.format(number=run.number), run.stop)
        self.show_progress()

    @Slot()
    def _show_safe(self) -> None:
        run = self._run
        assert run is not None
        started, norms = run.history.started, run.history.norms
        if started is not None:
            memory = f", {norms[-1].memory / _GIBIBYTE:.1f} GB" if norms else ""
            self._status.set_device(f"{started.device}{memory}")
        self._status.set_note(checkpoint_words(run, monotonic()))

    @Slot(object)
    def _end(self, run: Run) -> None:
        self._run = None
        run.state_changed.disconnect(self._show_state)
        run.started.disconnect(self._show_safe)
        self._second.stop()
        self._status.set_note("")
        self._status.set_idle(ending_words(run))


def checkpoint_words(run: Run, now: float) -> str:
    """How long ago everything was written to the disk."""
    if run.checkpointed_at is None:
        return ""
    return tr("last checkpoint {time} ago").format(time=duration(now - run.checkpointed_at))
