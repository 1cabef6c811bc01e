from time import thread_time

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, QSize, Qt
from PySide6.QtGui import QColor, QMouseEvent
from PySide6.QtWidgets import QApplication

from studio.image.colour_map import MID_GREY, NOT_FINITE, colour_map
from studio.window.canvas.maps import GAP, LARGEST, SMALLEST, MapGrid
from studio.window.chrome import theme

SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def grid(qtbot):
    grid = MapGrid()
    qtbot.addWidget(grid)
    grid.resize(480, 480)
    grid.show()
    return grid


def some_maps(count, height=8, width=8, low=0.0):
    return np.random.default_rng(0).uniform(low, 1, (count, height, width)).astype(np.float32)


def listen(signal):
    heard = []
    signal.connect(lambda *values: heard.append(values))
    return heard


def send(grid, place, kind=QEvent.Type.MouseMove, button=Qt.MouseButton.NoButton):
    local = QPointF(place)
    event = QMouseEvent(
        kind,
        local,
        grid.viewport().mapToGlobal(local),
        button,
        button,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(grid.viewport(), event)


@pytest.mark.parametrize("count", [1, 6, 20, 64, 512])
@pytest.mark.parametrize("size", [(200, 300), (480, 480), (900, 300), (60, 60)])
def test_cells_stay_in_their_limits_and_apart(grid, count, size):
    grid.resize(*size)
    grid.set_maps(some_maps(count))
    cell = grid.cell.width()
    assert min(SMALLEST, size[0] - 4) <= cell <= LARGEST
    boxes = [grid.box_of(index) for index in range(count)]
    assert all(box.left() >= 0 and box.right() <= grid.viewport().width() for box in boxes)
    if grid.columns > 1 and count > 1:
        assert boxes[1].left() - boxes[0].right() == theme.px(GAP)


def test_the_look_of_sixty_four(grid):
    """Eight columns of 56 in 480, as designed."""
    grid.set_maps(some_maps(64))
    assert (grid.columns, grid.cell) == (8, QSize(56, 56))
    assert grid.verticalScrollBar().maximum() == 0


def test_few_maps_are_as_large_as_can_be(grid):
    grid.set_maps(some_maps(20))
    assert grid.cell.width() > 90
    assert grid.verticalScrollBar().maximum() == 0


def test_wide_maps_keep_their_shape(grid):
    grid.set_maps(some_maps(4, height=4, width=8))
    assert grid.cell.height() == round(grid.cell.width() / 2)


def test_every_unit_is_found_where_it_is_painted(grid):
    grid.set_maps(some_maps(30, height=5, width=7))
    for index in (0, 7, 29):
        box = grid.box_of(index)
        for row in range(5):
            for column in range(7):
                place = box.topLeft() + QPointF(
                    (column + 0.5) / 7 * box.width(), (row + 0.5) / 5 * box.height()
                )
                assert grid.unit_at(place) == (index, row, column)


def test_between_and_after_the_cells_is_no_unit(grid):
    grid.set_maps(some_maps(3))
    box = grid.box_of(0)
    assert grid.unit_at(box.topRight() + QPointF(2, 5)) is None
    assert grid.unit_at(grid.box_of(3).center()) is None
    assert grid.unit_at(QPointF(-5, 5)) is None


def test_magnitudes_are_coloured_from_zero_to_each_maps_own_largest(grid, pixels_of):
    maps = [np.full((1, 1), value, np.float32) for value in (0.0, 0.5, 7.0)]
    grid.set_maps([np.repeat(np.c_[one / 2, one], 4, axis=0) for one in maps])
    shown = pixels_of(grid.viewport())
    for index, low in ((1, 128), (2, 128)):
        box = grid.box_of(index)
        row = int(box.center().y())
        left, right = shown[row, int(box.left()) + 10], shown[row, int(box.right()) - 10]
        assert (right == colour_map("inferno")[255]).all()
        assert np.abs(left.astype(int) - colour_map("inferno")[low]).max() <= 4
    dark = grid.box_of(0).center()
    assert (shown[int(dark.y()), int(dark.x())] == colour_map("inferno")[0]).all()


def test_one_range_for_all(grid, pixels_of):
    grid.set_maps([np.full((4, 4), value, np.float32) for value in (1, 2)], low=0, high=2)
    shown = pixels_of(grid.viewport())
    first, second = (grid.box_of(index).center().toPoint() for index in (0, 1))
    assert (shown[second.y(), second.x()] == colour_map("inferno")[255]).all()
    assert np.abs(shown[first.y(), first.x()].astype(int) - colour_map("inferno")[128]).max() <= 4


def test_signed_maps_have_zero_at_mid_grey_everywhere(grid, pixels_of):
    maps = np.zeros((3, 4, 4), np.float32)
    maps[0, 0, 0], maps[1, 0, 0] = -1, 5  # the second has nothing below zero, the layer has
    grid.set_maps(maps)
    shown = pixels_of(grid.viewport())
    for index in range(3):
        place = grid.box_of(index).center().toPoint()
        assert (shown[place.y(), place.x()] == MID_GREY).all()


def test_values_that_are_not_finite_break_nothing(grid):
    grid.set_maps([np.full((2, 2), value, np.float32) for value in (np.nan, np.inf, -np.inf)])
    grid.grab()


def test_values_that_are_not_finite_are_green(grid, pixels_of):
    maps = np.ones((1, 4, 4), np.float32)
    maps[0, 0, 0], maps[0, 3, 3] = np.nan, -np.inf
    grid.set_maps(maps)
    shown, box = pixels_of(grid.viewport()), grid.box_of(0).toRect()
    quarter = box.width() // 8
    for x, y in ((quarter, quarter), (box.width() - quarter, box.height() - quarter)):
        assert tuple(shown[box.top() + y, box.left() + x]) == NOT_FINITE
    middle = shown[box.center().y(), box.center().x()]
    assert (middle == colour_map("inferno")[255]).all()


@pytest.mark.parametrize(("height", "width"), [(224, 224), (100, 75), (57, 300), (40, 48)])
def test_a_map_larger_than_its_cell_is_averaged_and_none_bleeds_into_another(
    grid, pixels_of, qtbot, height, width
):
    grid.resize(480, 800)
    maps = np.zeros((60, height, width), np.float32)
    maps[::2] = 1  # every other map is full
    grid.set_maps(maps, low=0, high=1, dead=[False] * 60)
    rows = -(-60 // grid.columns)
    qtbot.waitUntil(lambda: len(grid._strips._made) == rows)
    shown = pixels_of(grid.viewport()).astype(int)
    for index in range(1, 60):
        box = grid.box_of(index).toRect()
        inside = shown[box.top() + 4 : box.bottom() - 4, box.left() : box.right() + 1]
        expected = colour_map("inferno")[0 if index % 2 else 255]
        assert np.abs(inside - expected).max() <= 1
        edges = shown[[box.top(), box.bottom()], box.left() + 4 : box.right() - 4]
        assert np.abs(edges - expected).max() <= 1


def test_units_are_painted_where_they_are_found(grid, pixels_of):
    """Cells are no multiple of the maps: every unit still has its own colour in its middle."""
    maps = np.random.default_rng(0).permutation(30 * 35).reshape(30, 5, 7).astype(np.float32)
    grid.set_maps(maps, low=0, high=maps.max())
    shown = pixels_of(grid.viewport()).astype(int)
    for index in range(1, 30):
        box = grid.box_of(index)
        for row in range(5):
            for column in range(7):
                x = int(box.left() + (column + 0.5) / 7 * box.width())
                y = int(box.top() + (row + 0.5) / 5 * box.height())
                place = round(float(maps[index, row, column]) / maps.max() * 255)
                assert np.abs(shown[y, x] - colour_map("inferno")[place]).max() <= 2


def test_another_order_keeps_the_maps_numbers(grid, qtbot):
    grid.set_maps(some_maps(6))
    grid.set_unit(4, 2, 3)
    told = listen(grid.current_changed)
    grid.set_maps(some_maps(6), order=[3, 4, 0, 5, 2, 1])
    assert (grid.unit, grid.place, told) == ((4, 2, 3), 1, [])
    assert grid.box_of(3).topLeft() == QPointF(2, 2)
    assert grid.unit_at(grid.box_of(2).center())[0] == 2
    qtbot.keyClick(grid, Qt.Key.Key_Right)
    qtbot.keyClick(grid, Qt.Key.Key_Home)
    qtbot.keyClick(grid, Qt.Key.Key_End)
    assert told == [(0,), (3,), (1,)]


def test_large_maps_are_painted_in_pieces_with_the_older_ones_until_then(grid, qtbot, pixels_of):
    grid.resize(480, 480)
    grid.set_maps(np.zeros((64, 400, 400), np.float32), low=0, high=1)
    qtbot.waitUntil(lambda: len(grid._strips._made) == 8)
    grid.set_maps(np.ones((64, 400, 400), np.float32), low=0, high=1)
    first = pixels_of(grid.viewport())
    last = grid.box_of(63).center().toPoint()
    assert (first[last.y(), last.x()] == colour_map("inferno")[0]).all()
    qtbot.waitUntil(lambda: len(grid._strips._made) == 8)
    then = pixels_of(grid.viewport())
    assert (then[last.y(), last.x()] == colour_map("inferno")[255]).all()


def test_nothing_is_coloured_that_is_not_seen(grid, pixels_of):
    grid.resize(480, 480)
    grid.set_maps(some_maps(2048, 7, 7))
    pixels_of(grid.viewport())
    assert len(grid._strips._made) <= 9


def test_one_map_takes_the_room(grid):
    grid.set_largest(240, alone=720)
    grid.set_maps(some_maps(1, height=197, width=768))
    assert grid.cell.width() == grid.viewport().width() - 4
    grid.set_maps(some_maps(1, height=10, width=10))
    assert grid.cell == QSize(476, 476)


def test_a_double_click_opens_a_map(grid):
    grid.set_maps(some_maps(64))
    opened = listen(grid.opened)
    kind = QEvent.Type.MouseButtonDblClick
    send(grid, grid.box_of(9).center(), kind, Qt.MouseButton.LeftButton)
    assert opened == [(9,)]


def test_coloured_maps_are_shown_as_they_are(grid, pixels_of):
    grid.set_maps([np.full((4, 4, 3), (1, 2, 3), np.uint8)])
    place = grid.box_of(0).center().toPoint()
    assert pixels_of(grid.viewport())[place.y(), place.x()].tolist() == [1, 2, 3]


def marked(grid, shown, index):
    """Whether something light is in the upper right corner of a black map."""
    box = grid.box_of(index).toRect()
    corner = shown[box.top() + 2 : box.top() + 16, box.right() - 16 : box.right() - 2]
    return bool((corner.min(axis=2) > 150).any())


def test_nearly_dead_maps_are_marked(grid, pixels_of):
    maps = np.zeros((3, 10, 10), np.float32)
    maps[1, -1, :4] = 1  # 96 % zeros
    maps[2, -1, :6] = 1  # 94 %
    grid.set_maps(maps)
    shown = pixels_of(grid.viewport())
    assert [marked(grid, shown, index) for index in range(3)] == [True, True, False]
    grid.set_maps(maps, dead=[False, False, True])
    shown = pixels_of(grid.viewport())
    assert [marked(grid, shown, index) for index in range(3)] == [False, False, True]


def test_corners_are_round_and_show_the_ground(grid, pixels_of):
    grid.set_maps(np.ones((2, 4, 4), np.float32))
    shown, box = pixels_of(grid.viewport()), grid.box_of(1).toRect()
    ground = QColor(theme.tokens().window).getRgb()[:3]
    assert np.abs(shown[box.top(), box.left()].astype(int) - ground).max() <= 4
    assert (shown[box.top() + 3, box.left() + 3] == colour_map("inferno")[255]).all()


def test_arrows_move_the_current_map(grid, qtbot):
    grid.set_maps(some_maps(64))
    told = listen(grid.current_changed)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Up):
        qtbot.keyClick(grid, key)
    qtbot.keyClick(grid, Qt.Key.Key_Left)  # at the first there is no way on
    qtbot.keyClick(grid, Qt.Key.Key_End)
    qtbot.keyClick(grid, Qt.Key.Key_Down)
    qtbot.keyClick(grid, Qt.Key.Key_Home)
    assert told == [(1,), (9,), (8,), (0,), (63,), (0,)]


def test_the_current_map_is_scrolled_into_sight(grid, qtbot):
    grid.set_maps(some_maps(300))
    assert grid.verticalScrollBar().maximum() > 0
    for key in (Qt.Key.Key_End, Qt.Key.Key_PageUp, Qt.Key.Key_PageUp, Qt.Key.Key_Home):
        qtbot.keyClick(grid, key)
        box = grid.box_of(grid.current)
        assert box.top() >= 0
        assert box.bottom() <= grid.viewport().height()
    assert grid.current == 0


def test_a_click_chooses_a_unit(grid):
    grid.set_maps(some_maps(64))
    chosen, current = listen(grid.unit_chosen), listen(grid.current_changed)
    send(grid, grid.box_of(9).center(), QEvent.Type.MouseButtonPress, Qt.MouseButton.LeftButton)
    assert chosen == [(9, 4, 4)]
    assert current == [(9,)]
    assert grid.unit == (9, 4, 4)


def test_the_keyboard_chooses_a_unit(grid, qtbot):
    grid.set_maps(some_maps(4))
    chosen = listen(grid.unit_chosen)
    qtbot.keyClick(grid, Qt.Key.Key_Return)
    qtbot.keyClick(grid, Qt.Key.Key_Right, SHIFT)
    qtbot.keyClick(grid, Qt.Key.Key_Up, SHIFT)
    for _ in range(9):
        qtbot.keyClick(grid, Qt.Key.Key_Down, SHIFT)
    assert chosen[:3] == [(0, 4, 4), (0, 4, 5), (0, 3, 5)]
    assert chosen[-1] == (0, 7, 5)


def test_hovering_tells_each_unit_once(grid):
    grid.set_maps(some_maps(64))
    hovered, left = listen(grid.unit_hovered), listen(grid.hover_left)
    box = grid.box_of(3)
    for x in (3.6, 3.7, 10.0):
        send(grid, box.topLeft() + QPointF(x, 3.6))
    send(grid, box.topRight() + QPointF(2, 5))
    send(grid, box.center())
    QApplication.sendEvent(grid.viewport(), QEvent(QEvent.Type.Leave))
    assert hovered == [(3, 0, 0), (3, 0, 1), (3, 4, 4)]
    assert len(left) == 2


def test_other_maps_keep_current_and_unit_where_they_exist(grid):
    grid.set_maps(some_maps(64))
    grid.set_unit(21, 5, 6)
    grid.set_maps(some_maps(32))
    assert grid.unit == (21, 5, 6)
    grid.set_maps(some_maps(32, height=4, width=4))
    assert (grid.current, grid.unit) == (21, None)
    grid.set_maps(some_maps(10))
    assert grid.current == 9
    grid.set_maps([])
    assert (grid.current, grid.count, grid.unit) == (0, 0, None)
    grid.grab()


def test_a_unit_that_is_not_there_is_not_marked(grid):
    grid.set_maps(some_maps(4))
    for unit in ((4, 0, 0), (0, 8, 0), (0, 0, 8), (-1, 0, 0), (0, -1, 0)):
        grid.set_unit(*unit)
    assert grid.unit is None


def test_keys_on_an_empty_grid(grid, qtbot):
    for key in (Qt.Key.Key_Right, Qt.Key.Key_End, Qt.Key.Key_Return, Qt.Key.Key_PageDown):
        qtbot.keyClick(grid, key)
    qtbot.keyClick(grid, Qt.Key.Key_Right, SHIFT)
    assert grid.current == 0


def test_five_hundred_maps_are_painted_quickly(grid):
    grid.resize(1400, 3000)
    grid.set_maps(some_maps(512, height=32, width=32))
    times = []
    for _ in range(5):
        began = thread_time()
        grid.viewport().grab()
        times.append(thread_time() - began)
    assert min(times) < 0.05


def test_smaller_cells_on_another_ground(qtbot, pixels_of):
    grid = MapGrid(smallest=20, ground="panel")
    qtbot.addWidget(grid)
    grid.resize(120, 60)
    grid.show()
    grid.set_maps(some_maps(40))
    assert theme.px(20) <= grid.cell.width() < theme.px(SMALLEST)
    ground = theme.colour("panel")
    assert pixels_of(grid)[0, 0].tolist() == [ground.red(), ground.green(), ground.blue()]
