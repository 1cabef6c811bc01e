"""The table of a network: one row for each layer, and the totals beneath."""

from collections.abc import Collection, Sequence

from PySide6.QtCore import QModelIndex, QPoint, QRect, QSettings, QSize, Signal, Slot
from PySide6.QtGui import QAction, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QVBoxLayout, QWidget

from studio.nets.row import Problem, Row
from studio.window.chrome import theme
from studio.window.chrome.controls import make_action, make_separator
from studio.window.network.columns import (
    COLUMNS,
    FIELD,
    LAYER,
    MEMORY,
    MULTIPLY_ADDS,
    OUTPUT,
    PADDING,
    STRIDE,
    WEIGHTS,
)
from studio.window.network.table_cells import HEADER, SIDE, alignment, inner
from studio.window.network.table_model import LayerModel, Line
from studio.window.network.table_view import LineView
from studio.window.translate import tr

_SMALL, _LARGE = 1100, 1900  # widths of the window
_NAMES = 90  # what is left for the names of layers at least
_ALWAYS = (LAYER, OUTPUT)
_USUAL = (*_ALWAYS, WEIGHTS, FIELD, MULTIPLY_ADDS)
_SHORT = (*_ALWAYS, FIELD)
_LONG = (*_USUAL, STRIDE, PADDING, MEMORY)
_SETTING = "network/columns"  # in the settings of the window


