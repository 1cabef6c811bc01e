"""What a run begins with: typed, or chosen from the models that are there."""

import json
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSettings, Slot
from PySide6.QtWidgets import QMenu

from studio.declare import Option
from studio.nets.model import TORCHVISION, bundled
from studio.window.asking import ask_file, ask_folder
from studio.window.chrome.controls import IconButton
from studio.window.forms.fields import TextField
from studio.window.network.published.dialog import PublishedDialog
from studio.window.translate import tr

_RECENT = "train/begun"  # files and folders that runs began with, in the settings of the window
_MOST = 5

Trained = Callable[[], Sequence[tuple[str, str]]]


def none_trained() -> Sequence[tuple[str, str]]:
    """No run has a model yet."""
    return ()


class BeginField(TextField):
    """The model that a run goes on from; empty for random weights.

    Attributes
    ----------
    trained : callable
        Gives the runs of this session that have a model: what to call each, and its folder.
    """

    def __init__(self, option: Option) -> None:
        super().__init__(option)
        self.trained: Trained = none_trained
        self.box.setPlaceholderText(tr("random"))
        self.button = IconButton("chevron-down", "Choose a trained model")
        self.menu = QMenu(self)
        self.menu.setToolTipsVisible(True)
        self.menu.aboutToShow.connect(self.fill)
        self.button.setMenu(self.menu)
        self.button.setPopupMode(IconButton.ToolButtonPopupMode.InstantPopup)
        self.columns.addWidget(self.button)
        self.dialog: PublishedDialog | None = None

    @Slot()
    def fill(self) -> None:
        """Offer what is there now."""
        self.menu.clear()
        self._offer(tr("Random weights"), "")
        groups = (
            (tr("Trained here"), list(self.trained())),
            (tr("Bundled"), [(card.title, card.name) for card in bundled()]),
            (tr("Used before"), [(Path(path).name, path) for path in _recent()]),
        )
        for title, entries in groups:
            if entries:
                self.menu.addSection(title)
            for words, reference in entries:
                self._offer(words, reference)
        self.menu.addSeparator()
        for words, slot in (
            (tr("Published network…"), self.ask_published),
            (tr("Model file…"), self.ask_file),
            (tr("Folder of a run…"), self.ask_folder),
        ):
            self.menu.addAction(words).triggered.connect(slot)

    def _offer(self, words: str, reference: str) -> None:
        action = self.menu.addAction(words.replace("&", "&&"))
        action.setCheckable(True)
        action.setChecked(reference == self.value())
        action.setToolTip(reference)
        action.triggered.connect(partial(self.choose, reference))

    def choose(self, reference: str, _checked: bool = False) -> None:
        """Begin with that model from now on."""
        if reference != self.value():
            self.set_value(reference)
            self.edited.emit()

    @Slot()
    def ask_published(self) -> None:
        """Ask for one of torchvision's networks."""
        if self.dialog is None:
            self.dialog = PublishedDialog(self.window())
            self.dialog.chosen.connect(self._take_published)
            self.dialog.finished.connect(self._forget)
        self.dialog.open()

    @Slot(str)
    def _take_published(self, reference: str) -> None:
        self.choose(reference)

    @Slot()
    def _forget(self) -> None:
        self.dialog = None

    @Slot()
    def ask_file(self) -> None:
        """Ask for a model's file."""
        kinds = f"{tr('Models')} (*.safetensors *.json)"
        path = ask_file(self, tr("Open model file"), kinds, "models")
        if path:
            self._take_path(str(path))

    @Slot()
    def ask_folder(self) -> None:
        """Ask for the folder of a run."""
        path = ask_folder(self, tr("Folder of a run"), "runs", among=True)
        if path:
            self._take_path(str(path))

    def _take_path(self, path: str) -> None:
        known = [one for one in _recent() if one != path]
        QSettings().setValue(_RECENT, json.dumps([path, *known][:_MOST]))
        self.choose(path)

    def set_value(self, value: str) -> None:
        super().set_value(value)
        shown = tr("Begins with {model}").format(model=value)
        self.box.setToolTip(shown if value and not value.startswith(TORCHVISION) else "")


def _recent() -> list[str]:
    try:
        found = json.loads(str(QSettings().value(_RECENT, "[]")))
    except ValueError:  # written by a person, or damaged
        return []
    return [path for path in found if isinstance(path, str)] if isinstance(found, list) else []
