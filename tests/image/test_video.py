import os
from pathlib import Path

import cv2
import numpy as np
import pytest
from pictures import number_of, write_video

from studio.errors import PictureError
from studio.image.live import VideoFile, frames
from studio.image.video import VIDEO_EXTENSIONS, Video, is_video, read_frame


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    return write_video(tmp_path_factory.mktemp("film") / "film.avi")


@pytest.mark.parametrize(
    ("ending", "codec"),
    [
        ("flv", "FLV1"),
        ("m2ts", "mp4v"),
        ("mov", "mp4v"),
        ("mpg", "MPG2"),
        ("mts", "MPG2"),
        ("webm", "VP80"),
        ("wmv", "WMV2"),
    ],
)
def test_the_formats_of_video(tmp_path, ending, codec):
    path = write_video(tmp_path / f"a.{ending}", size=(320, 240), codec=codec)
    assert number_of(read_frame(path, 0.5)) == 12


def test_a_video_on_its_side_is_turned_upright(tmp_path):
    path = write_video(tmp_path / "a.mp4", count=3, codec="mp4v")
    upright = next(frames(VideoFile(path))).picture.pixels
    data = bytearray((tmp_path / "a.mp4").read_bytes())
    # The track header's matrix (ISO 14496-12, 8.3.2): 40 bytes into its content.
    at = data.index(b"tkhd") + 4 + 40
    one, minus = (1 << 16).to_bytes(4), (-1 << 16).to_bytes(4, signed=True)
    last = (1 << 30).to_bytes(4)
    zero = bytes(4)
    assert data[at : at + 36] == b"".join([one, zero, zero, zero, one, zero, zero, zero, last])
    data[at : at + 36] = b"".join([zero, one, zero, minus, zero, zero, zero, zero, last])
    (tmp_path / "turned.mp4").write_bytes(data)
    turned = next(frames(VideoFile(str(tmp_path / "turned.mp4")))).picture.pixels
    np.testing.assert_array_equal(turned, np.rot90(upright, -1))
    np.testing.assert_array_equal(read_frame(tmp_path / "turned.mp4").pixels, turned)


@pytest.mark.parametrize(("ending", "codec"), [("avi", "MJPG"), ("mp4", "mp4v"), ("mkv", "MJPG")])
def test_a_still_of_any_time(tmp_path, ending, codec):
    path = write_video(tmp_path / f"a.{ending}", count=30, rate=10.0, codec=codec)
    assert number_of(read_frame(path)) == 0
    for seconds, number in [(0.05, 0), (0.1, 1), (0.99, 9), (1.5, 15), (2.04, 20), (2.9, 29)]:
        assert number_of(read_frame(path, seconds)) == number
    assert read_frame(path, 1).name == f"a.{ending}"
    with pytest.raises(PictureError, match=r"has no frame at 4 s: it ends after 3 s"):
        read_frame(path, 4)


def test_a_late_still_is_not_looked_for_from_the_beginning(tmp_path, monkeypatch):
    path = write_video(tmp_path / "a.avi", count=200, step=1)
    grab, grabbed = Video.grab, []
    monkeypatch.setattr(Video, "grab", lambda self: grabbed.append(self) or grab(self))
    assert abs(number_of(read_frame(path, 7.6), step=1) - 190) <= 2
    assert len(grabbed) < 40


def test_a_format_that_seeks_too_far_is_read_from_the_beginning(tmp_path, monkeypatch):
    path = write_video(tmp_path / "a.avi", count=30, rate=10.0)

    class TooFar:
        def __init__(self, *place):
            self.capture = VideoCapture(*place)

        def __getattr__(self, name):
            return getattr(self.capture, name)

        def set(self, key, value):
            late = 1500 if key == cv2.CAP_PROP_POS_MSEC else 0
            return self.capture.set(key, value + late)

    VideoCapture = cv2.VideoCapture  # noqa: N806
    monkeypatch.setattr(cv2, "VideoCapture", TooFar)
    assert number_of(read_frame(path, 1.2)) == 12


