"""The lines of a network's table: one for each layer, and one above the layers of a block."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QWidget

from studio.nets.row import INPUT, Problem, Row
from studio.window.network.columns import (
    COLUMNS,
    LAYER,
    MULTIPLY_ADDS,
    WEIGHTS,
    count_layers,
    dense_words,
    row_details,
)
from studio.window.translate import tr

Index = QModelIndex | QPersistentModelIndex

LINE_ROLE = Qt.ItemDataRole.UserRole
BLOCK = "block"


@dataclass(frozen=True)
class Line:
    """One line of the table.

    Attributes
    ----------
    row : Row
        A layer's; or for a block its name, its sums and what comes out of it.
    number : int
        The place of the layer in the network's rows; of a block, that of its last layer.
    block : int
        Which block it is, or belongs to, from 0; -1 for a layer of its own.
    problem : str
        Why it can't work; empty where it can, or only waits for the layers above.
    is_waiting : bool
        Whether a layer above it can't work.
    is_new : bool
        Whether its weights are random although others were learned.
    """

    row: Row
    number: int
    block: int = -1
    problem: str = ""
    is_waiting: bool = False
    is_new: bool = False

    @property
    def is_block(self) -> bool:
        return self.row.kind == BLOCK

    @property
    def is_inside(self) -> bool:
        """Whether it belongs to the block above it."""
        return self.block >= 0 and not self.is_block

    @property
    def is_broken(self) -> bool:
        return bool(self.problem) or self.is_waiting

    @property
    def title(self) -> str:
        return self.row.title.removeprefix(f"{self.row.block} · ")


def lines_of(
    rows: Sequence[Row], problem: Problem | None = None, new: Collection[str] = ()
) -> list[Line]:
    """The lines for a network's rows, the input's first.

    Parameters
    ----------
    problem : Problem, optional
        The first thing that keeps the network from working.
    new : collection of str
        Names of layers (of blocks, where it is one) whose weights are random.
    """
    blamed = problem.name if problem else ""
    lines: list[Line] = []
    blocks = 0
    for (_, title), numbered in groupby(enumerate(rows), lambda one: _block_of(one[1])):
        part = list(numbered)
        layers = [
            Line(
                row,
                number,
                blocks if title else -1,
                problem=problem.message if problem and row.name == blamed else "",
                is_waiting=bool(row.problem) and row.name != blamed,
                is_new=bool(row.weights) and row.name.split(".")[0] in new,
            )
            for number, row in part
        ]
        if title:
            lines.append(_block_line(title, [row for _, row in part], layers))
            blocks += 1
        lines += layers
    return lines


def _block_of(row: Row) -> tuple[int, str]:
    """What tells neighbouring blocks apart."""
    return (row.layer_index, row.block) if row.block else (-2, "")


def _block_line(title: str, rows: Sequence[Row], layers: Sequence[Line]) -> Line:
    row = replace(
        rows[-1],
        kind=BLOCK,
        title=title,
        block="",
        words=count_layers(rows),
        weights=sum(row.weights for row in rows),
        multiply_adds=sum(row.multiply_adds for row in rows),
        source=rows[0].source,
    )
    last = layers[-1]
    return Line(row, last.number, last.block, is_new=any(one.is_new for one in layers))


class LayerModel(QAbstractTableModel):
    """Lines of a network's table."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: tuple[Row, ...] = ()
        self.lines: list[Line] = []
        self.most_weights = 1

    def set_rows(
        self, rows: Sequence[Row], problem: Problem | None = None, new: Collection[str] = ()
    ) -> None:
        """Show other layers."""
        lines = lines_of(rows, problem, new)
        is_same_length = len(lines) == len(self.lines)
        if not is_same_length:
            self.beginResetModel()
        self.rows, self.lines = tuple(rows), lines
        self.most_weights = max([1, *(row.weights for row in rows)])
        if not is_same_length:
            self.endResetModel()
        elif lines:
            self.dataChanged.emit(
                self.index(0, 0), self.index(len(lines) - 1, self.columnCount() - 1)
            )

    @property
    def totals(self) -> tuple[str, ...]:
        """What stands beneath each column."""
        layers = [row for row in self.rows if row.kind != INPUT]
        if not layers:
            return ("",) * len(COLUMNS)
        if any(line.problem for line in self.lines):
            return (count_layers(layers), *[""] * (len(COLUMNS) - 1))
        return tuple(column.total(layers) for column in COLUMNS)

    def line_of(self, number: int) -> int:
        """The line of a row's layer."""
        for place, line in enumerate(self.lines):
            if line.number == number and not line.is_block:
                return place
        return -1

    def cell(self, line: Line, column: int) -> str:
        """What a line says in a column."""
        if column == LAYER:
            return line.title
        return "" if line.row.problem else COLUMNS[column].cell(line.row)

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.lines)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        line, column = self.lines[index.row()], index.column()
        if role == LINE_ROLE:
            return line
        if role == Qt.ItemDataRole.DisplayRole:
            return self.cell(line, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return _tip(line, column)
        if role == Qt.ItemDataRole.AccessibleTextRole and column == LAYER:
            return ", ".join(filter(None, (line.row.title, line.row.words, line.problem)))
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
            return tr(COLUMNS[section].title)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tr(COLUMNS[section].tip)
        return None


def _tip(line: Line, column: int) -> str:
    row = line.row
    if line.problem:
        return f"{line.title}: {line.problem}"
    if line.is_waiting:
        return tr("{layer} needs the layers above it to work").format(layer=line.title)
    if column == WEIGHTS and row.weights:
        return "\n".join(filter(None, (f"{row.weights:,}", dense_words(row))))
    if column == MULTIPLY_ADDS and row.multiply_adds:
        return f"{row.multiply_adds:,}"
    if column != LAYER:
        return ""
    lines = row_details(row)
    if line.is_new:
        lines.append(tr("New: its weights are random"))
    return "\n".join(lines)
