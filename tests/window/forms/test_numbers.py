import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QValidator, QWheelEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from studio.declare import Option
from studio.window.forms.numbers import NumberBox, NumberField, number_at, place_of, slider_steps

RADIUS = Option("radius", "Radius", "How far.", "integer", 1, low=1, high=63)
RATE = Option("rate", "Rate", "How much.", "number", 0.01, above=0, high=10, logarithmic=True)
DECAY = Option("decay", "L2", "", "number", 1e-3, low=1e-6, high=1, logarithmic=True)
DROP = Option("drop", "Dropout", "", "number", 0.3, low=0, high=1, step=0.05)
SCALE = Option("scale", "Scale", "", "number", 1, low=-1e6, high=1e6, step=0.1)
SEED = Option("seed", "Seed", "", "integer", 0, low=0, high=2**31)


def typed(qtbot, box, text):
    box.selectAll()
    for sign in text:  # qtbot's own typing knows ASCII only
        press = QKeyEvent(
            QKeyEvent.Type.KeyPress, Qt.Key.Key_unknown, Qt.KeyboardModifier.NoModifier, sign
        )
        QApplication.sendEvent(box, press)
    qtbot.keyClick(box, Qt.Key.Key_Return)


@pytest.mark.parametrize(
    ("text", "number"),
    [("0.05", 0.05), ("1e-3", 1e-3), ("−2", -2), ("-2", -2), ("0,5", 0.5), ("1E2", 100)],
)
def test_numbers_are_read_as_people_write_them(qtbot, text, number):
    box = NumberBox(RATE)
    qtbot.addWidget(box)
    typed(qtbot, box, text)
    assert box.number() == number


@given(st.floats(-1e9, 1e9).filter(lambda x: x == 0 or abs(x) > 1e-9))
def test_what_a_box_shows_it_reads_back(qapp, number):
    box = NumberBox(RATE)
    text = box.textFromValue(number)
    assert "-" not in text
    assert box.valueFromText(text) == pytest.approx(number, rel=1e-11)


def test_words_are_not_numbers(qtbot):
    box, whole = NumberBox(RATE), NumberBox(RADIUS)
    qtbot.addWidget(box)
    qtbot.addWidget(whole)
    state = QValidator.State
    assert box.validate("two", 0)[0] == state.Invalid
    assert box.validate("-", 0)[0] == state.Intermediate
    assert box.validate("1e-", 0)[0] == state.Intermediate
    assert box.validate("inf", 0)[0] == state.Invalid
    assert box.validate("nan", 0)[0] == state.Invalid
    assert whole.validate("2.5", 0)[0] == state.Invalid
    assert whole.validate("25", 0)[0] == state.Acceptable


def test_a_number_out_of_bounds_can_be_typed_but_not_stepped_to(qtbot):
    box = NumberBox(RADIUS)
    qtbot.addWidget(box)
    typed(qtbot, box, "99")
    assert box.number() == 99
    box.set_number(63)
    qtbot.keyClick(box, Qt.Key.Key_Up)
    assert box.number() == 63
    box.set_number(1)
    qtbot.keyClick(box, Qt.Key.Key_Down)
    assert box.number() == 1


def test_steps_of_a_logarithmic_number_are_factors(qtbot):
    box = NumberBox(RATE)
    qtbot.addWidget(box)
    box.set_number(0.01)
    for _ in range(10):
        box.stepBy(1)
    assert box.number() == pytest.approx(0.1, rel=0.05)
    for _ in range(200):
        box.stepBy(-1)
    assert box.number() > 0


def test_a_pause_in_typing_takes_the_number(qtbot):
    box = NumberBox(RADIUS)
    qtbot.addWidget(box)
    box.selectAll()
    with qtbot.waitSignal(box.edited, timeout=2000):
        qtbot.keyClicks(box, "5")
    assert box.number() == 5
    # Not what is out of bounds, nor what would be rewritten while it is typed.
    for text in ("0", "1."):
        box.lineEdit().setText(text)
        box._take_typed()
        assert box.number() == 5


@pytest.mark.parametrize(
    ("option", "steps"),
    [(RADIUS, 62), (DROP, 20), (DECAY, 200), (RATE, 0), (SCALE, 0), (SEED, 0)],
    ids=lambda value: getattr(value, "name", value),
)
def test_a_slider_is_there_where_bounds_are_near(qtbot, option, steps):
    assert slider_steps(option) == steps
    field = NumberField(option)
    qtbot.addWidget(field)
    assert (field.slider is not None) == bool(steps)


@pytest.mark.parametrize("option", [RADIUS, DROP, DECAY], ids=lambda option: option.name)
def test_a_slider_reaches_both_bounds_and_keeps_its_place(option):
    steps = slider_steps(option)
    assert number_at(option, 0) == option.low
    assert number_at(option, steps) == option.high
    numbers = [number_at(option, place) for place in range(steps + 1)]
    assert numbers == sorted(numbers)
    for place, number in enumerate(numbers):
        assert abs(place_of(option, number) - place) <= 2  # two digits have fewer numbers


def test_slider_and_box_show_the_same(qtbot):
    field = NumberField(RADIUS)
    qtbot.addWidget(field)
    said = []
    field.edited.connect(lambda: said.append(field.value()))
    field.set_value(7)
    assert (field.slider.value(), said) == (6, [])
    field.slider.setValue(10)
    typed(qtbot, field.box, "20")
    assert field.slider.value() == 19
    assert said == [11, 20]
    assert isinstance(field.value(), int)


def test_the_wheel_changes_only_a_field_in_use(qtbot):
    field = NumberField(RADIUS)
    qtbot.addWidget(field)
    field.set_value(5)
    field.show()
    turn = QWheelEvent(
        QPointF(5, 5),
        QPointF(5, 5),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    for widget in (field.box, field.slider):
        QApplication.sendEvent(widget, turn)
        assert field.value() == 5
    field.activateWindow()
    field.box.setFocus()
    qtbot.waitUntil(field.box.hasFocus, timeout=1000)
    QApplication.sendEvent(field.box, turn)
    assert field.value() == 6


def test_undo_is_the_windows_once_a_number_is_taken(qtbot):
    box = NumberBox(RADIUS)
    qtbot.addWidget(box)

    def takes_undo() -> bool:
        control = Qt.KeyboardModifier.ControlModifier
        press = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_Z, control)
        press.ignore()
        QApplication.sendEvent(box, press)
        return press.isAccepted()

    assert not takes_undo()
    box.selectAll()
    qtbot.keyClicks(box, "7")
    assert takes_undo()
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert not takes_undo()


def test_a_number_with_a_name_is_shown_by_it_until_it_is_changed(qtbot):
    option = Option("frozen", "Frozen", "", "integer", 0, low=-1, names={"0": "none", "-1": "body"})
    box, other = NumberBox(option), NumberBox(RADIUS)
    window = QWidget()
    column = QVBoxLayout(window)
    column.addWidget(box)
    column.addWidget(other)
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    other.setFocus()
    qtbot.waitUntil(other.hasFocus)
    assert box.text() == "none"
    box.set_number(-1)
    assert box.text() == "body"
    box.set_number(3)
    assert box.text() == "3"
    box.setFocus()
    typed(qtbot, box, "0")
    assert (box.number(), box.text()) == (0, "0")
    other.setFocus()
    assert (box.number(), box.text()) == (0, "none")
    assert box.valueFromText("body") == -1
    assert box.validate("bod", 3)[0] == QValidator.State.Invalid
