"""Video files, frame by frame, through OpenCV's FFmpeg."""

import math
import os
import stat
from contextlib import closing
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.errors import PictureError
from studio.image.limits import check_size
from studio.image.picture import Picture
from studio.image.read import printable

# FFmpeg would print every damaged frame to stderr; OpenCV reads this when it opens the first file.
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")

VIDEO_EXTENSIONS: tuple[str, ...] = (
    ".3gp",
    ".avi",
    ".flv",
    ".m2ts",
    ".m4v",
    ".mkv",
    ".mov",
    ".mp4",
    ".mpeg",
    ".mpg",
    ".mts",
    ".ogv",
    ".webm",
    ".wmv",
)

# How videos begin. FFmpeg itself takes more for one: text, playlists that name other files.
_SIGNATURES = (
    b"\x1a\x45\xdf\xa3",  # Matroska, WebM
    b"\0\0\x01\xba",  # MPEG program stream
    b"\0\0\x01\xb3",  # MPEG-1 and 2
    b"\x30\x26\xb2\x75",  # ASF, WMV
    b"FLV\x01",
    b"OggS",
    b"GIF87a",
    b"GIF89a",
)
_ATOMS = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")  # MP4, QuickTime
_PACKET = 188  # bytes of an MPEG transport stream's, which begins with 0x47

_ATTEMPTS = 10  # failures in a row before a file counts as ended
_JUMP = 60.0  # seconds from one frame to the next that are a damaged or a restarted clock
_RATE = 25.0  # frames per second of a file that doesn't say


def is_video(path: str | Path) -> bool:
    """Whether a file is named like a video."""
    return Path(path).suffix.lower() in VIDEO_EXTENSIONS


def read_frame(path: str | Path, seconds: float = 0) -> Picture:
    """The frame of a video that is on the screen at a time.

    Parameters
    ----------
    path : str or Path
    seconds : float
        From the video's beginning; at least 0.

    Raises
    ------
    PictureError
        As `Video`, and when the video is shorter than that.
    """
    with closing(Video(path)) as video:
        more = video.grab()
        if more and seconds > 1:
            more = video.seek(seconds)
        while more:
            picture = video.picture() if video.end > seconds + 1e-6 else None
            if picture is not None:
                return picture
            more = video.grab()
        if video.index < 0:
            raise video.without_frames()
        raise PictureError(
            f"{video.name} has no frame at {seconds:.4g} s: it ends after {video.end:.4g} s",
            "Choose an earlier time",
        )


class Video:
    """An opened video file. `grab` moves to the next frame, `picture` is that frame.

    Attributes
    ----------
    name : str
        The file's, for people.
    index : int
        The grabbed frame's number, from 0; −1 before the first. Frames too damaged to be decoded
        don't count.
    seconds : float
        The grabbed frame's time from the beginning.
    period : float
        Seconds that a frame stands, as far as is known before the next one is grabbed.

    Raises
    ------
    PictureError
        When there is no such file, it isn't a regular file, is empty, no video, too large or can't
        be opened.
    """

    def __init__(self, path: str | Path) -> None:
        self.name = printable(Path(path).name or str(path))
        self._path = path
        self._start = math.nan  # of the first frame, as the file counts; seconds
        self._capture = _open(path, self.name)
        self._reset()

    def rewind(self) -> None:
        """Open the file from its beginning: exact, as seeking isn't in every format."""
        self._capture.release()
        self._capture = _open(self._path, self.name)
        self._reset()

    def _reset(self) -> None:
        self.index, self.seconds = -1, 0.0
        rate = self._capture.get(cv2.CAP_PROP_FPS)
        self.period = 1 / (rate if 0 < rate <= 1000 else _RATE)

    def grab(self) -> bool:
        """Decode the next frame without converting it; False at the end.

        A damaged place is passed over.
        """
        if not any(self._capture.grab() for _ in range(_ATTEMPTS)):
            return False
        if math.isnan(self._start):
            self._start = self._moment()
        self.index += 1
        if self.index:
            passed = self._moment() - self._start - self.seconds
            if 0 < passed <= _JUMP:
                self.period = passed
            self.seconds += self.period  # a frame without a time of its own follows at the rate
            if abs(passed) > _JUMP:
                self._start = self._moment() - self.seconds
        return True

    def _moment(self) -> float:
        return float(self._capture.get(cv2.CAP_PROP_POS_MSEC) / 1000)

    def picture(self) -> Picture | None:
        """The grabbed frame, upright, RGB, uint8; nothing where it can't be converted."""
        done, pixels = self._capture.retrieve()
        return Picture(rgb(pixels), name=self.name, path=str(self._path)) if done else None

    def seek(self, seconds: float) -> bool:
        """Grab a frame before a time, a second at most if the format allows; after a first `grab`.

        `index` then no longer counts from the beginning.
        """
        goal = 1000 * (self._start + max(0.0, seconds - 1))
        if self._capture.set(cv2.CAP_PROP_POS_MSEC, goal) and self._capture.grab():
            reached = self._moment() - self._start
            if 0 <= reached <= seconds:
                self.seconds = reached
                return True
        self.rewind()
        return self.grab()

    @property
    def end(self) -> float:
        """When the grabbed frame's time is over, in seconds."""
        return self.seconds + self.period if self.index >= 0 else 0.0

    def note(self) -> str:
        """At the end: what is missing of the length in the file's header, or nothing."""
        count, rate = (self._capture.get(key) for key in _LENGTH)
        whole = count / rate if count > 0 and rate > 0 else 0.0
        if self.end > 0.9 * whole:  # the header's count is often an estimate
            return ""
        return f"{self.name} ends early: {self.end:.3g} of {whole:.3g} s could be decoded"

    def without_frames(self) -> PictureError:
        """The refusal of a file of which no frame can be decoded."""
        return PictureError(f"{self.name} has no frame that can be decoded", _ADVICE)

    def close(self) -> None:
        self._capture.release()


