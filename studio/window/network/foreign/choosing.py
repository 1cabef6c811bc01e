"""Opening files of models, and asking what network the weights in one are for."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from studio.document import weights_as
from studio.image.read import printable
from studio.nets.model import CARD_SUFFIX
from studio.nets.published_names import KNOWN
from studio.nets.zoo import NETWORKS
from studio.window.chrome import theme
from studio.window.chrome.controls import PrimaryButton, dialog_buttons, label
from studio.window.latest import Latest
from studio.window.translate import tr


class _Found(NamedTuple):
    path: Path
    fitting: tuple[str, ...]
    is_clear: bool  # whether there is nothing to ask


def look_at(path: Path) -> _Found:
    """Which architectures the weights in a file fit; slow, for a job.

    Raises
    ------
    ModelError
        When the file is no model, or is damaged.
    """
    from studio.nets.foreign.archive import kind_of, open_regular
    from studio.nets.foreign.known import architectures_that_fit

    with open_regular(path) as file:
        kind = kind_of(file, printable(path.name))
    if kind not in ("safetensors", "state_dict", "legacy"):
        return _Found(path, (), True)
    fitting = architectures_that_fit(path)
    return _Found(path, fitting, len(fitting) == 1)


class ModelOpening(QObject):
    """Finds out what a file is, beside the window, and asks where the file doesn't say it.

    Signals: `chosen` with the reference of a model, `failed` with a StudioError.
    """

    chosen = Signal(str)
    failed = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent
        self.dialog: ArchitectureDialog | None = None
        self._looking = Latest(tr("Opening a model"), parent=self)
        self._looking.result.connect(self._take)
        self._looking.failed.connect(self.failed)

    def open(self, path: Path) -> None:
        """Look into a file; `chosen` or `failed` may come later, or nothing after a cancel."""
        if path.is_dir() or path.suffix == CARD_SUFFIX or path.with_suffix(CARD_SUFFIX).is_file():
            self.chosen.emit(str(path))  # what stands there says what it is
            return
        self._looking.submit(partial(look_at, path))

    @Slot(object)
    def _take(self, found: _Found) -> None:
        if found.is_clear:
            self.chosen.emit(str(found.path))
            return
        dialog = self.dialog = ArchitectureDialog(self._window, found.path.name, found.fitting)
        dialog.chosen.connect(lambda name: self.chosen.emit(weights_as(name, found.path)))
        dialog.finished.connect(self._forget)
        dialog.open()

    @Slot()
    def _forget(self) -> None:
        self.dialog = None


class ArchitectureDialog(QDialog):
    """A list of the networks that some weights may be for.

    Signals: `chosen` with the name of one.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget, file: str, fitting: Sequence[str]) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Weights without a network"))
        self.resize(theme.px(460), theme.px(420))
        words = tr("{file} holds weights that fit these networks. Which one are they for?")
        if not fitting:
            words = tr(
                "The weights in {file} fit no known network as it is. Choose the one they are "
                "for: another number of classes is taken from the file, and layers that don't "
                "fit are named."
            )
        text = label(role="label", wrap=True)
        text.setText(words.format(file=printable(file)))
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Search, such as resnet"))
        self.search.setAccessibleName(tr("Search"))
        self.search.setFixedHeight(theme.px(28))
        self.search.setVisible(not fitting)
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Networks"))
        self.list.setObjectName("networks")
        for name in fitting or (*NETWORKS, *KNOWN):
            item = QListWidgetItem(f"{_title(name)}   {name}")
            item.setData(Qt.ItemDataRole.UserRole, name)
            self.list.addItem(item)
        use = PrimaryButton("Open")
        use.clicked.connect(self._use)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[theme.px(16)] * 4)
        column.setSpacing(theme.px(8))
        for part in (text, self.search):
            column.addWidget(part)
        column.addWidget(self.list, 1)
        column.addLayout(dialog_buttons(self, use))
        self.search.textChanged.connect(self._search)
        self.list.itemDoubleClicked.connect(self._use)
        self.list.setCurrentRow(0)
        self.list.setFocus()

    @Slot()
    def _use(self) -> None:
        item = self.list.currentItem()
        if item is not None and not item.isHidden():
            self.chosen.emit(item.data(Qt.ItemDataRole.UserRole))
            self.accept()

    @Slot(str)
    def _search(self, text: str) -> None:
        words = text.lower().split()
        items = [self.list.item(row) for row in range(self.list.count())]
        for item in items:
            item.setHidden(not all(word in item.text().lower() for word in words))
        shown = [item for item in items if not item.isHidden()]
        if shown and self.list.currentItem() not in shown:
            self.list.setCurrentItem(shown[0])


def _title(name: str) -> str:
    if name in NETWORKS:
        return NETWORKS[name].title
    return KNOWN[name].title if name in KNOWN else name
