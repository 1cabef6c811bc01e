"""The application: its style, its fonts, its name."""

import sys
from importlib.resources import files

from PySide6.QtGui import QFontDatabase, QFontInfo
from PySide6.QtWidgets import QApplication

from studio.window import theme, translate
from studio.window.icons import app_icon


def create_app(arguments: list[str] | None = None) -> QApplication:
    """The application with the studio's looks, ready for windows."""
    app = QApplication(sys.argv[:1] if arguments is None else arguments)
    dress(app)
    return app


def dress(app: QApplication) -> theme.Theme:
    """Give an application the studio's name, fonts and theme."""
    app.setApplicationName("convolution-studio")
    app.setApplicationDisplayName("Convolution Studio")
    app.setOrganizationName("convolution-studio")
    app.setDesktopFileName("convolution-studio")
    app.setWindowIcon(app_icon())
    translate.install(app)
    if not has_font(app):
        load_font()
    made = theme.Theme(app)
    made.choose(theme.saved_choice())
    return made


def has_font(app: QApplication) -> bool:
    """Whether the system has any font; a bare container has none."""
    return bool(QFontInfo(app.font()).family())


def load_font() -> tuple[str, ...]:
    """Load the font that comes with the studio's packages; the names of its families."""
    loaded: set[str] = set()
    for style in ("Regular", "Bold"):
        data = files("font_roboto").joinpath("files", f"Roboto-{style}.ttf").read_bytes()
        number = QFontDatabase.addApplicationFontFromData(data)
        loaded.update(QFontDatabase.applicationFontFamilies(number))
    return tuple(sorted(loaded))
