import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from studio.window.canvas.compare import CompareView
from studio.window.chrome import theme

BEFORE, AFTER = 60, 180


@pytest.fixture
def compare(qtbot):
    compare = CompareView()
    qtbot.addWidget(compare)
    compare.resize(401, 200)
    compare.set_before(np.full((100, 150, 3), BEFORE, np.uint8))
    compare.set_after(np.full((100, 150, 3), AFTER, np.uint8))
    compare.show()
    return compare


def shades(pixels, row):
    """The plain greys along a row, in order, without repeats."""
    line = pixels[row]
    known = [int(p[0]) for p in line if p[0] == p[1] == p[2] and p[0] in (BEFORE, AFTER)]
    return [shade for n, shade in enumerate(known) if n == 0 or known[n - 1] != shade]


def test_side_by_side_with_a_line_between(compare, pixels_of):
    shown = pixels_of(compare)
    assert shades(shown, 150) == [BEFORE, AFTER]
    line = QColor(theme.tokens().line).getRgb()[:3]
    assert [n for n in range(401) if (shown[:, n] == line).all()] == [200]
    assert compare.before.scale == compare.after.scale == compare.scale


@pytest.mark.parametrize("mode", ["side", "split", "blink"])
def test_one_zoom_for_all(compare, mode):
    compare.mode = mode
    compare.zoom_by(3)
    scales = {view.scale for view in compare.views}
    assert scales == {compare.scale}
    compare.actual_size()
    assert {view.aim for view in compare.views} == {compare.current.aim}


def test_the_place_is_kept_when_the_mode_changes(compare):
    compare.zoom_by(8)
    compare.after.pan(40, 20)
    aim = compare.after.aim
    compare.mode = "split"
    assert compare.split.aim == aim
    compare.split.pan(5, 5)
    aim = compare.split.aim
    compare.mode = "side"
    assert compare.before.aim == compare.after.aim == aim


def test_a_view_change_is_told_once(compare):
    told = []
    compare.view_changed.connect(lambda: told.append(compare.scale))
    compare.zoom_by(2)
    assert len(told) == 1
    compare.mode = "split"
    told.clear()
    compare.zoom_by(2)
    assert told == [compare.split.scale]


def test_split_shows_before_left_of_a_white_line(compare, pixels_of):
    compare.mode = "split"
    shown = pixels_of(compare)
    row = shown[190]
    white = np.flatnonzero((row == 255).all(axis=1))
    assert white.tolist() == [199, 200] or white.tolist() == [200, 201]
    assert shades(shown, 190) == [BEFORE, AFTER]
    assert (row[white[0] - 1] == BEFORE).all()
    assert (row[white[1] + 1] == AFTER).all()


def test_split_lies_over_the_same_pixels(compare, pixels_of):
    """Of a picture compared with itself, the line is all there is to see."""
    noise = np.random.default_rng(0).integers(0, 256, (100, 150, 3), np.uint8)
    compare.set_before(noise)
    compare.set_after(noise)
    compare.mode = "split"
    compare.zoom_by(2.7)
    both = pixels_of(compare)
    compare.split.set_only("after")
    alone = pixels_of(compare)
    differing = np.flatnonzero((both != alone).any(axis=2)[60:80].any(axis=0))
    assert differing.size <= 2


def test_a_result_without_its_border_stays_aligned(compare, pixels_of):
    noise = np.random.default_rng(0).integers(0, 256, (100, 150, 3), np.uint8)
    compare.set_before(noise)
    compare.set_after(noise[2:-2, 2:-2].copy())
    compare.mode = "split"
    compare.split.zoom_to(2)
    both = pixels_of(compare)
    compare.split.set_only("before")
    alone = pixels_of(compare)
    differing = np.flatnonzero((both != alone).any(axis=2)[70:75].any(axis=0))
    assert set(differing) <= {199, 200, 201, *range(346, 351)}  # the line, the missing border


