"""The ring around a view that has the keyboard but marks no place in itself."""

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from studio.window.canvas.overlays import paint_focus

_BY_KEY = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)


class FocusRing(QWidget):
    """Lies over a view while that has got the focus by Tab, and lets the mouse through."""

    def __init__(self, view: QWidget) -> None:
        super().__init__(view)
        self._view = view
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()
        view.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QFocusEvent):
            self.setVisible(event.gotFocus() and event.reason() in _BY_KEY)
        if self.isVisible() and event.type() in (QEvent.Type.FocusIn, QEvent.Type.Resize):
            self.setGeometry(self._view.rect())
            self.raise_()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        paint_focus(QPainter(self), QRectF(self.rect()))
