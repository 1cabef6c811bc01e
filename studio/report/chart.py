"""A line chart as SVG, drawn in the colours of the page around it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from xml.etree.ElementTree import Element

import numpy as np
from matplotlib.ticker import LogLocator, MaxNLocator
from numpy.typing import NDArray

from studio.report.markup import tag
from studio.report.numbers import figure, percent

Values = NDArray[np.float64]

COLOURS = 6
_WIDTH, _HEIGHT = 560, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 34, 14, 34
_TEXT_APART, _WIDE = 13, 24  # between two numbers at the ends of lines; of one
_LARGEST = 1e38  # about what a float32 can be
_MOST_BANDS = 150  # places with values to point at


@dataclass(frozen=True, eq=False)
class Line:
    """One line: its points, whose it is (from 1, 0 for a chart of one run), and what it is called.

    A thin line is dashed; one with an `end` has a dot and that text at its last point.
    """

    name: str
    x: Values
    y: Values
    colour: int = 1
    is_thin: bool = False
    end: str = ""


class Mark(NamedTuple):
    """A ring around a place, with words."""

    x: float
    y: float
    words: str


@dataclass(frozen=True, eq=False)
class Chart:
    """Lines over a number of epochs.

    Attributes
    ----------
    ceiling : float
        The largest value shown where some are larger; 0 for all.
    is_share, is_logarithmic
        What the vertical axis is.
    """

    title: str
    lines: Sequence[Line]
    marks: Sequence[Mark] = field(default=())
    across: float = 1.0
    ceiling: float = 0.0
    is_share: bool = False
    is_logarithmic: bool = False

    def draw(self) -> Element:
        """The chart; its values stand in the tooltips of its epochs."""
        frame = _Frame(self)
        return tag(
            "svg",
            tag("title", f"{self.title}, by epoch"),
            _grid(self, frame),
            [_path(line, frame) for line in self.lines],
            _ends(self, frame),
            [part for mark in self.marks for part in _mark(mark, frame)],
            _bands(self, frame),
            viewBox=f"0 0 {_WIDTH} {_HEIGHT}",
            class_="chart",
            role="img",
        )

    def words_for(self, value: float) -> str:
        return percent(value) if self.is_share else figure(value)


class _Frame:
    """From values to places: pixels of the drawing."""

    def __init__(self, chart: Chart) -> None:
        parts = [line.y[np.isfinite(line.y)] for line in chart.lines]
        values = np.concatenate([*parts, np.zeros(0)])
        limit = 1.0 if chart.is_share else _LARGEST
        values = np.clip(values, 0 if chart.is_share else -limit, limit)
        self.is_logarithmic = chart.is_logarithmic
        self.ticks: Values
        if self.is_logarithmic:
            values = np.maximum(values[values > 0], 1 / _LARGEST)
            low, high = _ends_of(values, (0.1, 1.0))
            ticks = LogLocator(numticks=6).tick_values(low, max(high, 10 * low))
            self.ticks = np.asarray(ticks, np.float64)
            self.low, self.high = float(self.ticks[0]), float(self.ticks[-1])
        else:
            low, high = _ends_of(values, (0.0, 1.0))
            if chart.ceiling and high > chart.ceiling:
                high = max(chart.ceiling, low * 1.1)
            if not chart.is_share:
                low = min(low, 0.0)
            if high - low < 1e-12:
                low, high = (low - 0.05, high + 0.05) if low else (0.0, 1.0)
            steps = MaxNLocator(5, steps=[1, 2, 2.5, 5, 10])
            self.ticks = np.asarray(steps.tick_values(low, high), np.float64)
            self.low, self.high = float(self.ticks[0]), float(self.ticks[-1])
            if chart.is_share:
                self.low, self.high = max(self.low, 0.0), min(self.high, 1.0)
        self.across = max(chart.across, 1e-9)

    def x(self, value: float) -> float:
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * value / self.across

    def y(self, value: float) -> float:
        """Of a value, put to the edge where it lies beyond."""
        low, high = self.low, self.high
        if self.is_logarithmic:
            value = math.log10(max(value, low))
            low, high = math.log10(low), math.log10(high)
        share = (min(max(value, low), high) - low) / (high - low)
        return _HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * share


def _ends_of(values: Values, otherwise: tuple[float, float]) -> tuple[float, float]:
    return (float(values.min()), float(values.max())) if values.size else otherwise


def _grid(chart: Chart, frame: _Frame) -> list[Element]:
    parts: list[Element] = []
    for tick in frame.ticks.tolist():
        if not frame.low - 1e-12 <= tick <= frame.high + 1e-12:
            continue
        y = _at(frame.y(tick))
        words = f"{100 * tick:.4g} %" if chart.is_share else figure(round(tick, 12))
        parts.append(tag("line", x1=_LEFT, x2=_WIDTH - _RIGHT, y1=y, y2=y, class_="grid"))
        parts.append(tag("text", words, x=_LEFT - 8, y=_at(frame.y(tick) + 4), text_anchor="end"))
    locator = MaxNLocator(7, integer=True, steps=[1, 2, 5, 10])
    for tick in np.asarray(locator.tick_values(0, frame.across)).tolist():
        if tick <= frame.across + 1e-9:
            x = _at(frame.x(tick))
            parts.append(
                tag("text", f"{tick:g}", x=x, y=_HEIGHT - _BOTTOM + 18, text_anchor="middle")
            )
    return parts


def _path(line: Line, frame: _Frame) -> Element:
    """What is not finite is a gap; a point between two gaps is a dot's width."""
    places: list[str] = []
    is_open = False
    for x, y in zip(line.x.tolist(), line.y.tolist(), strict=True):
        if not (math.isfinite(x) and math.isfinite(y)):
            is_open = False
            continue
        places.append(f"{'L' if is_open else 'M'}{_at(frame.x(x))} {_at(frame.y(y))}")
        is_open = True
    name = f"line run{_colour(line)}" + (" thin" if line.is_thin else "")
    return tag("path", tag("title", line.name), d="".join(places), class_=name)


