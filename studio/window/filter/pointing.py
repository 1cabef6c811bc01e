"""What stands at one place: the values before and after, and the sum behind one of them."""

from typing import NamedTuple

import numpy as np

from studio.filters.arithmetic import Arithmetic, explain_value
from studio.filters.cutting import Box
from studio.filters.evaluation import Evaluation
from studio.filters.rendering import sample_boxes
from studio.image.picture import Pixels
from studio.window.filter.result import Result, Side

Place = tuple[int, int]  # column and row


class Values(NamedTuple):
    """The channels at a place in both views; None where there is no such place."""

    place: Place
    before: Pixels | None
    after: Pixels | None


class Explained(NamedTuple):
    """The sum behind a value of one filter's result; None for a filter without a neighbourhood."""

    row: int
    place: Place
    arithmetic: Arithmetic | None
    channels: int
    depth: str


def values_at(result: Result, place: Place) -> Values:
    """The numbers that the two views show."""
    return Values(place, _value(result.before, place), _value(result.after, place))


def _value(side: Side, place: Place) -> Pixels | None:
    height, width = side.size
    x, y = place
    if x >= width or y >= height:
        return None
    value: Pixels = side.get(Box(y, y + 1, x, x + 1))[0, 0]
    return value


def explained(result: Result, row: int, place: Place | None, channel: int = 0) -> Explained:
    """How the chosen filter, which is on, comes to its value at a place.

    Parameters
    ----------
    place : (column, row), optional
        Moved into the filter's result where it lies outside; None for one that is worth a look.
    """
    evaluation, stage = result.evaluation, result.stage(row)
    height, width = evaluation.size(stage)
    x, y = place or _striking(evaluation, stage)
    x, y = min(x, width - 1), min(y, height - 1)
    value = evaluation.get(Box(y, y + 1, x, x + 1), stage)
    channels = value.shape[2]
    channel = min(channel, channels - 1)
    arithmetic = explain_value(
        result.chain.steps[row].filter,
        lambda box: evaluation.get(box, stage - 1),
        evaluation.size(stage - 1),
        float(value[0, 0, channel]),
        y,
        x,
        channel,
    )
    return Explained(row, (x, y), arithmetic, channels, value.dtype.name)


def _striking(evaluation: Evaluation, stage: int) -> Place:
    """Where a value of some sample is largest without its sign; the middle, for whole numbers."""
    height, width = evaluation.size(stage)
    best, found = -1.0, (width // 2, height // 2)
    for box in sample_boxes(height, width):
        pixels = evaluation.get(box, stage)
        if pixels.dtype.kind != "f":
            break
        sizes = np.abs(pixels[..., 0])
        row, column = divmod(int(sizes.argmax()), sizes.shape[1])
        if sizes[row, column] > best:
            best, found = float(sizes[row, column]), (box.left + column, box.top + row)
    return found
