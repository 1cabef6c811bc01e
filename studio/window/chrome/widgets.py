"""The parts every workspace is laid out with: toolbar, inspector, sections, states."""

from collections.abc import Callable
from html import escape

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from studio.errors import StudioError
from studio.window.chrome import theme
from studio.window.chrome.controls import (
    Button,
    IconButton,
    LinkButton,
    fill_row,
    label,
    set_property,
)
from studio.window.chrome.icons import icon
from studio.window.chrome.progress import BusyBar


class Toolbar(QFrame):
    """The row above the work area, 44 px; widgets are added from the left."""

    def __init__(self, *widgets: QWidget | int) -> None:
        """Make it with widgets; a number is that much more space, 0 what is left."""
        super().__init__()
        self.setFixedHeight(theme.px(44))
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(theme.px(12), 1, theme.px(12), 0)
        self.row.setSpacing(theme.px(8))
        self._busy = BusyBar(self)
        self.add(*widgets)

    def add(self, *widgets: QWidget | int) -> None:
        fill_row(self.row, widgets)

    def set_busy(self, busy: bool) -> None:
        self._busy.set_busy(busy)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._busy.setGeometry(0, self.height() - 2, self.width(), 2)


class EmptyState(QFrame):
    """What stands in the well while there is nothing to show: one sentence, one button.

    Signals: `pressed` when the button is pressed.
    """

    pressed = Signal()

    def __init__(self, sentence: str, button: str = "", icon_name: str = "", key: str = "") -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setSpacing(theme.px(16))
        column.addStretch(1)
        self.sentence = label(sentence, wrap=True)
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.addWidget(self.sentence)
        self.button = Button(button, icon_name, tip_text=button, key=key)
        self.button.setVisible(bool(button))
        self.button.clicked.connect(self.pressed)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)

    def set_sentence(self, sentence: str) -> None:
        self.sentence.setText(sentence)


class MessageBar(QFrame):
    """A warning or an error across the work area, with what helps as a link; hidden until needed.

    Signals: `dismissed` when a person closes it.
    """

    dismissed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setMinimumHeight(theme.px(36))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._icon = QLabel()
        self.words = QLabel()
        self.words.setTextFormat(Qt.TextFormat.RichText)
        self.words.setWordWrap(True)
        self.remedy = LinkButton("")
        self.close_button = IconButton("close", "Dismiss")
        self.close_button.setIconSize(QSize(theme.px(16), theme.px(16)))
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(16), theme.px(3), theme.px(8), theme.px(4))
        row.setSpacing(theme.px(10))
        row.addWidget(self._icon)
        row.addWidget(self.words, 1)
        row.addWidget(self.remedy)
        row.addWidget(self.close_button)
        self._action: Callable[[], object] | None = None
        self._kind = "warning"
        self.remedy.clicked.connect(self._help)
        self.close_button.clicked.connect(self._dismiss)
        theme.theme().changed.connect(self._redraw)
        self.hide()

    def show_warning(
        self,
        title: str,
        text: str = "",
        remedy: str = "",
        action: Callable[[], object] | None = None,
    ) -> None:
        """Say a title and a sentence; `remedy` is the link's words, `action` what it does."""
        self._show("warning", title, text, remedy, action)

    def show_note(
        self,
        title: str,
        text: str = "",
        remedy: str = "",
        action: Callable[[], object] | None = None,
    ) -> None:
        """Say something worth knowing, with nothing wrong, as `show_warning` does."""
        self._show("note", title, text, remedy, action)

    def show_error(
        self, error: StudioError, remedy: str = "", action: Callable[[], object] | None = None
    ) -> None:
        """Say what is wrong and what to do about it."""
        self._show("error", f"{_begun(error.message)}.", error.remedy, remedy, action)

    def _show(
        self, kind: str, title: str, text: str, remedy: str, action: Callable[[], object] | None
    ) -> None:
        self._kind = kind
        self._action = action
        set_property(self, "kind", kind)
        self.words.setText(f"<b>{escape(title)}</b> {escape(text)}")
        self.words.setAccessibleName(f"{title} {text}")
        self.remedy.setText(remedy)
        self.remedy.setVisible(bool(remedy))
        self._redraw()
        self.show()

    @Slot()
    def clear(self) -> None:
        """Take the message away."""
        self.hide()

    @Slot()
    def _help(self) -> None:
        if self._action is not None:
            self._action()

    @Slot()
    def _dismiss(self) -> None:
        self.hide()
        self.dismissed.emit()

    @Slot()
    def _redraw(self) -> None:
        side = theme.px(18)
        sign, role = ("info", "text2") if self._kind == "note" else (self._kind, self._kind)
        drawn = icon(sign, role).pixmap(QSize(side, side), self.devicePixelRatioF())
        self._icon.setPixmap(drawn)


def _begun(message: str) -> str:
    """A message as a sentence; names of files and layers keep their case."""
    first = message.split(" ", 1)[0]
    return message[:1].upper() + message[1:] if first.isalpha() and first.islower() else message
