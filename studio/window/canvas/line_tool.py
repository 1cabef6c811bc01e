"""A line that a person draws over a picture, to see the values along it."""

from typing import Literal

from PySide6.QtCore import QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from studio.window.chrome import theme

Line = tuple[int, int, int, int]  # column and row of the first pixel, and of the last

_LIGHT, _DARK = QColor(theme.DARK.text), QColor(19, 20, 22, 200)
_STEPS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class LineTool:
    """Where the line is, and how the mouse and the keys change it."""

    def __init__(self) -> None:
        self.line: Line | None = None
        self._start: QPoint | None = None

    @property
    def is_drawing(self) -> bool:
        return self._start is not None

    def begin(self, pixel: QPoint) -> None:
        """The mouse was pressed on a pixel."""
        self._start = pixel

    def drag(self, pixel: QPoint, straight: bool) -> bool:
        """The mouse is over a pixel; whether the line is another one now.

        Parameters
        ----------
        straight : bool
            Keep the line along a row, a column or a diagonal.
        """
        assert self._start is not None
        end = _straight(self._start, pixel) if straight else pixel
        line = (self._start.x(), self._start.y(), end.x(), end.y())
        changed = line != self.line and (self.line is not None or end != self._start)
        self.line = line if changed else self.line
        return changed

    def end(self) -> None:
        self._start = None

    def press(self, key: Qt.Key, moves_start: bool, size: QSize) -> bool:
        """Move an end by a pixel; without a line, put one across the picture's middle row."""
        if key not in _STEPS or size.isEmpty():
            return False
        if self.line is None:
            middle = (size.height() - 1) // 2
            self.line = (0, middle, size.width() - 1, middle)
            return True
        ends = list(self.line)
        across, down = _STEPS[key]
        place = 0 if moves_start else 2
        ends[place] = min(max(ends[place] + across, 0), size.width() - 1)
        ends[place + 1] = min(max(ends[place + 1] + down, 0), size.height() - 1)
        self.line = (ends[0], ends[1], ends[2], ends[3])
        return True


def _straight(start: QPoint, end: QPoint) -> QPoint:
    across, down = end.x() - start.x(), end.y() - start.y()
    if abs(across) > 2 * abs(down):
        return QPoint(end.x(), start.y())
    if abs(down) > 2 * abs(across):
        return QPoint(start.x(), end.y())
    length = min(abs(across), abs(down))
    return start + QPoint(length if across > 0 else -length, length if down > 0 else -length)


def paint_line(
    painter: QPainter, start: QPointF, end: QPointF, mark: QPointF | None = None
) -> None:
    """A light line with a dark outline; a ring at its start, a disc at its end.

    Parameters
    ----------
    mark : QPointF, optional
        A place on the line to point at.
    """
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    radius = theme.px(3.5)
    for colour, width in ((_DARK, 4.0), (_LIGHT, 1.5)):
        painter.setPen(QPen(colour, width))
        painter.drawLine(start, end)
    painter.setPen(QPen(_DARK, 1))
    painter.setBrush(_LIGHT)
    painter.drawEllipse(start, radius + 1, radius + 1)
    painter.drawEllipse(end, radius + 1, radius + 1)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_DARK)
    painter.drawEllipse(start, radius - 1, radius - 1)
    if mark is not None:
        painter.setPen(QPen(_DARK, 1))
        painter.setBrush(QColor(theme.DARK.accent))
        painter.drawEllipse(mark, radius + 1, radius + 1)
    painter.restore()


Tool = Literal["look", "line"]
