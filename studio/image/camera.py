"""Cameras: which there are, and always the newest of what one gives."""

import os
import re
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Condition, Event, Thread
from typing import Any

import cv2
from numpy.typing import NDArray

from studio.errors import PictureError

# Seconds that V4L2 waits for a frame, 10 by itself; OpenCV reads this at the first one.
os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", "3")

_DEVICES = Path("/dev")
_KERNEL = Path("/sys/class/video4linux")

_FAILURES = 10  # in a row, before a camera counts as gone
_RETRY = 0.02  # seconds from a failure to the next try
_SILENCE = 5.0  # seconds without a frame, likewise
_PATIENCE = 20.0  # seconds that a camera gets to open and to give its first frame


@dataclass(frozen=True)
class Camera:
    """A camera of this computer, by its number from 0."""

    index: int
    name: str = field(default="", compare=False)

    @property
    def title(self) -> str:
        return self.name or f"Camera {self.index}"

    @property
    def reference(self) -> str:
        """What a document calls it."""
        return f"camera:{self.index}"


def cameras() -> tuple[Camera, ...]:
    """The cameras there are; none of them is opened for it.

    Only Linux tells without opening: elsewhere the answer is the first camera, which says when it
    is opened if it isn't there.
    """
    if sys.platform != "linux":
        return (Camera(0),)
    numbers = [re.fullmatch(r"video(\d+)", path.name) for path in _DEVICES.glob("video*")]
    found = []
    for number in sorted(int(match[1]) for match in numbers if match):
        node = _KERNEL / f"video{number}"
        # Beside its pictures a camera has nodes for what it says about them; they come second.
        if _line(node / "index") in ("", "0"):
            found.append(Camera(number, _line(node / "name")))
    return tuple(found)


def _line(path: Path) -> str:
    with suppress(
        OSError
    ):  # not told here, as in a container: the camera may be there all the same
        return path.read_text("utf-8", "replace").strip()
    return ""


def _capture(index: int) -> cv2.VideoCapture:
    return cv2.VideoCapture(index, cv2.CAP_V4L2 if sys.platform == "linux" else cv2.CAP_ANY)


def _open(index: int) -> cv2.VideoCapture:
    """The camera, or why not.

    Raises
    ------
    PictureError
        When it is absent, busy or forbidden.
    """
    device = _DEVICES / f"video{index}"
    if sys.platform == "linux":
        if not device.exists():
            known = ", ".join(str(camera.index) for camera in cameras())
            remedy = f"There is: {known}" if known else "Connect a camera"
            raise PictureError(f"there is no camera {index}: {device} is missing", remedy)
        if not os.access(device, os.R_OK | os.W_OK):
            raise PictureError(
                f"camera {index} can't be used: permission denied for {device}",
                "Add your user to the group video (sudo usermod -aG video $USER) and log in again",
            )
    capture = _capture(index)
    if capture.isOpened():
        return capture
    capture.release()
    remedy = "Close other programs that use it"
    if sys.platform != "linux":
        remedy += ", check that it is connected, and allow it in the system's privacy settings"
    raise PictureError(f"camera {index} can't be opened: it may be in use or no camera", remedy)


class Newest:
    """Reads a camera in a thread, for drivers keep old frames in a queue; `take` gives the newest.

    The camera is opened, read and released in that one thread.
    """

    def __init__(self, index: int, clock: Callable[[], float]) -> None:
        self._index = index
        self._clock = clock
        self._changed = Condition()
        self._newest: tuple[NDArray[Any], int, float] | None = None
        self._error: Exception | None = None
        self._stopping = Event()
        # A driver that hangs must not keep the process alive.
        self._thread = Thread(target=self._run, name=f"camera-{index}", daemon=True)
        self._thread.start()

    def take(self) -> tuple[NDArray[Any], int, float]:
        """The newest frame, each only once; waits for one that is newer than the last.

        Returns
        -------
        tuple
            The frame as OpenCV gives it, its number from 0, and the clock's reading.

        Raises
        ------
        PictureError
            When the camera can't be opened or gives nothing.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._newest or self._error, _PATIENCE)
            newest, self._newest = self._newest, None
            if newest:
                return newest
            raise self._error or _silent(self._index)

    def close(self) -> None:
        """Release the camera; waits for the frame that is being read."""
        self._stopping.set()
        self._thread.join(_SILENCE)

    def _run(self) -> None:
        try:
            capture = _open(self._index)
            try:
                self._read(capture)
            finally:
                capture.release()
        except Exception as error:  # raised where the frames are taken
            with self._changed:
                self._error = error
                self._changed.notify_all()

    def _read(self, capture: cv2.VideoCapture) -> None:
        number = failures = 0
        last = time.monotonic()
        while not self._stopping.is_set():
            done, pixels = capture.read()
            if done:
                with self._changed:
                    self._newest = pixels, number, self._clock()
                    self._changed.notify_all()
                number, failures, last = number + 1, 0, time.monotonic()
                continue
            failures += 1
            if failures == _FAILURES or time.monotonic() - last > _SILENCE:
                raise _silent(self._index)
            self._stopping.wait(_RETRY)


def _silent(index: int) -> PictureError:
    return PictureError(
        f"camera {index} gives no picture", "Check that it is connected and not covered or in use"
    )
