"""The pictures that were taken for something: one cell of the confusion matrix."""

from functools import partial
from typing import Any

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QMenu,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from studio.data.progress import Preparing
from studio.errors import StudioError
from studio.image.picture import Picture
from studio.window.chrome import theme
from studio.window.chrome.controls import Button, label
from studio.window.chrome.progress import ProgressBar
from studio.window.latest import Latest
from studio.window.train.cell_view import MOST, SIDE, CellGrid, CellModel
from studio.window.train.cell_work import CellAsked, CellFound, CellWork, Thumbnails
from studio.window.train.checked_parts import CheckedParts
from studio.window.translate import tr


class CellDialog(QDialog):
    """Stays open beside the window; shows the cell that was chosen last.

    Signals: `picture_wanted(space, picture)` when a person wants to see a picture in ``network`` or
    ``classify``.
    """

    picture_wanted = Signal(str, object)

    def __init__(self, parts: CheckedParts, parent: QWidget) -> None:
        super().__init__(parent)
        self._work = CellWork(parts)
        self._asked: CellAsked | None = None
        self._latest = Latest(tr("Looking for pictures"), parent=self)
        self._latest.result.connect(self._take)
        self._latest.failed.connect(self._fail)
        self._latest.busy.connect(self._show_busy)
        self.resize(theme.px(620), theme.px(480))
        self.heading = label(role="title")
        self.words = label(role="caption", elide=True)
        self.words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.pictures = CellModel()
        self.grid = CellGrid(self.pictures)
        self.grid.activated.connect(self._open)
        self.grid.customContextMenuRequested.connect(self._show_menu)
        self.grid.selectionModel().currentChanged.connect(self._show_buttons)
        self.error = label(role="error", wrap=True)
        self.error.hide()
        self.progress = ProgressBar(height=6)
        self.close_button = Button("Close")
        self.close_button.clicked.connect(self.reject)
        self.classify = Button("Classify", tip_text="Ask other networks too, in Classify")
        self.classify.clicked.connect(partial(self._send, "classify"))
        self.why = Button("Why?", "network", "primary", "See why, in Network (Enter)")
        self.why.clicked.connect(partial(self._send, "network"))
        head, foot = QHBoxLayout(), QHBoxLayout()
        head.setSpacing(theme.px(8))
        head.addWidget(self.heading)
        head.addWidget(self.words, 1)
        foot.setSpacing(theme.px(8))
        foot.addWidget(self.progress, 1)
        foot.addStretch(1)
        for button in (self.close_button, self.classify, self.why):
            foot.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(*(theme.px(16),) * 4)
        column.setSpacing(theme.px(8))
        column.addLayout(head)
        column.addWidget(self.error)
        column.addWidget(self.grid, 1)
        column.addLayout(foot)
        self._show_busy()
        self._show_buttons()

    def show_cell(self, asked: CellAsked, title: str) -> None:
        """Look for the pictures of a cell of a run that is called `title`."""
        self._asked = asked
        true, answered = asked.classes[asked.true], asked.classes[asked.answered]
        words = tr("{true} as {answered}") if asked.true != asked.answered else tr("{true}, right")
        self.heading.setText(words.format(true=true, answered=answered))
        self.setWindowTitle(f"{title} · {self.heading.text()}")
        self.words.setText(tr("epoch {number}").format(number=asked.epoch))
        self.error.hide()
        self.pictures.show_cell(None)
        side = round(theme.px(SIDE) * self.devicePixelRatioF())
        self._latest.submit(partial(self._work.find, asked, MOST, side))
        self.show()
        self.raise_()
        self.activateWindow()

    @property
    def is_busy(self) -> bool:
        return self._latest.is_busy

    @Slot(object)
    def _take(self, event: Any) -> None:
        match event:
            case Preparing():
                fraction = event.fraction
                self.progress.show_share(fraction)
                self.words.setText(tr(event.what))
            case CellFound():
                self._show_found(event)
            case Thumbnails():
                self.pictures.take(event)

    def _show_found(self, found: CellFound) -> None:
        self.pictures.show_cell(found)
        count, epoch = len(found.numbers), found.asked.epoch
        words = tr("{count} pictures, epoch {epoch}; the largest loss first")
        if count == 1:
            words = tr("1 picture, epoch {epoch}")
        elif count > MOST:
            words = tr("{most} of {count} pictures, epoch {epoch}, with the largest losses")
        self.words.setText(words.format(most=MOST, count=f"{count:,}", epoch=epoch))
        if count:
            self.grid.setCurrentIndex(self.pictures.index(0))
            self.grid.setFocus(Qt.FocusReason.OtherFocusReason)
        self._show_buttons()

    @Slot(object)
    def _fail(self, error: StudioError) -> None:
        self.error.setText(str(error))
        self.error.show()
        self.words.setText("")

    @Slot()
    def _show_busy(self) -> None:
        self.progress.setVisible(self._latest.is_busy and self.pictures.found is None)

    @Slot()
    def _show_buttons(self) -> None:
        self._show_busy()
        for button in (self.why, self.classify):
            button.setEnabled(self.grid.currentIndex().isValid())

    @Slot(QModelIndex)
    def _open(self, index: QModelIndex) -> None:
        self._send("network")

    def _send(self, space: str, *_: object) -> None:
        """Take the current picture to another workspace."""
        found, index = self.pictures.found, self.grid.currentIndex()
        if found is None or not index.isValid():
            return
        place = int(found.numbers[index.row()])
        names = found.part.names
        true = found.asked.classes[found.asked.true]
        name = names[place] if place < len(names) and names[place] else f"{true} {place}"
        pixels = found.part.pictures[place].copy()
        self.picture_wanted.emit(space, Picture(pixels, name=name))

    @Slot(QPoint)
    def _show_menu(self, place: QPoint) -> None:
        if not self.grid.indexAt(place).isValid():
            return
        menu = QMenu(self)
        menu.addAction(tr("See why, in Network"), partial(self._send, "network"))
        menu.addAction(tr("Classify"), partial(self._send, "classify"))
        menu.popup(self.grid.viewport().mapToGlobal(place))

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._latest.cancel()
