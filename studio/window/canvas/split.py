"""Before and after in one place, with a line between them."""

from typing import Literal

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QWidget

from studio.filters.cutting import Box
from studio.image.picture import Pixels
from studio.window.canvas.measuring import MeasuringView
from studio.window.canvas.mosaic import Paintable
from studio.window.canvas.pixel_numbers import PixelNumbers
from studio.window.chrome import theme
from studio.window.translate import tr

_WHITE = QColor("#FFFFFF")
_HANDLE = 28
_GRASP = 5  # pixels beside the line that still are the line


class Handle(QWidget):
    """The round handle of the dividing line; the arrows move it, Home and End take it to an edge.

    Signals: `moved` with the wanted place, in the parent's pixels, and `stepped` with a change of
    the share of the picture that stands left of the line.
    """

    moved = Signal(float)
    stepped = Signal(float)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        side = theme.px(_HANDLE) + 4
        self.setFixedSize(side, side)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.SplitHCursor)
        self.setAccessibleName(tr("Line between before and after"))
        self.setToolTip(tr("Drag, or press the left and right arrows"))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        disc = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        painter.setPen(QPen(theme.colour("accent"), 2) if self.hasFocus() else _dark(1, 90))
        painter.setBrush(_WHITE)
        painter.drawEllipse(disc)
        painter.setPen(_dark(1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        middle, arm = disc.center(), theme.px(4)
        for side in (-1, 1):
            tip = QPointF(middle.x() + side * (arm + 2), middle.y())
            back = tip.x() - side * arm
            painter.drawPolyline([QPointF(back, tip.y() - arm), tip, QPointF(back, tip.y() + arm)])

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()  # or the picture below would be dragged

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.moved.emit(self.mapToParent(event.position()).x())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Left: -0.02,
            Qt.Key.Key_Right: 0.02,
            Qt.Key.Key_Home: -1.0,
            Qt.Key.Key_End: 1.0,
        }
        key = Qt.Key(event.key())
        if key in steps:
            self.stepped.emit(steps[key])
        else:
            super().keyPressEvent(event)


def _dark(width: float, alpha: int = 255) -> QPen:
    pen = QPen(QColor(19, 20, 22, alpha), width)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return pen


class SplitView(MeasuringView):
    """After, and left of a line before; or one of the two alone, for blinking."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._before: Paintable | None = None
        self._names = tr("Before"), tr("After")
        self._numbers_before: PixelNumbers | None = None
        self._share = 0.5
        self._only: Literal["", "before", "after"] = ""
        self._drags_line = False
        self.handle = Handle(self)
        self.handle.moved.connect(self._move_line)
        self.handle.stepped.connect(lambda step: self.set_share(self._share + step))
        self.view_changed.connect(self._place_handle)

    def set_before(self, levels: Paintable | None) -> None:
        self._before = levels
        self._place_handle()
        self.update()

    def set_numbers_before(self, box: Box | None = None, values: Pixels | None = None) -> None:
        """Write values into the pixels of the picture before, as `set_numbers` does after."""
        self._numbers_before = None if box is None or values is None else PixelNumbers(box, values)
        self.update()

    def set_names(self, before: str, after: str) -> None:
        """What the two are called."""
        self._names = before, after
        self.update()

    @property
    def picture_size(self) -> QSize:
        sizes = [levels.size for levels in (self._levels, self._before) if levels]
        return sizes[0] if sizes else QSize()

    @property
    def share(self) -> float:
        """How much of the visible picture is left of the line, 0 to 1."""
        return self._share

    def set_share(self, share: float) -> None:
        self._share = min(max(share, 0.0), 1.0)
        self._place_handle()
        self.update()

    @property
    def only(self) -> Literal["", "before", "after"]:
        return self._only

    def set_only(self, which: Literal["", "before", "after"]) -> None:
        """Show one of the two alone, or both."""
        self._only = which
        self._place_handle()
        self.update()

    def reset(self) -> None:
        self.set_share(0.5)
        super().reset()

    def _line_place(self) -> float:
        seen = self.visible_picture()
        return round(seen.left() + self._share * seen.width())

    @Slot(float)
    def _move_line(self, x: float) -> None:
        seen = self.visible_picture()
        if seen.width() > 0:
            self.set_share((x - seen.left()) / seen.width())

    @Slot()
    def _place_handle(self) -> None:
        seen, half = self.visible_picture(), self.handle.width() / 2
        self.handle.setVisible(not self._only and self._levels is not None)
        self.handle.move(round(self._line_place() - half), round(seen.center().y() - half))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_handle()

    def paint_picture(self, painter: QPainter) -> None:
        before, after = self._names
        if self._only == "before":
            self.paint_levels(painter, self._before)
            self.paint_badge(painter, before, right=False)
            return
        self.paint_levels(painter, self._levels)
        if self._only == "after":
            self.paint_badge(painter, after, right=False)
            return
        line, seen = self._line_place(), self.visible_picture()
        left = QRectF(0, 0, line, self.height())
        painter.fillRect(left, theme.colour("well"))
        self.paint_levels(painter, self._before, left)
        painter.fillRect(QRectF(line - 1, seen.top(), 2, seen.height()), _WHITE)
        self._paint_clipped_badge(painter, before, left, right=False)
        rest = QRectF(line, 0, self.width() - line, self.height())
        self._paint_clipped_badge(painter, after, rest, right=True)

    def numbers_of(self, levels: Paintable) -> PixelNumbers | None:
        return self._numbers_before if levels is self._before else self._numbers

    def _paint_clipped_badge(self, painter: QPainter, text: str, clip: QRectF, right: bool) -> None:
        painter.save()
        painter.setClipRect(clip)
        self.paint_badge(painter, text, right)
        painter.restore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        on_line = abs(event.position().x() - self._line_place()) <= _GRASP
        self._drags_line = on_line and self.handle.isVisible()
        if not self._drags_line:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drags_line:
            self._move_line(event.position().x())
        else:
            super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._drags_line:
            self._drags_line = False
        else:
            super().mouseReleaseEvent(event)
