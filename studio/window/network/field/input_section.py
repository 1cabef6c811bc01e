"""The exact numbers that the network is given, and how they come from the picture."""

from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from studio.errors import StudioError
from studio.insight.input_tensor import channels, save_tensor, stages
from studio.nets.row import INPUT
from studio.window.asking import ask_where
from studio.window.chrome import theme
from studio.window.chrome.controls import Button, label
from studio.window.chrome.inspector import Section
from studio.window.chrome.status import Status
from studio.window.latest import Latest
from studio.window.network.look import Look
from studio.window.network.sight import Sight
from studio.window.network.unit import Facts
from studio.window.translate import tr

_COLUMNS = ("Channel", "Min", "Mean", "Max", "Here")
_MOST = 3  # channels


class InputSection(Section):
    """The preprocessing step by step, figures of each channel, and the values at the unit."""

    def __init__(self, sight: Sight, status: Status) -> None:
        super().__init__("Input tensor")
        self._sight, self._status = sight, status
        self._look: Look | None = None
        self.steps = Facts()
        self.figures = QWidget()
        self._grid = QGridLayout(self.figures)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.px(8))
        self._grid.setVerticalSpacing(theme.px(4))
        self._grid.setColumnStretch(0, 1)
        self.cells: list[list[QLabel]] = []
        for row in range(_MOST + 1):
            self.cells.append([self._cell(row, column) for column in range(len(_COLUMNS))])
        for cell, words in zip(self.cells[0], _COLUMNS, strict=True):
            cell.setText(tr(words))
        self.cells[0][-1].setToolTip(tr("At the row and column that is chosen or pointed at"))
        self.save = Button(
            "Save NPY…", "save", tip_text="Save the tensor: float32, channels × rows × columns"
        )
        self.save.clicked.connect(self._ask)
        self.error = label(role="error", wrap=True)
        self.error.hide()
        self._saving = Latest(tr("Saving the input tensor"), parent=self)
        self._saving.result.connect(self._tell)
        self._saving.failed.connect(self._fail)
        self.add(self.steps, self.figures, self.save, self.error)
        sight.row_changed.connect(self._show)
        sight.unit_changed.connect(self._show_here)

    def _cell(self, row: int, column: int) -> QLabel:
        made = label(role="caption" if row == 0 else "")
        side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
        made.setAlignment(side | Qt.AlignmentFlag.AlignVCenter)
        made.setFont(theme.font(12))
        if row and column:
            made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._grid.addWidget(made, row, column)
        return made

    @Slot()
    def _show(self) -> None:
        """Show the tensor of what is looked at, while the input is the current layer."""
        look, row = self._sight.look, self._sight.row
        is_input = look is not None and row is not None and row.name == INPUT
        self.setVisible(is_input)
        if look is None or not is_input or look is self._look:
            return
        self._look = look
        self.error.hide()
        self.set_title(tr("Input tensor"), str(look.rows[0].output))
        found = stages(look.model.card.preprocessing, look.picture, look.values)
        facts = [(tr(stage.title), stage.words.replace("; ", "\n")) for stage in found]
        self.steps.show_facts(facts)
        figures = channels(look.values)
        for place, cells in enumerate(self.cells[1:]):
            for cell in cells:
                cell.setVisible(place < len(figures))
            if place < len(figures):
                one = figures[place]
                values = (one.minimum, one.mean, one.maximum)
                cells[0].setText(tr(one.name))
                for cell, value in zip(cells[1:], values, strict=False):
                    _show_value(cell, value)

    @Slot()
    def _show_here(self) -> None:
        look, row = self._sight.look, self._sight.row
        if look is None or row is None or row.name != INPUT:
            return
        _, y, x = self._sight.unit
        for cells, value in zip(self.cells[1:], look.values[:, y, x], strict=False):
            _show_value(
                cells[-1], float(value), tr("row {row}, column {column}: ").format(row=y, column=x)
            )

    @Slot()
    def _ask(self) -> None:
        look = self._sight.look
        if look is None:
            return
        name = f"{Path(look.picture.name).stem or 'picture'}-input.npy"
        place = ask_where(self, tr("Save the input tensor"), name, "NumPy (*.npy)")
        if place:
            self.write(look, place.path if place.path.suffix else Path(f"{place.path}.npy"))

    def write(self, look: Look, path: Path) -> None:
        """Write the tensor into a file."""
        self.error.hide()
        self._saving.submit(partial(_write, look.values, path))

    @Slot(object)
    def _tell(self, name: str) -> None:
        self._status.show_message(tr("Saved {name}").format(name=name))

    @Slot(object)
    def _fail(self, error: StudioError) -> None:
        self.error.setText(str(error))
        self.error.show()


def _show_value(cell: QLabel, value: float, place: str = "") -> None:
    """Three figures, and all of them in the tooltip."""
    cell.setText(f"{value + 0.0:.3g}".replace("-", "−"))
    cell.setToolTip(place + f"{value:.8g}".replace("-", "−"))


def _write(values: NDArray[np.float32], path: Path) -> str:
    save_tensor(values, path)
    return path.name
