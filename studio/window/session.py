"""The one place where the window's state lives and changes."""

from collections.abc import Mapping
from pathlib import Path
from time import monotonic
from types import MappingProxyType

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QUndoStack

from studio.document import (
    OWN,
    RUN,
    Document,
    load_document,
    load_picture,
    save_document,
)
from studio.errors import ModelError
from studio.image.picture import Picture
from studio.image.samples import SAMPLES, sample
from studio.nets.model import Model
from studio.training.device import device_name
from studio.window.history import Swap
from studio.window.latest import Latest
from studio.window.loaded import LoadedModels
from studio.window.pictures import Pictures
from studio.window.snapshots import Snapshots
from studio.window.translate import tr

_PAUSE = 1.0  # seconds after which the same kind of change is a new step


class Session(QObject):
    """The document, its history, and what was loaded or made beside it.

    Signals
    -------
    changed(old, new)
        After every edit, undo, redo and opened document.
    picture_changed()
        `picture` is another one. Where it had to be read first, this comes after `changed`.
    picture_failed(error)
        A picture could not be read; `picture` stays.
    models_changed()
        A model was trained.
    compute_device_changed(text)
        It is known where networks are computed.
    path_changed()
        The document was opened from, or saved to, another file.
    """

    changed = Signal(object, object)
    picture_changed = Signal()
    picture_failed = Signal(object)
    models_changed = Signal()
    compute_device_changed = Signal(str)
    path_changed = Signal()

    def __init__(self, document: Document | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.undo_stack = QUndoStack(self)
        self._document = document or Document()
        self._path: Path | None = None
        self._gesture = 0
        self._edited = 0.0
        self._pictures = Pictures()
        self._models: dict[str, Model] = {}
        self.snapshots = Snapshots()
        self._loaded_models = LoadedModels()
        self._compute_device = ""
        wanted = self._document.picture
        is_sample = wanted in {known.name for known in SAMPLES}
        self._picture = sample(wanted if is_sample else SAMPLES[0].name)
        self._loading = Latest(tr("Reading a picture"), parent=self)
        self._loading.result.connect(self._take_picture)
        self._loading.failed.connect(self.picture_failed)
        self._finding = Latest(tr("Looking for a GPU"), parent=self)
        self._finding.result.connect(self._take_device)
        self._finding.failed.connect(lambda _: self._take_device(tr("device unknown")))
        if is_sample:
            self._pictures.add(wanted, self._picture)
        else:
            self._load(wanted)

    # Document

    @property
    def document(self) -> Document:
        return self._document

    @property
    def path(self) -> Path | None:
        """The document's file, if it has one."""
        return self._path

    def edit(self, label: str, document: Document, merge_key: str | None = None) -> None:
        """Change the document; the only way to do it.

        Parameters
        ----------
        label : str
            What undo calls it, such as "Median radius".
        document : Document
        merge_key : str, optional
            Edits with the same key that follow each other make one step: until `end_merge`, an
            undo, an edit with another key, or a second of rest without a mouse button held.
        """
        if document == self._document:
            return
        held = QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton
        now = monotonic()
        if not held and now - self._edited > _PAUSE:
            self.end_merge()
        self._edited = now
        key = (merge_key, self._gesture) if merge_key else None
        self.undo_stack.push(
            Swap(label, self._document, document, key, show=self._swap, seal=self.end_merge)
        )

    @Slot()
    def end_merge(self) -> None:
        """Let the next edit be a step of its own, such as after a slider was let go."""
        self._gesture += 1

    def open_document(self, path: str | Path) -> None:
        """Go on with a saved document; the history begins anew.

        Raises
        ------
        DocumentError
            As `load_document`; nothing changes.
        """
        document = load_document(path)
        self.undo_stack.clear()
        self.end_merge()
        self._set_path(Path(path))
        self._swap(document)

    def save_document(self, path: str | Path) -> str:
        """Write the document to a file, and return a note on what it can't keep.

        Raises
        ------
        DocumentError
            As the function of that name in `studio.document`.
        """
        note = save_document(self._document, path)
        self._set_path(Path(path))
        self.undo_stack.setClean()
        return note

    def _set_path(self, path: Path) -> None:
        if path != self._path:
            self._path = path
            self.path_changed.emit()

    def _swap(self, document: Document) -> None:
        old, self._document = self._document, document
        shown = self._picture
        if document.picture != old.picture:
            self._show_kept_or_load(document.picture)
        self.changed.emit(old, document)
        if self._picture is not shown:
            self.picture_changed.emit()

    # Picture

    @property
    def picture(self) -> Picture:
        """The last picture that could be read."""
        return self._picture

    def open_picture(self, reference: str) -> None:
        """Read a sample or a file beside the window, then make it the document's picture."""
        self._pictures.forget(reference)  # the file may be another one now
        self._load(reference)

    def paste_picture(self, picture: Picture, label: str = "") -> str:
        """Make a picture from memory the document's, and return its reference."""
        reference = self._pictures.paste(picture)
        self.edit(label or tr("Paste picture"), self._document.change(picture=reference))
        return reference

    def show_still(self, picture: Picture | None) -> None:
        """Show a picture in place of the document's, such as a paused frame; None ends it."""
        shown = self._picture
        self._loading.cancel()
        if picture is not None:
            self._picture = picture
        else:
            self._show_kept_or_load(self._document.picture)
        if self._picture is not shown:
            self.picture_changed.emit()

    def _show_kept_or_load(self, reference: str) -> None:
        kept = self._pictures.get(reference)
        if kept is None:
            self._load(reference)
        else:
            self._loading.cancel()
            self._picture = kept

    def _load(self, reference: str) -> None:
        self._loading.submit(lambda: (reference, load_picture(reference)))

    @Slot(object)
    def _take_picture(self, loaded: tuple[str, Picture]) -> None:
        reference, picture = loaded
        self._pictures.add(reference, picture)
        if reference == self._document.picture:
            self._picture = picture
            self.picture_changed.emit()
        else:
            label = tr("Open {name}").format(name=picture.name)
            self.edit(label, self._document.change(picture=reference))

    # Models

    @property
    def models(self) -> Mapping[str, Model]:
        """The models trained in this session, by their reference, oldest first."""
        return MappingProxyType(self._models)

    def add_model(self, model: Model, reference: str = "", epoch: int = 0) -> str:
        """Keep a trained model, in place of an older one of the same reference.

        Parameters
        ----------
        epoch : int
            After which epoch it is so; `snapshots` keeps its earlier states.

        Returns
        -------
        str
            The reference: the given one, or a new ``run:N``.
        """
        reference = reference or f"{RUN}{len(self._models) + 1}"
        self._models[reference] = model
        self.snapshots.add(reference, epoch or len(self.snapshots.of(reference)) + 1, model)
        self.models_changed.emit()
        return reference

    def find_model(self, reference: str) -> Model:
        """A model of this session, a bundled one, or one from a file; works in any thread.

        A file that was replaced is read again.

        Raises
        ------
        ModelError
            When there is none, or its files are damaged.
        """
        if reference in self._models:
            return self._models[reference]
        if reference.startswith(RUN):
            raise ModelError("the trained model was not kept", "Train it again, or choose another")
        if reference == OWN:
            raise ModelError(
                "the document has no network of its own", "Choose another, and edit it"
            )
        return self._loaded_models.find(reference)

    # Device

    @property
    def compute_device(self) -> str:
        """Where networks are computed, in words; empty until it is known."""
        return self._compute_device

    def find_compute_device(self) -> None:
        """Find out beside the window, since torch has to be imported for it."""
        self._finding.submit(device_name)

    @Slot(object)
    def _take_device(self, text: str) -> None:
        self._compute_device = text
        self.compute_device_changed.emit(text)
