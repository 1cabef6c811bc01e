"""The kernel in a form: preset, size, grid of weights, and what can be done with it."""

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QSignalBlocker, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QSpacerItem, QVBoxLayout, QWidget

from studio.declare import Option
from studio.filters.correlation import separated
from studio.filters.kernel import made_by, parse_kernel
from studio.filters.presets import PRESETS, Weights, preset_of
from studio.filters.sized_kernels import MAX_SIDE, SIZED, SizedKernel
from studio.window.chrome import theme
from studio.window.chrome.controls import LinkButton, label
from studio.window.forms.fields import LABELS, ChoiceBox, Field
from studio.window.forms.kernel_grid import MOST_CELLS, KernelTable, as_weights, resized
from studio.window.forms.kernel_picture import KernelPicture
from studio.window.forms.numbers import NumberBox
from studio.window.translate import tr

if TYPE_CHECKING:
    from studio.window.forms.form import Form


class KernelField(Field):
    """Edits a kernel; the form shows its parts as rows of their own.

    Attributes
    ----------
    preset : ChoiceBox
        The kernels known by name.
    parameters : QWidget
        The form of a preset that is made to measure, for the time that one is chosen.
    size_parts : list of QWidget
        What the form shows of the size otherwise.
    """

    def __init__(self, option: Option) -> None:
        super().__init__()
        self.preset = ChoiceBox()
        for name, preset in PRESETS.items():
            self.preset.addItem(tr(preset.title), name)
        self.preset.insertSeparator(self.preset.count())
        for name, sized in SIZED.items():
            self.preset.addItem(tr(sized.title), name)
        self.preset.insertSeparator(self.preset.count())
        self.preset.addItem(tr("Own kernel"), "")
        self.preset.activated.connect(self._take_preset)
        side = Option("side", "Size", "", "integer", 3, low=1, high=MAX_SIDE)
        self.height_box, self.width_box = NumberBox(side), NumberBox(side)
        for box, name in ((self.height_box, "Rows"), (self.width_box, "Columns")):
            box.setFixedWidth(theme.px(52))
            box.setToolTip(tr(name))
            box.setAccessibleName(tr(name))
            box.edited.connect(self._take_size)
        self.table, self.picture = KernelTable(), KernelPicture()
        self.table.numbers.edited.connect(self._edited)
        self.table.numbers.refused.connect(self.refused)
        for view in (self.table, self.picture):
            view.setAccessibleName(tr(option.label))
            view.pasted.connect(self.paste_text)
        self.normalise_link = LinkButton("Normalise")
        self.rotate_link = LinkButton("Rotate", "Turn the kernel by a quarter, clockwise")
        self.paste_link = LinkButton("Paste", "Rows of numbers, or a name", "Ctrl+V")
        self.normalise_link.clicked.connect(self.normalise)
        self.rotate_link.clicked.connect(self.rotate)
        self.paste_link.clicked.connect(self.paste)
        self.facts = label(role="caption")
        self._forms: dict[str, Form] = {}
        self.size_parts: list[QWidget] = []
        self._lay_out()
        self.set_value(PRESETS["identity"].kernel)

    def _lay_out(self) -> None:
        cells = self.row()
        cells.addWidget(self.table)
        cells.addWidget(self.picture)
        self.parameters = QWidget(self)
        forms = QVBoxLayout(self.parameters)
        forms.setContentsMargins(0, 0, 0, 0)
        forms.setSpacing(0)
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
        self.table.numbers.is_locked = self.picture.is_locked = locked
        for part in (self.preset, self.height_box, self.width_box):
            part.setProperty("locked", locked)
            part.setEnabled(not locked)
        for form in self._forms.values():
            form.set_locked(locked)
        self.links.setVisible(not locked)
        self.table.viewport().update()

    def mark(self, is_refused: bool) -> None:
        super().mark(is_refused)
        self.table.viewport().update()

    def show_parts(self) -> None:
        """Show what fits the kernel: parameters or size, cells or a picture."""
        kernel = self.value()
        made = made_by(kernel)
        for part in self.size_parts:
            part.setVisible(made is None)
        if made is not None:
            chosen = self._form(made)
            chosen.set_value(made)
            for form in self._forms.values():
                form.setVisible(form is chosen)
        self.parameters.setVisible(made is not None)
        views: tuple[QWidget, QWidget] = (self.table, self.picture)
        is_large = max(len(kernel), len(kernel[0])) > MOST_CELLS
        if is_large:
            self.picture.set_kernel(kernel)
        shown, other = views[is_large], views[not is_large]
        had_focus = other.hasFocus()
        other.hide()
        shown.show()
        self.setFocusProxy(shown)
        if had_focus:
            shown.setFocus()

    def _form(self, made: SizedKernel) -> "Form":
        """The form of a preset's parameters, made when it is first chosen."""
        from studio.window.forms.form import Form  # which knows this field

        if made.name not in self._forms:
            form = self._forms[made.name] = Form(made)
            form.changed.connect(self._take_parameters)
            form.set_locked(self.table.is_locked())
            layout = self.parameters.layout()
            assert layout is not None
            layout.addWidget(form)
            last: QWidget = self.preset
            for stop in form.stops():
                QWidget.setTabOrder(last, stop)
                last = stop
        return self._forms[made.name]

    @Slot(object)
    def _take_parameters(self, made: SizedKernel) -> None:
        self._change(made.kernel)

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
        if name in PRESETS:
            self._change(PRESETS[name].kernel)
        elif name in SIZED:
            self._change(SIZED[name]().kernel)
        elif made_by(self.value()) is not None:
            self._change(as_weights(self.value()))  # the same weights, to be edited
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
        made, preset = made_by(kernel), preset_of(kernel)
        if made is not None:
            name, about = made.name, made.help
        else:
            name = next((name for name, one in PRESETS.items() if one is preset), "")
            about = preset.help if preset else ""
        with QSignalBlocker(self.preset):
            self.preset.setCurrentIndex(self.preset.findData(name))
        self.preset.setToolTip(tr(about))
        self.height_box.set_number(len(kernel))
        self.width_box.set_number(len(kernel[0]))
        total = float(weights.sum())
        total = 0.0 if abs(total) < 1e-12 * float(np.abs(weights).sum()) else total
        facts = [f"{tr('Sum')} {total:.4g}".replace("-", "−")]
        if min(weights.shape) > 1 and separated(weights) is not None:
            facts.append(tr("Separable"))
        self.facts.setText("\n".join(facts))
        self.normalise_link.setEnabled(total != 0)
        self.normalise_link.setToolTip(
            tr("Divide by the sum, so that brightness stays")
            if total
            else tr("Weights with the sum 0 can't be made to have the sum 1")
        )
        self.show_parts()
