import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QMouseEvent
from PySide6.QtWidgets import QApplication
from scipy.optimize import isotonic_regression

from studio.window.chrome import theme
from studio.window.train.curve_axis import axis_text, exact_text, log_ticks, round_step
from studio.window.train.curve_labels import apart, place_labels, spread
from studio.window.train.curve_marks import Note
from studio.window.train.curves import CurvePlot

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


def draw(curves, *series, **more):
    """Draw a line and fit the axes to all that are there."""
    curves.set_series(*series, **more)
    curves.look()


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
    draw(curves, 1, "validation", EPOCHS, 1 / EPOCHS)
    curves.clear()
    assert np.array_equal(pixels_of(curves.plot), empty)
    assert rgb(theme.tokens().text3) in colours(empty)


def test_a_line_is_drawn_where_its_values_are(curves, pixels_of):
    draw(curves, 1, "validation", EPOCHS, np.full(10, 0.5))
    run = np.array(rgb(theme.tokens().runs[0]))
    rows = np.argwhere((pixels_of(curves.plot) == run).all(axis=2))
    line = place(curves, 1, 0.5), place(curves, 10, 0.5)
    assert np.abs(np.median(rows[:, 0]) - line[0].y()) <= 2
    assert rows[:, 1].min() == pytest.approx(line[0].x(), abs=3)
    assert rows[:, 1].max() == pytest.approx(line[1].x(), abs=6)  # and its dot


def test_the_axes_span_round_numbers(curves):
    draw(curves, 1, "validation", EPOCHS, np.linspace(2.3, 0.4, 10))
    assert ranges(curves) == (0, 10, 0, 2.5)
    curves.set_span(14)
    curves.look()
    assert ranges(curves)[1] == 14
    draw(curves, 2, "validation", [20], [3.2])
    assert ranges(curves) == (0, 20, 0, 4)
    curves.remove_run(2)
    curves.look()
    assert ranges(curves) == (0, 14, 0, 2.5)


def test_shares_need_not_begin_at_zero(shares):
    draw(shares, 1, "validation", EPOCHS, np.linspace(0.93, 0.984, 10))
    assert ranges(shares)[2:] == pytest.approx((0.92, 1.0))


@pytest.mark.parametrize("value", [0.0, 1.0, 5.0, -3.0])
def test_a_single_value_has_a_range_around_it(curves, shares, value):
    for plot in (curves, shares):
        draw(plot, 1, "validation", [1], [value])
        _, _, bottom, top = ranges(plot)
        assert bottom <= value <= top
        assert bottom < top


def test_a_few_wild_steps_do_not_flatten_the_rest(curves):
    losses = np.ones(1000)
    losses[3] = 1e6
    draw(curves, 1, "training", np.linspace(0, 10, 1000), losses)
    draw(curves, 1, "validation", EPOCHS, np.ones(10))
    assert ranges(curves)[3] < 1e5


def test_values_that_are_not_finite_are_left_out(curves):
    draw(curves, 1, "validation", [1, 2, 3, 4], [1.0, np.nan, np.inf, 0.5])
    assert curves.plot.series[1, "validation"].x.tolist() == [1, 4]
    draw(curves, 1, "validation", [1, 2], [np.nan, np.nan])
    assert not curves.plot.series
    assert np.isfinite(ranges(curves)).all()


def test_lengths_must_agree(curves):
    with pytest.raises(ValueError, match="one length"):
        draw(curves, 1, "training", [1, 2], [1])


def test_runs_have_the_themes_colours_in_both_schemes(curves, looks, pixels_of):
    draw(curves, 2, "validation", EPOCHS, np.full(10, 0.5))
    for scheme in ("dark", "light"):
        looks.choose(scheme)
        seen = colours(pixels_of(curves.plot))
        assert rgb(looks.tokens.runs[1]) in seen
        assert rgb(looks.tokens.window) in seen
        assert rgb(looks.tokens.line) in seen
    draw(curves, 2, "validation", EPOCHS, np.full(10, 0.5), colour="#123456")
    assert rgb("#123456") in colours(pixels_of(curves.plot))


def test_run_seven_begins_the_colours_again(curves):
    for run in (1, 7):
        draw(curves, run, "validation", EPOCHS, EPOCHS)
    first, seventh = curves.plot.series.values()
    assert first.shown_colour == seventh.shown_colour


def test_the_layout_stays_while_numbers_grow(curves, shares):
    def left(plot):
        box = plot.plot.getPlotItem().getViewBox()
        return box.mapRectToScene(box.boundingRect()).left()

    for plot in (curves, shares):
        lefts = set()
        for scale in (0.001, 0.1, 1, 100, 90_000):
            draw(plot, 1, "validation", EPOCHS, EPOCHS * scale)
            plot.grab()
            lefts.add(left(plot))
        assert len(lefts) == 1
    assert left(curves) == left(shares)


