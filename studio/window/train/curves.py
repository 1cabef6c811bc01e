"""Loss and accuracy of training runs, as they grow."""

import math

import numpy as np
from numpy.typing import ArrayLike
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from studio.window.canvas.focus_ring import FocusRing
from studio.window.chrome import theme
from studio.window.train.curve_axis import round_step
from studio.window.train.curve_plot import Kind, Plot, Values
from studio.window.translate import tr

_PARTS = 75  # points that a training line is averaged to
_LINES = 5  # horizontal lines of the grid, about


class CurvePlot(QWidget):
    """A title, a plot, and a line for each run and kind.

    Solid lines are validation, dashed ones training. Each run's number stands at its end, its
    colour is the theme's. Clicking, dragging and the left and right arrows ask for another place
    of the vertical marker; whoever listens sets it, in all plots that share it.

    Parameters
    ----------
    title : str
    percent : bool
        The values are shares of 1, shown as percentages.
    legend : bool
        Say beside the title what solid and dashed lines are.
    empty : str
        What stands in the plot while there is no line.

    Signals: `marker_moved(x)` with the place a person asks for.
    """

    marker_moved = Signal(float)

    def __init__(
        self,
        title: str,
        percent: bool = False,
        legend: bool = False,
        empty: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._percent = percent
        self._span = 0.0
        self._ceiling = math.inf
        self.plot = Plot(percent, empty or tr("Nothing has been trained yet"))
        self.plot.setAccessibleName(title)
        self.plot.pointed.connect(self.marker_moved)
        self._title = QLabel(title)
        self.header = QHBoxLayout()  # a workspace may add to it
        self.header.setContentsMargins(0, 0, 0, 0)
        self.header.setSpacing(12)
        self.header.addWidget(self._title)
        self.header.addStretch(1)
        for kind in ("validation", "training") if legend else ():
            self.header.addWidget(_Key(kind))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(self.header)
        column.addWidget(self.plot, 1)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(title)
        FocusRing(self)
        theme.theme().changed.connect(self.restyle)
        self.restyle()
        self._look()

    def set_series(
        self, run: int, kind: Kind, x: ArrayLike, y: ArrayLike, colour: str | None = None
    ) -> None:
        """Draw a line, or draw it anew; without points it is taken away.

        Parameters
        ----------
        run : int
            Its number, from 1; what stands at the end of the line.
        kind : {"validation", "training"}
        x, y : sequences of one length
            `x` ascending. Values that are not finite are left out. A training line of more than
            75 points is averaged over equal parts of the horizontal axis.
        colour : str, optional
            Instead of the theme's for this run.
        """
        xs, ys = np.asarray(x, np.float64), np.asarray(y, np.float64)
        if xs.shape != ys.shape or xs.ndim != 1:
            raise ValueError(f"x and y must be of one length, not {xs.shape} and {ys.shape}")
        known = np.isfinite(xs) & np.isfinite(ys)
        xs, ys = xs[known], ys[known]
        if kind == "training" and xs.size > _PARTS:
            xs, ys = averaged(xs, ys, max(self._span, float(xs[-1])) / _PARTS)
        if xs.size:
            self.plot.draw(run, kind, xs, ys, colour)
        else:
            self.plot.drop(run, kind)
        self._look()

    def remove_run(self, run: int) -> None:
        """Take both lines of a run away."""
        self.plot.drop(run, "validation")
        self.plot.drop(run, "training")
        self._look()

    def clear(self) -> None:
        for run in {run for run, _ in self.plot.series}:
            self.remove_run(run)

    def set_span(self, right: float) -> None:
        """How far the horizontal axis reaches at least, such as the epochs of the run."""
        self._span = right
        self._look()

    def set_ceiling(self, top: float) -> None:
        """How far the vertical axis reaches at most; a line beyond it leaves the plot."""
        self._ceiling = top
        self._look()

    @property
    def marker(self) -> float | None:
        return self.plot.marker

    def set_marker(self, x: float | None) -> None:
        """Put the vertical marker somewhere, or take it away."""
        self.plot.marker = x
        self.plot.viewport().update()

    @Slot()
    def restyle(self) -> None:
        """Take the colours and fonts of the theme."""
        self._title.setFont(theme.font(13, 600))
        self.plot.restyle()

    def _look(self) -> None:
        """Span the axes: round numbers around every validation value and almost all training."""
        series = self.plot.series.values()
        right = max([self._span, *(float(one.x[-1]) for one in series)])
        lows = [float(one.y.min()) for one in series]
        highs = [
            float(one.y.max() if one.kind == "validation" else np.quantile(one.y, 0.99))
            for one in series
        ]
        low, high = min(lows, default=0.0), min(max(highs, default=1.0), self._ceiling)
        if not self._percent:
            low = min(low, 0.0)
        if high <= low:
            low, high = (low, 1.0) if low < 1 else (0.0, low)
        step = round_step(high - low, _LINES)
        bottom, top = math.floor(low / step) * step, math.ceil(high / step - 1e-9) * step
        self.plot.look_at(right or 1.0, bottom, top)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        key = Qt.Key(event.key())
        if key in steps and self.plot.series:
            right = max(float(one.x[-1]) for one in self.plot.series.values())
            start = right if self.marker is None else self.marker
            self.marker_moved.emit(min(max(round(start) + steps[key], 0.0), right))
        else:
            super().keyPressEvent(event)


class _Key(QWidget):
    """A sample of a line and what it stands for."""

    def __init__(self, kind: Kind) -> None:
        super().__init__()
        self._kind = kind
        self._word = {"validation": tr("test"), "training": tr("training")}[kind]
        metrics = self.fontMetrics()
        self.setFixedSize(metrics.horizontalAdvance(self._word) + 28, metrics.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(theme.colour("text2"))
        painter.setFont(theme.font(12))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignRight, self._word)
        pen = QPen(theme.colour("text2"), 2 if self._kind == "validation" else 1.5)
        if self._kind == "training":
            pen.setDashPattern([3, 2])
        painter.setPen(pen)
        middle = self.height() // 2
        painter.drawLine(0, middle, 20, middle)


def averaged(x: Values, y: Values, width: float) -> tuple[Values, Values]:
    """Means over parts of the axis of this width; a last part that is hardly begun is left out."""
    part = np.floor(x / width).astype(np.int64)
    starts = np.flatnonzero(np.r_[True, part[1:] != part[:-1]])
    counts = np.diff(np.r_[starts, x.size])
    mean_x, mean_y = np.add.reduceat(x, starts) / counts, np.add.reduceat(y, starts) / counts
    whole = counts.size - int(counts.size > 1 and counts[-1] < counts.max() / 2)
    return mean_x[:whole], mean_y[:whole]