def _ends(chart: Chart, frame: _Frame) -> list[Element]:
    """A dot at the last point of each line that asks for it, and its text, none on another."""
    found = []
    for line in chart.lines:
        known = np.flatnonzero(np.isfinite(line.y))
        if line.end and known.size:
            place = known[-1]
            found.append((frame.y(float(line.y[place])), frame.x(float(line.x[place])), line))
    found.sort(key=lambda one: one[0])
    parts: list[Element] = []
    heights = _apart([(x, y) for y, x, _ in found])
    for (y, x, line), height in zip(found, heights, strict=True):
        parts.append(tag("circle", cx=_at(x), cy=_at(y), r=3.5, class_=f"dot run{_colour(line)}"))
        parts.append(tag("text", line.end, x=_at(x + 8), y=_at(height + 4), class_="number"))
    return parts


def _apart(places: list[tuple[float, float]]) -> list[float]:
    """Heights for texts at these places, from top to bottom, moved where they would touch."""
    heights: list[float] = []
    for x, y in places:
        above = [h for h, (left, _) in zip(heights, places, strict=False) if abs(left - x) < _WIDE]
        heights.append(max([y, *(height + _TEXT_APART for height in above)]))
    for place in reversed(range(len(places))):
        x = places[place][0]
        below = [
            heights[other] - _TEXT_APART
            for other in range(place + 1, len(places))
            if abs(places[other][0] - x) < _WIDE
        ]
        heights[place] = min([heights[place], _HEIGHT - _BOTTOM, *below])
    return heights


def _mark(mark: Mark, frame: _Frame) -> list[Element]:
    x, y = frame.x(mark.x), frame.y(mark.y)
    anchor = "start" if x < _LEFT + 90 else "end" if x > _WIDTH - _RIGHT - 90 else "middle"
    below = y < _TOP + 40
    end = y + 30 if below else y - 30
    return [
        tag("circle", cx=_at(x), cy=_at(y), r=5, class_="ring"),
        tag("line", x1=_at(x), x2=_at(x), y1=_at(y + (5 if below else -5)), y2=_at(end),
            class_="ring"),
        tag("text", mark.words, x=_at(x), y=_at(end + (12 if below else -5)),
            text_anchor=anchor, class_="mark"),
    ]  # fmt: skip


def _bands(chart: Chart, frame: _Frame) -> list[Element]:
    """Upright strips over the epochs, each with the values there as its tooltip."""
    told = [line.x for line in chart.lines if line.end]
    places: Values = np.unique(np.concatenate([*told, np.zeros(0)]))
    if not places.size:
        return []
    if len(places) > _MOST_BANDS:
        places = places[np.linspace(0, len(places) - 1, _MOST_BANDS).round().astype(int)]
    edges = np.concatenate([[places[0] - 0.5], (places[1:] + places[:-1]) / 2, [places[-1] + 0.5]])
    edges = np.clip(edges, 0, frame.across)
    parts = []
    for place, left, right in zip(places.tolist(), edges, edges[1:], strict=False):
        words = [f"Epoch {place:g}"]
        for line in chart.lines:
            value = _value_at(line, place)
            if value is not None:
                words.append(f"{line.name}: {chart.words_for(value)}")
        x, width = frame.x(left), frame.x(right) - frame.x(left)
        parts.append(
            tag(
                "rect",
                tag("title", "\n".join(words)),
                x=_at(x),
                y=_TOP,
                width=_at(width),
                height=_HEIGHT - _TOP - _BOTTOM,
                class_="band",
            )
        )
    return parts


def _value_at(line: Line, x: float) -> float | None:
    """The value of the point nearest to a place, if the line reaches there."""
    if not line.x.size or not line.x[0] - 0.5 <= x <= line.x[-1] + 0.5:
        return None
    return float(line.y[int(np.argmin(np.abs(line.x - x)))])


def _colour(line: Line) -> int:
    return (line.colour - 1) % COLOURS + 1


def _at(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def key(words: str, is_thin: bool = False) -> Element:
    """A legend's entry: how a line looks, and what it stands for."""
    look = "line run5 thin" if is_thin else "line run5"
    sample = tag("svg", tag("path", d="M0 4H28", class_=look), width=28, height=8, class_="chart")
    sample.set("style", "display: inline; width: 28px")
    return tag("span", sample, words, class_="key")
