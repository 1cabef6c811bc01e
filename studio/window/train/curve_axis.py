"""The axes of curves: few round numbers, a steady width."""

import math

import pyqtgraph as pg
from PySide6.QtGui import QFontMetrics

from studio.window.chrome import theme

_ROOM = {"left": 36, "bottom": 40}  # device-independent pixels for each number


class CurveAxis(pg.AxisItem):  # type: ignore[misc]
    """Numbers at 1, 2 or 5 times a power of ten.

    Its width is that of its longest possible text, so that the plot stays where it is while the
    numbers grow.
    """

    def __init__(self, side: str, percent: bool = False, whole: bool = False) -> None:
        super().__init__(side)
        self._percent = percent
        self._whole = whole
        self.enableAutoSIPrefix(False)
        self.setStyle(tickLength=0, tickTextOffset=8, tickAlpha=0, autoExpandTextSpace=False)
        self.setStyle(hideOverlappingLabels=False)  # or those at the ends are left out
        self.restyle()

    def restyle(self) -> None:
        """Take the colours and the font of the theme."""
        font = theme.font(11)
        metrics = QFontMetrics(font)
        self.setStyle(tickFont=font)
        self.setTextPen(theme.colour("text3"))
        self.setPen(None)
        if self.orientation == "left":
            self.setWidth(metrics.horizontalAdvance("0,000 %") + 8)
        else:
            self.setHeight(metrics.height() + 10)

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        # The given size is in device pixels; the grid asks without knowing it.
        room = self.size().height() if self.orientation == "left" else self.size().width()
        step = round_step(high - low, room / theme.px(_ROOM[self.orientation]))
        if self._whole:
            step = max(1.0, step)
        first, last = math.ceil(low / step - 1e-6), math.floor(high / step + 1e-6)
        return [(step, [number * step for number in range(first, last + 1)])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        return [axis_text(value, spacing, self._percent) for value in values]


def round_step(span: float, count: float) -> float:
    """The smallest of 1, 2, 5 × 10ⁿ that divides `span` into at most `count` parts."""
    wanted = max(span, 1e-12) / max(count, 1.0)
    power = 10.0 ** math.floor(math.log10(wanted))
    return next(power * part for part in (1, 2, 5, 10) if power * part >= wanted * (1 - 1e-9))


def axis_text(value: float, step: float, percent: bool) -> str:
    """A number with as many decimals as its step has; with a real minus."""
    if percent:
        value, step = 100 * value, 100 * step
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    large = abs(value) >= 1e5 or decimals > 4
    text = f"{value:.0e}" if large and value else f"{value:.{decimals}f}"
    return text.replace("-", "−") + (" %" if percent else "")


def exact_text(value: float, percent: bool) -> str:
    """A single value; a share that is not whole is never shown as 100 %."""
    if not percent:
        return f"{value:.4g}".replace("-", "−")
    shown = f"{100 * value:.1f}"
    if shown == "100.0" and value < 1:
        shown = f"{math.floor(value * 10_000) / 100:.2f}"
    return shown + " %"
