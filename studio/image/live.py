"""Pictures that come by themselves: a camera or a video file, at its own rate."""

import re
import time
from collections import deque
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studio.errors import PictureError
from studio.image.camera import Camera, Newest, cameras
from studio.image.picture import Picture
from studio.image.read import printable
from studio.image.video import VIDEO_EXTENSIONS, Video, is_video, read_frame, rgb

__all__ = [
    "VIDEO_EXTENSIONS",
    "Camera",
    "Frame",
    "Rate",
    "Source",
    "VideoFile",
    "cameras",
    "frames",
    "is_live",
    "is_video",
    "live_source",
    "read_frame",
]

PAUSE = 1.0  # seconds between two asks from which on it was a pause, not slowness
_STILL = 0.5  # seconds after which a frame that still stands is handed out again
_SEARCH = 0.25  # seconds that are spent at least on skipping frames before one is shown late


@dataclass(frozen=True)
class VideoFile:
    """A video file."""

    path: str

    @property
    def title(self) -> str:
        return printable(Path(self.path).name)

    @property
    def reference(self) -> str:
        """What a document calls it."""
        return self.path


Source = Camera | VideoFile


def is_live(reference: str) -> bool:
    """Whether a document's picture is a camera, or a file named like a video."""
    return reference.startswith("camera:") or is_video(reference)


def live_source(reference: str) -> Source:
    """The source that a document refers to: ``camera:0``, or a video file; opens nothing.

    Raises
    ------
    PictureError
        When what follows ``camera:`` is no number.
    """
    if not reference.startswith("camera:"):
        return VideoFile(reference)
    number = re.fullmatch(r"camera:(\d{1,3})", reference, re.ASCII)
    if not number:
        raise PictureError(
            f"there is no camera '{reference.removeprefix('camera:')}'",
            "Cameras have numbers, as in camera:0",
        )
    return Camera(int(number[1]))


@dataclass(frozen=True, eq=False)
class Frame:
    """One picture of a source.

    Attributes
    ----------
    picture : Picture
        Pixels height x width x 3, RGB, uint8, upright.
    index : int
        Its number in the source, from 0.
    seconds : float
        Its time in the source, from the first frame.
    dropped : int
        How many frames of the source were left out since the last one handed out.
    result : object
        What `work` made of the picture.
    """

    picture: Picture
    index: int
    seconds: float
    dropped: int
    result: Any = None


def frames(
    source: Source,
    work: Callable[[Picture], Any] | None = None,
    *,
    loop: bool | Callable[[], bool] = False,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], object] = time.sleep,
) -> Generator[Frame, None, str]:
    """The frames of a source at its own rate; those that come too late are left out.

    Time in a video goes as the clock does. A camera's newest frame is the one handed out. To pause,
    ask for nothing: a second or more between a frame and the next ask stops the time of a video.
    `close` releases the source. A frame of a video that stands for more than half a second is
    handed out again, the same object, so that whoever drives this is asked now and then.

    Parameters
    ----------
    source : Camera or VideoFile
    work : callable, optional
        Made of each picture before it is handed out. Its time counts as slowness, however long it
        takes, never as a pause.
    loop : bool or callable
        Begin a video again at its end; a callable is asked there.
    clock, sleep : callable
        In seconds; `clock` must not go backwards.

    Returns
    -------
    str
        When a video has ended: a note if it ended earlier than its header says, else empty.

    Raises
    ------
    PictureError
        When the source can't be opened, has no frame, or a camera gives nothing any more; naming
        it, and what to do.
    """
    if isinstance(source, Camera):
        return _watch(source, work, clock)
    return _play(source, work, loop, clock, sleep)


def _watch(
    camera: Camera, work: Callable[[Picture], Any] | None, clock: Callable[[], float]
) -> Generator[Frame, None, str]:
    with closing(Newest(camera.index, clock)) as newest:
        last, start = -1, None
        while True:
            pixels, index, moment = newest.take()
            start = moment if start is None else start
            picture = Picture(rgb(pixels), name=camera.title)
            result = work(picture) if work else None
            yield Frame(picture, index, moment - start, index - last - 1, result)
            last = index


def _play(
    file: VideoFile,
    work: Callable[[Picture], Any] | None,
    loop: bool | Callable[[], bool],
    clock: Callable[[], float],
    sleep: Callable[[float], object],
) -> Generator[Frame, None, str]:
    with closing(Video(file.path)) as video:
        origin: float | None = None  # the clock's reading at second 0 of the video
        search: float | None = None  # until when frames are skipped
        frame: Frame | None = None
        dropped = 0
        while True:
            if not video.grab():
                if video.index < 0 or frame is None or origin is None:
                    raise video.without_frames()
                if not (loop() if callable(loop) else loop):
                    return video.note()
                origin = max(clock(), origin + video.end)
                video.rewind()
                continue
            now = clock()
            if origin is None:
                origin = now
            late = now - origin - video.seconds
            if late >= video.period:
                search = now + max(_SEARCH, late) if search is None else search
                if now < search:
                    dropped += 1
                    continue
                origin += late  # decoding alone is slower than the video: it goes on from here
            while (left := origin + video.seconds - clock()) > 0:
                if left > _STILL and frame is not None:
                    sleep(_STILL)
                    handed = clock()
                    yield frame
                    origin += _paused(handed, clock)
                else:
                    sleep(left)
            picture = video.picture()
            if picture is None:
                dropped += 1
                continue
            result = work(picture) if work else None
            frame = Frame(picture, video.index, video.seconds, dropped, result)
            dropped, search = 0, None
            handed = clock()
            yield frame
            origin += _paused(handed, clock)


def _paused(since: float, clock: Callable[[], float]) -> float:
    gap = clock() - since
    return gap if gap >= PAUSE else 0.0


class Rate:
    """Frames per second, over the last second or so.

    Parameters
    ----------
    window : float
        Seconds that are looked back; slower frames than that are measured from one to the next.
    """

    def __init__(self, window: float = 1.0) -> None:
        self._window = window
        self._moments: deque[float] = deque()

    def add(self, moment: float) -> float:
        """A frame came when the clock read `moment` seconds; the rate with it."""
        self._moments.append(moment)
        while len(self._moments) > 2 and moment - self._moments[0] > self._window:
            self._moments.popleft()
        return self.per_second

    @property
    def per_second(self) -> float:
        """0 until two frames came."""
        span = self._moments[-1] - self._moments[0] if self._moments else 0.0
        return (len(self._moments) - 1) / span if span > 0 else 0.0
