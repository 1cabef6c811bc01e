from time import thread_time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QMouseEvent
from PySide6.QtWidgets import QApplication

from studio.window.chrome import theme
from studio.window.train.curve_axis import axis_text, exact_text, round_step
from studio.window.train.curve_plot import apart
from studio.window.train.curves import CurvePlot, averaged

EPOCHS = np.arange(1, 11)


@pytest.fixture
def curves(qtbot):
    return shown(qtbot, CurvePlot("Loss", legend=True))


@pytest.fixture
def shares(qtbot):
    return shown(qtbot, CurvePlot("Accuracy", percent=True))


def shown(qtbot, plot):
    qtbot.addWidget(plot)
    plot.resize(440, 300)
    plot.show()
    return plot


def ranges(curves):
    (left, right), (bottom, top) = curves.plot.getPlotItem().getViewBox().viewRange()
    return left, right, bottom, top


def place(curves, x, y):
    return curves.plot.getPlotItem().getViewBox().mapViewToScene(QPointF(x, y))


def colours(pixels):
    return {tuple(colour) for colour in np.unique(pixels.reshape(-1, 3), axis=0).tolist()}


def rgb(colour):
    return QColor(colour).getRgb()[:3]


def listen(signal):
    heard = []
    signal.connect(lambda *values: heard.append(values))
    return heard


