"""What could not be done, and why, in a window of its own."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPlainTextEdit, QVBoxLayout, QWidget

from studio.window.chrome import theme


class FailureList(QDialog):
    """Names, each with a reason below it; stays beside the window until it is closed.

    Parameters
    ----------
    parent : QWidget
    title : str
    failures : sequence of (str, str)
        Name and reason.
    """

    def __init__(self, parent: QWidget, title: str, failures: Sequence[tuple[str, str]]) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.words = QPlainTextEdit("\n\n".join(f"{name}\n{why}" for name, why in failures))
        self.words.setReadOnly(True)
        self.words.setAccessibleName(title)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(self.words, 1)
        column.addWidget(buttons)
        self.resize(QSize(theme.px(640), theme.px(400)))
