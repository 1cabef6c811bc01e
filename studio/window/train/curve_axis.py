"""The axes of curves: few round numbers, a steady width."""

import math

import pyqtgraph as pg
from PySide6.QtGui import QFontMetrics

from studio.window.chrome import theme

_ROOM = {"left": 36, "bottom": 40}  # device-independent pixels for each number
_LARGE = ((1e9, "G"), (1e6, "M"), (1e3, "k"))  # endings of numbers from 100,000 on


class CurveAxis(pg.AxisItem):  # type: ignore[misc]
    """Numbers at 1, 2 or 5 times a power of ten.

    Its width is that of its longest possible text, so that the plot stays where it is while the
    numbers grow. With `is_log` what it shows are decimal logarithms of its numbers.
    """

    def __init__(self, side: str, percent: bool = False, whole: bool = False) -> None:
        super().__init__(side)
        self.percent = percent
        self.whole = whole
        self.is_log = False
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

    def refresh(self) -> None:
        """Write the numbers anew."""
        self.picture = None
        self.update()

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        # The given size is in device pixels; the grid asks without knowing it.
        room = self.size().height() if self.orientation == "left" else self.size().width()
        count = room / theme.px(_ROOM[self.orientation])
        if self.is_log:
            return [log_ticks(low, high, count)]
        step = round_step(high - low, count)
        if self.whole:
            step = max(1.0, step)
        first, last = math.ceil(low / step - 1e-6), math.floor(high / step + 1e-6)
        return [(step, [number * step for number in range(first, last + 1)])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        if self.is_log:
            return [_log_text(value, spacing, self.percent) for value in values]
        return [axis_text(value, spacing, self.percent) for value in values]


def round_step(span: float, count: float) -> float:
    """The smallest of 1, 2, 5 × 10ⁿ that divides `span` into at most `count` parts."""
    wanted = max(span, 1e-12) / max(count, 1.0)
    power = 10.0 ** math.floor(math.log10(wanted))
    return next(power * part for part in (1, 2, 5, 10) if power * part >= wanted * (1 - 1e-9))


def log_ticks(low: float, high: float, count: float) -> tuple[float, list[float]]:
    """Round numbers between two decimal logarithms, themselves as decimal logarithms.

    Returns
    -------
    step : float
        What the numbers are apart, 0 where each is rounded for itself.
    ticks : list of float
    """
    powers = range(math.floor(low), math.ceil(high) + 1)
    for parts in ((1, 2, 5), (1,)):
        ticks = [power + math.log10(part) for power in powers for part in parts]
        ticks = [tick for tick in ticks if low - 1e-9 <= tick <= high + 1e-9]
        if len(parts) == 3 and len(ticks) < 3:
            step = round_step(10**high - 10**low, count)
            first, last = math.ceil(10**low / step - 1e-6), math.floor(10**high / step + 1e-6)
            return step, [math.log10(n * step) for n in range(max(1, first), last + 1)]
        if len(ticks) <= max(count, 2):
            return 0.0, ticks
    apart = math.ceil(len(ticks) / max(count, 1))
    return 0.0, [tick for tick in ticks if round(tick) % apart == 0]


def _log_text(value: float, step: float, percent: bool) -> str:
    number = 10.0**value
    return axis_text(number, step or 10.0 ** math.floor(value + 1e-9), percent)


def axis_text(value: float, step: float, percent: bool) -> str:
    """A number with as many decimals as its step has; with a real minus."""
    if percent:
        value, step = 100 * value, 100 * step
    decimals = _decimals(step)
    if abs(value) >= 1e5:
        size, ending = next((size, end) for size, end in _LARGE if abs(value) >= size)
        text = f"{value / size:,.{_decimals(step / size)}f}{ending}"
        text = text if len(text) < 8 else f"{value:.0e}"
    elif decimals > 4 and value:
        text = f"{value:.0e}".replace("e-0", "e-")
    else:
        text = f"{value:,.{decimals}f}"
    return text.replace("-", "−") + (" %" if percent else "")


def _decimals(step: float) -> int:
    return max(0, -math.floor(math.log10(step) + 1e-9))


def exact_text(value: float, percent: bool) -> str:
    """A single value; a share that is not whole is never shown as 100 %."""
    if not percent:
        text = f"{value:,.0f}" if abs(value) >= 1e4 else f"{value:.4g}"
        return text.replace("-", "−")
    shown = f"{100 * value:.1f}"
    if shown == "100.0" and value < 1:
        shown = f"{math.floor(value * 10_000) / 100:.2f}"
    return shown + " %"
