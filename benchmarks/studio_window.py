"""The studio's window without a display, and a clock beside it."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from studio.document import Document


class StudioWindow:
    """The window with a document, in one of its workspaces.

    Parameters
    ----------
    folder : str
        Where what the window remembers, and the runs, are kept.
    space : str
        filter, network, train or classify.
    """

    def __init__(self, folder: str, document: "Document", space: str) -> None:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        from PySide6.QtCore import QEventLoop, QSettings, QTimer
        from PySide6.QtWidgets import QApplication

        from studio import paths
        from studio.window.app import create_app
        from studio.window.assembly import Studio
        from studio.window.lateness import TimerLateness
        from studio.window.session import Session

        paths.data = lambda: Path(folder)
        QSettings.setDefaultFormat(QSettings.Format.IniFormat)
        QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, folder)
        self.app = QApplication.instance() or create_app([sys.argv[0]])
        self.session = Session(document)
        self.studio = Studio(self.session)
        self.studio.window.resize(1280, 800)
        self.studio.window.show()
        self.studio.window.show_space(space)
        self.late = TimerLateness()
        self._wait = QEventLoop()
        self._is_there: Callable[[], bool] = lambda: True
        self._tick = QTimer(interval=10)
        self._tick.timeout.connect(self._look)
        self._after = QTimer(singleShot=True)
        self._after.timeout.connect(self._wait.quit)

    def _look(self) -> None:
        if self._is_there():
            self._wait.quit()

    def until(self, is_there: Callable[[], bool]) -> None:
        """Let the window work until something is so; it is looked at every 10 ms."""
        self._is_there = is_there
        self._tick.start()
        self._wait.exec()
        self._tick.stop()

    def settle(self) -> None:
        """Let every job come to its end."""
        from studio.window.job import running_jobs

        self.until(lambda: not running_jobs())

    def wait(self, seconds: float) -> None:
        """Let the window work for a while."""
        self._after.start(round(1000 * seconds))
        self._wait.exec()
