"""Maps, figures and models, written beside the window."""

from functools import partial

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from studio.errors import StudioError
from studio.window.chrome.controls import make_action
from studio.window.chrome.status import Status
from studio.window.chrome.widgets import MessageBar
from studio.window.network.exporting import ModelExporter
from studio.window.network.figure_saving import FigureSaver
from studio.window.network.saving import MapSaver
from studio.window.network.sight import Sight
from studio.window.translate import tr


class ResultSaving(QObject):
    """Asks what to write and where, and says what became of it.

    Signals: `busy_changed` when something begins or ends.
    """

    busy_changed = Signal()

    def __init__(self, sight: Sight, status: Status, message: MessageBar, parent: QWidget) -> None:
        super().__init__(parent)
        self._sight, self._status, self._message = sight, status, message
        self.maps, self.figures = MapSaver(parent), FigureSaver(parent)
        self.models = ModelExporter(parent)
        self.figure_action = make_action(parent, "Save figure…", "Ctrl+S", self.save_figure)
        self.maps_action = make_action(parent, "Save maps…", "", self.save_maps)
        self.export_action = make_action(parent, "Export model…", "", self.export_model)
        self.maps.ended.connect(partial(self._end, tr("Maps saved in {target}")))
        self.figures.ended.connect(partial(self._end, tr("Figure saved in {target}")))
        self.models.ended.connect(partial(self._end, tr("Model exported to {target}")))
        for saver in (self.maps, self.figures, self.models):
            saver.progress.connect(status.set_progress)
            saver.failed.connect(self._fail)
        sight.look_changed.connect(self._show_actions)
        self._show_actions()

    @Slot()
    def save_maps(self) -> None:
        """Ask what to write of the maps and where, and write it."""
        look, row = self._sight.look, self._sight.row
        if look is None or row is None or self.maps.is_busy:
            return
        wanted = self.maps.ask(row)
        if wanted is not None:
            self.maps.start({row.name: look.maps[row.name] for row in look.rows}, wanted)
            self._tell()

    @Slot()
    def save_figure(self) -> None:
        """Ask what to show in a figure and where to write it, and write it."""
        look, row = self._sight.look, self._sight.row
        if look is None or row is None or self.figures.is_busy:
            return
        unit = self._sight.chosen_unit
        path = self.figures.ask(look, row)
        if path is not None:
            self.figures.start(look, row, unit, path)
            self._tell()

    @Slot()
    def export_model(self) -> None:
        """Ask for a file and a format, and write the model there."""
        look = self._sight.look
        if look is None or self.models.is_busy:
            return
        wanted = self.models.ask(look.loaded)
        if wanted is not None:
            self.models.start(look.loaded, *wanted)
            self._tell()

    def show_busy(self) -> bool:
        """Say in the status bar what is being written; whether anything is."""
        if self.maps.is_busy:
            self._status.set_busy(tr("Saving maps"), self.maps.cancel)
        elif self.figures.is_busy:
            self._status.set_busy(tr("Saving a figure"), self.figures.cancel)
        elif self.models.is_busy:
            self._status.set_busy(tr("Exporting a model"), self.models.cancel)
        return self.maps.is_busy or self.figures.is_busy or self.models.is_busy

    def _end(self, words: str, target: str) -> None:
        self._tell()
        if target:
            self._status.show_message(words.format(target=target))

    @Slot(object)
    def _fail(self, error: StudioError) -> None:
        self._tell()
        self._message.show_error(error)

    def _tell(self) -> None:
        self._show_actions()
        self.busy_changed.emit()

    @Slot()
    def _show_actions(self) -> None:
        has_look = self._sight.look is not None
        self.maps_action.setEnabled(has_look and not self.maps.is_busy)
        self.figure_action.setEnabled(has_look and not self.figures.is_busy)
        self.export_action.setEnabled(has_look and not self.models.is_busy)
