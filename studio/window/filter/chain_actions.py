"""What can be done with a chain outside the window: files, a script, a folder of pictures."""

from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from studio.document import Document
from studio.errors import StudioError
from studio.filters.chain_file import load_chain, save_chain
from studio.filters.script import script_of
from studio.image.read import printable
from studio.image.whole_file import write_bytes
from studio.window.asking import ask_file, ask_where
from studio.window.chrome.controls import make_action
from studio.window.chrome.status import Status
from studio.window.chrome.widgets import MessageBar
from studio.window.filter.folder import FolderRun
from studio.window.job import Job
from studio.window.session import Session
from studio.window.translate import tr

_FOLDER = "document"  # what the folder is remembered for


class ChainActions(QObject):
    """The actions of a File menu, for the session's chain.

    Parameters
    ----------
    parent : QWidget
        What dialogs belong to.
    status, message
        Where it says what was done, and what went wrong.
    """

    def __init__(
        self, session: Session, parent: QWidget, status: Status, message: MessageBar
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._window = parent
        self._status = status
        self._message = message
        self.folder_run = FolderRun(parent, status, message)
        self._open = make_action(self, "Open chain…", slot=self.ask_open)
        self._save = make_action(self, "Save chain…", slot=self.ask_save)
        self._copy = make_action(self, "Copy as Python", slot=self.copy_script)
        self._script = make_action(self, "Save as Python script…", slot=self.ask_save_script)
        self._apply = make_action(self, "Apply to folder…", slot=self.apply_to_folder)
        self.actions = [self._open, self._save, self._copy, self._script, self._apply]
        session.changed.connect(self._follow)
        self.folder_run.changed.connect(self._enable)
        self._enable()

    # What a person does

    @Slot()
    def ask_open(self) -> None:
        """Ask for a chain's file, and take its chain."""
        kinds = f"{tr('Chains and documents')} (*.json)"
        path = ask_file(self._window, tr("Open chain"), kinds, _FOLDER)
        if path:
            self.open(path)

    def open(self, path: Path) -> None:
        """Make the chain of a file the document's, as one step that can be undone."""
        try:
            chain = load_chain(path)
        except StudioError as error:
            self._message.show_error(error)
            return
        name = printable(path.stem)
        document = self._session.document.change(chain=chain)
        self._session.edit(tr("Open chain {name}").format(name=name), document)
        self._status.show_message(tr("Opened chain {name}").format(name=name))

    @Slot()
    def ask_save(self) -> None:
        """Ask where to, and write the chain's file there."""
        chain = self._session.document.chain
        kinds = f"{tr('Chains')} (*.json)"
        self._ask_write("chain.json", tr("Save chain"), kinds, lambda path: save_chain(chain, path))

    @Slot()
    def copy_script(self) -> None:
        """Put a Python script that does what the chain does on the clipboard."""
        QGuiApplication.clipboard().setText(script_of(self._session.document.chain))
        self._status.show_message(tr("Copied the chain as a Python script"))

    @Slot()
    def ask_save_script(self) -> None:
        """Ask where to, and write such a script there."""
        data = script_of(self._session.document.chain).encode()
        kinds = f"{tr('Python scripts')} (*.py)"
        title = tr("Save as Python script")
        self._ask_write("filters.py", title, kinds, lambda path: write_bytes(data, path))

    @Slot()
    def apply_to_folder(self) -> None:
        """Ask for folders, and filter all pictures of one into the other."""
        self.folder_run.ask(self._session.document.chain)

    # Writing

    def _ask_write(
        self, name: str, title: str, kinds: str, write: Callable[[Path], object]
    ) -> None:
        place = ask_where(self._window, title, name, kinds, _FOLDER)
        if place:
            self._write(place.path, write)

    def _write(self, path: Path, write: Callable[[Path], object]) -> None:
        def steps() -> Iterator[Path]:
            write(path)
            yield path

        job = Job(steps, tr("Saving"))
        job.events.connect(self._tell)
        job.failed.connect(self._message.show_error)
        job.start()

    @Slot(object)
    def _tell(self, paths: list[Path]) -> None:
        self._status.show_message(tr("Saved {name}").format(name=printable(paths[0].name)))

    # Showing

    @Slot(object, object)
    def _follow(self, old: Document, new: Document) -> None:
        if old.chain != new.chain:
            self._enable()

    @Slot()
    def _enable(self) -> None:
        chain = self._session.document.chain
        nothing = "" if chain.filters else tr("No filter is on")
        busy = tr("Another folder is being filtered") if self.folder_run.is_busy else ""
        for action, hint, why_not in (
            (self._open, tr("Take the chain of a file"), ""),
            (self._save, tr("Keep the chain in a file"), "" if chain.steps else tr("No filters")),
            (self._copy, tr("Copy a script that gives the same numbers"), nothing),
            (self._script, tr("Save a script that gives the same numbers"), nothing),
            (self._apply, tr("Filter all pictures of a folder"), nothing or busy),
        ):
            action.setToolTip(why_not or hint)
            action.setEnabled(not why_not)
