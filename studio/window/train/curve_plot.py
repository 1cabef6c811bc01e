"""The plot inside a `CurvePlot`: its lines, and what is painted over them."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent, QPainter, QPen, QPolygonF

from studio.window.chrome import theme
from studio.window.train.curve_axis import CurveAxis, exact_text
from studio.window.translate import tr

Kind = Literal["validation", "training"]
Values = NDArray[np.float64]

_RIGHT = 30  # room for the numbers at the ends of the lines
_TOP = 12
_DOT = 4
_APART = 14  # pixels between two numbers


@dataclass(eq=False)
class Series:
    """One line; `x` and `y` are what is drawn, never empty."""

    run: int
    kind: Kind
    x: Values
    y: Values
    colour: str | None  # None: the theme's for this run
    item: Any

    def value_at(self, x: float) -> tuple[float, float] | None:
        """The point nearest to `x`, if the line reaches there."""
        if not self.x[0] <= x <= self.x[-1] and self.x.size > 1:
            return None
        nearest = int(np.argmin(np.abs(self.x - x)))
        return float(self.x[nearest]), float(self.y[nearest])


class Plot(pg.PlotWidget):  # type: ignore[misc]
    """Lines on a quiet grid.

    Signals: `pointed(x)` with where a person clicked or dragged to, in the axis' unit.
    """

    pointed = Signal(float)

    def __init__(self, percent: bool, empty: str) -> None:
        left, bottom = CurveAxis("left", percent), CurveAxis("bottom", whole=True)
        super().__init__(axisItems={"left": left, "bottom": bottom})
        self.series: dict[tuple[int, Kind], Series] = {}
        self.marker: float | None = None
        self._left, self._bottom = left, bottom
        self._percent = percent
        self._empty = empty
        self._hover: QPointF | None = None
        self._box = self.getPlotItem().getViewBox()
        self.getPlotItem().hideButtons()
        self.getPlotItem().setMenuEnabled(False)
        self.getPlotItem().layout.setContentsMargins(0, _TOP, _RIGHT, 0)
        self._box.setMouseEnabled(False, False)
        self._box.setDefaultPadding(0)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMouseTracking(True)
        # What is painted under and over the lines moves although no line does.
        self.setCacheMode(pg.PlotWidget.CacheModeFlag.CacheNone)
        self.setViewportUpdateMode(pg.PlotWidget.ViewportUpdateMode.FullViewportUpdate)

    def draw(self, run: int, kind: Kind, x: Values, y: Values, colour: str | None) -> None:
        """Add a line or give it other points."""
        found = self.series.get((run, kind))
        if found is None:
            item = pg.PlotDataItem(antialias=True, skipFiniteCheck=True)
            item.setZValue(2 if kind == "validation" else 1)
            self.addItem(item)  # sets the two below as the plot's own menu has them
            item.setDownsampling(auto=True, method="mean")
            item.setClipToView(True)
            found = self.series[run, kind] = Series(run, kind, x, y, colour, item)
        found.x, found.y, found.colour = x, y, colour
        found.item.setPen(self._pen(found))
        found.item.setData(x, y)

    def drop(self, run: int, kind: Kind) -> None:
        found = self.series.pop((run, kind), None)
        if found is not None:
            self.removeItem(found.item)

    def restyle(self) -> None:
        """Take the colours and fonts of the theme."""
        self.setBackground(theme.colour("window"))
        self._left.restyle()
        self._bottom.restyle()
        for series in self.series.values():
            series.item.setPen(self._pen(series))
        self.viewport().update()

    def look_at(self, right: float, bottom: float, top: float) -> None:
        """What the axes span; the horizontal one begins at 0."""
        self._box.setRange(xRange=(0, right), yRange=(bottom, top), padding=0)

    def colour_of(self, series: Series) -> QColor:
        runs = theme.tokens().runs
        return QColor(series.colour or runs[(series.run - 1) % len(runs)])

    def _pen(self, series: Series) -> QPen:
        colour, ratio = self.colour_of(series), self.devicePixelRatioF()
        pen = QPen(colour, 2 * ratio)
        if series.kind == "training":
            colour.setAlphaF(0.75)
            pen = QPen(colour, ratio)
            pen.setDashPattern([4, 3])
        pen.setCosmetic(True)  # its width is in device pixels
        return pen

    # Painted under and over the lines, in the viewport's pixels

    def drawBackground(self, painter: QPainter, rect: QRectF) -> None:
        super().drawBackground(painter, rect)
        frame = self._box.mapRectToScene(self._box.boundingRect())
        low, high = self._box.viewRange()[1]
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(QPen(theme.colour("line"), 1))
        for value in self._left.tickValues(low, high, frame.height())[0][1]:
            down = round(self._place(0, value).y()) + 0.5
            painter.drawLine(QPointF(frame.left(), down), QPointF(frame.right(), down))

    def drawForeground(self, painter: QPainter, rect: QRectF) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = self._box.mapRectToScene(self._box.boundingRect())
        if not self.series:
            painter.setPen(theme.colour("text3"))
            painter.setFont(theme.font())
            place = Qt.AlignmentFlag.AlignCenter
            side = theme.px(8)
            words = painter.boundingRect(frame, place, self._empty).adjusted(-side, 0, side, 0)
            painter.fillRect(words, theme.colour("window"))  # else a grid line strikes them out
            painter.drawText(frame, place, self._empty)
            return
        if self.marker is not None:
            self._paint_marker(painter, frame, self.marker)
        self._paint_ends(painter, frame)
        if self._hover is not None and frame.contains(self._hover):
            self._paint_readout(painter, frame, self._hover)

    def _place(self, x: float, y: float) -> QPointF:
        return QPointF(self._box.mapViewToScene(QPointF(x, y)))

    def _paint_marker(self, painter: QPainter, frame: QRectF, x: float) -> None:
        across = self._place(x, 0).x()
        painter.setPen(QPen(theme.colour("text2"), 1))
        painter.drawLine(QPointF(across, frame.top()), QPointF(across, frame.bottom()))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("text2"))
        tip = QPointF(across, frame.top())
        painter.drawPolygon(QPolygonF([tip, tip + QPointF(-4, -6), tip + QPointF(4, -6)]))

    def _paint_ends(self, painter: QPainter, frame: QRectF) -> None:
        """Each run's number beside the last point of its validation line, none on another."""
        ends = [(self._place(s.x[-1], s.y[-1]), s) for s in self._with_number()]
        ends.sort(key=lambda pair: pair[0].y())
        for end, series in ends:
            if series.kind == "validation":
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(self.colour_of(series))
                painter.drawEllipse(end, _DOT, _DOT)
        painter.setFont(theme.font(12, 600))
        painter.setPen(theme.colour("text"))
        heights = apart([(end.x(), end.y()) for end, _ in ends], theme.px(_APART), frame.bottom())
        for (end, series), height in zip(ends, heights, strict=True):
            box = QRectF(end.x() + _DOT + 4, height - 10, _RIGHT, 20)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, str(series.run))

    def _with_number(self) -> list[Series]:
        return [
            series
            for (run, kind), series in self.series.items()
            if kind == "validation" or (run, "validation") not in self.series
        ]

    def _paint_readout(self, painter: QPainter, frame: QRectF, place: QPointF) -> None:
        """The values at the cursor: a line, a dot on each curve, and a table."""
        x = float(self._box.mapSceneToView(place).x())
        found = [(s, point) for s in self.series.values() if (point := s.value_at(x))]
        if not found:
            return
        painter.setPen(QPen(theme.colour("box"), 1, Qt.PenStyle.DotLine))
        painter.drawLine(QPointF(place.x(), frame.top()), QPointF(place.x(), frame.bottom()))
        for series, point in found:
            painter.setPen(QPen(theme.colour("window"), 1))
            painter.setBrush(self.colour_of(series))
            painter.drawEllipse(self._place(*point), 3, 3)
        words = {"validation": tr("test"), "training": tr("training")}
        found.sort(key=lambda pair: (pair[0].run, pair[0].kind == "training"))
        rows = [(str(s.run), words[s.kind], exact_text(y, self._percent)) for s, (_, y) in found]
        self._paint_table(painter, frame, place, rows)

    def _paint_table(
        self, painter: QPainter, frame: QRectF, place: QPointF, rows: list[tuple[str, str, str]]
    ) -> None:
        painter.setFont(theme.font(11))
        metrics = QFontMetricsF(theme.font(11))
        widths = [max(metrics.horizontalAdvance(row[n]) for row in rows) for n in range(3)]
        height, gap = metrics.height() + 2, 8.0
        size = QSizeF(sum(widths) + 4 * gap, len(rows) * height + gap)
        left = place.x() + 10
        if left + size.width() > frame.right():
            left = place.x() - 10 - size.width()
        top = min(max(place.y() - size.height() / 2, frame.top()), frame.bottom() - size.height())
        box = QRectF(QPointF(left, top), size)
        painter.setPen(QPen(theme.colour("edge"), 1))
        painter.setBrush(theme.colour("panel"))
        painter.drawRoundedRect(box, 3, 3)
        painter.setPen(theme.colour("text"))
        for number, row in enumerate(rows):
            cell_left = box.left() + gap
            for width, text in zip(widths, row, strict=True):
                cell = QRectF(cell_left, box.top() + gap / 2 + number * height, width, height)
                last = text is row[-1]
                side = Qt.AlignmentFlag.AlignRight if last else Qt.AlignmentFlag.AlignLeft
                painter.drawText(cell, side | Qt.AlignmentFlag.AlignVCenter, text)
                cell_left += width + gap

    # The person's hands

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._point(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover = event.position()
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._point(event.position())
        self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._hover = None
            self.viewport().update()
        return bool(super().viewportEvent(event))

    def _point(self, place: QPointF) -> None:
        if self.series:
            low, high = self._box.viewRange()[0]
            x = float(self._box.mapSceneToView(place).x())
            self.pointed.emit(min(max(x, low), high))


def apart(ends: list[tuple[float, float]], distance: float, bottom: float) -> list[float]:
    """Heights for labels at these ends, from top to bottom, moved where they would touch."""
    heights = [y for _, y in ends]
    order = range(len(ends))
    for upward in (False, True):
        for this in reversed(order) if upward else order:
            limit = bottom
            for other in range(this + 1, len(ends)) if upward else range(this):
                if abs(ends[other][0] - ends[this][0]) >= distance:
                    continue
                if upward:
                    limit = min(limit, heights[other] - distance)
                else:
                    heights[this] = max(heights[this], heights[other] + distance)
            if upward:
                heights[this] = min(heights[this], limit)
    return heights
