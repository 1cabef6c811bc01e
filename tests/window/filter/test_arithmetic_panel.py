"""The panel with the sum behind a pixel."""

from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QSettings, Qt
from PySide6.QtTest import QSignalSpy, QTest

from studio.filters import FILTERS
from studio.filters.arithmetic import explain
from studio.filters.cutting import Box
from studio.window.filter.arithmetic.panel import ArithmeticPanel

CONVOLUTION = FILTERS["convolution"]
SOBEL_X = CONVOLUTION.build({"kernel": "-1 0 1; -2 0 2; -1 0 1"})


@pytest.fixture(scope="module")
def pixels():
    return np.random.default_rng(3).integers(0, 256, (40, 50, 3), dtype=np.uint8)


@pytest.fixture
def panel(qtbot):
    made = ArithmeticPanel()
    qtbot.addWidget(made)
    made.resize(896, 212)
    made.show()
    return made


@pytest.fixture
def explained(panel, pixels):
    """Shows a filter's arithmetic at a pixel, and gives it."""

    def show(filtering, x, y, channel=0, given=pixels):
        result = filtering.apply(given)
        shown = explain(filtering, given, result, y, x, channel)
        colour = ("red", "green", "blue")[channel] if result.shape[2] == 3 else ""
        panel.show_arithmetic(shown, x, y, colour, result.dtype.name, 255.0)
        return shown

    return show


@pytest.fixture
def answering(panel, explained):
    """The panel, with someone who answers what it wants at once."""
    panel.set_geometry(40, 50)
    panel.wanted.connect(lambda x, y: explained(SOBEL_X, x, y))
    return panel


def names(panel):
    return [placed.grid.name for placed in panel._sum.layout_shown.grids]


def said(panel):
    return panel._sum.accessibleName()


# What is shown


def test_the_sum_is_said_to_the_last_line(panel, explained):
    shown = explained(SOBEL_X, 7, 5)
    total = f"{shown.stored:.0f}".replace("-", "−")
    assert said(panel) == (
        f"{total}, × scale 1 {total}, + offset 0 {total}, Stored, 32-bit {total}"
    )


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"kernel": "0.4"}, "Rounded"),
        ({"kernel": "1 1 1", "scale": 5}, "Cut to 0 … 255"),
        ({"kernel": "1 0"}, ""),
    ],
)
def test_rounding_and_cutting_are_said(panel, explained, settings, words, pixels):
    made = CONVOLUTION.build({"result": "same", **settings, "kernel": "0 " + settings["kernel"]})
    given = np.full_like(pixels, 201)
    explained(made, 7, 5, given=given)
    steps = said(panel).split(", ")
    assert any(step.startswith(words) for step in steps) if words else "Rounded" not in said(panel)
    assert ("Cut" in said(panel)) == words.startswith("Cut")


@pytest.mark.parametrize("width", [688, 896, 1496])
@pytest.mark.parametrize("side", [2, 3, 5, 7, 9, 15, 31, 63])
def test_everything_fits(panel, explained, pixels_of, width, side):
    panel.resize(width, panel.height())
    rows = "; ".join([" ".join(["-1", *["2"] * (side - 1)])] * side)
    for made in (CONVOLUTION.build({"kernel": rows}), FILTERS["median"].build({"radius": side})):
        explained(made, 0, 39)
        laid, inside = panel._sum.layout_shown, panel._sum.rect()
        boxes = [placed.box for placed in laid.grids] + [laid.lines]
        boxes += [] if laid.patch is None else [laid.patch]
        ordered = sorted(boxes, key=lambda box: box.left())
        for left, right in pairwise(ordered):
            assert left.right() < right.left()
        assert all(inside.contains(box.toAlignedRect()) for box in boxes)
        assert laid.lines.width() >= 140
        if width == 688:
            assert laid.patch is None
        assert pixels_of(panel).std() > 1


