"""The pictures of a batch: what each is, what it was taken for, and how surely."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from studio.insight.answers import percent
from studio.window.canvas.thumbnails import thumbnail
from studio.window.chrome import theme
from studio.window.train.by_hand.work import Answered
from studio.window.translate import tr

_Index = QModelIndex | QPersistentModelIndex

_SIDE, _HIGH = 40, 48  # of a thumbnail and a row, in pixels of the design
_BAR = 4


@dataclass(frozen=True, eq=False)
class Line:
    """One picture (uint8, RGB), its class and the answered one, with their probabilities."""

    picture: NDArray[np.uint8]
    true: str
    sure: float  # probability of the true class
    answered: str
    surest: float  # of the answered one
    is_right: bool


def lines_of(said: Answered, classes: tuple[str, ...]) -> list[Line]:
    """The first pictures of a batch."""
    found = []
    forward = said.forward
    for picture, label, answer in zip(
        said.pictures, forward.labels.tolist(), forward.answers, strict=False
    ):
        answered = int(answer.argmax())
        rgb = np.ascontiguousarray(np.broadcast_to(picture, (*picture.shape[:2], 3)))
        found.append(
            Line(
                rgb,
                classes[label],
                float(answer[label]),
                classes[answered],
                float(answer[answered]),
                answered == label,
            )
        )
    return found


class BatchModel(QAbstractListModel):
    """The first pictures of a batch, as it was answered last."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[Line] = []
        self._drawn: dict[tuple[int, float], QPixmap] = {}

    def show_lines(self, lines: list[Line]) -> None:
        """Show another batch."""
        self.beginResetModel()
        self.lines, self._drawn = lines, {}
        self.endResetModel()

    def pixmap(self, place: int, ratio: float) -> QPixmap:
        if (place, ratio) not in self._drawn:
            side = theme.px(_SIDE)
            self._drawn[place, ratio] = thumbnail(self.lines[place].picture, side, side, ratio)
        return self._drawn[place, ratio]

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.lines)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        line = self.lines[index.row()]
        words = tr("{true}, with a probability of {sure}: right")
        if not line.is_right:
            words = tr("{true}, with a probability of {sure}; answered {answered}, {surest}")
        return words.format(
            true=line.true,
            sure=percent(line.sure),
            answered=line.answered,
            surest=percent(line.surest),
        )


class _Delegate(QStyledItemDelegate):
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        model = index.model()
        assert isinstance(model, BatchModel)
        line, side, edge = model.lines[index.row()], theme.px(_SIDE), theme.px(4)
        painter.save()
        rect = option.rect
        place = QRect(rect.left(), rect.top() + (rect.height() - side) // 2, side, side)
        painter.drawPixmap(place, model.pixmap(index.row(), painter.device().devicePixelRatioF()))
        left = place.right() + theme.px(10)
        room = QRect(left, rect.top() + edge, rect.right() - left - edge, rect.height() - 2 * edge)
        half = room.height() // 2
        top = QRect(room.left(), room.top(), room.width(), half)
        _paint_answer(painter, top, line.true, line.sure, "cold", "text")
        below = top.translated(0, half)
        if line.is_right:
            painter.setPen(theme.colour("text3"))
            painter.drawText(below, Qt.AlignmentFlag.AlignVCenter, tr("right"))
        else:
            words = tr("answered {answered}").format(answered=line.answered)
            _paint_answer(painter, below, words, line.surest, "warm", "text2")
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(theme.px(160), theme.px(_HIGH))


def _paint_answer(
    painter: QPainter, room: QRect, words: str, share: float, bar: str, text: str
) -> None:
    """A class, its probability, and that as a bar beneath."""
    painter.setFont(theme.font(12))
    metrics = QFontMetrics(painter.font())
    shown = percent(share) if np.isfinite(share) else "–"
    wide = metrics.horizontalAdvance(percent(0.9999)) + theme.px(6)
    line = QRect(room.left(), room.top(), room.width(), room.height() - theme.px(_BAR) - 1)
    painter.setPen(theme.colour(text))
    painter.drawText(
        line.adjusted(0, 0, -wide, 0),
        Qt.AlignmentFlag.AlignVCenter,
        metrics.elidedText(words, Qt.TextElideMode.ElideRight, line.width() - wide),
    )
    painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, shown)
    high = theme.px(3)
    groove = QRect(room.left(), line.bottom() + 1, room.width(), high)
    painter.fillRect(groove, theme.colour("track"))
    if np.isfinite(share):
        groove.setWidth(round(groove.width() * share))
        painter.fillRect(groove, theme.colour(bar))


class BatchList(QListView):
    """The pictures below each other."""

    def __init__(self) -> None:
        super().__init__()
        self.batch = BatchModel()
        self.setModel(self.batch)
        self.setItemDelegate(_Delegate(self))
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(tr("Pictures of the batch"))
