"""The chain as a list: one row for each filter, with its result, its name and its switch."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QMimeData,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPen, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QWidget,
)

from studio.errors import SettingError
from studio.filters.chain import Chain, Step
from studio.window.chrome import theme
from studio.window.chrome.icons import icon
from studio.window.translate import tr

_Index = QModelIndex | QPersistentModelIndex

_ROW = 44
THUMBNAIL = QSize(42, 28)
_MIME = "application/x-studio-filter-row"
STEP_ROLE = Qt.ItemDataRole.UserRole
FAULT_ROLE = Qt.ItemDataRole.UserRole + 1


class ChainModel(QAbstractListModel):
    """The steps of a chain and a thumbnail of what each gives.

    Signals: `move_wanted(source, target)` when a row is dropped elsewhere.
    """

    move_wanted = Signal(int, int)

    def __init__(self) -> None:
        super().__init__()
        self._steps: tuple[Step, ...] = ()
        self._thumbnails: list[QPixmap] = []
        self._fault: SettingError | None = None

    def set_fault(self, fault: SettingError | None) -> None:
        """Blame the filter that a fault names for there being no result, or none any more."""
        self._fault = fault
        self._say_changed()

    def set_chain(self, chain: Chain) -> None:
        if len(chain.steps) == len(self._steps):
            self._steps = chain.steps
            self._say_changed()
            return
        self.beginResetModel()
        self._steps = chain.steps
        self.endResetModel()

    def set_thumbnails(self, thumbnails: Sequence[QPixmap]) -> None:
        self._thumbnails = list(thumbnails)
        self._say_changed()

    def _say_changed(self) -> None:
        if self._steps:
            self.dataChanged.emit(self.index(0), self.index(len(self._steps) - 1))

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._steps)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        step = self._steps[index.row()]
        if role == STEP_ROLE:
            return step
        if role == Qt.ItemDataRole.DisplayRole:
            return tr(step.filter.title)
        fault = self._fault if self._fault and self._fault.step == index.row() else None
        if role == FAULT_ROLE:
            return fault
        if role == Qt.ItemDataRole.AccessibleTextRole:
            state = "" if step.on else ", " + tr("off")
            state += f", {fault.message}" if fault else ""
            return f"{tr(step.filter.title)}, {step.filter.words}{state}"
        if role == Qt.ItemDataRole.DecorationRole and index.row() < len(self._thumbnails):
            return self._thumbnails[index.row()]
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.ItemIsDropEnabled
        return super().flags(index) | Qt.ItemFlag.ItemIsDragEnabled

    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction

    def mimeTypes(self) -> list[str]:
        return [_MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        carried = QMimeData()
        carried.setData(_MIME, str(indexes[0].row()).encode())
        return carried

    def dropMimeData(
        self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: _Index
    ) -> bool:
        if not data.hasFormat(_MIME):
            return False
        source = int(bytes(data.data(_MIME).data()))
        target = row if row >= 0 else len(self._steps)
        self.move_wanted.emit(source, target - 1 if target > source else target)
        return False  # the chain is changed by the session, not by the view


class _RowPainter(QStyledItemDelegate):
    """Paints a row: grip, thumbnail, title over settings, eye."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(0, theme.px(_ROW))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        step: Step = index.data(STEP_ROLE)
        state: Any = option.state
        box = QRectF(option.rect)
        selected = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if selected or state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("selection" if selected else "hover"))
            painter.drawRoundedRect(box, theme.px(5), theme.px(5))
        if selected and state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(theme.colour("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), theme.px(5), theme.px(5))
        _paint_grip(painter, QPointF(box.left() + theme.px(8), box.center().y()))
        self._paint_thumbnail(painter, box, index, step.on)
        self._paint_words(painter, box, step, selected, index.data(FAULT_ROLE))
        side = theme.px(18)
        eye = eye_box(option.rect)
        name = "eye" if step.on else "eye-off"
        icon(name, "text" if selected else "text2").paint(
            painter, QRect(eye.center() - QPoint(side // 2, side // 2), QSize(side, side))
        )
        painter.restore()

    def _paint_thumbnail(self, painter: QPainter, box: QRectF, index: _Index, on: bool) -> None:
        size = QSize(theme.px(THUMBNAIL.width()), theme.px(THUMBNAIL.height()))
        place = QRect(
            QPoint(round(box.left()) + theme.px(24), round(box.center().y()) - size.height() // 2),
            size,
        )
        drawn = index.data(Qt.ItemDataRole.DecorationRole)
        if isinstance(drawn, QPixmap):
            painter.setOpacity(1.0 if on else 0.45)
            painter.drawPixmap(place, drawn)
            painter.setOpacity(1.0)

    def _paint_words(
        self,
        painter: QPainter,
        box: QRectF,
        step: Step,
        selected: bool,
        fault: SettingError | None,
    ) -> None:
        left = theme.px(24 + THUMBNAIL.width() + 8)
        room = box.adjusted(left, theme.px(4), -theme.px(40), -theme.px(4))
        above = QRectF(room.left(), room.top(), room.width(), room.height() / 2)
        below = above.translated(0, room.height() / 2)
        painter.setFont(theme.font(weight=600 if selected else 400))
        painter.setPen(theme.colour("error" if fault else "text" if step.on else "text3"))
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(above, middle, _elided(painter, tr(step.filter.title), room.width()))
        painter.setFont(theme.font(12))
        if fault is None:
            painter.setPen(theme.colour("text" if selected else "text2" if step.on else "text3"))
        words = sentence(fault.message) if fault else step.filter.words
        painter.drawText(below, middle, _elided(painter, words, room.width()))


def eye_box(row: QRect) -> QRect:
    """Where the switch of a row is pressed."""
    return QRect(row.right() - theme.px(40), row.top(), theme.px(40), row.height())


def _paint_grip(painter: QPainter, middle: QPointF) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("text3"))
    for x in (-1.75, 1.75):
        for y in (-4.0, 0.0, 4.0):
            painter.drawEllipse(middle + QPointF(x, y), 1.0, 1.0)


def sentence(text: str) -> str:
    """A message as the beginning of a sentence."""
    return text[:1].upper() + text[1:]


def _elided(painter: QPainter, text: str, width: float) -> str:
    return painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(width))


class ChainList(QListView):
    """The list itself: choose, switch, move and remove filters.

    Space switches a filter, Alt+Up and Alt+Down move it, Delete removes it, Ctrl+D duplicates it.

    Signals: `chosen(row)`, `switched(row)`, `removed(row)`, `duplicated(row)` and
    `moved(row, place)` with what a person wants; the list changes when the chain does.
    """

    chosen = Signal(int)
    switched = Signal(int)
    removed = Signal(int)
    duplicated = Signal(int)
    moved = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.steps = ChainModel()
        self.setModel(self.steps)
        self.setItemDelegate(_RowPainter(self))
        self.setObjectName("chain")
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setAccessibleName(tr("Filters of the chain"))
        self.steps.move_wanted.connect(self.moved)
        self.steps.modelReset.connect(self._fit)
        self.selectionModel().currentChanged.connect(self._choose)
        self._fit()

    @property
    def row(self) -> int:
        """The chosen row; -1 where there is none."""
        return self.currentIndex().row()

    def set_row(self, row: int) -> None:
        """Choose a row without saying `chosen`."""
        self.selectionModel().blockSignals(True)
        self.setCurrentIndex(self.steps.index(row, 0))
        self.selectionModel().blockSignals(False)
        self.viewport().update()

    @Slot(QModelIndex)
    def _choose(self, index: QModelIndex) -> None:
        if index.isValid():
            self.chosen.emit(index.row())

    @Slot()
    def _fit(self) -> None:
        rows = min(self.steps.rowCount(), 6)
        self.setFixedHeight(rows * theme.px(_ROW))
        self.setVisible(rows > 0)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and eye_box(self.visualRect(index)).contains(event.position().toPoint()):
            self.switched.emit(index.row())
            return
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        alt = event.modifiers() == Qt.KeyboardModifier.AltModifier
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
        if self.row < 0:
            super().keyPressEvent(event)
        elif alt and step:
            self.moved.emit(self.row, self.row + step)
        elif event.key() in (Qt.Key.Key_Space, Qt.Key.Key_V) and not event.modifiers():
            self.switched.emit(self.row)
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit(self.row)
        else:
            super().keyPressEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            index = self.indexAt(event.pos())
            if index.isValid():
                self._show_tip(event, index)
                return True
        return super().viewportEvent(event)

    def _show_tip(self, event: QHelpEvent, index: QModelIndex) -> None:
        step: Step = index.data(STEP_ROLE)
        if eye_box(self.visualRect(index)).contains(event.pos()):
            text = tr("Switch off (V)") if step.on else tr("Switch on (V)")
        else:
            text = f"{tr(step.filter.title)}: {step.filter.words}\n{tr(step.filter.summary)}"
            fault: SettingError | None = index.data(FAULT_ROLE)
            text += f"\n{sentence(str(fault))}." if fault else ""
        QToolTip.showText(event.globalPos(), text, self)