def test_small_windows_have_numbers_and_large_ones_colours(panel, explained):
    explained(SOBEL_X, 7, 5)
    assert names(panel) == ["window", "kernel", "products"]
    assert all(placed.has_numbers for placed in panel._sum.layout_shown.grids)
    explained(CONVOLUTION.build({"kernel": "; ".join([" ".join(["1"] * 31)] * 31)}), 7, 5)
    assert not any(placed.has_numbers for placed in panel._sum.layout_shown.grids)


def test_the_same_filter_keeps_its_layout(panel, explained, pixels):
    """Numbers of another length move nothing."""
    made = CONVOLUTION.build({"kernel": "1 -2 3; 4 -5 6; 7 -8 9"})
    boxes = []
    for value in (0, 9, 255):
        explained(made, 7, 5, given=np.full_like(pixels, value))
        boxes.append([placed.box for placed in panel._sum.layout_shown.grids])
    assert boxes[0] == boxes[1] == boxes[2]


def test_sorted_neighbours_have_their_place_marked(panel, explained):
    shown = explained(FILTERS["median"].build({"radius": 1}), 7, 5)
    order = panel._sum.layout_shown.grids[1].grid
    assert names(panel) == ["window", "order"]
    assert np.array_equal(order.values.ravel(), np.sort(shown.window, axis=None))
    assert order.values.ravel()[order.marked] == shown.stored


def test_of_many_sorted_neighbours_those_around_the_taken_one_are_shown(panel, explained):
    shown = explained(FILTERS["median"].build({"radius": 8}), 17, 15)
    order = panel._sum.layout_shown.grids[1].grid
    whole = np.sort(shown.window, axis=None)
    assert order.values.size == 25
    assert order.values.ravel()[order.marked] == shown.stored
    assert np.array_equal(order.values.ravel(), whole[144 - 12 : 144 + 13])
    assert "133 to 157 of 289" in order.title


def test_holes_are_left_out(panel, explained):
    explained(SOBEL_X.change(dilation=2), 7, 5)
    for placed in panel._sum.layout_shown.grids:
        assert np.count_nonzero(~placed.grid.left_out) == 9
    panel._sum._point((1, 1))
    assert "doesn't count" in panel._sum.caption


def test_two_sums_are_chosen_between(panel, explained):
    shown = explained(FILTERS["sobel"].build(), 7, 5)
    assert panel._terms.isVisible()
    kernels = []
    for name in ("gx", "gy"):
        panel._choose_term(name)
        kernels.append(panel._sum.term.kernel)
    assert np.array_equal(kernels, [term.kernel for term in shown.working.terms])
    explained(SOBEL_X, 7, 5)
    assert not panel._terms.isVisible()


def test_a_colour_is_chosen(panel, explained, pixels):
    heard = QSignalSpy(panel.channel_changed)
    explained(SOBEL_X, 7, 5, channel=1)
    assert panel._channels.value == "green"
    panel._channels._group.button(2).click()
    assert heard.at(0) == [2]
    explained(SOBEL_X, 7, 5, given=pixels[..., :1])
    assert not panel._channels.isVisible()


@pytest.mark.parametrize("border", ["mirror", "constant", "valid"])
def test_the_border_is_named_where_it_counts(panel, explained, border):
    made = SOBEL_X.change(border=border, border_value=30)
    explained(made, 20, 20)
    assert panel._sum.caption == ""
    explained(made, 0, 0)
    words = {"mirror": "mirrored about", "constant": "30 beyond the edge", "valid": ""}[border]
    assert panel._sum.caption.startswith(words)
    assert bool(panel._sum.caption) == bool(words)


def test_the_patch_shows_the_picture_itself(panel, explained, pixels, pixels_of):
    explained(SOBEL_X, 20, 15)
    patch = panel._sum.patch
    shown = pixels_of(panel._sum)
    for row, column in [(0, 0), (1, 2), (2, 1)]:
        place = patch.cell_of(row, column).center().toPoint()
        assert np.array_equal(shown[place.y(), place.x()], pixels[14 + row, 19 + column])


