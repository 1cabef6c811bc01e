"""Digits as strokes of a pen, in several hands, drawn in a box 60 wide and 100 high (y down).

A stroke is written as a path: ``M x y`` puts the pen down, ``L x y`` draws a line, ``C`` a cubic
Bezier curve (two control points and the end), and ``E x y rx ry`` a whole ellipse around x, y.
"""

import numpy as np
from numpy.typing import NDArray

Stroke = NDArray[np.float64]

WIDTH, HEIGHT = 60.0, 100.0

HANDS: dict[str, tuple[str, ...]] = {
    "plain": (
        "E 30 50 27 50",
        "M 10 22 L 34 0 L 34 100",
        "M 4 26 C 6 -9 56 -9 56 28 C 56 50 22 70 3 100 L 58 100",
        "M 4 14 C 16 -6 55 -6 55 24 C 55 44 38 48 24 48 C 42 48 58 55 58 74 C 58 108 10 106 2 84",
        "M 44 100 L 44 0 L 2 68 L 60 68",
        "M 54 0 L 12 0 L 8 46 C 18 32 58 30 58 66 C 58 106 14 106 2 86",
        "M 50 3 C 20 12 3 40 3 68 C 3 110 58 110 58 68 C 58 34 12 32 3 64",
        "M 2 0 L 58 0 L 22 100",
        "E 30 24 22 24 E 30 74 28 26",
        "M 57 34 C 50 68 2 66 2 32 C 2 -10 57 -10 57 32 C 57 62 40 90 12 98",
    ),
    "school": (
        "M 36 2 C 6 -6 -2 30 4 66 C 10 108 44 108 54 70 C 62 34 54 4 32 2",
        "M 6 42 L 36 0 L 36 100",
        "M 6 24 C 8 -8 54 -10 52 26 C 50 54 10 104 6 90 C 4 76 24 82 32 92 C 42 102 54 100 60 88",
        "M 6 2 L 54 2 L 26 40 C 68 40 68 104 24 100 C 14 99 6 94 2 86",
        "M 20 0 L 4 62 L 60 62 M 42 36 L 42 100",
        "M 12 0 L 10 44 C 24 32 58 34 56 68 C 54 104 14 106 4 88 M 12 0 L 52 0",
        "M 40 0 C 18 26 4 48 4 72 C 4 110 56 108 56 72 C 56 44 14 42 5 76",
        "M 4 6 C 18 0 40 8 58 2 C 46 34 30 60 22 100 M 16 50 L 52 50",
        "M 50 16 C 42 -6 8 -4 10 22 C 12 50 56 50 56 76 C 56 108 4 108 4 78 C 4 52 52 46 50 16",
        "M 54 26 C 52 -8 4 -8 4 26 C 4 60 52 58 54 22 L 52 100",
    ),
    "serif": (
        "M 30 0 C 0 0 0 100 30 100 C 60 100 60 0 30 0",
        "M 14 16 L 32 2 L 32 100 M 10 100 L 54 100",
        "M 8 30 L 4 22 C 8 -8 54 -8 54 26 C 54 56 20 74 4 100 L 54 100 L 58 82",
        "M 8 24 L 6 12 C 18 -6 52 -4 52 22 C 52 42 34 46 22 46 C 40 46 56 54 56 74 "
        "C 56 106 14 106 4 88 L 8 78",
        "M 42 100 L 42 0 L 0 70 L 60 70 M 28 100 L 56 100",
        "M 54 10 L 54 0 L 14 0 L 8 46 C 20 34 56 34 56 68 C 56 104 16 106 4 90 L 6 78",
        "M 52 14 C 46 -4 4 -4 4 60 C 4 112 58 112 58 68 C 58 36 14 34 4 62",
        "M 4 18 L 4 0 L 58 0 C 38 36 28 70 26 100",
        "E 30 25 20 25 E 30 75 26 25",
        "M 8 86 C 14 104 56 104 56 40 C 56 -12 2 -12 2 32 C 2 64 46 66 56 38",
    ),
    "square": (
        "M 14 0 L 46 0 L 58 12 L 58 88 L 46 100 L 14 100 L 2 88 L 2 12 L 14 0",
        "M 14 18 L 32 0 L 32 100 M 14 100 L 50 100",
        "M 2 18 L 14 0 L 46 0 L 58 14 L 58 38 L 2 84 L 2 100 L 58 100",
        "M 2 10 L 14 0 L 46 0 L 56 12 L 56 40 L 46 48 L 22 48 M 46 48 L 58 58 L 58 88 L 46 100 "
        "L 14 100 L 2 90",
        "M 10 0 L 2 60 L 58 60 M 46 30 L 46 100",
        "M 56 0 L 4 0 L 4 44 L 44 44 L 58 56 L 58 88 L 46 100 L 14 100 L 2 90",
        "M 54 8 L 46 0 L 14 0 L 2 12 L 2 88 L 14 100 L 46 100 L 58 88 L 58 58 L 46 46 L 2 46",
        "M 2 14 L 2 0 L 58 0 L 58 14 L 24 60 L 24 100",
        "M 16 0 L 44 0 L 54 12 L 54 38 L 44 47 L 16 47 L 6 38 L 6 12 L 16 0 M 16 47 L 2 58 L 2 88 "
        "L 14 100 L 46 100 L 58 88 L 58 58 L 44 47",
        "M 6 92 L 14 100 L 46 100 L 58 88 L 58 12 L 46 0 L 14 0 L 2 12 L 2 42 L 14 54 L 58 54",
    ),
    "quick": (
        "M 40 6 C 10 -8 0 24 2 58 C 4 104 36 108 50 76 C 62 40 56 6 24 4",
        "M 32 0 L 28 100",
        "M 4 18 C 20 -10 60 0 50 34 C 42 60 22 80 4 96 C 20 88 40 98 60 92",
        "M 6 10 C 24 -6 56 -2 50 22 C 46 40 30 46 20 46 C 44 44 62 62 54 82 C 46 102 16 102 2 94",
        "M 12 2 C 6 28 2 50 6 58 C 20 62 44 58 60 52 M 46 24 C 46 50 42 76 42 100",
        "M 58 2 C 40 4 24 2 14 4 C 12 20 10 32 8 42 C 40 34 60 54 52 78 C 46 100 16 102 2 92",
        "M 46 2 C 22 14 2 50 4 78 C 8 106 48 104 52 78 C 54 54 20 54 8 84",
        "M 2 12 C 20 6 40 6 58 4 C 44 30 32 64 30 100",
        "M 56 10 C 30 -8 4 2 8 24 C 14 48 56 54 52 82 C 46 106 6 104 6 78 C 8 52 50 40 56 10",
        "M 52 16 C 38 -6 4 2 4 30 C 6 58 44 50 52 16 C 56 50 52 84 20 100",
    ),
    "round": (
        "E 30 52 30 44",
        "M 20 14 C 26 12 32 8 34 2 L 34 98",
        "M 6 30 C 2 -8 58 -8 56 26 C 54 46 2 60 4 92 C 4 98 10 98 14 98 L 56 98",
        "M 8 18 C 12 -4 54 -4 52 22 C 52 42 36 47 28 47 C 40 47 58 52 58 74 C 58 106 6 106 4 80",
        "M 26 2 C 18 26 10 46 4 58 C 2 64 6 66 10 66 L 60 66 M 44 44 L 44 98",
        "M 52 2 L 18 2 C 14 2 12 4 12 8 L 8 44 C 28 34 58 40 58 68 C 58 102 20 106 4 88",
        "M 38 2 C 30 14 2 44 2 70 C 2 108 58 108 58 70 C 58 34 6 34 2 68",
        "M 4 2 L 52 2 C 58 2 58 6 54 12 C 40 34 26 62 22 98 M 18 48 L 50 48",
        "M 30 46 C 4 46 4 2 30 2 C 56 2 56 46 30 46 C -6 46 -6 100 30 100 C 66 100 66 46 30 46",
        "M 58 32 C 58 -8 2 -8 2 32 C 2 66 58 66 58 32 C 58 60 36 88 24 98",
    ),
}


