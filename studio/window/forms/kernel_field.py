"""The kernel in a form: preset, size, grid of weights, and what can be done with it."""

import numpy as np
from PySide6.QtCore import QSignalBlocker, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QSpacerItem, QWidget

from studio.declare import Option
from studio.filters.kernel import MAX_SIDE, PRESETS, Weights, parse_kernel, preset_of
from studio.window.chrome import theme
from studio.window.chrome.controls import LinkButton, label
from studio.window.forms.fields import LABELS, ChoiceBox, Field
from studio.window.forms.kernel_grid import KernelTable, as_weights, resized
from studio.window.forms.numbers import NumberBox
from studio.window.translate import tr


class KernelField(Field):
    """Edits a kernel; the form shows its parts as rows of their own."""

    def __init__(self, option: Option) -> None:
        super().__init__()
        self.preset = ChoiceBox()
        for name, preset in PRESETS.items():
            self.preset.addItem(tr(preset.title), name)
        self.preset.addItem(tr("Own"), "")
        self.preset.activated.connect(self._take_preset)
        side = Option("side", "Size", "", "integer", 3, low=1, high=MAX_SIDE)
        self.height_box, self.width_box = NumberBox(side), NumberBox(side)
        for box, name in ((self.height_box, "Rows"), (self.width_box, "Columns")):
            box.setFixedWidth(theme.px(52))
            box.setToolTip(tr(name))
            box.setAccessibleName(tr(name))
            box.edited.connect(self._take_size)
        self.table = KernelTable()
        self.table.setAccessibleName(tr(option.label))
        self.table.numbers.edited.connect(self._edited)
        self.table.numbers.refused.connect(self.refused)
        self.table.pasted.connect(self.paste_text)
        self.normalise_link = LinkButton("Normalise")
        self.rotate_link = LinkButton("Rotate", "Turn the kernel by a quarter, clockwise")
        self.paste_link = LinkButton("Paste", "Rows of numbers, or a name", "Ctrl+V")
        self.normalise_link.clicked.connect(self.normalise)
        self.rotate_link.clicked.connect(self.rotate)
        self.paste_link.clicked.connect(self.paste)
        self.facts = label(role="caption")
        self.setFocusProxy(self.table)
        self._lay_out()
        self.set_value(PRESETS["identity"].kernel)

    def _lay_out(self) -> None:
        self.row().addWidget(self.table)
        self.links = QWidget(self)
        links = QHBoxLayout(self.links)
        links.setContentsMargins(0, 0, 0, 0)
        links.setSpacing(theme.px(8))
        # Below the cells where there is room; further left in a wide font.
        links.addSpacerItem(QSpacerItem(theme.px(LABELS + 8), 0, QSizePolicy.Policy.Maximum))
        for link in (self.normalise_link, self.rotate_link, self.paste_link):
            links.addWidget(link)
        links.addStretch(1)
        self.size_row = QWidget(self)
        row = QHBoxLayout(self.size_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.px(8))
        row.addWidget(self.height_box)
        row.addWidget(label("×", "label"))
        row.addWidget(self.width_box)
        row.addStretch(1)

    def value(self) -> Weights:
        return self.table.kernel()

    def set_value(self, value: Weights) -> None:
        self.table.numbers.set_kernel(value)
        self._show_facts()

    def set_locked(self, locked: bool) -> None:
        self.table.numbers.is_locked = locked
        for part in (self.preset, self.height_box, self.width_box):
            part.setProperty("locked", locked)
            part.setEnabled(not locked)
        self.links.setVisible(not locked)
        self.table.viewport().update()

    def mark(self, is_refused: bool) -> None:
        super().mark(is_refused)
        self.table.viewport().update()

    @Slot()
    def normalise(self) -> None:
        """Divide by the sum, so that the brightness of a picture stays."""
        weights = np.array(self.value())
        self._change(as_weights(weights / weights.sum()))

    @Slot()
    def rotate(self) -> None:
        """Turn by 90° clockwise."""
        self._change(as_weights(np.rot90(np.array(self.value()), -1)))

    @Slot()
    def paste(self) -> None:
        """Take a kernel from the clipboard."""
        self.paste_text(QGuiApplication.clipboard().text())

    @Slot(str)
    def paste_text(self, text: str) -> None:
        """Take a kernel from text or a preset's name."""
        try:
            kernel = parse_kernel(text)
        except ValueError as error:
            self.refused.emit(str(error))
            return
        self._change(kernel)

    def _change(self, kernel: Weights) -> None:
        self.set_value(kernel)
        self.edited.emit()

    @Slot()
    def _edited(self) -> None:
        self._show_facts()
        self.edited.emit()

    @Slot(int)
    def _take_preset(self, number: int) -> None:
        name = self.preset.itemData(number)
        if name:
            self._change(PRESETS[name].kernel)
        else:
            self._show_facts()

    @Slot()
    def _take_size(self) -> None:
        height, width = (
            int(min(max(box.number(), 1), MAX_SIDE)) for box in (self.height_box, self.width_box)
        )
        self._change(resized(self.value(), height, width))

    def _show_facts(self) -> None:
        """Everything that follows from the weights."""
        kernel = self.value()
        weights = np.array(kernel)
        preset = preset_of(kernel)
        names = list(PRESETS.values())
        with QSignalBlocker(self.preset):
            self.preset.setCurrentIndex(names.index(preset) if preset else len(names))
        self.preset.setToolTip(tr(preset.help) if preset else "")
        self.height_box.set_number(len(kernel))
        self.width_box.set_number(len(kernel[0]))
        total = float(weights.sum())
        total = 0.0 if abs(total) < 1e-12 * float(np.abs(weights).sum()) else total
        facts = [f"{tr('Sum')} {total:.4g}".replace("-", "−")]
        if min(weights.shape) > 1 and np.linalg.matrix_rank(weights) == 1:
            facts.append(tr("Separable"))
        self.facts.setText("\n".join(facts))
        self.normalise_link.setEnabled(total != 0)
        self.normalise_link.setToolTip(
            tr("Divide by the sum, so that brightness stays")
            if total
            else tr("Weights with the sum 0 can't be made to have the sum 1")
        )
