"""The application: its style, its fonts, its name."""

import sys

from PySide6.QtGui import QFontInfo
from PySide6.QtWidgets import QApplication

from studio.errors import StudioError
from studio.filters.threads import stand_back
from studio.window import libraries, translate
from studio.window.chrome import theme
from studio.window.chrome.icons import app_icon

# Seconds that a job's Python may run on while the window's thread waits for its turn. Qt gives the
# turn away in many of its calls, so Python's own 5 ms would add up while something is painted.
_SWITCH = 0.0002


def create_app(arguments: list[str] | None = None) -> QApplication:
    """The application with the studio's looks, ready for windows."""
    stand_back()
    sys.setswitchinterval(_SWITCH)
    libraries.install()
    app = QApplication(sys.argv[:1] if arguments is None else arguments)
    dress(app)
    return app


def dress(app: QApplication) -> theme.Theme:
    """Give an application the studio's name, fonts and theme.

    Raises
    ------
    StudioError
        When the system has no font.
    """
    check_font(app)
    app.setApplicationName("convolution-studio")
    app.setApplicationDisplayName("Convolution Studio")
    app.setOrganizationName("convolution-studio")
    app.setDesktopFileName("convolution-studio")
    app.setWindowIcon(app_icon())
    translate.install(app)
    made = theme.Theme(app)
    made.choose(theme.saved_choice())
    return made


def check_font(app: QApplication) -> None:
    """Refuse a system without any font, on which every letter would be a box.

    Raises
    ------
    StudioError
        Naming what to install.
    """
    if not QFontInfo(app.font()).family():
        raise StudioError(
            "this system has no font to write with",
            "Install one first: sudo apt-get install fonts-dejavu-core (on Debian and Ubuntu)",
        )
