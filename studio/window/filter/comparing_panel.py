"""The panel under the views while two filters are compared."""

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from studio.filters import FILTERS
from studio.filters.base import Filter
from studio.window.chrome import theme
from studio.window.chrome.controls import Button, IconButton, fill_row, label, set_property
from studio.window.filter.comparing_errors import Measured, Reference
from studio.window.filter.comparing_table import ErrorTable, verdict
from studio.window.forms.fields import LABELS, ChoiceBox
from studio.window.forms.form import Form
from studio.window.translate import tr

_HEIGHT = 252
_FORM_WIDTH, _NARROW_FORM = 300, 272
_WIDE = 760  # from here on the form has all its room
_WIDEST_TABLE = 560  # or names and numbers would lie too far apart
_NARROWEST = 640


class ComparePanel(QFrame):
    """Shows the errors of two filters, and lets a person choose the second and the reference.

    Signals: `other_changed(Filter)` when a person gave the second other settings, `kind_chosen`
    with the kind of another one, `reference_chosen(stage)`, `use_wanted`, `close_wanted`.
    """

    other_changed = Signal(object)
    kind_chosen = Signal(str)
    reference_chosen = Signal(int)
    use_wanted = Signal()
    close_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(theme.px(_HEIGHT))
        self.setMinimumWidth(theme.px(_NARROWEST))
        self._forms: dict[str, Form] = {}
        self.table = ErrorTable()
        self.reference = ChoiceBox()
        self.kind = ChoiceBox()
        self._said = label(role="label", wrap=True)
        self._said.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._empty = label(role="label", wrap=True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._make_choices()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 1, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._make_head())
        self._parts = self._make_parts()
        column.addWidget(self._parts, 1)
        column.addWidget(self._empty, 1)
        self.show_words("")

    # What is shown

    @property
    def words(self) -> str:
        """What is said about the errors, or why there are none."""
        return self._said.text() if self._empty.isHidden() else self._empty.text()

    @property
    def form(self) -> Form:
        """The settings of the second filter."""
        return self._forms[str(self.kind.currentData())]

    def show_words(self, words: str) -> None:
        """Say why there is nothing to compare."""
        self._parts.hide()
        self._empty.setText(words)
        self._empty.show()
        self._place.setText("")
        self._allow_use(tr("Nothing is compared"))

    def show_filters(self, chosen: Filter, other: Filter) -> None:
        """Show what is compared."""
        self._empty.hide()
        self._parts.show()
        self._allow_use(tr("A and B are the same") if chosen == other else "")
        self.table.set_names(named(chosen), named(other), tr("No filter"))
        with QSignalBlocker(self.kind):
            self.kind.setCurrentIndex(self.kind.findData(other.kind))
        if other.kind not in self._forms:
            form = Form(other)
            form.changed.connect(self.other_changed)
            self._form_column.insertWidget(len(self._forms), form)
            self._forms[other.kind] = form
        for kind, form in self._forms.items():
            form.setVisible(kind == other.kind)
        if self.form.value != other:
            self.form.set_value(other)

    def show_references(self, found: Sequence[Reference], stage: int) -> None:
        """Offer stages to measure against, and show which one is taken."""
        with QSignalBlocker(self.reference):
            self.reference.clear()
            for one in found:
                self.reference.addItem(_reference_words(one), one.stage)
            self.reference.setCurrentIndex(self.reference.findData(stage))

    def show_errors(self, measured: Measured | None) -> None:
        """Show errors and what they mean; None while nothing is known."""
        self.table.show_errors(measured)
        self.say(verdict(measured) if measured is not None else "")
        self._place.setText("")

    def show_progress(self, share: float) -> None:
        """Say how much of the pictures has been measured; the last numbers stay."""
        self._place.setText(tr("Measuring, {share} %").format(share=int(100 * share)))

    def say(self, words: str, is_error: bool = False) -> None:
        set_property(self._said, "role", "error" if is_error else "label")
        self._said.setText(words)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = self.width() >= theme.px(_WIDE)
        self._right.setFixedWidth(theme.px(_FORM_WIDTH if wide else _NARROW_FORM))

    def _allow_use(self, why_not: str) -> None:
        self._use.setEnabled(not why_not)
        self._use.setToolTip(why_not or tr("Put filter B into the chain in place of filter A"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_wanted.emit()
        else:
            super().keyPressEvent(event)

    # Building

    def _make_choices(self) -> None:
        self.reference.setAccessibleName(tr("Reference"))
        self.reference.setToolTip(
            tr("What the errors are measured against: the picture as it should be, without noise.")
        )
        self.reference.currentIndexChanged.connect(self._choose_reference)
        self.kind.setAccessibleName(tr("Filter B"))
        self.kind.setToolTip(tr("What the chosen filter is compared with"))
        for kind, declared in sorted(FILTERS.items(), key=lambda item: tr(item[1].title)):
            self.kind.addItem(tr(declared.title), kind)
            place = self.kind.count() - 1
            self.kind.setItemData(place, tr(declared.summary), Qt.ItemDataRole.ToolTipRole)
        self.kind.currentIndexChanged.connect(self._choose_kind)

    def _make_head(self) -> QHBoxLayout:
        self._place = label(role="caption", elide=True)
        self._use = Button("Use B")
        self._use.clicked.connect(self.use_wanted)
        close = IconButton("close", "Close", "Esc")
        close.clicked.connect(self.close_wanted)
        row = QHBoxLayout()
        row.setContentsMargins(theme.px(16), theme.px(8), theme.px(12), theme.px(8))
        row.setSpacing(theme.px(8))
        row.addWidget(label("Compare filters", "title"))
        row.addWidget(self._place, 1)
        fill_row(row, (self._use, close))
        return row

    def _make_parts(self) -> QWidget:
        left_part = QWidget()
        left_part.setMaximumWidth(theme.px(_WIDEST_TABLE))
        left = QVBoxLayout(left_part)
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(theme.px(8))
        left.addLayout(_named_row("Reference", self.reference))
        left.addWidget(self.table)
        left.addWidget(self._said)
        left.addStretch(1)
        inside = QWidget()
        self._form_column = QVBoxLayout(inside)
        self._form_column.setContentsMargins(0, 0, theme.px(8), theme.px(8))
        self._form_column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inside)
        right_part = QWidget()
        self._right = right_part
        right = QVBoxLayout(right_part)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(theme.px(8))
        right.addLayout(_named_row("Filter B", self.kind, theme.px(8)))
        right.addWidget(area, 1)
        parts = QWidget()
        row = QHBoxLayout(parts)
        row.setContentsMargins(theme.px(16), 0, theme.px(8), 0)
        row.setSpacing(theme.px(24))
        row.addWidget(left_part, 1)
        row.addWidget(right_part)
        row.addStretch(0)
        return parts

    @Slot()
    def _choose_reference(self) -> None:
        self.reference_chosen.emit(self.reference.currentData())

    @Slot()
    def _choose_kind(self) -> None:
        self.kind_chosen.emit(self.kind.currentData())


def named(filter: Filter) -> str:
    """A filter with its settings, such as ``Median, 3 × 3``."""
    return ", ".join(part for part in (tr(filter.title), filter.words) if part)


def _reference_words(reference: Reference) -> str:
    if reference.given_by is None:
        return tr("Picture as opened")
    return tr("After {filter}").format(filter=named(reference.given_by))


def _named_row(text: str, field: QWidget, right: int = 0) -> QGridLayout:
    name = label(text, "label")
    name.setFixedWidth(theme.px(LABELS))
    name.setBuddy(field)
    row = QGridLayout()
    row.setContentsMargins(0, 0, right, 0)
    row.setHorizontalSpacing(theme.px(8))
    row.addWidget(name, 0, 0)
    row.addWidget(field, 0, 1)
    row.setColumnStretch(1, 1)
    return row
