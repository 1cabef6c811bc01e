"""One line of a plot: its points, its range and its pens."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from PySide6.QtGui import QColor, QPen

from studio.window.train.curve_marks import run_colour
from studio.window.train.traces import Values

Kind = Literal["validation", "training"]

_OUTLIERS = 0.99  # the share of a training line's values that the axis has to reach
_WILD = 3.0  # times that share's highest value
_DASHES: tuple[list[float], ...] = ([], [4, 2], [1, 2], [6, 2, 1, 2])  # of lines of one colour


@dataclass(eq=False)
class Series:
    """One line; `x` and `y` are what is drawn, never empty.

    Between `lows` and `highs` lies what the values are means of; `label` stands at the line's end
    instead of the number. `item` and `raw` are the curves of the plot.
    """

    run: int
    kind: Kind
    x: Values
    y: Values
    item: Any
    raw: Any
    colour: str | None = None  # None: the theme's for this run
    lows: Values | None = None
    highs: Values | None = None
    label: str = ""
    low: float = 0.0  # the least value
    high: float = 0.0  # the largest; of a training line that of almost all
    _pens: tuple[object, ...] = ()  # what its pens were made from

    @property
    def shown_colour(self) -> QColor:
        return QColor(self.colour) if self.colour else run_colour(self.run)

    def value_at(self, x: float) -> tuple[float, float] | None:
        """The point nearest to `x`, if the line reaches there, give or take one point."""
        beyond = (self.x[-1] - self.x[0]) / max(1, self.x.size - 1)
        if not self.x[0] - beyond <= x <= self.x[-1] + beyond and self.x.size > 1:
            return None
        nearest = int(np.argmin(np.abs(self.x - x)))
        return float(self.x[nearest]), float(self.y[nearest])

    def give_pens(self, is_chosen: bool, is_quiet: bool, is_dashed: bool, ratio: float) -> None:
        """Draw the line as its run is looked at, and as it lies among the others.

        `is_dashed` says whether lines of training are, and `ratio` how many device pixels a pixel
        has: the width of such pens is in device pixels.
        """
        colour, faint = self.shown_colour, self.shown_colour
        made_from = (is_chosen, is_quiet, is_dashed, ratio, colour.rgb(), bool(self.label))
        if self._pens == made_from:
            return
        self._pens = made_from
        if self.kind == "validation":
            pen = QPen(colour, (2.5 if is_chosen else 2.0 - 0.5 * is_quiet) * ratio)
        elif not is_dashed:
            pen = QPen(colour, (2.0 if is_chosen else 1.5) * ratio)
            if self.label:
                pen.setDashPattern(_DASHES[(self.run - 1) // 6 % len(_DASHES)])
        else:
            colour.setAlphaF(0.45 if is_quiet else 0.85)
            pen = QPen(colour, ratio)
            pen.setDashPattern([4, 3])
        faint.setAlphaF(0.28 if is_chosen else 0.2)
        for curve, used in ((self.item, pen), (self.raw, QPen(faint, ratio))):
            used.setCosmetic(True)
            curve.setPen(used)
        self.item.setZValue((2 if self.kind == "validation" else 1) + 2 * is_chosen)


def highest(kind: Kind, y: Values) -> float:
    """The largest value; of a training line that of almost all where others are far beyond."""
    most = float(y.max())
    if kind == "validation" or y.size < 3:
        return most
    place = int(_OUTLIERS * (y.size - 1))
    usual = float(np.partition(y, place)[place])
    return usual if most > _WILD * usual else most
