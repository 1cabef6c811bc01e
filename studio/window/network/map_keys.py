"""The keys of the maps, over the maps."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QWidget

from studio.window.chrome import theme
from studio.window.chrome.controls import label
from studio.window.translate import tr

_KEYS = (
    ("Arrows", "Another map"),
    ("Shift and arrows", "Another unit of the map"),
    ("Enter", "Choose the unit"),
    ("U, O", "Layer before, layer after"),
    ("Z or double click", "Zoom the map, and back"),
    ("D", "Pin the map, or unpin it"),
    ("P", "Lay the map over the picture"),
    ("C", "Compare with another model"),
    ("F", "Freeze the camera"),
    ("Ctrl+S", "Save a figure"),
    ("H", "Show and hide these keys"),
    ("Esc", "Back"),
)


class MapKeys(QWidget):
    """A list of keys that a key, a click or Esc takes away."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._parent = parent
        self._before: QWidget | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Keys of the maps"))
        grid = QGridLayout(self)
        grid.setContentsMargins(*[theme.px(16)] * 4)
        grid.setHorizontalSpacing(theme.px(24))
        grid.setVerticalSpacing(theme.px(8))
        grid.addWidget(label("Keys of the maps", "title"), 0, 0, 1, 2)
        for row, (key, words) in enumerate(_KEYS, start=1):
            grid.addWidget(label(key), row, 0)
            grid.addWidget(label(words, "label"), row, 1)
        self.hide()

    def toggle(self) -> None:
        """Show the keys in the middle of the parent, or hide them."""
        if self.isVisible():
            self.close_keys()
            return
        self._before = self.window().focusWidget()
        self.place()
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def place(self) -> None:
        """Take the middle of the parent."""
        self.resize(self.sizeHint())
        self.move(self._parent.rect().center() - self.rect().center())

    def close_keys(self) -> None:
        """Hide, and give the keyboard back."""
        had_focus = self.hasFocus()
        self.hide()
        if had_focus and self._before is not None:
            self._before.setFocus(Qt.FocusReason.PopupFocusReason)
        self._before = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_keys()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.close_keys()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(theme.colour("panel"))
        painter.setPen(QPen(theme.colour("edge"), 1))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