def send(curves, spot, kind=QEvent.Type.MouseMove, button=Qt.MouseButton.NoButton):
    view, local = curves.plot.viewport(), QPointF(spot)
    event = QMouseEvent(
        kind,
        local,
        view.mapToGlobal(local),
        button,
        button,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(view, event)


def test_nothing_yet_is_said(curves, pixels_of):
    empty = pixels_of(curves.plot)
    curves.set_series(1, "validation", EPOCHS, 1 / EPOCHS)
    curves.clear()
    assert np.array_equal(pixels_of(curves.plot), empty)
    assert rgb(theme.tokens().text3) in colours(empty)


def test_a_line_is_drawn_where_its_values_are(curves, pixels_of):
    curves.set_series(1, "validation", EPOCHS, np.full(10, 0.5))
    run = np.array(rgb(theme.tokens().runs[0]))
    rows = np.argwhere((pixels_of(curves.plot) == run).all(axis=2))
    line = place(curves, 1, 0.5), place(curves, 10, 0.5)
    assert np.abs(np.median(rows[:, 0]) - line[0].y()) <= 2
    assert rows[:, 1].min() == pytest.approx(line[0].x(), abs=3)
    assert rows[:, 1].max() == pytest.approx(line[1].x(), abs=6)  # and its dot


def test_the_axes_span_round_numbers(curves):
    curves.set_series(1, "validation", EPOCHS, np.linspace(2.3, 0.4, 10))
    assert ranges(curves) == (0, 10, 0, 2.5)
    curves.set_span(14)
    assert ranges(curves)[1] == 14
    curves.set_series(2, "validation", [20], [3.2])
    assert ranges(curves) == (0, 20, 0, 4)
    curves.remove_run(2)
    assert ranges(curves) == (0, 14, 0, 2.5)


def test_shares_need_not_begin_at_zero(shares):
    shares.set_series(1, "validation", EPOCHS, np.linspace(0.93, 0.984, 10))
    assert ranges(shares)[2:] == pytest.approx((0.92, 1.0))


@pytest.mark.parametrize("value", [0.0, 1.0, 5.0, -3.0])
def test_a_single_value_has_a_range_around_it(curves, shares, value):
    for plot in (curves, shares):
        plot.set_series(1, "validation", [1], [value])
        _, _, bottom, top = ranges(plot)
        assert bottom <= value <= top
        assert bottom < top


def test_a_few_wild_steps_do_not_flatten_the_rest(curves):
    losses = np.ones(1000)
    losses[3] = 1e6
    curves.set_series(1, "training", np.linspace(0, 10, 1000), losses)
    curves.set_series(1, "validation", EPOCHS, np.ones(10))
    assert ranges(curves)[3] < 1e5


def test_values_that_are_not_finite_are_left_out(curves):
    curves.set_series(1, "validation", [1, 2, 3, 4], [1.0, np.nan, np.inf, 0.5])
    assert curves.plot.series[1, "validation"].x.tolist() == [1, 4]
    curves.set_series(1, "validation", [1, 2], [np.nan, np.nan])
    assert not curves.plot.series
    assert np.isfinite(ranges(curves)).all()


def test_lengths_must_agree(curves):
    with pytest.raises(ValueError, match="one length"):
        curves.set_series(1, "training", [1, 2], [1])


def test_long_training_lines_are_averaged(curves):
    x = np.linspace(0, 10, 10_000)
    noise = np.random.default_rng(0).normal(size=x.size)
    curves.set_series(1, "training", x, 2 + noise)
    drawn = curves.plot.series[1, "training"]
    assert drawn.x.size <= 76
    assert drawn.y.std() < 0.15
    assert drawn.y.mean() == pytest.approx(2, abs=0.05)


@given(count=some.integers(1, 400), width=some.floats(0.1, 50))
def test_averages_are_those_of_their_parts(count, width):
    x = np.sort(np.random.default_rng(count).uniform(0, 100, count))
    y = x**2
    mean_x, mean_y = averaged(x, y, width)
    part = np.floor(x / width)
    for n, number in enumerate(np.unique(part)[: mean_x.size]):
        inside = part == number
        assert mean_x[n] == pytest.approx(x[inside].mean())
        assert mean_y[n] == pytest.approx(y[inside].mean())
    assert np.unique(part).size - mean_x.size <= 1


def test_a_growing_run_changes_only_the_end_of_its_line(curves):
    x, y = np.linspace(0, 10, 5000), np.random.default_rng(0).normal(size=5000)
    curves.set_span(10)
    curves.set_series(1, "training", x[:3000], y[:3000])
    before = curves.plot.series[1, "training"].y.copy()
    curves.set_series(1, "training", x[:3100], y[:3100])
    after = curves.plot.series[1, "training"].y
    assert after.size >= before.size
    assert np.array_equal(before[:-1], after[: before.size - 1])


def test_runs_have_the_themes_colours_in_both_schemes(curves, looks, pixels_of):
    curves.set_series(2, "validation", EPOCHS, np.full(10, 0.5))
    for scheme in ("dark", "light"):
        looks.choose(scheme)
        seen = colours(pixels_of(curves.plot))
        assert rgb(looks.tokens.runs[1]) in seen
        assert rgb(looks.tokens.window) in seen
        assert rgb(looks.tokens.line) in seen
    curves.set_series(2, "validation", EPOCHS, np.full(10, 0.5), colour="#123456")
    assert rgb("#123456") in colours(pixels_of(curves.plot))


def test_run_seven_begins_the_colours_again(curves):
    for run in (1, 7):
        curves.set_series(run, "validation", EPOCHS, EPOCHS)
    first, seventh = curves.plot.series.values()
    assert curves.plot.colour_of(first) == curves.plot.colour_of(seventh)


def test_the_layout_stays_while_numbers_grow(curves, shares):
    def left(plot):
        box = plot.plot.getPlotItem().getViewBox()
        return box.mapRectToScene(box.boundingRect()).left()

    for plot in (curves, shares):
        lefts = set()
        for scale in (0.001, 0.1, 1, 100, 90_000):
            plot.set_series(1, "validation", EPOCHS, EPOCHS * scale)
            plot.grab()
            lefts.add(left(plot))
        assert len(lefts) == 1
    assert left(curves) == left(shares)


def test_the_marker_stands_in_its_place(curves, pixels_of):
    curves.set_series(1, "validation", EPOCHS, EPOCHS)
    plain = pixels_of(curves.plot)
    curves.set_marker(4)
    changed = np.argwhere((pixels_of(curves.plot) != plain).any(axis=2))
    assert np.median(changed[:, 1]) == pytest.approx(place(curves, 4, 0).x(), abs=1)
    assert curves.marker == 4
    curves.set_marker(None)
    assert np.array_equal(pixels_of(curves.plot), plain)


def test_clicking_and_dragging_ask_for_the_marker(curves):
    heard = listen(curves.marker_moved)
    spot = place(curves, 0.5, 0.5)
    send(curves, spot, QEvent.Type.MouseButtonPress, Qt.MouseButton.LeftButton)
    assert heard == []  # there is nothing to mark yet
    curves.set_series(1, "validation", EPOCHS, EPOCHS)
    send(curves, place(curves, 3, 5), QEvent.Type.MouseButtonPress, Qt.MouseButton.LeftButton)
    send(curves, place(curves, 6, 5), QEvent.Type.MouseMove, Qt.MouseButton.LeftButton)
    send(curves, QPoint(5000, 50), QEvent.Type.MouseMove, Qt.MouseButton.LeftButton)
    assert [x for (x,) in heard] == pytest.approx([3, 6, 10])
    assert curves.marker is None  # whoever listens sets it


def test_arrows_ask_for_the_marker(curves, qtbot):
    heard = listen(curves.marker_moved)
    curves.set_series(1, "validation", EPOCHS, EPOCHS)
    curves.marker_moved.connect(curves.set_marker)
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Right):
        qtbot.keyClick(curves, key)
    qtbot.keyClick(curves, Qt.Key.Key_Right)
    assert [x for (x,) in heard] == [9, 8, 9, 10, 10]


