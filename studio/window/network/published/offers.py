"""The published networks as lines of a table."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
)
from PySide6.QtWidgets import QWidget

from studio.insight.answers import percent
from studio.nets.published_names import KNOWN
from studio.window.network.facts import count_words
from studio.window.translate import tr

if TYPE_CHECKING:
    from studio.nets.published_offers import Offer

_Index = QModelIndex | QPersistentModelIndex

SORT_ROLE = Qt.ItemDataRole.UserRole
NAME, WEIGHTS, INPUT, ACCURACY, FILE = range(5)
_TITLES = ("Network", "Weights", "Input", "Accuracy", "File")
_TIPS = (
    "As torchvision calls it",
    "Numbers that were learned",
    "Rows and columns of the picture, in pixels",
    "Share of right first answers on the validation pictures of ImageNet, as torchvision says",
    "Size of the file of weights, and whether it has been downloaded",
)


@dataclass(frozen=True)
class Published:
    """What is known of trained weights that torchvision offers."""

    accuracy: float
    megabytes: float
    is_cached: bool
    text: str


def find_offers() -> Mapping[str, Published]:
    """What torchvision offers for each of its classifiers; slow, for a job."""
    from studio.nets.published_offers import offers

    return {name: _published(found[0]) for name in KNOWN if (found := offers(name))}


def _published(offer: "Offer") -> Published:
    text = " ".join(
        filter(None, (offer.text, offer.licence and f"{tr('Licence')}: {offer.licence}"))
    )
    return Published(offer.accuracy, offer.megabytes, offer.is_cached, text)


class OfferModel(QAbstractTableModel):
    """One line for each published network; accuracy and file come later."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.names = list(KNOWN)
        self.offers: Mapping[str, Published] = {}

    def set_offers(self, offers: Mapping[str, Published]) -> None:
        self.offers = offers
        self.dataChanged.emit(self.index(0, ACCURACY), self.index(len(self.names) - 1, FILE))

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.names)

    def columnCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(_TITLES)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        name = self.names[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._texts(name)[index.column()]
        if role == SORT_ROLE:
            return self._values(name)[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() != NAME:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"torchvision:{name}"
        return None

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        if orientation == Qt.Orientation.Vertical:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return tr(_TITLES[section])
        if role == Qt.ItemDataRole.ToolTipRole:
            return tr(_TIPS[section])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignLeft if section == NAME else Qt.AlignmentFlag.AlignRight
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def _texts(self, name: str) -> tuple[str, ...]:
        known, offer = KNOWN[name], self.offers.get(name)
        first = (known.title, count_words(known.weights), f"{known.side} × {known.side}")
        if offer is None:
            return (*first, "", "")
        megabytes = f"{offer.megabytes:,.0f} MB"
        file = tr("downloaded") if offer.is_cached else megabytes
        return (*first, percent(offer.accuracy), file)

    def _values(self, name: str) -> tuple[Any, ...]:
        known, offer = KNOWN[name], self.offers.get(name)
        if offer is None:
            return _natural(known.title), known.weights, known.side, 0.0, 0.0
        size = 0.0 if offer.is_cached else offer.megabytes
        return _natural(known.title), known.weights, known.side, offer.accuracy, size


def _natural(title: str) -> str:
    """A title in an order in which 18 comes before 101."""
    return re.sub(r"\d+", lambda number: number.group().zfill(6), title.lower())


class Search(QSortFilterProxyModel):
    """The lines whose network has what was typed in its title or its name."""

    def __init__(self, source: OfferModel) -> None:
        super().__init__(source)
        self._source = source
        self._words: tuple[str, ...] = ()
        self.setSourceModel(source)
        self.setSortRole(SORT_ROLE)

    def search(self, text: str) -> None:
        self.beginFilterChange()
        self._words = tuple(text.lower().replace("-", "").split())
        self.endFilterChange()

    def name_at(self, row: int) -> str:
        """The name of the network in a line that is shown."""
        return self._source.names[self.mapToSource(self.index(row, 0)).row()]

    def row_of(self, name: str) -> int:
        """Where a network is shown; -1 where it isn't."""
        index = self._source.index(self._source.names.index(name), 0)
        return self.mapFromSource(index).row()

    def filterAcceptsRow(self, source_row: int, source_parent: _Index) -> bool:
        name = self._source.names[source_row]
        text = f"{name} {KNOWN[name].title}".lower().replace("-", "")
        return all(word in text for word in self._words)
