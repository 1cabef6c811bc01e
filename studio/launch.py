"""What has to be there before a window can open, checked without importing Qt."""

import ctypes
import os
import sys

# Shared library -> Debian and Ubuntu package: what Qt loads in every case, and what it loads
# besides for a window on an X11 or a Wayland display.
_ALWAYS = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libdbus-1.so.3": "libdbus-1-3",
    "libxkbcommon.so.0": "libxkbcommon0",
}
_X11 = {
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
}
_WAYLAND = {"libwayland-cursor.so.0": "libwayland-cursor0"}


def has_display() -> bool:
    """Whether a window could be seen: always on Windows and macOS, by the environment on Linux."""
    if sys.platform in ("win32", "darwin"):
        return True
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return any(os.environ.get(name) for name in names)


def missing_packages() -> tuple[str, ...]:
    """The system packages that Qt needs here and can't find."""
    if not sys.platform.startswith("linux"):
        return ()
    needed = _ALWAYS | {"xcb": _X11, "wayland": _WAYLAND}.get(_platform(), {})
    missing = (package for library, package in needed.items() if not _loads(library))
    return tuple(dict.fromkeys(missing))


def _platform() -> str:
    """What Qt will draw on: what the environment asks for, or the display that is there."""
    asked = os.environ.get("QT_QPA_PLATFORM", "").partition(";")[0].partition(":")[0]
    if asked:
        return asked.partition("-")[0]
    if os.environ.get("WAYLAND_DISPLAY"):
        return "wayland"
    return "xcb" if os.environ.get("DISPLAY") else ""


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def missing_words(packages: tuple[str, ...]) -> str:
    """What to tell a person whose system lacks them."""
    return (
        "Qt's system libraries are missing. Install them first: "
        f"sudo apt-get install {' '.join(packages)} (the names on Debian and Ubuntu)"
    )


if __name__ == "__main__":
    print(*missing_packages())
