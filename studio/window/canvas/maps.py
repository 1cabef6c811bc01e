"""Many small feature maps in one painted widget."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from studio.image.colour_map import apply_map
from studio.window.canvas import overlays
from studio.window.canvas.levels import Levels
from studio.window.chrome import theme
from studio.window.translate import tr

SMALLEST, LARGEST, GAP, RADIUS = 56, 96, 4, 3
_EDGE = 2  # around all cells, for the ring of the current one
NEARLY_DEAD = 0.95  # share of zeros

Map = NDArray[Any]


class MapGrid(QAbstractScrollArea):
    """Maps in rows; one is the current one, and any unit of any map can be pointed at.

    The arrows move the current map, with Shift the unit in it, Enter chooses the unit.

    Signals: `current_changed(index)`; `unit_hovered(index, row, column)` and `hover_left`;
    `unit_chosen(index, row, column)` for a click or Enter. Rows and columns are the map's own.
    """

    current_changed = Signal(int)
    unit_hovered = Signal(int, int, int)
    hover_left = Signal()
    unit_chosen = Signal(int, int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._maps: list[Levels] = []
        self._dead: Sequence[bool] = ()
        self._current = 0
        self._unit: tuple[int, int] | None = None  # row, column in the current map
        self._hovered: tuple[int, int, int] | None = None
        self._columns = 1
        self._cell = QSize(SMALLEST, SMALLEST)
        self._largest = LARGEST
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Feature maps"))
        self.viewport().setMouseTracking(True)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def set_maps(
        self,
        maps: Sequence[Map] | Map,
        low: float | None = None,
        high: float | None = None,
        dead: Sequence[bool] | None = None,
    ) -> None:
        """Show other maps; the current one and the unit are kept where they still exist.

        Parameters
        ----------
        maps : arrays, height x width, or uint8 height x width x 3
            Numbers are coloured: inferno from 0 to the largest, or, if any of all the maps is
            below zero, the signed colours around mid grey. Pixels are shown as they are.
        low, high : float, optional
            The range of the colours for all maps; each map's own if not said.
        dead : sequence of bool, optional
            Which maps get the marker; by default those with more than 95 % zeros and nothing
            below zero.
        """
        signed = any(_is_numbers(one) and one.size and one.min() < 0 for one in maps)
        self._maps = [Levels(_coloured(one, signed, low, high)) for one in maps]
        self._dead = [not signed and _nearly_dead(one) for one in maps] if dead is None else dead
        self._current = min(self._current, max(0, len(self._maps) - 1))
        if self._unit and not self._has_unit(self._current, *self._unit):
            self._unit = None
        self._hovered = None
        self._lay_out()

    @property
    def count(self) -> int:
        return len(self._maps)

    @property
    def current(self) -> int:
        return self._current

    @property
    def unit(self) -> tuple[int, int, int] | None:
        """The marked unit: map, row, column."""
        return None if self._unit is None else (self._current, *self._unit)

    @property
    def columns(self) -> int:
        return self._columns

    @property
    def cell(self) -> QSize:
        return self._cell

    def set_current(self, index: int) -> None:
        """Make another map the current one and bring it into sight."""
        if not 0 <= index < len(self._maps):
            return
        changed, self._current = index != self._current, index
        if self._unit and not self._has_unit(index, *self._unit):
            self._unit = None
        self._bring_into_sight()
        self.viewport().update()
        if changed:
            self.setAccessibleDescription(
                tr("Map {number} of {count}").format(number=index, count=len(self._maps))
            )
            self.current_changed.emit(index)

    def set_unit(self, index: int, row: int, column: int) -> None:
        """Mark a unit, without a signal that it was chosen."""
        if self._has_unit(index, row, column):
            self.set_current(index)
            self._unit = row, column
            self.viewport().update()

    def set_largest(self, side: int) -> None:
        """How wide a cell may become, in the design's pixels."""
        self._largest = side
        self._lay_out()

    # Where things are

    def sizeHint(self) -> QSize:
        side = 8 * theme.px(SMALLEST + GAP)
        return QSize(side, side)

    def box_of(self, index: int) -> QRectF:
        """Where a map is, in the viewport."""
        row, column = divmod(index, self._columns)
        gap = theme.px(GAP)
        top = _EDGE + row * (self._cell.height() + gap) - self.verticalScrollBar().value()
        left = _EDGE + column * (self._cell.width() + gap)
        return QRectF(left, top, self._cell.width(), self._cell.height())

    def unit_at(self, place: QPointF) -> tuple[int, int, int] | None:
        """Map, row and column at a place of the viewport."""
        gap = theme.px(GAP)
        across, down = self._cell.width() + gap, self._cell.height() + gap
        column = int((place.x() - _EDGE) // across)
        row = int((place.y() - _EDGE + self.verticalScrollBar().value()) // down)
        index = row * self._columns + column
        if not (0 <= column < self._columns and 0 <= index < len(self._maps)):
            return None
        box = self.box_of(index)
        if not box.contains(place):
            return None
        shown = self._maps[index]
        y = int((place.y() - box.top()) / box.height() * shown.height)
        x = int((place.x() - box.left()) / box.width() * shown.width)
        return index, min(y, shown.height - 1), min(x, shown.width - 1)

    def _has_unit(self, index: int, row: int, column: int) -> bool:
        if not 0 <= index < len(self._maps):
            return False
        shown = self._maps[index]
        return 0 <= row < shown.height and 0 <= column < shown.width

    def _lay_out(self) -> None:
        """The largest cells with which all maps are in sight; else the smallest, and scroll."""
        gap, room = theme.px(GAP), self.viewport().size() - QSize(2 * _EDGE, 2 * _EDGE)
        aspect = self._maps[0].height / self._maps[0].width if self._maps else 1.0
        aspect = min(max(aspect, 0.25), 2.0)
        most = max(1, (room.width() + gap) // (theme.px(SMALLEST) + gap))
        for columns in range(1, most + 1):
            width = min((room.width() + gap) // columns - gap, theme.px(self._largest))
            height = max(1, round(width * aspect))
            rows = -(-len(self._maps) // columns)
            if rows * (height + gap) - gap <= room.height():
                break
        # Cells as large as they may be need not stand below each other.
        columns = max(columns, (room.width() + gap) // max(1, width + gap))
        rows = -(-len(self._maps) // columns)
        self._columns, self._cell = columns, QSize(max(1, width), height)
        bar = self.verticalScrollBar()
        bar.setPageStep(room.height())
        bar.setSingleStep(height + gap)
        bar.setRange(0, max(0, rows * (height + gap) - gap - room.height()))
        self.viewport().update()

    def _bring_into_sight(self) -> None:
        box, bar = self.box_of(self._current), self.verticalScrollBar()
        below = box.bottom() + _EDGE - self.viewport().height()
        if box.top() < _EDGE:
            bar.setValue(round(bar.value() + box.top() - _EDGE))
        elif below > 0:
            bar.setValue(round(bar.value() + below))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), theme.colour("window"))
        seen, ratio = QRectF(event.rect()), self.devicePixelRatioF()
        corners = self._corners(ratio)
        for index, shown in enumerate(self._maps):
            box = self.box_of(index)
            if box.top() > seen.bottom():
                break
            if box.intersects(seen):
                shown.paint(painter, box, ratio)
                painter.drawPixmap(box.topLeft(), corners)
                if self._dead[index]:
                    self._paint_dead(painter, box)
        if self._maps:
            self._paint_current(painter, self.box_of(self._current))

    def _corners(self, ratio: float) -> QPixmap:
        """What rounds the corners of a cell: the ground with a rounded hole."""
        pixmap = QPixmap(self._cell * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.fillRect(QRectF(QPointF(), self._cell), theme.colour("window"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationOut)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor("black"))
        painter.drawRoundedRect(
            QRectF(0, 0, self._cell.width(), self._cell.height()), RADIUS, RADIUS
        )
        painter.end()
        return pixmap

    def _paint_dead(self, painter: QPainter, box: QRectF) -> None:
        """A ring in the upper right corner."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(QColor(19, 20, 22, 150))
        painter.setPen(QPen(QColor(theme.DARK.text), 1.2))
        radius = theme.px(3)
        painter.drawEllipse(box.topRight() + QPointF(-8, 8), radius, radius)
        painter.restore()

    def _paint_current(self, painter: QPainter, box: QRectF) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.colour("accent"), 2))
        painter.drawRoundedRect(box.adjusted(-1, -1, 1, 1), RADIUS + 1, RADIUS + 1)
        if self._unit is not None:
            shown = self._maps[self._current]
            wide, high = box.width() / shown.width, box.height() / shown.height
            row, column = self._unit
            unit = QRectF(box.left() + column * wide, box.top() + row * high, wide, high)
            overlays.paint_unit(painter, unit)
        overlays.paint_number(painter, str(self._current), box)

    # The person's hands

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self.unit_at(event.position()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        found = self.unit_at(event.position())
        if found and event.button() == Qt.MouseButton.LeftButton:
            self.set_unit(*found)
            self.unit_chosen.emit(*found)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._hover(None)
        return super().viewportEvent(event)

    def _hover(self, unit: tuple[int, int, int] | None) -> None:
        if unit == self._hovered:
            return
        self._hovered = unit
        if unit is None:
            self.hover_left.emit()
        else:
            self.unit_hovered.emit(*unit)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        arrows = {
            Qt.Key.Key_Left: (0, -1),
            Qt.Key.Key_Right: (0, 1),
            Qt.Key.Key_Up: (-1, 0),
            Qt.Key.Key_Down: (1, 0),
        }
        page = max(1, self.viewport().height() // (self._cell.height() + theme.px(GAP)))
        jumps = {
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: len(self._maps) - 1,
            Qt.Key.Key_PageUp: max(0, self._current - page * self._columns),
            Qt.Key.Key_PageDown: min(len(self._maps) - 1, self._current + page * self._columns),
        }
        if key in arrows and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._move_unit(*arrows[key])
        elif key in arrows:
            down, right = arrows[key]
            self.set_current(self._current + down * self._columns + right)
        elif key in jumps:
            self.set_current(jumps[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._maps:
            self._move_unit(0, 0)
        else:
            super().keyPressEvent(event)

    def _move_unit(self, down: int, right: int) -> None:
        """Choose the unit beside the marked one, or the middle one if none is marked."""
        if not self._maps:
            return
        shown = self._maps[self._current]
        row, column = self._unit or (shown.height // 2, shown.width // 2)
        row = min(max(row + down, 0), shown.height - 1)
        column = min(max(column + right, 0), shown.width - 1)
        self.set_unit(self._current, row, column)
        self.unit_chosen.emit(self._current, row, column)


def _is_numbers(one: Map) -> bool:
    return one.ndim == 2


def _coloured(one: Map, signed: bool, low: float | None, high: float | None) -> NDArray[np.uint8]:
    if not _is_numbers(one):
        return one
    values = np.asarray(one, np.float32)
    finite = values[np.isfinite(values)]
    least, most = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    if signed:
        end = max(abs(least if low is None else low), abs(most if high is None else high))
        return apply_map(values, "signed", -end, end) if end else apply_map(values, "signed", -1, 1)
    low, high = low or 0.0, most if high is None else high
    return apply_map(values, "inferno", low, high if high > low else low + 1)


def _nearly_dead(one: Map) -> bool:
    return bool(_is_numbers(one) and np.mean(one == 0) > NEARLY_DEAD)
