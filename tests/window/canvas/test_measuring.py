import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QMouseEvent, QPainter
from PySide6.QtWidgets import QApplication

from studio.filters.cutting import Box
from studio.window.canvas.compare import CompareView
from studio.window.canvas.line_tool import LineTool
from studio.window.canvas.measuring import MeasuringView
from studio.window.canvas.pixel_numbers import PixelNumbers, paint_numbers
from studio.window.chrome import theme

LEFT = Qt.MouseButton.LeftButton
SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
NOISE = np.random.default_rng(0).integers(0, 256, (30, 40, 3), np.uint8)


def listen(signal):
    heard = []
    signal.connect(lambda *values: heard.append(values))
    return heard


@pytest.fixture
def view(qtbot):
    made = MeasuringView()
    qtbot.addWidget(made)
    made.resize(400, 300)
    made.set_rgb(NOISE)
    made.show()
    return made


def texts(values, width=200):
    box = Box(0, values.shape[0], 0, values.shape[1])
    found = PixelNumbers(box, values).fitting(width, QFontMetricsF(theme.font(11)))
    return found and [text for row in found for pixel in row for text in pixel]


def numbers(*values, depth=np.float32):
    return np.array(values, depth).reshape(1, -1, 1)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (numbers(0, 255, depth=np.uint8), ["0", "255"]),
        (numbers(65535, depth=np.uint16), ["65535"]),
        (numbers(-3, 0, 856), ["−3", "0", "856"]),
        (numbers(0.5, 1), ["0.500", "1.000"]),
        (numbers(-12.345, -0.001), ["−12.35", "0.00"]),
        (numbers(-856.4, 3.26), ["−856.4", "3.3"]),
        (numbers(12345.6), ["12346"]),
        (numbers(0.00012), ["0.00012"]),
        (numbers(3.2e9), ["3.2e9"]),
        (numbers(np.nan, np.inf, -np.inf, 1), ["NaN", "∞", "−∞", "1"]),
        (numbers(np.nan), ["NaN"]),
    ],
)
def test_sensible_digits(values, expected):
    assert texts(values) == expected


def test_fewer_decimals_where_there_is_less_room():
    wide = QFontMetricsF(theme.font(11)).horizontalAdvance("−0.25")
    assert texts(numbers(-0.254, 0.5), wide) == ["−0.25", "0.50"]
    assert texts(numbers(-0.254, 0.5), 5) is None
    assert texts(numbers(200, depth=np.uint8), 5) is None  # never a part of a number


def test_values_must_fill_their_box():
    with pytest.raises(ValueError, match="don't fill"):
        PixelNumbers(Box(0, 2, 0, 2), np.zeros((3, 2, 1), np.uint8))


