"""A kernel as a grid of numbers that can be edited in place."""

from typing import Any

import numpy as np
from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QFontMetrics,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from studio.filters.kernel import kernel_text, parse_kernel
from studio.filters.presets import Weights
from studio.window.canvas.cells import fitting, opacity_of, rounded
from studio.window.chrome import theme

Index = QModelIndex | QPersistentModelIndex

_ROW = 30
_GAP = 2
_MOST_ROWS = 7
_NARROWEST = 26
_PADDING = 3
# Rows or columns from which on weights have no cells of their own.
MOST_CELLS = 9


class KernelModel(QAbstractTableModel):
    """Signals: `edited` when a person changed a weight, `refused` with a sentence."""

    edited = Signal()
    refused = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.kernel: Weights = ((0.0,),)
        self.is_locked = False

    def set_kernel(self, kernel: Weights) -> None:
        same_size = len(kernel) == len(self.kernel) and len(kernel[0]) == len(self.kernel[0])
        if not same_size:
            self.beginResetModel()
        self.kernel = kernel
        if not same_size:
            self.endResetModel()
        self.dataChanged.emit(self.index(0, 0), self.index(len(kernel) - 1, len(kernel[0]) - 1))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.kernel)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.kernel[0])

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        weight = self.kernel[index.row()][index.column()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return f"{weight:.6g}".replace("-", "−")
        if role == Qt.ItemDataRole.EditRole:
            return kernel_text(((weight,),))
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        try:
            ((weight,),) = parse_kernel(((str(value).replace("−", "-").strip() or "0",),))
        except ValueError as error:
            self.refused.emit(f"{error}")
            return False
        rows = [list(row) for row in self.kernel]
        if rows[index.row()][index.column()] != weight:
            rows[index.row()][index.column()] = weight
            self.kernel = tuple(map(tuple, rows))
            self.dataChanged.emit(index, index)
            self.edited.emit()
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        usual = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled
        return usual if self.is_locked else usual | Qt.ItemFlag.ItemIsEditable


class _Cells(QStyledItemDelegate):
    """Tints a weight by its sign and size, and keeps the current one framed."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        table = self.parent()
        assert isinstance(table, KernelTable)
        cell = table.cell(index.row(), index.column())
        weight = table.kernel()[index.row()][index.column()]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(cell).adjusted(0.5, 0.5, -0.5, -0.5)
        edge = "error" if table.property("refused") else "box"
        painter.setPen(QPen(theme.colour(edge), 1))
        painter.setBrush(theme.colour("control"))
        painter.drawRoundedRect(frame, theme.px(3), theme.px(3))
        if weight:
            painter.setBrush(theme.colour(*table.tint(weight)))
            painter.drawRoundedRect(frame, theme.px(3), theme.px(3))
        if table.hasFocus() and index == table.currentIndex():
            painter.setPen(QPen(theme.colour("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(frame.adjusted(0.5, 0.5, -0.5, -0.5), theme.px(3), theme.px(3))
        painter.setPen(theme.colour("text2" if table.is_locked() else "text"))
        painter.setFont(table.cell_font)
        text = fitting(weight, painter.fontMetrics(), cell.width() - _PADDING)
        painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, text)
        painter.restore()

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        editor = QLineEdit(parent)
        editor.setAlignment(Qt.AlignmentFlag.AlignCenter)
        return editor

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, index: Index
    ) -> None:
        table = self.parent()
        assert isinstance(table, KernelTable)
        cell = table.cell(index.row(), index.column())
        # A long weight needs more room than its cell, and never reaches outside the table.
        words = QFontMetrics(theme.font()).horizontalAdvance(str(index.data(2))) + theme.px(16)
        width = min(max(cell.width(), words), table.viewport().width())
        left = min(max(cell.center().x() - width // 2, 0), table.viewport().width() - width)
        editor.setGeometry(left, cell.top(), width, cell.height())

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        assert isinstance(editor, QLineEdit)
        model.setData(index, editor.text())


class KernelTable(QTableView):
    """The cells; arrows move, typing edits, Delete empties, copy and paste take whole kernels."""

    pasted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._model = KernelModel()
        self.setModel(self._model)
        self.setItemDelegate(_Cells(self))
        for header in (self.horizontalHeader(), self.verticalHeader()):
            header.hide()
            header.setMinimumSectionSize(1)
            header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(theme.px(_ROW))
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.AnyKeyPressed
            | QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._model.modelReset.connect(self._fit)
        self._model.dataChanged.connect(self._choose_font)
        self.cell_font = theme.font()
        self._fit()

    @property
    def numbers(self) -> KernelModel:
        return self._model

    def kernel(self) -> Weights:
        return self._model.kernel

    def is_locked(self) -> bool:
        return self._model.is_locked

    def tint(self, weight: float) -> tuple[str, float]:
        """The colour of a weight's sign, and its opacity: 12 to 44 % of the largest weight."""
        largest = max(abs(other) for row in self._model.kernel for other in row)
        return "cold" if weight < 0 else "warm", opacity_of(weight, largest)

    def cell(self, row: int, column: int) -> QRect:
        """Where a cell is drawn; the gaps are between cells only, so that the outside is flush."""
        gap = theme.px(_GAP)
        count = self._model.columnCount()
        pitch = (self._width() + gap) / count
        left = round(column * pitch) - self.horizontalOffset()
        right = round((column + 1) * pitch) - gap - self.horizontalOffset()
        top = self.rowViewportPosition(row)
        return QRect(left, top, right - left, self.rowHeight(row) - gap)

    def _width(self) -> int:
        """The width of all columns."""
        return max(self.viewport().width(), self._model.columnCount() * theme.px(_NARROWEST))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_width()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        clipboard = QGuiApplication.clipboard()
        if event.matches(QKeySequence.StandardKey.Copy):
            clipboard.setText(kernel_text(self._model.kernel))
        elif self.is_locked():
            super().keyPressEvent(event)
        elif event.matches(QKeySequence.StandardKey.Paste):
            self.pasted.emit(clipboard.text())
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._model.setData(self.currentIndex(), "0")
        else:
            super().keyPressEvent(event)

    @Slot()
    def _choose_font(self) -> None:
        """One size for all cells: the largest in which each shows two digits."""
        if max(self._model.rowCount(), self._model.columnCount()) > MOST_CELLS:
            return  # not shown
        room = self.cell(0, 0).width() - _PADDING
        for size in (13, 12, 11):
            self.cell_font = theme.font(size)
            metrics = QFontMetrics(self.cell_font)
            weights = {weight for row in self._model.kernel for weight in row}
            if all(metrics.horizontalAdvance(rounded(weight, 2)) <= room for weight in weights):
                return

    def _share_width(self) -> None:
        count = self._model.columnCount()
        for column in range(count):
            left, right = (round(self._width() * edge / count) for edge in (column, column + 1))
            self.setColumnWidth(column, right - left)
        self._choose_font()

    @Slot()
    def _fit(self) -> None:
        shown = min(self._model.rowCount(), _MOST_ROWS)
        bar = theme.px(10) if self._model.columnCount() > _MOST_ROWS else 0
        self.setFixedHeight(shown * theme.px(_ROW) - theme.px(_GAP) + bar)
        self.setVerticalScrollBarPolicy(
            Qt.ScrollBarPolicy.ScrollBarAlwaysOff
            if self._model.rowCount() <= _MOST_ROWS
            else Qt.ScrollBarPolicy.ScrollBarAlwaysOn
        )
        self._share_width()
        if not self.currentIndex().isValid():
            self.setCurrentIndex(self._model.index(0, 0))


def resized(kernel: Weights, height: int, width: int) -> Weights:
    """The kernel with its centre kept, cut or filled up with zeros."""
    old = np.array(kernel, dtype=float)
    new = np.zeros((height, width))
    down, right = height // 2 - old.shape[0] // 2, width // 2 - old.shape[1] // 2
    for y in range(max(0, down), min(height, down + old.shape[0])):
        for x in range(max(0, right), min(width, right + old.shape[1])):
            new[y, x] = old[y - down, x - right]
    return as_weights(new)


def as_weights(values: Any) -> Weights:
    """Rows of plain numbers from an array."""
    return tuple(tuple(row) for row in np.asarray(values, dtype=float).tolist())
