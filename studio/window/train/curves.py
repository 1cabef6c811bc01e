"""Curves of training runs, as they grow."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from PySide6.QtCore import QRectF, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from studio.window.canvas.focus_ring import FocusRing
from studio.window.chrome import theme
from studio.window.train.chart_head import LineKey, TitleButton
from studio.window.train.curve_axis import exact_text, round_step
from studio.window.train.curve_marks import Note
from studio.window.train.curve_plot import Plot
from studio.window.train.curve_series import Kind, Series
from studio.window.train.readout import Reading, Readout
from studio.window.translate import tr

_LINES = 5  # horizontal lines of the grid, about


class CurvePlot(QWidget):
    """A title, a row of values, a plot, and a line for each run and kind.

    Solid lines are validation, dashed ones training. Each run's number stands at its end, its
    colour is the theme's. Clicking and dragging ask for another place of the vertical marker, the
    left and right arrows for the next one; whoever listens sets it, in all plots that share it.
    The values at the crosshair, or else at the marker, stand above the plot.

    Parameters
    ----------
    title : str
    percent : bool
        The values are shares of 1, shown as percentages.
    legend : bool
        Say beside the title what solid and dashed lines are.
    empty : str
        What stands in the plot while there is no line.

    Signals: `marker_moved(x)` and `crosshair_moved(x)` with the place a person asks for, the
    latter with None for none; `stepped(n)` to go so many epochs on.
    """

    marker_moved = Signal(float)
    crosshair_moved = Signal(object)
    stepped = Signal(int)

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
        self._place_words = "{place}"
        self._ceiling = math.inf
        self._checked_on = tr("validation")
        self.plot = Plot(percent, empty or tr("Nothing has been trained yet"))
        self.plot.pointed.connect(self.marker_moved)
        self.plot.hovered.connect(self.crosshair_moved)
        self.title = TitleButton()
        self.readout = Readout()
        self.header = QHBoxLayout()  # a workspace may add to it
        self.header.setContentsMargins(0, 0, 0, 0)
        self.header.setSpacing(theme.px(12))
        self.header.addWidget(self.title)
        self.header.addStretch(1)
        self.keys = [LineKey(kind) for kind in ("validation", "training")] if legend else []
        for key in self.keys:
            self.header.addWidget(key)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(2))
        column.addLayout(self.header)
        column.addWidget(self.readout)
        column.addWidget(self.plot, 1)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.set_title(title)
        FocusRing(self)
        theme.theme().changed.connect(self.restyle)
        self.restyle()
        self.look()

    # What is shown

    def set_title(self, title: str, percent: bool | None = None) -> None:
        """Name what the values are."""
        self.title.setText(title)
        self.setAccessibleName(title)
        self.plot.setAccessibleName(title)
        if percent is not None and percent != self._percent:
            self._percent = self.plot.left.percent = percent
            self.plot.left.refresh()

    def set_series(
        self,
        run: int,
        kind: Kind,
        x: ArrayLike,
        y: ArrayLike,
        colour: str | None = None,
        lows: ArrayLike | None = None,
        highs: ArrayLike | None = None,
        label: str = "",
    ) -> None:
        """Draw a line, or draw it anew; without points it is taken away. `look` fits the axes.

        Parameters
        ----------
        run : int
            Its number, from 1; what stands at the end of the line.
        kind : {"validation", "training"}
        x, y : sequences of one length
            `x` ascending. Values that are not finite are left out.
        colour : str, optional
            Instead of the theme's for this run.
        lows, highs : sequences of that length, optional
            What the values are means of lies between these; drawn faintly behind the line.
        label : str
            What stands at the end instead of the number.
        """
        parts = [np.asarray(part, np.float64) for part in (x, y, lows, highs) if part is not None]
        if any(part.shape != parts[0].shape or part.ndim != 1 for part in parts):
            raise ValueError(f"x and y must be of one length, not {[p.shape for p in parts]}")
        known = np.isfinite(parts).all(axis=0)
        xs, ys, *ends = (part[known] for part in parts)
        if xs.size:
            behind = ends if len(ends) == 2 else [None, None]
            self.plot.draw(run, kind, xs, ys, colour, behind[0], behind[1], label)
        else:
            self.plot.drop(run, kind)

    def remove_run(self, run: int) -> None:
        """Take both lines of a run away."""
        self.plot.drop(run, "validation")
        self.plot.drop(run, "training")

    def clear(self) -> None:
        for run in {run for run, _ in self.plot.series}:
            self.remove_run(run)
        self.look()

    def set_span(self, right: float) -> None:
        """How far the horizontal axis reaches at least, such as the epochs of the run."""
        self._span = right

    def set_ceiling(self, top: float) -> None:
        """How far the vertical axis reaches at most; a line beyond it leaves the plot."""
        self._ceiling = top

    def set_log(self, is_log: bool) -> None:
        """Make the vertical axis logarithmic or linear; values up to 0 are then left out."""
        self.plot.set_log(is_log)
        self.look()

    def set_unit(self, word: str, place: str, whole: bool) -> None:
        """Say what the horizontal axis counts, how a place of it is said, such as ``epoch
        {place}``, and whether its numbers are whole.
        """
        self.plot.unit, self._place_words = word, place
        self.plot.bottom.whole = whole
        self.plot.bottom.refresh()

    def set_checked_on(self, word: str) -> None:
        """Name the part of the pictures that solid lines are of."""
        self._checked_on = word
        for key in self.keys:
            key.set_word(word if key.kind == "validation" else tr("training"))

    @property
    def marker(self) -> float | None:
        return self.plot.marker

    def set_marker(self, x: float | None) -> None:
        """Put the vertical marker somewhere, or take it away."""
        self.plot.marker = x
        self.refresh()

    def set_crosshair(self, x: float | None) -> None:
        """Read the values at another place, or no longer."""
        if x != self.plot.crosshair:
            self.plot.crosshair = x
            self.refresh()

    def set_note(self, note: Note | None) -> None:
        """Ring a place, with words."""
        self.plot.note = note
        self.plot.viewport().update()

    @Slot()
    def restyle(self) -> None:
        """Take the colours and fonts of the theme."""
        self.plot.restyle()
        self.title.restyle()
        self.refresh()

    def look(self) -> None:
        """Span the axes: round numbers around every validation value and almost all training."""
        series = list(self.plot.series.values())
        right = max([self._span, *(float(one.x[-1]) for one in series)])
        if self.plot.is_log:
            bottom, top = _log_bounds(series)
        else:
            bottom, top = self._bounds(series)
        self.plot.look_at(right or 1.0, bottom, top)
        self.refresh()

    def _bounds(self, series: Sequence[Series]) -> tuple[float, float]:
        lows, highs = [one.low for one in series], [one.high for one in series]
        low, high = min(lows, default=0.0), min(max(highs, default=1.0), self._ceiling)
        if not self._percent:
            low = min(low, 0.0)
        if high <= low:
            low, high = (low, 1.0) if low < 1 else (0.0, low)
        step = round_step(high - low, _LINES)
        return math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step

    def paint_keys(self, painter: QPainter, head: QRectF) -> None:
        """Draw what the lines are at the right of a title, where there are two kinds."""
        left = head.right()
        for kind in ("training", "validation") if self.plot.is_dashed else ():
            key = LineKey("validation" if kind == "validation" else "training")
            key.set_word(self._checked_on if kind == "validation" else tr("training"))
            left -= key.width() + theme.px(12)
            key.paint(painter, QRectF(left, head.top(), key.width(), head.height()))

    # Reading values

    def refresh(self) -> None:
        """Say and paint anew what is at the crosshair, or else at the marker."""
        at = self.plot.crosshair if self.plot.crosshair is not None else self.plot.marker
        self.readout.show_readings(
            "" if at is None else self._place_words.format(place=exact_text(round(at, 1), False)),
            [] if at is None else self.readings(at),
        )
        self.setAccessibleDescription(self.readout.words)
        self.plot.viewport().update()

    def readings(self, x: float) -> list[Reading]:
        """The values of all lines at a place, the chosen run's first."""
        chosen = self.plot.chosen
        found: dict[int, list[Series]] = {}
        for (run, kind), series in self.plot.series.items():
            found.setdefault(run, []).insert(0 if kind == "validation" else 1, series)
        readings = []
        for run in sorted(found, key=lambda run: (run != chosen, run)):
            values = tuple(
                (exact_text(point[1], self._percent), *self._kind_of(series))
                for series in found[run]
                if (point := series.value_at(x))
            )
            if values:
                first = found[run][0]
                colour = first.shown_colour
                readings.append(Reading(first.label or str(run), values, colour))
        return readings

    def _kind_of(self, series: Series) -> tuple[str, bool]:
        """What a line is of, and whether it is dashed."""
        if not self.plot.is_dashed:
            return "", False
        is_checked = series.kind == "validation"
        return (self._checked_on if is_checked else tr("training")), not is_checked

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        key = Qt.Key(event.key())
        is_fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if key in steps and self.plot.series and is_fine:
            self._move_crosshair(steps[key])
        elif key in steps and self.plot.series:
            self.crosshair_moved.emit(None)
            self.stepped.emit(steps[key])
        elif key == Qt.Key.Key_Escape and self.plot.crosshair is not None:
            self.crosshair_moved.emit(None)
        else:
            super().keyPressEvent(event)

    def _move_crosshair(self, steps: int) -> None:
        right = max(float(one.x[-1]) for one in self.plot.series.values())
        at = self.plot.crosshair if self.plot.crosshair is not None else self.plot.marker
        at = right if at is None else at + steps * right / 100
        self.crosshair_moved.emit(min(max(at, 0.0), right))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_keys()
        self.look()

    def _show_keys(self) -> None:
        """What the lines are, where there is room and more than one kind."""
        room = self.width() - self.title.sizeHint().width() - theme.px(64)
        needed = sum(key.width() + self.header.spacing() for key in self.keys)
        for key in self.keys:
            key.setVisible(self.plot.is_dashed and needed <= room)


def _log_bounds(series: Sequence[Series]) -> tuple[float, float]:
    """Decimal logarithms of round numbers around all values above 0."""
    above = [one.y[one.y > 0] for one in series]
    lows = [float(y.min()) for y in above if y.size]
    if not lows:
        return -1.0, 0.0
    highs = [float(y.max()) for y in above if y.size]
    low, high = math.log10(min(lows)), math.log10(max(highs))
    parts = [0.0, math.log10(2), math.log10(5), 1.0]
    down = max(part for part in parts if part <= low - math.floor(low) + 1e-9)
    up = min(part for part in parts if part >= high - math.floor(high) - 1e-9)
    bottom, top = math.floor(low) + down, math.floor(high) + up
    return (bottom, top) if top > bottom else (bottom - 0.3, top + 0.3)
