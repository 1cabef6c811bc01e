"""A picture on the screen: zoom, pan, and what is painted on top."""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from studio.window.canvas import overlays
from studio.window.canvas.aim import Aim, Sight
from studio.window.canvas.levels import Levels
from studio.window.canvas.mosaic import Paintable
from studio.window.chrome import theme

_DRAG_FROM = 4  # device-independent pixels; less is a click
_KEY_STEP = 40
_KEY_ZOOM = 1.25
_PANS = {
    Qt.Key.Key_Left: (_KEY_STEP, 0),
    Qt.Key.Key_Right: (-_KEY_STEP, 0),
    Qt.Key.Key_Up: (0, _KEY_STEP),
    Qt.Key.Key_Down: (0, -_KEY_STEP),
}


class PictureView(QWidget):
    """Paints RGB pixels, device pixel for device pixel, and lets a person look around.

    Wheel and +/− zoom, dragging, the arrows and holding Space pan, Ctrl+0 fits, 1 shows the
    picture's own size, Ctrl+R resets. From 200 % on single pixels are seen. Places in the widget
    are in device-independent pixels.

    Signals: `cursor_moved(x, y)` with the picture pixel under the cursor whenever it is another
    one, `cursor_left`, `clicked(x, y)` for a click that was no drag, `view_changed` after every
    zoom or pan.
    """

    cursor_moved = Signal(int, int)
    cursor_left = Signal()
    clicked = Signal(int, int)
    view_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._levels: Paintable | None = None
        self._aim = Aim()
        self._peers: list[PictureView] = []
        self._badge = ""
        self._badge_right = False
        self._field: QRectF | None = None
        self._cross: QPoint | None = None
        self._overlay: Overlay | None = None
        self._pixel: QPoint | None = None
        self._pressed: QPointF | None = None
        self._last = QPointF()
        self._dragged = False
        self._space = False
        self._ring = False
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(64, 64)

    # What is shown

    def set_rgb(self, rgb: NDArray[np.uint8] | Paintable | None) -> None:
        """Show height x width x 3 pixels, or nothing; zoom and place are kept."""
        self._levels = Levels(rgb) if isinstance(rgb, np.ndarray) else rgb
        self._refit()
        self.update()

    @property
    def levels(self) -> Paintable | None:
        return self._levels

    @property
    def picture_size(self) -> QSize:
        return self._levels.size if self._levels else QSize()

    def set_badge(self, text: str, right: bool = False) -> None:
        """A word in the upper left, or upper right, corner of the picture."""
        self._badge, self._badge_right = text, right
        self.update()

    def set_field(self, field: tuple[float, float, float, float] | None) -> None:
        """Frame (top, left, bottom, right) in picture pixels; it may reach outside the picture."""
        if field is None:
            self._field = None
        else:
            top, left, bottom, right = field
            self._field = QRectF(left, top, right - left, bottom - top)
        self.update()

    def set_cross(self, x: int | None = None, y: int | None = None) -> None:
        """Mark a picture pixel, or none."""
        self._cross = None if x is None or y is None else QPoint(x, y)
        self.update()

    def set_overlay(self, overlay: "Overlay | None") -> None:
        """Let something more be painted over the picture, below cross and field; None ends it."""
        self._overlay = overlay
        self.update()

    # Where the view looks

    def link(self, other: "PictureView") -> None:
        """Zoom and pan together from now on."""
        self._peers.append(other)
        other._peers.append(self)
        other._take(self._aim)
        self._refit()

    @property
    def aim(self) -> Aim:
        return self._aim

    def set_aim(self, aim: Aim) -> None:
        """Look somewhere; the scale is kept in its limits and the picture in sight."""
        aim = self._sight.allowed(aim)
        if aim != self._aim:
            self._take(aim)
            for peer in self._peers:
                peer._take(aim)

    @property
    def scale(self) -> float:
        """Device pixels per picture pixel."""
        return self._aim.scale

    def fit(self) -> None:
        """The whole picture, as large as possible."""
        self.set_aim(Aim(fitted=True))

    def actual_size(self) -> None:
        """One device pixel for each picture pixel."""
        self.zoom_to(1.0)

    def reset(self) -> None:
        """As a picture is first seen."""
        self.fit()

    def zoom_to(self, scale: float, about: QPointF | None = None) -> None:
        """Change the scale; what stands at `about`, by default the middle, stays there."""
        place = about if about is not None else QPointF(self.width() / 2, self.height() / 2)
        self.set_aim(self._sight.zoomed(scale, place * self.devicePixelRatioF()))

    def zoom_by(self, factor: float, about: QPointF | None = None) -> None:
        self.zoom_to(self._aim.scale * factor, about)

    def pan(self, dx: float, dy: float) -> None:
        """Move the picture."""
        ratio = self.devicePixelRatioF()
        self.set_aim(self._sight.panned(dx * ratio, dy * ratio))

    def pixel_at(self, place: QPointF) -> QPoint | None:
        """The picture pixel at a place of the widget."""
        return self._sight.pixel_at(place * self.devicePixelRatioF())

    def place_of(self, x: float, y: float) -> QPointF:
        """The place in the widget of a point of the picture, in picture pixels."""
        return self._sight.place_of(x, y) / self.devicePixelRatioF()

    def visible_picture(self) -> QRectF:
        """The part of the widget that shows the picture."""
        size = self.picture_size
        return self._on_screen(QRectF(0, 0, size.width(), size.height())) & QRectF(self.rect())

    def seen(self, size: QSize) -> QRect:
        """The part of a picture of that size that is seen, in its pixels, whole ones."""
        scale, ratio = self._aim.scale, self.devicePixelRatioF()
        origin = self._sight._replace(picture=size).origin
        left, top = -origin.x() / scale, -origin.y() / scale
        right = left + self.width() * ratio / scale
        bottom = top + self.height() * ratio / scale
        first = QPoint(math.floor(left), math.floor(top))
        last = QPoint(math.ceil(right) - 1, math.ceil(bottom) - 1)
        return QRect(first, last) & QRect(QPoint(0, 0), size)

    @property
    def _sight(self) -> Sight:
        ratio, size, largest = self.devicePixelRatioF(), self.size(), self.picture_size
        smallest = size
        for peer in self._peers:
            largest = largest.expandedTo(peer.picture_size)
            if peer.isVisible():
                smallest = smallest.boundedTo(peer.size())
        room, view = QSizeF(smallest) * ratio, QSizeF(size) * ratio
        return Sight(view, self.picture_size, room, largest, self._aim, ratio)

    def _take(self, aim: Aim) -> None:
        self._aim = self._sight.allowed(aim) if aim.fitted else aim
        self.update()
        self.view_changed.emit()

    def _refit(self) -> None:
        for view in (self, *self._peers):
            if view._aim.fitted and view._aim.scale != view._sight.fit_scale:
                view._take(view._aim)

    def _on_screen(self, box: QRectF) -> QRectF:
        corners = self.place_of(box.left(), box.top()), self.place_of(box.right(), box.bottom())
        return QRectF(*corners)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), theme.colour("well"))
        if not self.picture_size.isEmpty():
            self.paint_picture(painter)
            self.paint_marks(painter)
        if self._ring:
            overlays.paint_focus(painter, QRectF(self.rect()))

    def paint_picture(self, painter: QPainter) -> None:
        self.paint_levels(painter, self._levels)
        if self._badge:
            self.paint_badge(painter, self._badge, self._badge_right)

    def paint_levels(
        self, painter: QPainter, levels: Paintable | None, clip: QRectF | None = None
    ) -> None:
        """Paint a picture where this view looks, only inside `clip` if given."""
        if levels is None:
            return
        painter.save()
        if clip is not None:
            painter.setClipRect(clip)
        painter.scale(1 / self.devicePixelRatioF(), 1 / self.devicePixelRatioF())
        origin = self._sight._replace(picture=levels.size).origin
        levels.paint(painter, QRectF(QPointF(origin), QSizeF(levels.size) * self._aim.scale))
        painter.restore()

    def paint_badge(self, painter: QPainter, text: str, right: bool) -> None:
        seen, gap = self.visible_picture(), theme.px(8)
        x = seen.right() - gap if right else seen.left() + gap
        overlays.paint_badge(painter, text, QPointF(x, seen.top() + gap), right)

    def paint_marks(self, painter: QPainter) -> None:
        if self._overlay is not None:
            self._overlay(painter, self)
        if self._field is not None:
            overlays.paint_field(painter, self._on_screen(self._field))
        if self._cross is not None:
            pixel = QRectF(self._cross.x(), self._cross.y(), 1, 1)
            overlays.paint_cross(painter, self._on_screen(pixel))

    # The person's hands

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._refit()
        self.view_changed.emit()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._refit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.zoom_by(2 ** (event.angleDelta().y() / 360), event.position())
        event.accept()

    def event(self, event: QEvent) -> bool:
        if (
            isinstance(event, QNativeGestureEvent)
            and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture
        ):
            self.zoom_by(1 + event.value(), event.position())
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self._pressed = self._last = event.position()
            self._dragged = False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = event.position()
        if self._pressed is not None and not self._dragged:
            self._dragged = (place - self._pressed).manhattanLength() >= _DRAG_FROM
        if self._dragged or self._space:
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self.pan(place.x() - self._last.x(), place.y() - self._last.y())
        self._last = place
        self._point(self.pixel_at(place))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pixel = self.pixel_at(event.position())
        left = event.button() == Qt.MouseButton.LeftButton
        if left and self._pressed is not None and not self._dragged and pixel is not None:
            self.clicked.emit(pixel.x(), pixel.y())
        self._pressed, self._dragged = None, False
        self._show_hand()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._pressed = None  # the release that follows is no click
        if self._aim.fitted:
            self.zoom_to(1.0, event.position())
        else:
            self.fit()

    def leaveEvent(self, event: QEvent) -> None:
        self._point(None)

    def _point(self, pixel: QPoint | None) -> None:
        if pixel == self._pixel:
            return
        self._pixel = pixel
        if pixel is None:
            self.cursor_left.emit()
        else:
            self.cursor_moved.emit(pixel.x(), pixel.y())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        key = Qt.Key(event.key())
        if key in _PANS:
            self.pan(*_PANS[key])
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom_by(_KEY_ZOOM)
        elif key == Qt.Key.Key_Minus:
            self.zoom_by(1 / _KEY_ZOOM)
        elif key == Qt.Key.Key_0 and control:
            self.fit()
        elif key == Qt.Key.Key_R and control:
            self.reset()
        elif key == Qt.Key.Key_1 and not control:
            self.actual_size()
        elif key == Qt.Key.Key_Space:
            self._space = True
            self._show_hand()
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space = False
            self._show_hand()
        else:
            super().keyReleaseEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        by_keyboard = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        self._ring = event.reason() in by_keyboard
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._ring = self._space = False
        self._show_hand()
        self.update()

    def _show_hand(self) -> None:
        if self._space:
            self.setCursor(Qt.CursorShape.OpenHandCursor)
        else:
            self.unsetCursor()


Overlay = Callable[[QPainter, PictureView], None]
