"""The runs of the session: the legend of the curves, and what became of each run."""

from PySide6.QtCore import (
    QItemSelectionModel,
    QModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QColor, QFontMetrics, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from studio.window.canvas.focus_ring import FocusRing
from studio.window.chrome import theme
from studio.window.train.run_model import (
    BEST,
    COURSE,
    EPOCH,
    LEFT,
    NAME,
    RIGHT,
    STATE,
    Index,
    RunModel,
)
from studio.window.train.runs import Run
from studio.window.translate import tr

_WIDTHS = {BEST: 60, EPOCH: 66, STATE: 88, COURSE: 84}  # the name has what is left
_ROOMY = 440  # width from which on the state has a column of its own
_MARK = 24  # the colour of a run, and the space behind it


class _Delegate(QStyledItemDelegate):
    """Draws a run's colour before its number, and its state in a quieter colour."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
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
            self._paint_colour(painter, run, room, run in model.hidden)
            room.adjust(theme.px(_MARK), 0, 0, 0)
        metrics = QFontMetrics(painter.font())
        text = str(index.data())
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, RIGHT if index.column() else LEFT, shown)
        painter.restore()

    def _paint_colour(self, painter: QPainter, run: Run, room: QRect, is_hidden: bool) -> None:
        """Filled, or only its outline where the curves are hidden."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = theme.tokens().runs
        colour = QColor(colours[(run.number - 1) % len(colours)])
        is_pale = run.state in ("new", "waiting")  # it has no line yet
        colour = theme.colour("edge") if is_pale else colour
        painter.setPen(colour if is_hidden else Qt.PenStyle.NoPen)
        painter.setBrush(Qt.BrushStyle.NoBrush if is_hidden else colour)
        height = theme.px(4)
        mark = QRectF(room.left(), room.center().y() - height / 2 + 1, theme.px(14), height)
        painter.drawRoundedRect(mark, height / 2, height / 2)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(theme.px(_WIDTHS.get(index.column(), 120)), theme.px(27))

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        editor = QLineEdit(parent)
        editor.setMaxLength(80)
        editor.setPlaceholderText(tr("Name"))
        editor.setAccessibleName(tr("Name of the run"))
        return editor

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, index: Index
    ) -> None:
        editor.setGeometry(option.rect.adjusted(theme.px(_MARK + 6), 0, 0, 0))


def _role(run: Run, column: int, chosen: bool) -> str:
    if column == NAME and run.state in ("new", "waiting") and not chosen:
        return "text2"
    if column in (NAME, COURSE) or (column == BEST and run.best is not None):
        return "text"
    if run.state == "failed":
        return "error"
    return "text2" if chosen else "text3"


class RunTable(QTableView):
    """Shows the runs; one is chosen.

    Signals: `chosen` with the run that a person chose, `renamed` with a run and its new name,
    `hidden_changed` with the runs whose curves are to be left out.
    """

    hidden_changed = Signal(object)
    chosen = Signal(object)
    renamed = Signal(object, str)

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
        for column, width in _WIDTHS.items():
            self.setColumnWidth(column, theme.px(width))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.runs.renamed.connect(self.renamed)
        self._show_columns()
        self.selectionModel().currentRowChanged.connect(self._choose)
        theme.theme().changed.connect(self.viewport().update)

    @property
    def run(self) -> Run | None:
        """The chosen one."""
        row = self.currentIndex().row()
        return self.runs.runs[row] if row >= 0 else None

    def add(self, run: Run) -> None:
        """Show another run, as the last one."""
        self.runs.add(run)

    def refresh(self, run: Run) -> None:
        """Show anew what became of a run."""
        self.runs.refresh(run)
        self._show_columns()

    def remove(self, run: Run) -> None:
        """Show a run no more; one beside it is chosen then."""
        self.runs.remove(run)
        self._show_columns()

    def toggle(self, run: Run) -> None:
        """Hide a run's curves, or show them again."""
        if run.history.started is not None:
            self.runs.hidden ^= {run}
            self.refresh(run)
            self.hidden_changed.emit(self.runs.hidden)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        place = event.position().x() - self.visualRect(index).left()
        is_mark = index.isValid() and index.column() == NAME and place < theme.px(_MARK + 6)
        if is_mark and event.button() == Qt.MouseButton.LeftButton:
            self.toggle(self.runs.runs[index.row()])
        else:
            super().mousePressEvent(event)

    def ask_name(self, run: Run) -> None:
        """Let a person type a name in a run's row."""
        self.choose(run)
        self.edit(self.runs.index(self.runs.runs.index(run), NAME))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.runs.is_narrow = self.width() < theme.px(_ROOMY)
        self._show_columns()

    def _show_columns(self) -> None:
        """Those that there is room for beside the names."""
        has_figures, is_narrow = self.runs.has_figures, self.runs.is_narrow
        self.setColumnHidden(STATE, is_narrow)
        self.setColumnHidden(COURSE, not has_figures)
        self.setColumnHidden(EPOCH, has_figures and is_narrow)

    def choose(self, run: Run) -> None:
        index = self.runs.index(self.runs.runs.index(run), 0)
        how = QItemSelectionModel.SelectionFlag
        self.selectionModel().setCurrentIndex(index, how.ClearAndSelect | how.Rows)
        self.scrollTo(index)

    @Slot(QModelIndex, QModelIndex)
    def _choose(self, index: QModelIndex, before: QModelIndex) -> None:
        if index.isValid():
            self.chosen.emit(self.runs.runs[index.row()])
