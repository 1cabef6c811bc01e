from typing import Literal

import pytest
from PySide6.QtCore import Qt

from studio.declare import UNSHOWN, Declared, option, options
from studio.filters import FILTERS
from studio.nets import LAYERS
from studio.nets.hand_made import HandMade
from studio.training.settings import TrainSettings
from studio.window.chrome import theme
from studio.window.forms.fields import NARROWEST
from studio.window.forms.form import Form


class Settings(Declared):
    epochs: int = option(3, "Epochs", "How often every picture is seen.", low=1, high=1000)
    rate: float = option(0.05, "Learning rate", "How far a step goes.", above=0, logarithmic=True)
    method: Literal["sgd", "adam"] = option("sgd", "Method", "How.", names={"sgd": "SGD"})
    schedule: Literal["constant", "exponential", "one_cycle", "linear"] = option(
        "constant", "Schedule", "How the rate changes."
    )
    shuffle: bool = option(True, "Shuffle", "A new order each epoch.")
    name: str = option("", "Name", "What to call it.")


@pytest.fixture
def form(qtbot):
    made = Form(Settings())
    qtbot.addWidget(made)
    made.said = []
    made.changed.connect(made.said.append)
    return made


def typed(qtbot, box, text):
    box.selectAll()
    qtbot.keyClicks(box, text)
    qtbot.keyClick(box, Qt.Key.Key_Return)


def test_every_kind_of_field_changes_its_setting(qtbot, form):
    typed(qtbot, form.fields["epochs"].box, "20")
    typed(qtbot, form.fields["rate"].box, "0.1")
    form.fields["method"].segments._group.button(1).click()
    form.fields["schedule"].box.setCurrentIndex(2)
    form.fields["shuffle"].box.click()
    typed(qtbot, form.fields["name"].box, "ladder")
    assert form.value == Settings(
        epochs=20, rate=0.1, method="adam", schedule="one_cycle", shuffle=False, name="ladder"
    )
    assert len(form.said) == 6
    assert form.said[-1] == form.value


def test_a_refused_value_gets_a_sentence_and_a_red_border(qtbot, form):
    typed(qtbot, form.fields["epochs"].box, "0")
    assert form.said == []
    assert form.value == Settings()
    sentence = form._sentences["epochs"]
    assert sentence.text() == "It must be a whole number at least 1 and at most 1,000"
    assert not sentence.isHidden()
    box = form.fields["epochs"].box
    assert box.property("refused")
    form.show()
    box.clearFocus()
    edge = box.grab().toImage().pixelColor(0, box.height() // 2)
    assert edge.name().upper() == theme.tokens().error


def test_another_field_still_counts_while_one_is_refused(qtbot, form):
    typed(qtbot, form.fields["epochs"].box, "0")
    form.fields["shuffle"].box.click()
    assert form.said == [Settings(shuffle=False)]
    assert not form._sentences["epochs"].isHidden()
    typed(qtbot, form.fields["epochs"].box, "5")
    assert form.value == Settings(shuffle=False, epochs=5)
    assert form._sentences["epochs"].isHidden()
    assert not form.fields["epochs"].box.property("refused")


def test_typing_the_old_value_again_takes_the_sentence_away(qtbot, form):
    typed(qtbot, form.fields["epochs"].box, "0")
    typed(qtbot, form.fields["epochs"].box, "3")
    assert form._sentences["epochs"].isHidden()
    assert form.said == []


def test_a_value_set_from_outside_is_shown_and_not_said(form):
    value = Settings(epochs=7, method="adam", schedule="linear", shuffle=False, name="a")
    form.show_error("epochs", "too few")
    form.set_value(value)
    assert {name: field.value() for name, field in form.fields.items()} == value.model_dump()
    assert form.said == []
    assert form._sentences["epochs"].isHidden()


def test_a_form_shows_one_declaration_only(form):
    with pytest.raises(TypeError):
        form.set_value(FILTERS["median"]())


def test_few_short_choices_are_segments_and_others_a_list(form):
    assert form.fields["method"].segments is not None
    assert form.fields["method"].segments.natural_width() <= theme.px(NARROWEST)
    assert form.fields["schedule"].box is not None


def test_a_locked_form_shows_and_refuses(qtbot, form):
    form.set_locked(True)
    form.set_value(Settings(epochs=9))
    assert form.fields["epochs"].value() == 9
    assert not form.fields["epochs"].isEnabled()
    form.fields["shuffle"].box.click()
    assert form.said == []
    form.set_locked(False)
    form.fields["shuffle"].box.click()
    assert form.said == [Settings(epochs=9, shuffle=False)]


def test_fields_can_be_left_out(qtbot):
    form = Form(Settings(), leave_out=("name", "shuffle"))
    qtbot.addWidget(form)
    assert list(form.fields) == ["epochs", "rate", "method", "schedule"]


def test_what_no_form_shows_is_kept(qtbot):
    hand_made = (HandMade(kernel=((0.0, 1.0, 0.0),) * 3),)
    form = Form(LAYERS["conv"](hand_made=hand_made))
    qtbot.addWidget(form)
    assert "hand_made" not in form.fields
    form.fields["frozen"].box.click()
    assert form.value.frozen
    assert form.value.hand_made == hand_made


def test_help_and_bounds_are_in_the_tip(form):
    assert "How often every picture is seen." in form.fields["epochs"].toolTip()
    assert "at most 1,000" in form.fields["epochs"].toolTip()


DECLARED = {**FILTERS, **LAYERS, "training": TrainSettings}


@pytest.mark.parametrize("kind", DECLARED)
def test_every_declared_option_has_a_field_that_shows_it(qtbot, kind):
    value = DECLARED[kind]()
    form = Form(value)
    qtbot.addWidget(form)
    shown = [item for item in options(type(value)) if item.group != UNSHOWN]
    assert set(form.fields) == {item.name for item in shown}
    for name, field in form.fields.items():
        assert field.value() == getattr(value, name)
        assert field.toolTip()


@pytest.mark.parametrize("kind", DECLARED)
def test_every_form_fits_the_narrowest_inspector(qtbot, kind):
    form = Form(DECLARED[kind]())
    qtbot.addWidget(form)
    assert form.minimumSizeHint().width() <= theme.px(288 - 1 - 2 * 16)


class Conditional(Declared):
    border: Literal["mirror", "constant"] = option("mirror", "Border", "What lies beyond.")
    value: float = option(0, "Value", "The constant.", when={"border": ("constant",)})
    other: int = option(1, "Other", "Anything.", low=0, high=9)


def test_a_field_is_there_only_where_it_counts(qtbot):
    form = Form(Conditional())
    qtbot.addWidget(form)
    form.show()
    assert [name for name, field in form.fields.items() if field.isVisible()] == ["border", "other"]
    form.fields["border"].segments._group.button(1).click()
    assert form.fields["value"].isVisible()
    form.set_value(Conditional())
    assert not form.fields["value"].isVisible()
    form.hide_fields({"other"})
    assert not form.fields["other"].isVisible()
    form.hide_fields(())
    assert form.fields["other"].isVisible()
