"""The lines of a network's table: choosing one, and folding blocks."""

from collections.abc import Iterable

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from studio.window.canvas.focus_ring import FocusRing
from studio.window.chrome import theme
from studio.window.network.columns import COLUMNS, LAYER
from studio.window.network.table_cells import ROW, Cell, Header, chevron_box, reason_height
from studio.window.network.table_model import LayerModel, Line
from studio.window.translate import tr

_UNFOLDED = 60  # lines: a longer table begins with its blocks folded


class LineView(QTableView):
    """The lines; letters are left to the window's shortcuts.

    The chevron of a block, a double click on it, and the left and right arrow keys fold it.

    Signals: `folded` when other lines are shown, `resized` when there is more or less room.
    """

    folded = Signal()
    resized = Signal()

    def __init__(self, parent: QWidget, model: LayerModel) -> None:
        super().__init__(parent)
        self._lines = model
        self._folded: set[int] = set()  # blocks
        self.setModel(model)
        self.header = Header(self)
        self.setHorizontalHeader(self.header)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(theme.px(ROW))
        self.setItemDelegate(Cell(self, self._folded))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setAccessibleName(tr("Layers"))
        FocusRing(self)

    @property
    def line(self) -> Line | None:
        """The current one."""
        place = self.currentIndex().row()
        return self._lines.lines[place] if 0 <= place < len(self._lines.lines) else None

    @property
    def natural_height(self) -> int:
        """What the lines that are shown need, without the header."""
        lines = self._lines.lines
        return sum(self.rowHeight(n) for n in range(len(lines)) if not self.isRowHidden(n))

    def refresh(self, is_other: bool) -> None:
        """Follow the model; blocks of another network begin folded where it is long."""
        lines = self._lines.lines
        blocks = {line.block for line in lines if line.is_block}
        if is_other:
            self._folded.clear()
            self._folded |= blocks if len(lines) > _UNFOLDED else set()
        self._folded &= blocks
        self._lay_out()

    def show_line(self, place: int) -> None:
        """Make a line the current one; its block is unfolded if it was hidden."""
        self.unfold(place)
        self.selectRow(place)
        self.scrollTo(self._lines.index(place, LAYER))

    def unfold(self, place: int) -> None:
        """Show the block that a line is in."""
        if 0 <= place < len(self._lines.lines) and self._lines.lines[place].is_inside:
            above = (line for line in reversed(self._lines.lines[:place]) if line.is_block)
            self._fold([next(above).block], False)

    def fold_all(self, is_folded: bool) -> None:
        """Fold or unfold every block."""
        self._fold([line.block for line in self._lines.lines if line.is_block], is_folded)

    def is_folded(self, line: Line) -> bool:
        return line.block in self._folded

    def _fold(self, blocks: Iterable[int], is_folded: bool) -> None:
        before = set(self._folded)
        self._folded ^= {first for first in blocks if (first in before) != is_folded}
        if self._folded != before:
            self._lay_out()
            self.folded.emit()

    def _lay_out(self) -> None:
        """Hide what is folded, and give reasons room."""
        self.clearSpans()
        hidden = False
        for place, line in enumerate(self._lines.lines):
            if line.is_block:
                hidden = line.block in self._folded
            self.setRowHidden(place, line.is_inside and hidden)
            if line.problem:
                self.setSpan(place, LAYER, 1, len(COLUMNS))
        self._fit_reasons()
        self.viewport().update()

    def _fit_reasons(self) -> None:
        """Give a reason two rows of words where one is too short for it."""
        for place, line in enumerate(self._lines.lines):
            height = reason_height(line, self.viewport().width()) if line.problem else theme.px(ROW)
            self.setRowHeight(place, height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if any(line.problem for line in self._lines.lines):
            self._fit_reasons()
        self.resized.emit()

    # The person's hands

    def keyboardSearch(self, search: str) -> None:
        """Nothing: u and o move between the layers."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        folds = {Qt.Key.Key_Left: True, Qt.Key.Key_Right: False}
        key, line = Qt.Key(event.key()), self.line
        if event.modifiers() & Qt.KeyboardModifier.AltModifier:
            event.ignore()  # moves a layer, where one can be moved
        elif line is None or key not in folds or event.modifiers():
            super().keyPressEvent(event)
        elif line.is_block:
            self._fold([line.block], folds[key])
        elif line.is_inside and folds[key]:
            place = self.currentIndex().row()
            above = [n for n, one in enumerate(self._lines.lines[:place]) if one.is_block]
            self.selectRow(above[-1])

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        line = self._line_at(index)
        box = self.visualRect(index)
        on_chevron = chevron_box(box).contains(event.position().toPoint())
        if line is not None and line.is_block and index.column() == LAYER and on_chevron:
            self._fold([line.block], not self.is_folded(line))
            return
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        line = self._line_at(self.indexAt(event.position().toPoint()))
        if line is not None and line.is_block:
            self._fold([line.block], not self.is_folded(line))
            return
        super().mouseDoubleClickEvent(event)

    def _line_at(self, index: QModelIndex) -> Line | None:
        return self._lines.lines[index.row()] if index.isValid() else None
