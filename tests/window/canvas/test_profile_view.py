import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QApplication

from studio.filters.profile import profile
from studio.window.canvas.histogram_bars import channel_colour
from studio.window.canvas.profile_view import ProfileView

PIXELS = np.random.default_rng(0).integers(0, 256, (40, 60, 3), np.uint8)
VALUES = np.random.default_rng(1).normal(0, 90, (40, 60, 1)).astype(np.float32)
LINE = (10, 5, 50, 35)  # 50 long


@pytest.fixture
def view(qtbot):
    made = ProfileView()
    qtbot.addWidget(made)
    made.resize(500, 200)
    made.show()
    made.heard = []
    made.pointed.connect(lambda x, y: made.heard.append((x, y)))
    return made


def test_nothing_yet(view, pixels_of):
    pixels_of(view)
    assert view.position is None
    assert "empty" in view.accessibleName()


def test_the_curves_are_the_values(view):
    before, after = profile(PIXELS, *LINE), profile(VALUES, *LINE)
    view.show_profiles(before, after)
    drawn = [line.getOriginalDataset() for line in view._lines]
    assert len(drawn) == 4
    for channel in range(3):
        np.testing.assert_array_equal(drawn[channel][0], before.distance)
        np.testing.assert_array_equal(drawn[channel][1], before.values[:, channel])
    np.testing.assert_array_equal(drawn[3][1], after.values[:, 0])
    view.show_profiles(None, after)
    assert len(view._lines) == 1


def test_before_is_dashed(view):
    view.show_profiles(profile(VALUES, *LINE), profile(VALUES * 2, *LINE))
    before, after = (line.opts["pen"] for line in view._lines)
    assert before.dashPattern()
    assert after.style() == Qt.PenStyle.SolidLine
    assert before.width() <= after.width()


def test_the_axes_hold_every_finite_value(view):
    values = VALUES.copy()
    values[20, 30] = np.nan
    values[21, 30] = np.inf
    line = profile(values, 30, 0, 30, 39)
    view.show_profiles(None, line)
    (left, right), (low, high) = view._box.viewRange()
    known = line.values[np.isfinite(line.values)]
    assert (left, right) == (0, 39)
    assert low < known.min()
    assert known.max() < high
    view.show_profiles(None, profile(np.full((3, 3, 1), np.nan, np.float32), 0, 0, 2, 2))
    view.show_profiles(profile(VALUES, 4, 4, 4, 4), None)  # one pixel


def test_the_mouse_points_at_a_place_of_the_picture(view, qtbot, pixels_of):
    line = profile(PIXELS, *LINE)
    view.show_profiles(line, None)
    pixels_of(view)
    for share in (0, 0.5, 1):
        spot = view._spot(50 * share, 100)
        qtbot.mouseMove(view.viewport(), spot.toPoint())
        view._point(float(view._box.mapSceneToView(QPointF(spot)).x()))
        assert view.position == pytest.approx((10 + 40 * share, 5 + 30 * share), abs=1)
        assert view.heard[-1] == view.position
    pixels_of(view)
    with qtbot.waitSignal(view.left):
        QApplication.sendEvent(view.viewport(), QEvent(QEvent.Type.Leave))
    assert view.position is None


def test_the_arrows_point_too(view, qtbot):
    view.show_profiles(None, profile(VALUES, 0, 7, 59, 7))
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert view.heard == [(0, 7)]
    qtbot.keyClick(view, Qt.Key.Key_Right)
    qtbot.keyClick(view, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert view.heard[1:] == [(1, 7), (11, 7)]
    qtbot.keyClick(view, Qt.Key.Key_Left)
    assert view.heard[-1] == (10, 7)
    with qtbot.waitSignal(view.left):
        qtbot.keyClick(view, Qt.Key.Key_Escape)


def test_the_focus_is_seen(view, pixels_of):
    before = pixels_of(view)
    view.focusInEvent(QFocusEvent(QEvent.Type.FocusIn, Qt.FocusReason.TabFocusReason))
    assert not np.array_equal(pixels_of(view), before)
    view.focusOutEvent(QFocusEvent(QEvent.Type.FocusOut, Qt.FocusReason.TabFocusReason))
    assert np.array_equal(pixels_of(view), before)


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_channels_keep_their_colours_in_both_schemes(view, looks, scheme, pixels_of):
    view.show_profiles(None, profile(PIXELS, *LINE))
    looks.choose(scheme)
    wanted = [channel_colour(name) for name in ("red", "green", "blue")]
    assert [line.opts["pen"].color() for line in view._lines] == wanted
    pixels_of(view)
