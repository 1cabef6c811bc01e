"""The classes of the data: how many pictures each has, as bars, and some of them."""

import numpy as np
from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    Qt,
    QTimer,
    Slot,
)
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from studio.window.canvas.thumbnails import thumbnail
from studio.window.chrome import theme
from studio.window.classify.certainty import paint_bar, write
from studio.window.train.setup.samples import Looked
from studio.window.translate import tr

Index = QModelIndex | QPersistentModelIndex

_ROW = 48
_PICTURE = 40
_GAP = 4
_EDGE = 8
_KEPT = 4000  # small pictures
_AT_ONCE = 30  # that are made in one turn

NAME, COUNT, SAMPLES = range(3)


class ClassModel(QAbstractTableModel):
    """One row for each class; the columns are its name, its counts and its pictures."""

    def __init__(self) -> None:
        super().__init__()
        self.looked: Looked | None = None

    def show_looked(self, looked: Looked) -> None:
        self.beginResetModel()
        self.looked = looked
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if self.looked is None or parent.isValid() else len(self.looked.classes)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 3

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if self.looked is None:
            return None
        words = {NAME: self.looked.classes[index.row()], COUNT: self.words(index.row())}
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return words.get(index.column(), "")
            case Qt.ItemDataRole.ToolTipRole:
                return ": ".join(words.values())
            case Qt.ItemDataRole.AccessibleTextRole:
                shown = self.pictures(index.row())
                return words.get(index.column(), tr("{count} samples").format(count=len(shown)))
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return (tr("Class"), tr("Training pictures"), tr("Some of them"))[section]
        return None

    def words(self, row: int) -> str:
        """How many pictures of a class each part has."""
        assert self.looked is not None
        return ", ".join(f"{counts[row]:,} {name.lower()}" for name, counts in self.looked.counts)

    def share(self, row: int) -> float:
        """Of the largest class, 0 to 1."""
        counts = self.trained()
        return float(counts[row] / max(1, counts.max()))

    def trained(self) -> np.ndarray:
        assert self.looked is not None
        return self.looked.counts[0][1]

    def pictures(self, row: int) -> np.ndarray:
        """uint8, N x height x width x channels."""
        assert self.looked is not None
        none = np.zeros((0, 1, 1, 1), np.uint8)
        return self.looked.sheet[row] if row < len(self.looked.sheet) else none


class _Painter(QStyledItemDelegate):
    def __init__(self, parent: QWidget, model: ClassModel) -> None:
        super().__init__(parent)
        self._model = model
        self._small: dict[tuple[int, int, float], QPixmap] = {}
        self._made = 0  # since the window had a turn
        self._rest = QTimer(self, singleShot=True, interval=0)
        self._rest.timeout.connect(self._go_on)

    def forget(self) -> None:
        self._small.clear()

    @Slot()
    def _go_on(self) -> None:
        """Paint those that there was no time for."""
        self._made = 0
        view = self.parent()
        assert isinstance(view, QTableView)
        view.viewport().update()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room = option.rect.adjusted(theme.px(_EDGE), 0, -theme.px(_EDGE), 0)
        match index.column():
            case 0:
                name = str(index.data())
                write(painter, room, name, theme.colour("text"), middle=True)
            case 1:
                self._paint_count(painter, room, index.row())
            case _:
                self._paint_pictures(painter, room, index.row())
        painter.restore()

    def _paint_count(self, painter: QPainter, room: QRect, row: int) -> None:
        number = QRect(room)
        number.setLeft(room.right() - theme.px(64))
        count = f"{self._model.trained()[row]:,}"
        write(painter, number, count, theme.colour("text"), theme.font(12), right=True)
        height = theme.px(6)
        bar = QRectF(room.left(), room.center().y() - height / 2 + 0.5, 0, height)
        bar.setRight(number.left())
        paint_bar(painter, bar, self._model.share(row), False)

    def _paint_pictures(self, painter: QPainter, room: QRect, row: int) -> None:
        side, gap = theme.px(_PICTURE), theme.px(_GAP)
        top = room.center().y() - side // 2
        fitting = min(len(self._model.pictures(row)), (room.width() + gap) // (side + gap))
        for place in range(fitting):
            left = room.left() + place * (side + gap)
            small = self._find_small(row, place, painter.device().devicePixelRatioF())
            if small is not None:
                painter.drawPixmap(left, top, small)

    def _find_small(self, row: int, place: int, ratio: float) -> QPixmap | None:
        """A small picture, made now if there is time: a window full of them takes too long."""
        key = row, place, ratio
        if key not in self._small and self._made < _AT_ONCE:
            if len(self._small) >= _KEPT:
                self._small.clear()
            self._made += 1
            self._small[key] = self._make_small(row, place, ratio)
        if key not in self._small or self._made:
            self._rest.start()
        return self._small.get(key)

    def _make_small(self, row: int, place: int, ratio: float) -> QPixmap:
        picture = self._model.pictures(row)[place]
        rgb = np.repeat(picture, 3, axis=-1) if picture.shape[-1] == 1 else picture
        side = theme.px(_PICTURE)
        return thumbnail(np.ascontiguousarray(rgb), side, side, ratio)


class ClassTable(QTableView):
    """The table of the classes."""

    def __init__(self) -> None:
        super().__init__()
        self.classes = ClassModel()
        self.setModel(self.classes)
        self._painter = _Painter(self, self.classes)
        self.setItemDelegate(self._painter)
        self.setAccessibleName(tr("Classes"))
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(theme.px(_ROW))
        header = self.horizontalHeader()
        header.setSectionResizeMode(SAMPLES, QHeaderView.ResizeMode.Stretch)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        self.setColumnWidth(NAME, theme.px(140))
        self.setColumnWidth(COUNT, theme.px(200))
        theme.theme().changed.connect(self._painter.forget)

    def show_looked(self, looked: Looked) -> None:
        """Show what was seen in the data."""
        self._painter.forget()
        self.classes.show_looked(looked)
