"""Many small feature maps in one painted widget."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from studio.insight.map_statistics import MapStatistics
from studio.window.canvas import overlays
from studio.window.canvas.cell_fitting import fitting_cells
from studio.window.canvas.map_strips import GAP, RADIUS, Colours, Strips
from studio.window.chrome import theme
from studio.window.translate import tr

SMALLEST, LARGEST = 56, 96
_EDGE = 2  # around all cells, for the ring of the current one

Map = NDArray[Any]


class MapGrid(QAbstractScrollArea):
    """Maps in rows; one is the current one, and any unit of any map can be pointed at.

    The arrows move the current map, with Shift the unit in it, Enter chooses the unit. A map keeps
    its number in whatever order the maps are shown.

    Parameters
    ----------
    smallest : int
        The least width of a cell, in the design's pixels.
    ground : str
        The colour's role behind the cells.

    Signals: `current_changed(index)`; `unit_hovered(index, row, column)` and `hover_left`;
    `unit_chosen(index, row, column)` for a click or Enter; `opened(index)` for a double click;
    `menu_wanted(place)` for the context menu of the current map, with a place on the screen. Rows
    and columns are the map's own.
    """

    current_changed = Signal(int)
    unit_hovered = Signal(int, int, int)
    hover_left = Signal()
    unit_chosen = Signal(int, int, int)
    opened = Signal(int)
    menu_wanted = Signal(object)

    def __init__(
        self, parent: QWidget | None = None, smallest: int = SMALLEST, ground: str = "window"
    ) -> None:
        super().__init__(parent)
        self._smallest, self._ground = smallest, ground
        self._sides: list[tuple[int, int]] = []  # height and width of each map
        self._strips = Strips(ground)
        self._order = self._places = np.zeros(0, np.intp)  # of maps; where each map stands
        self._dead: Sequence[bool] | NDArray[np.bool_] = ()
        self._current = 0
        self._unit: tuple[int, int] | None = None  # row, column in the current map
        self._hovered: tuple[int, int, int] | None = None
        self._columns = 1
        self._cell = QSize(smallest, smallest)
        self._largest = self._alone = LARGEST
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
        order: Sequence[int] | NDArray[np.intp] | None = None,
        statistics: MapStatistics | None = None,
    ) -> None:
        """Show other maps; the current one and the unit are kept where they still exist.

        Nothing is coloured before it is painted.

        Parameters
        ----------
        maps : arrays, height x width, or uint8 height x width x 3
            Numbers are coloured: inferno from 0 to the largest, or, if any of all the maps is
            below zero, the signed colours around mid grey; what is not a finite number is green.
            Pixels are shown as they are. Used as they are, not copied.
        low, high : float, optional
            The range of the colours for all maps; each map's own if not said.
        dead : sequence of bool, optional
            Which maps get the marker; by default those with more than 95 % zeros and nothing
            below zero.
        order : sequence of int, optional
            The maps' numbers in the order in which they are shown.
        statistics : MapStatistics, optional
            Of these maps, to spare taking them again.
        """
        colours = Colours.of(maps, low, high, statistics)
        self._sides = [(int(one.shape[0]), int(one.shape[1])) for one in maps]
        self._dead = colours.nearly_dead if dead is None else dead
        self._order = np.arange(len(maps)) if order is None else np.asarray(order, np.intp)
        self._places = np.argsort(self._order)
        self._strips.set_maps(maps, colours, self._order)
        self._current = min(self._current, max(0, len(self._sides) - 1))
        if self._unit and not self._has_unit(self._current, *self._unit):
            self._unit = None
        self._hovered = None
        self._lay_out()

    @property
    def is_painted(self) -> bool:
        """Whether all maps in sight were painted the last time."""
        return not self._strips.is_behind

    @property
    def count(self) -> int:
        return len(self._sides)

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
        """Make another map the current one, and bring it into sight if it is another one."""
        if not 0 <= index < len(self._sides):
            return
        changed, self._current = index != self._current, index
        if self._unit and not self._has_unit(index, *self._unit):
            self._unit = None
        self.viewport().update()
        if changed:
            self.bring_into_sight()
            self.setAccessibleDescription(
                tr("Map {number} of {count}").format(number=index, count=len(self._sides))
            )
            self.current_changed.emit(index)

    @property
    def place(self) -> int:
        """Where the current map stands in the order."""
        return int(self._places[self._current]) if len(self._places) else 0

    def set_place(self, place: int) -> None:
        """Make the map current that stands there in the order."""
        if 0 <= place < len(self._order):
            self.set_current(int(self._order[place]))

    def set_unit(self, index: int, row: int, column: int) -> None:
        """Mark a unit, without a signal that it was chosen."""
        if self._has_unit(index, row, column):
            self.set_current(index)
            self._unit = row, column
            self.viewport().update()

    def set_largest(self, side: int, alone: int = 0) -> None:
        """How wide a cell may become, and one that is alone, in the design's pixels."""
        self._largest, self._alone = side, max(side, alone)
        self._lay_out()

    # Where things are

    def sizeHint(self) -> QSize:
        side = 8 * theme.px(SMALLEST + GAP)
        return QSize(side, side)

    def box_of(self, index: int) -> QRectF:
        """Where a map is, in the viewport."""
        place = int(self._places[index]) if index < len(self._places) else index
        row, column = divmod(place, self._columns)
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
        number = row * self._columns + column
        if not (0 <= column < self._columns and 0 <= number < len(self._sides)):
            return None
        index = int(self._order[number])
        box = self.box_of(index)
        if not box.contains(place):
            return None
        height, width = self._sides[index]
        y = int((place.y() - box.top()) / box.height() * height)
        x = int((place.x() - box.left()) / box.width() * width)
        return index, min(y, height - 1), min(x, width - 1)

    def _has_unit(self, index: int, row: int, column: int) -> bool:
        if not 0 <= index < len(self._sides):
            return False
        height, width = self._sides[index]
        return 0 <= row < height and 0 <= column < width

    def _lay_out(self) -> None:
        """The largest cells with which all maps are in sight; else the smallest, and scroll."""
        gap, room = theme.px(GAP), self.viewport().size() - QSize(2 * _EDGE, 2 * _EDGE)
        aspect = self._sides[0][0] / self._sides[0][1] if self._sides else 1.0
        alone = len(self._sides) == 1
        limits = theme.px(self._smallest), theme.px(self._alone if alone else self._largest)
        self._columns, self._cell = fitting_cells(len(self._sides), aspect, room, gap, limits)
        height, rows = self._cell.height(), -(-len(self._sides) // self._columns)
        bar = self.verticalScrollBar()
        bar.setPageStep(room.height())
        bar.setSingleStep(height + gap)
        bar.setRange(0, max(0, rows * (height + gap) - gap - room.height()))
        self.viewport().update()

    def bring_into_sight(self) -> None:
        """Scroll to the current map."""
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
        painter.fillRect(event.rect(), theme.colour(self._ground))
        if not self._sides:
            return
        down = self._cell.height() + theme.px(GAP)
        top = _EDGE - self.verticalScrollBar().value()
        rows = -(-len(self._sides) // self._columns)
        first = max(0, int((event.rect().top() - top) // down))
        last = min(rows - 1, int((event.rect().bottom() - top) // down))
        self._strips.lay_out(self._columns, self._cell, self.devicePixelRatioF())
        for row in range(first, last + 1):
            strip = self._strips.image(row)
            if strip is not None:
                painter.drawImage(QPointF(_EDGE, top + row * down), strip)
        for index in self._order[first * self._columns : (last + 1) * self._columns]:
            if self._dead[index]:
                self._paint_dead(painter, self.box_of(int(index)))
        self._paint_current(painter, self.box_of(self._current))
        if self._strips.end_painting():
            self.viewport().update()  # the rest after what else the window has to do

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
            height, width = self._sides[self._current]
            wide, high = box.width() / width, box.height() / height
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

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        found = self.unit_at(event.position())
        if found and event.button() == Qt.MouseButton.LeftButton:
            self.opened.emit(found[0])

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if not self._sides:
            return
        if event.reason() == QContextMenuEvent.Reason.Mouse:
            found = self.unit_at(QPointF(event.pos()))
            if found is None:
                return
            self.set_current(found[0])
            self.menu_wanted.emit(event.globalPos())
        else:
            centre = self.box_of(self._current).center().toPoint()
            self.menu_wanted.emit(self.viewport().mapToGlobal(centre))

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
        place, last = self.place, len(self._sides) - 1
        jumps = {
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
            Qt.Key.Key_PageUp: max(0, place - page * self._columns),
            Qt.Key.Key_PageDown: min(last, place + page * self._columns),
        }
        if key in arrows and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._move_unit(*arrows[key])
        elif key in arrows:
            down, right = arrows[key]
            self.set_place(place + down * self._columns + right)
        elif key in jumps:
            self.set_place(jumps[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._sides:
            self._move_unit(0, 0)
        else:
            super().keyPressEvent(event)

    def _move_unit(self, down: int, right: int) -> None:
        """Choose the unit beside the marked one, or the middle one if none is marked."""
        if not self._sides:
            return
        height, width = self._sides[self._current]
        row, column = self._unit or (height // 2, width // 2)
        row = min(max(row + down, 0), height - 1)
        column = min(max(column + right, 0), width - 1)
        self.set_unit(self._current, row, column)
        self.unit_chosen.emit(self._current, row, column)