def test_words_take_the_sum_away(panel, explained):
    explained(SOBEL_X, 7, 5)
    panel.show_words("Nothing here")
    assert panel.shown is None
    assert said(panel) == "Nothing here"


# Pointing at cells


def move_to(widget, place):
    QTest.mouseMove(widget, QPoint(5, 2))
    QTest.mouseMove(widget, place.toPoint() if isinstance(place, QPointF) else place)


@pytest.mark.parametrize("holder", range(4))
def test_a_cell_is_pointed_at_in_any_grid(panel, explained, holder):
    explained(SOBEL_X, 7, 5)
    heard, left = QSignalSpy(panel.cell_hovered), QSignalSpy(panel.cell_left)
    laid = panel._sum.layout_shown
    cells = [*(placed.cell_of for placed in laid.grids), panel._sum.patch.cell_of]
    move_to(panel._sum, cells[holder](0, 2).center())
    assert heard.at(0) == [-1, 1]
    assert panel._sum.accessibleDescription() == panel._sum.caption
    assert panel._sum.caption.startswith("row −1, column +1: ")
    move_to(panel._sum, QPoint(890, 3))
    assert left.count() == 1
    assert panel._sum.pointed is None


def test_the_words_of_a_cell_are_its_numbers(panel, explained):
    shown = explained(SOBEL_X, 7, 5)
    panel._sum._point((1, 2))
    value = shown.window[1, 2]
    assert panel._sum.caption == f"row 0, column +1: {value:.0f} × 2 = +{2 * value:.0f}"


def test_a_sorted_value_points_at_its_cell(panel, explained):
    shown = explained(FILTERS["median"].build({"radius": 1}), 7, 5)
    order = panel._sum.layout_shown.grids[1]
    heard = QSignalSpy(panel.cell_hovered)
    move_to(panel._sum, order.cell(1, 1).center())
    dy, dx = heard.at(0)
    assert shown.window[dy + 1, dx + 1] == shown.stored


def test_arrows_point_at_cells(panel, explained, qtbot):
    explained(SOBEL_X, 7, 5)
    panel._sum.setFocus(Qt.FocusReason.TabFocusReason)
    heard = QSignalSpy(panel.cell_hovered)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Up):
        qtbot.keyClick(panel._sum, key)
    assert [heard.at(place) for place in range(heard.count())] == [[0, 0], [0, 1], [-1, 1]]
    qtbot.keyClick(panel._sum, Qt.Key.Key_Escape)
    assert panel._sum.pointed is None


# The walk


def test_a_step_asks_for_a_pixel_and_the_next(answering):
    walked, wanted = QSignalSpy(answering.walked), QSignalSpy(answering.wanted)
    answering.set_seen(Box(10, 20, 5, 15), 30)
    for _ in range(3):
        answering.walk_actions.step.trigger()
    expected = [[5, 10], [6, 10], [7, 10]]
    assert [walked.at(place) for place in range(3)] == expected
    assert [wanted.at(place) for place in range(3)] == expected
    assert answering.walk.position == (10, 7)
    answering.walk_actions.restart.trigger()
    assert answering.walk.position == (10, 5)


def test_playing_goes_to_the_end_and_begins_anew(answering, qtbot):
    answering.set_seen(Box(0, 2, 0, 3), 30)
    answering.walker.set_speed(1000)
    play = answering.walk_actions.play
    play.trigger()
    assert answering.walker.is_playing
    assert "Pause" in answering.transport.play.toolTip()
    qtbot.waitUntil(lambda: not answering.walker.is_playing)
    assert answering.walk.is_done
    assert answering.shown.box == Box(0, 3, 1, 4)
    play.trigger()
    assert answering.walk.position == (0, 0)
    play.trigger()
    assert not answering.walker.is_playing


def test_the_walk_waits_for_its_arithmetic(panel, explained):
    panel.set_geometry(40, 50)
    panel.walk_actions.play.trigger()
    first = panel.walk.position
    for _ in range(3):
        panel.walker._tick()
    assert panel.walk.position == first
    explained(SOBEL_X, first[1], first[0])
    panel.walker._tick()
    assert panel.walk.position == (first[0], first[1] + 1)


