"""What was taken for what, as a matrix of cells."""

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFontMetrics,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QSizePolicy

from studio.window.canvas.focus_ring import FocusRing
from studio.window.chrome import theme
from studio.window.train.confusion_shades import (
    Counts,
    Words,
    cell_colours,
    strengths,
    tile_mask,
    tiles,
)
from studio.window.translate import tr

_LARGEST_CELL = 32
_SMALLEST = 120  # side of the matrix
_READABLE_CELL = 12  # below that, class names are left out and cells are plain squares
_ZOOM = 1.25
_ARROWS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}


class ConfusionMatrix(QAbstractScrollArea):
    """Classes x classes, rows true, columns answered; right answers cold, wrong ones warm.

    The opacity of a cell grows with the square root of its share of the row, so that rare mistakes
    still show. Where the classes are many, Ctrl and the wheel, or plus and minus, make the cells
    larger, and 0 makes them fit again.

    Signals: `pointed` with words about the cell under the pointer or the keyboard's cell, such as
    ``dog as cat: 28``, empty where there is none; `chosen(row, column)` for a click or Enter.
    """

    pointed = Signal(str)
    chosen = Signal(int, int)

    def __init__(self) -> None:
        super().__init__()
        self._classes: tuple[str, ...] = ()
        self._counts: Counts | None = None
        self._cell: tuple[int, int] | None = None
        self._words = ""
        self._names = 0  # width of the class names
        self._left = 0  # of it, where they are shown
        self._side = 1.0  # of a cell
        self._is_readable = True
        self._zoom = 1.0
        self._strengths: NDArray[np.float64] = np.zeros((0, 0))
        self._colours: NDArray[np.float64] | None = None  # of all cells
        self._painted: tuple[tuple[object, ...], Words, QImage] | None = None  # what is in sight
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.viewport().setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Confusion matrix, rows true, columns answered"))
        FocusRing(self)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        theme.theme().changed.connect(self._restyle)

    def show_counts(self, classes: tuple[str, ...], counts: Counts | None) -> None:
        """Show the pictures of each class (row) by their answer (column); None: not yet."""
        if classes != self._classes:
            self._cell, self._zoom = None, 1.0
        self._classes, self._counts = classes, counts
        self._strengths = strengths(counts)
        self._names = self._label_width(classes)
        self._colours, self._painted = None, None
        self._lay_out()
        self.updateGeometry()
        self._say()

    @property
    def words(self) -> str:
        """About the cell that is pointed at."""
        return self._words

    @property
    def zoom(self) -> float:
        """How much larger the cells are than those of a matrix that is seen whole."""
        return self._zoom

    def set_zoom(self, zoom: float, place: QPoint | None = None) -> None:
        """Make the cells larger or smaller; what is at `place` stays there."""
        place = place or self.viewport().rect().center()
        before = self._side
        bars = self.horizontalScrollBar(), self.verticalScrollBar()
        inside = place - QPoint(self._left, 0)
        at = [
            (bar.value() + length) / before
            for bar, length in zip(bars, (inside.x(), inside.y()), strict=True)
        ]
        most = max(1.0, theme.px(_LARGEST_CELL) / self._fitting_side(self._names))
        self._zoom = min(max(zoom, 1.0), most)
        self._lay_out()
        for bar, length, cell in zip(bars, (inside.x(), inside.y()), at, strict=True):
            bar.setValue(round(cell * self._side - length))

    # Where things are

    def sizeHint(self) -> QSize:
        """As wide as its height lets the cells be."""
        largest = len(self._classes) * theme.px(_LARGEST_CELL)
        side = max(min(self.height(), largest), theme.px(_SMALLEST))
        return QSize(self._names + side, theme.px(200))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(_SMALLEST), theme.px(_SMALLEST))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()
        if event.size().height() != event.oldSize().height():
            self.updateGeometry()

    def cell_rect(self, row: int, column: int) -> QRect:
        """Where a cell is in the viewport, with the gap at its right and below."""
        side = self._side
        left, top = round(column * side), round(row * side)
        size = QSize(round((column + 1) * side) - left, round((row + 1) * side) - top)
        corner = QPoint(
            self._left + left - self.horizontalScrollBar().value(),
            top - self.verticalScrollBar().value(),
        )
        return QRect(corner, size)

    def _label_width(self, classes: tuple[str, ...]) -> int:
        metrics = QFontMetrics(theme.font(11))
        widest = max((metrics.horizontalAdvance(name) for name in classes), default=0)
        return min(widest, theme.px(84)) + theme.px(8)

    def _fitting_side(self, left: int) -> float:
        """Of a cell, where the matrix is seen whole beside names of that width."""
        count = max(len(self._classes), 1)
        size = self.maximumViewportSize()
        room = min(size.width() - left, size.height())
        return max(1.0, min(room / count, theme.px(_LARGEST_CELL)))

    def _lay_out(self) -> None:
        named = int(self._fitting_side(self._names) * self._zoom)
        self._is_readable = named >= theme.px(_READABLE_CELL)
        self._left = self._names if self._is_readable else 0
        self._side = named if self._is_readable else self._fitting_side(0) * self._zoom
        length = round(self._side * len(self._classes))
        rooms = self.viewport().width() - self._left, self.viewport().height()
        for bar, room in zip(
            (self.horizontalScrollBar(), self.verticalScrollBar()), rooms, strict=True
        ):
            bar.setPageStep(max(1, room))
            bar.setSingleStep(max(1, int(self._side)))
            bar.setRange(0, max(0, length - room))
        self.viewport().update()

    def _restyle(self) -> None:
        self._colours, self._painted = None, None
        self.viewport().update()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._is_readable:
            self._paint_names(painter)
        room = self.viewport().rect()
        painter.setClipRect(room.adjusted(self._left, 0, 0, 0))
        rows, columns = self._seen(room)
        if rows and columns:
            self._paint_cells(painter, rows, columns)
        if self._cell is not None:
            radius = min(theme.px(3), self._side / 6)
            role = "accent" if self.hasFocus() else "text"
            painter.setPen(QPen(theme.colour(role), 2 if self.hasFocus() else 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            frame = QRectF(self.cell_rect(*self._cell))
            grown = max(0.0, (theme.px(6) - self._side) / 2)  # so that a tiny cell is found
            painter.drawRoundedRect(frame.adjusted(-grown, -grown, grown, grown), radius, radius)

    def _seen(self, room: QRect) -> tuple[range, range]:
        """The rows and columns that are in sight."""
        side, count = self._side, len(self._classes)
        first = self.verticalScrollBar().value(), self.horizontalScrollBar().value()
        lengths = room.height(), room.width() - self._left
        rows, columns = (
            range(int(start // side), min(count, math.ceil((start + length) / side)))
            for start, length in zip(first, lengths, strict=True)
        )
        return rows, columns

    def _paint_cells(self, painter: QPainter, rows: range, columns: range) -> None:
        """The cells in sight; very small ones as a pixel each."""
        ratio, side = self.devicePixelRatioF(), self._side
        key = rows, columns, side, ratio, self._is_readable
        if self._painted is None or self._painted[0] != key:
            count = len(self._classes)
            if self._colours is None:
                self._colours = cell_colours(self._strengths, count)
            mask = np.ones((1, 1))
            if self._is_readable:
                radius = min(theme.px(3), side / 6) * ratio
                mask = tile_mask(round(side * ratio), max(1, round(ratio)), radius)
            seen = self._colours[rows.start : rows.stop, columns.start : columns.stop]
            pixels = tiles(seen, mask)
            height, width = pixels.shape
            image = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_ARGB32)
            self._painted = key, pixels, image  # QImage does not own the pixels
        first = self.cell_rect(rows.start, columns.start)
        last = self.cell_rect(rows.stop - 1, columns.stop - 1)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.drawImage(first.united(last), self._painted[2])

    def _paint_names(self, painter: QPainter) -> None:
        font = theme.font(11)
        painter.setFont(font)
        painter.setPen(theme.colour("text2"))
        metrics = QFontMetrics(font)
        width = self._left - theme.px(8)
        rows, _ = self._seen(self.viewport().rect())
        for row in rows:
            cell = self.cell_rect(row, 0)
            place = QRect(0, cell.top(), width, cell.height())
            shown = metrics.elidedText(self._classes[row], Qt.TextElideMode.ElideRight, width)
            painter.drawText(
                place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, shown
            )

    # Pointing

    def cell_at(self, place: QPoint) -> tuple[int, int] | None:
        """Row and column at a place of the viewport."""
        side, count = self._side, len(self._classes)
        row = int((place.y() + self.verticalScrollBar().value()) // side)
        column = int((place.x() - self._left + self.horizontalScrollBar().value()) // side)
        is_inside = 0 <= row < count and 0 <= column < count and place.x() >= self._left
        return (row, column) if is_inside else None

    def _point(self, cell: tuple[int, int] | None) -> None:
        if cell != self._cell:
            self._cell = cell
            self.viewport().update()
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

    def _choose(self, cell: tuple[int, int] | None) -> None:
        if cell is not None and self._counts is not None and self._counts[cell]:
            self.chosen.emit(*cell)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        cell = self.cell_at(event.position().toPoint())
        self._point(cell)
        is_full = cell is not None and self._counts is not None and bool(self._counts[cell])
        shape = Qt.CursorShape.PointingHandCursor if is_full else Qt.CursorShape.ArrowCursor
        self.viewport().setCursor(shape)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._choose(self.cell_at(event.position().toPoint()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._point(None)
        return super().viewportEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        turns = event.angleDelta().y() / 120
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier and turns:
            self.set_zoom(self._zoom * _ZOOM**turns, event.position().toPoint())
        else:
            super().wheelEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        step = _ARROWS.get(key)
        if step is not None and self._classes:
            self._walk(step)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(self._cell)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Minus):
            self.set_zoom(self._zoom * (_ZOOM if key == Qt.Key.Key_Plus else 1 / _ZOOM))
        elif key == Qt.Key.Key_0:
            self.set_zoom(1.0)
        elif key == Qt.Key.Key_Escape and self._cell is not None:
            self._point(None)
        else:
            super().keyPressEvent(event)

    def _walk(self, step: tuple[int, int]) -> None:
        last = len(self._classes) - 1
        row, column = self._cell or (-step[0] if step[0] > 0 else 0, -step[1] if step[1] > 0 else 0)
        cell = min(max(row + step[0], 0), last), min(max(column + step[1], 0), last)
        box, room = self.cell_rect(*cell), self.viewport().rect().adjusted(self._left, 0, 0, 0)
        sides = (
            (self.horizontalScrollBar(), box.left() - room.left(), box.right() - room.right()),
            (self.verticalScrollBar(), box.top() - room.top(), box.bottom() - room.bottom()),
        )
        for bar, before, behind in sides:
            bar.setValue(bar.value() + min(before, 0) + max(behind, 0))
        self._point(cell)
