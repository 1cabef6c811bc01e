import numpy as np
import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from studio.window.app import dress
from studio.window.chrome.theme import Theme


def pytest_configure(config):
    # The offscreen platform says so whenever a window with a smallest size is shown.
    config.addinivalue_line("qt_log_ignore", "^This plugin does not support")


@pytest.fixture(autouse=True)
def own_settings(own_folders):
    """QSettings, whatever its format, writes below the temporary folder, and starts empty."""
    for kind in (QSettings.Format.IniFormat, QSettings.Format.NativeFormat):
        QSettings.setPath(kind, QSettings.Scope.UserScope, str(own_folders / "config"))
    before = QSettings.defaultFormat()
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    yield
    QSettings().clear()
    QSettings.setDefaultFormat(before)


@pytest.fixture(autouse=True)
def looks(qapp, own_settings):
    """The application dressed as the studio's, in the light scheme."""
    theme = qapp.findChild(Theme) or dress(qapp)
    theme.choose("light")
    return theme


@pytest.fixture(autouse=True)
def no_button_held(qapp):
    """Qt keeps a button as held when the widget that was clicked goes away: not for the next."""
    held = Qt.MouseButton.LeftButton
    if QGuiApplication.mouseButtons() & held:
        QTest.mouseRelease(QWidget(), held)
    assert QGuiApplication.mouseButtons() == Qt.MouseButton.NoButton


@pytest.fixture(autouse=True)
def no_window_in_the_way(qapp):
    """A window that an earlier test left would lie over this one's, and get its mouse moves."""
    for widget in qapp.topLevelWidgets():
        if widget.isVisible():
            widget.hide()


def _pixels_of(widget):
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


@pytest.fixture
def pixels_of():
    """Gives what a widget paints: height x width x 3, in device pixels."""
    return _pixels_of
