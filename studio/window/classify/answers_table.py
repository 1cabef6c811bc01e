"""The list of pictures and what a network says to each."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
    Signal,
)
from PySide6.QtGui import QPixmap

from studio.insight.answers import SURE_FROM, Answer, percent
from studio.insight.gallery import Answered, Event, Looked, Unreadable
from studio.window.canvas.thumbnails import thumbnail
from studio.window.chrome import theme
from studio.window.classify.sources import Source
from studio.window.translate import tr

Index = QModelIndex | QPersistentModelIndex
State = Literal["waiting", "sure", "unsure", "unreadable"]

COLUMNS = ("Picture", "Answer", "", "Probability", "Next", "")
PICTURE, ANSWER, BAR, PROBABILITY, NEXT, WORD = range(len(COLUMNS))

THUMBNAIL = 40  # side, in pixels of the design

ROW_ROLE = Qt.ItemDataRole.UserRole

_TIPS = {
    ANSWER: "The likeliest class",
    BAR: "The probability of the likeliest class",
    PROBABILITY: "What the network gives to the likeliest class; all classes together have 100 %",
    NEXT: "The classes that come next",
}


def unsure_words() -> str:
    """The rule behind the word `unsure`."""
    return tr("The likeliest class has less than {0:.0f} %").format(100 * SURE_FROM)


@dataclass(eq=False)
class Row:
    """A picture in the list.

    Attributes
    ----------
    words : str
        Its size, once it was read.
    stale : bool
        Whether there is nothing yet from the network that is chosen now; what is there is from
        one before.
    """

    source: Source
    words: str = ""
    thumbnail: QPixmap | None = None
    answers: tuple[Answer, ...] = ()
    error: str = ""
    stale: bool = True

    @property
    def state(self) -> State:
        if self.error:
            return "unreadable"
        if not self.answers:
            return "waiting"
        return "sure" if self.answers[0].probability >= SURE_FROM else "unsure"


class AnswersModel(QAbstractTableModel):
    """The pictures in the order they came; none twice.

    Signals: `listed` when pictures came or went, `counted` when the number of pictures in a state
    may be another.
    """

    listed = Signal()
    counted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[Row] = []
        self._known: set[str | bytes] = set()
        self._numbers: dict[int, int] = {}  # by the row's id
        self._counts: Counter[State] = Counter()

    @property
    def rows(self) -> Sequence[Row]:
        return self._rows

    @property
    def counts(self) -> Mapping[State, int]:
        """How many pictures are in each state."""
        return self._counts

    def add(self, sources: Iterable[Source]) -> int:
        """Put pictures at the end; the number of those that were not there yet."""
        each_once = {source.key: source for source in sources}
        new = [source for key, source in each_once.items() if key not in self._known]
        if new:
            first = len(self._rows)
            self.beginInsertRows(QModelIndex(), first, first + len(new) - 1)
            self._rows += [Row(source) for source in new]
            self._known.update(source.key for source in new)
            self.endInsertRows()
            self._relist()
        return len(new)

    def remove(self, rows: Iterable[Row]) -> None:
        """Take pictures out of the list."""
        gone = set(map(id, rows))
        numbers = [number for number, row in enumerate(self._rows) if id(row) in gone]
        for first, last in reversed(_runs(numbers)):
            self.beginRemoveRows(QModelIndex(), first, last)
            del self._rows[first : last + 1]
            self.endRemoveRows()
        self._known = {row.source.key for row in self._rows}
        self._relist()

    def _relist(self) -> None:
        self._numbers = {id(row): number for number, row in enumerate(self._rows)}
        self._counts = Counter(row.state for row in self._rows)
        self.listed.emit()
        self.counted.emit()

    def set_stale(self) -> None:
        """Another network was chosen: every answer is to be replaced."""
        for row in self._rows:
            row.stale = True
        self._tell(range(len(self._rows)))

    def take(self, asked: Sequence[Row], events: Iterable[Event], ratio: float = 1.0) -> None:
        """Show what became known of the pictures that were asked for.

        Parameters
        ----------
        asked : sequence of Row
            What the numbers in the events count; rows that left the list are passed over.
        ratio : float
            Device pixels per pixel, for the thumbnails.
        """
        touched = []
        for event in events:
            row = asked[event.number]
            if (number := self._numbers.get(id(row))) is not None:
                self._counts[row.state] -= 1
                _change(row, event, ratio)
                self._counts[row.state] += 1
                touched.append(number)
        self._tell(touched)

    def _tell(self, numbers: Iterable[int]) -> None:
        for first, last in _runs(sorted(set(numbers))):
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(COLUMNS) - 1))
        self.counted.emit()

    # What Qt asks

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return tr(COLUMNS[section]) if COLUMNS[section] else ""
        if role == Qt.ItemDataRole.ToolTipRole and section in _TIPS:
            return tr(_TIPS[section])
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self._rows[index.row()]
        if role == ROW_ROLE:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return _text(row, index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            return _tip(row, index.column())
        return None


def _change(row: Row, event: Event, ratio: float) -> None:
    match event:
        case Looked():
            row.words = event.words
            side = theme.px(THUMBNAIL)
            row.thumbnail = thumbnail(event.thumbnail, side, side, ratio)
        case Answered():
            row.answers, row.error, row.stale = event.answers, "", False
        case Unreadable():
            row.answers, row.error, row.stale = (), str(event.error), False


def _runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Ascending numbers as first and last of each stretch without a gap."""
    edges = np.flatnonzero(np.diff(numbers) > 1) if numbers else np.array([], int)
    firsts = [0, *(edges + 1)] if numbers else []
    lasts = [*edges, len(numbers) - 1] if numbers else []
    return [(numbers[a], numbers[b]) for a, b in zip(firsts, lasts, strict=True)]


