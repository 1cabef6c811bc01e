"""Writes the maps of one layer or of all, as pictures or as their values, beside the window."""

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import NamedTuple, cast

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QDialog, QFormLayout, QWidget

from studio.insight.sheet import Ending, write_layer, write_sheets
from studio.nets.row import INPUT, Row
from studio.window.asking import ask_folder, ask_where
from studio.window.chrome import theme
from studio.window.chrome.controls import PrimaryButton, Segments, dialog_buttons
from studio.window.translate import tr
from studio.window.writing import Writing

_LAYERS = (("one", "This layer"), ("all", "All layers"))
_ENDINGS = (("png", "PNG"), ("npy", "NPY"))
_ENDING_TIPS = (
    "A picture of all maps of a layer, each over its own range",
    "The values as a NumPy array of float32: channels × height × width",
)
_FILTERS = {"png": "PNG (*.png)", "npy": "NumPy (*.npy)"}

Layers = Mapping[str, NDArray[np.float32]]


class Wanted(NamedTuple):
    """What to write: a file for the layer of that name, or into a folder all of them."""

    path: Path
    layer: str | None
    ending: Ending


class SaveDialog(QDialog):
    """Which layers, and in which format."""

    def __init__(self, parent: QWidget, layer: str) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Save maps"))
        self.layers = Segments(_LAYERS, (layer, ""))
        self.ending = Segments(_ENDINGS, [tr(words) for words in _ENDING_TIPS])
        form = QFormLayout(self)
        form.setContentsMargins(*[theme.px(16)] * 4)
        form.setVerticalSpacing(theme.px(12))
        form.setHorizontalSpacing(theme.px(16))
        form.addRow(tr("Layers"), self.layers)
        form.addRow(tr("Format"), self.ending)
        save = PrimaryButton("Save…", tip_text="Choose where to save them")
        save.clicked.connect(self.accept)
        form.addRow(dialog_buttons(self, save))


class MapSaver(Writing):
    """Saves the maps of one look at a time."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent

    def ask(self, row: Row) -> Wanted | None:
        """Ask what to save and where; None where the person has changed their mind."""
        dialog = SaveDialog(self._window, row.title)
        accepted = dialog.exec()
        dialog.deleteLater()
        if not accepted:
            return None
        ending = cast(Ending, dialog.ending.value)
        if dialog.layers.value == "all":
            folder = ask_folder(self._window, tr("Save maps in a folder"), "save")
            return Wanted(folder, None, ending) if folder else None
        name = f"{row.name}.{ending}"
        place = ask_where(self._window, tr("Save maps"), name, _FILTERS[ending])
        if place is None:
            return None
        target = place.path
        if target.suffix.lower() != f".{ending}":
            target = target.with_name(f"{target.name}.{ending}")
        return Wanted(target, row.name, ending)

    def start(self, layers: Layers, wanted: Wanted) -> None:
        """Write what is wanted of the maps of all layers, by row name in the network's order."""
        self.write(partial(_write, layers, wanted), tr("Saving maps"), str(wanted.path))


def _write(layers: Layers, wanted: Wanted) -> Iterator[float]:
    """Write files; gives the share that is done."""
    if wanted.layer is not None:
        write_layer(layers[wanted.layer], wanted.path)
        yield 1.0
        return
    every = {name: maps for name, maps in layers.items() if name != INPUT}
    for place, _ in enumerate(write_sheets(every, wanted.path, ending=wanted.ending), start=1):
        yield place / len(every)
