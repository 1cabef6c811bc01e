"""A second view beside the maps, which a person opens and closes."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from studio.window.chrome import theme
from studio.window.chrome.controls import IconButton, label


class BesidePanel(QWidget):
    """A title, what belongs to it, and a cross; the body is added below.

    Signals: `closed` when a person presses the cross.
    """

    closed = Signal()

    def __init__(self, title: str, close_tip: str) -> None:
        super().__init__()
        self.title = label(title, "title", elide=True)
        self.close_button = IconButton("close", close_tip)
        self.close_button.clicked.connect(self.closed)
        self.head = QHBoxLayout()
        self.head.setContentsMargins(0, 0, 0, 0)
        self.head.setSpacing(theme.px(8))
        self.head.addWidget(self.title, 1)
        self.head.addWidget(self.close_button)
        self.column = QVBoxLayout(self)
        side, above = theme.px(12), theme.px(6)
        self.column.setContentsMargins(side, above, side, above)
        self.column.setSpacing(above)
        self.column.addLayout(self.head)
        self.setMinimumWidth(theme.px(200))
        self.hide()
