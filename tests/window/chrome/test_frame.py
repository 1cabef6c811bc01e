from types import SimpleNamespace

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QAction, QUndoCommand, QUndoStack
from PySide6.QtWidgets import QDialog, QLabel, QPushButton, QSplitter

from studio.window.chrome import theme
from studio.window.chrome.controls import Button
from studio.window.chrome.frame import MENUS, MainWindow, Space
from studio.window.chrome.inspector import Inspector
from studio.window.chrome.status import Status
from studio.window.chrome.widgets import Toolbar
from studio.window.chrome.workspace import Workspace

KEYS = ("filter", "network", "train", "classify")


def make_space(key):
    widget = Workspace()
    body = QSplitter()
    body.setObjectName(f"{key}-body")
    body.addWidget(QLabel("left"))
    body.addWidget(QLabel("right"))
    widget.lay_out(Toolbar(), body, Inspector(key))
    action = QAction(f"Open in {key}", widget)
    action.setShortcut("Ctrl+O")
    return Space(key, key.capitalize(), key, widget, Status(), {"File": [action]})


@pytest.fixture
def make_window(qtbot):
    def make():
        session = SimpleNamespace(undo_stack=QUndoStack())
        window = MainWindow(session, [make_space(key) for key in KEYS])
        window.session = session
        qtbot.addWidget(window)
        return window

    return make


@pytest.fixture
def window(make_window):
    made = make_window()
    made.show()
    made.activateWindow()
    return made


def test_the_rail_and_the_keys_change_the_workspace(qtbot, window):
    assert window.current.key == "filter"
    for number, key in enumerate(KEYS, 1):
        with qtbot.waitSignal(window.current_changed) as said:
            qtbot.keyClick(
                window, getattr(Qt.Key, f"Key_{number}"), Qt.KeyboardModifier.ControlModifier
            )
        assert said.args == [key]
        assert window.spaces[number - 1].widget.isVisible()
    qtbot.mouseClick(window._rail.buttons[1], Qt.MouseButton.LeftButton)
    assert window.current.key == "network"
    window.show_space("train")
    assert window._rail.buttons[2].isChecked()


def test_menus_are_the_designs(window):
    assert tuple(menu.title() for menu in window._menus.values()) == MENUS
    named = [a.text() for a in window._menus["View"].actions() if not a.isSeparator()]
    assert named == ["Filter", "Network", "Train", "Classify", "Theme", "Full screen"]


def test_only_the_current_workspaces_actions_are_there(qtbot, window):
    actions = [space.actions["File"][0] for space in window.spaces]
    for number, key in enumerate(KEYS):
        window.show_space(key)
        assert [action.isVisible() for action in actions] == [i == number for i in range(4)]
        with qtbot.waitSignal(actions[number].triggered):
            qtbot.keyClick(window, Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)


def test_a_menu_with_nothing_in_it_is_off(window):
    assert not window._menus["Picture"].menuAction().isEnabled()
    window.add_actions("Picture", [QAction("Astronaut", window)])
    assert window._menus["Picture"].menuAction().isEnabled()
    window.add_actions("Run", [QAction("Start", window)], "train")
    assert not window._menus["Run"].menuAction().isEnabled()
    window.show_space("train")
    assert window._menus["Run"].menuAction().isEnabled()


def test_undo_and_redo_are_the_sessions(qtbot, window):
    assert not window.undo_action.isEnabled()
    window.session.undo_stack.push(QUndoCommand("median radius"))
    assert window.undo_action.text() == "Undo median radius"
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert window.redo_action.isEnabled()
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(window, Qt.Key.Key_Z, both)
    assert window.undo_action.isEnabled()


@pytest.mark.parametrize(
    ("size", "rail", "inspector"),
    [((1024, 700), 48, 288), ((1280, 800), 64, 320), ((1920, 1080), 64, 360)],
)
def test_sizes_follow_the_window(qtbot, window, size, rail, inspector):
    window.resize(*size)
    space = window.current.widget
    qtbot.waitUntil(lambda: space.width() == size[0] - rail, timeout=1000)
    assert window._rail.width() == rail
    assert window.findChild(Inspector).width() == inspector
    assert space.mapTo(window, space.rect().topLeft()).y() == 28
    assert window.statusBar().height() == 24
    assert space.height() == size[1] - 28 - 24


def test_it_can_not_be_smaller_than_the_minimum(window):
    window.resize(300, 200)
    assert (window.width(), window.height()) == (1024, 700)
    assert window.minimumSizeHint().width() <= 1024


def test_the_theme_is_chosen_in_a_menu_and_remembered(window):
    menu = next(a.menu() for a in window._menus["View"].actions() if a.menu())
    assert [a.text() for a in menu.actions()] == ["System", "Dark", "Light"]
    menu.actions()[1].trigger()
    assert theme.tokens() is theme.DARK
    assert QSettings().value("theme") == "dark"
    assert menu.actions()[1].isChecked()


