"""A kernel on its way over a picture: its window before, and what is not computed yet after."""

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen

from studio.filters.cutting import Box
from studio.window.canvas import overlays
from studio.window.canvas.split import SplitView
from studio.window.canvas.view import PictureView
from studio.window.chrome import theme

_VEIL = QColor(19, 20, 22, 225)
_SHADE = QColor(19, 20, 22, 120)
_LINE = QColor(255, 255, 255, 120)
_DARK = QColor(19, 20, 22, 150)
_CELLS_FROM = 8  # width of a cell on the screen, from which on cells are drawn


class _State(NamedTuple):
    window: Box
    size: QSizeF
    block: Box
    rest: tuple[Box, ...]


class WalkOverlay:
    """Paints the place of a kernel; its methods `paint_…` are for `PictureView.set_overlay`."""

    def __init__(self) -> None:
        self._state: _State | None = None
        self._cell: tuple[int, int] | None = None

    def show(
        self, window: Box, size: tuple[int, int], block: Box, rest: Sequence[Box] = ()
    ) -> None:
        """Say where the kernel is; the views have to be painted anew after that.

        Parameters
        ----------
        window : Box
            What the kernel covers of the picture before; it may reach beyond it.
        size : (int, int)
            Height and width of the picture before.
        block, rest : Box and sequence of Box
            The pixels of the result that were just computed, and those that are not yet.
        """
        height, width = size
        self._state = _State(window, QSizeF(width, height), block, tuple(rest))

    def clear(self) -> None:
        """Paint nothing any more."""
        self._state = self._cell = None

    def set_cell(self, row: int | None = None, column: int | None = None) -> None:
        """Mark a cell of the window, counted from its upper left one; or none."""
        self._cell = None if row is None or column is None else (row, column)

    def paint_before(self, painter: QPainter, view: PictureView) -> None:
        """For a view of the picture before."""
        state = self._state
        if state is None:
            return
        # In a view that shows both, pictures of different sizes have their middles in one place.
        shown = view.picture_size
        shift = QPointF(shown.width() - state.size.width(), shown.height() - state.size.height())
        frame = _on_screen(view, state.window, shift / 2)
        picture = _placed(view, QRectF(QPointF(0, 0), state.size), shift / 2)
        painter.save()
        self._paint_beyond(painter, frame, picture)
        self._paint_cells(painter, frame, state.window)
        overlays.paint_field(painter, _at_least(frame, theme.px(5)))
        if self._cell is not None:
            top, left = state.window.top + self._cell[0], state.window.left + self._cell[1]
            cell = Box(top, top + 1, left, left + 1)
            overlays.paint_unit(painter, _on_screen(view, cell, shift / 2))
        painter.restore()

    def paint_after(self, painter: QPainter, view: PictureView) -> None:
        """For a view of the result."""
        if self._state is None:
            return
        for part in self._state.rest:
            painter.fillRect(_on_screen(view, part), _VEIL)
        overlays.paint_unit(painter, _on_screen(view, self._state.block))

    def paint_split(self, painter: QPainter, view: PictureView) -> None:
        """For a view of both, with a line between them, or of one of them alone.

        The window is also shown where the picture before is not, so that it never disappears.
        """
        if not isinstance(view, SplitView) or view.only == "after":
            self.paint_after(painter, view)
        elif view.only == "before":
            self.paint_before(painter, view)
        else:
            seen = view.visible_picture()
            line = round(seen.left() + view.share * seen.width())
            painter.save()
            painter.setClipRect(QRectF(line, 0, view.width() - line, view.height()))
            self.paint_after(painter, view)
            painter.restore()
            self.paint_before(painter, view)

    def _paint_beyond(self, painter: QPainter, frame: QRectF, picture: QRectF) -> None:
        """Hatch the part of the window that lies outside the picture."""
        inside = frame & picture
        parts = [frame]
        if not inside.isEmpty():
            parts = [
                QRectF(frame.topLeft(), QPointF(frame.right(), inside.top())),
                QRectF(QPointF(frame.left(), inside.bottom()), frame.bottomRight()),
                QRectF(QPointF(frame.left(), inside.top()), inside.bottomLeft()),
                QRectF(inside.topRight(), QPointF(frame.right(), inside.bottom())),
            ]
        for part in parts:
            if part.width() > 0 and part.height() > 0:
                painter.fillRect(part, _SHADE)
                painter.fillRect(part, QBrush(_LINE, Qt.BrushStyle.BDiagPattern))

    def _paint_cells(self, painter: QPainter, frame: QRectF, window: Box) -> None:
        width, height = frame.width() / window.width, frame.height() / window.height
        if min(width, height) < _CELLS_FROM:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        across = [frame.left() + width * place for place in range(1, window.width)]
        down = [frame.top() + height * place for place in range(1, window.height)]
        for colour, shift in ((_DARK, 1), (_LINE, 0)):
            painter.setPen(QPen(colour, 1))
            for x in across:
                painter.drawLine(
                    QPointF(x + shift, frame.top()), QPointF(x + shift, frame.bottom())
                )
            for y in down:
                painter.drawLine(
                    QPointF(frame.left(), y + shift), QPointF(frame.right(), y + shift)
                )


def _on_screen(view: PictureView, box: Box, shift: QPointF | None = None) -> QRectF:
    place = QRectF(box.left, box.top, box.width, box.height)
    return _placed(view, place, shift or QPointF())


def _placed(view: PictureView, box: QRectF, shift: QPointF) -> QRectF:
    first = view.place_of(box.left() + shift.x(), box.top() + shift.y())
    last = view.place_of(box.right() + shift.x(), box.bottom() + shift.y())
    return QRectF(first, last)


def _at_least(box: QRectF, side: float) -> QRectF:
    wide, high = max(0.0, side - box.width()) / 2, max(0.0, side - box.height()) / 2
    return box.adjusted(-wide, -high, wide, high)
