"""Where copies of the data are, instead of downloads; it is remembered."""

from pathlib import Path

from PySide6.QtCore import QSettings, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QSizePolicy, QWidget

from studio.window.chrome import theme
from studio.window.chrome.controls import Button, IconButton, label
from studio.window.forms.fields import LABELS
from studio.window.translate import tr

_ROOT = "folders/data"  # in the settings of the window


class CopiesRow(QWidget):
    """A row of the form for the folder with copies of the data.

    Signals: `changed` when it is another folder, or none.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.button = Button("")
        self.button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.button.clicked.connect(self.choose)
        self.forget_button = IconButton("close", "Download instead of using copies")
        self.forget_button.clicked.connect(self.forget)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.px(8))
        name = label("Copies", "label")
        name.setFixedWidth(theme.px(LABELS))
        row.addWidget(name)
        row.addWidget(self.button, 1)
        row.addWidget(self.forget_button)
        remembered = str(QSettings().value(_ROOT, ""))
        self.folder = Path(remembered) if remembered else None  # that a person named
        self._show()

    @Slot()
    def choose(self) -> None:
        """Ask for the folder."""
        folder = QFileDialog.getExistingDirectory(
            self, tr("Folder with copies of the data"), str(self.folder or Path.home())
        )
        if folder:
            QSettings().setValue(_ROOT, folder)
            self.folder = Path(folder)
            self._show()
            self.changed.emit()

    @Slot()
    def forget(self) -> None:
        """Go back to downloads."""
        QSettings().remove(_ROOT)
        self.folder = None
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        root = self.folder
        self.button.setText(root.name or str(root) if root else tr("Choose folder…"))
        self.button.setToolTip(
            tr("Data is read from {folder}").format(folder=root)
            if root
            else tr("Read data from a folder instead of downloading it")
        )
        self.forget_button.setVisible(root is not None)