class LayerTable(QWidget):
    """The layers, one current, with totals that stay in sight.

    Signals: `chosen` with the number of the row that a person chose: of a block, its last one.
    `line_changed` when another line is current, also one of the same number.
    """

    chosen = Signal(int)
    line_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.model = LayerModel(self)
        self.view = LineView(self, self.model)
        self._totals = _Totals(self)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._column.addWidget(self.view, 100_000)  # not a pixel to the space below
        self._column.addWidget(self._totals)
        self._column.addStretch(1)
        self._following = False
        self._window_width = theme.px(_SMALL)
        self._needed: list[int] = []
        self._make_menu()
        self.view.selectionModel().currentRowChanged.connect(self._choose)
        self.view.folded.connect(self._fit_height)
        self.view.resized.connect(self._lay_out)
        self._show_columns()
        self.set_rows(())

    def _make_menu(self) -> None:
        """What the header's menu, and others, offer."""
        self.column_menu = QMenu(tr("Columns"), self)
        self._shown: dict[int, QAction] = {}
        for place, column in enumerate(COLUMNS):
            if place not in _ALWAYS:
                action = make_action(self, column.title, slot=self._keep_columns)
                action.setToolTip(tr(column.tip))
                action.setCheckable(True)
                self._shown[place] = action
        usual = make_action(self, "As the window's width allows", slot=self._forget_columns)
        fold = make_action(self, "Fold all blocks", slot=lambda: self.view.fold_all(True))
        unfold = make_action(self, "Unfold all blocks", slot=lambda: self.view.fold_all(False))
        self.fold_actions = [fold, unfold]
        self.column_menu.setToolTipsVisible(True)
        self.column_menu.addActions([*self._shown.values(), make_separator(self), usual])
        self.column_menu.addActions([make_separator(self), *self.fold_actions])
        self.view.header.customContextMenuRequested.connect(self._show_menu)

    @property
    def line(self) -> Line | None:
        """The current line."""
        return self.view.line

    def set_rows(
        self,
        rows: Sequence[Row],
        problem: Problem | None = None,
        new: Collection[str] = (),
        is_edited: bool = False,
    ) -> None:
        """Show other layers, what keeps them from working, and which of them are new.

        Blocks stay folded where it is the same network, edited.
        """
        before = [row.name for row in self.model.rows]
        self._following = True
        self.model.set_rows(rows, problem, new)
        self.view.refresh(not is_edited and before != [row.name for row in rows])
        self._following = False
        has_blocks = any(line.is_block for line in self.model.lines)
        for action in self.fold_actions:
            action.setEnabled(has_blocks)
        self._totals.setVisible(bool(rows))
        self._fit_height()
        self._measure()

    def set_row(self, row: int) -> None:
        """Make a row the current one, without a signal; a block may stand for its last one."""
        line = self.view.line
        if line is not None and line.is_block and line.number == row:
            return
        self.show_line(self.model.line_of(row))

    def show_line(self, place: int) -> None:
        """Make a line the current one, without `chosen`."""
        self._following = True
        if place >= 0:
            self.view.show_line(place)
        else:
            self.view.clearSelection()
        self._following = False

    def fit(self, window_width: int) -> int:
        """Show the columns that a window has room for; the width that suits it."""
        self._window_width = window_width
        self._show_columns()
        if window_width < theme.px(_SMALL):
            return max(theme.px(240), self.minimumSizeHint().width())
        wanted = sum(self._needed) + theme.px(_NAMES + 40)
        return max(theme.px(396), wanted)

    def sizeHint(self) -> QSize:
        whole = theme.px(HEADER) + self.view.natural_height + self._totals.height()
        return QSize(self.minimumSizeHint().width(), whole)

    def minimumSizeHint(self) -> QSize:
        return QSize(sum(self._needed) + theme.px(_NAMES), theme.px(120))

    def take_focus(self) -> None:
        """Let the keyboard move through the layers."""
        self.view.setFocus()

    # Columns

    def _columns(self) -> tuple[int, ...]:
        """Those to show: what a person chose, or what the window has room for."""
        kept = QSettings().value(_SETTING)
        if kept is not None:
            names = str(kept).split(",")
            chosen = [place for place in self._shown if COLUMNS[place].key in names]
            return (*_ALWAYS, *chosen)
        if self._window_width < theme.px(_SMALL):
            return _SHORT
        return _LONG if self._window_width >= theme.px(_LARGE) else _USUAL

    def _show_columns(self) -> None:
        columns = self._columns()
        for place in range(len(COLUMNS)):
            self.view.setColumnHidden(place, place not in columns)
        for place, action in self._shown.items():
            action.setChecked(place in columns)
        self._measure()

    @Slot()
    def _keep_columns(self) -> None:
        shown = [COLUMNS[place].key for place, one in self._shown.items() if one.isChecked()]
        QSettings().setValue(_SETTING, ",".join(["layer", *shown]))
        self._show_columns()

    @Slot()
    def _forget_columns(self) -> None:
        QSettings().remove(_SETTING)
        self._show_columns()

    @Slot(QPoint)
    def _show_menu(self, place: QPoint) -> None:
        self.column_menu.popup(self.view.header.below(place))

    # Layout

    def _measure(self) -> None:
        """Find what each column needs; the first takes what is left."""
        metrics, bold = QFontMetrics(theme.font(12)), QFontMetrics(theme.font(12, 600))
        totals = self.model.totals
        self._needed = [0]
        for column in range(1, len(COLUMNS)):
            if self.view.isColumnHidden(column):
                self._needed.append(0)
                continue
            texts = {self.model.cell(line, column) for line in self.model.lines}
            texts.add(tr(COLUMNS[column].title))
            needed = [metrics.horizontalAdvance(text) for text in texts]
            needed.append(bold.horizontalAdvance(totals[column]))
            self._needed.append(max(needed) + theme.px(SIDE) + 2)
        self._lay_out()

    @Slot()
    def _lay_out(self) -> None:
        room = self.view.viewport().width() - sum(self._needed)
        self.view.setColumnWidth(LAYER, max(1, room))
        for column in range(1, len(self._needed)):
            self.view.setColumnWidth(column, self._needed[column])
        self.updateGeometry()
        self._totals.update()

    @Slot()
    def _fit_height(self) -> None:
        self.view.setMaximumHeight(theme.px(HEADER) + self.view.natural_height)
        self.updateGeometry()
        self._column.activate()
        self._totals.update()

    @Slot(QModelIndex, QModelIndex)
    def _choose(self, current: QModelIndex, previous: QModelIndex) -> None:
        line = self.view.line
        if line is None or not current.isValid():
            return
        self.line_changed.emit()
        if not self._following:
            self.chosen.emit(line.number)


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
            painter.drawText(inner(box, column), alignment(column), text)
