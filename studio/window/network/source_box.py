"""A box with collections of pictures: samples, data sets, and folders of a person's."""

from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Slot

from studio.window.asking import ask_folder
from studio.window.forms.fields import ChoiceBox
from studio.window.network.sources import Source, folder_source, sources
from studio.window.translate import tr

_FOLDER = "folder"


class SourceBox(ChoiceBox):
    """One collection is the current one; the last line asks for a folder and adds it."""

    def __init__(self) -> None:
        super().__init__()
        for source in sources():
            self.addItem(source.title, source)
        self.addItem(tr("Folder…"), _FOLDER)
        self._last = 0
        self.activated.connect(self._choose)

    @property
    def source(self) -> Source:
        found: Source = self.currentData()
        return found

    def add_folder(self, folder: Path) -> None:
        """Offer a folder, and choose it."""
        source, place = folder_source(folder), self.count() - 1
        with QSignalBlocker(self):
            self.insertItem(place, source.title, source)
            self.setCurrentIndex(place)
        self._last = place

    @Slot(int)
    def _choose(self, place: int) -> None:
        if self.itemData(place) != _FOLDER:
            self._last = place
            return
        with QSignalBlocker(self):
            self.setCurrentIndex(self._last)
        folder = ask_folder(self, tr("Choose a folder of pictures"), "open")
        if folder:
            self.add_folder(folder)
