import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QMouseEvent
from PySide6.QtWidgets import QApplication

from studio.image.colour_map import colour_map
from studio.image.display import Scale, Shown, scale_of
from studio.image.statistics import Histogram, histogram_for
from studio.window.canvas.histogram_bars import Counted, channel_colour, channel_stroke
from studio.window.canvas.histogram_view import HistogramView
from studio.window.chrome import theme

LEFT = Qt.MouseButton.LeftButton
SIGNED = Scale("signed", -128.0, 128.0, "signed")


@pytest.fixture
def view(qtbot):
    made = HistogramView()
    qtbot.addWidget(made)
    made.resize(258, made.height())
    made.show()
    made.heard = []
    made.levels_changed.connect(lambda low, high: made.heard.append((low, high)))
    return made


def signed_histogram():
    histogram = Histogram(-128, 128, 64)
    values = np.random.default_rng(0).normal(0, 60, (60, 60, 1)).astype(np.float32)
    histogram.add(values)
    return histogram


def colours_of(pixels, rows):
    return {tuple(pixel) for pixel in pixels[rows].reshape(-1, 3).tolist()}


def rgb(role):
    return QColor(getattr(theme.tokens(), role)).getRgb()[:3]


def test_signed_bars_are_cold_left_and_warm_right_of_zero(view, pixels_of):
    view.show_histogram(signed_histogram(), SIGNED, whole=False)
    shown = pixels_of(view)
    foot = slice(int(view._box().bottom()) - 3, int(view._box().bottom()) - 1)
    assert rgb("cold") in colours_of(shown[:, :120], foot)
    assert rgb("warm") not in colours_of(shown[:, :120], foot)
    assert rgb("warm") in colours_of(shown[:, 140:], foot)
    assert rgb("cold") not in colours_of(shown[:, 140:], foot)


def test_the_bars_have_the_heights_of_the_counts():
    histogram = Histogram(0, 4, 4)
    histogram.add(np.array([0.5] * 9 + [1.5] * 2 + [2.5] * 4 + [3.5], np.float32).reshape(4, 4, 1))
    counted = Counted.of(histogram, Scale("plain", 0, 4))
    assert counted.heights(400, logarithmic=False).tolist() == [[1, 0.5, 1, 0.25]]
    logs = counted.heights(400, logarithmic=True)[0]
    np.testing.assert_allclose(logs, np.log1p([9, 2, 4, 1]) / np.log1p(9))
    assert counted.grouped(theme.px(8)).tolist() == [[11, 5]]


def test_an_empty_histogram_is_shown(view, pixels_of):
    view.show_histogram(Histogram(0, 256, 64, 3), Scale("plain", 0, 255))
    pixels_of(view)
    assert "empty" in view.accessibleName()
    view.words_at(100)


def test_three_channels_differ_in_stroke_too(view, pixels_of):
    histogram = Histogram(0, 256, 64, 3)
    # Red is dark, green in the middle, blue light.
    for channel, value in enumerate((40, 128, 216)):
        pixels = np.zeros((30, 30, 3), np.uint8)
        pixels[..., channel] = np.random.default_rng(0).normal(value, 8, (30, 30)).astype(np.uint8)
        histogram.add(pixels)
    view.show_histogram(histogram, Scale("plain", 0, 255))
    pixels_of(view)
    assert len({channel_stroke(name) for name in ("red", "green", "blue")}) == 3
    assert len(view._counted.counts) == 3


def test_a_chosen_channel_has_bars_in_its_colour(view, pixels_of):
    histogram = Histogram(0, 256, 64, 3)
    histogram.add(np.random.default_rng(0).integers(0, 256, (40, 40, 3), np.uint8))
    view.show_histogram(histogram, Scale("plain", 0, 255, "grey", "green"))
    np.testing.assert_array_equal(view._counted.counts, histogram.counts[1:2])
    assert channel_colour("green").getRgb()[:3] in colours_of(pixels_of(view), slice(40, 70))


def test_the_strip_has_the_colours_of_the_scale(view, pixels_of):
    view.show_histogram(signed_histogram(), SIGNED, whole=False)
    row = int(view._box().bottom()) + theme.px(7)
    strip = pixels_of(view)[row].astype(int)
    colours = colour_map("signed").astype(int)
    assert np.abs(strip[129] - colours[128]).max() <= 6
    assert np.abs(strip[65] - colours[64]).max() <= 6
    assert np.abs(strip[193] - colours[192]).max() <= 6
    view.show_scale(Scale("signed", -64.0, 64.0, "signed"))
    strip = pixels_of(view)[row].astype(int)
    assert np.abs(strip[30] - colours[1]).max() <= 2  # all below look the same
    assert np.abs(strip[60] - colours[1]).max() <= 2


def drag(qtbot, handle, view, x):
    place = handle.mapFromParent(QPoint(round(x), handle.y() + 4))
    qtbot.mousePress(handle, LEFT, pos=handle.rect().center())
    # A press alone moves nothing; `QTest.mouseMove` holds no button, so the handle is told.
    handle.moved.emit(handle.mapToParent(place).x())