def _text(row: Row, column: int) -> str:
    if column == PICTURE:
        return row.source.name
    if row.error:
        return row.error if column == ANSWER else ""
    if not row.answers:
        return tr("waiting") if column == ANSWER else ""
    first, *others = row.answers
    match column:
        case 1:
            return first.class_name
        case 3:
            return percent(first.probability)
        case 4:
            return ", ".join(f"{each.class_name} {percent(each.probability)}" for each in others)
        case 5:
            return tr("unsure") if row.state == "unsure" else ""
    return ""


def _tip(row: Row, column: int) -> str:
    if column == PICTURE:
        return "\n".join(filter(None, [row.source.where or row.source.name, row.words]))
    if column == WORD and row.state == "unsure":
        return unsure_words()
    return _text(row, column)


def answers_csv(rows: Iterable[Row]) -> str:
    """Pictures and their classes as comma-separated values, with a line of names."""
    rows = list(rows)
    count = max((len(row.answers) for row in rows), default=0)
    names = [part for n in range(1, count + 1) for part in (f"class {n}", f"probability {n}")]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["picture", "path", *names, "error"])
    for row in rows:
        cells = [part for each in row.answers for part in (each.class_name, each.probability)]
        blank = [""] * (len(names) - len(cells))
        writer.writerow([row.source.name, row.source.path, *cells, *blank, row.error])
    return out.getvalue()


class AnswersFilter(QSortFilterProxyModel):
    """The part of the list that a person wants to see."""

    def __init__(self, model: AnswersModel) -> None:
        super().__init__()
        self._rows = model.rows
        self._state: State | None = None
        self._name = ""
        self.setSourceModel(model)

    def show_only(self, state: State | None, name: str) -> None:
        """Show one state, or all, and the names that contain some letters."""
        self.beginFilterChange()
        self._state, self._name = state, name.strip().casefold()
        self.endFilterChange()

    def filterAcceptsRow(self, number: int, parent: Index) -> bool:
        row = self._rows[number]
        fits = self._state is None or row.state == self._state
        return fits and self._name in row.source.name.casefold()
