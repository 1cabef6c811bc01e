"""A grip on a scale: the value that black, or white, stands for."""

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QWidget

from studio.window.chrome import theme
from studio.window.translate import tr

WIDTH, HEIGHT = 15, 13
_KEYS = {
    Qt.Key.Key_Left: -1.0,
    Qt.Key.Key_Right: 1.0,
    Qt.Key.Key_Down: -1.0,
    Qt.Key.Key_Up: 1.0,
    Qt.Key.Key_PageDown: -10.0,
    Qt.Key.Key_PageUp: 10.0,
}


class LevelHandle(QWidget):
    """A small triangle below a scale.

    Signals: `moved(x)` with where it is dragged to, in the parent's pixels; `let_go`;
    `stepped(steps)` for the arrows and, ten at once, the page keys; `automatic` for a double click
    or Backspace.
    """

    moved = Signal(float)
    let_go = Signal()
    stepped = Signal(float)
    automatic = Signal()

    def __init__(self, parent: QWidget, name: str) -> None:
        super().__init__(parent)
        self.setFixedSize(theme.px(WIDTH), theme.px(HEIGHT))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.SizeHorCursor)
        self.setAccessibleName(name)
        self.setToolTip(f"{name}\n" + tr("Drag, or press the arrows; double click: automatic"))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle, half, tall = self.width() / 2, theme.px(5), theme.px(8)
        points = [(middle, 1.5), (middle + half, 1.5 + tall), (middle - half, 1.5 + tall)]
        held = self.hasFocus()
        painter.setPen(QPen(theme.colour("accent" if held else "panel"), 1.5))
        painter.setBrush(theme.colour("text" if held or self.underMouse() else "text2"))
        painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in points]))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.moved.emit(self.mapToParent(event.position()).x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.let_go.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.automatic.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _KEYS:
            self.stepped.emit(_KEYS[key])
        elif key in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete):
            self.automatic.emit()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()