def strokes(path: str) -> tuple[Stroke, ...]:
    """The strokes of a path as points, n x 2 in x, y order; curves become short lines."""
    found: list[list[Stroke]] = []
    words = path.split()
    here = np.zeros(2)
    while words:
        letter = words.pop(0)
        count = {"M": 2, "L": 2, "C": 6, "E": 4}[letter]
        numbers = np.array([float(word) for word in words[:count]])
        del words[:count]
        if letter == "E":
            found.append([_ellipse(*numbers)])
            continue
        if letter == "M":
            found.append([numbers[None]])
        elif letter == "L":
            found[-1].append(_line(here, numbers))
        else:
            found[-1].append(_bezier(here, *numbers.reshape(3, 2)))
        here = numbers[-2:]
    return tuple(np.concatenate(parts) for parts in found)


def _line(start: Stroke, end: Stroke) -> Stroke:
    # Short pieces, so that a bent digit bends its straight lines too.
    t = np.linspace(0, 1, 7)[1:, None]
    return start + t * (end - start)


def _bezier(start: Stroke, first: Stroke, second: Stroke, end: Stroke) -> Stroke:
    t = np.linspace(0, 1, 13)[1:, None]
    s = 1 - t
    return s**3 * start + 3 * s**2 * t * first + 3 * s * t**2 * second + t**3 * end


def _ellipse(x: float, y: float, rx: float, ry: float) -> Stroke:
    angle = np.linspace(0, 2 * np.pi, 33)
    return np.stack([x + rx * np.sin(angle), y - ry * np.cos(angle)], axis=1)
