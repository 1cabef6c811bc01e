"""How far something is: a bar with a known share, and a line while nothing is known."""

from PySide6.QtCore import QRect, QTimer, Slot
from PySide6.QtGui import QPainter, QPaintEvent, Qt
from PySide6.QtWidgets import QProgressBar, QWidget

from studio.window.chrome import theme

_FULL = 1000


class ProgressBar(QProgressBar):
    """A share of the whole, or that it isn't known.

    Parameters
    ----------
    width, height : int
        In pixels of the design; 0 for what the layout gives.
    """

    def __init__(self, width: int = 0, height: int = 4) -> None:
        super().__init__()
        self.setTextVisible(False)
        self.setRange(0, _FULL)
        if width:
            self.setFixedWidth(theme.px(width))
        if height:
            self.setFixedHeight(theme.px(height))

    def show_share(self, share: float | None) -> None:
        """Show 0 to 1, or None while nobody knows."""
        full, value = 0 if share is None else _FULL, round(_FULL * (share or 0))
        if (full, value) == (self.maximum(), self.value()):
            return
        # QProgressBar paints at once, and with itself all else in the window that waits to be
        # painted. Without updates it can't; switching them on again paints it with the others.
        self.setUpdatesEnabled(False)
        self.setMaximum(full)
        self.setValue(value)
        self.setUpdatesEnabled(True)


class BusyBar(QWidget):
    """A thin line that says work is going on; there after 150 ms."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._place = 0.0
        self._delay = QTimer(self, singleShot=True, interval=150)
        self._delay.timeout.connect(self._begin)
        self._tick = QTimer(self, interval=33)
        self._tick.timeout.connect(self._move_on)
        self.hide()

    def set_busy(self, busy: bool) -> None:
        if busy and not self._delay.isActive() and self.isHidden():
            self._delay.start()
        elif not busy:
            self._delay.stop()
            self._tick.stop()
            self.hide()

    @Slot()
    def _begin(self) -> None:
        self.show()
        self.raise_()
        if theme.motion():
            self._tick.start()

    @Slot()
    def _move_on(self) -> None:
        self._place = (self._place + 0.02) % 1
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if not theme.motion():
            painter.fillRect(self.rect(), theme.colour("accent"))
            return
        painter.fillRect(self.rect(), theme.colour("accent", 0.25))
        width = self.width() // 3
        left = round((self.width() + width) * self._place) - width
        painter.fillRect(QRect(left, 0, width, self.height()), theme.colour("accent"))