def broken(folder):
    film = Path(write_video(folder / "whole.mp4", codec="mp4v")).read_bytes()
    picture = cv2.imencode(".png", np.zeros((9, 9, 3), np.uint8))[1].tobytes()
    return {
        "empty.mp4": (b"", "^empty.mp4 is empty$"),
        "text.mp4": (b"Dear diary\n" * 99, "^text.mp4 is not a video that the studio knows. It"),
        "list.mp4": (b"ffconcat version 1.0\nfile whole.mp4\n", "is not a video"),
        "picture.mp4": (picture, "is not a video"),
        "noise.avi": (np.random.default_rng(0).bytes(9999), "is not a video"),
        "half.mp4": (film[: len(film) // 2], "^half.mp4 is damaged or cut short.*Take another"),
        "head.mp4": (film[:30], "^head.mp4 is damaged or cut short"),
        "head.avi": (b"RIFF\0\0\0\0AVI LIST", "^head.avi is damaged or cut short"),
    }


def test_what_is_no_video_is_named(tmp_path, capfd):
    for name, (data, message) in broken(tmp_path).items():
        (tmp_path / name).write_bytes(data)
        for read in (read_frame, lambda path: next(frames(VideoFile(str(path))))):
            with pytest.raises(PictureError, match=message) as caught:
                read(tmp_path / name)
            assert "\n" not in str(caught.value)
    with pytest.raises(PictureError, match=r"there is no file .*none\.mp4"):
        read_frame(tmp_path / "none.mp4")
    with pytest.raises(PictureError, match="is a folder, not a video"):
        read_frame(tmp_path)
    with pytest.raises(PictureError, match="can't be read: embedded null"):
        read_frame("a\0.mp4")
    assert capfd.readouterr().err == ""


def test_a_film_without_a_frame(tmp_path):
    path = write_video(tmp_path / "a.mkv", count=1)
    data = Path(path).read_bytes()
    at = data.index(b"\xff\xd8\xff")
    (tmp_path / "a.mkv").write_bytes(data[:at] + bytes(len(data) - at))
    for loop in (False, True):
        with pytest.raises(PictureError, match=r"a\.mkv has no frame that can be decoded"):
            next(frames(VideoFile(path), loop=loop))
    with pytest.raises(PictureError, match=r"a\.mkv has no frame that can be decoded"):
        read_frame(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this platform has no named pipes")
def test_a_pipe_does_not_hang(tmp_path):
    os.mkfifo(tmp_path / "pipe.mp4")
    with pytest.raises(PictureError, match=r"pipe\.mp4 is not a regular file"):
        read_frame(tmp_path / "pipe.mp4")


def test_too_large_a_frame_is_refused(film, monkeypatch):
    monkeypatch.setenv("STUDIO_MAX_MEGAPIXELS", "0.003")
    with pytest.raises(PictureError, match=r"film.avi is too large.*STUDIO_MAX_MEGAPIXELS"):
        read_frame(film)


@pytest.mark.skipif(os.name == "nt", reason="names are text there")
def test_a_name_that_is_not_text(film, tmp_path):
    path = os.path.join(os.fsencode(tmp_path), b"caf\xe9.avi")
    with open(film, "rb") as source, open(path, "wb") as copy:
        copy.write(source.read())
    picture = read_frame(os.fsdecode(path), 0.9)
    assert number_of(picture) == 22
    assert picture.name == "caf�.avi"


@pytest.mark.skipif(os.name == "nt", reason="no name has a colon there")
def test_a_name_like_a_protocol_is_a_name(film, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("concat:other.avi").write_bytes(Path(film).read_bytes())
    assert number_of(read_frame("concat:other.avi", 0.2)) == 5
    with pytest.raises(PictureError, match="there is no file concat:"):
        read_frame(f"concat:{film}")


def test_what_is_named_like_a_video():
    assert is_video("A.MP4")
    assert is_video(Path("folder.png") / "a.webm")
    assert not is_video("a.png")
    assert list(VIDEO_EXTENSIONS) == sorted(VIDEO_EXTENSIONS)
