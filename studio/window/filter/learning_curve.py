"""The error of a kernel that is being learned, over its steps, on a logarithmic axis."""

import math

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Slot
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPen

from studio.image.write import number
from studio.window.chrome import theme
from studio.window.train.curve_axis import CurveAxis
from studio.window.translate import tr

_LOWEST = 1e-20  # below it an error is drawn as this
_FEWEST_DECADES = 2
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


class ErrorCurve(pg.PlotWidget):  # type: ignore[misc]
    """One line of errors, and a dotted one where the smallest possible error lies."""

    def __init__(self) -> None:
        self._left, self._bottom = _PowerAxis(), CurveAxis("bottom", whole=True)
        super().__init__(axisItems={"left": self._left, "bottom": self._bottom})
        self.errors: list[float] = []  # one for each step, from the start
        self.remaining: float | None = None
        self._last_step = 1
        self._hover: QPointF | None = None
        plot = self.getPlotItem()
        plot.hideButtons()
        plot.setMenuEnabled(False)
        plot.layout.setContentsMargins(0, theme.px(8), theme.px(12), 0)
        self._box = plot.getViewBox()
        self._box.setMouseEnabled(False, False)
        self._box.setDefaultPadding(0)
        self._line = pg.PlotDataItem(antialias=True, skipFiniteCheck=True)
        self.addItem(self._line)
        self._line.setDownsampling(auto=True, method="peak")
        self._line.setClipToView(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(theme.px(120), theme.px(80))
        # What is painted over the line moves although the line doesn't.
        self.setCacheMode(pg.PlotWidget.CacheModeFlag.CacheNone)
        self.setViewportUpdateMode(pg.PlotWidget.ViewportUpdateMode.FullViewportUpdate)
        theme.theme().changed.connect(self.restyle)
        self.restyle()
        self.begin(1)

    def begin(self, last_step: int) -> None:
        """Empty the curve, for a run of so many steps."""
        self.errors = []
        self.remaining = None
        self._last_step = last_step
        self._draw()

    def add(self, errors: list[float]) -> None:
        """Draw the errors of the next steps."""
        self.errors += errors
        self._draw()

    def show_remaining(self, error: float) -> None:
        """Mark the error that no kernel of this size goes below."""
        self.remaining = error
        self._draw()

    @Slot()
    def restyle(self) -> None:
        """Take the colours and fonts of the theme."""
        self.setBackground(theme.colour("window"))
        self._left.restyle()
        self._bottom.restyle()
        pen = QPen(theme.colour("warm"), 2 * self.devicePixelRatioF())
        pen.setCosmetic(True)  # its width is in device pixels
        self._line.setPen(pen)
        self.viewport().update()

    def _draw(self) -> None:
        heights = _heights(self.errors)
        self._line.setData(np.arange(len(heights), dtype=float), heights)
        shown = heights if self.remaining is None else [*heights, *_heights([self.remaining])]
        low, high = (min(shown), max(shown)) if len(shown) else (-_FEWEST_DECADES / 2, 1.0)
        if self.remaining is not None:
            low -= 0.15 * (high - low)  # room for its words
        bottom, top = math.floor(low), math.ceil(high)
        bottom = min(bottom, top - _FEWEST_DECADES)
        self._box.setRange(xRange=(0, self._last_step), yRange=(bottom, top), padding=0)
        self.setAccessibleName(self._words())
        self.viewport().update()

    def _words(self) -> str:
        if not self.errors:
            return tr("Error curve, empty")
        words = tr("Error curve: mean squared error {first} at the start, {last} at step {step}")
        return words.format(
            first=short_number(self.errors[0]),
            last=short_number(self.errors[-1]),
            step=len(self.errors) - 1,
        )

    # Painted under and over the line, in the viewport's pixels

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
        if self.remaining is not None:
            self._paint_remaining(painter, frame, self.remaining)
        if not self.errors:
            return
        end = self._place(len(self.errors) - 1, _heights(self.errors[-1:])[0])
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("warm"))
        painter.drawEllipse(end, 3.5, 3.5)
        if self._hover is not None and frame.contains(self._hover):
            self._paint_readout(painter, frame, self._hover)

    def _place(self, x: float, y: float) -> QPointF:
        return QPointF(self._box.mapViewToScene(QPointF(x, y)))

    def _paint_remaining(self, painter: QPainter, frame: QRectF, error: float) -> None:
        down = round(self._place(0, _heights([error])[0]).y()) + 0.5
        painter.setPen(QPen(theme.colour("text2"), 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(frame.left(), down), QPointF(frame.right(), down))
        painter.setFont(theme.font(11))
        height = painter.fontMetrics().height()
        top = down + 2 if down + 2 + height <= frame.bottom() else down - height - 1
        box = QRectF(frame.left() + theme.px(4), top, frame.width() - theme.px(4), height)
        words = tr("least possible: {error}").format(error=short_number(error))
        painter.drawText(box, Qt.AlignmentFlag.AlignRight, words)

    def _paint_readout(self, painter: QPainter, frame: QRectF, place: QPointF) -> None:
        step = round(float(self._box.mapSceneToView(place).x()))
        step = min(max(step, 0), len(self.errors) - 1)
        point = self._place(step, _heights(self.errors[step : step + 1])[0])
        painter.setPen(QPen(theme.colour("box"), 1, Qt.PenStyle.DotLine))
        painter.drawLine(QPointF(point.x(), frame.top()), QPointF(point.x(), frame.bottom()))
        words = tr("step {step}: {error}").format(step=step, error=short_number(self.errors[step]))
        painter.setFont(theme.font(11))
        metrics = painter.fontMetrics()
        width, height = metrics.horizontalAdvance(words) + theme.px(12), metrics.height() + 4
        left = point.x() + 8 if point.x() + 8 + width <= frame.right() else point.x() - 8 - width
        top = min(max(point.y() - height - 4, frame.top()), frame.bottom() - height)
        box = QRectF(max(left, frame.left()), top, width, height)
        painter.setPen(QPen(theme.colour("edge"), 1))
        painter.setBrush(theme.colour("panel"))
        painter.drawRoundedRect(box, theme.px(3), theme.px(3))
        painter.setPen(theme.colour("text"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)

    # The person's hands

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.ignore()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover = event.position()
        self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.ignore()

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._hover = None
            self.viewport().update()
        return bool(super().viewportEvent(event))


class _PowerAxis(CurveAxis):
    """Whole powers of ten; what is drawn are their exponents."""

    def __init__(self) -> None:
        super().__init__("left", whole=True)

    def restyle(self) -> None:
        super().restyle()
        self.setWidth(QFontMetrics(theme.font(11)).horizontalAdvance("10⁻²⁰") + theme.px(12))

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        return [power_text(round(value)) for value in values]


def power_text(exponent: int) -> str:
    """A power of ten as it is written, such as 10⁻³; the near ones in figures."""
    near = {-1: "0.1", 0: "1", 1: "10", 2: "100"}
    return near.get(exponent) or "10" + str(exponent).translate(RAISED)


def short_number(value: float) -> str:
    """A number of at least 0, with a power of ten where there would be many noughts."""
    if value and not 1e-4 <= value < 1e6:
        figures, _, exponent = f"{value:.1e}".partition("e")
        return f"{figures} × 10{str(int(exponent)).translate(RAISED)}"
    return number(value)


def _heights(errors: list[float]) -> NDArray[np.float64]:
    return np.log10(np.maximum(errors, _LOWEST)) if errors else np.empty(0)