def test_dragging_a_handle_sets_a_level(view, qtbot):
    pixels = np.random.default_rng(0).integers(0, 256, (40, 40, 1), np.uint8)
    histogram = histogram_for(pixels)
    histogram.add(pixels)
    view.show_histogram(histogram, scale_of(pixels))
    drag(qtbot, view.low_handle, view, view._across(50))
    assert view.heard == [(50, 255)]
    view.show_histogram(histogram, Scale("plain", 10, 255))  # an older result, still on its way
    assert view.scale.low == 50
    qtbot.mouseRelease(view.low_handle, LEFT)
    view.show_histogram(histogram, Scale("plain", 49, 255))
    assert view.scale.low == 49
    drag(qtbot, view.high_handle, view, view._across(20))
    assert view.heard[-1] == (49, 50)  # it stays above the other one


def test_the_mouse_moves_a_handle(view, qtbot):
    view.show_histogram(Histogram(0, 256), Scale("plain", 0, 255))
    handle = view.high_handle
    place = QPointF(handle.mapFromParent(QPoint(190, handle.y())))
    none = Qt.KeyboardModifier.NoModifier
    event = QMouseEvent(
        QEvent.Type.MouseMove, place, handle.mapToGlobal(place), Qt.MouseButton.NoButton, LEFT, none
    )
    QApplication.sendEvent(handle, event)
    assert view.heard == [(0, round(view._value(250 - 60)))]


def test_around_zero_both_move(view, qtbot):
    view.show_histogram(signed_histogram(), SIGNED, whole=False)
    drag(qtbot, view.high_handle, view, view._across(40))
    assert view.heard == [(-40, 40)]
    drag(qtbot, view.low_handle, view, view._across(-90))
    assert view.heard[-1] == (-90, 90)
    drag(qtbot, view.low_handle, view, view._across(30))  # beyond zero
    low, high = view.heard[-1]
    assert low == -high < 0


@pytest.mark.parametrize(("whole", "step"), [(True, 1), (False, 2)])
def test_the_arrows_move_a_handle(view, qtbot, whole, step):
    view.show_histogram(Histogram(0, 256), Scale("plain", 0, 254), whole)
    view.low_handle.setFocus()
    qtbot.keyClick(view.low_handle, Qt.Key.Key_Right)
    qtbot.keyClick(view.low_handle, Qt.Key.Key_Up)
    assert view.heard == [(step, 254), (2 * step, 254)]
    qtbot.keyClick(view.high_handle, Qt.Key.Key_PageDown)
    assert view.heard[-1] == (2 * step, 254 - 10 * step)


def test_double_click_and_backspace_find_the_levels_again(view, qtbot):
    view.show_histogram(Histogram(0, 256), Scale("plain", 40, 200))
    with qtbot.waitSignal(view.automatic_wanted):
        qtbot.mouseDClick(view.low_handle, LEFT)
    with qtbot.waitSignal(view.automatic_wanted):
        qtbot.mouseDClick(view, LEFT, pos=QPoint(100, 50))
    with qtbot.waitSignal(view.automatic_wanted):
        qtbot.keyClick(view.high_handle, Qt.Key.Key_Backspace)


def test_directions_have_no_levels(view):
    view.show_histogram(Histogram(-180, 180), Scale("direction", -180, 180, "direction"), False)
    assert not view.low_handle.isVisible()
    assert not view.high_handle.isVisible()


def test_logarithmic_as_suits_the_values_or_as_chosen(view, qtbot, pixels_of):
    view.show_histogram(signed_histogram(), SIGNED, whole=False)
    assert view.logarithmic
    assert view.log_button.isChecked()
    before = pixels_of(view)
    view.log_button.setFocus()
    qtbot.keyClick(view.log_button, Qt.Key.Key_Space)
    assert not view.logarithmic
    assert not np.array_equal(pixels_of(view)[:60], before[:60])
    view.show_histogram(signed_histogram(), SIGNED, whole=False)
    assert not view.logarithmic  # as it was chosen


def test_a_bar_says_what_it_stands_for(view):
    histogram = Histogram(0, 256, 64)
    histogram.add(np.full((10, 100, 1), 130, np.uint8))
    view.show_histogram(histogram, Scale("plain", 0, 255))
    assert "1,000 values (100 %)" in view.words_at(view._across(130))
    assert view.words_at(view._across(250)).startswith("248 to 251: 0 values")


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_it_follows_the_theme(view, looks, scheme, pixels_of):
    looks.choose(scheme)
    view.show_histogram(signed_histogram(), SIGNED, whole=False)
    assert rgb("warm") in colours_of(pixels_of(view), slice(0, 80))


def test_tab_reaches_log_and_both_handles(view):
    stops = [view.log_button, view.low_handle, view.high_handle]
    assert all(stop.focusPolicy() & Qt.FocusPolicy.TabFocus for stop in stops)
    assert all(stop.accessibleName() or stop.text() for stop in stops)


def test_levels_beyond_the_values_widen_the_view(view):
    pixels = np.random.default_rng(0).normal(0, 10, (30, 30, 1)).astype(np.float32)
    shown = Shown(levels="set", black=-500, white=500)
    view.show_histogram(histogram_for(pixels, shown), scale_of(pixels, shown), whole=False)
    assert view.ends == (-500, 500)
    assert view._across(-500) == view._box().left()
