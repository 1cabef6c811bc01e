"""A grid of pictures with what they are, what they were taken for, and their loss."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from studio.image.write import number
from studio.window.canvas.focus_ring import FocusRing
from studio.window.canvas.thumbnails import thumbnail
from studio.window.chrome import theme
from studio.window.train.cell_work import CellFound, Thumbnails
from studio.window.translate import tr

_Index = QModelIndex | QPersistentModelIndex

SIDE = 80  # of a thumbnail, in pixels of the design
MOST = 400  # pictures in the grid


class CellModel(QAbstractListModel):
    """The pictures of a cell in the order of their loss, at most `MOST` of them."""

    def __init__(self) -> None:
        super().__init__()
        self.found: CellFound | None = None
        self._small: dict[int, NDArray[np.uint8]] = {}
        self._drawn: dict[tuple[int, float], QPixmap] = {}

    def show_cell(self, found: CellFound | None) -> None:
        """Show the pictures of another cell."""
        self.beginResetModel()
        self.found, self._small, self._drawn = found, {}, {}
        self.endResetModel()

    def take(self, thumbnails: Thumbnails) -> None:
        """Take copies of the pictures to be painted."""
        for place, picture in enumerate(thumbnails.pictures, start=thumbnails.first):
            self._small[place] = picture
        last = thumbnails.first + len(thumbnails.pictures) - 1
        self.dataChanged.emit(self.index(thumbnails.first), self.index(last))

    def pixmap(self, place: int, ratio: float) -> QPixmap | None:
        """What is painted of a picture; None where its copy isn't there yet."""
        if place not in self._small:
            return None
        if (place, ratio) not in self._drawn:
            side = theme.px(SIDE)
            self._drawn[place, ratio] = thumbnail(self._small[place], side, side, ratio)
        return self._drawn[place, ratio]

    def words(self, place: int) -> tuple[str, str]:
        """What a picture is and was taken for; and its loss."""
        assert self.found is not None
        asked = self.found.asked
        true, answered = asked.classes[asked.true], asked.classes[asked.answered]
        loss = float(self.found.losses[place])
        shown = number(float(f"{loss:.3g}")) if np.isfinite(loss) else str(loss)
        return f"{true} → {answered}", tr("loss {value}").format(value=shown)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        if parent.isValid() or self.found is None:
            return 0
        return min(len(self.found.numbers), MOST)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if self.found is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return ", ".join(self.words(index.row()))
        if role == Qt.ItemDataRole.ToolTipRole:
            asked, place = self.found.asked, int(self.found.numbers[index.row()])
            names = self.found.part.names
            words = tr("{true}, answered {answered}\nPicture {place} of the part").format(
                true=asked.classes[asked.true],
                answered=asked.classes[asked.answered],
                place=f"{place:,}",
            )
            return f"{words}\n{names[place]}" if place < len(names) and names[place] else words
        return None


class _Delegate(QStyledItemDelegate):
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        model = index.model()
        assert isinstance(model, CellModel)
        painter.save()
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if chosen:
            painter.fillRect(option.rect, theme.colour("selection"))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(option.rect, theme.colour("hover"))
        side, edge = theme.px(SIDE), theme.px(6)
        left = option.rect.left() + (option.rect.width() - side) // 2
        place = QRect(left, option.rect.top() + edge, side, side)
        found = model.pixmap(index.row(), painter.device().devicePixelRatioF())
        if found is not None:
            painter.drawPixmap(place, found)
        else:
            painter.fillRect(place, theme.colour("track", 0.5))
        painter.setFont(theme.font(11))
        metrics = QFontMetrics(painter.font())
        top = place.bottom() + theme.px(3)
        for role, line in zip(("text", "text2"), model.words(index.row()), strict=True):
            room = QRect(option.rect.left() + 2, top, option.rect.width() - 4, metrics.height())
            painter.setPen(theme.colour("text" if chosen else role))
            shown = metrics.elidedText(line, Qt.TextElideMode.ElideRight, room.width())
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, shown)
            top += metrics.height()
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        lines = 2 * QFontMetrics(theme.font(11)).height()
        return QSize(theme.px(SIDE + 24), theme.px(SIDE + 14) + lines)


class CellGrid(QListView):
    """The pictures in rows; Enter or a double click activates one."""

    def __init__(self, model: CellModel) -> None:
        super().__init__()
        self.setModel(model)
        self.setItemDelegate(_Delegate(self))
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setSpacing(theme.px(2))
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setAccessibleName(tr("Pictures of the cell"))
        FocusRing(self)