def test_size_workspace_and_splitters_are_remembered(qtbot, make_window):
    first = make_window()
    first.show()
    first.resize(1100, 750)
    first.show_space("train")
    splitter = first.findChild(QSplitter, "train-body")
    splitter.setSizes([100, 800])
    left, right = splitter.sizes()
    with qtbot.waitSignal(first.closing):
        first.close()
    second = make_window()
    second.show()
    assert second.height() == 750  # the offscreen platform's screen is only 800 wide
    assert second.current.key == "train"
    again = second.findChild(QSplitter, "train-body").sizes()
    assert again[0] / again[1] == pytest.approx(left / right, rel=0.1)


def test_the_title_stands_in_the_menu_row_and_in_the_title_bar(window):
    window.set_title("Lesson 3 – edges")
    assert window.windowTitle() == "Lesson 3 – edges – Convolution Studio"
    title = next(
        label for label in window.findChildren(QLabel) if label.text() == "Lesson 3 – edges"
    )
    assert title.isVisible()
    assert title.mapTo(window, title.rect().topRight()).x() == window.width() - 17


def test_the_status_is_the_current_workspaces(window):
    bar = window._bar
    train = window.spaces[2].status
    assert bar.words.text() == "Ready"
    window.status.set_device("CPU, 2 threads")
    window.spaces[0].status.show_message("Saved edges.png")
    window.spaces[0].status.set_cursor_text("599, 315   after +88.0")
    assert bar.words.text() == "Saved edges.png"
    assert bar.device.text() == "CPU, 2 threads"
    train.show_message("Nothing here")
    assert bar.words.text() == "Saved edges.png"
    window.show_space("train")
    assert bar.words.text() == "Nothing here"
    assert bar.cursor_words.text() == ""


def test_what_runs_elsewhere_is_shown_and_dotted(window):
    bar, train = window._bar, window.spaces[2].status
    stopped = []
    train.set_busy("Training run 3", lambda: stopped.append(True))
    train.set_progress(0.5)
    assert bar.words.text() == "Training run 3"
    assert bar.progress.isVisible()
    assert bar.progress.value() == 500
    assert [button.has_dot for button in window._rail.buttons] == [False, False, True, False]
    bar.cancel.click()
    assert stopped == [True]
    window.spaces[0].status.set_busy("Filtering")
    assert bar.words.text() == "Filtering"
    assert not bar.cancel.isVisible()
    window.spaces[0].status.set_idle("Filtered in 4 ms")
    assert bar.words.text() == "Training run 3"
    window.show_space("train")
    assert not window._rail.buttons[2].has_dot
    train.set_idle()
    assert bar.words.text() == "Ready"
    assert not bar.progress.isVisible()


def test_the_busy_bar_is_under_the_busy_workspaces_toolbar(qtbot, window):
    window.spaces[0].status.set_busy("Filtering")
    own = window.spaces[0].widget.findChild(Toolbar)._busy
    qtbot.waitUntil(own.isVisible, timeout=1000)
    assert own.geometry().getRect() == (0, 42, own.parent().width(), 2)
    window.spaces[0].status.set_idle()
    assert own.isHidden()
    assert not window.spaces[1].widget.findChild(Toolbar)._busy._delay.isActive()


def test_help_names_every_key(qtbot, window):
    window._rail.help.click()
    dialog = window.findChild(QDialog)
    words = {label.text() for label in dialog.findChildren(QLabel)}
    assert {"Undo", "Ctrl+Z", "Classify", "Ctrl+4", "Open in filter", "Ctrl+O"} <= words
    dialog.reject()


def test_about_says_the_version(window):
    window.show_about()
    box = window.findChild(QDialog)
    assert "Convolution Studio 0." in box.text()
    box.reject()


def test_every_rail_button_names_its_key(window):
    tips = [button.toolTip() for button in window._rail.buttons]
    assert tips == [f"{key.capitalize()} (Ctrl+{n})" for n, key in enumerate(KEYS, 1)]


def test_changing_the_workspace_leaves_no_ring_and_comes_back_to_its_field(qtbot, window):
    first, second = QPushButton("First"), Button("Second")
    window.spaces[0].widget.findChild(Toolbar).add(Button("Open"), first)
    window.spaces[1].widget.findChild(Toolbar).add(second)
    qtbot.waitUntil(first.isVisible, timeout=1000)
    first.setFocus()
    window.show_space("network")
    assert not second.property("ring")
    assert window.spaces[1].widget.hasFocus()
    qtbot.keyClick(window.spaces[1].widget, Qt.Key.Key_Tab)
    assert second.hasFocus()
    assert second.property("ring")
    window.show_space("filter")
    assert first.hasFocus()


def test_tab_reaches_the_rail_and_shows_a_ring(qtbot, window):
    window._rail.buttons[0].setFocus(Qt.FocusReason.TabFocusReason)
    assert window._rail.buttons[0].property("ring")
    image = window._rail.buttons[0].grab().toImage()
    assert image.pixelColor(5, 26).name().upper() == theme.tokens().accent
