"""The loss over a plane: colours, contour lines, and the way of the weights."""

import math

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QMouseEvent, QPainter, QPen, QPolygonF

from studio.window.chrome import theme
from studio.window.train.by_hand.landscape import Landscape, Places
from studio.window.train.curve_axis import CurveAxis
from studio.window.translate import tr

_DOT = 4.5


class SurfacePlot(pg.PlotWidget):  # type: ignore[misc]
    """Negative gradient to the right, a random direction upwards, the weights in the middle.

    Signals: `hovered(x, y)` with the place under the pointer, `left` when it has gone.
    """

    hovered = Signal(float, float)
    left = Signal()

    def __init__(self) -> None:
        self._side, self._bottom = CurveAxis("left"), CurveAxis("bottom")
        super().__init__(axisItems={"left": self._side, "bottom": self._bottom})
        self.landscape: Landscape | None = None
        self.path: Places = ()
        plot = self.getPlotItem()
        plot.hideButtons()
        plot.setMenuEnabled(False)
        plot.layout.setContentsMargins(0, theme.px(4), theme.px(4), 0)
        self._box = plot.getViewBox()
        self._box.setMouseEnabled(False, False)
        self._box.setDefaultPadding(0)
        self._image = pg.ImageItem(axisOrder="row-major")
        self.addItem(self._image)
        self._image.hide()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(theme.px(160), theme.px(140))
        # What is painted over the picture moves although the picture doesn't.
        self.setCacheMode(pg.PlotWidget.CacheModeFlag.CacheNone)
        self.setViewportUpdateMode(pg.PlotWidget.ViewportUpdateMode.FullViewportUpdate)
        self.setAccessibleName(tr("The loss around the weights"))
        theme.theme().changed.connect(self.restyle)
        self.restyle()
        self._look(1.0)

    @property
    def margin(self) -> int:
        """How much wider than high the plot has to be for the plane to be a square."""
        return round(float(self._side.width() - self._bottom.height()))

    def show_landscape(self, landscape: Landscape | None) -> None:
        """Show a plane, or none."""
        self.landscape = landscape
        self.path = landscape.path if landscape else ()
        self._image.setVisible(landscape is not None)
        for axis in (self._side, self._bottom):
            axis.setStyle(showValues=landscape is not None)
        if landscape is not None:
            edge = landscape.edge
            self._image.setImage(landscape.pixels, levels=None)
            self._image.setRect(QRectF(-edge, -edge, 2 * edge, 2 * edge))
            self._look(edge)
        self.viewport().update()

    def show_path(self, path: Places) -> None:
        """Show where the weights have gone since."""
        self.path = path
        self.viewport().update()

    @Slot()
    def restyle(self) -> None:
        """Take the colours and fonts of the theme."""
        self.setBackground(theme.colour("window"))
        self._side.restyle()
        self._bottom.restyle()
        self.viewport().update()

    def _look(self, edge: float) -> None:
        self._box.setRange(xRange=(-edge, edge), yRange=(-edge, edge), padding=0)

    # Painted over the picture, in the viewport's pixels

    def drawForeground(self, painter: QPainter, rect: QRectF) -> None:
        frame = self._box.mapRectToScene(self._box.boundingRect())
        if self.landscape is None:
            painter.setPen(QPen(theme.colour("line"), 1))
            painter.drawRect(frame)
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(frame)
        line = QPen(Qt.GlobalColor.white, 1)
        painter.setOpacity(0.55)
        painter.setPen(line)
        for contour in self.landscape.contours:
            painter.drawPolyline(self._polygon(contour.tolist()))
        painter.setOpacity(1)
        self._paint_path(painter)

    def _paint_path(self, painter: QPainter) -> None:
        """The weights' way on a dark outline, its end a dot; the plane's own weights a ring."""
        points = [place for place in self.path if all(map(math.isfinite, place))]
        for colour, width in ((Qt.GlobalColor.black, 4), (Qt.GlobalColor.white, 2)):
            painter.setPen(
                QPen(colour, width, c=Qt.PenCapStyle.RoundCap, j=Qt.PenJoinStyle.RoundJoin)
            )
            painter.setBrush(Qt.BrushStyle.NoBrush)
            if len(points) > 1:
                painter.drawPolyline(self._polygon(points))
            painter.drawEllipse(self._place(0, 0), _DOT + 2, _DOT + 2)
        painter.setPen(QPen(Qt.GlobalColor.black, 1))
        painter.setBrush(Qt.GlobalColor.white)
        for point in points:
            side = _DOT if point is points[-1] else _DOT / 2
            painter.drawEllipse(self._place(*point), side, side)

    def _polygon(self, points: "list[list[float]] | list[tuple[float, float]]") -> QPolygonF:
        return QPolygonF([self._place(x, y) for x, y in points])

    def _place(self, x: float, y: float) -> QPointF:
        return QPointF(self._box.mapViewToScene(QPointF(x, y)))

    # The person's hands

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.ignore()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        point = self._box.mapSceneToView(event.position())
        x, y = float(point.x()), float(point.y())
        edge = self.landscape.edge if self.landscape else 0.0
        if self.landscape is not None and max(abs(x), abs(y)) <= edge:
            self.hovered.emit(x, y)
        else:
            self.left.emit()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.ignore()

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self.left.emit()
        return bool(super().viewportEvent(event))
