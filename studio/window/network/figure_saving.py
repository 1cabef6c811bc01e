"""Writes a figure for a lecture, beside the window: asks what it shows, and where it goes."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from studio.insight.effective_field import Unit
from studio.insight.figure import ENDINGS, FigureSettings, save_figure
from studio.nets.row import Row
from studio.window.asking import ask_where
from studio.window.chrome import theme
from studio.window.chrome.controls import PrimaryButton, dialog_buttons
from studio.window.forms.form import Form
from studio.window.network.look import Look
from studio.window.translate import tr
from studio.window.writing import Writing

_KINDS = {".png": "PNG (*.png)", ".pdf": "PDF (*.pdf)"}


class FigureDialog(QDialog):
    """What the figure shows, and how large it is."""

    def __init__(self, parent: QWidget, settings: FigureSettings) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Save figure"))
        self.form = Form(settings, leave_out=("layer",))
        self.save = PrimaryButton("Save…", tip_text="Choose where to save it")
        self.save.clicked.connect(self.accept)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[theme.px(16)] * 4)
        column.setSpacing(theme.px(16))
        column.addWidget(self.form)
        column.addLayout(dialog_buttons(self, self.save))
        self.setMinimumWidth(theme.px(400))

    @property
    def settings(self) -> FigureSettings:
        settings = self.form.value
        assert isinstance(settings, FigureSettings)
        return settings


class FigureSaver(Writing):
    """Saves one figure at a time; keeps what the last one showed."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent
        self._settings = FigureSettings()

    def ask(self, look: Look, row: Row) -> Path | None:
        """Ask what to show and where to write; None where the person has changed their mind."""
        dialog = FigureDialog(self._window, self._settings)
        accepted = dialog.exec()
        dialog.deleteLater()
        if not accepted:
            return None
        self._settings = dialog.settings
        stored = QSettings()
        ending = str(stored.value("figure/ending", ENDINGS[0]))
        first = _KINDS.get(ending, _KINDS[ENDINGS[0]])
        name = f"{Path(look.picture.name).stem or tr('picture')}-{row.name}".replace("/", "-")
        kinds = ";;".join((first, *(each for each in _KINDS.values() if each != first)))
        place = ask_where(self._window, tr("Save figure"), name, kinds)
        if place is None:
            return None
        target = _with_ending(place.path, place.kind)
        stored.setValue("figure/ending", target.suffix.lower())
        return target

    def start(self, look: Look, row: Row, unit: Unit, path: Path) -> None:
        """Draw the figure of a layer and a unit of it, and write it."""
        settings = self._settings.change(layer=row.name)
        drawing = partial(
            save_figure,
            *(look.model, look.picture, path, settings),
            unit=unit,
            steps=look.steps,
            draw=look.view.draw,
        )
        self.write(drawing, tr("Saving a figure"), str(path))


def _with_ending(path: Path, kind: str) -> Path:
    """The path with the ending of the chosen kind, unless it has one of the two."""
    if path.suffix.lower() in ENDINGS:
        return path
    ending = next((ending for ending, each in _KINDS.items() if each == kind), ENDINGS[0])
    return path.with_name(path.name + ending)
