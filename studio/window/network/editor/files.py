"""Networks in files of their own, and training the one that is looked at."""

from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from studio.document import OWN
from studio.errors import StudioError
from studio.image.read import printable
from studio.nets.network import Network
from studio.nets.network_file import load_network, save_network
from studio.nets.zoo import NETWORKS
from studio.training.settings import OWN_NETWORK
from studio.window.asking import ask_file, ask_where
from studio.window.chrome.controls import make_action
from studio.window.job import Job
from studio.window.network.editor.editing import Editing
from studio.window.session import Session
from studio.window.translate import tr

_FOLDER = "networks"  # what the folder is remembered for


class NetworkFiles(QObject):
    """Actions for the network that is looked at.

    Signals: `saved` with a file's name, `failed` with a StudioError, `train_wanted` when the Train
    workspace is to be shown, whose settings name the network then.
    """

    saved = Signal(str)
    failed = Signal(object)
    train_wanted = Signal()

    def __init__(self, session: Session, editing: Editing, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self._editing = editing
        self._window = parent
        self._network: Network | None = None
        self.open_action = make_action(self, "Open network…", slot=self.ask_open)
        self.open_action.setToolTip(tr("Edit the network of a file; its weights are random"))
        self.save_action = make_action(self, "Save network…", slot=self.ask_save)
        self.train_action = make_action(self, "Train this network", slot=self.train)
        self.actions = [self.open_action, self.save_action, self.train_action]
        self.show_network(None, "")

    def show_network(self, network: object, why_not: str) -> None:
        """Act on another network; `why_not` says why it is none that can be saved or trained."""
        self._network = network if isinstance(network, Network) else None
        problems = self._network.problems() if self._network else ()
        is_known = self._name() != ""
        for action, hint, refused in (
            (self.save_action, tr("Keep its layers in a file, without weights"), why_not),
            (
                self.train_action,
                tr("Choose it in Train"),
                why_not
                or (tr("A layer can't work yet") if problems else "")
                or ("" if is_known else tr("Edit it first, so that it is yours")),
            ),
        ):
            action.setEnabled(not refused and self._network is not None)
            action.setToolTip(refused or hint)

    def _name(self) -> str:
        """What the settings of a training call the network; empty where they have no name."""
        if self._network is None:
            return ""
        if self._session.document.model == OWN:
            return OWN_NETWORK
        known = NETWORKS.get(self._network.name)
        return known.name if known and known.layers == self._network.layers else ""

    @Slot()
    def ask_open(self) -> None:
        """Ask for a network's file, and edit it."""
        kinds = f"{tr('Networks, documents and models')} (*.json)"
        path = ask_file(self._window, tr("Open network"), kinds, _FOLDER)
        if path:
            self.open(path)

    def open(self, path: Path) -> None:
        """Make the network of a file the document's own, as one step that can be undone."""
        try:
            network = load_network(path)
        except StudioError as error:
            self.failed.emit(error)
            return
        self._editing.begin(network, "")

    @Slot()
    def ask_save(self) -> None:
        """Ask where to, and write the network's file there."""
        if self._network is None:
            return
        kinds = f"{tr('Networks')} (*.json)"
        name = f"{self._network.name}.json"
        place = ask_where(self._window, tr("Save network"), name, kinds, _FOLDER)
        if place:
            self.save(place.path)

    def save(self, path: Path) -> None:
        """Write the network's file, beside the window."""
        network = self._network
        if network is None:
            return

        def steps() -> Iterator[Path]:
            save_network(network, path)
            yield path

        job = Job(steps, tr("Saving"))
        job.events.connect(self._tell)
        job.failed.connect(self.failed)
        job.start()

    @Slot(object)
    def _tell(self, paths: list[Path]) -> None:
        self.saved.emit(printable(paths[0].name))

    @Slot()
    def train(self) -> None:
        """Name the network in the settings of the next training."""
        if name := self._name():
            document = self._session.document
            training = document.training.change(network=name)
            self._session.edit(tr("Train this network"), document.change(training=training))
            self.train_wanted.emit()
