import numpy as np
import pytest
from PySide6.QtCore import Qt

from studio.image.display import Shown, scale_of
from studio.image.statistics import histogram_for
from studio.window.filter.display_panel import DisplayPanel

COLOUR = np.random.default_rng(0).integers(3, 251, (40, 50, 3), np.uint8)
SIGNED = np.random.default_rng(1).normal(0, 90, (40, 50, 1)).astype(np.float32)


@pytest.fixture
def panel(qtbot):
    made = DisplayPanel()
    qtbot.addWidget(made)
    made.resize(320, 500)
    made.show()
    made.said = []
    made.shown_changed.connect(made.said.append)
    return made


def show(panel, pixels, mode="auto"):
    histogram = histogram_for(pixels, panel.shown, mode, 255)
    histogram.add(pixels)
    panel.show_result(histogram, scale_of(pixels, panel.shown, mode, 255), pixels.dtype.name)


def rows(panel):
    return [name for name, field in panel.form.fields.items() if field.isVisible()]


def test_the_caption_says_what_is_kept(panel):
    values = np.array([-856, 0, 759], np.float32).reshape(1, 3, 1)
    show(panel, values)
    assert panel.head.caption.text() == "values are kept, −856 to +759"
    show(panel, COLOUR)
    assert panel.head.caption.text() == "values 3 to 250"
    show(panel, np.full((2, 2, 1), np.nan, np.float32))
    assert panel.head.caption.text() == "no value is a number"


def test_what_is_no_number_is_said(panel):
    values = SIGNED.copy()
    values[0, :2] = np.nan
    values[1, 0] = np.inf
    show(panel, values)
    assert panel._odd.isVisible()
    assert panel._odd.text() == "Not a number: 2. Infinite: 1."
    show(panel, SIGNED)
    assert not panel._odd.isVisible()


def test_only_the_fields_that_mean_something(panel):
    show(panel, SIGNED)
    assert rows(panel) == ["colours", "colour_map", "levels"]
    show(panel, COLOUR)
    assert rows(panel) == ["channel", "levels"]
    panel.set_shown(Shown(channel="red"))
    assert rows(panel) == ["channel", "tinted", "colour_map", "levels"]
    panel.set_shown(Shown(channel="red", tinted=True, levels="set"))
    assert rows(panel) == ["channel", "tinted", "levels", "black", "white"]
    panel.set_shown(Shown())
    show(panel, SIGNED, "direction")
    assert rows(panel) == ["colours", "colour_map"]


def test_levels_begin_where_they_are(panel):
    show(panel, SIGNED)
    limit = panel.histogram.scale.high
    panel.form.fields["levels"].segments._group.button(1).click()
    assert panel.said == [Shown(levels="set", black=-limit, white=limit)]
    assert panel.form.fields["white"].value() == limit
    assert panel.form.fields["white"].isVisible()


def test_moving_a_handle_sets_the_levels(panel, qtbot):
    show(panel, COLOUR)
    qtbot.keyClick(panel.histogram.low_handle, Qt.Key.Key_PageUp)
    assert panel.shown == Shown(levels="set", black=10, white=255)
    assert panel.said == [panel.shown]
    assert panel.form.fields["black"].value() == 10
    qtbot.mouseDClick(panel.histogram, Qt.MouseButton.LeftButton)
    assert panel.shown.levels == "auto"
    assert len(panel.said) == 2


@pytest.mark.parametrize("name", ["black", "white"])
def test_around_zero_one_number_moves_the_other(panel, name):
    panel.set_shown(Shown(levels="set", black=-100, white=100))
    show(panel, SIGNED)
    field = panel.form.fields[name]
    field.box.setValue(-40 if name == "black" else 40)
    assert (panel.shown.black, panel.shown.white) == (-40, 40)
    assert panel.form.fields["white"].value() == 40
    assert panel.form.fields["black"].value() == -40


def test_white_below_black_is_refused_with_a_sentence(panel):
    panel.set_shown(Shown(levels="set", black=100, white=200))
    show(panel, COLOUR)
    panel.form.fields["white"].box.setValue(50)
    assert panel.said == []
    assert panel.form._sentences["white"].text() == "It must be above the black point"


def test_the_channel_is_chosen_by_name(panel):
    show(panel, COLOUR)
    box = panel.form.fields["channel"].box
    assert [box.itemText(n) for n in range(4)] == ["Red, green, blue", "Red", "Green", "Blue"]
    box.setCurrentIndex(2)
    assert panel.said == [Shown(channel="green")]


def test_tab_reaches_everything(panel):
    show(panel, SIGNED)
    stops = panel.stops()
    assert stops[:3] == [
        panel.histogram.log_button,
        panel.histogram.low_handle,
        panel.histogram.high_handle,
    ]
    assert panel.form.fields["colours"].box in stops
    assert all(stop.focusPolicy() & Qt.FocusPolicy.TabFocus for stop in stops)
