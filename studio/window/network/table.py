"""The table of a network: one row for each layer, and the totals beneath."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from studio.nets.row import Row
from studio.window.canvas.focus_ring import FocusRing
from studio.window.chrome import theme
from studio.window.network.facts import count_words, field_words, size_words
from studio.window.translate import tr

_Index = QModelIndex | QPersistentModelIndex

LAYER, OUTPUT, WEIGHTS, FIELD, MULTIPLY_ADDS = range(5)
_TITLES = ("Layer", "Output", "Weights", "Field", "Mult-adds")
_TIPS = (
    "From the picture to the answer",
    "Maps × rows × columns that come out, or values of a vector",
    "Numbers that are learned, biases counted",
    "Receptive field: rows and columns of the input that one value depends on, in pixels",
    "Multiplications with an addition, for one picture",
)
_SIDE = 12  # beside the table, and between two columns
_ROW, _HEADER = 27, 32
_SMALL, _LARGE = 1100, 1900  # widths of the window


def _cells(row: Row) -> tuple[str, ...]:
    weights = f"{row.weights:,}" if row.weights else ""
    counted = count_words(row.multiply_adds)
    return row.title, size_words(row.output), weights, field_words(row.receptive_field), counted


class LayerModel(QAbstractTableModel):
    """Rows of a network's table, the input's first."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: tuple[Row, ...] = ()

    def set_rows(self, rows: Sequence[Row]) -> None:
        self.beginResetModel()
        self.rows = tuple(rows)
        self.endResetModel()

    @property
    def totals(self) -> tuple[str, ...]:
        """What stands beneath each column."""
        layers = [row for row in self.rows if row.kind != "input"]
        if not layers:
            return ("",) * len(_TITLES)
        return (
            tr("{count} layers").format(count=len(layers)),
            "",
            f"{sum(row.weights for row in layers):,}",
            field_words(layers[-1].receptive_field),
            count_words(sum(row.multiply_adds for row in layers)),
        )

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(_TITLES)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, column = self.rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return _cells(row)[column]
        if role == Qt.ItemDataRole.ToolTipRole:
            if column == LAYER:
                return f"{row.title}, {row.words}" if row.words else row.title
            if column == MULTIPLY_ADDS and row.multiply_adds:
                return f"{row.multiply_adds:,}"
        if role == Qt.ItemDataRole.AccessibleTextRole and column == LAYER:
            return f"{row.title} {row.words}"
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
        return None


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignLeft if column == LAYER else Qt.AlignmentFlag.AlignRight
    return side | Qt.AlignmentFlag.AlignVCenter


def _inner(box: QRect, column: int) -> QRect:
    """A cell without the space that keeps columns apart."""
    return box.adjusted(theme.px(_SIDE) if column == LAYER else 0, 0, -theme.px(_SIDE), 0)


class _Cell(QStyledItemDelegate):
    """Paints a layer's name and its settings in two weights, and figures at the right."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        box, column = QRect(option.rect), index.column()
        if chosen or hovered:
            painter.fillRect(box, theme.colour("selection" if chosen else "panel"))
        if chosen and column == LAYER:
            painter.fillRect(box.left(), box.top(), 3, box.height(), theme.colour("accent"))
        font = theme.font(12, 600 if chosen and column == LAYER else 400)
        painter.setFont(font)
        painter.setPen(theme.colour("text" if chosen or column == LAYER else "text2"))
        inner, text = _inner(box, column), str(index.data())
        painter.drawText(inner, _alignment(column), text)
        if column == LAYER:
            inner.setLeft(inner.left() + QFontMetrics(font).horizontalAdvance(text) + theme.px(5))
            painter.setFont(theme.font(12))
            painter.setPen(theme.colour("text2"))
            row = index.model().rows[index.row()]  # type: ignore[attr-defined]
            words = _fitting(row.words, painter.fontMetrics(), inner.width())
            painter.drawText(inner, _alignment(column), words)

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(0, theme.px(_ROW))


def _fitting(words: str, metrics: QFontMetrics, width: int) -> str:
    """As many of a layer's settings as fit, whole ones first."""
    clauses = words.replace(" × ", "×").split(", ")
    while len(clauses) > 1 and metrics.horizontalAdvance(", ".join(clauses)) > width:
        clauses.pop()
    return metrics.elidedText(", ".join(clauses), Qt.TextElideMode.ElideRight, width)


