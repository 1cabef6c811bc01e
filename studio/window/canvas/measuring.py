"""A view of a picture with the numbers in its pixels, and a line to measure along."""

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QWidget

from studio.filters.cutting import Box
from studio.image.picture import Pixels
from studio.window.canvas.line_tool import Line, LineTool, Tool, paint_line
from studio.window.canvas.mosaic import Paintable
from studio.window.canvas.pixel_numbers import NARROWEST, PixelNumbers, paint_numbers
from studio.window.canvas.view import PictureView
from studio.window.chrome import theme

_BLOCK = 8  # numbers are asked for in blocks, so that not every step of a pan asks again


class MeasuringView(PictureView):
    """A picture, the values in its pixels when they are large enough, and a line.

    While the tool is "line", dragging draws a line, straight with Shift; Shift and the arrows move
    its end, Ctrl and the arrows its start, and make a line where there is none.

    Signals: `numbers_wanted(Box or None)` when other pixels are seen large enough to hold numbers,
    or none any more; `line_drawn(x0, y0, x1, y1)`, in pixels of the picture, with each change.
    """

    numbers_wanted = Signal(object)
    line_drawn = Signal(int, int, int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._numbers: PixelNumbers | None = None
        self._numbers_box: Box | None = None
        self._tool: Tool = "look"
        self._line = LineTool()
        self._line_mark: QPointF | None = None
        self.view_changed.connect(self._ask_numbers)

    # Numbers

    @property
    def numbers_box(self) -> Box | None:
        """The part of the picture whose values are wanted, if it is seen large enough."""
        return self.numbers_box_in(self.picture_size)

    def numbers_box_in(self, size: QSize) -> Box | None:
        """The same for a picture of another size at this place."""
        ratio = self.devicePixelRatioF()
        if size.isEmpty() or self.scale / ratio < theme.px(NARROWEST):
            return None
        seen = self.seen(size)
        return Box(
            seen.top() // _BLOCK * _BLOCK,
            min(-(-(seen.bottom() + 1) // _BLOCK) * _BLOCK, size.height()),
            seen.left() // _BLOCK * _BLOCK,
            min(-(-(seen.right() + 1) // _BLOCK) * _BLOCK, size.width()),
        )

    def set_numbers(self, box: Box | None = None, values: Pixels | None = None) -> None:
        """Write values, height x width x channels, into the pixels of a box; or none."""
        self._numbers = None if box is None or values is None else PixelNumbers(box, values)
        self.update()

    @Slot()
    def _ask_numbers(self) -> None:
        box = self.numbers_box if self.isVisible() else None
        if box != self._numbers_box:
            self._numbers_box = box
            self.numbers_wanted.emit(box)

    # The line

    @property
    def tool(self) -> Tool:
        """What dragging does: `look` around, or draw a `line`."""
        return self._tool

    @tool.setter
    def tool(self, tool: Tool) -> None:
        self._tool = tool
        self._show_hand()
        self.update()

    @property
    def line(self) -> Line | None:
        return self._line.line

    def set_line(self, line: Line | None, mark: tuple[float, float] | None = None) -> None:
        """Show a line, and a place on it, without saying `line_drawn`."""
        self._line.line = line
        self._line_mark = None if mark is None else QPointF(*mark)
        self.update()

    # Painting

    def paint_levels(
        self, painter: QPainter, levels: Paintable | None, clip: QRectF | None = None
    ) -> None:
        super().paint_levels(painter, levels, clip)
        if levels is not None:
            self._paint_numbers(painter, levels.size, self.numbers_of(levels), clip)

    def paint_marks(self, painter: QPainter) -> None:
        super().paint_marks(painter)
        if self._tool == "line" and self._line.line is not None:
            x0, y0, x1, y1 = self._line.line
            start, end = self.place_of(x0 + 0.5, y0 + 0.5), self.place_of(x1 + 0.5, y1 + 0.5)
            mark = self._line_mark
            at = None if mark is None else self.place_of(mark.x() + 0.5, mark.y() + 0.5)
            paint_line(painter, start, end, at)

    def numbers_of(self, levels: Paintable) -> PixelNumbers | None:
        """What is written into the pixels of one of the pictures that are shown."""
        return self._numbers

    def _paint_numbers(
        self, painter: QPainter, size: QSize, numbers: PixelNumbers | None, clip: QRectF | None
    ) -> None:
        ratio = self.devicePixelRatioF()
        if numbers is None or self.scale / ratio < theme.px(NARROWEST):
            return
        sight = self._sight._replace(picture=size)
        painter.save()
        painter.setClipRect(clip if clip is not None else QRectF(self.rect()))
        paint_numbers(painter, numbers, lambda x, y: sight.place_of(x, y) / ratio)
        painter.restore()

    # The person's hands

    def mousePressEvent(self, event: QMouseEvent) -> None:
        draws = self._tool == "line" and not self._space
        if (
            draws
            and event.button() == Qt.MouseButton.LeftButton
            and not self.picture_size.isEmpty()
        ):
            self._line.begin(self._nearest_pixel(event.position()))
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._line.is_drawing:
            straight = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            if self._line.drag(self._nearest_pixel(event.position()), straight):
                self._tell_line()
            self._point(self.pixel_at(event.position()))
        else:
            super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._line.is_drawing and event.button() == Qt.MouseButton.LeftButton:
            self._line.end()
        else:
            super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        end = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        start = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        moves = self._tool == "line" and (start or end)
        if moves and self._line.press(Qt.Key(event.key()), start, self.picture_size):
            self._tell_line()
        else:
            super().keyPressEvent(event)

    def _show_hand(self) -> None:
        if self._tool == "line" and not self._space:
            self.setCursor(Qt.CursorShape.CrossCursor)
        else:
            super()._show_hand()

    def _tell_line(self) -> None:
        self._line_mark = None
        self.update()
        if self._line.line is not None:
            self.line_drawn.emit(*self._line.line)

    def _nearest_pixel(self, place: QPointF) -> QPoint:
        """The picture pixel at a place of the widget, or the one nearest to it."""
        size, origin = self.picture_size, self.place_of(0, 0)
        side = self.scale / self.devicePixelRatioF()
        x, y = (place.x() - origin.x()) // side, (place.y() - origin.y()) // side
        return QPoint(min(max(int(x), 0), size.width() - 1), min(max(int(y), 0), size.height() - 1))
