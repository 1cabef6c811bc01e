"""How long the gradient is in each layer: where it vanishes, and where it explodes."""

import math
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from studio.window.canvas.focus_ring import FocusRing
from studio.window.chrome import theme
from studio.window.filter.learning_curve import short_number
from studio.window.translate import tr

_Index = QModelIndex | QPersistentModelIndex

_HIGH = 24


class LengthModel(QAbstractListModel):
    """The layers in their order; their gradients' lengths, once they are known."""

    def __init__(self) -> None:
        super().__init__()
        self.titles: tuple[str, ...] = ()
        self.lengths: tuple[float, ...] = ()

    def show_layers(self, titles: Sequence[str]) -> None:
        self.beginResetModel()
        self.titles, self.lengths = tuple(titles), ()
        self.endResetModel()

    def show_lengths(self, lengths: Sequence[float]) -> None:
        """Show lengths in the layers' order; none for not yet."""
        self.lengths = tuple(lengths)
        if self.titles:
            self.dataChanged.emit(self.index(0), self.index(len(self.titles) - 1))

    def share(self, row: int) -> float:
        """Of the longest."""
        longest = max((one for one in self.lengths if math.isfinite(one)), default=0.0)
        length = self.lengths[row] if self.lengths else 0.0
        return min(length / longest, 1.0) if longest and math.isfinite(length) else 0.0

    def text(self, row: int) -> str:
        if not self.lengths:
            return "–"
        length = self.lengths[row]
        return short_number(float(f"{length:.3g}")) if math.isfinite(length) else tr("not finite")

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.titles)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            words = tr("{layer}: length of the gradient {length}")
            return words.format(layer=self.titles[index.row()], length=self.text(index.row()))
        return None


class _Delegate(QStyledItemDelegate):
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        model = index.model()
        assert isinstance(model, LengthModel)
        painter.save()
        rect, row = option.rect, index.row()
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if chosen:
            painter.fillRect(rect, theme.colour("selection"))
        painter.setFont(theme.font(12))
        metrics = QFontMetrics(painter.font())
        edge = theme.px(6)
        name = QRect(rect.left() + edge, rect.top(), theme.px(96), rect.height())
        figures = metrics.horizontalAdvance("0.0 × 10⁻⁰⁰")
        bar = QRect(name.right() + edge, rect.center().y() - theme.px(3), 0, theme.px(6))
        bar.setRight(rect.right() - figures - 2 * edge)
        painter.setPen(theme.colour("text" if chosen else "text2"))
        middle = Qt.AlignmentFlag.AlignVCenter
        title = metrics.elidedText(model.titles[row], Qt.TextElideMode.ElideRight, name.width())
        painter.drawText(name, middle, title)
        painter.fillRect(bar, theme.colour("track", 0.6))
        bar.setWidth(math.ceil(bar.width() * model.share(row)))
        painter.fillRect(bar, theme.colour("warm"))
        room = QRect(rect.right() - figures - edge, rect.top(), figures, rect.height())
        painter.setPen(theme.colour("text"))
        painter.drawText(room, middle | Qt.AlignmentFlag.AlignRight, model.text(row))
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(theme.px(200), theme.px(_HIGH))


class LengthList(QListView):
    """A bar for each layer; the current one is the layer that is looked at."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = LengthModel()
        self.setModel(self.layers)
        self.setItemDelegate(_Delegate(self))
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(tr("Length of the gradient in each layer"))
        FocusRing(self)