def test_the_marker_stands_in_its_place(curves, pixels_of):
    draw(curves, 1, "validation", EPOCHS, EPOCHS)
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
    draw(curves, 1, "validation", EPOCHS, EPOCHS)
    send(curves, place(curves, 3, 5), QEvent.Type.MouseButtonPress, Qt.MouseButton.LeftButton)
    send(curves, place(curves, 6, 5), QEvent.Type.MouseMove, Qt.MouseButton.LeftButton)
    send(curves, QPoint(5000, 50), QEvent.Type.MouseMove, Qt.MouseButton.LeftButton)
    assert [x for (x,) in heard] == pytest.approx([3, 6, 10])
    assert curves.marker is None  # whoever listens sets it


def test_the_value_is_that_of_the_nearest_point(curves):
    draw(curves, 1, "validation", [1, 2, 4], [0.5, 0.25, 0.125])
    line = curves.plot.series[1, "validation"]
    assert line.value_at(2.4) == (2, 0.25)
    assert line.value_at(3.5) == (4, 0.125)
    assert line.value_at(-0.6) is None  # more than one point away
    assert line.value_at(5.6) is None


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
        (300_000, 100_000, False, "300k"),
        (1_500_000, 500_000, False, "1.5M"),
        (-2e9, 1e9, False, "−2G"),
        (1e30, 1e30, False, "1e+30"),
        (20_000, 5_000, False, "20,000"),
        (1e-6, 1e-6, False, "1e−6"),
    ],
)
def test_numbers_of_the_axis(value, step, percent, text):
    assert axis_text(value, step, percent) == text


@pytest.mark.parametrize(
    ("value", "percent", "text"),
    [
        (0.123456, False, "0.1235"),
        (-2.5, False, "−2.5"),
        (123_456.7, False, "123,457"),
        (0.695, True, "69.5 %"),
        (1.0, True, "100.0 %"),
        (0.9998, True, "99.98 %"),
        (0.99999, True, "99.99 %"),
    ],
)
def test_single_values(value, percent, text):
    assert exact_text(value, percent) == text


def test_values_are_read_out_at_the_crosshair_and_else_at_the_marker(curves):
    draw(curves, 1, "validation", EPOCHS, EPOCHS / 8)
    draw(curves, 1, "training", EPOCHS, EPOCHS / 16)
    draw(curves, 2, "validation", EPOCHS[:4], EPOCHS[:4] / 4)
    curves.set_unit("epoch", "epoch {place}", whole=True)
    curves.set_checked_on("test")
    assert curves.readout.words == ""
    curves.set_marker(8)
    assert curves.readout.words == "epoch 8\n1: 1 test, 0.5 training"
    curves.plot.choose(2)
    curves.set_crosshair(4)
    assert curves.readout.words == "epoch 4\n2: 1 test\n1: 0.5 test, 0.25 training"
    assert curves.accessibleDescription() == curves.readout.words
    curves.set_crosshair(None)
    assert curves.readout.words.startswith("epoch 8")


def test_the_crosshair_follows_the_cursor_until_it_leaves(curves):
    heard = listen(curves.crosshair_moved)
    draw(curves, 1, "validation", EPOCHS, EPOCHS)
    send(curves, place(curves, 5, 5))
    assert heard[-1][0] == pytest.approx(5)
    QApplication.sendEvent(curves.plot.viewport(), QEvent(QEvent.Type.Leave))
    assert heard[-1] == (None,)


