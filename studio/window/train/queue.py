"""Runs one after the other: one trains, the others wait for their turn."""

from PySide6.QtCore import QObject, Signal, Slot

from studio.window.train.runs import Run


class RunQueue(QObject):
    """Starts the runs given to it, one at a time, in their order.

    Signals: `started` with a run just before it begins, `ended` with one that has.
    """

    started = Signal(object)
    ended = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.active: Run | None = None
        self._waiting: list[Run] = []
        self._is_held = False

    @property
    def waiting(self) -> tuple[Run, ...]:
        """Those whose turn is still to come, the next one first."""
        return tuple(self._waiting)

    def add(self, run: Run) -> None:
        """Train a run, now or when those before it have ended."""
        self._waiting.append(run)
        self._go_on()
        if run in self._waiting:
            run.wait()

    def withdraw(self, run: Run) -> None:
        """A run that waits is not trained."""
        if run in self._waiting:
            self._waiting.remove(run)
            run.withdraw()

    def hold(self) -> None:
        """Start no other run."""
        self._is_held = True

    def _go_on(self) -> None:
        if self.active is None and self._waiting and not self._is_held:
            run = self.active = self._waiting.pop(0)
            run.ended.connect(self._end)
            self.started.emit(run)
            run.start()

    @Slot()
    def _end(self) -> None:
        run, self.active = self.active, None
        assert run is not None
        run.ended.disconnect(self._end)
        self.ended.emit(run)
        self._go_on()
