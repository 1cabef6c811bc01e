"""A kernel with too many weights for cells, as a picture in signed colours."""

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QGuiApplication,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QToolTip, QWidget

from studio.filters.kernel import kernel_text
from studio.filters.presets import Weights
from studio.image.colour_map import apply_map
from studio.image.write import number
from studio.window.chrome import theme
from studio.window.translate import tr

_SIDE = 151


class KernelPicture(QWidget):
    """Mid grey is zero; the weight under the pointer is told. Copy and paste take whole kernels.

    Signals: `pasted` with the text of the clipboard.
    """

    pasted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.is_locked = False
        self._kernel: Weights = ((0.0,),)
        self._image = QImage()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFixedHeight(theme.px(_SIDE))

    def set_kernel(self, kernel: Weights) -> None:
        self._kernel = kernel
        weights = np.array(kernel, np.float32)
        largest = float(np.abs(weights).max()) or 1.0
        rgb = np.ascontiguousarray(apply_map(weights, "signed", -largest, largest))
        rows, columns = weights.shape
        image = QImage(rgb.data, columns, rows, 3 * columns, QImage.Format.Format_RGB888)
        self._image = image.copy()  # Qt only borrows the array
        self.setAccessibleDescription(
            tr("{rows} × {columns} weights, the largest {largest}").format(
                rows=rows, columns=columns, largest=number(float(weights.max()))
            )
        )
        self.update()

    def box(self) -> QRectF:
        """Where the weights are painted, as squares."""
        rows, columns = len(self._kernel), len(self._kernel[0])
        room = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        side = min(room.width() / columns, room.height() / rows)
        return QRectF(room.left(), room.top(), side * columns, side * rows)

    def words_at(self, place: QPointF) -> str:
        """The weight under the pointer, in words; counted from 0, as anchors are."""
        box = self.box()
        if not box.contains(place):
            return ""
        rows, columns = len(self._kernel), len(self._kernel[0])
        row = min(int((place.y() - box.top()) / box.height() * rows), rows - 1)
        column = min(int((place.x() - box.left()) / box.width() * columns), columns - 1)
        return tr("Row {row}, column {column}: {weight}").format(
            row=row, column=column, weight=number(self._kernel[row][column])
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        box = self.box()
        painter.drawImage(box, self._image)
        edge, width = ("error", 1) if self.property("refused") else ("box", 1)
        if self.hasFocus():
            edge, width = "accent", 2
        painter.setPen(QPen(theme.colour(edge), width))
        painter.drawRect(box)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        clipboard = QGuiApplication.clipboard()
        if event.matches(QKeySequence.StandardKey.Copy):
            clipboard.setText(kernel_text(self._kernel))
        elif event.matches(QKeySequence.StandardKey.Paste) and not self.is_locked:
            self.pasted.emit(clipboard.text())
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.words_at(QPointF(event.pos())), self)
            return True
        return super().event(event)
