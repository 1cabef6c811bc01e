"""Several values in a field, as a person types or ticks them."""

from typing import Literal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from studio.declare import Declared, option
from studio.window.forms.check_list import CheckList
from studio.window.forms.form import Form
from studio.window.forms.several_choices import SeveralChoices, SeveralSwitch
from studio.window.forms.several_numbers import SeveralNumbers

FIELDS = {
    "number": SeveralNumbers,
    "integer": SeveralNumbers,
    "choice": SeveralChoices,
    "switch": SeveralSwitch,
}


class Thing(Declared):
    rate: float = option(0.05, "Rate", "How far.", above=0, high=10, logarithmic=True)
    size: int = option(3, "Size", "How large.", low=1, high=9)
    way: Literal["adam", "sgd", "muon", "rprop"] = option("sgd", "Way", "How.")
    share: float = option(0.5, "Share", "Of adam.", low=0, high=1, when={"way": ("adam",)})
    on: bool = option(False, "On", "Whether.")


@pytest.fixture
def form(qtbot):
    made = Form(Thing(), make=lambda item: FIELDS[item.kind](item))
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    made.told = []
    made.changed.connect(made.told.append)
    made.varied.connect(lambda: made.told.append(made.several))
    return made


def write(field, text, key=Qt.Key.Key_Return):
    """Keys go where the focus is, which moves when a list begins."""
    field.box.setFocus()
    field.box.selectAll()
    for letter in text:
        QTest.keyClicks(QApplication.focusWidget(), letter)
    QTest.keyClick(QApplication.focusWidget(), key)


def tick(field, *places):
    field.open_list()
    for place in places:
        field.list._toggle(field.list.list.item(place))
    field.list.close()


def test_numbers_with_commas_are_several_values(form):
    rate = form.fields["rate"]
    write(rate, "0.1, 0.5,1")
    assert form.several == {"rate": (0.1, 0.5, 1.0)}
    assert rate.value() == 0.1
    assert form.told[0] == Thing(rate=0.1)  # the first is the form's
    assert rate.list.text() == "0.1, 0.5, 1"
    assert rate._beneath.words == "makes three runs"
    assert rate.box.isHidden()


def test_a_list_counts_after_a_pause_too(qtbot, form):
    write(form.fields["rate"], "0.1, 0.5", Qt.Key.Key_Shift)
    qtbot.waitUntil(lambda: form.several == {"rate": (0.1, 0.5)})
    assert form.fields["rate"].list.hasFocus()


def test_a_pasted_list_is_taken(form):
    size = form.fields["size"]
    size.box.setFocus()
    size.box.selectAll()
    QGuiApplication.clipboard().setText("1, 2, 9")
    QTest.keyClick(size.box, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(size.list, Qt.Key.Key_Return)
    assert form.several == {"size": (1, 2, 9)}


@pytest.mark.parametrize("text", ["0.1, 20", "0.1, x", "0.1, 0.1", "0, 1"])
def test_a_wrong_value_among_them_is_refused_in_words(form, text):
    write(form.fields["rate"], text)
    assert form.several == {}
    assert form._sentences["rate"].isVisible()
    assert form.fields["rate"].list.property("refused") is True
    assert form.value == Thing()
    form.set_value(Thing())  # as after any other edit
    assert form.fields["rate"].box.isVisible()
    assert form.fields["rate"].value() == 0.05
    assert not form._sentences["rate"].isVisible()


def test_one_value_again_ends_the_list(form):
    rate = form.fields["rate"]
    write(rate, "0.1, 0.5")
    rate.list.selectAll()
    QTest.keyClicks(rate.list, "0.3")
    QTest.keyClick(rate.list, Qt.Key.Key_Return)
    assert form.several == {}
    assert rate.box.isVisible()
    assert form.value == Thing(rate=0.3)


def test_another_first_value_from_outside_takes_the_list_away(form):
    write(form.fields["rate"], "0.1, 0.5")
    form.set_value(Thing(rate=0.1))
    assert form.several == {"rate": (0.1, 0.5)}
    form.set_value(Thing(rate=0.2))
    assert form.several == {}
    assert form.fields["rate"].box.number() == 0.2


def test_ticked_choices_are_several_values(form):
    way = form.fields["way"]
    tick(way, 0, 2)  # beside sgd
    assert form.several == {"way": ("adam", "sgd", "muon")}
    assert way._chooser.button.text() == "Adam · Sgd · Muon"
    assert form.value == Thing(way="adam")
    tick(way, 0, 2)
    assert form.several == {}
    assert way.value() == "sgd"
    assert way.box.isVisible()


def test_the_last_line_of_a_list_of_choices_opens_the_list_to_tick(form):
    way = form.fields["way"]
    way.box.showPopup()
    last = way.box.count() - 1
    assert way.box.itemText(last) == "Several…"
    way.box.setCurrentIndex(last)
    way.box.activated.emit(last)
    assert way.list.isVisible()
    assert way.value() == "sgd"
    assert form.told == []
    way.list.close()


def test_escape_forgets_what_was_ticked(form):
    way = form.fields["way"]
    way.open_list()
    way.list._toggle(way.list.list.item(0))
    QTest.keyClick(way.list, Qt.Key.Key_Escape)
    assert form.told == []
    assert not way.list.isVisible()


def test_a_switch_can_be_both(form):
    tick(form.fields["on"], 1)
    assert form.several == {"on": (False, True)}
    assert form.fields["on"].value() is False


def test_a_field_that_counts_for_a_later_value_is_shown(form):
    assert not form.fields["share"].isVisible()
    form.show_variants([Thing(way="adam")])
    assert form.fields["share"].isVisible()
    form.show_variants(())
    assert not form.fields["share"].isVisible()


def test_a_long_list_can_be_searched(qtbot):
    below = QPushButton()
    qtbot.addWidget(below)
    below.show()
    names = [f"class {number}" for number in range(30)]
    made = CheckList(below, [(name, name) for name in names], "Classes")
    taken = []
    made.chosen.connect(taken.append)
    made.open_at(below, ["class 3"])
    assert made.search.hasFocus()
    made.search.setText("class 2")
    made._tick_shown(True)
    assert made.count.text() == "12 of 30"
    made.close()
    assert taken == [("class 2", "class 3", *(f"class {number}" for number in range(20, 30)))]
