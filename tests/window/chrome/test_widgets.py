import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.errors import StudioError
from studio.window.chrome import theme
from studio.window.chrome.controls import Button, label
from studio.window.chrome.inspector import Inspector, Section
from studio.window.chrome.progress import BusyBar, ProgressBar
from studio.window.chrome.widgets import EmptyState, MessageBar, Toolbar


def shown(qtbot, widget, width=400, height=300):
    qtbot.addWidget(widget)
    widget.resize(width, height)
    widget.show()
    return widget


def test_a_toolbar_spreads_its_widgets(qtbot):
    left, right = Button("Open"), Button("Save")
    toolbar = shown(qtbot, Toolbar(left, 0, right), 400, 44)
    assert left.x() == 12
    assert right.geometry().right() + 1 == toolbar.width() - 12
    assert left.y() == 8


def test_the_busy_bar_waits_150_ms(qtbot):
    window = shown(qtbot, QWidget())
    bar = BusyBar(window)
    bar.set_busy(True)
    assert bar.isHidden()
    qtbot.waitUntil(bar.isVisible, timeout=1000)
    assert bar.grab().toImage().pixelColor(0, 0).name().upper() == theme.tokens().accent
    bar.set_busy(False)
    assert bar.isHidden()


def test_the_busy_bar_of_something_short_never_shows(qtbot):
    window = shown(qtbot, QWidget())
    bar = BusyBar(window)
    bar.set_busy(True)
    bar.set_busy(False)
    assert not bar._delay.isActive()


def test_an_inspector_takes_the_width_that_suits_the_window(qtbot):
    inspector = Inspector("Chain")
    qtbot.addWidget(inspector)
    widths = []
    for window in (1024, 1280, 1899, 1900):
        inspector.fit(window)
        widths.append(inspector.width())
    assert widths == [288, 320, 320, 360]


def test_an_inspector_scrolls_without_moving_its_content(qtbot):
    inspector = Inspector("Chain")
    tall = QWidget()
    inspector.add(tall)
    shown(qtbot, inspector, 320, 300)
    before = tall.width()
    assert inspector._bar.isHidden()
    tall.setFixedHeight(1000)
    qtbot.waitUntil(inspector._bar.isVisible, timeout=1000)
    assert tall.width() == before
    inspector._bar.setValue(200)
    assert inspector._content.y() == -200


def test_a_section_folds_and_unfolds(qtbot):
    section = Section("Data", "8,000 train", collapsible=True)
    section.add(label("Pictures"))
    shown(qtbot, section)
    said = []
    section.opened.connect(said.append)
    assert section.is_open
    qtbot.mouseClick(section.head, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(section.body.isHidden, timeout=1000)
    qtbot.keyClick(section.head, Qt.Key.Key_Space)
    assert section.body.isVisible()
    assert said == [False, True]
    section.set_open(False)
    assert section.body.isHidden()
    assert said == [False, True]


def test_a_section_folds_slowly_where_motion_is_wanted(qtbot, monkeypatch):
    monkeypatch.setattr(theme, "motion", lambda: 40)
    section = Section("Data", collapsible=True)
    section.add(label("Pictures"))
    shown(qtbot, section)
    with qtbot.waitSignal(section._slide.finished, timeout=2000):
        section.toggle()
        assert section.body.isVisible()
    assert section.body.isHidden()
    with qtbot.waitSignal(section._slide.finished, timeout=2000):
        section.toggle()
    assert section.body.isVisible()
    assert section.body.maximumHeight() > 10_000


def test_a_section_that_does_not_fold_takes_no_focus(qtbot):
    section = Section("Convolution")
    qtbot.addWidget(section)
    assert section.head.focusPolicy() == Qt.FocusPolicy.NoFocus


def test_an_empty_state_is_one_sentence_and_one_button(qtbot):
    empty = EmptyState("Drop a picture here, or open one.", "Open picture…", "folder", "Ctrl+O")
    shown(qtbot, empty)
    assert empty.sentence.text() == "Drop a picture here, or open one."
    assert "Ctrl+O" in empty.button.toolTip()
    with qtbot.waitSignal(empty.pressed):
        empty.button.click()
    corner = empty.grab().toImage().pixelColor(5, 5)
    assert corner.name().upper() == theme.tokens().well


def test_a_message_bar_says_an_error_and_its_remedy(qtbot):
    bar = MessageBar()
    qtbot.addWidget(bar)
    assert bar.isHidden()
    asked = []
    error = StudioError("The picture <a>.jpg can't be read", "It ends too early; copy it again")
    bar.show_error(error, "Choose another", lambda: asked.append(True))
    assert bar.property("kind") == "error"
    assert "&lt;a&gt;.jpg" in bar.words.text()
    assert "copy it again" in bar.words.text()
    bar.remedy.click()
    assert asked == [True]
    with qtbot.waitSignal(bar.dismissed):
        bar.close_button.click()
    assert bar.isHidden()


@pytest.mark.parametrize("choice", ["dark", "light"])
def test_a_warning_stands_on_its_own_ground(qtbot, looks, choice):
    looks.choose(choice)
    bar = MessageBar()
    bar.show_warning("Run 1 has been over-fitting since epoch 6.")
    shown(qtbot, bar, 600, 36)
    assert bar.remedy.isHidden()
    ground = bar.grab().toImage().pixelColor(3, 3).name().upper()
    assert ground == theme.tokens().warning_ground


class Painted(QWidget):
    """Counts how often it is painted."""

    def __init__(self, parent):
        super().__init__(parent)
        self.times = 0

    def paintEvent(self, event):
        self.times += 1


def test_a_share_is_painted_with_all_else_and_not_at_once(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    bar, beside = ProgressBar(), Painted(window)
    beside.setMinimumSize(20, 20)
    column.addWidget(bar)
    column.addWidget(beside)
    window.show()
    qtbot.waitUntil(lambda: beside.times > 0)
    before = beside.times
    beside.update()
    bar.show_share(0.5)
    assert beside.times == before
    qtbot.waitUntil(lambda: beside.times > before)
    assert (bar.value(), bar.maximum()) == (500, 1000)
    bar.show_share(None)
    assert bar.maximum() == 0
    bar.show_share(0)
    assert (bar.value(), bar.maximum()) == (0, 1000)
