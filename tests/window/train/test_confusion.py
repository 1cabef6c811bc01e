"""The confusion matrix: what is painted, and what is said about a cell."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

from studio.window.chrome import theme
from studio.window.train.confusion import ConfusionPanel
from studio.window.train.confusion_matrix import ConfusionMatrix

CLASSES = ("cat", "dog", "frog")
COUNTS = np.array([[90, 10, 0], [28, 72, 0], [0, 1, 99]])


@pytest.fixture
def matrix(qtbot):
    made = ConfusionMatrix()
    made.show_counts(CLASSES, COUNTS)
    qtbot.addWidget(made)
    made.resize(300, 120)
    made.show()
    return made


def colour(matrix, pixels_of, row, column):
    middle = matrix.cell_rect(row, column).center()
    return pixels_of(matrix)[middle.y(), middle.x()].astype(int)


def rgb(role):
    made = theme.colour(role)
    return np.array([made.red(), made.green(), made.blue()])


def test_right_is_cold_and_wrong_is_warm_and_more_is_stronger(matrix, pixels_of):
    ground = colour(matrix, pixels_of, 0, 2)
    assert np.array_equal(ground, colour(matrix, pixels_of, 1, 2))  # nothing was counted
    for row in range(3):
        for column in range(3):
            if not COUNTS[row, column]:
                continue
            role = rgb("cold" if row == column else "warm")
            share = COUNTS[row, column] / 100
            opacity = 0.14 + 0.86 * np.sqrt(share)
            wanted = opacity * role + (1 - opacity) * ground
            assert colour(matrix, pixels_of, row, column) == pytest.approx(wanted, abs=3)


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [(1, 0, "dog as cat: 28"), (2, 2, "frog right: 99"), (0, 2, "cat as frog: 0")],
)
def test_the_pointer_tells_rows_from_columns(qtbot, matrix, row, column, words):
    with qtbot.waitSignal(matrix.pointed) as said:
        qtbot.mouseMove(matrix, matrix.cell_rect(row, column).center())
    assert said.args == [words]
    assert matrix.accessibleDescription() == words
    qtbot.mouseMove(matrix, QPoint(299, 119))
    qtbot.waitUntil(lambda: matrix.words == "")


def test_the_arrows_walk_over_the_cells_and_stop_at_the_edge(qtbot, matrix):
    for key, words in (
        (Qt.Key.Key_Down, "cat right: 90"),
        (Qt.Key.Key_Right, "cat as dog: 10"),
        (Qt.Key.Key_Down, "dog right: 72"),
        (Qt.Key.Key_Left, "dog as cat: 28"),
        (Qt.Key.Key_Left, "dog as cat: 28"),
        (Qt.Key.Key_Escape, ""),
    ):
        qtbot.keyClick(matrix, key)
        assert matrix.words == words


def test_other_counts_change_what_is_said(qtbot, matrix):
    qtbot.mouseMove(matrix, matrix.cell_rect(1, 0).center())
    qtbot.waitUntil(lambda: matrix.words == "dog as cat: 28")
    matrix.show_counts(CLASSES, COUNTS * 100)
    assert matrix.words == "dog as cat: 2,800"
    matrix.show_counts(("a", "b"), None)
    assert matrix.words == ""


def test_it_grows_with_its_height_but_not_without_end(matrix):
    sides = []
    for height in (120, 200, 2000):
        matrix.resize(matrix.width(), height)
        sides.append(matrix.sizeHint().width())
    assert sides[0] <= sides[1] <= sides[2] < 300


# Choosing, and very many classes


def test_a_click_or_enter_chooses_a_cell_that_has_pictures(qtbot, matrix):
    chosen = []
    matrix.chosen.connect(lambda *cell: chosen.append(cell))
    for row, column in ((1, 0), (0, 2)):  # the second has none
        place = matrix.cell_rect(row, column).center()
        qtbot.mouseClick(matrix.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert chosen == [(1, 0)]
    qtbot.keyClick(matrix, Qt.Key.Key_Escape)
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Return):
        qtbot.keyClick(matrix, key)
    assert chosen == [(1, 0), (0, 1)]


@pytest.fixture
def large(qtbot):
    made = ConfusionMatrix()
    counts = np.zeros((100, 100), np.int64)
    np.fill_diagonal(counts, 9)
    counts[3, 98] = 1
    made.show_counts(tuple(f"class {number}" for number in range(100)), counts)
    qtbot.addWidget(made)
    made.resize(220, 200)
    made.show()
    return made


def test_a_hundred_classes_fill_the_room_and_every_cell_is_painted(large, pixels_of):
    box = large.cell_rect(99, 99)
    assert 190 <= box.bottom() <= 200
    ground, right, wrong = (
        colour(large, pixels_of, *cell) for cell in ((3, 50), (50, 50), (3, 98))
    )
    assert right[2] > right[0]  # blue
    assert wrong[0] > wrong[2]  # orange
    assert not np.array_equal(ground, wrong)
    assert large.cell_at(large.cell_rect(3, 98).center()) == (3, 98)


def test_zooming_makes_names_readable_and_keeps_the_cell_in_sight(qtbot, large):
    for _ in range(16):
        qtbot.keyClick(large, Qt.Key.Key_Plus)
    assert large.cell_rect(0, 0).width() == 32
    for key in [Qt.Key.Key_Down] * 40 + [Qt.Key.Key_Right] * 39:
        qtbot.keyClick(large, key)
    assert large.words == "class 39 right: 9"
    box = large.cell_rect(39, 39)
    assert large.viewport().rect().contains(box)
    assert large.cell_at(box.center()) == (39, 39)
    qtbot.keyClick(large, Qt.Key.Key_0)
    assert large.zoom == 1
    assert large.horizontalScrollBar().maximum() == 0


# The figures of each class


@pytest.fixture
def panel(qtbot, made):
    shown = ConfusionPanel()
    qtbot.addWidget(shown)
    shown.show_run(made.finished_run(), None)
    shown.resize(360, 240)
    shown.show()
    return shown


def column(panel, number):
    rows = panel.table.classes
    return [rows.index(row, number).data() for row in range(rows.rowCount())]


def test_the_table_is_sorted_by_any_column(panel):
    counts = np.array([[21, 2, 0], [5, 18, 0], [0, 1, 22]])
    assert column(panel, 0) == ["cat", "dog", "frog"]
    precisions = counts.diagonal() / counts.sum(axis=0)
    assert [float(words.split()[0]) for words in column(panel, 1)[:2]] == pytest.approx(
        100 * precisions[:2], abs=0.06
    )
    panel.table.sortByColumn(2, Qt.SortOrder.AscendingOrder)
    assert column(panel, 0) == ["dog", "cat", "frog"]
    panel.table.sortByColumn(0, Qt.SortOrder.DescendingOrder)
    assert column(panel, 0) == ["frog", "dog", "cat"]


def test_the_order_stays_as_epochs_come_and_what_has_no_value_is_last(made, panel):
    panel.table.sortByColumn(1, Qt.SortOrder.DescendingOrder)
    run = made.finished_run(epochs=0)
    network = made.network_of()
    for event in made.epoch_events(network, 1):
        run.history.add(event)
    run.history.epochs[0].confusion[:, 1] = 0  # dog is never answered
    panel.show_run(run)
    assert column(panel, 0)[-1] == "dog"
    assert column(panel, 1)[-1] == "–"
    assert column(panel, 2)[-1] == "0 %"


def test_a_cell_is_chosen_with_its_epoch(qtbot, made, panel):
    panel.show_run(made.finished_run(), 2)
    with qtbot.waitSignal(panel.cell_chosen) as chosen:
        panel.matrix.chosen.emit(1, 0)
    assert chosen.args == [2, 1, 0]
    panel.table.selectRow(1)
    with qtbot.waitSignal(panel.cell_chosen) as chosen:
        panel.table.activated.emit(panel.table.currentIndex())
    assert chosen.args == [2, 1, 1]


def test_a_run_without_an_epoch_says_so(made, panel):
    panel.show_run(made.finished_run(epochs=0))
    assert panel.words.text() == "after the first epoch"
    assert panel.epoch == 0
