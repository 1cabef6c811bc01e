"""The toolbar of the Network workspace: which network looks at which picture."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QSizePolicy

from studio.image.read import decode_picture
from studio.image.samples import SAMPLES
from studio.nets.model import Card
from studio.window.chrome.controls import PrimaryButton, label
from studio.window.chrome.widgets import Toolbar
from studio.window.drop import Brought, Offer
from studio.window.forms.action_box import ActionBox
from studio.window.latest import Latest
from studio.window.network.model_choosing import ENDINGS
from studio.window.network.models import Entry, ModelList, entries
from studio.window.network.view_controls import ViewControls
from studio.window.session import Session
from studio.window.translate import tr

_OPEN, _CAMERA = "open", "camera:0"


def is_model(path: Path) -> bool:
    """Whether a file, or a run's folder, holds a model, as far as its name tells."""
    return path.suffix.lower() in ENDINGS or (path / "model.json").is_file()


def offer(brought: Brought) -> Offer:
    """What a drop would do here."""
    path = brought.paths[0] if brought.paths else None
    if path is not None and is_model(path):
        return Offer(tr("Look into {name}").format(name=path.name))
    if path is not None and path.is_dir():
        words = tr("Network looks at one picture: drop a file, or the folder in Classify")
        return Offer(words, welcome=False)
    return Offer(tr("Look at {name}").format(name=path.name if path else brought.name))


class NetworkToolbar(Toolbar):
    """Chooses model and picture in the session's document.

    Signals: `file_wanted` for a model from a file, `model_brought` with the path of one that was
    dropped, `picture_wanted` for a picture or a video from
    one, `camera_wanted` with a camera's reference, `save_wanted`, `refused` with the error of what
    can't be read.
    """

    file_wanted = Signal()
    model_brought = Signal(object)
    picture_wanted = Signal()
    camera_wanted = Signal(str)
    save_wanted = Signal()
    refused = Signal(object)

    def __init__(self, session: Session, cards: Sequence[Card]) -> None:
        super().__init__()
        self._session, self._cards = session, cards
        self.models = ModelList()
        self.models.chosen.connect(self.choose_model)
        self.models.file_wanted.connect(self.file_wanted)
        self.pictures = ActionBox()
        self.pictures.setAccessibleName(tr("Picture"))
        self.pictures.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.pictures.setMinimumContentsLength(10)
        self.pictures.chosen.connect(session.open_picture)
        self.pictures.wanted.connect(self._find_picture)
        self.view = ViewControls()
        self.note = label(role="caption", elide=True)
        self.note.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.save = PrimaryButton(
            "Save figure…", tip_text="Save one figure for a lecture: PNG or PDF", key="Ctrl+S"
        )
        self.save.clicked.connect(self.save_wanted)
        self._reading = Latest(tr("Reading a picture"), parent=self)
        self._reading.result.connect(session.paste_picture)
        self._reading.failed.connect(self.refused)
        self.add(self.models, self.pictures, 4, self.view, 4)
        self.row.addWidget(self.note, 1)
        self.add(self.save)
        self.show_models()
        self.show_pictures()

    @property
    def entry(self) -> Entry | None:
        """The model that the document names."""
        return self.models.entry

    def show_models(self) -> None:
        """Show what there is to choose from, and the document's choice."""
        groups = entries(self._session, self._cards)
        self.models.show_entries(groups, self._session.document.model)
        is_random = self.entry is not None and not self.entry.is_trained
        self.note.setText(tr("untrained: weights are random") if is_random else "")

    def show_pictures(self) -> None:
        """Show the document's picture, and the samples."""
        reference = self._session.document.picture
        names = {known.name: f"{known.name}.png" for known in SAMPLES}
        self.pictures.clear()
        if reference not in names:
            names = {reference: self._session.picture.name, **names}
        for each, name in names.items():
            self.pictures.addItem(name, each)
        self.pictures.show_actions(((tr("Open picture…"), _OPEN), (tr("Camera"), _CAMERA)))
        self.pictures.show_choice(reference)
        self.pictures.setToolTip(self.pictures.currentText())

    @Slot(str)
    def choose_model(self, reference: str) -> None:
        """Make another model the document's."""
        document = self._session.document.change(model=reference)
        self._session.edit(tr("Choose model"), document)
        self.show_models()

    def take(self, brought: Brought) -> None:
        """Look into a model, or at a picture, that was dropped or pasted."""
        if not brought.paths:
            self._reading.submit(partial(decode_picture, brought.data, brought.name))
        elif is_model(brought.paths[0]):
            self.model_brought.emit(brought.paths[0])
        else:
            self._session.open_picture(str(brought.paths[0]))

    @Slot(str)
    def _find_picture(self, action: str) -> None:
        if action == _OPEN:
            self.picture_wanted.emit()
        else:
            self.camera_wanted.emit(action)
