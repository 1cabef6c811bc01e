"""The method of attribution and its settings."""

from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from studio.insight.attribution import METHODS, Method
from studio.window.chrome import theme
from studio.window.chrome.controls import Segments, label
from studio.window.forms.fields import ChoiceBox
from studio.window.forms.form import Form
from studio.window.network.sight import Sight
from studio.window.translate import tr

_FIRST = "grad_cam"
_LAST, _CHOSEN = "last", "chosen"


class MethodPanel(QWidget):
    """Chooses a method, and shows its form.

    Signals: `changed` when a person chose another method or setting.
    """

    changed = Signal()

    def __init__(self, sight: Sight) -> None:
        super().__init__()
        self._sight = sight
        self._values: dict[str, Method] = {kind: made() for kind, made in METHODS.items()}
        self._forms: dict[str, Form] = {}
        self.box = ChoiceBox()
        self.box.setAccessibleName(tr("Method"))
        for kind, method in METHODS.items():
            self.box.addItem(tr(method.title), kind)
            tip_role = Qt.ItemDataRole.ToolTipRole
            self.box.setItemData(self.box.count() - 1, tr(method.summary), tip_role)
        self.box.setCurrentIndex(self.box.findData(_FIRST))
        self.box.currentIndexChanged.connect(self._choose)
        self.layer = Segments(
            [(_LAST, "Last"), (_CHOSEN, "Chosen")],
            [
                tr("The last convolutional maps of the network"),
                tr("The layer that is chosen in the table"),
            ],
        )
        self.layer.setAccessibleName(tr("Layer"))
        self.layer.changed.connect(self.changed)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(theme.px(8))
        self._column.addWidget(_row("Method", self.box, 1))
        self._layer_row = _row("Layer", self.layer, 0)
        self._column.addWidget(self._layer_row)
        self._show_form()

    @property
    def kind(self) -> str:
        return str(self.box.currentData())

    @property
    def value(self) -> Method:
        """The method with its settings, at the layer that is chosen."""
        method = self._values[self.kind]
        row = self._sight.row
        return method.change(layer=row.name) if self.follows_layer and row else method

    @property
    def follows_layer(self) -> bool:
        """Whether another layer in the table makes another result."""
        return self._has_layer and self.layer.value == _CHOSEN

    @property
    def form(self) -> Form | None:
        """The settings of the current method; None where it has none."""
        return self._forms.get(self.kind)

    def set_kind(self, kind: str) -> None:
        """Choose a method, as a person does."""
        self.box.setCurrentIndex(self.box.findData(kind))

    @property
    def _has_layer(self) -> bool:
        return "layer" in METHODS[self.kind].fields()

    @Slot()
    def _choose(self) -> None:
        self._show_form()
        self.changed.emit()

    def _show_form(self) -> None:
        kind = self.kind
        if kind not in self._forms and set(METHODS[kind].fields()) - {"layer"}:
            form = self._forms[kind] = Form(self._values[kind], leave_out=("layer",))
            form.changed.connect(self._take)
            self._column.addWidget(form)
        for other, form in self._forms.items():
            form.setVisible(other == kind)
        self._layer_row.setVisible(self._has_layer)
        self.box.setToolTip(f"{tr(METHODS[kind].summary)}\n{METHODS[kind].formula}")

    @Slot(object)
    def _take(self, value: Any) -> None:
        self._values[self.kind] = value
        self.changed.emit()


def _row(name: str, field: QWidget, stretch: int) -> QWidget:
    """A name and its field, as in a form."""
    made = QWidget()
    row = QHBoxLayout(made)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(theme.px(8))
    words = label(name, "label")
    words.setFixedWidth(theme.px(96))
    row.addWidget(words)
    row.addWidget(field, stretch)
    if not stretch:
        row.addStretch(1)
    return made
