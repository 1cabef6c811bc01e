"""Weights, gradients or changes of one kernel as a grid of signed cells."""

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from studio.image.colour_map import NOT_FINITE
from studio.image.write import number
from studio.insight.kernels import signed
from studio.window.canvas.cells import paint_cells
from studio.window.canvas.levels import image_of
from studio.window.chrome import theme
from studio.window.filter.learning_curve import RAISED, short_number
from studio.window.translate import tr

_SIDE = 168  # the tallest, in pixels of the design
_LEAST = 31  # of a cell that holds a number
_ROOMY = 38  # of one that holds another digit
_LARGEST = 44

Numbers = NDArray[np.float64]


class SignedGrid(QWidget):
    """Numbers in cells where they fit, else colours; zero is mid grey, both sides go as far."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.values: Numbers | None = None
        self._power = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(theme.px(_SIDE))
        self.setAccessibleName(name)

    def show_values(self, values: Numbers | None) -> None:
        """Show values, height x width; None for nothing yet.

        NaN stands where there is no cell, infinity for what is no finite number.
        """
        self.values = values
        self._power = 0 if values is None else power_of(values)
        self.setAccessibleDescription(self.reach_words)
        self.update()

    @property
    def reach_words(self) -> str:
        """How far the values go from zero, and the power of ten that the cells are in."""
        if self.values is None:
            return ""
        if np.isinf(self.values).any():
            return tr("not finite")
        reach = float(np.nanmax(np.abs(self.values)))
        if not self._power:
            return f"± {number(float(f'{reach:.3g}'))}"
        return f"± {reach / 10.0**self._power:.2f} × 10{str(self._power).translate(RAISED)}"

    @property
    def cells(self) -> Numbers:
        """What stands in the cells: in a power of ten, with as many decimals as they hold."""
        assert self.values is not None
        side = float(self.box().width()) / self.values.shape[1]
        decimals = 2 if side >= theme.px(_ROOMY) else 1
        scaled = self.values / 10.0**self._power
        if np.nanmax(np.abs(scaled)) < 1:
            decimals += 1  # the zero before the point is left out
        return np.asarray(np.round(scaled, decimals))

    @property
    def pixels(self) -> NDArray[np.uint8]:
        """The cells as pixels, height x width x 3."""
        assert self.values is not None
        made: NDArray[np.uint8] = signed(np.where(np.isfinite(self.values), self.values, 0)).pixels
        made[np.isinf(self.values)] = NOT_FINITE
        nothing = theme.colour("window")
        made[np.isnan(self.values)] = nothing.red(), nothing.green(), nothing.blue()
        return np.ascontiguousarray(made)

    def box(self) -> QRectF:
        """Where the cells are."""
        assert self.values is not None
        rows, columns = self.values.shape
        most = theme.px(_LARGEST)
        side = min(self.width() / columns, self.height() / rows, most)
        return QRectF(0, 0, side * columns, side * rows)

    @property
    def has_numbers(self) -> bool:
        """Whether the cells are large enough for numbers."""
        if self.values is None or np.isinf(self.values).any():
            return False
        side = float(self.box().width()) / self.values.shape[1]
        return bool(side >= theme.px(_LEAST))

    def words_at(self, place: QPointF) -> str:
        """The number under the pointer, in words; counted from 0."""
        if self.values is None or not self.box().contains(place):
            return ""
        box, (rows, columns) = self.box(), self.values.shape
        row = min(int((place.y() - box.top()) / box.height() * rows), rows - 1)
        column = min(int((place.x() - box.left()) / box.width() * columns), columns - 1)
        value = float(self.values[row, column])
        if math.isnan(value):
            return ""
        return tr("Row {row}, column {column}: {value}").format(
            row=row, column=column, value=signed_words(value)
        )

    def sizeHint(self) -> QSize:
        return QSize(theme.px(_SIDE), theme.px(_SIDE))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(60), theme.px(_SIDE))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self.values is None:
            painter.fillRect(self.rect().adjusted(0, 0, -1, -1), theme.colour("track", 0.3))
        elif self.has_numbers:
            paint_cells(painter, self.box(), self.cells, signed=True)
        else:
            pixels = self.pixels
            painter.drawImage(self.box(), image_of(pixels))

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.words_at(QPointF(event.pos())), self)
            return True
        return super().event(event)


def power_of(values: Numbers) -> int:
    """The power of ten that the largest value has; 0 where the plain numbers are short enough."""
    known = np.abs(values[np.isfinite(values)])
    largest = float(known.max(initial=0.0))
    if not largest or 0.1 <= largest < 10:
        return 0
    return math.floor(math.log10(largest))


def signed_words(value: float) -> str:
    """A value with a power of ten where there would be many noughts."""
    if not math.isfinite(value):
        return tr("not finite")
    value = float(f"{value:.4g}")
    return f"−{short_number(-value)}" if value < 0 else short_number(value)


def strip(values: Numbers) -> Numbers:
    """Values in a row, in a grid that is about square; NaN where there is none left."""
    columns = math.ceil(math.sqrt(len(values)))
    rows = math.ceil(len(values) / columns)
    grid = np.full(rows * columns, np.nan)
    grid[: len(values)] = values
    return grid.reshape(rows, columns)
