"""The values of a vector: named bars for a few, small squares for many."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetrics,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame

from studio.image.write import number
from studio.window.canvas import overlays
from studio.window.canvas.map_cells import coloured_maps
from studio.window.chrome import theme
from studio.window.translate import tr

_FEW = 32  # at most so many are bars when they have no names
_ROW = 27
_SMALLEST, _LARGEST = 6, 24  # side of a square
_EDGE = 2  # above and beside the squares, for the ring of the current one


class ValueView(QAbstractScrollArea):
    """Values of which one is the current one; the arrow keys move it.

    A value keeps its number in whatever order the values are shown.

    Signals: `hovered` and `chosen` with a value's number, `hover_left`.
    """

    hovered = Signal(int)
    hover_left = Signal()
    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._values = np.zeros(0, np.float32)
        self._names: tuple[str, ...] = ()
        self._texts: list[str] = []
        self._widths = (0, 0)  # of the widest name and of the widest value
        self._order = self._places = np.zeros(0, np.intp)  # of values; where each one stands
        self._current = 0
        self._hovered = -1
        self._ring = False
        self._columns, self._side = 1, _LARGEST
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Values"))
        self.viewport().setMouseTracking(True)

    def set_values(self, values: NDArray[np.float32], names: Sequence[str] = ()) -> None:
        """Show other values, one-dimensional; with one name each, or none."""
        self._values = values
        self._names = tuple(names) if len(names) == len(values) else ()
        if len(self._order) != len(values):
            self._order = self._places = np.arange(len(values))
        self._current = min(self._current, max(0, len(values) - 1))
        self._hovered = -1
        if self.has_bars:
            metrics = QFontMetrics(theme.font(12, 600))
            self._texts = _aligned(values)
            names = [self._name(index) for index in range(len(values))]
            widest = [
                max(map(metrics.horizontalAdvance, words), default=0)
                for words in (names, self._texts)
            ]
            self._widths = widest[0], widest[1]
        self._lay_out()

    def set_order(self, order: NDArray[np.intp]) -> None:
        """Show the values in another order: their numbers from the first to the last."""
        self._order, self._places = order, np.argsort(order)
        self._hovered = -1
        self.viewport().update()

    @property
    def count(self) -> int:
        return len(self._values)

    @property
    def current(self) -> int:
        return self._current

    @property
    def has_bars(self) -> bool:
        return bool(self._names) or len(self._values) <= _FEW

    def set_current(self, index: int) -> None:
        """Mark a value, without a signal, and bring it into sight if it is another one."""
        if 0 <= index < len(self._values):
            changed, self._current = index != self._current, index
            if changed:
                self.bring_into_sight()
            self.setAccessibleDescription(
                f"{self._name(index)}, {number(float(self._values[index]))}"
            )
        self.viewport().update()

    def bring_into_sight(self) -> None:
        """Scroll to the current value."""
        if not len(self._values):
            return
        box, bar = self.box_of(self._current), self.verticalScrollBar()
        if box.top() < 0:
            bar.setValue(bar.value() + box.top())
        elif box.bottom() > self.viewport().height():
            bar.setValue(bar.value() + box.bottom() - self.viewport().height())

    def box_of(self, index: int) -> QRect:
        """Where a value is, in the viewport."""
        top = -self.verticalScrollBar().value()
        row, column = divmod(int(self._places[index]), self._columns)
        if self.has_bars:
            return QRect(0, top + row * self._side, self.viewport().width(), self._side)
        side = self._side
        return QRect(_EDGE + column * side, _EDGE + top + row * side, side, side)

    def index_at(self, place: QPointF) -> int:
        """The number of the value at a place of the viewport, or −1."""
        edge = 0 if self.has_bars else _EDGE
        row = int((place.y() - edge + self.verticalScrollBar().value()) // self._side)
        column = 0 if self.has_bars else int((place.x() - edge) // self._side)
        nth = row * self._columns + column
        inside = 0 <= column < self._columns and 0 <= nth < len(self._values)
        return int(self._order[nth]) if inside else -1

    def _name(self, index: int) -> str:
        return self._names[index] if self._names else tr("Unit {number}").format(number=index)

    def _lay_out(self) -> None:
        """Rows of a fixed height, or the largest squares that are all in sight."""
        edges = 0 if self.has_bars else 2 * _EDGE
        room, count = self.viewport().size() - QSize(edges, edges), len(self._values)
        self._columns, self._side = 1, theme.px(_ROW)
        if not self.has_bars:
            for side in range(theme.px(_LARGEST), theme.px(_SMALLEST) - 1, -1):
                self._columns, self._side = max(1, room.width() // side), side
                if -(-count // self._columns) * side <= room.height():
                    break
        rows = -(-count // self._columns)
        bar = self.verticalScrollBar()
        bar.setPageStep(room.height())
        bar.setSingleStep(self._side)
        bar.setRange(0, max(0, rows * self._side - room.height()))
        self.viewport().update()

    def resizeEvent(self, event: object) -> None:
        self._lay_out()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), theme.colour("window"))
        if not len(self._values):
            return
        if self.has_bars:
            self._paint_bars(painter, event.rect())
        else:
            self._paint_squares(painter)
        if self._ring:
            overlays.paint_focus(painter, QRectF(self.viewport().rect()))

    def _paint_bars(self, painter: QPainter, seen: QRect) -> None:
        pad, gap = theme.px(10), theme.px(12)
        metrics, width = QFontMetrics(theme.font(12, 600)), self.viewport().width()
        left, right = min(self._widths[0], width // 3), self._widths[1]
        room = QRectF(pad + left + gap, 0, width - left - right - 2 * pad - 2 * gap, 0)
        finite = self._values[np.isfinite(self._values)]
        low, high = float(finite.min(initial=0)), float(finite.max(initial=0))
        per_unit = room.width() / ((high - low) or 1)
        zero = room.left() - low * per_unit
        top = self.verticalScrollBar().value()
        first, last = ((top + y) // self._side for y in (seen.top(), seen.bottom()))
        for index in map(int, self._order[max(0, first) : last + 1]):
            value, box = float(self._values[index]), self.box_of(index)
            chosen = index == self._current
            if chosen:
                painter.fillRect(box, theme.colour("selection"))
                painter.fillRect(box.left(), box.top(), 3, box.height(), theme.colour("accent"))
            painter.setFont(theme.font(12, 600 if chosen else 400))
            painter.setPen(theme.colour("text"))
            middle = Qt.AlignmentFlag.AlignVCenter
            name = metrics.elidedText(self._name(index), Qt.TextElideMode.ElideRight, left)
            painter.drawText(box.adjusted(pad, 0, 0, 0), middle | Qt.AlignmentFlag.AlignLeft, name)
            painter.drawText(
                box.adjusted(0, 0, -pad, 0),
                middle | Qt.AlignmentFlag.AlignRight,
                self._texts[index],
            )
            if not np.isfinite(value):
                continue
            length = value * per_unit
            high_bar = theme.px(9)
            bar = QRectF(zero, box.center().y() - high_bar / 2 + 0.5, length, high_bar)
            painter.fillRect(bar.normalized(), theme.colour("warm" if value > 0 else "cold"))
        painter.fillRect(
            QRectF(zero, 0, 1, len(self._values) * self._side - top), theme.colour("edge")
        )

    def _paint_squares(self, painter: QPainter) -> None:
        count, side = len(self._values), self._side
        rows = -(-count // self._columns)
        padded = np.zeros(rows * self._columns, np.float32)
        padded[:count] = self._values[self._order]
        low, high, name = scale_of(self._values)
        ends = np.array([[low], [high]], np.float32)
        cells = coloured_maps(padded.reshape(1, rows, self._columns), name, *ends)[0]
        ground = theme.colour("window")
        cells.reshape(-1)[count:] = ground.rgba()
        corner = QPoint(_EDGE, _EDGE - self.verticalScrollBar().value())
        whole = QRect(corner, QSize(self._columns * side, rows * side))
        across = 4 * self._columns
        format_ = QImage.Format.Format_RGB32
        painter.drawImage(whole, QImage(cells.data, self._columns, rows, across, format_))
        painter.setPen(QPen(ground, 1))
        for column in range(1, self._columns + 1):
            x = whole.left() + column * side - 1
            painter.drawLine(x, whole.top(), x, whole.bottom())
        for row in range(1, rows + 1):
            y = whole.top() + row * side - 1
            painter.drawLine(whole.left(), y, whole.right(), y)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.colour("accent"), 2))
        painter.drawRect(QRectF(self.box_of(self._current)).adjusted(-1, -1, 0, 0))

    # The person's hands

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self.index_at(event.position()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.index_at(event.position())
        if index >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self._choose(index)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._hover(-1)
        return super().viewportEvent(event)

    def _hover(self, index: int) -> None:
        if index != self._hovered:
            self._hovered = index
            if index < 0:
                self.hover_left.emit()
            else:
                self.hovered.emit(index)

    def _choose(self, index: int) -> None:
        self.set_current(index)
        self.chosen.emit(index)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._ring = event.reason() in (
            Qt.FocusReason.TabFocusReason,
            Qt.FocusReason.BacktabFocusReason,
        )
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._ring = False
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        page = self._columns * max(1, self.viewport().height() // self._side)
        last = len(self._values) - 1
        place = int(self._places[self._current]) if last >= 0 else 0
        places = {
            Qt.Key.Key_Left: place - 1,
            Qt.Key.Key_Right: place + 1,
            Qt.Key.Key_Up: place - self._columns,
            Qt.Key.Key_Down: place + self._columns,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
            Qt.Key.Key_PageUp: max(0, place - page),
            Qt.Key.Key_PageDown: min(last, place + page),
        }
        key = Qt.Key(event.key())
        if key in places and 0 <= places[key] <= last:
            self._choose(int(self._order[places[key]]))
        elif key not in places:
            super().keyPressEvent(event)


def _aligned(values: NDArray[np.float32]) -> list[str]:
    """Values with as many decimals each, about four figures of the largest."""
    largest = float(np.abs(values[np.isfinite(values)]).max(initial=0.0))
    decimals = min(max(3 - int(np.floor(np.log10(largest))), 0), 6) if largest else 0
    return [_text(value, decimals) for value in values.tolist()]


def _text(value: float, decimals: int) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    return f"{value:.{decimals}f}".replace("-", "−")


def scale_of(values: NDArray[np.float32]) -> tuple[float, float, str]:
    """Lowest and highest value of the colours, and their name: signed where any is negative."""
    finite = values[np.isfinite(values)]
    high = float(np.abs(finite).max(initial=0.0)) or 1.0
    return (-high, high, "signed") if finite.min(initial=0.0) < 0 else (0.0, high, "inferno")
