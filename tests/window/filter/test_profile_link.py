"""A line drawn in the Filter workspace, and the values along it."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMainWindow

from studio.document import Document
from studio.filters import FILTERS
from studio.filters.chain import Chain, Step
from studio.image.picture import Picture
from studio.window.chrome.status import Status
from studio.window.filter.space import FilterSpace
from studio.window.job import running_jobs
from studio.window.session import Session

NOISE = np.random.default_rng(0).integers(0, 256, (40, 60, 3), np.uint8)


def steps(*named):
    return Chain(steps=tuple(Step(filter=FILTERS[kind].build(values)) for kind, values in named))


@pytest.fixture
def space(qtbot):
    session = Session(Document(chain=steps(("median", {"radius": 2, "border": "valid"}))))
    session.paste_picture(Picture(NOISE, name="noise"))
    made = FilterSpace(session, Status())
    window = QMainWindow()
    window.setCentralWidget(made)
    qtbot.addWidget(window)
    window.addActions([action for group in made.menu_actions.values() for action in group])
    window.resize(1200, 700)
    window.show()
    settle(qtbot, made)
    return made


def settle(qtbot, space):
    session = space._session
    qtbot.waitUntil(
        lambda: (
            space.result is not None
            and space.result.chain == session.document.chain
            and space.result.picture is session.picture
            and space.renderer.is_filled
            and not running_jobs()
        )
    )


def use(qtbot, space, *named):
    session = space._session
    session.edit("Change", session.document.change(chain=steps(*named)))
    settle(qtbot, space)


def draw(qtbot, space, view, first, last):
    """Press, move and release over two pixels of a view."""
    ends = [view.place_of(x + 0.5, y + 0.5).toPoint() for x, y in (first, last)]
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=ends[0])
    qtbot.mouseMove(view, ends[1])
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=ends[1])
    settle(qtbot, space)


def profiles(space):
    return space.profile.panel.view.profiles


def test_the_key_opens_and_closes_it(space, qtbot):
    qtbot.keyClick(space.window(), Qt.Key.Key_L)
    assert space.profile.is_open
    assert space.arithmetic.isHidden()
    assert not profiles(space)
    assert space.compare.tool == "line"
    qtbot.keyClick(space.profile.panel, Qt.Key.Key_Escape)
    assert space.profile.panel.isHidden()
    assert not space.arithmetic.isHidden()
    assert space.compare.tool == "look"
    settle(qtbot, space)


def test_only_one_panel_is_below(space, qtbot):
    below = (space.comparing, space.learning, space.profile)
    for one in (*below, *below):
        one.action.trigger()
        assert [other.is_open for other in below] == [other is one for other in below]
        assert space.arithmetic.isHidden()
        settle(qtbot, space)
    space.profile.panel.close_button.click()
    assert not any(one.is_open for one in below)
    assert not space.arithmetic.isHidden()
    settle(qtbot, space)


def test_the_curves_are_what_lies_under_the_line(space, qtbot):
    space.profile.action.trigger()
    draw(qtbot, space, space.compare.before, (6, 9), (40, 9))
    before, after = profiles(space)["before"], profiles(space)["after"]
    np.testing.assert_array_equal(before.values, NOISE[9, 6:41])
    # The result begins two pixels further in.
    result = space.result.evaluation.whole()
    np.testing.assert_array_equal(after.values, result[7, 4:39])
    np.testing.assert_array_equal(after.x, before.x)
    assert space.profile.panel.place.text() == "from 6, 9 to 40, 9: 34.0 pixels long"
    assert space.compare.after.line == (4, 7, 38, 7)
    assert space.compare.split.line == (4, 7, 38, 7)


def test_where_the_result_has_no_pixels_there_is_no_curve(space, qtbot):
    space.profile.action.trigger()
    draw(qtbot, space, space.compare.before, (0, 20), (59, 20))
    values = profiles(space)["after"].values
    assert np.isnan(values[:2]).all()
    assert np.isnan(values[-2:]).all()
    np.testing.assert_array_equal(values[2:-2], space.result.evaluation.whole()[18])
    space.grab()  # the letters stand at the last values that there are


def test_a_line_over_the_result_counts_in_pixels_before(space, qtbot):
    space.profile.action.trigger()
    draw(qtbot, space, space.compare.after, (0, 3), (20, 3))
    assert space.compare.line == (2, 5, 22, 5)
    assert space.compare.after.line == (0, 3, 20, 3)
    np.testing.assert_array_equal(profiles(space)["before"].values, NOISE[5, 2:23])


def test_a_stride_is_put_on_the_same_axis(space, qtbot):
    use(qtbot, space, ("stride", {"stride": 2}))
    space.profile.action.trigger()
    draw(qtbot, space, space.compare.before, (10, 8), (50, 8))
    after = profiles(space)["after"]
    np.testing.assert_array_equal(after.x, np.arange(10, 51, 2))
    np.testing.assert_array_equal(after.values, NOISE[8, 10:51:2])
    assert space.compare.after.line == (5, 4, 25, 4)


def test_the_curves_follow_the_chain(space, qtbot):
    space.profile.action.trigger()
    draw(qtbot, space, space.compare.before, (5, 5), (30, 25))
    use(qtbot, space, ("invert", {}))
    pair = profiles(space)
    np.testing.assert_array_equal(pair["after"].values, 255 - pair["before"].values)
    assert space.compare.after.line == (5, 5, 30, 25)


def test_pointing_at_the_curve_marks_the_place(space, qtbot):
    space.profile.action.trigger()
    draw(qtbot, space, space.compare.before, (6, 9), (40, 9))
    view = space.profile.panel.view
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_Right)
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert view.position == (7, 9)
    assert space.compare.before._line_mark.toTuple() == (7, 9)
    assert space.compare.after._line_mark.toTuple() == (5, 7)
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert space.compare.before._line_mark is None
    assert space.profile.is_open  # Esc took back the mark only


def test_a_line_beyond_a_smaller_picture_is_given_up(space, qtbot):
    space.profile.action.trigger()
    draw(qtbot, space, space.compare.before, (6, 9), (40, 9))
    space._session.paste_picture(Picture(NOISE[:30, :30], name="small"))
    settle(qtbot, space)
    assert space.compare.line is None
    assert not profiles(space)
    assert space.profile.panel.place.text() == ""


def test_a_click_draws_nothing(space, qtbot):
    space.profile.action.trigger()
    view = space.compare.before
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    assert space.compare.line is None
    assert not profiles(space)
    settle(qtbot, space)