class _Header(QHeaderView):
    """Titles in line with what stands below them."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setSectionsClickable(False)
        self.setFixedHeight(theme.px(_HEADER))
        self.setMinimumSectionSize(1)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        painter.fillRect(rect, theme.colour("window"))
        painter.setFont(theme.font(12))
        painter.setPen(theme.colour("text2"))
        title = str(self.model().headerData(section, Qt.Orientation.Horizontal))
        painter.drawText(_inner(rect, section), _alignment(section), title)


class _View(QTableView):
    """The rows; letters are left to the window's shortcuts."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setHorizontalHeader(_Header(self))
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(theme.px(_ROW))
        self.setItemDelegate(_Cell(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setAccessibleName(tr("Layers"))
        FocusRing(self)

    def keyboardSearch(self, search: str) -> None:
        """Nothing: u and o move between the layers."""


class LayerTable(QWidget):
    """The layers, one current, with totals that stay in sight.

    Signals: `chosen` with the number of the row that a person chose.
    """

    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.model = LayerModel(self)
        self.view = _View(self)
        self.view.setModel(self.model)
        self._totals = _Totals(self)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self.view, 1000)
        self._column.addWidget(self._totals)
        self._column.addStretch(1)
        self._following = False
        self.view.selectionModel().currentRowChanged.connect(self._choose)
        self.set_rows(())

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Show other layers."""
        self.model.set_rows(rows)
        self.view.setMaximumHeight(theme.px(_HEADER) + theme.px(_ROW) * len(rows))
        self._totals.setVisible(bool(rows))
        self._lay_out()

    def set_row(self, row: int) -> None:
        """Make a row the current one, without a signal."""
        self._following = True
        self.view.selectRow(row)
        self._following = False

    def fit(self, window_width: int) -> int:
        """Leave out weights and multiply-adds in a small window; the width that suits it."""
        is_short = window_width < theme.px(_SMALL)
        for column in (WEIGHTS, MULTIPLY_ADDS):
            self.view.setColumnHidden(column, is_short)
        self._lay_out()
        is_large = window_width >= theme.px(_LARGE)
        return theme.px(240 if is_short else 470 if is_large else 396)

    def minimumSizeHint(self) -> QSize:
        needed = sum(self._widths()[1:]) + theme.px(90)
        return QSize(needed, theme.px(120))

    def _widths(self) -> list[int]:
        """What each column needs; the first takes what is left."""
        metrics, bold = QFontMetrics(theme.font(12)), QFontMetrics(theme.font(12, 600))
        widths = [0]
        for column in range(1, len(_TITLES)):
            if self.view.isColumnHidden(column):
                widths.append(0)
                continue
            texts = [_cells(row)[column] for row in self.model.rows]
            needed = [metrics.horizontalAdvance(text) for text in (tr(_TITLES[column]), *texts)]
            needed.append(bold.horizontalAdvance(self.model.totals[column]))
            widths.append(max(needed) + theme.px(_SIDE) + 2)
        return widths

    def _lay_out(self) -> None:
        widths = self._widths()
        self.view.setColumnWidth(LAYER, max(1, self.view.viewport().width() - sum(widths)))
        for column in range(1, len(widths)):
            self.view.setColumnWidth(column, widths[column])
        self.updateGeometry()
        self._totals.update()

    def take_focus(self) -> None:
        """Let the keyboard move through the layers."""
        self.view.setFocus()

    def resizeEvent(self, event: object) -> None:
        self._column.activate()  # so that the view has its new width
        self._lay_out()

    @Slot(QModelIndex, QModelIndex)
    def _choose(self, current: QModelIndex, previous: QModelIndex) -> None:
        if current.isValid() and not self._following:
            self.chosen.emit(current.row())


class _Totals(QWidget):
    """The totals, in line with the columns."""

    def __init__(self, table: LayerTable) -> None:
        super().__init__(table)
        self._table = table
        self.setFixedHeight(theme.px(30))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        view = self._table.view
        painter.fillRect(0, 0, self.width(), 1, theme.colour("line"))
        for column, text in enumerate(self._table.model.totals):
            if view.isColumnHidden(column):
                continue
            box = QRect(
                view.columnViewportPosition(column), 1, view.columnWidth(column), self.height() - 1
            )
            painter.setFont(theme.font(12, 600 if column in (LAYER, WEIGHTS) else 400))
            painter.setPen(theme.colour("text" if column == LAYER else "text2"))
            painter.drawText(_inner(box, column), _alignment(column), text)
