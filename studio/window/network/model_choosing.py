"""Models that are in no list yet: from a file, or published."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from studio.window.asking import ask_file
from studio.window.network.foreign.choosing import ModelOpening
from studio.window.network.published.dialog import PublishedDialog
from studio.window.translate import tr

ENDINGS = (".safetensors", ".json", ".pt", ".pth", ".pt2")


class ModelChoosing(QObject):
    """Asks for a model with dialogs of `parent`.

    Signals: `chosen` with a model's reference, `failed` with a StudioError.
    """

    chosen = Signal(str)
    failed = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent
        self._opening = ModelOpening(parent)
        self._opening.chosen.connect(self.chosen)
        self._opening.failed.connect(self.failed)
        self.dialog: PublishedDialog | None = None

    @Slot()
    def ask_file(self) -> None:
        """Ask for a model's file, and look into it."""
        kinds = f"{tr('Models')} ({' '.join('*' + ending for ending in ENDINGS)})"
        path = ask_file(self._window, tr("Open model file"), kinds, "models")
        if path:
            self.open(path)

    @Slot(object)
    def open(self, path: Path) -> None:
        """Look into a file; where it doesn't say what network its weights are for, ask."""
        self._opening.open(path)

    @Slot()
    def ask_published(self) -> None:
        """Ask for one of torchvision's networks."""
        if self.dialog is None:
            self.dialog = PublishedDialog(self._window)
            self.dialog.chosen.connect(self.chosen)
            self.dialog.finished.connect(self._forget)
        self.dialog.open()

    @Slot()
    def _forget(self) -> None:
        self.dialog = None
