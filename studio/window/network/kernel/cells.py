"""Weights, inputs or products of one kernel as numbers; as a picture where they are many."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from studio.image.write import number
from studio.insight.kernels import signed
from studio.window.canvas.cells import paint_cells
from studio.window.canvas.levels import image_of
from studio.window.chrome import theme
from studio.window.translate import tr

_MOST = 9  # cells along a side that still hold a number
_TALLEST = 240
_CELL = 34

Numbers = NDArray[np.float64]


class KernelCells(QWidget):
    """A grid of numbers tinted by sign and size; those that a border invented are hatched."""

    def __init__(self) -> None:
        super().__init__()
        self._values: Numbers = np.zeros((1, 1))
        self._invented: NDArray[np.bool_] | None = None
        self._winner: tuple[int, int] | None = None
        self._pixels: NDArray[np.uint8] = np.zeros((1, 1, 3), np.uint8)
        self.setAccessibleName(tr("Numbers of the kernel"))

    @property
    def values(self) -> Numbers:
        return self._values

    @property
    def invented(self) -> NDArray[np.bool_] | None:
        return self._invented

    @property
    def winner(self) -> tuple[int, int] | None:
        return self._winner

    def show_values(
        self,
        values: Numbers,
        invented: NDArray[np.bool_] | None = None,
        winner: tuple[int, int] | None = None,
    ) -> None:
        """Show values, height x width.

        Parameters
        ----------
        invented : bool array, height x width, optional
            Which of them the border invented.
        winner : tuple of int, optional
            The cell that is framed.
        """
        self._values, self._invented, self._winner = values, invented, winner
        self._pixels = np.ascontiguousarray(signed(values).pixels)
        self._fit_height()
        rows, columns = values.shape
        self.setAccessibleDescription(
            tr("{rows} × {columns} numbers, from {low} to {high}").format(
                rows=rows,
                columns=columns,
                low=number(float(values.min())),
                high=number(float(values.max())),
            )
        )
        self.update()

    @property
    def has_numbers(self) -> bool:
        """Whether the cells are large enough for numbers."""
        return bool(max(self._values.shape) <= _MOST)

    def box(self) -> QRectF:
        """Where the cells are."""
        rows, columns = self._values.shape
        if self.has_numbers:
            width = min(self.width(), columns * theme.px(2 * _CELL))
            return QRectF(0, 0, width, self.height())
        side = min(self.width() / columns, self.height() / rows)
        return QRectF(0, 0, side * columns, side * rows)

    def words_at(self, place: QPointF) -> str:
        """The number under the pointer, in words."""
        box = self.box()
        if not box.contains(place):
            return ""
        rows, columns = self._values.shape
        row = min(int((place.y() - box.top()) / box.height() * rows), rows - 1)
        column = min(int((place.x() - box.left()) / box.width() * columns), columns - 1)
        words = tr("Row {row}, column {column}: {value}").format(
            row=row, column=column, value=number(float(self._values[row, column]))
        )
        if self._invented is not None and self._invented[row, column]:
            return f"{words} ({tr('padding')})"
        return words

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        box = self.box()
        if self.has_numbers:
            hatched = self._invented
            paint_cells(painter, box, self._values, signed=True, hatched=hatched)
        else:
            painter.drawImage(box, image_of(self._pixels))
        if self._winner is not None:
            rows, columns = self._values.shape
            down, across = box.height() / rows, box.width() / columns
            row, column = self._winner
            frame = QRectF(column * across, row * down, across, down).adjusted(1, 1, -2, -2)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.colour("accent"), 2))
            painter.drawRoundedRect(frame, theme.px(3), theme.px(3))

    def _fit_height(self) -> None:
        rows, columns = self._values.shape
        if self.has_numbers:
            self.setFixedHeight(rows * theme.px(_CELL if rows <= 5 else 28))
        else:
            side = min(theme.px(_TALLEST), self.width()) / max(rows, columns)
            self.setFixedHeight(max(theme.px(8), round(rows * side)))

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.words_at(QPointF(event.pos())), self)
            return True
        if event.type() == QEvent.Type.Resize:
            self._fit_height()
        return super().event(event)
