"""The drawing of a histogram: bars for one channel, lines for three."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from studio.image.display import CHANNELS, Scale
from studio.image.statistics import Histogram
from studio.window.chrome import theme

_PITCH = 4  # the least distance of two bars, in pixels of the design
# Okabe and Ito's orange-red, green and blue as the theme has them, and a stroke for each.
_RUNS = {"red": 5, "green": 2, "blue": 0}
_STROKES = {
    "red": Qt.PenStyle.SolidLine,
    "green": Qt.PenStyle.DashLine,
    "blue": Qt.PenStyle.DotLine,
}


@dataclass(frozen=True, eq=False)
class Counted:
    """A histogram as it was when it was shown.

    Attributes
    ----------
    counts : array, channels x bins
    low, high : float
        The ends of the first and of the last bin.
    """

    counts: NDArray[np.int64]
    low: float
    high: float

    @classmethod
    def of(cls, histogram: Histogram, scale: Scale) -> "Counted":
        """The channels that are shown of it."""
        counts = histogram.counts
        if scale.channel != "all" and len(counts) == 3:
            counts = counts[[CHANNELS.index(scale.channel)]]
        return cls(counts, histogram.low, histogram.high)

    def grouped(self, width: float) -> NDArray[np.int64]:
        """The counts with as many neighbours put together as `width` needs for legible bars."""
        bins = self.counts.shape[1]
        together = 1
        while bins % (2 * together) == 0 and width / (bins / together) < theme.px(_PITCH):
            together *= 2
        return np.asarray(self.counts.reshape(len(self.counts), -1, together).sum(axis=2))

    def heights(self, width: float, logarithmic: bool) -> NDArray[np.float64]:
        """Shares of the full height, channels x bars, 0 to 1.

        On a linear scale the bars at the two ends, which stand for all beyond, may be cut.
        """
        counts = self.grouped(width).astype(np.float64)
        if logarithmic:
            counts = np.log1p(counts)
            return np.asarray(counts / max(1.0, counts.max()))
        inner = counts[:, 1:-1].max(initial=0.0)
        return np.asarray(np.minimum(counts / max(1.0, inner or counts.max()), 1.0))


def paint_bars(
    painter: QPainter, box: QRectF, counted: Counted, scale: Scale, logarithmic: bool
) -> None:
    """Paint a histogram that stands on the lower edge of a box."""
    heights = counted.heights(box.width(), logarithmic)
    if len(heights) == 3:
        for name, line in zip(CHANNELS, heights, strict=True):
            _paint_line(painter, box, line, name)
        return
    bars = heights.shape[1]
    tops = np.where(heights[0] > 0, np.maximum(heights[0] * box.height(), 1.0), 0.0)
    edges = np.rint(box.left() + np.arange(bars + 1) * box.width() / bars)
    gap = 1 if box.width() / bars >= 3 else 0
    values = counted.low + (np.arange(bars) + 0.5) * (counted.high - counted.low) / bars
    near = (counted.high - counted.low) / bars
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    for left, right, top, value in zip(edges, edges[1:], tops, values, strict=False):
        if top:
            bar = QRectF(left, box.bottom() - top, max(1.0, right - left - gap), top)
            painter.fillRect(bar, _colour(scale, float(value), near))


def _colour(scale: Scale, value: float, near: float) -> QColor:
    if scale.channel != "all":
        return channel_colour(scale.channel)
    if scale.kind != "signed" or abs(value) < near:
        return theme.colour("text3")
    return theme.colour("warm" if value > 0 else "cold")


def channel_colour(name: str) -> QColor:
    """The colour that a channel's line has in a plot."""
    return QColor(theme.tokens().runs[_RUNS[name]])


def channel_stroke(name: str) -> Qt.PenStyle:
    """The stroke that tells a channel's line from the others without its colour."""
    return _STROKES[name]


def _paint_line(painter: QPainter, box: QRectF, heights: NDArray[np.float64], name: str) -> None:
    colour = channel_colour(name)
    across = box.left() + (np.arange(len(heights)) + 0.5) * box.width() / len(heights)
    down = box.bottom() - heights * (box.height() - 1)
    points = [QPointF(x, y) for x, y in zip(across.tolist(), down.tolist(), strict=True)]
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour.red(), colour.green(), colour.blue(), 24))
    ends = [QPointF(points[-1].x(), box.bottom()), QPointF(points[0].x(), box.bottom())]
    painter.drawPolygon(QPolygonF([*points, *ends]))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(colour, theme.px(1.5), channel_stroke(name)))
    painter.drawPolyline(QPolygonF(points))


Which = Literal["low", "high"]


def paint_key(painter: QPainter, corner: QPointF) -> None:
    """Which stroke is which channel; `corner` is the upper left one."""
    painter.setFont(theme.font(11))
    metrics = painter.fontMetrics()
    x, middle = corner.x(), corner.y() + metrics.height() / 2
    for name in CHANNELS:
        painter.setPen(QPen(channel_colour(name), theme.px(1.5), channel_stroke(name)))
        painter.drawLine(QPointF(x, middle), QPointF(x + theme.px(14), middle))
        x += theme.px(17)
        painter.setPen(theme.colour("text2"))
        painter.drawText(QPointF(x, corner.y() + metrics.ascent()), name[0].upper())
        x += metrics.horizontalAdvance("R") + theme.px(8)
