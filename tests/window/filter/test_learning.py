"""The panel that learns a kernel, driven as a person does."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor
from scipy import ndimage

from studio.filters import FILTERS
from studio.window.chrome import theme
from studio.window.filter.learning import LearningPanel
from studio.window.filter.learning_curve import power_text, short_number
from studio.window.filter.learning_kernels import largest_difference, rounded_kernel
from studio.window.job import running_jobs

SOBEL = ((-1.0, 0.0, 1.0), (-2.0, 0.0, 2.0), (-1.0, 0.0, 1.0))


def photo():
    noise = np.random.default_rng(0).normal(0, 1, (120, 150, 1))
    smooth = ndimage.gaussian_filter(noise, (2, 2, 0)) * 6 + 0.2 * noise
    return np.clip(120 + 40 * smooth, 0, 255).astype(np.uint8)


BEFORE = photo()
AFTER = FILTERS["convolution"].build({"kernel": SOBEL}).apply(BEFORE)
MEDIAN = FILTERS["median"].build({"radius": 1}).apply(BEFORE)


@pytest.fixture
def panel(qtbot):
    made = LearningPanel(shown=0)
    qtbot.addWidget(made)
    made.resize(1000, 260)
    made.show()
    return made


@pytest.fixture
def slow(qtbot):
    """One whose runs can be watched; they are stopped when the test ends."""
    made = LearningPanel(shown=1e6)
    qtbot.addWidget(made)
    made.resize(1000, 260)
    made.show()
    made.show_pair(BEFORE, AFTER, SOBEL, "Sobel x")
    yield made
    made.stop()
    qtbot.waitUntil(lambda: not running_jobs())


def finish(qtbot, panel):
    qtbot.waitUntil(lambda: panel.state == "idle")


def click(qtbot, button):
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def listen(signal):
    heard = []
    signal.connect(lambda *values: heard.append(values))
    return heard


def test_without_a_pair_it_says_what_to_do(panel):
    assert "Choose a filter" in panel.words
    for button in ("learn_button", "step_button", "stop_button", "use_button"):
        assert not getattr(panel.head, button).isEnabled()
    panel.learn()
    panel.step()
    assert panel.state == "idle"
    assert not panel.body.kernels.isVisible()


def test_learn_finds_the_kernel_and_hands_it_out(panel, qtbot):
    heard = listen(panel.kernel_learned)
    panel.show_pair(BEFORE, AFTER, SOBEL, "Sobel x")
    assert not panel.head.use_button.isEnabled()
    click(qtbot, panel.head.learn_button)
    finish(qtbot, panel)
    assert panel.body.kernels.learned == pytest.approx(np.array(SOBEL), abs=1e-3)
    assert panel.words.startswith("Found")
    assert "step 100 of 100" in panel.head.place.text()
    assert len(panel.body.curve.errors) == 101
    assert panel.body.curve.remaining is None
    click(qtbot, panel.head.use_button)
    assert heard == [(SOBEL,)]
    chained = FILTERS["convolution"].build({"kernel": heard[0][0]}).apply(BEFORE)
    assert np.array_equal(chained, AFTER)


def test_what_no_kernel_can_do_is_said(panel, qtbot):
    panel.show_pair(BEFORE, MEDIAN, None, "Median")
    panel.learn()
    finish(qtbot, panel)
    assert "No 3 × 3 kernel does exactly this; what remains is" in panel.words
    assert panel.body.curve.remaining == pytest.approx(panel.body.curve.errors[-1], rel=1e-4)
    titles = [title for _, _, title in panel.body.kernels.grids()]
    assert titles == ["Learned", "Best 3 × 3"]
    assert panel.body.kernels.other == pytest.approx(panel.body.kernels.learned, abs=1e-3)


def test_the_size_follows_the_true_kernel_until_it_is_chosen(panel, qtbot):
    wide = tuple(tuple([1 / 15] * 5) for _ in range(3))
    panel.show_pair(BEFORE, BEFORE.astype(np.float32), wide, "Box")
    assert (panel.settings.height, panel.settings.width) == (3, 5)
    panel.form.fields["width"].box.setValue(7)
    assert panel.settings.width == 7
    panel.show_pair(BEFORE, AFTER, wide, "Box")
    assert panel.settings.width == 7
    assert panel.body.kernels.learned.shape == (3, 7)
    huge = tuple(tuple([0.0] * 31) for _ in range(31))
    panel.show_pair(BEFORE, MEDIAN, huge, "Large")
    assert (panel.settings.height, panel.settings.width) == (15, 15)


def test_pause_step_and_go_on(slow, qtbot):
    click(qtbot, slow.head.step_button)
    qtbot.waitUntil(lambda: len(slow.body.curve.errors) == 2)
    assert slow.state == "paused"
    assert slow.head.learn_button.text() == "Resume"
    assert np.abs(slow.body.kernels.learned).max() > 0
    click(qtbot, slow.head.step_button)
    qtbot.waitUntil(lambda: len(slow.body.curve.errors) == 3)
    click(qtbot, slow.head.learn_button)
    assert slow.state == "running"
    assert slow.head.learn_button.text() == "Pause"
    qtbot.waitUntil(lambda: len(slow.body.curve.errors) > 5)
    click(qtbot, slow.head.learn_button)
    assert slow.state == "paused"
    click(qtbot, slow.head.stop_button)
    assert slow.state == "idle"
    assert len(slow.body.curve.errors) > 5  # what was learned stays
    assert slow.head.use_button.isEnabled()


def test_another_pair_begins_anew(slow, qtbot):
    slow.learn()
    qtbot.waitUntil(lambda: len(slow.body.curve.errors) > 2)
    first = slow.body.curve.errors[0]
    slow.show_pair(BEFORE, MEDIAN, None, "Median")
    assert slow.state == "running"
    assert slow.body.curve.errors == []
    qtbot.waitUntil(lambda: len(slow.body.curve.errors) > 2)
    assert slow.body.curve.errors[0] != first
    assert slow.head.place.text().startswith("Median")
    slow.stop()


def test_the_same_pair_changes_nothing(slow, qtbot):
    slow.step()
    qtbot.waitUntil(lambda: len(slow.body.curve.errors) == 2)
    slow.show_pair(BEFORE, AFTER, SOBEL, "Sobel x")
    assert len(slow.body.curve.errors) == 2
    slow.stop()


def test_other_settings_begin_anew(slow, qtbot):
    slow.learn()
    qtbot.waitUntil(lambda: len(slow.body.curve.errors) > 2)
    slow.form.fields["height"].box.setValue(5)
    assert slow.state == "running"
    qtbot.waitUntil(lambda: len(slow.body.curve.errors) > 2)
    assert slow.body.kernels.learned.shape == (5, 3)
    slow.stop()
    slow.form.fields["height"].box.setValue(4)
    assert slow.state == "idle"
    assert slow.body.curve.errors == []


@pytest.mark.parametrize("way", ["hide", "close_panel", "words"])
def test_it_stops_when_it_is_not_needed(slow, qtbot, way):
    closed = listen(slow.closed)
    slow.learn()
    qtbot.waitUntil(lambda: len(slow.body.curve.errors) > 1)
    if way == "words":
        slow.show_words("Nothing here.")
        assert slow.words == "Nothing here."
    else:
        getattr(slow, way)()
    assert slow.state == "idle"
    assert len(closed) == (way == "close_panel")


def test_escape_closes(slow, qtbot):
    closed = listen(slow.closed)
    slow.head.learn_button.setFocus()
    qtbot.keyClick(slow.head.learn_button, Qt.Key.Key_Escape)
    assert len(closed) == 1


def test_a_rate_too_large_is_said_under_its_field(panel, qtbot):
    panel.show_pair(BEFORE, AFTER, SOBEL, "Sobel x")
    panel.form.fields["learning_rate"].box.setValue(9)
    panel.learn()
    finish(qtbot, panel)
    assert "grows without end" in panel.words
    assert panel.form.fields["learning_rate"].box.property("refused")
    assert not panel.head.use_button.isEnabled()
    panel.form.fields["learning_rate"].box.setValue(0)
    assert not panel.form.fields["learning_rate"].box.property("refused")
    panel.learn()
    finish(qtbot, panel)
    assert panel.words.startswith("Found")


def test_a_pair_that_teaches_nothing_is_said(panel, qtbot):
    panel.show_pair(BEFORE, AFTER[::2, ::2], None, "Half")
    panel.learn()
    finish(qtbot, panel)
    assert panel.words.startswith("The result is 75 × 60, the picture 150 × 120")


def test_a_narrow_panel_shows_the_form_in_the_curve_s_place(panel, qtbot):
    panel.show_pair(BEFORE, AFTER, SOBEL, "Sobel x")
    assert panel.form.isVisible()
    assert panel.body.curve.isVisible()
    panel.resize(640, 260)
    assert panel.width() == 640
    assert not panel.form.isVisible()
    assert not panel.head.settings_button.isChecked()
    click(qtbot, panel.head.settings_button)
    assert panel.form.isVisible()
    assert not panel.body.curve.isVisible()
    assert panel.width() == 640
    click(qtbot, panel.head.settings_button)
    assert panel.body.curve.isVisible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_curve_is_drawn_where_its_errors_are(panel, qtbot, pixels_of, looks, scheme):
    looks.choose(scheme)
    panel.show_pair(BEFORE, AFTER, SOBEL, "Sobel x")
    panel.learn()
    finish(qtbot, panel)
    curve = panel.body.curve
    found = (pixels_of(curve) == QColor(theme.tokens().warm).getRgb()[:3]).all(axis=2)
    box = curve.getPlotItem().getViewBox()
    end = box.mapViewToScene(QPointF(100, np.log10(curve.errors[-1])))
    start = box.mapViewToScene(QPointF(0, np.log10(curve.errors[0])))
    rows, columns = np.nonzero(found)
    assert columns.max() == pytest.approx(end.x(), abs=6)
    assert rows[columns.argmax()] == pytest.approx(end.y(), abs=6)
    assert rows[columns.argmin()] == pytest.approx(start.y(), abs=6)


def test_what_is_shown_is_said_to_screen_readers(panel, qtbot):
    panel.show_pair(BEFORE, AFTER, SOBEL, "Sobel x")
    assert panel.body.curve.accessibleName() == "Error curve, empty"
    panel.learn()
    finish(qtbot, panel)
    assert "at step 100" in panel.body.curve.accessibleName()
    assert "True: −1 0 1; −2 0 2; −1 0 1" in panel.body.kernels.accessibleName()


def test_a_cell_tells_its_weight(panel):
    panel.show_pair(BEFORE, AFTER, SOBEL, "Sobel x")
    box, _, _ = panel.body.kernels.grids()[1]
    last = QPointF(box.right() - 4, box.center().y())
    assert panel.body.kernels.words_at(last) == "True, row 2, column 3: 2"
    assert panel.body.kernels.words_at(QPointF(box.right() + 20, box.center().y())) == ""


def test_kernels_of_other_sizes_are_compared_about_their_centres():
    small, large = np.array([[2.0]]), np.zeros((3, 5))
    large[1, 2] = 2
    assert largest_difference(small, large) == 0
    large[0, 0] = -3
    assert largest_difference(large, small) == 3


def test_rounding_keeps_four_figures_of_the_largest():
    kernel = np.array([[1.99996, -0.00004], [0.12345, 0.4999]])
    assert rounded_kernel(kernel).tolist() == [[2.0, 0.0], [0.123, 0.5]]
    assert rounded_kernel(kernel / 1000).tolist() == [[0.002, 0.0], [0.000123, 0.0005]]
    assert not np.signbit(rounded_kernel(kernel)).any()
    assert rounded_kernel(np.zeros((1, 1))).tolist() == [[0.0]]


def test_numbers_are_short():
    assert [power_text(n) for n in (-12, -1, 0, 2, 5)] == ["10⁻¹²", "0.1", "1", "100", "10⁵"]
    assert short_number(0) == "0"
    assert short_number(0.0123456) == "0.01235"
    assert short_number(2.04e-9) == "2.0 × 10⁻⁹"
    assert short_number(4.34e8) == "4.3 × 10⁸"
