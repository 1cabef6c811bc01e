"""Parts of a page that are painted one after the other."""

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QWidget

_FRAME = 16  # ms, as long as a picture stands on most screens


class PaintTurns(QObject):
    """Qt paints all that has changed in one piece, and the window waits for as long as that takes.

    Parts that are held back keep their picture until it is their turn, a frame after the part
    before; what is shown in them can change at once.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._held: list[QWidget] = []
        self._frame = QTimer(self, interval=_FRAME)
        self._frame.timeout.connect(self._paint_next)

    def hold(self, *parts: QWidget) -> None:
        """Paint these after all else, in this order."""
        for part in parts:
            if part not in self._held:
                part.setUpdatesEnabled(False)
                self._held.append(part)
        if self._held and not self._frame.isActive():
            self._frame.start()

    @Slot()
    def _paint_next(self) -> None:
        self._held.pop(0).setUpdatesEnabled(True)
        if not self._held:
            self._frame.stop()
