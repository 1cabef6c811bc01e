"""The runs of the session: the legend of the curves, and what became of each run."""

from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from studio.insight.answers import percent
from studio.window.canvas.focus_ring import FocusRing
from studio.window.chrome import theme
from studio.window.train.runs import Run, all_settings, differences
from studio.window.translate import tr

_HEADERS = ("Run, what differs", "Best", "Epoch", "State")
_WIDTHS = (0, 72, 60, 88)  # 0: what is left
_Index = QModelIndex | QPersistentModelIndex
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_STATES = {
    "new": "not started",
    "running": "running",
    "paused": "paused",
    "done": "done",
    "stopped": "stopped",
    "failed": "failed",
}


def what_differs(run: Run, first: Run) -> str:
    """A run's settings as they differ from the first run's; the first run's subject."""
    if run is first:
        return run.subject
    return differences(run.settings, first.settings) or tr("the same settings")


class RunModel(QAbstractTableModel):
    """One row for each run, in the order they were made."""

    def __init__(self) -> None:
        super().__init__()
        self.runs: list[Run] = []
        self._differences: dict[Run, str] = {}

    def add(self, run: Run) -> None:
        self.beginInsertRows(QModelIndex(), len(self.runs), len(self.runs))
        self.runs.append(run)
        self._differences[run] = what_differs(run, self.runs[0])
        self.endInsertRows()

    def refresh(self, run: Run) -> None:
        """Show anew what became of a run."""
        row = self.runs.index(run)
        self._differences[run] = what_differs(run, self.runs[0])
        self.dataChanged.emit(self.index(row, 0), self.index(row, len(_HEADERS) - 1))

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.runs)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(_HEADERS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.DisplayRole:
                return tr(_HEADERS[section])
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return _RIGHT if section else _LEFT
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        run = self.runs[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(run, index.column())
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if index.column() else _LEFT
        if role == Qt.ItemDataRole.ToolTipRole:
            error = f"{run.error}\n\n" if run.error else ""
            return f"{error}{run.title}\n{all_settings(run.settings)}"
        return None

    def _text(self, run: Run, column: int) -> str:
        match column:
            case 0:
                return f"{run.number}  {self._differences[run]}"
            case 1:
                return percent(run.best) if run.best is not None else "–"
            case 2:
                return f"{len(run.history.epochs):,}" if run.state != "new" else "–"
        return tr(_STATES[run.state])


class _Delegate(QStyledItemDelegate):
    """Draws a run's colour before its number, and its state in a quieter colour."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        model = index.model()
        assert isinstance(model, RunModel)
        run = model.runs[index.row()]
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        if chosen:
            painter.fillRect(option.rect, theme.colour("selection"))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(option.rect, theme.colour("panel"))
        painter.setFont(theme.font(12, 600 if chosen and index.column() == 0 else 400))
        painter.setPen(theme.colour(_role(run, index.column(), chosen)))
        room = option.rect.adjusted(theme.px(6), 0, -theme.px(6), 0)
        if index.column() == 0:
            self._paint_colour(painter, run, room)
            room.adjust(theme.px(24), 0, 0, 0)
        metrics = QFontMetrics(painter.font())
        text = str(index.data())
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, _RIGHT if index.column() else _LEFT, shown)
        painter.restore()

    def _paint_colour(self, painter: QPainter, run: Run, room: QRect) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        colours = theme.tokens().runs
        painter.setBrush(QColor(colours[(run.number - 1) % len(colours)]))
        height = theme.px(4)
        mark = QRectF(room.left(), room.center().y() - height / 2 + 1, theme.px(14), height)
        painter.drawRoundedRect(mark, height / 2, height / 2)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(theme.px(_WIDTHS[index.column()] or 120), theme.px(27))


def _role(run: Run, column: int, chosen: bool) -> str:
    if column < 2:
        return "text"
    if column == 3 and run.state == "failed":
        return "error"
    return "text2" if chosen else "text3"


class RunTable(QTableView):
    """Shows the runs; one is chosen.

    Signals: `chosen` with the run that a person chose.
    """

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.runs = RunModel()
        self.setModel(self.runs)
        self.setItemDelegate(_Delegate(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setAccessibleName(tr("Runs"))
        FocusRing(self)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(theme.px(27))
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setFixedHeight(theme.px(27))
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column, width in enumerate(_WIDTHS):
            if width:
                self.setColumnWidth(column, theme.px(width))
        self.selectionModel().currentRowChanged.connect(self._choose)
        theme.theme().changed.connect(self.viewport().update)

    @property
    def run(self) -> Run | None:
        """The chosen one."""
        row = self.currentIndex().row()
        return self.runs.runs[row] if row >= 0 else None

    def add(self, run: Run) -> None:
        """Add a run and choose it."""
        self.runs.add(run)
        self.choose(run)

    def choose(self, run: Run) -> None:
        index = self.runs.index(self.runs.runs.index(run), 0)
        how = QItemSelectionModel.SelectionFlag
        self.selectionModel().setCurrentIndex(index, how.ClearAndSelect | how.Rows)
        self.scrollTo(index)

    @Slot(QModelIndex, QModelIndex)
    def _choose(self, index: QModelIndex, before: QModelIndex) -> None:
        if index.isValid():
            self.chosen.emit(self.runs.runs[index.row()])
