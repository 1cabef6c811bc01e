"""Numbers in a form, one or several with commas: each becomes a run of its own."""

import math
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from studio.declare import Option
from studio.errors import SettingError
from studio.training.experiment_plan import parse_values
from studio.window.chrome import theme
from studio.window.forms.beneath import Beneath, makes_runs
from studio.window.forms.numbers import NumberBox, NumberField
from studio.window.translate import tr

_PAUSE = 400  # milliseconds after the last key, until what was typed counts


class _ListBox(NumberBox):
    """A number; a comma begins a list of them.

    Signals: `comma` with what stands in the box, the comma among it, and where the cursor is.
    """

    comma = Signal(str, int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        paste = event.matches(QKeySequence.StandardKey.Paste)
        added = QGuiApplication.clipboard().text().strip() if paste else event.text()
        if added not in (",", ";") and not (paste and "," in added):
            super().keyPressEvent(event)
            return
        line = self.lineEdit()
        start, end = line.cursorPosition(), line.cursorPosition()
        if line.hasSelectedText():
            start, end = line.selectionStart(), line.selectionEnd()
        text = line.text()
        self.comma.emit(text[:start] + added.replace(";", ",") + text[end:], start + len(added))


class SeveralNumbers(NumberField):
    """A number, or several with commas between them.

    Parameters
    ----------
    hint : bool
        Whether to say beneath it that a comma makes runs.
    """

    def __init__(self, option: Option, hint: bool = False) -> None:
        self._hint = hint
        self._is_wrong = False  # what stands in the list can't be read
        super().__init__(option)
        self.list = QLineEdit()
        self.list.setFixedHeight(theme.px(28))
        self.list.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.list.setAccessibleName(tr(option.label))
        self.list.hide()
        self._beneath.row.addWidget(self.list, 1)
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE)
        self._pause.timeout.connect(self._take_begun)
        self.list.textEdited.connect(self._pause.start)
        self.list.editingFinished.connect(self._take_list)
        self._say()

    def row(self) -> QHBoxLayout:
        self._beneath = Beneath(self)
        return self._beneath.row

    def setToolTip(self, text: str) -> None:
        super().setToolTip(f"{text}\n{tr('Values with commas between them make a run each.')}")

    def make_box(self, option: Option) -> NumberBox:
        box = _ListBox(option)
        box.comma.connect(self._begin)
        return box

    def value(self) -> float | int:
        if self._is_wrong:
            return math.nan
        return self.several[0] if self.several else super().value()

    def set_value(self, value: float) -> None:
        super().set_value(value)
        self.set_several(())

    def set_several(self, values: tuple[Any, ...]) -> None:
        self.several, self._is_wrong = values, False
        if values:
            self.list.setText(", ".join(_words(value) for value in values))
            self.list.setCursorPosition(0)
            super().set_value(values[0])
        self._show_list(bool(values))
        self._say()

    @Slot(str, int)
    def _begin(self, text: str, cursor: int) -> None:
        """Go on in a field where commas can be typed."""
        self.box.set_number(self.box.number())  # the list goes on, the number stays what it was
        self.list.setText(text)
        self._show_list(True)
        self.list.setFocus()
        self.list.setCursorPosition(cursor)
        self._pause.start()

    def _show_list(self, on: bool) -> None:
        self._pause.stop()
        had_focus = self.box.hasFocus() or self.list.hasFocus()
        for part in (self.box, self.slider):
            if part is not None:
                part.setVisible(not on)
        self.list.setVisible(on)
        shown: QWidget = self.list if on else self.box
        self.setFocusProxy(shown)
        if had_focus:
            shown.setFocus()

    @Slot()
    def _take_begun(self) -> None:
        """Take what stands there after a pause, if it can be read; a person may still go on."""
        self._take(final=False)

    @Slot()
    def _take_list(self) -> None:
        self._take(final=True)

    def _take(self, final: bool) -> None:
        if self.list.isHidden():
            return
        self._pause.stop()
        self._is_wrong = False
        text = self.list.text().replace("−", "-").strip().strip(",").strip()
        try:
            values = parse_values(self._option, text) if text else ()
        except SettingError as error:
            if final:
                self._vary(())
                self._is_wrong = True
                self.refused.emit(error.remedy or error.message)
            return
        if len(values) > 1:
            if final:
                self.list.setText(", ".join(_words(value) for value in values))
            self._vary(values)
        elif final:
            self._end(values[0] if values else self.box.number())

    def _vary(self, values: tuple[Any, ...]) -> None:
        if values != self.several:
            self.several = values
            self._say()
            self.varied.emit()
            self._say()  # the form may have refused them

    def _end(self, value: float) -> None:
        """One value again."""
        varied = bool(self.several)
        self.set_value(value)
        if varied:
            self.varied.emit()
        self.edited.emit()

    def _say(self) -> None:
        if self.several:
            self._beneath.say(makes_runs(len(self.several)))
        elif self._hint and self.isEnabled():
            number = self.box.number()
            two = f"{_words(number)}, {_words(self._beside(number))}"
            self._beneath.say(tr("{values} makes two runs").format(values=two))
        else:
            self._beneath.say("")

    def _beside(self, number: float) -> float:
        """Another value that is allowed."""
        double = float(f"{2 * number:.2g}") if number else 1
        high = self._option.high
        return double if high is None or double <= high else float(f"{number / 2:.2g}")

    def set_locked(self, locked: bool) -> None:
        super().set_locked(locked)
        self._say()

    @Slot()
    def _take_box(self) -> None:
        super()._take_box()
        self._say()


def _words(value: float) -> str:
    return f"{value:.12g}".replace("-", "−")
