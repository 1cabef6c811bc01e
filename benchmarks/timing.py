"""Timing two or more ways to the same result, in turn."""

import statistics
from collections.abc import Callable, Mapping
from time import perf_counter
from typing import Any


def in_turn(ways: Mapping[str, Callable[[], Any]], rounds: int) -> dict[str, list[float]]:
    """Seconds of each way in each round: A B A B …, after one of each that doesn't count.

    The machine's speed drifts; what is compared is measured side by side.
    """
    for way in ways.values():
        way()
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            started = perf_counter()
            way()
            seconds[name].append(perf_counter() - started)
    return seconds


def ratio(ours: list[float], theirs: list[float]) -> float:
    """The median of the ratios, pair by pair."""
    return statistics.median(a / b for a, b in zip(ours, theirs, strict=True))


def milliseconds(seconds: list[float]) -> float:
    return 1000 * statistics.median(seconds)


def rates_in_turn(
    ways: Mapping[str, Callable[[], float]], seconds: float
) -> dict[str, list[float]]:
    """What each way gives in each round, for so long, after one of each that doesn't count.

    There are at least three rounds.
    """
    ends = perf_counter() + seconds
    for way in ways.values():
        way()
    found: dict[str, list[float]] = {name: [] for name in ways}
    while perf_counter() < ends or min(map(len, found.values())) < 3:
        for name, way in ways.items():
            found[name].append(way())
    return found
