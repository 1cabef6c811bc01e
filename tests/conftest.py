"""What holds for every test: no display, no network, own folders, nothing left running."""

import os
import socket
import sys
import threading

import cv2
import numpy as np
import platformdirs
import pytest

from studio import launch

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
if "PYTEST_XDIST_WORKER" in os.environ:  # several processes share the cores
    os.environ.setdefault("OMP_NUM_THREADS", "1")

# Before pytest-qt imports Qt, which would say it with a traceback.
if _missing := launch.missing_packages():
    raise SystemExit(launch.missing_words(_missing))


def pytest_configure(config):
    # Of the offscreen platform, whenever a window with a smallest size is shown.
    config.addinivalue_line("qt_log_ignore", "^This plugin does not support propagateSizeHints")


# A pool that a module keeps for as long as the process lives names its threads so.
KEPT = "studio-pool"


@pytest.fixture(autouse=True)
def own_folders(tmp_path_factory, monkeypatch):
    """Everything the studio writes by itself goes below a temporary folder."""
    folder = tmp_path_factory.getbasetemp() / "platform"
    for name in ("config", "cache", "data", "state"):
        monkeypatch.setenv(f"XDG_{name.upper()}_HOME", str(folder / name))
    for name in ("config", "cache", "data", "log"):
        path = str(folder / name)
        monkeypatch.setattr(platformdirs, f"user_{name}_dir", lambda *_, path=path, **__: path)
    return folder


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    """A connection to anywhere but this machine is an error."""
    connect = socket.socket.connect

    def refuse(self, address):
        if self.family == getattr(socket, "AF_UNIX", None) or address[0] in ("127.0.0.1", "::1"):
            return connect(self, address)
        raise RuntimeError(f"a test tried to reach {address}")

    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.fixture(autouse=True)
def nothing_left_running():
    """Jobs and threads end with the test that started them."""
    before = set(threading.enumerate())
    yield
    job = sys.modules.get("studio.window.job")
    jobs = job.running_jobs() if job else ()
    if jobs:
        job.stop_all(5)
    assert not jobs, f"jobs left running: {[job.name or job for job in jobs]}"
    left = [thread for thread in threading.enumerate() if thread not in before and _is_own(thread)]
    assert not left, f"threads left running: {left}"


def _is_own(thread):
    # A thread that Qt made, and that asked for its name, stays listed as a dummy.
    return not isinstance(thread, threading._DummyThread) and not thread.name.startswith(KEPT)


@pytest.fixture
def photos(tmp_path):
    """A folder of two classes of tiny pictures, one darker than the other."""
    rng = np.random.default_rng(0)
    for name, most in (("dark", 150), ("light", 255)):
        folder = tmp_path / "photos" / name
        folder.mkdir(parents=True)
        for number in range(20):
            pixels = rng.integers(0, most, (8, 8, 3), dtype=np.uint8)
            cv2.imwrite(str(folder / f"{number}.png"), pixels)
    return tmp_path / "photos"
