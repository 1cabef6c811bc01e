"""Numbers in a form: typed, stepped, or slid."""

import math
import re

from PySide6.QtCore import QEvent, QLocale, QSignalBlocker, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence, QValidator, QWheelEvent
from PySide6.QtWidgets import QDoubleSpinBox, QSlider

from studio.declare import Option
from studio.window.chrome import theme
from studio.window.forms.fields import Field
from studio.window.translate import tr

# A pause in typing after which a number counts, in milliseconds.
_PAUSE = 400

_BEGUN = re.compile(r"[+-]?\d*\.?\d*(e[+-]?\d*)?")
_STATE = QValidator.State
_UNDO, _REDO = QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo
_LIMIT = 1e12
_LOG_STEPS = 200
_MOST_STEPS = 1000


class NumberBox(QDoubleSpinBox):
    """A number that can be typed, stepped with the arrow keys, and be out of bounds.

    What is out of bounds is for the form to refuse with a sentence: a box that won't take a digit
    says nothing. Steps stay inside. A number that has a name is shown by it, until a person comes
    to change it.
    """

    edited = Signal()

    def __init__(self, option: Option) -> None:
        super().__init__()
        self._option = option
        self._whole = option.kind == "integer"
        self._names = {number: tr(name) for number, name in (option.names or {}).items()}
        self._named = {_plain(name): float(number) for number, name in self._names.items()}
        self.setLocale(QLocale.c())
        self.setDecimals(0 if self._whole else 12)
        self.setRange(-_LIMIT, _LIMIT)
        self.setKeyboardTracking(False)
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setFixedHeight(theme.px(28))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE)
        self._pause.timeout.connect(self._take_typed)
        self.lineEdit().textEdited.connect(self._begin_pause)
        self.valueChanged.connect(self._tell)

    def number(self) -> float | int:
        return round(self.value()) if self._whole else self.value()

    def set_number(self, number: float) -> None:
        """Show a number without saying `edited`."""
        with QSignalBlocker(self):
            self.setValue(number)

    def textFromValue(self, value: float) -> str:
        plain = f"{value:.12g}"
        name = None if self.hasFocus() else self._names.get(plain)
        return name or plain.replace("-", "−")

    def valueFromText(self, text: str) -> float:
        plain = _plain(text)
        return self._named[plain] if plain in self._named else float(plain)

    def validate(self, text: str, place: int) -> tuple[QValidator.State, str, int]:
        plain = _plain(text)
        if plain in self._named:
            return _STATE.Acceptable, text, place
        try:
            number = float(plain)
        except ValueError:
            begun = _BEGUN.fullmatch(plain) is not None
            return _STATE.Intermediate if begun else _STATE.Invalid, text, place
        fits = abs(number) <= _LIMIT and not (self._whole and "." in plain)
        return _STATE.Acceptable if fits else _STATE.Invalid, text, place

    def stepBy(self, steps: int) -> None:
        option, value = self._option, self.value()
        if option.logarithmic and value > 0:
            new = _two_digits(value * 10 ** (steps / 10))
        else:
            new = value + steps * _step(option)
        new = max(new, option.low) if option.low is not None else new
        new = min(new, option.high) if option.high is not None else new
        if option.above is None or new > option.above:
            self.setValue(float(f"{new:.12g}"))

    def stepEnabled(self) -> QDoubleSpinBox.StepEnabledFlag:
        if self.isReadOnly() or not self.isEnabled():
            return QDoubleSpinBox.StepEnabledFlag.StepNone
        return (
            QDoubleSpinBox.StepEnabledFlag.StepUpEnabled
            | QDoubleSpinBox.StepEnabledFlag.StepDownEnabled
        )

    def event(self, event: QEvent) -> bool:
        # A text field keeps undo for itself; once the number is taken, it is the window's.
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and (event.matches(_UNDO) or event.matches(_REDO))
            and _plain(self.lineEdit().text()) == _plain(self.textFromValue(self.value()))
        ):
            event.ignore()
            return False
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if self._names:
            self.lineEdit().setText(self.textFromValue(self.value()))
            self.selectAll()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if self._names:
            self.lineEdit().setText(self.textFromValue(self.value()))

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():  # else it scrolls the form, and changes nothing
            super().wheelEvent(event)
        else:
            event.ignore()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(64), theme.px(28))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(40), theme.px(28))

    def is_inside(self, number: float) -> bool:
        option = self._option
        return (
            (option.low is None or number >= option.low)
            and (option.high is None or number <= option.high)
            and (option.above is None or number > option.above)
        )

    @Slot()
    def _begin_pause(self) -> None:
        self._pause.start()

    @Slot()
    def _take_typed(self) -> None:
        """Take what was typed before Enter, where that doesn't rewrite it under the cursor."""
        text = self.lineEdit().text()
        if self.validate(text, 0)[0] == _STATE.Acceptable:
            number = self.valueFromText(text)
            if self.is_inside(number) and _plain(self.textFromValue(number)) == _plain(text):
                self.interpretText()

    @Slot()
    def _tell(self) -> None:
        self._pause.stop()
        self.edited.emit()


