"""Lets the kernel walk: the timer behind play, pause, one step and restart."""

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from studio.filters.cutting import Box
from studio.window.filter.arithmetic.walk import Walk, walk_over

SLOWEST, FASTEST = 2, 60  # steps a second


class Walker(QObject):
    """Moves a `Walk` on, never faster than its arithmetic is shown.

    Signals: `walked(x, y)` for every new place; `ended` when there is no walk any more;
    `changed` when it starts or stops playing, or becomes possible or impossible.
    """

    walked = Signal(int, int)
    ended = Signal()
    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.walk: Walk | None = None
        self._size = (0, 0)
        self._seen: Box | None = None
        self._pixel = 0.0
        self._place = (0, 0)
        self._waits = False
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._tick)
        self.set_speed(SLOWEST)

    @property
    def is_possible(self) -> bool:
        return min(self._size) > 0

    @property
    def is_playing(self) -> bool:
        return self._timer.isActive()

    def set_size(self, height: int, width: int) -> None:
        """Of the result that is walked over; another one ends the walk."""
        if (height, width) != self._size:
            self._size = (height, width)
            self.end()
            self.changed.emit()

    def set_seen(self, seen: Box | None, pixel: float) -> None:
        """The part of the result on the screen and how wide a pixel is there, for the next walk."""
        self._seen, self._pixel = seen, pixel

    def set_speed(self, steps: float) -> None:
        """Steps a second."""
        self._timer.setInterval(round(1000 / steps))

    def arrive(self, y: int, x: int) -> None:
        """The arithmetic of a place, or words about it, is shown: the next step may come."""
        self._place = (y, x)
        self._waits = False

    @Slot()
    def toggle(self) -> None:
        """Play or pause; from the beginning where the last walk is at its end."""
        if self.is_playing:
            self.pause()
        elif self.is_possible:
            if self.walk is None or self.walk.is_done:
                self._begin()
            self._timer.start()
            self.changed.emit()

    @Slot()
    def step(self) -> None:
        """One place further, and stand there."""
        self.pause()
        if not self.is_possible:
            return
        if self.walk is None or self.walk.is_done:
            self._begin()
        else:
            self._advance()

    @Slot()
    def restart(self) -> None:
        """Back to the first place of what is seen now; playing goes on."""
        if self.is_possible:
            self._begin()

    @Slot()
    def pause(self) -> None:
        if self.is_playing:
            self._timer.stop()
            self.changed.emit()

    def end(self) -> None:
        """Stop, and forget the walk."""
        self.pause()
        self._waits = False
        if self.walk is not None:
            self.walk = None
            self.ended.emit()

    def _begin(self) -> None:
        self.walk = walk_over(self._size, self._seen, self._pixel, self._place)
        self._tell()

    @Slot()
    def _tick(self) -> None:
        if not self._waits:
            self._advance()

    def _advance(self) -> None:
        assert self.walk is not None
        if self.walk.advance():
            self._tell()
        if self.walk is not None and self.walk.is_done:
            self.pause()

    def _tell(self) -> None:
        assert self.walk is not None
        self._waits = True
        y, x = self.walk.position
        self.walked.emit(x, y)
