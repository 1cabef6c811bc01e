"""What has to be there before a window can open, checked without importing Qt."""

import ctypes
import os
import sys

# Shared library -> Debian and Ubuntu package. Qt loads the first two in every case, the others
# only for a window on an X11 display.
_ALWAYS = {"libEGL.so.1": "libegl1", "libxkbcommon.so.0": "libxkbcommon0"}
_X11 = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}


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
    platform = os.environ.get("QT_QPA_PLATFORM", "")
    x11 = platform.startswith("xcb") or (
        not platform and os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY")
    )
    needed = {**_ALWAYS, **_X11} if x11 else _ALWAYS
    return tuple(package for library, package in needed.items() if not _loads(library))


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