def contrast(one, other):
    def light(colour):
        parts = [value / 255 for value in colour]
        linear = [v / 12.92 if v <= 0.03928 else ((v + 0.055) / 1.055) ** 2.4 for v in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted([light(one), light(other)], reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("ground", [(255, 255, 255), (0, 0, 0), (255, 220, 150), (118, 118, 118)])
@pytest.mark.parametrize("channels", [1, 3])
def test_numbers_are_legible_on_any_colour(qapp, ground, channels):
    image = QImage(64, 64, QImage.Format.Format_RGB888)
    image.fill(QColor(*ground))
    painter = QPainter(image)
    values = np.full((1, 1, channels), 188, np.uint8)
    place_of = lambda x, y: QPointF(64 * x, 64 * y)  # noqa: E731
    assert paint_numbers(painter, PixelNumbers(Box(0, 1, 0, 1), values), place_of)
    painter.end()
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(64, image.bytesPerLine())
    seen = rows[:, :192].reshape(64, 64, 3)
    inside = seen[(seen != ground).any(axis=2)].astype(float)
    lightest = inside[inside.sum(axis=1).argmax()]
    plate = inside[inside.sum(axis=1).argmin()]
    assert contrast(lightest, plate) >= 4.5


def test_numbers_are_asked_for_when_pixels_are_large_enough(view):
    heard = listen(view.numbers_wanted)
    view.zoom_to(10)
    assert heard == []
    assert view.numbers_box is None
    view.zoom_to(50)
    ((box,),) = heard
    seen = view.seen(QSize(40, 30))
    assert box.top <= seen.top() <= seen.bottom() < box.bottom <= 30
    assert box.left <= seen.left() <= seen.right() < box.right <= 40
    for _ in range(20):
        view.pan(-1, 0)
    assert len(heard) <= 2  # not with every step
    view.pan(-600, 0)
    assert heard[-1] == (view.numbers_box,) != (box,)
    view.fit()
    assert heard[-1] == (None,)


def test_numbers_stand_in_their_pixels(view, pixels_of):
    view.zoom_to(50)
    before = pixels_of(view)
    box = view.numbers_box
    view.set_numbers(box, NOISE[box.top : box.bottom, box.left : box.right])
    after = pixels_of(view)
    x, y = box.left + 4, box.top + 4
    corner, far = view.place_of(x, y).toPoint(), view.place_of(x + 1, y + 1).toPoint()
    inside = (slice(corner.y(), far.y()), slice(corner.x(), far.x()))
    changed = (before[inside] != after[inside]).any(axis=2)
    assert 0.2 < changed.mean() < 0.95  # the pixel's own colour is seen around them
    view.fit()
    far_away = pixels_of(view)
    view.set_numbers()
    assert np.array_equal(pixels_of(view), far_away)


def press_and_drag(qtbot, view, start, end, modifier=Qt.KeyboardModifier.NoModifier):
    first, last = (QPointF(view.place_of(x + 0.5, y + 0.5)) for x, y in (start, end))
    qtbot.mousePress(view, LEFT, modifier, first.toPoint())
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        last,
        view.mapToGlobal(last),
        Qt.MouseButton.NoButton,
        LEFT,
        modifier,
    )
    QApplication.sendEvent(view, event)
    qtbot.mouseRelease(view, LEFT, modifier, last.toPoint())


def test_dragging_draws_a_line(view, qtbot, pixels_of):
    heard, clicks, aim = listen(view.line_drawn), listen(view.clicked), view.aim
    view.tool = "line"
    press_and_drag(qtbot, view, (5, 6), (31, 20))
    assert heard == [(5, 6, 31, 20)]
    assert view.line == (5, 6, 31, 20)
    assert view.aim == aim
    assert clicks == []
    with_line = pixels_of(view)
    view.set_line((5, 6, 31, 20), (10, 9))
    assert not np.array_equal(pixels_of(view), with_line)
    view.tool = "look"
    assert not np.array_equal(pixels_of(view), with_line)
    press_and_drag(qtbot, view, (5, 6), (31, 20))
    assert len(heard) == 1


def test_a_line_ends_inside_the_picture(view, qtbot):
    heard = listen(view.line_drawn)
    view.tool = "line"
    press_and_drag(qtbot, view, (5, 6), (200, -30))
    assert heard[-1] == (5, 6, 39, 0)


@pytest.mark.parametrize(
    ("end", "straight"), [((30, 8), (30, 6)), ((7, 20), (5, 20)), ((15, 18), (15, 16))]
)
def test_shift_keeps_it_straight(view, qtbot, end, straight):
    view.tool = "line"
    press_and_drag(qtbot, view, (5, 6), end, SHIFT)
    assert view.line == (5, 6, *straight)


def test_a_click_draws_no_line(view, qtbot):
    heard = listen(view.line_drawn)
    view.tool = "line"
    qtbot.mouseClick(view, LEFT, pos=QPoint(200, 150))
    assert heard == []
    assert view.line is None


def test_keys_make_and_move_a_line(view, qtbot):
    heard, aim = listen(view.line_drawn), view.aim
    view.tool = "line"
    qtbot.keyClick(view, Qt.Key.Key_Right, SHIFT)
    assert heard == [(0, 14, 39, 14)]
    qtbot.keyClick(view, Qt.Key.Key_Left, SHIFT)
    qtbot.keyClick(view, Qt.Key.Key_Down, CONTROL)
    qtbot.keyClick(view, Qt.Key.Key_Left, CONTROL)  # already at the edge
    assert heard[1:] == [(0, 14, 38, 14), (0, 15, 38, 14), (0, 15, 38, 14)]
    assert view.aim == aim


def test_no_line_without_a_picture():
    assert not LineTool().press(Qt.Key.Key_Left, False, QSize())


@pytest.fixture
def compare(qtbot):
    made = CompareView()
    qtbot.addWidget(made)
    made.resize(600, 300)
    made.set_before(NOISE)
    made.set_after(NOISE[2:-2, 2:-2].copy())
    made.show()
    return made


@pytest.mark.parametrize("mode", ["side", "split"])
def test_both_pictures_ask_for_their_numbers(compare, mode):
    compare.mode = mode
    heard = listen(compare.numbers_wanted)
    compare.current.zoom_to(52)
    assert len(heard) == 1
    before, after = compare.numbers_boxes
    assert before.bottom <= 30
    assert after.bottom <= 26
    compare.fit()
    assert compare.numbers_boxes == (None, None)
    assert len(heard) == 2


def test_numbers_of_both_stand_on_their_sides_of_the_line(compare, pixels_of):
    compare.mode = "split"
    compare.current.zoom_to(52)
    plain = pixels_of(compare)
    before, after = compare.numbers_boxes
    compare.set_numbers_before(
        before, NOISE[before.top : before.bottom, before.left : before.right]
    )
    left = (pixels_of(compare) != plain).any(axis=2)
    assert left[:, :280].any()
    assert not left[:, 320:].any()
    compare.set_numbers_before()
    inner = NOISE[2:-2, 2:-2]
    compare.set_numbers_after(after, inner[after.top : after.bottom, after.left : after.right])
    right = (pixels_of(compare) != plain).any(axis=2)
    assert not right[:, :280].any()
    assert right[:, 320:].any()


def test_one_line_for_all_views(compare, qtbot):
    heard = listen(compare.line_drawn)
    compare.tool = "line"
    press_and_drag(qtbot, compare.after, (3, 3), (20, 9))
    assert heard == [(3, 3, 20, 9)]
    assert {view.line for view in compare.views} == {(3, 3, 20, 9)}
    assert {view.tool for view in compare.views} == {"line"}
