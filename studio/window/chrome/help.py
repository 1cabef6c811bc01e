"""What the window says about itself: its keys, and what it is."""

import platform
from collections.abc import Sequence

from PySide6.QtCore import Qt, qVersion
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QMenu,
    QMessageBox,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from studio import __version__
from studio.window.chrome import theme
from studio.window.chrome.controls import label
from studio.window.translate import tr

# Keys that belong to a place instead of a menu.
_MORE = {
    "On a picture": (
        ("Hold Space", "Move the picture with the mouse"),
        ("Ctrl+0", "Show the whole picture"),
        ("Ctrl+R", "Reset the view"),
    ),
    "In tables and lists": (("Space", "Quick look"), ("Esc", "Back")),
}


class KeysDialog(QDialog):
    """Every action of the menus with its key."""

    def __init__(self, parent: QWidget, menus: Sequence[QMenu]) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Keys"))
        self.resize(theme.px(420), theme.px(520))
        content = QWidget()
        self._grid = QGridLayout(content)
        self._grid.setContentsMargins(*[theme.px(16)] * 4)
        self._grid.setHorizontalSpacing(theme.px(24))
        self._grid.setColumnStretch(0, 1)
        for menu in menus:
            named = [action for action in _actions(menu) if not action.shortcut().isEmpty()]
            if named:
                self._add_title(menu.title())
            for action in named:
                self._add_row(action.text(), action.shortcut())
        for title, rows in _MORE.items():
            self._add_title(tr(title))
            for key, text in rows:
                self._add_row(tr(text), key)
        self._grid.setRowStretch(self._grid.rowCount(), 1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setWidget(content)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(scroll, 1)
        column.addWidget(buttons)

    def _add_title(self, text: str) -> None:
        title = label(role="title")
        title.setText(text.replace("&", ""))
        self._grid.addWidget(title, self._grid.rowCount(), 0, 1, 2)

    def _add_row(self, text: str, key: QKeySequence | str) -> None:
        words, keys = label(role="label"), label()
        words.setText(text.replace("&", ""))
        native = QKeySequence.SequenceFormat.NativeText
        keys.setText(tr(key) if isinstance(key, str) else key.toString(native))
        row = self._grid.rowCount()
        self._grid.addWidget(words, row, 0)
        self._grid.addWidget(keys, row, 1, Qt.AlignmentFlag.AlignRight)


def _actions(menu: QMenu) -> list[QAction]:
    return [action for action in menu.actions() if not action.isSeparator() and action.isVisible()]


def about(parent: QWidget) -> None:
    """Say what the studio is and on what it runs."""
    what = tr("See every number of a convolution and of a neural network, on your own pictures.")
    versions = f"Python {platform.python_version()}, Qt {qVersion()}"
    text = f"<b>Convolution Studio {__version__}</b><p>{what}</p><p>{versions}</p>"
    box = QMessageBox(parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setWindowTitle(tr("About Convolution Studio"))
    box.setText(text)
    box.open()