def test_keys_step_through_epochs_and_move_the_crosshair(curves, qtbot):
    steps, places = listen(curves.stepped), listen(curves.crosshair_moved)
    qtbot.keyClick(curves, Qt.Key.Key_Left)
    assert steps == []  # nothing is drawn
    draw(curves, 1, "validation", EPOCHS, EPOCHS)
    curves.crosshair_moved.connect(curves.set_crosshair)
    qtbot.keyClick(curves, Qt.Key.Key_Left)
    qtbot.keyClick(curves, Qt.Key.Key_Right)
    assert steps == [(-1,), (1,)]
    places.clear()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Left):
        qtbot.keyClick(curves, key, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(curves, Qt.Key.Key_Escape)
    assert places == [(10,), (pytest.approx(9.9),), (pytest.approx(9.8),), (None,)]


def test_the_readout_counts_what_has_no_room(curves, pixels_of):
    for run in range(1, 13):
        draw(curves, run, "validation", EPOCHS, EPOCHS / run)
    curves.set_marker(5)
    few = pixels_of(curves.readout)
    assert len(curves.readout.words.splitlines()) == 13
    assert curves.readout.toolTip() == curves.readout.words
    # The last columns hold nothing that was cut off.
    assert len(colours(few[:, -4:])) == 1


def test_a_logarithmic_axis_shows_ratios_as_distances(curves):
    draw(curves, 1, "validation", [1, 2, 3, 4], [10.0, 1.0, 0.1, 0.0])
    curves.set_log(True)
    assert ranges(curves)[2:] == (-1, 1)
    ys = [curves.plot.place(x, y).y() for x, y in ((1, 10.0), (2, 1.0), (3, 0.1))]
    assert ys[1] - ys[0] == pytest.approx(ys[2] - ys[1])
    x, y = curves.plot.series[1, "validation"].item.getData()
    assert x.tolist() == [1, 2, 3]  # 0 has no place
    assert y == pytest.approx([1, 0, -1])
    assert curves.plot.place(4, 0.0).y() > curves.plot.frame.bottom()
    curves.set_log(False)
    assert ranges(curves)[2:] == (0, 10)


@given(low=some.floats(-9, 5), span=some.floats(0.01, 9), count=some.floats(2, 9))
def test_logarithmic_ticks_are_round_few_and_inside(low, span, count):
    step, ticks = log_ticks(low, low + span, count)
    assert ticks == sorted(ticks)
    assert len(ticks) <= max(count, 2) + 1
    assert all(low - 1e-6 <= tick <= low + span + 1e-6 for tick in ticks)
    for tick in ticks:
        parts = 10**tick / step if step else 10 ** (tick - np.floor(tick + 1e-9))
        nearest = round(parts) if step else min((1, 2, 5), key=lambda part: abs(part - parts))
        assert parts == pytest.approx(nearest, rel=1e-6)


def test_numbers_of_a_logarithmic_axis(curves):
    axis = curves.plot.left
    axis.is_log = True
    assert axis.tickStrings([-6, -2, 0, np.log10(5), 6], 1, 0) == [
        "1e−6",
        "0.01",
        "1",
        "5",
        "1M",
    ]


def test_what_means_hide_is_drawn_behind_them(curves):
    x = np.arange(4.0)
    draw(curves, 1, "training", x, x, lows=x - 1, highs=x + 1)
    raw_x, raw_y = curves.plot.series[1, "training"].raw.getData()
    assert raw_x.tolist() == [0, 0, 1, 1, 2, 2, 3, 3]
    assert raw_y.tolist() == [-1, 1, 2, 0, 1, 3, 4, 2]
    draw(curves, 1, "training", x, x)
    assert curves.plot.series[1, "training"].raw.getData()[0].size == 0


def test_a_ring_with_words_stands_at_its_place(curves, pixels_of):
    draw(curves, 1, "validation", EPOCHS, EPOCHS)
    plain = pixels_of(curves.plot)
    curves.set_note(Note(4, 5, "run 1 over-fits"))
    changed = np.argwhere((pixels_of(curves.plot) != plain).any(axis=2))
    spot = place(curves, 4, 5)
    ring = changed[np.abs(changed[:, 0] - spot.y()) <= 2]
    assert np.abs(ring[:, 1] - spot.x()).max() == pytest.approx(theme.px(6), abs=2)
    curves.set_note(None)
    assert np.array_equal(pixels_of(curves.plot), plain)


HEIGHTS = some.lists(some.floats(0, 300), min_size=1, max_size=12).map(sorted)


@given(heights=HEIGHTS)
def test_labels_move_as_little_as_they_can(heights):
    placed = np.array(spread(heights, 14, -1e6, 1e6))
    # The same by SciPy: what is left after their distances may not fall.
    steps = 14.0 * np.arange(len(heights))
    expected = isotonic_regression(np.array(heights) - steps).x + steps
    assert placed == pytest.approx(expected, abs=1e-6)


@given(heights=HEIGHTS)
def test_labels_stay_inside_and_apart(heights):
    placed = np.array(spread(heights, 14, 0, 300))
    assert placed.min() >= -1e-9
    assert placed.max() <= 300 + 1e-9
    assert (np.diff(placed) >= 14 - 1e-9).all()


@given(count=some.integers(1, 40), columns=some.integers(1, 3), seed=some.integers(0, 999))
def test_every_label_has_a_place_of_its_own(count, columns, seed):
    numbers = np.random.default_rng(seed)
    ends = [(400.0, y) for y in numbers.uniform(0, 200, count).tolist()]
    placed = place_labels(ends, 14, 0, 200, columns)
    assert len({(one.column, round(one.height, 3)) for one in placed}) == len(placed)
    assert len({one.index for one in placed}) == len(placed)
    if count <= 15 * columns:
        assert len(placed) == count
    for column in range(columns):
        heights = np.sort([one.height for one in placed if one.column == column])
        assert (np.diff(heights) >= 14 - 1e-6).all()


def test_thirty_runs_have_two_columns_of_numbers(curves):
    for run in range(1, 31):
        draw(curves, run, "validation", EPOCHS, EPOCHS * run)
    QApplication.processEvents()
    few = curves.plot.frame.right()
    curves.clear()
    draw(curves, 1, "validation", EPOCHS, EPOCHS)
    QApplication.processEvents()
    assert curves.plot.frame.right() > few
