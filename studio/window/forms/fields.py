"""One field of a form for each kind of setting; numbers have a file of their own."""

from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QPaintEvent, QWheelEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QSizePolicy,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QWidget,
)

from studio.declare import Option
from studio.window.chrome import theme
from studio.window.chrome.controls import Segments, Switch, set_property
from studio.window.translate import tr

# The narrowest column that fields have: the inspector's 288 less its margins and the labels.
NARROWEST = 151

# The column of names.
LABELS = 96


class Field(QWidget):
    """A setting in a form.

    Signals: `edited` when a person gave it another value; `refused` with a sentence when what was
    given can't even be read; `varied` when a person gave it several values.

    Attributes
    ----------
    several : tuple
        Values to try one after the other, where there are at least two; `value` is the first.
    """

    edited = Signal()
    refused = Signal(str)
    varied = Signal()

    several: tuple[Any, ...] = ()

    def value(self) -> Any:
        raise NotImplementedError

    def set_value(self, value: Any) -> None:
        """Show a value without saying `edited`."""
        raise NotImplementedError

    def set_several(self, values: tuple[Any, ...]) -> None:
        """Show several values; fields that can't have them ignore it."""

    def mark(self, is_refused: bool) -> None:
        """Show or take away the red border."""
        for widget in self.findChildren(QWidget):
            set_property(widget, "refused", is_refused)

    def set_locked(self, locked: bool) -> None:
        """Show the value, and let nobody change it."""
        self.setEnabled(not locked)

    def row(self) -> QHBoxLayout:
        """An empty row over the whole field."""
        made = QHBoxLayout(self)
        made.setContentsMargins(0, 0, 0, 0)
        made.setSpacing(theme.px(8))
        return made


class ChoiceBox(QComboBox):
    """A list to choose from that may be narrower than its longest choice."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(4)
        self.setFixedHeight(theme.px(28))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMaxVisibleItems(16)

    def showPopup(self) -> None:
        view = self.view()
        view.setMinimumWidth(view.sizeHintForColumn(0) + theme.px(24))
        super().showPopup()

    def paintEvent(self, event: QPaintEvent) -> None:
        """As Qt does, with an ellipsis where the choice is too long: style sheets just cut it."""
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        control, part = QStyle.ComplexControl.CC_ComboBox, QStyle.SubControl.SC_ComboBoxEditField
        room = self.style().subControlRect(control, option, part, self).width() - theme.px(4)
        text = self.currentText()
        shown = self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room)
        option.currentText = shown
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():  # else it scrolls the form, and changes nothing
            super().wheelEvent(event)
        else:
            event.ignore()


class ChoiceField(Field):
    """One of some values: segments where they fit, a list otherwise."""

    def __init__(self, option: Option) -> None:
        super().__init__()
        shown = [(choice, tr(option.shown(choice))) for choice in option.choices]
        row = self.row()
        self.segments: Segments | None = None
        self.box: ChoiceBox | None = None
        if 2 <= len(shown) <= 3:
            self.segments = Segments(shown)
            if self.segments.natural_width() > theme.px(NARROWEST):
                self.segments.deleteLater()
                self.segments = None
        if self.segments is not None:
            self.segments.changed.connect(self.edited)
            row.addWidget(self.segments)
            row.addStretch(1)
            self.setFocusProxy(self.segments)
            return
        self.box = self.make_box()
        for choice, words in shown:
            self.box.addItem(words, choice)
        self.box.currentIndexChanged.connect(self.edited)
        row.addWidget(self.box)
        self.setFocusProxy(self.box)

    def make_box(self) -> ChoiceBox:
        return ChoiceBox()

    def value(self) -> str:
        if self.segments is not None:
            return self.segments.value
        assert self.box is not None
        return str(self.box.currentData())

    def set_value(self, value: str) -> None:
        if self.segments is not None:
            self.segments.set_value(value)
            return
        assert self.box is not None
        with QSignalBlocker(self.box):
            self.box.setCurrentIndex(self.box.findData(value))


class SwitchField(Field):
    """Yes or no."""

    def __init__(self, option: Option) -> None:
        super().__init__()
        self.box = Switch()
        self.box.setFixedHeight(theme.px(28))
        self.box.setAccessibleName(tr(option.label))
        self.box.toggled.connect(self.edited)
        self.row().addWidget(self.box)
        self.setFocusProxy(self.box)

    def value(self) -> bool:
        return self.box.isChecked()

    def set_value(self, value: bool) -> None:
        with QSignalBlocker(self.box):
            self.box.setChecked(value)


class TextField(Field):
    """Words; taken on Enter and when the field is left."""

    def __init__(self, option: Option) -> None:
        super().__init__()
        self.box = self.make_edit()
        self.box.setFixedHeight(theme.px(28))
        self._known = ""
        self.box.editingFinished.connect(self._take)
        self.columns = self.row()
        self.columns.addWidget(self.box)
        self.setFocusProxy(self.box)

    def make_edit(self) -> QLineEdit:
        return QLineEdit()

    def value(self) -> str:
        return self.box.text()

    def set_value(self, value: str) -> None:
        self._known = value
        self.box.setText(value)
        self.box.setCursorPosition(0)  # the beginning is what names it

    @Slot()
    def _take(self) -> None:
        if self.box.text() != self._known:
            self._known = self.box.text()
            self.edited.emit()
