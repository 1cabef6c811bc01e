"""How late a timer in the window's thread is: what a person feels as stutter."""

from array import array
from time import perf_counter

import numpy as np
from PySide6.QtCore import QObject, Qt, QTimer, Slot

INTERVAL = 16  # milliseconds, one picture of a 60 Hz screen


class TimerLateness(QObject):
    """Sets a precise timer again and again, and notes by how much each tick missed its time.

    It belongs to the thread that makes it.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._late = array("d")
        self._due = 0.0
        self._timer = QTimer(self, singleShot=True, interval=INTERVAL)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._note)

    @Slot()
    def start(self) -> None:
        """Forget what was noted, and begin."""
        self._late = array("d")
        self.resume()

    @Slot()
    def resume(self) -> None:
        """Begin, or go on after `stop`."""
        self._set()

    @Slot()
    def stop(self) -> None:
        self._timer.stop()

    def __len__(self) -> int:
        """How many ticks were noted."""
        return len(self._late)

    def percentile(self, share: float) -> float:
        """Milliseconds that `share` percent of the ticks were at most late; 0 without ticks."""
        return float(np.percentile(self._late, share)) if self._late else 0.0

    @property
    def maximum(self) -> float:
        """Milliseconds of the latest tick."""
        return max(self._late, default=0.0)

    def most_since(self, tick: int) -> float:
        """Milliseconds of the latest tick from that one on, counted from 0."""
        return max(self._late[tick:], default=0.0)

    def _set(self) -> None:
        self._due = perf_counter() + INTERVAL / 1000
        self._timer.start()

    @Slot()
    def _note(self) -> None:
        self._late.append(max(0.0, (perf_counter() - self._due) * 1000))
        self._set()
