"""Time spent computing, without the time the listener took; and pictures a second."""

import time
from collections import deque

_SMOOTH = 20  # steps


class Watch:
    """Runs while it is entered."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._mark = 0.0
        self._begun = 0.0
        self._last: deque[tuple[float, int]] = deque(maxlen=_SMOOTH)  # seconds, pictures

    def __enter__(self) -> None:
        self._begun = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        now = time.perf_counter()
        self.seconds += now - self._begun
        self._begun = now

    @property
    def _now(self) -> float:
        return self.seconds + time.perf_counter() - self._begun

    def mark(self) -> None:
        """From here on the time belongs to the next step; to be called while it runs."""
        self._mark = self._now

    def count(self, pictures: int) -> None:
        """A step has ended; to be called while it runs."""
        self._last.append((self._now - self._mark, pictures))
        self.mark()

    @property
    def speed(self) -> float:
        """Pictures a second over the last steps."""
        seconds = sum(one for one, _ in self._last)
        return sum(count for _, count in self._last) / max(seconds, 1e-9)
