"""What an action opens and closes beside the picture."""

from PySide6.QtCore import QObject, Signal, Slot

from studio.window.chrome.controls import make_action


class Openable(QObject):
    """Open while its action is checked; it needs a picture that stands still.

    Parameters
    ----------
    title, key, tip_text : str
        Of the action.

    Signals: `open_changed` with whether it is open.
    """

    open_changed = Signal(bool)

    def __init__(self, parent: QObject, title: str, tip_text: str, key: str = "") -> None:
        super().__init__(parent)
        self.action = make_action(self, title, key)
        self.action.setCheckable(True)
        self.action.setToolTip(tip_text)
        self.action.toggled.connect(self._toggle)

    @property
    def is_open(self) -> bool:
        return self.action.isChecked()

    @Slot()
    def close(self) -> None:
        self.action.setChecked(False)

    def allow(self, possible: bool) -> None:
        """Whether there is a picture that stands still; if not, it is closed."""
        if not possible:
            self.close()
        self.action.setEnabled(possible)

    @Slot(bool)
    def _toggle(self, is_open: bool) -> None:
        self._open(is_open)
        self.open_changed.emit(is_open)

    def _open(self, is_open: bool) -> None:
        """Show what is opened, or take it away."""
        raise NotImplementedError
