"""What is said before Qt is touched, on a machine that lacks something."""

import sys

import pytest

from studio import launch

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only on Linux")


@pytest.fixture
def bare(monkeypatch):
    """A Linux machine without display and without libraries."""
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(launch, "_loads", lambda library: False)


@linux
@pytest.mark.parametrize(
    ("environment", "named", "unnamed"),
    [
        ({}, "libegl1", "libxcb-cursor0"),
        ({"DISPLAY": ":0"}, "libxcb-cursor0", "libwayland-cursor0"),
        ({"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0"}, "libwayland-cursor0", "libxcb-cursor0"),
        ({"QT_QPA_PLATFORM": "offscreen", "DISPLAY": ":0"}, "libglib2.0-0", "libxcb-cursor0"),
        ({"QT_QPA_PLATFORM": "wayland-egl;xcb"}, "libwayland-cursor0", "libxcb-cursor0"),
    ],
)
def test_the_packages_for_a_platform(environment, named, unnamed, bare, monkeypatch):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    missing = launch.missing_packages()
    assert "libegl1" in missing
    assert named in missing
    assert unnamed not in missing
    assert f"apt-get install {' '.join(missing)}" in launch.missing_words(missing)


@linux
def test_a_display_is_found_by_the_environment(bare, monkeypatch):
    assert not launch.has_display()
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    assert launch.has_display()


def test_a_library_that_is_there_loads():
    assert launch._loads("libc.so.6") or not sys.platform.startswith("linux")
    assert not launch._loads("libnothing-of-this-name.so.9")