def test_pointing_at_the_picture_pauses(answering):
    wanted = QSignalSpy(answering.wanted)
    answering.walk_actions.play.trigger()
    answering.hover(30, 20)
    assert not answering.walker.is_playing
    assert answering.walk is not None
    assert wanted.at(wanted.count() - 1) == [30, 20]


def test_another_result_ends_the_walk(answering):
    ended = QSignalSpy(answering.walk_ended)
    answering.walk_actions.play.trigger()
    answering.set_geometry(40, 50)
    assert ended.count() == 0
    answering.set_geometry(20, 25)
    assert ended.count() == 1
    assert answering.walk is None
    assert not answering.walker.is_playing


def test_hiding_stops_the_timer(answering):
    answering.walk_actions.play.trigger()
    answering.hide()
    assert not answering.walker.is_playing


def test_without_a_result_there_is_no_walk(panel):
    assert not any(action.isEnabled() for action in panel.walk_actions.all)
    panel.set_geometry(4, 5)
    assert all(action.isEnabled() for action in panel.walk_actions.all)
    panel.set_geometry(0, 0)
    panel.walker.step()
    panel.walker.toggle()
    panel.walker.restart()
    assert panel.walk is None


def test_keys_drive_the_walk(answering, qtbot):
    with qtbot.waitActive(answering):
        answering.activateWindow()
    answering.transport.slider.setFocus()
    qtbot.keyClick(answering.transport.slider, Qt.Key.Key_Period)
    qtbot.keyClick(answering.transport.slider, Qt.Key.Key_Period)
    second = answering.walk.position
    qtbot.keyClick(answering.transport.slider, Qt.Key.Key_P)
    assert answering.walker.is_playing
    qtbot.keyClick(answering.transport.slider, Qt.Key.Key_P)
    assert not answering.walker.is_playing
    answering._sum.setFocus()
    qtbot.keyClick(answering._sum, Qt.Key.Key_Home)
    assert answering.walk.position == (second[0], second[1] - 1)
    qtbot.keyClick(answering._sum, Qt.Key.Key_Escape)
    assert answering.walk is None


def test_the_speed_is_kept(panel, qtbot):
    heard = QSignalSpy(panel.transport.speed_changed)
    slider = panel.transport.slider
    slider.setValue(slider.maximum())
    assert heard.at(0) == [60]
    assert panel.walker._timer.interval() == round(1000 / 60)
    assert float(QSettings().value("walk/speed")) == 60
    again = ArithmeticPanel()
    qtbot.addWidget(again)
    assert again.transport.speed == 60
    slider.setValue(0)
    assert panel.transport.speed == 2


def test_tooltips_name_the_keys(panel):
    panel.set_geometry(4, 5)
    tips = [part.toolTip() for part in (panel.transport.restart, panel.transport.play)]
    assert tips[0].endswith("(Home)")
    assert tips[1].endswith("(P)")
    assert panel.transport.step.toolTip().endswith("(.)")


def test_tab_reaches_everything(panel, explained):
    panel.set_geometry(4, 5)
    explained(FILTERS["sobel"].build(), 7, 5)
    parts = [panel.transport.restart, panel.transport.slider, panel._sum]
    assert all(part.focusPolicy() & Qt.FocusPolicy.TabFocus for part in parts)
    assert panel.transport.slider.accessibleName()


@pytest.mark.parametrize("kernel", ["box size=31", "gaussian size=41 sigma=3"])
def test_cells_too_small_for_numbers_may_hold_what_is_none(panel, explained, pixels_of, kernel):
    given = np.linspace(0, 1, 2500, dtype=np.float32).reshape(50, 50, 1).copy()
    given[20:23, 20:23] = np.nan
    given[30, 30] = np.inf
    explained(CONVOLUTION.build({"kernel": kernel}), 25, 25, given=given)
    assert np.ptp(pixels_of(panel)) > 100
