"""What all workspaces have in common."""

from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from studio.window.chrome.inspector import Inspector
from studio.window.chrome.widgets import Toolbar


class Workspace(QWidget):
    """One page of the window.

    It has the keyboard while nothing in it has: then keys reach its actions, and no ring is drawn.
    """

    def lay_out(self, toolbar: Toolbar, body: QWidget, inspector: Inspector | None = None) -> None:
        """Put the toolbar over the body, the inspector at the right over the whole height."""
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        grid.addWidget(toolbar, 0, 0)
        grid.addWidget(body, 1, 0)
        grid.setRowStretch(1, 1)
        grid.setColumnStretch(0, 1)
        if inspector is not None:
            grid.addWidget(inspector, 0, 1, 2, 1)

    # Qt paints a widget anew, and all that lies on it, when the keyboard comes or goes: the whole
    # page with the first click, and with every dialog. A page looks the same.

    def focusInEvent(self, event: QFocusEvent) -> None:
        event.accept()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        event.accept()
