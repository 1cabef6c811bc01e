import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QFocusEvent
from PySide6.QtWidgets import QApplication

from studio.window.chrome import theme
from studio.window.chrome.controls import (
    Button,
    Elided,
    IconButton,
    LinkButton,
    PrimaryButton,
    Segments,
    Switch,
    label,
    tip,
)

CHOICES = [("split", "Split"), ("side", "Side by side"), ("blink", "Blink")]


def focus(widget, reason):
    QApplication.sendEvent(widget, QFocusEvent(QFocusEvent.Type.FocusIn, reason))


def test_tips_name_their_key():
    assert tip("Open a picture", "Ctrl+O") == "Open a picture (Ctrl+O)"
    assert tip("Open a picture") == "Open a picture"


@pytest.mark.parametrize("make", [lambda: Button("Go"), lambda: IconButton("play", "Play"), Switch])
def test_the_ring_is_for_the_keyboard(qtbot, make):
    button = make()
    qtbot.addWidget(button)
    focus(button, Qt.FocusReason.MouseFocusReason)
    assert not button.property("ring")
    focus(button, Qt.FocusReason.TabFocusReason)
    assert button.property("ring")
    QApplication.sendEvent(
        button, QFocusEvent(QFocusEvent.Type.FocusOut, Qt.FocusReason.TabFocusReason)
    )
    assert not button.property("ring")


def test_the_ring_moves_nothing(qtbot):
    for button in (Button("Go"), PrimaryButton("Go"), LinkButton("Go"), Button("Go", look="chip")):
        qtbot.addWidget(button)
        before = button.sizeHint()
        focus(button, Qt.FocusReason.TabFocusReason)
        assert button.sizeHint() == before


def test_buttons_have_the_designs_heights(qtbot):
    for button, height in (
        (Button("Open", "folder"), 28),
        (PrimaryButton("Save result…"), 28),
        (PrimaryButton("Pause", "pause", tall=True), 36),
        (IconButton("more", "More"), 28),
        (Segments(CHOICES), 28),
    ):
        qtbot.addWidget(button)
        assert button.sizeHint().height() == height or button.height() == height


def test_the_primary_button_is_filled(qtbot):
    button = PrimaryButton("Save")
    qtbot.addWidget(button)
    image = button.grab().toImage()
    assert image.pixelColor(8, image.height() // 2).name().upper() == theme.tokens().fill


def test_icon_buttons_have_a_name(qtbot):
    button = IconButton("undo", "Undo", "Ctrl+Z")
    qtbot.addWidget(button)
    assert button.accessibleName() == "Undo"
    assert button.toolTip() == "Undo (Ctrl+Z)"


def test_a_button_follows_its_action(qtbot):
    action = QAction("&Undo")
    action.setShortcut("Ctrl+Z")
    action.setEnabled(False)
    button = IconButton("undo", "Undo").follow(action)
    qtbot.addWidget(button)
    assert not button.isEnabled()
    action.setText("&Undo Median")
    action.setEnabled(True)
    assert button.isEnabled()
    assert button.toolTip() == "Undo Median (Ctrl+Z)"
    with qtbot.waitSignal(action.triggered):
        button.click()


def test_segments_choose_one(qtbot):
    segments = Segments(CHOICES)
    qtbot.addWidget(segments)
    assert segments.value == "split"
    said = []
    segments.changed.connect(said.append)
    segments.set_value("blink")
    assert (segments.value, said) == ("blink", [])
    segments._group.button(1).click()
    assert (segments.value, said) == ("side", ["side"])


def test_choosing_a_segment_moves_nothing(qtbot):
    segments = Segments(CHOICES)
    qtbot.addWidget(segments)
    widths = set()
    for value, _ in CHOICES:
        segments.set_value(value)
        segments.ensurePolished()
        widths.add(segments.sizeHint().width())
    assert len(widths) == 1


def test_words_that_do_not_fit_are_cut_and_told_whole_in_the_tip(qtbot):
    words = label("600 × 400, RGB, 8-bit", "caption", elide=True)
    qtbot.addWidget(words)
    assert isinstance(words, Elided)
    words.resize(60, 20)
    words.grab()
    assert words.toolTip() == "600 × 400, RGB, 8-bit"
    words.resize(400, 20)
    words.grab()
    assert words.toolTip() == ""
