"""What two filters are compared on: the reference, the other filter, and the errors of both."""

import functools
from collections.abc import Iterator
from typing import NamedTuple

from studio.declare import options
from studio.errors import SettingError
from studio.filters import FILTERS
from studio.filters.base import Filter
from studio.filters.chain import Chain
from studio.filters.evaluation import Evaluation
from studio.filters.quality import Errors, Placed, measure_errors, offset_by
from studio.filters.sized_kernels import MAX_SIDE
from studio.filters.sized_kernels import Box as BoxKernel
from studio.image.picture import full_scale
from studio.window.filter.result import Result


class Measured(NamedTuple):
    """The errors of the chosen filter, of the other one, and of what goes into both."""

    chosen: Errors
    other: Errors
    unfiltered: Errors
    is_whole: bool  # or only the part that all of them have


class Reference(NamedTuple):
    """A stage that errors can be measured against, and the filter that gives it."""

    stage: int
    given_by: Filter | None


def references(chain: Chain, row: int) -> list[Reference]:
    """The picture, and what each filter that is on makes of it before the one at `row`."""
    found = [Reference(0, None)]
    for step in chain.steps[:row]:
        if step.on:
            found.append(Reference(len(found), step.filter))
    return found


def usual_reference(found: list[Reference]) -> int:
    """The stage before the first noise; without any, the picture itself."""
    for one in found:
        if one.given_by is not None and one.given_by.family == "Noise":
            return one.stage - 1
    return 0


def other_for(chosen: Filter) -> Filter:
    """What to compare a filter with at first: a median with a mean, all others with a median."""
    return filter_like("convolution" if chosen.kind == "median" else "median", chosen)


def filter_like(kind: str, chosen: Filter) -> Filter:
    """A filter of a kind, with the size and the border of another where it has those."""
    reach = max(1, *chosen.reach)
    made = FILTERS[kind].build()
    known = {option.name: option for option in options(type(made))}
    wanted: list[dict[str, object]] = []
    if kind == "convolution":
        size = min(2 * reach + 1, MAX_SIDE)
        wanted.append({"kernel": BoxKernel(size=size).kernel})
    elif "radius" in known:
        wanted.append({"radius": reach})
    if "border" in known and hasattr(chosen, "border"):
        wanted.append({"border": chosen.border})
    if "border_value" in known and hasattr(chosen, "border_value"):
        wanted.append({"border_value": chosen.border_value})
    for change in wanted:
        try:
            made = made.change(**change)
        except SettingError:  # larger than it can be, or a border that it doesn't have
            continue
    return made


def measure(result: Result, reference: int) -> Iterator[float | Measured]:
    """Measure what both views show against a stage of the chain before them.

    Yields
    ------
    float or Measured
        The share that is done, again and again; then the errors.

    Raises
    ------
    PictureError
        When their pixels don't belong together.
    """
    before, after = result.before, result.after
    shared = before.evaluation
    placed = [
        _placed(shared, before.stage, reference),
        _placed(after.evaluation, after.stage, reference),
        _placed(shared, before.stage - 1, reference),
    ]
    against = _placed(shared, reference, reference)
    for given in measure_errors(placed, against, full_scale(result.picture.pixels)):
        if isinstance(given, float):
            yield given
        else:
            chosen, other, unfiltered = given
            is_whole = all(one[1:] == against[1:] for one in placed)
            yield Measured(chosen, other, unfiltered, is_whole)


def _placed(evaluation: Evaluation, stage: int, reference: int) -> Placed:
    """A stage, and where it lies in an earlier one."""
    place = offset_by(evaluation.filters[reference:stage], *evaluation.size(reference))
    return Placed(functools.partial(evaluation.get, stage=stage), *evaluation.size(stage), *place)
