"""Plays a camera or a video file beside the window, each frame through the work of the moment."""

import functools
import time
from collections import deque
from collections.abc import Callable, Generator, Sequence
from typing import Any, Literal, Protocol

from PySide6.QtCore import QObject, Signal, Slot

from studio.errors import PictureError, StudioError
from studio.image.live import Camera, Frame, Rate, Source, frames, live_source
from studio.image.picture import Picture
from studio.window.job import Job
from studio.window.translate import tr

State = Literal["idle", "opening", "playing", "paused", "ended"]

_WAITING = 2  # frames that may wait for the window: more would be seen late
_TOLD_EVERY = 0.5  # seconds between two readings of the rate, so that they can be read


class Made(Protocol):
    """What was made of a frame, what was wanted then, and why that could not be done."""

    @property
    def wanted(self) -> Any: ...

    @property
    def error(self) -> StudioError | None: ...


class Maker(Protocol):
    """Called with each frame in a job's thread; what is wanted may change at any moment."""

    @property
    def wanted(self) -> Any: ...

    def __call__(self, picture: Picture) -> Made: ...


class LivePlayer(QObject):
    """Plays one source at a time.

    A camera is let go of when it is paused, and opened again to go on; a video waits.

    Parameters
    ----------
    maker : Maker
        What is done with each frame.

    Signals: `state_changed(state)`; `frame_changed(Frame)` with the frame to show, its `result` a
    `Made`, when the state is known; `rate_changed(text)` now and then; `refused(error)` when what
    is wanted begins not to fit, and with None when it fits again; `noted(text)` when a video has
    ended too early; `failed(error)` when the source can't be opened or gives nothing any more.
    """

    state_changed = Signal(str)
    frame_changed = Signal(object)
    rate_changed = Signal(str)
    refused = Signal(object)
    noted = Signal(str)
    failed = Signal(object)

    def __init__(
        self,
        maker: Maker,
        parent: QObject | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self._maker = maker
        self._clock = clock
        self._state: State = "idle"
        self._source: Source | None = None
        self._frame: Frame | None = None
        self._job: Job | None = None
        self._leaving: set[str] = set()  # sources that an older job still has to let go of
        self._held: list[Frame | str] = []
        self._error: StudioError | None = None
        self._pace = Pace(clock)
        self.is_looping = False

    @property
    def state(self) -> State:
        return self._state

    @property
    def source(self) -> Source | None:
        """What is open, or being opened."""
        return self._source

    @property
    def frame(self) -> Frame | None:
        """The last frame that was shown."""
        return self._frame

    @property
    def rate(self) -> str:
        """How fast it plays, such as ``24.9 of 25 frames/s, 3 dropped``."""
        return self._pace.words

    def start(self, reference: str) -> None:
        """Play a video file, or a camera such as ``camera:0``."""
        self.stop()
        try:
            self._source = live_source(reference)
        except PictureError as error:
            self.failed.emit(error)
            return
        self._pace = Pace(self._clock)
        self._open()

    def stop(self) -> None:
        """Close the source; nothing of it arrives any more."""
        self._withdraw()
        self._source = self._frame = self._error = None
        self._set_state("idle")

    def pause(self) -> None:
        """Stay at the frame that is shown; what is still being opened is closed."""
        if self._state == "opening" and self._frame is None:
            self.stop()
        elif self._state in ("opening", "playing"):
            if isinstance(self._source, Camera) or self._state == "opening":
                self._withdraw()
            elif self._job is not None:
                self._job.pause()
            self._set_state("paused")

    def resume(self) -> None:
        """Go on; at the end, from the beginning."""
        if self._state == "ended" or (self._state == "paused" and self._is_withdrawn):
            self._open()
        elif self._state == "paused":
            self._pace.go_on()
            self._set_state("playing")
            held, self._held = self._held, []
            if self._job is not None:
                self._job.resume()
            self._take([event for event in held if self._is_wanted(event)])
            if self._job is None:
                self._end()

    def restart(self) -> None:
        """Play a video from its beginning."""
        if self._source is not None and not isinstance(self._source, Camera):
            self._open()

    @property
    def _is_withdrawn(self) -> bool:
        """Whether nothing is there to go on with: a camera, or a file that was still opened."""
        return self._job is None and not self._held

    def _is_wanted(self, event: Frame | str) -> bool:
        """Whether a frame, which had to wait, was made as is still wanted."""
        return isinstance(event, str) or event.result.wanted == self._maker.wanted

    # Jobs

    def _open(self) -> None:
        """Begin anew, as soon as an older job has let go of this source."""
        self._withdraw()
        self._pace.go_on()
        self._set_state("opening")
        assert self._source is not None
        if self._source.reference not in self._leaving:
            self._run()

    def _run(self) -> None:
        assert self._source is not None
        play = functools.partial(_playing, self._source, self._maker, lambda: self.is_looping)
        self._job = Job(play, tr("Playing {name}").format(name=self._source.title), _WAITING)
        self._job.events.connect(self._take)
        self._job.done.connect(self._finish)
        self._job.cancelled.connect(self._finish)
        self._job.failed.connect(self._fail)
        self._job.start()

    def _withdraw(self) -> None:
        self._held = []
        job, self._job = self._job, None
        if job is None or self._source is None:
            return
        job.events.disconnect(self._take)
        job.failed.disconnect(self._fail)
        reference = self._source.reference
        self._leaving.add(reference)
        left = functools.partial(self._leave, reference)
        job.failed.connect(left)
        for ending in (job.done, job.cancelled):
            ending.disconnect(self._finish)
            ending.connect(left)
        job.cancel()

    def _leave(self, reference: str, error: StudioError | None = None) -> None:
        self._leaving.discard(reference)
        waits = self._state == "opening" and self._job is None and self._source is not None
        if waits and self._source is not None and self._source.reference == reference:
            self._run()

    @Slot(object)
    def _take(self, events: Sequence[Frame | str]) -> None:
        if self._state == "paused":
            self._held += events
            return
        new: list[Frame] = []
        for event in events:
            if isinstance(event, str):
                self.noted.emit(event)
            elif event is not (new[-1] if new else self._frame):  # else it still stands
                new.append(event)
        if not new:
            return
        self._frame = new[-1]
        told = self._pace.add(new)
        self._set_state("playing")
        self.frame_changed.emit(self._frame)
        self._tell_error(self._frame.result)
        if told:
            self.rate_changed.emit(self._pace.words)

    def _tell_error(self, made: Made) -> None:
        if str(made.error or "") != str(self._error or ""):
            self._error = made.error
            self.refused.emit(made.error)

    @Slot()
    def _finish(self) -> None:
        self._job = None
        if self._state != "paused":
            self._end()

    def _end(self) -> None:
        self._set_state("ended")

    @Slot(object)
    def _fail(self, error: StudioError) -> None:
        self._job = None
        self._held = []
        if self._frame is None:
            self.stop()
        else:
            self._set_state("ended")
        self.failed.emit(error)

    def _set_state(self, state: State) -> None:
        if state != self._state:
            self._state = state
            self.state_changed.emit(state)


def _playing(
    source: Source, maker: Maker, loop: Callable[[], bool]
) -> Generator[Frame | str, None, None]:
    note = yield from frames(source, maker, loop=loop)
    if note:
        yield note


class Pace:
    """How many frames a source gives, how many of them were shown, and how many left out."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._shown = Rate()
        self._given: deque[tuple[int, float]] = deque()  # number and time in the source
        self._dropped = 0
        self._told = clock()

    def go_on(self) -> None:
        """After a pause, whose time doesn't count."""
        self._shown = Rate()
        self._given.clear()
        self._told = self._clock()

    def add(self, new: Sequence[Frame]) -> bool:
        """Frames arrived together, of which the last is shown; whether it is time to say so."""
        now = self._clock()
        self._shown.add(now)
        self._dropped += sum(frame.dropped for frame in new) + len(new) - 1
        for frame in new:
            if self._given and frame.index <= self._given[-1][0]:  # it began again
                self._given.clear()
            self._given.append((frame.index, frame.seconds))
        while len(self._given) > 2 and self._given[-1][1] - self._given[0][1] > 2:
            self._given.popleft()
        is_time = now - self._told >= _TOLD_EVERY
        if is_time:
            self._told = now
        return is_time

    @property
    def words(self) -> str:
        """Empty until two frames came."""
        shown, given = self._shown.per_second, self._per_second
        if not shown:
            return ""
        dropped = f"{self._dropped:,}"
        if not given:
            words = tr("{shown} frames/s, {dropped} dropped")
            return words.format(shown=f"{shown:.1f}", dropped=dropped)
        words = tr("{shown} of {given} frames/s, {dropped} dropped")
        return words.format(shown=f"{shown:.1f}", given=f"{round(given, 1):g}", dropped=dropped)

    @property
    def _per_second(self) -> float:
        if len(self._given) < 2:
            return 0.0
        first, last = self._given[0], self._given[-1]
        return (last[0] - first[0]) / (last[1] - first[1]) if last[1] > first[1] else 0.0
