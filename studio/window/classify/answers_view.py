"""How the list of pictures is painted: one row each, with certainty as bar, number and word."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QPainter,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from studio.insight.answers import percent
from studio.window.chrome import theme
from studio.window.chrome.icons import icon
from studio.window.classify.answers_table import (
    ANSWER,
    PICTURE,
    PROBABILITY,
    ROW_ROLE,
    THUMBNAIL,
    AnswersFilter,
    Row,
)
from studio.window.classify.certainty import paint_bar, paint_chip, write
from studio.window.translate import tr

Index = QModelIndex | QPersistentModelIndex

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter

_BY_KEYBOARD = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)

ROW_HEIGHT = 48
_EDGE = 12  # left of the thumbnails
_NAME = _EDGE + THUMBNAIL + 12
_GAP = 12  # between a column's contents and the next column
_NEXT_WIDTH = 132  # of one of the classes that come next


def column_widths(total: int) -> tuple[int, ...]:
    """The widths of all columns in pixels of the design; 0 for one that is left out."""
    with_next = total >= 760
    word, probability = 88, 84
    coming = 212 if with_next else 0
    rest = total - word - probability - coming
    picture = max(_NAME + 80, round(0.44 * rest))
    answer = max(84, round(0.22 * rest))
    bar = rest - picture - answer
    if with_next:
        coming, bar = coming + max(0, bar - 260), min(bar, 260)
    return picture, answer, bar, probability, coming, word


class AnswersView(QTableView):
    """The list of pictures.

    Signals: `row_chosen` with the current `Row`, or None; `look_wanted` when Space was pressed.
    """

    row_chosen = Signal(object)
    look_wanted = Signal()

    def __init__(self, shown: AnswersFilter) -> None:
        super().__init__()
        self.setModel(shown)
        self.setItemDelegate(_Painter(self))
        self.setHorizontalHeader(_Header(self))
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(theme.px(ROW_HEIGHT))
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(tr("Pictures and their classes"))
        self.ring = False
        self.selectionModel().currentRowChanged.connect(self._choose)

    def chosen_rows(self) -> list[Row]:
        """The rows that are selected, from the top."""
        indexes = self.selectionModel().selectedRows()
        return [index.data(ROW_ROLE) for index in sorted(indexes, key=lambda index: index.row())]

    @property
    def current_row(self) -> Row | None:
        index = self.currentIndex()
        return index.data(ROW_ROLE) if index.isValid() else None

    @property
    def first_chosen(self) -> int:
        """The number of the uppermost row that is selected, as shown; 0 if none is."""
        return min((index.row() for index in self.selectionModel().selectedRows()), default=0)

    def choose_number(self, number: int) -> None:
        """Select a row by its number as shown, or the last there is."""
        count = self.model().rowCount()
        if count:
            self.selectRow(min(number, count - 1))

    def _choose(self, current: QModelIndex) -> None:
        self.row_chosen.emit(current.data(ROW_ROLE) if current.isValid() else None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.modifiers():
            self.look_wanted.emit()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # As if there always were a scroll bar, so that the columns stay when it comes.
        room = self.width() - self.verticalScrollBar().sizeHint().width()
        widths = column_widths(round(room / theme.theme().scale))
        for column, width in enumerate(widths):
            self.setColumnHidden(column, not width)
            if width:
                self.setColumnWidth(column, theme.px(width))

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.ring = event.reason() in _BY_KEYBOARD
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.ring = False
        super().focusOutEvent(event)


class _Header(QHeaderView):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setFixedHeight(theme.px(28))
        self.setStretchLastSection(True)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        painter.fillRect(rect, theme.colour("window"))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, theme.colour("line"))
        text = self.model().headerData(section, Qt.Orientation.Horizontal)
        left = theme.px(_NAME) if section == PICTURE else 0
        right = theme.px(_GAP) if section == PROBABILITY else 0
        painter.setFont(theme.font(12))
        painter.setPen(theme.colour("text2"))
        flags = _RIGHT if section == PROBABILITY else _LEFT
        painter.drawText(rect.adjusted(left, 0, -right, 0), flags, text)


class _Painter(QStyledItemDelegate):
    """Paints one cell; a sentence that goes over several cells is painted from each of them."""

    def __init__(self, view: AnswersView) -> None:
        super().__init__(view)
        self._view = view

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: Row = index.data(ROW_ROLE)
        rect = option.rect
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setClipRect(rect)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if selected:
            painter.fillRect(rect, theme.colour("selection"))
        column = index.column()
        if column == PICTURE:
            self._paint_picture(painter, rect, row, selected)
        elif row.error or not row.answers:
            self._paint_sentence(painter, self._across(index), row, selected)
        else:
            self._paint_answer(painter, rect, column, row, selected)
        if self._view.ring and index.row() == self._view.currentIndex().row():
            painter.setPen(QPen(theme.colour("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            whole = QRectF(0, rect.top(), self._view.viewport().width(), rect.height())
            painter.drawRect(whole.adjusted(1, 1, -1, -1))
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(theme.px(_NAME), theme.px(ROW_HEIGHT))

    def _paint_picture(self, painter: QPainter, rect: QRect, row: Row, selected: bool) -> None:
        px = theme.px
        if selected:
            painter.fillRect(rect.left(), rect.top(), px(3), rect.height(), theme.colour("accent"))
        side = px(THUMBNAIL)
        spot = QRect(rect.left() + px(_EDGE), rect.center().y() - side // 2 + 1, side, side)
        if row.thumbnail is not None:
            painter.drawPixmap(spot, row.thumbnail)
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("hover"))
            painter.drawRoundedRect(spot, 3, 3)
            if row.error:
                inner = spot.adjusted(px(11), px(11), -px(11), -px(11))
                icon("picture", "text3").paint(painter, inner)
        room = rect.adjusted(px(_NAME), 0, -px(_GAP), 0)
        write(painter, room, row.source.name, theme.colour("text"), middle=True)

    def _across(self, index: Index) -> QRect:
        """From the answer to the right edge, in the row of an index."""
        first = self._view.visualRect(index.sibling(index.row(), ANSWER))
        return QRect(first.topLeft(), QSize(self._view.viewport().width(), first.height()))

    def _paint_sentence(self, painter: QPainter, rect: QRect, row: Row, selected: bool) -> None:
        px = theme.px
        rect.setRight(self._view.viewport().width() - px(_GAP))
        if not row.error:
            write(painter, rect, tr("waiting"), _quiet(selected))
            return
        mark = QRect(rect.left(), rect.center().y() - px(8) + 1, px(16), px(16))
        icon("error", "error").paint(painter, mark)
        write(painter, rect.adjusted(px(24), 0, 0, 0), row.error, theme.colour("text2"))

    def _paint_answer(
        self, painter: QPainter, rect: QRect, column: int, row: Row, selected: bool
    ) -> None:
        px = theme.px
        first = row.answers[0]
        plain = _quiet(selected) if row.stale else theme.colour("text")
        room = rect.adjusted(0, 0, -px(_GAP), 0)
        match column:
            case 1:
                write(painter, room, first.class_name, plain, theme.font(13, 600))
            case 2:
                bar = QRectF(room.left(), room.center().y() - px(3) + 1, room.width(), px(6))
                paint_bar(painter, bar, first.probability, selected and not row.stale)
            case 3:
                bold = theme.font(13, 600)
                write(painter, room, percent(first.probability), plain, bold, right=True)
            case 4:
                self._paint_next(painter, room, row, selected)
            case 5 if row.state == "unsure":
                paint_chip(painter, rect, tr("unsure"), "text3" if row.stale else "warning")

    def _paint_next(self, painter: QPainter, room: QRect, row: Row, selected: bool) -> None:
        width = theme.px(_NEXT_WIDTH)
        slots = max(1, room.width() // width)
        for number, answer in enumerate(row.answers[1 : 1 + slots]):
            place = QRect(room.left() + number * width, room.top(), width, room.height())
            if slots == 1:
                place.setRight(room.right())
            name = _quiet(selected) if row.stale else theme.colour("text2")
            used = write(painter, place, f"{answer.class_name} ", name)
            place.setLeft(place.left() + used)
            write(painter, place, percent(answer.probability), _quiet(selected))


def _quiet(selected: bool) -> QColor:
    return theme.colour("text2" if selected else "text3")
