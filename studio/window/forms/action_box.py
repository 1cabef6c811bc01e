"""A list to choose from whose last lines do something instead."""

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QKeyEvent, QWheelEvent

from studio.window.forms.fields import ChoiceBox


class ActionBox(ChoiceBox):
    """Choices, and actions below them; moving through the closed list starts none of those.

    Signals: `chosen` with a choice's data, `wanted` with an action's.
    """

    chosen = Signal(str)
    wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._actions: list[str] = []
        self._current: str | None = None
        self._was_open = False
        self.activated.connect(self._activate)

    def show_actions(self, actions: Sequence[tuple[str, str]]) -> None:
        """Add the last lines: words and data of each."""
        self.insertSeparator(self.count())
        self._actions = [data for _, data in actions]
        for words, data in actions:
            self.addItem(words, data)

    def remember(self, data: str) -> None:
        """A choice was made otherwise: that one is shown again after an action."""
        self._current = data

    def show_choice(self, data: str | None) -> None:
        """Show a choice, without a signal; the first if there is none of that data."""
        self._current = data
        place = -1 if data is None else self.findData(data)
        self.setCurrentIndex(max(0, place))
        self.setToolTip(self.currentText())

    @Slot(int)
    def _activate(self, index: int) -> None:
        data = self.itemData(index)
        if data not in self._actions:
            self.chosen.emit(data)
            return
        self.show_choice(self._current)
        if self._was_open:
            self.wanted.emit(data)

    def showPopup(self) -> None:
        self._was_open = True
        super().showPopup()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._was_open = False
        super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._was_open = False
        super().wheelEvent(event)
