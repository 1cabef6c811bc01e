"""Pictures a second of a run's steps, a few moments at a time."""

from collections.abc import Generator
from time import perf_counter

from studio.training.events import Checkpointed, Event, Kernels, Norms, Started, Step

_BESIDE_STEPS = (Norms, Kernels, Checkpointed)


class Clock:
    """Seconds between steps that follow each other without a test between them.

    What comes with the steps, checkpoints too, is part of their time.
    """

    def __init__(self) -> None:
        self.started: Started | None = None
        self._last = 0.0
        self.forget()

    def forget(self) -> None:
        """Count from here on."""
        self.steps, self.seconds = 0, 0.0
        self._follows = False

    def note(self, event: Event) -> None:
        """To be called as each event is told."""
        if isinstance(event, Started):
            self.started = event
        if isinstance(event, Step):
            now = perf_counter()
            if self._follows:
                self.steps += 1
                self.seconds += now - self._last
            self._last, self._follows = now, True
        elif not isinstance(event, _BESIDE_STEPS):
            self._follows = False

    @property
    def rate(self) -> float:
        """Pictures a second."""
        assert self.started is not None
        per_epoch = self.started.steps / int(self.started.settings["epochs"])
        return self.steps * self.started.train_count / per_epoch / self.seconds


class Pace:
    """A run that goes on only while it is measured."""

    def __init__(self, events: Generator[Event, None, None]) -> None:
        self._events = events
        self._clock = Clock()

    def begin(self) -> Started:
        """Get everything ready."""
        while self._clock.started is None:
            self._clock.note(next(self._events))
        return self._clock.started

    def rate(self, seconds: float) -> float:
        """Pictures a second of the next steps, for so long and at least two."""
        self._clock.forget()
        ends = perf_counter() + seconds
        while self._clock.steps < 2 or perf_counter() < ends:
            self._clock.note(next(self._events))
        return self._clock.rate

    def close(self) -> None:
        self._events.close()
