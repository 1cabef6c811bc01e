import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QLabel, QLineEdit

from studio.window.chrome.controls import Button
from studio.window.chrome.inspector import Inspector
from studio.window.chrome.widgets import Toolbar
from studio.window.chrome.workspace import Workspace


class Paints(QObject):
    """How often a widget is painted."""

    def __init__(self, widget):
        super().__init__(widget)
        self.count = 0
        widget.installEventFilter(self)

    def eventFilter(self, watched, event):
        self.count += event.type() == QEvent.Type.Paint
        return False


@pytest.fixture
def space(qtbot):
    made = Workspace()
    made.body, made.field = QLabel("body"), QLineEdit()
    made.toolbar, made.inspector = Toolbar(Button("Open"), made.field), Inspector("Chain")
    made.lay_out(made.toolbar, made.body, made.inspector)
    qtbot.addWidget(made)
    made.resize(1216, 748)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_it_is_toolbar_over_body_and_inspector_beside_both(space):
    assert space.toolbar.geometry().getRect() == (0, 0, 896, 44)
    assert space.body.geometry().getRect() == (0, 44, 896, 704)
    assert space.inspector.geometry().getRect() == (896, 0, 320, 748)


def test_the_keyboard_comes_and_goes_without_painting_the_page(space, qtbot):
    field, body = Paints(space.field), Paints(space.body)
    space.field.setFocus()
    qtbot.waitUntil(lambda: field.count > 0)
    body.count = 0
    for target in (space, space.field, space):
        field.count = 0
        target.setFocus()
        assert target.hasFocus()
        qtbot.waitUntil(lambda: field.count > 0)
    assert body.count == 0
