"""The column beneath the unit: what adds up to its value."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip

from studio.insight.arithmetic import explain_unit
from studio.window.chrome import theme
from studio.window.job import running_jobs
from studio.window.network.sum_column import SumColumn
from studio.window.network.sum_words import SumLine, decimals, fixed, sum_lines


def figure(shown):
    return float(shown.replace("−", "-"))


@pytest.fixture
def column(studio):
    """The column of the window, once it shows the sum of a unit."""
    section = studio.inspector.unit

    def show(name, *unit):
        studio.choose(name)
        studio.space.sight.choose_unit(*unit)
        studio.qtbot.waitUntil(lambda: not section.sums.is_busy)
        return section.column

    return show


def words(column):
    return [line.words for line in column.lines]


def test_a_convolution_adds_up(studio, column):
    shown = column("conv2", 3, 1, 2)
    lines = shown.lines
    assert [line.style for line in lines] == ["term"] * 7 + ["total"]
    assert words(shown)[-2:] == ["Bias", "Sum"]
    assert words(shown)[0].startswith("From map ")
    terms = [figure(line.shown) for line in lines[:-1]]
    places = len(lines[0].shown.split(".")[1])
    assert sum(terms) == pytest.approx(figure(lines[-1].shown), abs=len(terms) * 10.0**-places)
    own = studio.space.look.maps["conv2"][3, 1, 2]
    assert figure(lines[-1].shown) == pytest.approx(own, abs=10.0**-places)


def test_an_activation_shows_the_convolution_before_it(studio, column):
    lines = column("relu1", 2, 5, 5).lines
    assert [line.words for line in lines] == [
        *(lines[place].words for place in range(3)),
        *("Bias", "Sum", "After ReLU"),
    ]
    assert {line.words for line in lines[:3]} == {"From red", "From green", "From blue"}
    assert lines[-1].tip == "max(0, x)"
    own = studio.space.look.maps["relu1"][2, 5, 5]
    assert figure(lines[-1].shown) == pytest.approx(own, abs=1e-3)


def test_the_first_dense_layer_sums_up_maps(studio, column):
    assert words(column("dense1", 7, 0, 0))[0].startswith("From map ")
    lines = column("dense2", 1, 0, 0).lines
    assert [line.words for line in lines[-3:]] == ["35 other units", "Bias", "Sum"]
    assert all(line.words.startswith("From unit ") for line in lines[:5])


def test_pooling_names_the_winner(studio, column):
    (line,) = column("pool1", 4, 2, 2).lines
    relu = studio.space.look.maps["relu1"][4, 4:6, 4:6]
    y, x = np.unravel_index(relu.argmax(), (2, 2))
    assert line.words == f"Largest: row {4 + y}, column {4 + x}"
    assert line.target == ("relu1", (4, 4 + y, 4 + x))


def test_the_picture_has_no_sum(studio, column):
    shown = column("input", 1, 3, 4)
    assert shown.lines == ()
    assert not shown.isVisible()


def test_a_click_follows_a_line_to_where_it_comes_from(studio, column):
    shown = column("conv2", 3, 1, 2)
    target = shown.lines[1].target
    studio.qtbot.mouseClick(
        shown, Qt.MouseButton.LeftButton, pos=shown.box_of(1).center().toPoint()
    )
    sight = studio.space.sight
    assert sight.row.name == target[0] == "pool1"
    assert sight.chosen_unit == target[1]
    # The middle of the window that the unit looks at.
    assert target[1][1:] == (2, 3)


def test_the_keyboard_moves_and_follows(studio, column):
    shown = column("conv2", 3, 1, 2)
    shown.setFocus(Qt.FocusReason.TabFocusReason)
    for _ in range(2):
        studio.qtbot.keyClick(shown, Qt.Key.Key_Down)
    assert shown.current == 2
    line = shown.lines[2]
    assert shown.accessibleDescription() == f"{line.words} {line.shown}"
    studio.qtbot.keyClick(shown, Qt.Key.Key_Up)
    expected = shown.lines[1].target
    studio.qtbot.keyClick(shown, Qt.Key.Key_Return)
    assert studio.space.sight.chosen_unit == expected[1]


def test_nothing_is_computed_while_nobody_looks(make_studio):
    studio = make_studio().open()
    studio.inspector.show_page("why")
    sums = studio.inspector.unit.sums
    studio.qtbot.waitUntil(lambda: not sums.is_busy)
    studio.choose("conv2")
    assert not sums.is_busy
    studio.inspector.show_page("field")
    studio.qtbot.waitUntil(lambda: sums.found is not None and sums.found.row.name == "conv2")
    studio.qtbot.waitUntil(lambda: not running_jobs())


# Words and figures


@pytest.mark.parametrize(
    ("largest", "places"),
    [(0, 3), (1.405, 3), (0.31, 3), (12.3, 2), (1234.5, 0), (0.02, 4), (1e-30, 9), (np.inf, 3)],
)
def test_a_column_has_four_figures(largest, places):
    assert decimals(largest) == places


def test_signs_of_figures():
    assert fixed(0.31, 3, sign=True) == "+0.310"
    assert fixed(-0.259, 3, sign=True) == "−0.259"
    assert fixed(-0.0001, 3, sign=True) == "0.000"
    assert fixed(2.0, 1) == "2.0"


def test_softmax_names_its_classes(studio):
    look = studio.space.look
    rows = (*look.rows, _softmax_row(look.rows[-1]))
    scores = look.maps["dense2"].astype(np.float64)
    powers = np.exp(scores - scores.max())
    maps = {**look.maps, "softmax1": (powers / powers.sum()).astype(np.float32)}
    found = explain_unit(look.steps, rows, maps, "softmax1", (1, 0, 0))
    lines = sum_lines(found, rows, ("cat", "dog", "owl"))
    assert {line.words for line in lines[:3]} == {"cat", "dog", "owl"}
    assert lines[3].words == "Sum of powers"
    assert figure(lines[4].shown) == pytest.approx(maps["softmax1"][1, 0, 0], abs=1e-3)


def _softmax_row(before):
    from dataclasses import replace

    return replace(before, name="softmax1", kind="softmax", title="Softmax", inputs=("dense2",))


@pytest.fixture
def alone(qtbot):
    made = SumColumn()
    qtbot.addWidget(made)
    made.resize(256, 200)
    made.set_lines(
        [
            SumLine("From map 1", "+2.000", 2.0, "term", ("conv1", (1, 0, 0))),
            SumLine("From map 2", "−1.000", -1.0, "term"),
            SumLine("Sum", "+1.000", 1.0, "total", tip="exactly"),
        ]
    )
    made.resize(256, made.sizeHint().height())
    made.show()
    return made


def test_bars_have_length_and_side_by_value(alone, pixels_of):
    pixels = pixels_of(alone).astype(int)
    warm, cold = (theme.colour(role) for role in ("warm", "cold"))

    def reach(place, colour):
        box = alone.box_of(place)
        line = pixels[round(box.center().y())]
        wanted = [colour.red(), colour.green(), colour.blue()]
        return np.flatnonzero((np.abs(line - wanted) < 3).all(axis=1))

    plus, minus = reach(0, warm), reach(1, cold)
    assert plus.min() > minus.max() - 2
    assert len(plus) == pytest.approx(2 * len(minus), abs=3)
    assert not reach(2, warm).size


def test_a_line_without_a_place_leads_nowhere(alone, qtbot):
    heard = []
    alone.followed.connect(lambda *unit: heard.append(unit))
    for place in range(3):
        where = alone.box_of(place).center().toPoint()
        qtbot.mouseClick(alone, Qt.MouseButton.LeftButton, pos=where)
    assert heard == [("conv1", 1, 0, 0)]


def test_the_tooltip_says_more(alone):
    place = alone.box_of(2).center().toPoint()
    event = QHelpEvent(QHelpEvent.Type.ToolTip, place, alone.mapToGlobal(place))
    QApplication.sendEvent(alone, event)
    assert QToolTip.text() == "Sum\nexactly"
    QToolTip.hideText()
    QApplication.sendEvent(
        alone, QHelpEvent(QHelpEvent.Type.ToolTip, QPoint(5, 5), alone.mapToGlobal(place))
    )
