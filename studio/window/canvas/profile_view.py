"""The values along a line, before and after, as curves."""

import math
from typing import Any, Literal

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPen

from studio.filters.profile import Profile
from studio.image.display import CHANNELS
from studio.image.write import number
from studio.window.canvas.histogram_bars import channel_colour
from studio.window.canvas.overlays import paint_focus
from studio.window.chrome import theme
from studio.window.train.curve_axis import CurveAxis, round_step
from studio.window.train.curve_labels import apart
from studio.window.translate import tr

Which = Literal["before", "after"]

_BY_KEY = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)


_RIGHT = 20  # room for the letters at the ends of the curves


class _ValueAxis(CurveAxis):
    """Numbers a little closer to each other than beside a taller plot."""

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        step = round_step(high - low, self.size().height() / theme.px(24))
        first, last = math.ceil(low / step - 1e-6), math.floor(high / step + 1e-6)
        return [(step, [number * step for number in range(first, last + 1)])]


class ProfileView(pg.PlotWidget):  # type: ignore[misc]
    """Two profiles on common axes: before thin and dashed, after solid.

    The mouse, and with the focus the left and right arrows, point at a place of the line.

    Signals: `pointed(x, y)` with that place, in columns and rows of the picture; `left` when it is
    pointed at no more.
    """

    pointed = Signal(float, float)
    left = Signal()

    def __init__(self) -> None:
        self._left, self._bottom = _ValueAxis("left"), CurveAxis("bottom", whole=True)
        super().__init__(axisItems={"left": self._left, "bottom": self._bottom})
        self.profiles: dict[Which, Profile] = {}
        self._lines: list[Any] = []
        self._at: float | None = None  # the distance that is pointed at, in pixels
        self._ring = False
        plot = self.getPlotItem()
        plot.hideButtons()
        plot.setMenuEnabled(False)
        plot.layout.setContentsMargins(0, theme.px(22), theme.px(_RIGHT), 0)
        self._box = plot.getViewBox()
        self._box.setMouseEnabled(False, False)
        self._box.setDefaultPadding(0)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(theme.px(160), theme.px(96))
        # What is painted over the curves moves although they don't.
        self.setCacheMode(pg.PlotWidget.CacheModeFlag.CacheNone)
        self.setViewportUpdateMode(pg.PlotWidget.ViewportUpdateMode.FullViewportUpdate)
        theme.theme().changed.connect(self.restyle)
        self.restyle()
        self.show_profiles(None, None)

    def show_profiles(self, before: Profile | None, after: Profile | None) -> None:
        """Show the values along one line of two pictures; either may be missing."""
        given: dict[Which, Profile | None] = {"before": before, "after": after}
        self.profiles = {which: one for which, one in given.items() if one is not None}
        self._draw()

    @property
    def position(self) -> tuple[float, float] | None:
        """Column and row of the place that is pointed at."""
        profile = self._any()
        if self._at is None or profile is None:
            return None
        nearest = self._nearest(profile)
        return float(profile.x[nearest]), float(profile.y[nearest])

    @Slot()
    def restyle(self) -> None:
        """Take the colours and fonts of the theme."""
        self.setBackground(theme.colour("window"))
        self._left.restyle()
        self._bottom.restyle()
        self._draw()

    def _any(self) -> Profile | None:
        return self.profiles.get("after") or self.profiles.get("before")

    def _nearest(self, profile: Profile) -> int:
        return int(np.argmin(np.abs(profile.distance - (self._at or 0.0))))

    def _draw(self) -> None:
        for line in self._lines:
            self.removeItem(line)
        self._lines = []
        for which, profile in self.profiles.items():
            for channel in range(profile.values.shape[1]):
                line = pg.PlotDataItem(antialias=True)
                self.addItem(line)
                line.setClipToView(True)
                line.setDownsampling(auto=True, method="peak")
                line.setPen(self._pen(which, self._colour(profile, channel)))
                line.setZValue(1 if which == "after" else 0)
                line.setData(profile.distance, profile.values[:, channel])
                self._lines.append(line)
        self._fit()
        self.setAccessibleName(self._words())
        self.viewport().update()

    def _fit(self) -> None:
        """Axes around all finite values."""
        every = [one.values[np.isfinite(one.values)] for one in self.profiles.values()]
        known: NDArray[np.float64] = np.concatenate(every) if every else np.empty(0)
        low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
        margin = 0.05 * (high - low) or max(1.0, 0.05 * abs(high))
        last = max((float(one.distance[-1]) for one in self.profiles.values()), default=1.0)
        spans = {"xRange": (0, max(last, 1.0)), "yRange": (low - margin, high + margin)}
        self._box.setRange(**spans, padding=0)
        for axis in (self._left, self._bottom):
            axis.setStyle(showValues=bool(self.profiles))

    def _colour(self, profile: Profile, channel: int) -> QColor:
        if profile.values.shape[1] == 3:
            return channel_colour(CHANNELS[channel])
        return theme.colour("text")

    def _pen(self, which: Which, colour: QColor) -> QPen:
        ratio = self.devicePixelRatioF()
        pen = QPen(colour, (1.75 if which == "after" else 1.0) * ratio)
        if which == "before":
            colour.setAlphaF(0.85)
            pen.setColor(colour)
            pen.setDashPattern([4, 3])
        pen.setCosmetic(True)  # its width is in device pixels
        return pen

    def _words(self) -> str:
        profile = self._any()
        if profile is None:
            return tr("Line profile, empty")
        return tr("Line profile over {length} pixels").format(length=len(profile.x))

    def close(self) -> bool:
        theme.theme().changed.disconnect(self.restyle)  # nothing is left then to be styled
        return bool(super().close())

    # Painted under and over the curves, in the viewport's pixels

    def drawBackground(self, painter: QPainter, rect: QRectF) -> None:
        super().drawBackground(painter, rect)
        if not self.profiles:
            return
        frame = self._frame()
        low, high = self._box.viewRange()[1]
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for value in self._left.tickValues(low, high, frame.height())[0][1]:
            painter.setPen(QPen(theme.colour("edge" if value == 0 else "line"), 1))
            down = round(self._spot(0, value).y()) + 0.5
            painter.drawLine(QPointF(frame.left(), down), QPointF(frame.right(), down))

    def drawForeground(self, painter: QPainter, rect: QRectF) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = self._frame()
        painter.setFont(theme.font(11))
        if not self.profiles:
            painter.setFont(theme.font())
            painter.setPen(theme.colour("text2"))
            painter.drawText(
                frame, Qt.AlignmentFlag.AlignCenter, tr("Draw a line over the picture")
            )
        elif self._at is None:
            self._paint_key(painter, frame)
        else:
            self._paint_readout(painter, frame)
        self._paint_letters(painter, frame)
        if self._ring:
            paint_focus(painter, QRectF(self.viewport().rect()))

    def _frame(self) -> QRectF:
        return QRectF(self._box.mapRectToScene(self._box.boundingRect()))

    def _spot(self, x: float, y: float) -> QPointF:
        return QPointF(self._box.mapViewToScene(QPointF(x, y)))

    def _paint_key(self, painter: QPainter, frame: QRectF) -> None:
        """What dashed and solid stand for."""
        metrics = painter.fontMetrics()
        x, base = frame.left(), frame.top() - theme.px(8)
        for which, name in (("before", tr("Before")), ("after", tr("After"))):
            if which in self.profiles:
                pen = self._pen("before" if which == "before" else "after", theme.colour("text"))
                painter.setPen(pen)
                middle = base - metrics.ascent() / 2 + 1
                painter.drawLine(QPointF(x, middle), QPointF(x + theme.px(22), middle))
                painter.setPen(theme.colour("text2"))
                painter.drawText(QPointF(x + theme.px(27), base), name)
                x += theme.px(43) + metrics.horizontalAdvance(name)

    def _paint_letters(self, painter: QPainter, frame: QRectF) -> None:
        """Which curve is which channel, at their right ends."""
        profile = self._any()
        if profile is None or profile.values.shape[1] != 3:
            return
        known = np.flatnonzero(np.isfinite(profile.values).all(axis=1))
        if not known.size:
            return
        last, distance = known[-1], profile.distance
        values = profile.values[last].tolist()
        ends = [(self._spot(float(distance[last]), values[n]), n) for n in range(3)]
        ends.sort(key=lambda pair: pair[0].y())
        places = [(end.x(), end.y()) for end, _ in ends]
        heights = apart(places, theme.px(13), frame.bottom())
        painter.setFont(theme.font(11, 600))
        for (end, channel), height in zip(ends, heights, strict=True):
            painter.setPen(self._colour(profile, channel))
            box = QRectF(end.x() + theme.px(5), height - 10, theme.px(_RIGHT), 20)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, CHANNELS[channel][0].upper())

    def _paint_readout(self, painter: QPainter, frame: QRectF) -> None:
        """The place that is pointed at, and the values there, above the curves."""
        profile = self._any()
        assert profile is not None
        nearest = self._nearest(profile)
        x = self._spot(float(profile.distance[nearest]), 0).x()
        painter.setPen(QPen(theme.colour("text2"), 1))
        painter.drawLine(QPointF(x, frame.top()), QPointF(x, frame.bottom()))
        words = [f"{number(float(profile.x[nearest]))}, {number(float(profile.y[nearest]))}"]
        for which, name in (("before", tr("before")), ("after", tr("after"))):
            one = self.profiles.get("before" if which == "before" else "after")
            if one is None:
                continue
            place = self._nearest(one)
            words.append(f"{name} " + " ".join(number(float(v)) for v in one.values[place]))
            for channel, value in enumerate(one.values[place]):
                if np.isfinite(value):
                    painter.setPen(QPen(theme.colour("window"), 1))
                    painter.setBrush(self._colour(one, channel))
                    spot = self._spot(float(one.distance[place]), float(value))
                    painter.drawEllipse(spot, *((3.5, 3.5) if which == "after" else (2.5, 2.5)))
        painter.setPen(theme.colour("text"))
        painter.drawText(QPointF(frame.left(), frame.top() - theme.px(8)), "    ".join(words))

    # The person's hands

    def _point(self, distance: float | None) -> None:
        profile = self._any()
        if profile is None or distance is None:
            if self._at is not None:
                self._at = None
                self.left.emit()
        else:
            self._at = min(max(distance, 0.0), float(profile.distance[-1]))
            place = self.position
            if place is not None:
                self.pointed.emit(*place)
        self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self._point(float(self._box.mapSceneToView(event.position()).x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point(float(self._box.mapSceneToView(event.position()).x()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._point(None)
        return bool(super().viewportEvent(event))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        profile = self._any()
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        key = Qt.Key(event.key())
        if profile is not None and key in steps:
            far = 10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
            last = len(profile.x) - 1
            here = self._nearest(profile) if self._at is not None else -1
            place = min(max(here + steps[key] * far, 0), last)
            self._point(float(profile.distance[place]))
        elif key == Qt.Key.Key_Escape and self._at is not None:
            self._point(None)
        else:
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._ring = event.reason() in _BY_KEY
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._ring = False
        self.viewport().update()
