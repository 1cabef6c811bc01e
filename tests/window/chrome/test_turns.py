import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from studio.window.chrome.turns import PaintTurns


class Order(QObject):
    """Which widgets are painted, in which order."""

    def __init__(self, parent, *widgets):
        super().__init__(parent)
        self.painted = []
        for widget in widgets:
            widget.installEventFilter(self)

    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint and watched not in self.painted:
            self.painted.append(watched)
        return False


@pytest.fixture
def page(qtbot):
    made = QWidget()
    made.labels = [QLabel(name) for name in ("first", "second", "third")]
    column = QVBoxLayout(made)
    for one in made.labels:
        column.addWidget(one)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_what_is_held_back_is_painted_after_all_else_in_its_order(page, qtbot):
    first, second, third = page.labels
    order = Order(page, *page.labels)
    PaintTurns(page).hold(third, first)
    for one in page.labels:
        one.setText("changed")
    assert [one.updatesEnabled() for one in page.labels] == [False, True, False]
    qtbot.waitUntil(lambda: len(order.painted) == 3)
    assert order.painted == [second, third, first]
    assert all(one.updatesEnabled() for one in page.labels)


def test_holding_twice_is_holding_once(page, qtbot):
    turns, label = PaintTurns(page), page.labels[0]
    turns.hold(label)
    turns.hold(label)
    qtbot.waitUntil(label.updatesEnabled)
    qtbot.waitUntil(lambda: not turns._frame.isActive())
    turns.hold(label)
    assert not label.updatesEnabled()
    qtbot.waitUntil(label.updatesEnabled)


def test_holding_nothing_begins_nothing(page):
    turns = PaintTurns(page)
    turns.hold()
    assert not turns._frame.isActive()
