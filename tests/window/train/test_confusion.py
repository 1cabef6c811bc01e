"""The confusion matrix: what is painted, and what is said about a cell."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

from studio.window.chrome import theme
from studio.window.train.confusion import ConfusionMatrix

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