_LENGTH = (cv2.CAP_PROP_FRAME_COUNT, cv2.CAP_PROP_FPS)
_ADVICE = "Take another copy of the file, or convert it to H.264 in .mp4"


def rgb(pixels: NDArray[Any]) -> NDArray[np.uint8]:
    """OpenCV's frame, blue first or grey, as height x width x 3 in RGB order."""
    grey = pixels.ndim == 2 or pixels.shape[2] == 1
    turned = cv2.cvtColor(pixels, cv2.COLOR_GRAY2RGB if grey else cv2.COLOR_BGR2RGB)
    return np.asarray(turned, np.uint8)


def _open(path: str | Path, name: str) -> cv2.VideoCapture:
    """The file, once it is known to be a regular one that begins like a video."""
    try:
        # A named pipe would block until somebody writes to it, unless it is opened this way.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | _BINARY)
    except FileNotFoundError as error:
        raise PictureError(f"there is no file {printable(str(path))}") from error
    except (OSError, ValueError) as error:  # ValueError: a name with a null character
        if os.path.isdir(path):
            raise PictureError(f"{name} is a folder, not a video") from error
        reason = getattr(error, "strerror", None) or str(error)
        raise PictureError(f"{name} can't be read: {reason.lower()}") from error
    try:
        mode = os.fstat(handle).st_mode
        if stat.S_ISDIR(mode):
            raise PictureError(f"{name} is a folder, not a video")
        if not stat.S_ISREG(mode):
            raise PictureError(f"{name} is not a regular file, but a pipe or a device")
        _recognise(os.read(handle, 3 * (_PACKET + 4)), name)
        place = os.path.abspath(path)  # a name such as "concat:a" would be a protocol of FFmpeg's
        try:
            place.encode()
        except UnicodeEncodeError:  # OpenCV would end the process
            place = f"/dev/fd/{handle}"
        capture = cv2.VideoCapture(place, cv2.CAP_FFMPEG)
    finally:
        os.close(handle)
    if not capture.isOpened():
        raise PictureError(f"{name} is damaged or cut short: it can't be opened", _ADVICE)
    try:
        size = (capture.get(key) for key in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT))
        check_size(name, *map(int, size))
    except PictureError:
        capture.release()
        raise
    capture.set(cv2.CAP_PROP_ORIENTATION_AUTO, 1)
    return capture


_BINARY: int = getattr(os, "O_BINARY", 0)


def _recognise(head: bytes, name: str) -> None:
    if not head:
        raise PictureError(f"{name} is empty")
    stream = any(
        head[start :: _PACKET + start][:3] == b"GGG"  # with a time code before each packet, or not
        for start in (0, 4)
    )
    if not (
        stream
        or head.startswith(_SIGNATURES)
        or (head[:4] == b"RIFF" and head[8:12] == b"AVI ")
        or head[4:8] in _ATOMS
    ):
        raise PictureError(
            f"{name} is not a video that the studio knows",
            "It reads AVI, MP4, MOV, Matroska, WebM, MPEG, WMV, FLV, Ogg and GIF",
        )
