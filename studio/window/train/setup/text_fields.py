"""Words in a form that can also be chosen: classes, a folder."""

from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QLineEdit

from studio.declare import Option
from studio.window.chrome.controls import IconButton, set_property
from studio.window.drop import look_at
from studio.window.forms.check_list import CheckList
from studio.window.forms.fields import TextField
from studio.window.translate import tr


class ClassesField(TextField):
    """Names with commas between them, typed, or ticked in a list of the data's classes."""

    def __init__(self, option: Option) -> None:
        super().__init__(option)
        self.box.setPlaceholderText(tr("all"))
        self.button = IconButton("chevron-down", "Choose classes")
        self.button.clicked.connect(self.open_list)
        self.columns.addWidget(self.button)
        self._classes: tuple[str, ...] = ()
        self.list: CheckList | None = None
        self.show_choices(())

    def show_choices(self, classes: tuple[str, ...]) -> None:
        """Offer the classes that the data has; none while they aren't known."""
        self._classes = classes
        self.button.setEnabled(bool(classes))

    @Slot()
    def open_list(self) -> None:
        """Let a person tick classes."""
        pairs = [(name, name) for name in self._classes]
        self.list = CheckList(self, pairs, tr("Classes"))
        self.list.chosen.connect(self._take_ticked)
        typed = [name.strip() for name in self.box.text().split(",") if name.strip()]
        self.list.open_at(self, typed or self._classes)

    @Slot(object)
    def _take_ticked(self, ticked: tuple[str, ...]) -> None:
        everything = ticked in ((), self._classes)
        self.set_value("" if everything else ", ".join(ticked))
        self.edited.emit()


class FolderField(TextField):
    """A folder: typed, chosen with a dialog, or dropped."""

    def __init__(self, option: Option) -> None:
        super().__init__(option)
        self.box.setPlaceholderText(tr("choose or drop one"))
        self.button = IconButton("folder", "Choose folder…")
        self.button.clicked.connect(self.choose)
        self.columns.addWidget(self.button)

    def make_edit(self) -> QLineEdit:
        made = _FolderEdit()
        made.brought.connect(self.take_folder)
        return made

    def set_value(self, value: str) -> None:
        super().set_value(value)
        self.box.setToolTip(value)

    @Slot()
    def choose(self) -> None:
        """Ask for a folder."""
        before = self.box.text() or str(Path.home())
        found = QFileDialog.getExistingDirectory(self, tr("Folder of class folders"), before)
        if found:
            self.take_folder(found)

    @Slot(str)
    def take_folder(self, path: str) -> None:
        """Take what was chosen or dropped."""
        if path != self.box.text():
            self.set_value(path)
            self.edited.emit()


class _FolderEdit(QLineEdit):
    """A path; a folder dropped on it takes its place.

    Signals: `brought` with a folder's path.
    """

    brought = Signal(str)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _folder_of(event):
            set_property(self, "dropping", True)
            event.acceptProposedAction()
        else:
            event.ignore()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        set_property(self, "dropping", False)
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        set_property(self, "dropping", False)
        folder = _folder_of(event)
        if folder:
            event.acceptProposedAction()
            self.brought.emit(folder)
        else:
            event.ignore()


def _folder_of(event: QDropEvent) -> str:
    paths = look_at(event.mimeData()).paths
    return str(paths[0]) if len(paths) == 1 and paths[0].is_dir() else ""