def _plain(text: str) -> str:
    return text.strip().replace("−", "-").replace(",", ".").lower()


def _two_digits(value: float) -> float:
    return float(f"{value:.2g}")


def _step(option: Option) -> float:
    if option.step is not None:
        return option.step
    if option.kind == "integer":
        return 1
    if option.low is not None and option.high is not None:
        return (option.high - option.low) / 100
    return 0.1


class NumberField(Field):
    """A number, with a slider before it where both bounds are near enough to slide between."""

    def __init__(self, option: Option) -> None:
        super().__init__()
        self._option = option
        self.box = self.make_box(option)
        self.box.edited.connect(self._take_box)
        self.slider: QSlider | None = None
        row = self.row()
        steps = slider_steps(option)
        if steps:
            self.slider = _Slider(Qt.Orientation.Horizontal)
            self.slider.setRange(0, steps)
            self.slider.setPageStep(max(1, steps // 10))
            self.slider.setFixedHeight(theme.px(28))
            self.slider.setMinimumWidth(theme.px(40))
            self.slider.valueChanged.connect(self._take_slider)
            self.box.setFixedWidth(theme.px(60))
            row.addWidget(self.slider, 1)
        row.addWidget(self.box, 0 if steps else 1)
        self.setFocusProxy(self.box)
        self._show_on_slider()

    def make_box(self, option: Option) -> NumberBox:
        return NumberBox(option)

    def value(self) -> float | int:
        return self.box.number()

    def set_value(self, value: float) -> None:
        self.box.set_number(value)
        self._show_on_slider()

    @Slot()
    def _take_box(self) -> None:
        self._show_on_slider()
        self.edited.emit()

    @Slot(int)
    def _take_slider(self, place: int) -> None:
        self.box.set_number(number_at(self._option, place))
        self.edited.emit()

    def _show_on_slider(self) -> None:
        if self.slider is not None:
            with QSignalBlocker(self.slider):
                self.slider.setValue(place_of(self._option, self.box.value()))


class _Slider(QSlider):
    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():  # else it scrolls the form, and changes nothing
            super().wheelEvent(event)
        else:
            event.ignore()


def slider_steps(option: Option) -> int:
    """How many steps a slider for a number has; 0 where a slider makes no sense."""
    low, high = option.low, option.high
    if low is None or high is None or high <= low:
        return 0
    if option.logarithmic:
        return _LOG_STEPS if low > 0 else 0
    steps = round((high - low) / _step(option))
    return steps if steps <= _MOST_STEPS else 0


def number_at(option: Option, place: int) -> float:
    """The number at a place of the slider."""
    assert option.low is not None
    assert option.high is not None
    if option.logarithmic:
        part = place / _LOG_STEPS
        return _two_digits(option.low * (option.high / option.low) ** part)
    return float(f"{min(option.low + place * _step(option), option.high):.12g}")


def place_of(option: Option, number: float) -> int:
    """The place of the slider nearest to a number."""
    assert option.low is not None
    assert option.high is not None
    number = min(max(number, option.low), option.high)
    if option.logarithmic:
        part = math.log(number / option.low) / math.log(option.high / option.low)
        return round(part * _LOG_STEPS)
    return round((number - option.low) / _step(option))
