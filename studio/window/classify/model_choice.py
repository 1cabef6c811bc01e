"""Which trained network answers: those that come with the studio, the session's, or a file."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from studio.document import Document
from studio.errors import StudioError
from studio.nets.model import CARD_SUFFIX, WEIGHTS_SUFFIX, Card, Model, bundled
from studio.window.asking import ask_file
from studio.window.latest import Latest
from studio.window.network.models import Entry, ModelList, entries
from studio.window.session import Session
from studio.window.translate import tr


class ModelChoice(QObject):
    """Keeps a list of trained models in step with the session.

    Signals: `changed` when another model is in use, or there are others to choose from; `failed`
    with a StudioError when models can't be read.
    """

    changed = Signal()
    failed = Signal(object)

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self._window = parent
        self._cards: Sequence[Card] = ()
        self._entries: list[Entry] = []
        self.list = ModelList()
        self._loading = Latest(tr("Reading a model"), parent=self)
        self._loading.result.connect(self._use_file)
        self._loading.failed.connect(self.failed)
        self.list.chosen.connect(self.choose)
        self.list.file_wanted.connect(self.open_file)
        session.changed.connect(self._follow)
        session.models_changed.connect(self._refresh)

    def start(self) -> None:
        """Read what comes with the studio."""
        try:
            self._cards = bundled()
        except StudioError as error:
            self.failed.emit(error)
        self._refresh()

    @property
    def entry(self) -> Entry | None:
        """The model in use; None where there is none at all."""
        return self.list.entry

    @property
    def used(self) -> object:
        """What tells the model in use from any other, also from itself before more training."""
        entry = self.entry
        return self._session.models.get(entry.reference, entry.reference) if entry else None

    @property
    def reader(self) -> Entry | None:
        """The model in use if it reads grey pictures, or the first that does."""
        known = [self.entry, *self._entries] if self.entry else self._entries
        grey = (each for each in known if each.network and each.network.input.channels == 1)
        return next(grey, None)

    @Slot(str)
    def choose(self, reference: str) -> None:
        """Use another model from now on."""
        document = self._session.document.change(model=reference)
        self._session.edit(tr("Choose model"), document)

    @Slot()
    def open_file(self) -> None:
        """Ask for a model's file, read it beside the window, and use it."""
        self.list.show_reference(self._session.document.model)
        kinds = f"{tr('Models')} (*{WEIGHTS_SUFFIX} *{CARD_SUFFIX})"
        path = ask_file(self._window, tr("Open model file"), kinds, "models")
        if path:
            found = str(path)
            self._loading.submit(lambda: (found, self._session.find_model(found)))

    @Slot(object)
    def _use_file(self, loaded: tuple[str, Model]) -> None:
        self.choose(loaded[0])

    @Slot(object, object)
    def _follow(self, old: Document, new: Document) -> None:
        if new.model != old.model:
            self._refresh()

    @Slot()
    def _refresh(self) -> None:
        groups = entries(self._session, self._cards)
        trained = [[entry for entry in group if entry.is_trained] for group in groups]
        self._entries = [entry for group in trained for entry in group]
        self.list.show_entries(trained, self._session.document.model)
        self.changed.emit()
