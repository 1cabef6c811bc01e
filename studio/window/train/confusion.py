"""What was taken for what: the confusion matrix after an epoch."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from studio.data import DATASETS
from studio.window.canvas.focus_ring import FocusRing
from studio.window.chrome import theme
from studio.window.chrome.controls import LinkButton, label
from studio.window.train.runs import Run
from studio.window.translate import tr

Counts = NDArray[np.int64]

_FAINTEST = 0.14  # opacity of a cell with one picture among very many
_LARGEST_CELL = 32
_SMALLEST = 120  # side of the matrix
_READABLE_CELL = 12  # below that, class names are left out
_ARROWS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}


class ConfusionMatrix(QWidget):
    """Classes x classes, rows true, columns answered; right answers cold, wrong ones warm.

    The opacity of a cell grows with the square root of its share of the row, so that rare mistakes
    still show.

    Signals: `pointed` with words about the cell under the pointer or the keyboard's cell, such as
    ``dog as cat: 28``, empty where there is none.
    """

    pointed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._classes: tuple[str, ...] = ()
        self._counts: Counts | None = None
        self._cell: tuple[int, int] | None = None
        self._words = ""
        self._left = 0  # width of the class names
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Confusion matrix, rows true, columns answered"))
        FocusRing(self)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        theme.theme().changed.connect(self.update)

    def show_counts(self, classes: tuple[str, ...], counts: Counts | None) -> None:
        """Show the test pictures of each class (row) by their answer (column); None: not yet."""
        if len(classes) != len(self._classes):
            self._cell = None
        self._classes, self._counts = classes, counts
        self._left = self._label_width(classes)
        self.updateGeometry()
        self.update()
        self._say()

    @property
    def words(self) -> str:
        """About the cell that is pointed at."""
        return self._words

    def sizeHint(self) -> QSize:
        """As wide as its height lets the cells be."""
        largest = len(self._classes) * theme.px(_LARGEST_CELL)
        side = max(min(self.height(), largest), theme.px(_SMALLEST))
        return QSize(self._left + side, theme.px(200))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(_SMALLEST), theme.px(_SMALLEST))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().height() != event.oldSize().height():
            self.updateGeometry()

    def cell_rect(self, row: int, column: int) -> QRect:
        """Where a cell is, with the gap at its right and below."""
        side = self._side()
        return QRect(self._left + column * side, row * side, side, side)

    def _label_width(self, classes: tuple[str, ...]) -> int:
        metrics = QFontMetrics(theme.font(11))
        widest = max((metrics.horizontalAdvance(name) for name in classes), default=0)
        return min(widest, theme.px(84)) + theme.px(8)

    def _side(self) -> int:
        count = max(len(self._classes), 1)
        room = min(self.width() - self._left, self.height())
        return max(1, min(room // count, theme.px(_LARGEST_CELL)))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = self._side()
        if side >= theme.px(_READABLE_CELL):
            self._paint_names(painter)
        gap = 1 if side > 4 else 0
        radius = min(theme.px(3), side / 6)
        strengths = self._strengths()
        colours = {True: theme.colour("cold"), False: theme.colour("warm")}
        ground = QPainterPath()
        painter.setPen(Qt.PenStyle.NoPen)
        for row in range(len(self._classes)):
            for column in range(len(self._classes)):
                cell = QRectF(self.cell_rect(row, column)).adjusted(0, 0, -gap, -gap)
                ground.addRoundedRect(cell, radius, radius)
        painter.fillPath(ground, theme.colour("track", 0.5))
        for row, column in np.argwhere(strengths > 0).tolist():
            cell = QRectF(self.cell_rect(row, column)).adjusted(0, 0, -gap, -gap)
            colour = QColor(colours[row == column])
            colour.setAlphaF(float(strengths[row, column]))
            painter.setBrush(colour)
            painter.drawRoundedRect(cell, radius, radius)
        if self._cell is not None:
            role = "accent" if self.hasFocus() else "text"
            painter.setPen(QPen(theme.colour(role), 2 if self.hasFocus() else 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.cell_rect(*self._cell)), radius, radius)

    def _paint_names(self, painter: QPainter) -> None:
        font = theme.font(11)
        painter.setFont(font)
        painter.setPen(theme.colour("text2"))
        metrics = QFontMetrics(font)
        width = self._left - theme.px(8)
        for row, name in enumerate(self._classes):
            cell = self.cell_rect(row, 0)
            place = QRect(0, cell.top(), width, cell.height())
            shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, width)
            painter.drawText(
                place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, shown
            )

    def _strengths(self) -> NDArray[np.float64]:
        """Opacity of each cell, 0 where nothing was counted."""
        if self._counts is None:
            return np.zeros((0, 0))
        shares = self._counts / np.maximum(self._counts.sum(axis=1, keepdims=True), 1)
        return np.where(self._counts > 0, _FAINTEST + (1 - _FAINTEST) * np.sqrt(shares), 0.0)

    # Pointing

    def _cell_at(self, place: QPoint) -> tuple[int, int] | None:
        side, count = self._side(), len(self._classes)
        row = place.y() // side
        column = (place.x() - self._left) // side
        return (row, column) if 0 <= row < count and 0 <= column < count else None

    def _point(self, cell: tuple[int, int] | None) -> None:
        if cell != self._cell:
            self._cell = cell
            self.update()
            self._say()

    def _say(self) -> None:
        words = ""
        if self._cell is not None and self._counts is not None:
            row, column = self._cell
            true, answered = self._classes[row], self._classes[column]
            count = f"{int(self._counts[row, column]):,}"
            if row == column:
                words = tr("{name} right: {count}").format(name=true, count=count)
            else:
                words = tr("{true} as {answered}: {count}").format(
                    true=true, answered=answered, count=count
                )
        if words != self._words:
            self._words = words
            self.setAccessibleDescription(words)
            self.pointed.emit(words)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point(self._cell_at(event.position().toPoint()))

    def leaveEvent(self, event: QEvent) -> None:
        self._point(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _ARROWS.get(Qt.Key(event.key()))
        if step is None or not self._classes:
            if event.key() == Qt.Key.Key_Escape and self._cell is not None:
                self._point(None)
            else:
                super().keyPressEvent(event)
            return
        last = len(self._classes) - 1
        row, column = self._cell or (-step[0] if step[0] > 0 else 0, -step[1] if step[1] > 0 else 0)
        self._point((min(max(row + step[0], 0), last), min(max(column + step[1], 0), last)))


class ConfusionPanel(QWidget):
    """The confusion matrix of a run after one of its epochs, with what the pointer is on.

    Signals: `live_wanted` when a person wants the last epoch again.
    """

    live_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.matrix = ConfusionMatrix()
        self.matrix.pointed.connect(self._say)
        self.words = label(role="label", elide=True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.live = LinkButton("Live", "Back to the last epoch")
        self.live.clicked.connect(self.live_wanted)
        self._epoch_words = ""
        head, foot = QHBoxLayout(), QHBoxLayout()
        head.addWidget(label("Confusion", "title"))
        head.addWidget(self.words, 1)
        foot.addWidget(label("rows true, columns answered", "caption"), 1)
        foot.addWidget(self.live)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, theme.px(8), theme.px(16), theme.px(8))
        column.setSpacing(theme.px(4))
        column.addLayout(head)
        column.addWidget(self.matrix, 1)
        column.addLayout(foot)

    def show_run(self, run: Run, epoch: int | None = None) -> None:
        """Show a run's matrix after an epoch, counted from 1; None is the last one."""
        epochs = run.history.epochs
        place = min(epoch or len(epochs), len(epochs)) - 1
        words = tr("epoch {number}").format(number=place + 1)
        self._epoch_words = words if epochs else tr("after the first epoch")
        counts = epochs[place].confusion if epochs else None
        self.matrix.show_counts(DATASETS[run.settings.data].classes, counts)
        self.live.setVisible(bool(epochs) and place < len(epochs) - 1)
        self._say(self.matrix.words)

    @Slot(str)
    def _say(self, words: str) -> None:
        self.words.setText(words or self._epoch_words)
