"""How well each class is told from the others, as a table."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal, Slot
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from studio.insight.answers import counted
from studio.training.scores import ClassScore
from studio.window.canvas.focus_ring import FocusRing
from studio.window.chrome import theme
from studio.window.translate import tr

_Index = QModelIndex | QPersistentModelIndex
_HEADERS = ("Class", "Precision", "Recall", "F1", "Pictures")
_TIPS = (
    "",
    "Of the pictures answered with this class, how many are of it",
    "Of the pictures of this class, how many are answered with it",
    "The harmonic mean of precision and recall",
    "How many pictures are of this class",
)
_WIDTHS = (0, 66, 54, 54, 60)  # 0: what is left
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class ClassModel(QAbstractTableModel):
    """One row for each class; sorted by any column, what has no value at the end."""

    def __init__(self) -> None:
        super().__init__()
        self.scores: list[ClassScore] = []
        self._numbers: list[int] = []  # the class of each row
        self._sorted_by: tuple[int, Qt.SortOrder] = (-1, Qt.SortOrder.AscendingOrder)

    def show_scores(self, scores: Sequence[ClassScore]) -> None:
        """Show other scores, in the order that was chosen last."""
        is_other = [one.name for one in scores] != [one.name for one in self.scores]
        if is_other:
            self.beginResetModel()
            self._numbers = list(range(len(scores)))
        self.scores = list(scores)
        if is_other:
            self.endResetModel()
        self.sort(*self._sorted_by)

    def class_of(self, row: int) -> int:
        """The number of the class in a row."""
        return self._numbers[row]

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self._sorted_by = column, order
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        classes = [self._numbers[index.row()] for index in before]
        numbers = list(range(len(self.scores)))
        if column >= 0:
            values = [_values(score)[column] for score in self.scores]
            known = [number for number in numbers if values[number] is not None]
            known.sort(
                key=lambda number: values[number], reverse=order == Qt.SortOrder.DescendingOrder
            )
            numbers = [*known, *(number for number in numbers if values[number] is None)]
        self._numbers = numbers
        after = [
            self.index(numbers.index(number), index.column())
            for number, index in zip(classes, before, strict=True)
        ]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.scores)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(_HEADERS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.DisplayRole:
                return tr(_HEADERS[section])
            if role == Qt.ItemDataRole.ToolTipRole and _TIPS[section]:
                return tr(_TIPS[section])
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return _RIGHT if section else _LEFT
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        score = self.scores[self._numbers[index.row()]]
        if role == Qt.ItemDataRole.DisplayRole:
            value = _values(score)[index.column()]
            if isinstance(value, float):
                return counted(value)
            return "–" if value is None else value if isinstance(value, str) else f"{value:,}"
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if index.column() else _LEFT
        if role == Qt.ItemDataRole.ToolTipRole:
            words = tr("{right} right, {answered} answered, {support} pictures").format(
                right=f"{score.right:,}",
                answered=f"{score.answered:,}",
                support=f"{score.support:,}",
            )
            return f"{score.name}: {words}"
        return None


def _values(score: ClassScore) -> tuple[Any, ...]:
    return score.name, score.precision, score.recall, score.f1, score.support


class ClassTable(QTableView):
    """Precision and recall of the classes; a click on a column's name sorts by it.

    Signals: `chosen` with the number of a class that a person wants to see pictures of.
    """

    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.classes = ClassModel()
        self.setModel(self.classes)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setAccessibleName(tr("Precision and recall of each class"))
        FocusRing(self)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(theme.px(24))
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setFixedHeight(theme.px(27))
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column, width in enumerate(_WIDTHS):
            if width:
                self.setColumnWidth(column, theme.px(width))
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        self.activated.connect(self._choose)

    @Slot(QModelIndex)
    def _choose(self, index: QModelIndex) -> None:
        self.chosen.emit(self.classes.class_of(index.row()))
