"""Runs that several values make: every combination that is a run of its own."""

import itertools
import math
from collections.abc import Mapping
from typing import Any

from studio.declare import Declared, Option, options
from studio.errors import SettingError
from studio.training.experiment_plan import MOST_RUNS
from studio.training.settings import TrainSettings

Sweep = Mapping[str, tuple[Any, ...]]

_OPTIONS: dict[str, Option] = {item.name: item for item in options(TrainSettings)}
_COUNTED = 200  # combinations that are looked at one by one while a person types


def planned(settings: TrainSettings, sweep: Sweep) -> tuple[TrainSettings, ...]:
    """The settings of each run, the last field's values changing first.

    Where a field doesn't count, such as the momentum of Adam, its values make one run, not several.

    Raises
    ------
    SettingError
        When there are more runs than an experiment may have.
    """
    if _product(sweep) > MOST_RUNS:
        raise SettingError(
            f"{_product(sweep):,} runs are more than {MOST_RUNS:,}", "Vary less at once"
        )
    made: dict[TrainSettings, None] = {}
    for values in itertools.product(*sweep.values()):
        varied = settings.change(**dict(zip(sweep, values, strict=True)))
        idle = {name: some[0] for name, some in sweep.items() if not _OPTIONS[name].counts(varied)}
        made[varied.change(**idle) if idle else varied] = None
    return tuple(made)


def count(settings: TrainSettings, sweep: Sweep) -> int:
    """How many runs there will be; of very many, the number of combinations."""
    combinations = _product(sweep)
    return combinations if combinations > _COUNTED else len(planned(settings, sweep))


def variants(settings: TrainSettings, sweep: Sweep) -> list[Declared]:
    """The settings with each of the several values, one field at a time."""
    return [
        settings.change(**{name: value})
        for name, values in sweep.items()
        if _OPTIONS[name].kind in ("choice", "switch")
        for value in values[1:]
    ]


def kept(settings: TrainSettings, sweep: Sweep) -> dict[str, tuple[Any, ...]]:
    """What of a sweep still belongs to the settings: each field's first value is theirs."""
    return {name: values for name, values in sweep.items() if getattr(settings, name) == values[0]}


def _product(sweep: Sweep) -> int:
    return math.prod(len(values) for values in sweep.values())
