"""Choosing one of torchvision's networks, and getting its weights."""

from collections.abc import Iterator
from functools import partial

from PySide6.QtCore import QModelIndex, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from studio.errors import StudioError
from studio.nets.model import TORCHVISION, UNTRAINED
from studio.nets.published_names import KNOWN
from studio.window.chrome import theme
from studio.window.chrome.controls import Button, PrimaryButton, label
from studio.window.chrome.progress import ProgressBar
from studio.window.job import Job
from studio.window.latest import Latest
from studio.window.network.published.offers import NAME, OfferModel, Search, find_offers
from studio.window.translate import tr

_COLUMNS = (88, 84, 84, 104)  # widths of all but the first, in the design's pixels


class PublishedDialog(QDialog):
    """A table to search; what is chosen is downloaded first, unless it is there.

    Signals: `chosen` with the reference of a model, such as ``torchvision:resnet18``.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Published network"))
        self.resize(theme.px(640), theme.px(560))
        self._job: Job | None = None
        self._getting = ""  # what is being downloaded
        self._make_table()
        self._make_foot()
        self._finding = Latest(tr("Looking for weights"), parent=self)
        self._finding.result.connect(self._show_offers)
        self._finding.failed.connect(self._show_error)
        self.finished.connect(self.stop)
        self._finding.submit(find_offers)
        self._choose()

    def _make_table(self) -> None:
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Search, such as resnet"))
        self.search.setAccessibleName(tr("Search"))
        self.search.setClearButtonEnabled(True)
        self.search.setFixedHeight(theme.px(28))
        self.offers = OfferModel(self)
        self.shown = Search(self.offers)
        self.search.textChanged.connect(self._search)
        self.view = QTableView()
        self.view.setObjectName("networks")
        self.view.setModel(self.shown)
        self.view.setSortingEnabled(True)
        self.view.sortByColumn(NAME, Qt.SortOrder.AscendingOrder)
        self.view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.view.setShowGrid(False)
        self.view.setTabKeyNavigation(False)
        self.view.verticalHeader().hide()
        self.view.verticalHeader().setDefaultSectionSize(theme.px(27))
        self.view.setAccessibleName(tr("Networks of torchvision"))
        header = self.view.horizontalHeader()
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        header.setHighlightSections(False)
        for place, width in enumerate(_COLUMNS, start=1):
            self.view.setColumnWidth(place, theme.px(width))
        self.view.selectionModel().currentRowChanged.connect(self._choose)
        self.view.doubleClicked.connect(self.use)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[theme.px(16)] * 4)
        column.setSpacing(theme.px(8))
        column.addWidget(self.search)
        column.addWidget(self.view, 1)

    def _make_foot(self) -> None:
        self.words = label(role="caption", wrap=True)
        self.words.setMinimumHeight(theme.px(36))
        self.error = label(role="error", wrap=True)
        self.error.hide()
        self.progress = ProgressBar(height=0)
        self.progress.hide()
        self.random = Button("With random weights", tip_text="Nothing has to be downloaded")
        self.random.clicked.connect(self.use_random)
        self.cancel = Button("Cancel")
        self.cancel.clicked.connect(self._cancel)
        self.button = PrimaryButton("Use")
        self.button.clicked.connect(self.use)
        self.button.setDefault(True)
        row = QHBoxLayout()
        row.setSpacing(theme.px(8))
        row.addWidget(self.random)
        row.addStretch(1)
        row.addWidget(self.cancel)
        row.addWidget(self.button)
        column = self.layout()
        assert isinstance(column, QVBoxLayout)
        for part in (self.words, self.error, self.progress):
            column.addWidget(part)
        column.addLayout(row)

    @property
    def name(self) -> str:
        """The network that is chosen; empty for none."""
        row = self.view.currentIndex().row()
        return self.shown.name_at(row) if 0 <= row < self.shown.rowCount() else ""

    @property
    def is_busy(self) -> bool:
        """Whether weights are being downloaded or checked."""
        return self._job is not None

    def choose(self, name: str) -> None:
        """Make a network the chosen one."""
        row = self.shown.row_of(name)
        if row >= 0:
            self.view.selectRow(row)

    # What a person does

    @Slot()
    def use(self) -> None:
        """Take the chosen network with its weights; they are downloaded unless they are there."""
        if not self.name or self.is_busy:
            return
        self._getting = self.name
        self.error.hide()
        job = self._job = Job(partial(_fetch, self.name), tr("Getting weights"))
        job.events.connect(self._show_progress)
        job.done.connect(self._take)
        job.failed.connect(self._fail)
        job.cancelled.connect(self._end)
        self._show_busy()
        job.start()

    @Slot()
    def use_random(self) -> None:
        """Take the chosen network with random weights."""
        if self.name and not self.is_busy:
            self.chosen.emit(f"{TORCHVISION}{self.name}:{UNTRAINED}")
            self.accept()

    @Slot()
    def _cancel(self) -> None:
        """Stop the download; or else close."""
        if self._job is None:
            self.reject()
        else:
            self._job.cancel()

    @Slot()
    def stop(self) -> None:
        """Nothing goes on once the dialog is closed."""
        self._finding.cancel()
        if self._job is not None:
            self._job.cancel()

    @Slot(str)
    def _search(self, text: str) -> None:
        name = self.name
        self.shown.search(text)
        if not name or self.shown.row_of(name) < 0:
            self.view.selectRow(0)
        self._choose()

    # Showing

    @Slot(object)
    def _show_offers(self, offers: object) -> None:
        self.offers.set_offers(offers)  # type: ignore[arg-type]
        self._choose()

    @Slot(QModelIndex, QModelIndex)
    def _choose(self, *_: object) -> None:
        name, offer = self.name, self.offers.offers.get(self.name)
        for button in (self.button, self.random):
            button.setEnabled(bool(name) and not self.is_busy)
        if not name:
            has_some = self.shown.rowCount() > 0
            self.words.setText(tr("Choose a network.") if has_some else tr("None is called so."))
            self.button.setText(tr("Use"))
            return
        is_there = offer is None or offer.is_cached
        megabytes = "" if offer is None else f"{offer.megabytes:,.0f} MB"
        self.button.setText(
            tr("Use") if is_there else tr("Download {size} and use").format(size=megabytes)
        )
        text = "" if offer is None else offer.text
        self.words.setText(f"{KNOWN[name].title}. {text}")

    @Slot(object)
    def _show_progress(self, fractions: list[float | None]) -> None:
        self.progress.show_share(fractions[-1])

    @Slot()
    def _take(self) -> None:
        self._end()
        self.chosen.emit(f"{TORCHVISION}{self._getting}")
        self.accept()

    @Slot(object)
    def _fail(self, error: StudioError) -> None:
        self._end()
        self._show_error(error)
        self.view.setFocus()

    @Slot(object)
    def _show_error(self, error: StudioError) -> None:
        words = str(error)
        self.error.setText(f"{words[:1].upper()}{words[1:]}.")
        self.error.show()

    @Slot()
    def _end(self) -> None:
        self._job = None
        self._show_busy()

    def _show_busy(self) -> None:
        self.progress.setVisible(self.is_busy)
        self.progress.show_share(None)
        for part in (self.search, self.view):
            part.setEnabled(not self.is_busy)
        self._choose()


def _fetch(name: str) -> Iterator[float | None]:
    """Get the weights, saying how far; runs in a job."""
    from studio.nets.published_weights import fetch_published

    yield from fetch_published(name)
