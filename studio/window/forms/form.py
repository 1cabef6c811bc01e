"""A form made from a declaration: one row for each setting."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from studio.declare import SELDOM, UNSHOWN, Declared, Option, options
from studio.errors import SettingError
from studio.window.chrome import theme
from studio.window.chrome.controls import LinkButton, label
from studio.window.forms.fields import LABELS, ChoiceField, Field, SwitchField, TextField
from studio.window.forms.kernel_field import KernelField
from studio.window.forms.numbers import NumberField
from studio.window.translate import tr

_FIELDS: dict[str, Callable[[Option], Field]] = {
    "integer": NumberField,
    "number": NumberField,
    "choice": ChoiceField,
    "switch": SwitchField,
    "text": TextField,
    "kernel": KernelField,
}


def make_field(item: Option) -> Field:
    """The field for one setting."""
    return _FIELDS[item.kind](item)


class Form(QWidget):
    """Shows a declared thing and lets a person change it.

    Signals: `changed` with the whole declared thing, whenever a person made it another that is
    allowed. What isn't allowed gets a sentence under its field, and nothing is said. `varied` when
    `several` is another.

    Parameters
    ----------
    value : Declared
        What to show.
    leave_out : collection of str
        Fields that are shown elsewhere.
    make : callable
        Makes the field for a setting.
    """

    changed = Signal(object)
    varied = Signal()

    def __init__(
        self,
        value: Declared,
        leave_out: Collection[str] = (),
        make: Callable[[Option], Field] = make_field,
    ) -> None:
        super().__init__()
        self._value = value
        self._make = make
        self._variants: Sequence[Declared] = ()
        self._leave_out = frozenset(leave_out)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.px(8))
        self._grid.setVerticalSpacing(theme.px(8))
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnMinimumWidth(0, theme.px(LABELS))
        self.fields: dict[str, Field] = {}
        self._sentences: dict[str, QLabel] = {}
        self._notes: dict[str, QLabel] = {}
        self._columns: dict[str, QVBoxLayout] = {}
        self._items: dict[str, Option] = {}
        self._rows: dict[str, list[QWidget]] = {}
        self._rows_shown: dict[str, bool] = {}
        self._hidden: frozenset[str] = frozenset()
        self._more: LinkButton | None = None
        self._is_unfolded = False
        for item in options(type(value)):
            if item.name not in self._leave_out and item.group != UNSHOWN:
                self._add(item)
        if any(item.group == SELDOM for item in self._items.values()):
            self._more = LinkButton("More settings", "Show the settings that are seldom changed")
            self._more.clicked.connect(self._unfold)
            self._grid.addWidget(self._more, self._grid.rowCount(), 1, Qt.AlignmentFlag.AlignLeft)
        self.set_value(value)

    @property
    def value(self) -> Declared:
        """What was last allowed."""
        return self._value

    def set_value(self, value: Declared) -> None:
        """Show another value of the same declaration without saying `changed`."""
        if type(value) is not type(self._value):
            raise TypeError(f"the form shows a {type(self._value).__name__}, not {value!r}")
        self._value = value
        for name, field in self.fields.items():
            shown = getattr(value, name)
            if field.value() != shown:
                field.set_value(shown)
            self.clear_error(name)
        self._show_rows()

    @property
    def several(self) -> dict[str, tuple[Any, ...]]:
        """The fields with several values, and these; only fields that are shown."""
        return {
            name: field.several
            for name, field in self.fields.items()
            if field.several and self._rows_shown.get(name, True)
        }

    def set_several(self, several: Mapping[str, tuple[Any, ...]]) -> None:
        """Show several values in some fields, and one in all others."""
        for name, field in self.fields.items():
            if field.several != several.get(name, ()):
                field.set_several(several.get(name, ()))

    def show_variants(self, variants: Sequence[Declared]) -> None:
        """Show also the fields that count only beside other values than the first of several."""
        self._variants = variants
        self._show_rows()

    def hide_fields(self, names: Collection[str]) -> None:
        """Leave out fields that mean nothing for the moment, besides those that don't count."""
        self._hidden = frozenset(names)
        self._show_rows()

    def set_locked(self, locked: bool) -> None:
        """Show everything, and let nobody change it."""
        for field in self.fields.values():
            field.set_locked(locked)

    def stops(self) -> list[QWidget]:
        """Where Tab stops in the form, in order."""
        return [
            part
            for part in self.findChildren(QWidget)
            if part.focusPolicy() & Qt.FocusPolicy.TabFocus
            and part.window() is self.window()  # the list of a combo box is a window of its own
        ]

    def then_tab_to(self, *widgets: QWidget) -> None:
        """Let Tab go from the last field to widgets that may have been made before it."""
        last: QWidget = self
        part = self.nextInFocusChain()
        while part is not None and self.isAncestorOf(part):
            last = part if part.focusPolicy() & Qt.FocusPolicy.TabFocus else last
            part = part.nextInFocusChain()
        for widget in widgets:
            QWidget.setTabOrder(last, widget)
            last = widget

    def show_note(self, name: str, words: str) -> None:
        """Say under a field what its value means here; nothing takes the words away."""
        if words and name not in self._notes:
            note = self._notes[name] = label(role="caption", wrap=True)
            self._columns[name].addWidget(note)
        if name in self._notes:
            self._notes[name].setText(words)
            self._notes[name].setVisible(bool(words))

    def show_error(self, name: str, sentence: str) -> None:
        """Say under a field why its value is refused."""
        self.fields[name].mark(True)
        self._sentences[name].setText(sentence)
        self._sentences[name].show()

    def clear_error(self, name: str) -> None:
        if not self._sentences[name].isHidden():
            self._sentences[name].hide()
            self.fields[name].mark(False)

    def _take(self, name: str) -> None:
        """Take what a person set in one field; the others keep what was last allowed."""
        try:
            changed = self._value.change(**{name: self.fields[name].value()})
        except SettingError as error:
            blamed = error.field if error.field in self.fields else name
            # Under the field, its name needn't be said again.
            self.show_error(blamed, error.remedy or error.message.removeprefix(f"{blamed}: "))
            return
        for other, field in self.fields.items():
            if field.value() == getattr(changed, other):
                self.clear_error(other)
        if changed != self._value:
            self._value = changed
            self._show_rows()
            self.changed.emit(changed)

    def _vary(self, name: str) -> None:
        """Take several values, if each of them is allowed."""
        field = self.fields[name]
        try:
            for value in field.several:
                self._value.change(**{name: value})
        except SettingError as error:
            self.show_error(name, error.remedy or error.message.removeprefix(f"{name}: "))
            field.several = ()
        else:
            self._take(name)
        self.varied.emit()

    @Slot()
    def _unfold(self) -> None:
        """Show the settings that are seldom changed, or fold them away again."""
        assert self._more is not None
        self._is_unfolded = not self._is_unfolded
        self._more.setText(tr("Fewer settings") if self._is_unfolded else tr("More settings"))
        self._show_rows()

    def _show_rows(self) -> None:
        """Show the fields that count beside the values of the others."""
        for name, item in self._items.items():
            shown = name not in self._hidden and any(
                item.counts(value) for value in (self._value, *self._variants)
            )
            seldom = item.group == SELDOM and getattr(self._value, name) == item.default
            shown = shown and (self._is_unfolded or not seldom)
            if shown != self._rows_shown.get(name, True):
                self._rows_shown[name] = shown
                for part in self._rows[name]:
                    part.setVisible(shown)
                field = self.fields[name]
                if shown and isinstance(field, KernelField):
                    field.show_parts()

    def _add(self, item: Option) -> None:
        field = self._make(item)
        help_text = _help(item)
        field.setToolTip(help_text)
        for part in field.findChildren(QWidget):
            if part.focusPolicy() and not part.accessibleName():
                part.setAccessibleName(tr(item.label))
        field.edited.connect(lambda: self._take(item.name))
        field.varied.connect(lambda: self._vary(item.name))
        field.refused.connect(lambda sentence: self.show_error(item.name, sentence))
        rows = self._rows[item.name] = []
        if isinstance(field, KernelField):
            rows += self._add_row(_name("Preset", ""), field.preset)
            self._grid.addWidget(field.parameters, self._grid.rowCount(), 0, 1, 2)
            field.size_parts = self._add_row(_name("Size", ""), field.size_row)
            rows += [field.parameters, *field.size_parts]
            rows += self._add_row(
                _name(item.label, help_text, field.facts), self._with_sentence(item, field)
            )
            self._grid.addWidget(field.links, self._grid.rowCount(), 0, 1, 2)
            rows.append(field.links)
        else:
            rows += self._add_row(_name(item.label, help_text), self._with_sentence(item, field))
        self.fields[item.name] = field
        self._items[item.name] = item

    def _with_sentence(self, item: Option, field: Field) -> QWidget:
        """The field, and below it the place for what is wrong with it."""
        sentence = label(role="error", wrap=True)
        sentence.hide()
        both = QWidget()
        column = QVBoxLayout(both)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(4))
        column.addWidget(field)
        column.addWidget(sentence)
        self._sentences[item.name], self._columns[item.name] = sentence, column
        return both

    def _add_row(self, name: QWidget, field: QWidget) -> list[QWidget]:
        row = self._grid.rowCount()
        self._grid.addWidget(name, row, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(field, row, 1)
        return [name, field]


def _name(text: str, help_text: str, facts: QLabel | None = None) -> QWidget:
    """A setting's name at the height of its field, and what is known about its value."""
    name = label(text, "label", wrap=True)
    name.setMinimumHeight(theme.px(28))
    name.setFixedWidth(theme.px(LABELS))
    name.setToolTip(help_text)
    if facts is None:
        return name
    both = QWidget()
    column = QVBoxLayout(both)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(name)
    column.addWidget(facts)
    return both


def _help(item: Option) -> str:
    """What a setting does, and what it may be."""
    words = tr(item.help)
    if item.kind in ("integer", "number") and item.high is not None and abs(item.high) < 1e6:
        unit = f" {tr(item.unit)}" if item.unit else ""
        words += "\n" + tr("Allowed: {allowed}").format(allowed=item.allowed) + unit
    return words