def test_the_line_can_be_dragged_anywhere_along_it(compare, qtbot):
    compare.mode = "split"
    place = QPoint(200, 180)
    qtbot.mousePress(compare.split, Qt.MouseButton.LeftButton, pos=place)
    seen = compare.split.visible_picture()
    drag_to(compare.split, QPointF(seen.left() + 0.25 * seen.width(), 100))
    qtbot.mouseRelease(compare.split, Qt.MouseButton.LeftButton, pos=place)
    assert compare.split.share == pytest.approx(0.25, abs=0.01)
    assert compare.split.aim.fitted  # it was no pan


def drag_to(widget, place):
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QMouseEvent

    event = QMouseEvent(
        QEvent.Type.MouseMove,
        place,
        widget.mapToGlobal(place),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(widget, event)


def test_the_handle_is_dragged_and_has_keys(compare, qtbot):
    compare.mode = "split"
    handle = compare.split.handle
    assert handle.focusPolicy() == Qt.FocusPolicy.StrongFocus
    assert handle.accessibleName()
    qtbot.mousePress(handle, Qt.MouseButton.LeftButton)
    drag_to(handle, QPointF(handle.width() / 2 + 30, 5))
    qtbot.mouseRelease(handle, Qt.MouseButton.LeftButton)
    moved = compare.split.share
    assert moved > 0.55
    assert compare.split.aim.fitted
    qtbot.keyClick(handle, Qt.Key.Key_Left)
    assert compare.split.share == pytest.approx(moved - 0.02)
    qtbot.keyClick(handle, Qt.Key.Key_Home)
    assert compare.split.share == 0
    qtbot.keyClick(handle, Qt.Key.Key_Left)
    assert compare.split.share == 0
    qtbot.keyClick(handle, Qt.Key.Key_End)
    assert compare.split.share == 1
    compare.reset()
    assert compare.split.share == 0.5


def test_the_handle_follows_the_line(compare):
    compare.mode = "split"
    handle = compare.split.handle
    for share in (0.2, 0.8):
        compare.split.set_share(share)
        seen = compare.split.visible_picture()
        middle = handle.geometry().center().x()
        assert middle == pytest.approx(seen.left() + share * seen.width(), abs=2)


def test_blink_shows_one_at_a_time(compare, pixels_of):
    compare.mode = "blink"
    assert shades(pixels_of(compare), 150) == [BEFORE]
    assert not compare.split.handle.isVisible()
    compare.toggle()
    assert shades(pixels_of(compare), 150) == [AFTER]
    compare.toggle()
    assert shades(pixels_of(compare), 150) == [BEFORE]


def test_blink_goes_on_by_itself_only_while_it_is_seen(compare, qtbot):
    compare.mode = "blink"
    seen = compare.split.only
    qtbot.waitUntil(lambda: compare.split.only != seen, timeout=3000)
    assert compare.is_blinking
    compare.hide()
    assert not compare.is_blinking
    compare.show()
    assert compare.is_blinking
    compare.mode = "split"
    assert not compare.is_blinking


def test_enter_shows_the_other_one(compare, qtbot):
    compare.mode = "blink"
    qtbot.keyClick(compare.split, Qt.Key.Key_Return)
    assert compare.split.only == "after"


def test_b_blinks_and_goes_back(compare, qtbot):
    compare.mode = "split"
    qtbot.keyClick(compare.split, Qt.Key.Key_B)
    assert compare.mode == "blink"
    qtbot.keyClick(compare.split, Qt.Key.Key_B)
    assert compare.mode == "split"


def test_the_cursor_is_told_from_any_view(compare):
    heard, left = [], []
    compare.cursor_moved.connect(lambda x, y: heard.append((x, y)))
    compare.cursor_left.connect(lambda: left.append(1))
    for view in compare.views:
        view.cursor_moved.emit(3, 4)
        view.cursor_left.emit()
    assert heard == [(3, 4)] * 3
    assert left == [1] * 3


def test_before_is_shown_while_there_is_no_result_yet(compare, pixels_of):
    compare.set_after(None)
    assert shades(pixels_of(compare), 150) == [BEFORE]
    compare.mode = "split"
    assert shades(pixels_of(compare), 150) == [BEFORE]
