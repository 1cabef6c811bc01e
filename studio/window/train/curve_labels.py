"""Where words and numbers stand at the ends of lines, so that none lies on another."""

from dataclasses import dataclass
from math import ceil

DISTANCE = 14.0  # pixels of the design between two labels


@dataclass(frozen=True)
class Placed:
    """The label of end number `index`: its middle's height and its column, from the left."""

    index: int
    height: float
    column: int


def columns_for(count: int, height: float, distance: float) -> int:
    """How many columns so many labels need."""
    rows = max(1, int(height // distance))
    return max(1, ceil(count / rows))


def place_labels(
    ends: list[tuple[float, float]], distance: float, top: float, bottom: float, columns: int
) -> list[Placed]:
    """Places for labels right of these ends (x, y in pixels).

    Labels whose ends are less than `distance` apart horizontally share a stack of rows, each of so
    many columns, from top to bottom as their ends are. What has no room is left out: then every
    n-th stays.
    """
    placed: list[Placed] = []
    for group in _groups(ends, distance):
        rows = max(1, int((bottom - top) // distance) + 1)
        step = ceil(len(group) / (rows * columns))
        shown = group[::step]
        cut = [shown[first : first + columns] for first in range(0, len(shown), columns)]
        middles = [sum(ends[index][1] for index in row) / len(row) for row in cut]
        heights = spread(middles, distance, top, bottom)
        for row, height in zip(cut, heights, strict=True):
            placed += [Placed(index, height, column) for column, index in enumerate(row)]
    return placed


def spread(heights: list[float], distance: float, top: float, bottom: float) -> list[float]:
    """The heights nearest to the given ones, ascending, that are `distance` apart.

    By the least sum of squares: less a distance for each that comes before, the heights may not
    fall, which pooling neighbours that do fall reaches.
    """
    pools: list[tuple[float, int]] = []  # mean, count
    for place, height in enumerate(heights):
        mean, count = height - place * distance, 1
        while pools and pools[-1][0] > mean:
            before, number = pools.pop()
            mean = (mean * count + before * number) / (count + number)
            count += number
        pools.append((mean, count))
    last = max(top, bottom - (len(heights) - 1) * distance)
    level = [min(max(mean, top), last) for mean, count in pools for _ in range(count)]
    return [height + place * distance for place, height in enumerate(level)]


def _groups(ends: list[tuple[float, float]], distance: float) -> list[list[int]]:
    """Ends near each other horizontally, each group from top to bottom."""
    groups: list[list[int]] = []
    for index in sorted(range(len(ends)), key=lambda index: ends[index]):
        if groups and ends[index][0] - ends[groups[-1][-1]][0] < distance:
            groups[-1].append(index)
        else:
            groups.append([index])
    return [sorted(group, key=lambda index: ends[index][1]) for group in groups]


def apart(ends: list[tuple[float, float]], distance: float, bottom: float) -> list[float]:
    """Heights for labels at these ends, from top to bottom, moved where they would touch."""
    heights = [y for _, y in ends]
    order = range(len(ends))
    for upward in (False, True):
        for this in reversed(order) if upward else order:
            limit = bottom
            for other in range(this + 1, len(ends)) if upward else range(this):
                if abs(ends[other][0] - ends[this][0]) >= distance:
                    continue
                if upward:
                    limit = min(limit, heights[other] - distance)
                else:
                    heights[this] = max(heights[this], heights[other] + distance)
            if upward:
                heights[this] = min(heights[this], limit)
    return heights
