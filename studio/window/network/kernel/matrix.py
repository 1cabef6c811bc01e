"""The 1 × 1 kernels of a layer, or the weights of a dense one, as a matrix."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from studio.image.write import number
from studio.window.canvas.levels import Levels
from studio.window.chrome import theme
from studio.window.translate import tr

_TALLEST = 180


class WeightMatrix(QWidget):
    """A row for each output and a column for each input; a click chooses both, the arrows a row.

    Signals: `chosen(output, input)`; the input is −1 where the arrows chose.
    """

    chosen = Signal(int, int)

    def __init__(self) -> None:
        super().__init__()
        self._weights: NDArray[np.generic] = np.zeros((1, 1), np.float32)
        self._shown: Levels | None = None
        self._current = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFixedHeight(theme.px(_TALLEST))
        self.setAccessibleName(tr("Weights, a row for each output"))

    @property
    def current(self) -> int:
        return self._current

    def show_weights(self, weights: NDArray[np.generic], pixels: NDArray[np.uint8]) -> None:
        """Show weights, outputs x inputs, and their colours."""
        self._weights, self._shown = weights, Levels(pixels)
        self.set_current(min(self._current, len(weights) - 1))

    def set_current(self, output: int) -> None:
        """Mark a row, without a signal."""
        self._current = output
        self.update()

    def box(self) -> QRectF:
        """Where the matrix is: squares where there is room, else as much of it as there is."""
        rows, columns = self._weights.shape
        wide, high = float(self.width()), float(self.height())
        side = min(wide / columns, high / rows)
        if side * columns >= wide / 3 and side * rows >= high / 3:
            wide, high = side * columns, side * rows
        return QRectF(0, 0, wide, high)

    def place_at(self, place: QPointF) -> tuple[int, int] | None:
        """The output and the input under the pointer."""
        box = self.box()
        if not box.contains(place):
            return None
        rows, columns = self._weights.shape
        row = int(place.y() / box.height() * rows)
        column = int(place.x() / box.width() * columns)
        return min(row, rows - 1), min(column, columns - 1)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._shown is None:
            return
        painter = QPainter(self)
        box = self.box()
        self._shown.paint(painter, box, self.devicePixelRatioF())
        rows = len(self._weights)
        high = max(box.height() / rows, theme.px(3))
        top = (self._current + 0.5) * box.height() / rows - high / 2
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.colour("accent"), 2 if self.hasFocus() else 1))
        painter.drawRect(QRectF(box.left(), top, box.width() - 1, high))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self.place_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and place is not None:
            self.chosen.emit(*place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
        if step and 0 <= self._current + step < len(self._weights):
            self.chosen.emit(self._current + step, -1)
        elif not step:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            place = self.place_at(QPointF(event.pos()))
            words = ""
            if place is not None:
                words = tr("Output {output}, input {input}: {weight}").format(
                    output=place[0], input=place[1], weight=number(float(self._weights[place]))
                )
            QToolTip.showText(event.globalPos(), words, self)
            return True
        return super().event(event)
