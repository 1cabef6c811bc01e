"""What happens to a run that trains when the window is closed."""

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from studio.window.chrome.question import Question
from studio.window.train.queue import RunQueue
from studio.window.translate import tr


class Closing(QObject):
    """Asks before a run is stopped, and lets the window close once everything is on the disk.

    Parameters
    ----------
    queue : RunQueue
    parent : QWidget
        Over whose window it is asked.

    Signals: `stopped` when nothing trains any more and the window may close.
    """

    stopped = Signal()

    def __init__(self, queue: RunQueue, parent: QWidget) -> None:
        super().__init__(parent)
        self._queue = queue
        self._window = parent
        self.dialog: Question | None = None
        self._is_waiting = False

    def may_close(self) -> bool:
        """Whether the window may close now; else it is asked, or waited for the run's end.

        A second try while the run is being stopped doesn't wait: its last checkpoint stands.
        """
        active = self._queue.active
        if active is None or self._is_waiting:
            return True
        if active.is_stopping:
            self._stop()
        elif self.dialog is None:
            self._ask(active.title, len(self._queue.waiting))
        return False

    def _ask(self, title: str, waiting: int) -> None:
        words = tr("Everything up to now is kept; next time it can go on from there.")
        if waiting:
            words += " " + tr("Runs that wait are not trained.")
        self.dialog = Question(
            self._window,
            tr("{run} is training. Close the window?").format(run=title),
            words,
            tr("Stop and close"),
            tr("Go on training"),
            self._stop,
        )
        self.dialog.finished.connect(self._forget)
        self.dialog.open()

    @Slot()
    def _forget(self) -> None:
        self.dialog = None

    @Slot()
    def _stop(self) -> None:
        active = self._queue.active
        self._queue.hold()
        if active is None:  # it has ended meanwhile
            self.stopped.emit()
            return
        self._is_waiting = True
        self._queue.ended.connect(self.stopped)
        active.stop()
