"""The plot inside a `CurvePlot`: its lines, and what is painted over them."""

import math
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPen

from studio.window.chrome import theme
from studio.window.train.curve_axis import CurveAxis
from studio.window.train.curve_labels import DISTANCE, columns_for, place_labels
from studio.window.train.curve_marks import (
    Note,
    paint_crosshair,
    paint_dot,
    paint_marker,
    paint_note,
)
from studio.window.train.curve_series import Kind, Series, highest
from studio.window.train.traces import Values

_NUMBER = 18  # room for a run's number at the end of its line
_NAME = 72  # room for a layer's
_TOP = 12
_DOT = 4
_MANY = 8  # runs from which on those that aren't chosen are drawn quieter


class Plot(pg.PlotWidget):  # type: ignore[misc]
    """Lines on a quiet grid.

    Signals: `pointed(x)` with where a person clicked or dragged to, in the axis' unit; `hovered(x)`
    with where the cursor is, None when it has left.
    """

    pointed = Signal(float)
    hovered = Signal(object)

    def __init__(self, percent: bool, empty: str) -> None:
        self.left, self.bottom = CurveAxis("left", percent), CurveAxis("bottom", whole=True)
        super().__init__(axisItems={"left": self.left, "bottom": self.bottom})
        self.series: dict[tuple[int, Kind], Series] = {}
        self.marker: float | None = None
        self.crosshair: float | None = None
        self.note: Note | None = None
        self.chosen: int | None = None
        self.empty = empty
        self.unit = ""  # the word under the vertical axis
        self.is_dashed = True  # whether training lines are, beside those of validation
        self._right = 0
        self._box = self.getPlotItem().getViewBox()
        self.getPlotItem().hideButtons()
        self.getPlotItem().setMenuEnabled(False)
        self._box.setMouseEnabled(False, False)
        self._box.setDefaultPadding(0)
        self._make_room(theme.px(_NUMBER))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMouseTracking(True)
        # What is painted under and over the lines moves although no line does.
        self.setCacheMode(pg.PlotWidget.CacheModeFlag.CacheNone)
        self.setViewportUpdateMode(pg.PlotWidget.ViewportUpdateMode.FullViewportUpdate)

    @property
    def is_log(self) -> bool:
        """Whether the vertical axis is logarithmic."""
        return self.left.is_log

    def set_log(self, is_log: bool) -> None:
        if is_log != self.is_log:
            self.left.is_log = is_log
            for series in self.series.values():
                self._give_points(series)
            self.left.refresh()

    def draw(
        self,
        run: int,
        kind: Kind,
        x: Values,
        y: Values,
        colour: str | None = None,
        lows: Values | None = None,
        highs: Values | None = None,
        label: str = "",
    ) -> None:
        """Add a line or give it other points."""
        found = self.series.get((run, kind))
        if found is None:
            item, raw = self._curve(2 if kind == "validation" else 1), self._curve(0)
            found = self.series[run, kind] = Series(run, kind, x, y, item, raw)
        found.x, found.y, found.colour = x, y, colour
        found.lows, found.highs, found.label = lows, highs, label
        found.low, found.high = float(y.min()), highest(kind, y)
        self._give_points(found)
        self._give_pens(found)

    def _curve(self, height: int) -> Any:
        curve = pg.PlotCurveItem(antialias=True, skipFiniteCheck=True)
        curve.setZValue(height)
        self.addItem(curve)
        return curve

    def _give_points(self, series: Series) -> None:
        series.item.setData(*self._seen(series.x, series.y))
        if series.lows is None or series.highs is None:
            series.raw.setData([], [])
            return
        ends = np.column_stack([series.lows, series.highs])
        ends[1::2] = ends[1::2, ::-1]  # down and up, then up and down: the line goes on
        series.raw.setData(*self._seen(np.repeat(series.x, 2), ends.ravel()))

    def _seen(self, x: Values, y: Values) -> tuple[Values, Values]:
        """Points in the axes' own numbers: logarithms where those are shown."""
        if not self.is_log:
            return x, y
        shown = y > 0
        return x[shown], np.log10(y[shown])

    def drop(self, run: int, kind: Kind) -> None:
        found = self.series.pop((run, kind), None)
        if found is not None:
            self.removeItem(found.item)
            self.removeItem(found.raw)

    def choose(self, run: int | None) -> None:
        """Draw a run stronger than the others."""
        self.chosen = run
        self.repen()

    def restyle(self) -> None:
        """Take the colours and fonts of the theme."""
        self.setBackground(theme.colour("window"))
        self.left.restyle()
        self.bottom.restyle()
        self.repen()

    def look_at(self, right: float, bottom: float, top: float) -> None:
        """What the axes span, in their own numbers; the horizontal one begins at 0."""
        self._make_room(self._room_needed())
        self._box.setRange(xRange=(0, right), yRange=(bottom, top), padding=0)

    def _make_room(self, right: int) -> None:
        if right != self._right:
            self._right = right
            room = right + theme.px(_DOT + 8)
            self.getPlotItem().layout.setContentsMargins(0, theme.px(_TOP), room, 0)

    def _room_needed(self) -> int:
        """Room at the right for as many columns of numbers as the ends need, or for names."""
        ends = self.with_label()
        if any(series.label for series in ends):
            return theme.px(_NAME)
        return theme.px(_NUMBER) * self._columns(len(ends))

    def _columns(self, count: int) -> int:
        height = self.height() - theme.px(_TOP) - self.bottom.height()
        return columns_for(count, max(height, theme.px(60)), theme.px(DISTANCE))

    def repen(self) -> None:
        """Draw all lines with the pens they have now."""
        for series in self.series.values():
            self._give_pens(series)
        self.viewport().update()

    def _give_pens(self, series: Series) -> None:
        is_chosen = series.run == self.chosen
        is_quiet = len(self.series) > 2 * _MANY and not is_chosen
        series.give_pens(is_chosen, is_quiet, self.is_dashed, self.devicePixelRatioF())

    # Painted under and over the lines, in the viewport's pixels

    @property
    def frame(self) -> QRectF:
        """Where the lines are."""
        return QRectF(self._box.mapRectToScene(self._box.boundingRect()))

    def drawBackground(self, painter: QPainter, rect: QRectF) -> None:
        super().drawBackground(painter, rect)
        frame = self.frame
        low, high = self._box.viewRange()[1]
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(QPen(theme.colour("line"), 1))
        for value in self.left.tickValues(low, high, frame.height())[0][1]:
            down = round(self._box.mapViewToScene(QPointF(0, value)).y()) + 0.5
            painter.drawLine(QPointF(frame.left(), down), QPointF(frame.right(), down))

    def drawForeground(self, painter: QPainter, rect: QRectF) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = self.frame
        self._paint_unit(painter, frame)
        if not self.series:
            self._paint_empty(painter, frame)
            return
        if self.marker is not None:
            paint_marker(painter, frame, self.place(self.marker, 1).x())
        self._paint_ends(painter, frame)
        if self.crosshair is not None:
            at = self.crosshair
            found = [(s, point) for s in self.series.values() if (point := s.value_at(at))]
            dots = [(self.place(*point), s.shown_colour) for s, point in found]
            paint_crosshair(painter, frame, self.place(at, 1).x(), dots)
        if self.note is not None:
            paint_note(painter, frame, self.place(self.note.x, self.note.y), self.note.words)

    def place(self, x: float, y: float) -> QPointF:
        """Where a value is, in the viewport's pixels; far below where it has no logarithm."""
        if self.is_log:
            y = math.log10(y) if y > 0 else self._box.viewRange()[1][0] - 1.0
        return QPointF(self._box.mapViewToScene(QPointF(x, y)))

    def _paint_unit(self, painter: QPainter, frame: QRectF) -> None:
        painter.setFont(theme.font(11))
        painter.setPen(theme.colour("text3"))
        height = self.bottom.height()
        room = QRectF(0, frame.bottom() + 6, frame.left() - theme.px(9), height)
        flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop
        painter.drawText(room, flags, self.unit)

    def _paint_empty(self, painter: QPainter, frame: QRectF) -> None:
        painter.setPen(theme.colour("text3"))
        painter.setFont(theme.font())
        how = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        side = theme.px(8)
        words = painter.boundingRect(frame, int(how), self.empty).adjusted(-side, 0, side, 0)
        painter.fillRect(words, theme.colour("window"))  # else a grid line strikes them out
        painter.drawText(frame, int(how), self.empty)

    def _paint_ends(self, painter: QPainter, frame: QRectF) -> None:
        """Each run's number beside the last point of its validation line, none on another."""
        series = self.with_label()
        ends = [self.place(float(one.x[-1]), float(one.y[-1])) for one in series]
        for end, one in zip(ends, series, strict=True):
            if one.kind == "validation" and frame.top() - 1 <= end.y() <= frame.bottom() + 1:
                paint_dot(painter, end, _DOT, one.shown_colour, (one.run - 1) // 6)
        is_named = any(one.label for one in series)
        distance = theme.px(DISTANCE)
        places = place_labels(
            [(end.x(), end.y()) for end in ends],
            distance,
            frame.top(),
            frame.bottom(),
            1 if is_named else self._columns(len(series)),
        )
        font = theme.font(11) if is_named else theme.font(12, 600)
        painter.setFont(font)
        for placed in places:
            one, end = series[placed.index], ends[placed.index]
            left = end.x() + theme.px(_DOT + 4) + placed.column * theme.px(_NUMBER)
            if abs(placed.height - end.y()) > distance / 2 and frame.top() <= end.y():
                painter.setPen(QPen(one.shown_colour, 1))
                start = end + QPointF(_DOT, 0)
                painter.drawLine(start, QPointF(end.x() + theme.px(_DOT + 3), placed.height))
            words = one.label or str(one.run)
            if end.y() < frame.top() - 1:
                words += "↑"  # it has left the plot
            room = QRectF(left, placed.height - distance, theme.px(_NAME), 2 * distance)
            if is_named:
                room.setWidth(self.width() - left)
                how = Qt.TextElideMode.ElideMiddle
                words = QFontMetrics(font).elidedText(words, how, int(room.width()))
            painter.setPen(theme.colour("text"))
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, words)

    def with_label(self) -> list[Series]:
        """The lines at whose ends something stands, one a run."""
        return [
            series
            for (run, kind), series in self.series.items()
            if kind == "validation" or (run, "validation") not in self.series
        ]

    # The person's hands

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._point(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._point(event.position())
        inside = self.frame.adjusted(-2, -2, 2, 2).contains(event.position())
        self.hovered.emit(self._x_at(event.position()) if inside and self.series else None)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self.hovered.emit(None)
        return bool(super().viewportEvent(event))

    def _point(self, place: QPointF) -> None:
        if self.series:
            self.pointed.emit(self._x_at(place))

    def _x_at(self, place: QPointF) -> float:
        low, high = self._box.viewRange()[0]
        x = float(self._box.mapSceneToView(place).x())
        return float(min(max(x, low), high))
