"""A question with two answers, over the window it is about."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from studio.window.chrome import theme
from studio.window.chrome.controls import Button, label


class Question(QDialog):
    """Asked with `open`; closing it is the second answer, and so is Enter.

    Parameters
    ----------
    parent : QWidget
        Something in the window.
    title, text : str
        What is asked, and what the answers mean; already in the person's language.
    yes, no : str
        The answers.
    action : callable
        What the first one does.
    """

    def __init__(
        self,
        parent: QWidget,
        title: str,
        text: str,
        yes: str,
        no: str,
        action: Callable[[], object],
    ) -> None:
        super().__init__(parent.window())
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.heading = label(role="title", wrap=True)
        self.heading.setText(title)
        self.words = label(role="label", wrap=True)
        self.words.setText(text)
        self.yes, self.no = Button(yes), Button(no, look="primary")
        self.yes.clicked.connect(self.accept)
        self.no.clicked.connect(self.reject)
        self.no.setDefault(True)
        self.accepted.connect(action)
        row = QHBoxLayout()
        row.setSpacing(theme.px(8))
        row.addStretch(1)
        row.addWidget(self.yes)
        row.addWidget(self.no)
        column = QVBoxLayout(self)
        column.setContentsMargins(*(theme.px(16),) * 4)
        column.setSpacing(theme.px(12))
        column.addWidget(self.heading)
        column.addWidget(self.words)
        column.addLayout(row)
        self.setMinimumWidth(theme.px(420))
        self.no.setFocus()
