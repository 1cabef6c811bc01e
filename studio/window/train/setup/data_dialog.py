"""A look at the data of a run: its parts, its classes, and the files that can't be used."""

from pathlib import Path

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QPlainTextEdit,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from studio.data.sets import DATASETS
from studio.data.settings import FOLDER, DataSettings
from studio.window.chrome import theme
from studio.window.chrome.controls import Button, LinkButton, label
from studio.window.chrome.progress import ProgressBar
from studio.window.chrome.widgets import EmptyState
from studio.window.train.setup.data_table import ClassTable
from studio.window.train.setup.samples import DataReading, Looked, read_overview
from studio.window.translate import tr

_RELEVANT = (
    *("data", "folder", "classes", "limit", "validation_share", "test_share", "seed"),
    *("picture_size", "fit", "grey"),
)
_MOST_SKIPPED = 2000  # that are listed
_UNEVEN = 3  # times as many pictures as another class


class DataDialog(QDialog):
    """Says what a run would learn from. It reads beside the window, and stops when it is closed."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("The data"))
        self.resize(theme.px(760), theme.px(600))
        self.reading = DataReading(read_overview, _RELEVANT, self)
        self.reading.changed.connect(self._show_state)
        self._settings = DataSettings()
        self._root: Path | None = None
        self.pages = QStackedWidget()
        for page in (self._make_empty(), self._make_busy(), self._make_view()):
            self.pages.addWidget(page)
        self.title = label(role="title", elide=True)
        self.close_button = Button("Close")
        self.close_button.clicked.connect(self.close)
        self.cancel_button = Button("Cancel", tip_text="Stop reading")
        self.cancel_button.clicked.connect(self.reading.cancel)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.cancel_button)
        foot.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[theme.px(16)] * 4)
        column.setSpacing(theme.px(8))
        column.addWidget(self.title)
        column.addWidget(self.pages, 1)
        column.addLayout(foot)
        self.finished.connect(self.reading.cancel)

    def _make_empty(self) -> QWidget:
        self.empty = EmptyState("")
        self.empty.pressed.connect(self._read)
        return self.empty

    def _make_busy(self) -> QWidget:
        made = QWidget()
        self.busy_words = label()
        self.progress = ProgressBar(280, 0)
        column = QVBoxLayout(made)
        column.setSpacing(theme.px(8))
        column.addStretch(1)
        for part in (self.busy_words, self.progress):
            column.addWidget(part, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        return made

    def _make_view(self) -> QWidget:
        made = QWidget()
        self.sizes = label(role="label", wrap=True)
        self.balance = label(role="caption", wrap=True)
        self.table = ClassTable()
        self.skipped_button = LinkButton("", "List these files and why")
        self.skipped_button.clicked.connect(self._toggle_skipped)
        self.skipped = QPlainTextEdit()
        self.skipped.setReadOnly(True)
        self.skipped.setTabChangesFocus(True)
        self.skipped.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.skipped.setAccessibleName(tr("Skipped files"))
        self.skipped.setFixedHeight(theme.px(140))
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(4))
        for part in (self.sizes, self.balance):
            column.addWidget(part)
        column.addWidget(self.table, 1)
        column.addWidget(self.skipped_button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.skipped)
        return made

    def look(self, settings: DataSettings, root: Path | None) -> None:
        """Open, and read the data of these settings unless that was done already."""
        self._settings, self._root = settings, root
        self.title.setText(_title(settings))
        self.reading.want(settings, root)
        self._show_state()
        self.show()
        self.raise_()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.reading.state == "reading":
            self.reading.cancel()
        else:
            super().keyPressEvent(event)

    @Slot()
    def _read(self) -> None:
        """Read although it has to be downloaded first; or once more."""
        self.reading.forget()
        self.reading.want(self._settings, self._root, may_download=True)

    @Slot()
    def _show_state(self) -> None:
        reading = self.reading
        self.cancel_button.setVisible(reading.state == "reading")
        match reading.state:
            case "absent":
                words = tr("{title} isn't on this computer yet.").format(
                    title=_title(self._settings)
                )
                self._say(words, tr("Download"))
            case "nothing":
                self._say(tr("Nothing was read."), tr("Read the pictures"))
            case "failed":
                self._say(str(reading.error), tr("Try again"))
            case "reading":
                said = reading.progress
                self.busy_words.setText((said.what if said else tr("Reading pictures")) + "…")
                self.progress.show_share(said.fraction if said else None)
                self.pages.setCurrentIndex(1)
            case "ready":
                assert reading.looked is not None
                self._show_looked(reading.looked)

    def _say(self, sentence: str, button: str) -> None:
        self.empty.set_sentence(sentence[:1].upper() + sentence[1:])
        self.empty.button.setText(button)
        self.empty.button.setToolTip("")
        self.empty.button.show()
        self.pages.setCurrentIndex(0)

    def _show_looked(self, looked: Looked) -> None:
        if self.table.classes.looked is not looked:
            self.sizes.setText(sizes_words(looked))
            self.balance.setText(balance_words(looked))
            self.table.show_looked(looked)
            self._list_skipped(looked)
        self.pages.setCurrentIndex(2)

    def _list_skipped(self, looked: Looked) -> None:
        count = len(looked.skipped)
        words = tr("1 file was skipped") if count == 1 else tr("{count} files were skipped")
        self.skipped_button.setText(words.format(count=f"{count:,}"))
        self.skipped_button.setVisible(count > 0)
        lines = [f"{one.path}: {one.reason}" for one in looked.skipped[:_MOST_SKIPPED]]
        if count > _MOST_SKIPPED:
            lines.append(tr("and {count} more").format(count=f"{count - _MOST_SKIPPED:,}"))
        self.skipped.setPlainText("\n".join(lines))
        self.skipped.hide()

    @Slot()
    def _toggle_skipped(self) -> None:
        self.skipped.setVisible(self.skipped.isHidden())


def _title(settings: DataSettings) -> str:
    if settings.data == FOLDER and settings.folder:
        return Path(settings.folder).name
    return tr(DATASETS[settings.data].title)


def sizes_words(looked: Looked) -> str:
    """How many pictures each part has, and of which size."""
    parts = [f"{counts.sum():,} {name.lower()}" for name, counts in looked.counts]
    height, width, channels = looked.samples.shape[1:]
    kind = tr("grey") if channels == 1 else tr("colour")
    words = tr("{classes} classes: {parts}; {width} × {height} pixels, {kind}")
    return words.format(
        classes=f"{len(looked.classes):,}",
        parts=", ".join(parts),
        width=width,
        height=height,
        kind=kind,
    )


def balance_words(looked: Looked) -> str:
    """Whether the classes have about the same number of training pictures."""
    counts = looked.counts[0][1]
    most, least = int(counts.argmax()), int(counts.argmin())
    if counts[least] * _UNEVEN > counts[most]:
        guess = counts.max() / counts.sum()
        words = tr("Always answering '{name}' would be right for {share:.1f} %.")
        return words.format(name=looked.classes[most], share=100 * guess)
    words = tr(
        "Not balanced: {most} has {high} pictures, {least} has {low}. A network may neglect the "
        "small classes."
    )
    return words.format(
        most=looked.classes[most],
        high=f"{counts[most]:,}",
        least=looked.classes[least],
        low=f"{counts[least]:,}",
    )