def test_values_are_read_out_under_the_cursor(curves, pixels_of):
    curves.set_series(1, "validation", EPOCHS, EPOCHS)
    plain = pixels_of(curves.plot)
    send(curves, place(curves, 5, 5))
    assert rgb(theme.tokens().panel) in colours(pixels_of(curves.plot))
    QApplication.sendEvent(curves.plot.viewport(), QEvent(QEvent.Type.Leave))
    assert np.array_equal(pixels_of(curves.plot), plain)


def test_the_value_is_that_of_the_nearest_point(curves):
    curves.set_series(1, "validation", [1, 2, 4], [0.5, 0.25, 0.125])
    line = curves.plot.series[1, "validation"]
    assert line.value_at(2.4) == (2, 0.25)
    assert line.value_at(3.5) == (4, 0.125)
    assert line.value_at(0.9) is None
    assert line.value_at(4.1) is None


@given(some.lists(some.tuples(some.floats(0, 400), some.floats(0, 300)), max_size=6))
def test_numbers_at_the_ends_do_not_touch(ends):
    ends.sort(key=lambda end: end[1])
    heights = apart(ends, 14, 300)
    for n, first in enumerate(ends):
        assert heights[n] <= 300
        for m in range(n):
            if abs(ends[m][0] - first[0]) < 14:
                assert abs(heights[n] - heights[m]) >= 14 - 1e-6


def test_numbers_with_room_stay_at_their_ends():
    assert apart([(10, 20), (10, 60), (200, 61)], 14, 300) == [20, 60, 61]


@pytest.mark.parametrize(
    ("span", "count", "step"),
    [
        (1, 5, 0.2),
        (2.5, 5, 0.5),
        (14, 8, 2),
        (10, 10, 1),
        (0.07, 5, 0.02),
        (3e6, 5, 1e6),
        (0, 5, 0),
    ],
)
def test_steps_are_round(span, count, step):
    assert round_step(span, count) == pytest.approx(step, abs=1e-12)


@given(span=some.floats(1e-6, 1e9), count=some.floats(1, 20))
def test_steps_are_the_smallest_that_fit(span, count):
    step = round_step(span, count)
    assert span / step <= count * (1 + 1e-6)
    digit = step / 10 ** np.floor(np.log10(step) + 1e-9)
    assert min(abs(digit - part) for part in (1, 2, 5, 10)) < 1e-6


@pytest.mark.parametrize(
    ("value", "step", "percent", "text"),
    [
        (0.5, 0.5, False, "0.5"),
        (2, 0.5, False, "2.0"),
        (14, 2, False, "14"),
        (-0.2, 0.1, False, "−0.2"),
        (0.8, 0.2, True, "80 %"),
        (0.985, 0.005, True, "98.5 %"),
        (1, 0.2, True, "100 %"),
        (300_000, 100_000, False, "3e+05"),
    ],
)
def test_numbers_of_the_axis(value, step, percent, text):
    assert axis_text(value, step, percent) == text


@pytest.mark.parametrize(
    ("value", "percent", "text"),
    [
        (0.123456, False, "0.1235"),
        (-2.5, False, "−2.5"),
        (0.695, True, "69.5 %"),
        (1.0, True, "100.0 %"),
        (0.9998, True, "99.98 %"),
        (0.99999, True, "99.99 %"),
    ],
)
def test_single_values(value, percent, text):
    assert exact_text(value, percent) == text


@pytest.mark.parametrize("kind", ["validation", "training"])
def test_a_hundred_thousand_points_are_drawn_quickly(curves, kind):
    x = np.linspace(0, 10, 100_000)
    y = np.random.default_rng(0).normal(size=x.size)
    times = []
    for _ in range(4):
        began = thread_time()
        curves.set_series(1, kind, x, y)
        curves.grab()
        times.append(thread_time() - began)
    assert min(times) < 0.05
