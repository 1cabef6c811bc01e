"""Pictures from outside: dropped anywhere in the window, or pasted."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import (
    QBuffer,
    QByteArray,
    QEvent,
    QIODevice,
    QMimeData,
    QObject,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFontMetrics,
    QGuiApplication,
    QImage,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QWidget

from studio.window.chrome import theme
from studio.window.chrome.icons import icon
from studio.window.translate import tr

# In the order in which they are taken; the first is exact.
_ENCODED = ("image/png", "image/tiff", "image/webp", "image/jpeg", "image/bmp", "image/gif")


@dataclass(frozen=True)
class Brought:
    """What a person brings: files and folders, or one picture without a file.

    Attributes
    ----------
    paths : tuple of Path
    name : str
        What to call a picture that has no file; empty if there is none.
    data : bytes
        That picture, encoded; empty while it only hovers.
    """

    paths: tuple[Path, ...] = ()
    name: str = ""
    data: bytes = b""

    def __bool__(self) -> bool:
        return bool(self.paths or self.name)


class Offer(NamedTuple):
    """What a drop would do, in words, or why it can't be done."""

    words: str
    welcome: bool = True


def look_at(mime: QMimeData) -> Brought:
    """What is there, without fetching a picture's data."""
    local = [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]
    if local:
        return Brought(paths=tuple(local))
    if mime.hasImage() or any(mime.hasFormat(kind) for kind in _ENCODED):
        names = [Path(url.path()).name for url in mime.urls()]
        return Brought(name=next(filter(None, names), tr("Pasted picture")))
    return Brought()


def take(mime: QMimeData) -> Brought:
    """What is there, with a picture's data."""
    found = look_at(mime)
    if not found.name:
        return found
    for kind in _ENCODED:
        if mime.hasFormat(kind):
            return Brought(name=found.name, data=bytes(mime.data(kind).data()))
    image = mime.imageData()
    if not isinstance(image, QImage) or image.isNull():
        return Brought()
    return Brought(name=found.name, data=_encoded(image))


def pasted() -> Brought:
    """What is on the clipboard."""
    mime: QMimeData | None = QGuiApplication.clipboard().mimeData()
    return take(mime) if mime is not None else Brought()


def _encoded(image: QImage) -> bytes:
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG", 90)  # type: ignore[call-overload]  # hardly compressed: 4 times as fast
    return bytes(data.data())


class DropVeil(QWidget):
    """Takes drops anywhere in the window while a workspace is shown, and says what they would do.

    Parameters
    ----------
    space : QWidget
        The workspace; the veil belongs to it.
    judge : callable
        Tells what a drop would do; asked when a drag comes in, so it must be quick.

    Signals: `dropped` with what was `Brought`, never with what was refused.
    """

    dropped = Signal(object)

    def __init__(self, space: QWidget, judge: Callable[[Brought], Offer]) -> None:
        super().__init__(space)
        self._space = space
        self._judge = judge
        self._window: QWidget | None = None
        self._offer: Offer | None = None
        self.setAcceptDrops(True)
        self.hide()
        space.installEventFilter(self)

    @property
    def offer(self) -> Offer | None:
        """What is said now; None while nothing hovers."""
        return self._offer

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._space:
            if event.type() == QEvent.Type.Show:
                self._watch(self._space.window())
            elif event.type() == QEvent.Type.Hide:
                self._lift()
        elif watched is self._window and self._space.isVisible():
            return self._handle(event)
        return super().eventFilter(watched, event)

    def event(self, event: QEvent) -> bool:
        return self._handle(event) or super().event(event)

    def _watch(self, window: QWidget) -> None:
        if window is self._window:
            return
        if self._window is not None:
            self._window.removeEventFilter(self)
        self._window = window
        self.setParent(window)
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def _handle(self, event: QEvent) -> bool:
        match event:
            case QDragEnterEvent():  # before its base
                self._come_in(event)
            case QDragMoveEvent():
                self._answer(event)
            case QDragLeaveEvent():
                self._lift()
            case QDropEvent():
                self._drop(event)
            case _:
                return False
        return True

    def _come_in(self, event: QDragEnterEvent) -> None:
        brought = look_at(event.mimeData())
        nothing = Offer(tr("Only pictures and folders can be dropped here"), False)
        self._offer = self._judge(brought) if brought else nothing
        assert self._window is not None
        self.setGeometry(self._window.rect())
        self.setAccessibleName(self._offer.words)
        self.show()
        self.raise_()
        self.update()
        self._answer(event)

    def _answer(self, event: QDropEvent) -> None:
        if self._offer is None:
            event.ignore()
            return
        welcome = self._offer.welcome
        # An ignored drag would come in again with every move.
        event.setDropAction(Qt.DropAction.CopyAction if welcome else Qt.DropAction.IgnoreAction)
        event.accept()

    def _drop(self, event: QDropEvent) -> None:
        offer = self._offer
        self._lift()
        if offer is None or not offer.welcome:
            event.ignore()
            return
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self.dropped.emit(take(event.mimeData()))

    def _lift(self) -> None:
        self._offer = None
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._offer is None:
            return
        px = theme.px
        role = "accent" if self._offer.welcome else "error"
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), theme.colour(role, 0.08))
        painter.setPen(QPen(theme.colour(role), 2))
        painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))
        plate, words = self._plate()
        painter.setPen(QPen(theme.colour(role), 1))
        painter.setBrush(theme.colour("control"))
        painter.drawRoundedRect(QRectF(plate).adjusted(0.5, 0.5, -0.5, -0.5), px(5), px(5))
        drawn = icon("drop" if self._offer.welcome else "error", role)
        drawn.paint(
            painter, QRect(words.left() - px(28), plate.center().y() - px(10), px(20), px(20))
        )
        painter.setFont(theme.font(13, 600))
        painter.setPen(theme.colour("text"))
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(words, int(flags | Qt.TextFlag.TextWordWrap), self._offer.words)

    def _plate(self) -> tuple[QRect, QRect]:
        """The sign in the middle of the workspace, and the place of its words."""
        assert self._offer is not None
        px = theme.px
        widest = QSize(self.width() - px(240), self.height())
        measured = QFontMetrics(theme.font(13, 600)).boundingRect(
            QRect(0, 0, widest.width(), widest.height()),
            int(Qt.TextFlag.TextWordWrap),
            self._offer.words,
        )
        words = QRect(0, 0, measured.width() + px(4), max(measured.height(), px(20)))
        plate = words.adjusted(-px(44), -px(14), px(16), px(14))
        place = self.mapFromGlobal(self._space.mapToGlobal(self._space.rect().center()))
        shift = place - plate.center()
        return plate.translated(shift), words.translated(shift)
