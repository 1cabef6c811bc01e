"""What the File menu opens: pictures, videos, cameras, documents, and the files of last time."""

import functools
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal, SignalInstance, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from studio.image.live import VIDEO_EXTENSIONS, cameras
from studio.image.read import EXTENSIONS, printable
from studio.window import recent
from studio.window.asking import ask_file
from studio.window.chrome.controls import make_action
from studio.window.translate import tr


class Opening(QObject):
    """The actions and menus, and the dialogs behind them.

    Signals, each with what a person chose: `picture_wanted(path)`, `video_wanted(path)`,
    `camera_wanted(reference)`, `document_wanted(path)`, `recent_wanted(path)`; and
    `choose_picture` when the dialog for pictures is wanted.
    """

    picture_wanted = Signal(str)
    video_wanted = Signal(str)
    camera_wanted = Signal(str)
    document_wanted = Signal(str)
    recent_wanted = Signal(str)
    choose_picture = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.picture = make_action(self, "Open picture…", "Ctrl+O", self.choose_picture.emit)
        self.video = make_action(self, "Open video…", "Ctrl+Alt+O", self.ask_video)
        self.document = make_action(self, "Open document…", "Ctrl+Shift+O", self.ask_document)
        self.cameras = QMenu(tr("Camera"), window)
        self.recent = QMenu(tr("Recent files"), window)
        for menu in (self.cameras, self.recent):
            menu.setToolTipsVisible(True)
        self.refresh()

    @property
    def actions(self) -> Sequence[QAction]:
        """In the order of the menu."""
        menus = [menu.menuAction() for menu in (self.cameras, self.recent)]
        return [self.picture, self.video, menus[0], self.document, menus[1]]

    @Slot()
    def refresh(self) -> None:
        """Look which cameras and files there are; called before a menu is shown."""
        found = cameras()
        self.cameras.clear()
        for camera in found:
            wanted = functools.partial(self.camera_wanted.emit, camera.reference)
            self._add(self.cameras, camera.title, wanted)
        _offer(self.cameras, bool(found), "No camera was found: connect one, then look here again")
        paths = recent.recent_files()
        self.recent.clear()
        names = [Path(path).name for path in paths]
        for path, name in zip(paths, names, strict=True):
            where = f" – {Path(path).parent.name}" if names.count(name) > 1 else ""
            action = self._add(
                self.recent, printable(name + where), functools.partial(self.open_recent, path)
            )
            action.setToolTip(printable(path))
        if paths:
            self.recent.addSeparator()
            self._add(self.recent, tr("Forget these files"), self._forget_all)
        _offer(self.recent, bool(paths), "Files that you open stand here")

    def _add(self, menu: QMenu, text: str, slot: Callable[[], object]) -> QAction:
        action = menu.addAction(text.replace("&", "&&"))
        action.triggered.connect(slot)
        return action

    def open_recent(self, path: str) -> None:
        """Open a file of the list again."""
        self.recent_wanted.emit(path)

    @Slot()
    def _forget_all(self) -> None:
        recent.clear()
        self.refresh()

    # Dialogs

    @Slot()
    def ask_picture(self) -> None:
        """Ask for a picture."""
        kinds = _kinds(tr("Pictures"), EXTENSIONS)
        self._ask("open", tr("Open picture"), kinds, self.picture_wanted)

    @Slot()
    def ask_video(self) -> None:
        """Ask for a video."""
        kinds = _kinds(tr("Videos"), VIDEO_EXTENSIONS)
        self._ask("video", tr("Open video"), kinds, self.video_wanted)

    @Slot()
    def ask_document(self) -> None:
        """Ask for a document."""
        kinds = _kinds(tr("Documents"), (".json",))
        self._ask("document", tr("Open document"), kinds, self.document_wanted)

    def _ask(self, memory: str, title: str, kinds: str, chosen: SignalInstance) -> None:
        path = ask_file(self._window, title, kinds, memory)
        if path:
            chosen.emit(str(path))


def _kinds(title: str, endings: Sequence[str]) -> str:
    return f"{title} ({' '.join(f'*{ending}' for ending in endings)})"


def _offer(menu: QMenu, possible: bool, why_not: str) -> None:
    action = menu.menuAction()
    action.setEnabled(possible)
    action.setToolTip("" if possible else tr(why_not))
