"""The learned kernel beside the one it is compared with, cell by cell."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from studio.image.write import number
from studio.window.canvas.cells import GAP, paint_cells, paint_sign, tint
from studio.window.chrome import theme
from studio.window.forms.kernel_grid import as_weights
from studio.window.forms.kernel_grid import resized as fitted
from studio.window.translate import tr

Numbers = NDArray[np.float64]

_TITLE = 22
_BETWEEN = 28
_CELL_WIDTH, _CELL_HEIGHT = 44, 34
_WIDEST = 252  # of one grid; the cells of larger kernels share it
_ROOMY = 40  # cells narrower than that show three figures instead of four
_READABLE = 30  # and those narrower than that their colour only
_NARROWEST = 96
_HIGHEST = 150  # of one grid


class LearnedKernels(QWidget):
    """Two grids side by side; the right one may be missing.

    Signals: `resized` when the kernels want another room.
    """

    resized = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.learned: Numbers = np.zeros((3, 3))
        self.other: Numbers | None = None
        self._title = ""
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)

    def show_learned(self, kernel: Numbers) -> None:
        """Show what has been learned, rounded as it would be used; height x width."""
        changed = kernel.shape != self.learned.shape
        self.learned = kernel
        self._tell(changed)

    def show_other(self, kernel: Numbers | None, title: str) -> None:
        """Show what the learned kernel is compared with, or nothing."""
        changed = self.other is None or kernel is None or kernel.shape != self.other.shape
        self.other, self._title = kernel, title
        self._tell(changed)

    def sizeHint(self) -> QSize:
        widths = [
            _grid_width(kernel) for kernel in (self.learned, self.other) if kernel is not None
        ]
        between = theme.px(_BETWEEN) * (len(widths) - 1)
        return QSize(sum(widths) + between, theme.px(_TITLE) + self._grid_height())

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(2 * _NARROWEST + _BETWEEN), theme.px(_TITLE + 40))

    def grids(self) -> list[tuple[QRectF, Numbers, str]]:
        """Where each grid is painted, its numbers and its title."""
        parts = [(self.learned, tr("Learned"))]
        if self.other is not None:
            parts.append((self.other, self._title))
        between = theme.px(_BETWEEN)
        room = (self.width() - between * (len(parts) - 1)) / len(parts)
        left, top, made = 0.0, float(theme.px(_TITLE)), []
        for kernel, title in parts:
            rows, columns = kernel.shape
            width = min(room, _grid_width(kernel))
            height = min(self.height() - top, rows * theme.px(_CELL_HEIGHT))
            if width / columns < theme.px(_READABLE):  # without numbers cells are square
                side = min(width / columns, height / rows)
                width, height = side * columns, side * rows
            made.append((QRectF(left, top, width, height), kernel, title))
            left += max(width, theme.px(_NARROWEST)) + between
        return made

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        grids = self.grids()
        for box, kernel, title in grids:
            painter.setFont(theme.font(12))
            painter.setPen(theme.colour("text2"))
            room = QRectF(box.left(), 0, max(box.width(), theme.px(_NARROWEST)), theme.px(18))
            place = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            shown = painter.fontMetrics().elidedText(
                title, Qt.TextElideMode.ElideRight, int(room.width()) + theme.px(_BETWEEN - 8)
            )
            painter.drawText(room.adjusted(0, 0, theme.px(_BETWEEN - 8), 0), place, shown)
            if box.width() / kernel.shape[1] >= theme.px(_READABLE):
                roomy = box.width() / kernel.shape[1] >= theme.px(_ROOMY)
                paint_cells(painter, box, rounded_kernel(kernel, 4 if roomy else 3), signed=True)
            else:
                _paint_tints(painter, box, kernel)
        if len(grids) == 2:
            first, second = grids[0][0], grids[1][0]
            between = (first.left() + max(first.width(), theme.px(_NARROWEST)) + second.left()) / 2
            paint_sign(painter, QPointF(between, first.center().y()), "→")

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.words_at(QPointF(event.pos())), self)
            return True
        return super().event(event)

    def words_at(self, place: QPointF) -> str:
        """The weight under the pointer, in words."""
        for box, kernel, title in self.grids():
            if box.contains(place):
                rows, columns = kernel.shape
                row = min(int((place.y() - box.top()) / box.height() * rows), rows - 1)
                column = min(int((place.x() - box.left()) / box.width() * columns), columns - 1)
                words = tr("{title}, row {row}, column {column}: {weight}")
                weight = number(float(kernel[row, column]))
                return words.format(title=title, row=row + 1, column=column + 1, weight=weight)
        return ""

    def _grid_height(self) -> int:
        rows: int = max(
            kernel.shape[0] for kernel in (self.learned, self.other) if kernel is not None
        )
        return min(rows * theme.px(_CELL_HEIGHT), theme.px(_HIGHEST))

    def _tell(self, size_changed: bool) -> None:
        if size_changed:
            self.updateGeometry()
            self.resized.emit()
        said = [f"{title}: {_rows_in_words(kernel)}" for _, kernel, title in self.grids()]
        self.setAccessibleName(". ".join(said))
        self.update()


def rounded_kernel(kernel: Numbers, figures: int = 4) -> Numbers:
    """Weights without what a descent leaves behind: the largest keeps so many figures."""
    largest = float(np.abs(kernel).max(initial=0.0))
    if largest == 0:
        return kernel + 0.0
    return np.round(kernel, figures - 1 - int(np.floor(np.log10(largest)))) + 0.0


def largest_difference(learned: Numbers, true: Numbers) -> float:
    """Between weights at the same distance from the centre; a missing weight counts as 0."""
    height, width = np.maximum(learned.shape, true.shape)
    both = [np.array(fitted(as_weights(one), int(height), int(width))) for one in (learned, true)]
    return float(np.abs(both[0] - both[1]).max())


def _grid_width(kernel: Numbers) -> int:
    columns: int = kernel.shape[1]
    whole = columns * theme.px(_CELL_WIDTH)
    return max(min(whole, theme.px(_WIDEST)), theme.px(_NARROWEST) if columns > 1 else whole)


def _rows_in_words(kernel: Numbers) -> str:
    return "; ".join(" ".join(number(float(weight)) for weight in row) for row in kernel)


def _paint_tints(painter: QPainter, box: QRectF, kernel: Numbers) -> None:
    """Cells too small for numbers, by their colour alone."""
    rows, columns = kernel.shape
    width, height = box.width() / columns, box.height() / rows
    gap = min(theme.px(GAP), 1)
    largest = float(np.abs(kernel).max(initial=0.0))
    for y in range(rows):
        for x in range(columns):
            cell = QRectF(box.left() + x * width, box.top() + y * height, width - gap, height - gap)
            painter.fillRect(cell, theme.colour("control"))
            colour = tint(float(kernel[y, x]), largest)
            if colour is not None:
                colour.setAlphaF(min(1.0, colour.alphaF() * 2))
                painter.fillRect(cell, colour)
