import os
import threading

import numpy as np
import pytest

from studio.errors import PictureError
from studio.image import camera as camera_module
from studio.image.live import Camera, cameras, frames


class FakeCamera:
    """Gives numbered frames, as many as it is allowed to; then it waits, or fails."""

    def __init__(self, allowed=0, opened=True, last=10**9, sound=1):
        self.changed = threading.Condition()
        self.allowed, self.asked, self.released = allowed, 0, False
        self.opened, self.last, self.sound = opened, last, sound
        self.threads = set()

    def isOpened(self):
        return self.opened

    def read(self):
        with self.changed:
            number = self.asked
            self.asked += 1
            self.threads.add(threading.current_thread())
            self.changed.notify_all()
            assert self.changed.wait_for(lambda: number < self.allowed, 10)
        if number > self.last or number % self.sound:
            return False, None
        return True, np.full((4, 5, 3), (1, 2, number % 256), np.uint8)

    def release(self):
        self.released = True

    def allow(self, count):
        """So many frames in all, read by the thread when this returns."""
        with self.changed:
            self.allowed = count
            self.changed.notify_all()
            assert self.changed.wait_for(lambda: self.asked > min(count, self.last), 10)

    def run_free(self):
        with self.changed:
            self.allowed = 10**9
            self.changed.notify_all()


@pytest.fixture
def device(tmp_path, monkeypatch):
    """A camera with the number 0."""
    monkeypatch.setattr(camera_module, "_DEVICES", tmp_path)
    monkeypatch.setattr(camera_module, "_KERNEL", tmp_path / "kernel")
    (tmp_path / "video0").touch()

    def plug(fake):
        monkeypatch.setattr(camera_module, "_capture", lambda index: fake)
        return fake

    return plug


def test_the_newest_frame_of_a_camera(device):
    now = 1000.0
    fake = device(FakeCamera(allowed=1))
    watching = frames(Camera(0, "Front"), clock=lambda: now)
    first = next(watching)
    assert (first.index, first.seconds, first.dropped) == (0, 0.0, 0)
    assert first.picture.pixels[0, 0].tolist() == [0, 2, 1]
    assert first.picture.name == "Front"
    now += 0.5
    fake.allow(5)
    second = next(watching)
    assert (second.index, second.seconds, second.dropped) == (4, 0.5, 3)
    assert second.picture.pixels[0, 0].tolist() == [4, 2, 1]
    assert not fake.released
    fake.run_free()
    watching.close()
    assert fake.released
    assert not any(thread.is_alive() for thread in fake.threads)
    assert threading.current_thread() not in fake.threads


def test_a_camera_gives_each_frame_once(device):
    device(FakeCamera(allowed=10**9))
    watching = frames(Camera(0), lambda picture: int(picture.pixels[0, 0, 0]))
    last = -1
    for _ in range(50):
        frame = next(watching)
        assert frame.index == last + 1 + frame.dropped
        assert frame.result == frame.index % 256
        last = frame.index
    watching.close()


def test_a_camera_that_is_unplugged(device, monkeypatch):
    monkeypatch.setattr(camera_module, "_RETRY", 0.0)
    fake = device(FakeCamera(allowed=10**9, last=2))
    watching = frames(Camera(0))
    with pytest.raises(
        PictureError, match=r"camera 0 gives no picture\. Check that it is connected"
    ):
        list(watching)
    assert fake.released


def test_a_camera_that_fails_now_and_then_goes_on(device, monkeypatch):
    monkeypatch.setattr(camera_module, "_RETRY", 0.0)
    fake = device(FakeCamera(allowed=10**9, sound=4))
    watching = frames(Camera(0))
    while next(watching).index < 20:
        pass
    assert fake.asked > 60
    watching.close()


def test_a_camera_that_is_busy(device):
    fake = device(FakeCamera(opened=False))
    with pytest.raises(PictureError, match=r"camera 0 can't be opened.*Close other programs"):
        next(frames(Camera(0)))
    assert fake.released


def test_a_fault_in_the_thread_is_told(device, monkeypatch):
    def fail(index):
        raise ZeroDivisionError("a fault")

    monkeypatch.setattr(camera_module, "_capture", fail)
    with pytest.raises(ZeroDivisionError, match="a fault"):
        next(frames(Camera(0)))


linux = pytest.mark.skipif(not os.path.isdir("/sys/class"), reason="only Linux tells")


@linux
def test_a_camera_that_is_absent_or_forbidden(device, monkeypatch):
    with pytest.raises(PictureError, match=r"there is no camera 7: .*video7 is missing.*is: 0$"):
        next(frames(Camera(7)))
    (camera_module._DEVICES / "video0").unlink()
    with pytest.raises(PictureError, match=r"there is no camera 0.*Connect a camera$"):
        next(frames(Camera(0)))
    (camera_module._DEVICES / "video0").touch()
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(PictureError, match=r"permission denied for .*to the group video"):
        next(frames(Camera(0)))


@linux
def test_which_cameras_there_are(tmp_path, monkeypatch):
    monkeypatch.setattr(camera_module, "_DEVICES", tmp_path)
    monkeypatch.setattr(camera_module, "_KERNEL", tmp_path / "kernel")
    assert cameras() == ()
    nodes = {0: ("Front", "0"), 1: ("Front", "1"), 10: ("Back", "0"), 2: None}
    for number, said in nodes.items():
        (tmp_path / f"video{number}").touch()
        if said:
            node = tmp_path / "kernel" / f"video{number}"
            node.mkdir(parents=True)
            (node / "name").write_text(said[0] + "\n")
            (node / "index").write_text(said[1] + "\n")
    (tmp_path / "video-codec").touch()
    assert cameras() == (Camera(0), Camera(2), Camera(10))
    assert [camera.title for camera in cameras()] == ["Front", "Camera 2", "Back"]


def test_no_camera_here_prints_nothing(monkeypatch, tmp_path, capfd):
    """The real OpenCV, asked for a camera that can't be there."""
    capture = camera_module._capture(63)
    assert not capture.isOpened()
    assert capfd.readouterr().err == ""
