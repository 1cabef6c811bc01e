from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QGuiApplication,
    QImage,
)
from PySide6.QtWidgets import QApplication, QLineEdit, QMainWindow, QStackedWidget, QWidget

from studio.window.drop import Brought, DropVeil, Offer, look_at, pasted, take

PIXELS = np.random.default_rng(5).integers(0, 256, (6, 9, 3), np.uint8)
BUTTONS = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def files(*paths):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return mime


def image_mime():
    mime = QMimeData()
    rows = np.ascontiguousarray(PIXELS)
    mime.setImageData(QImage(rows.data, 9, 6, 27, QImage.Format.Format_RGB888).copy())
    return mime


def decoded(data):
    return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)[..., ::-1]


class Hand:
    """Drags something over widgets as Qt would tell them."""

    def __init__(self, mime):
        self.mime = mime

    def enter(self, widget):
        return self._send(
            widget, QDragEnterEvent(QPoint(9, 9), Qt.DropAction.CopyAction, self.mime, *BUTTONS)
        )

    def move(self, widget):
        return self._send(
            widget, QDragMoveEvent(QPoint(9, 9), Qt.DropAction.CopyAction, self.mime, *BUTTONS)
        )

    def drop(self, widget):
        return self._send(
            widget, QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, self.mime, *BUTTONS)
        )

    def leave(self, widget):
        return self._send(widget, QDragLeaveEvent())

    def _send(self, widget, event):
        event.ignore()
        QApplication.sendEvent(widget, event)
        return event


def judge(brought):
    if brought.name:
        return Offer(f"Take {brought.name}")
    return Offer(f"Take {len(brought.paths)}", brought.paths[0].suffix == ".png")


@pytest.fixture
def window(qtbot):
    made = QMainWindow()
    made.space, other, made.stack = QWidget(), QWidget(), QStackedWidget()
    made.stack.addWidget(made.space)
    made.stack.addWidget(other)
    made.setCentralWidget(made.stack)
    made.veil = DropVeil(made.space, judge)
    made.heard = []
    made.veil.dropped.connect(made.heard.append)
    qtbot.addWidget(made)
    made.resize(640, 480)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_files_folders_and_nothing_else_are_paths():
    assert look_at(files("/a/b.png", "/c")) == Brought(paths=(Path("/a/b.png"), Path("/c")))
    words = QMimeData()
    words.setText("hello")
    assert not look_at(words)
    link = QMimeData()
    link.setUrls([QUrl("https://example.org/cat.png")])
    assert not look_at(link)


def test_a_browsers_picture_keeps_its_bytes_and_its_name():
    mime = QMimeData()
    data = cv2.imencode(".png", PIXELS)[1].tobytes()
    mime.setUrls([QUrl("https://example.org/pets/cat.png?size=2")])
    mime.setData("image/png", data)
    assert look_at(mime) == Brought(name="cat.png")
    assert take(mime) == Brought(name="cat.png", data=data)


def test_a_local_file_counts_more_than_its_picture():
    mime = image_mime()
    mime.setUrls([QUrl.fromLocalFile("/a/b.png")])
    assert take(mime) == Brought(paths=(Path("/a/b.png"),))


def test_a_picture_without_bytes_is_encoded_exactly():
    found = take(image_mime())
    assert found.name == "Pasted picture"
    np.testing.assert_array_equal(decoded(found.data), PIXELS)


def test_the_clipboard(qapp):
    mime = image_mime()
    QGuiApplication.clipboard().setMimeData(mime)
    np.testing.assert_array_equal(decoded(pasted().data), PIXELS)
    QGuiApplication.clipboard().clear()
    assert not pasted()


def test_a_drop_anywhere_in_the_window(window):
    hand = Hand(files("/a/b.png"))
    assert hand.enter(window).isAccepted()
    assert window.veil.isVisible()
    assert window.veil.offer == Offer("Take 1")
    assert window.veil.geometry() == window.rect()
    move = hand.move(window.veil)
    assert move.isAccepted()
    assert move.dropAction() == Qt.DropAction.CopyAction
    assert hand.drop(window.veil).isAccepted()
    assert window.heard == [Brought(paths=(Path("/a/b.png"),))]
    assert not window.veil.isVisible()


def test_what_is_refused_is_said_and_never_taken(window):
    hand = Hand(files("/a/notes.txt"))
    assert hand.enter(window).dropAction() == Qt.DropAction.IgnoreAction
    assert window.veil.offer == Offer("Take 1", False)
    assert not hand.drop(window.veil).isAccepted()
    assert not window.heard
    assert not window.veil.isVisible()


def test_words_are_refused_with_a_reason(window):
    mime = QMimeData()
    mime.setText("hello")
    hand = Hand(mime)
    hand.enter(window)
    assert not window.veil.offer.welcome
    assert "Only pictures" in window.veil.offer.words
    hand.leave(window)
    assert not window.veil.isVisible()


def test_the_veil_goes_with_the_drag_as_qt_hands_it_from_window_to_veil(window):
    hand = Hand(files("/a/b.png"))
    hand.enter(window)
    hand.leave(window)  # the veil lies over the window now
    hand.enter(window.veil)
    assert window.veil.isVisible()
    hand.leave(window.veil)
    assert not window.veil.isVisible()


def test_another_workspace_takes_nothing(window):
    hand = Hand(files("/a/b.png"))
    hand.enter(window)
    window.stack.setCurrentIndex(1)
    assert not window.veil.isVisible()
    assert not hand.enter(window).isAccepted()
    assert not hand.drop(window).isAccepted()
    assert not window.heard
    window.stack.setCurrentIndex(0)
    assert hand.enter(window).isAccepted()


def test_a_field_is_no_hole_in_the_veil(window):
    field = QLineEdit(window.space)
    field.setGeometry(0, 0, 200, 200)
    field.show()
    Hand(files("/a/b.png")).enter(window)
    assert window.childAt(QPoint(20, 20)) is window.veil


@pytest.mark.parametrize("suffix", [".png", ".txt"])
def test_the_frame_tells_welcome_from_refused(window, pixels_of, looks, suffix):
    Hand(files(f"/a/b{suffix}")).enter(window)
    role = "accent" if suffix == ".png" else "error"
    expected = [int(getattr(looks.tokens, role)[at : at + 2], 16) for at in (1, 3, 5)]
    painted = pixels_of(window)
    np.testing.assert_allclose(painted[0, 300], expected, atol=2)
    np.testing.assert_allclose(painted[240, 1], expected, atol=2)


def test_an_event_of_another_kind_goes_on(window):
    assert window.veil.eventFilter(window, QEvent(QEvent.Type.WindowTitleChange)) is False
