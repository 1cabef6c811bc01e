"""An experiment: one run or a set of runs, as settings with one value or several."""

import itertools
import math
import random
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from pydantic import Field, model_validator

from studio.declare import Declared, Option, option, options
from studio.errors import SettingError
from studio.training.settings import TrainSettings

MOST_RUNS = 1000
_DIGITS = 4  # significant ones of a drawn number, so that its name and its value are one
_YES = ("yes", "true", "on", "1")
_NO = ("no", "false", "off", "0")

_OPTIONS: dict[str, Option] = {item.name: item for item in options(TrainSettings)}


class Range(Declared):
    """Where a setting is drawn from; both ends belong to it."""

    low: float = option(0.0, "From", "The smallest value that is drawn.")
    high: float = option(1.0, "To", "The largest value that is drawn.")
    logarithmic: bool = option(
        False, "Logarithmic", "Draw so that every factor of ten is as likely."
    )

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.low < self.high:
            raise ValueError(f"low, {self.low:g}, must be less than high, {self.high:g}")
        if self.logarithmic and self.low <= 0:
            raise ValueError(f"low, {self.low:g}, must be more than 0 to be drawn logarithmically")
        return self

    def at(self, share: float, whole: bool) -> float | int:
        """The value that lies at a share, 0 to 1, of the way from low to high."""
        if self.logarithmic:
            value = self.low * math.exp(share * math.log(self.high / self.low))
        else:
            value = self.low + share * (self.high - self.low)
        if whole:
            return round(value)
        return min(max(float(f"{value:.{_DIGITS}g}"), self.low), self.high)


class NamedRun(Declared):
    """A run, or a few, of an experiment, with settings of its own on top of the common ones."""

    name: str = option("", "Name", "What the run is called in the table and the chart.")
    builds_on: bool = option(False, "Builds on", "Begin with all that the run before it has.")
    settings: Mapping[str, Any] = Field(default_factory=dict)
    vary: Mapping[str, tuple[Any, ...]] = Field(default_factory=dict)


@dataclass(frozen=True)
class PlannedRun:
    """One run of an experiment.

    `figure` is the course's own result, in its words; empty where it has none.
    """

    number: int
    name: str
    settings: TrainSettings
    figure: str = ""

    @property
    def folder_name(self) -> str:
        """The name of its run folder: its number, and its name as far as a folder takes it."""
        return f"{self.number:02d}-{slug(self.name)}".rstrip("-")


class Experiment(Declared):
    """What is common to the runs, what is varied, and what is known of the results.

    Attributes
    ----------
    settings : mapping
        Values of `TrainSettings` that all runs have.
    vary : mapping
        Several values of a setting: every combination is a run; with `draws` one is picked.
    draw : mapping
        Ranges that values are drawn from.
    draws : int
        How many runs are drawn at random, with the seed of the settings; 0 for every combination.
    named : tuple of NamedRun
        Runs of their own; each with every combination of what it doesn't set itself.
    figures : mapping
        The course's own result of a run, by the run's name.
    figures_source : str
        Where those come from.
    """

    name: str = option("", "Name", "What the experiment is called on the command line.")
    title: str = option("", "Title", "What people read.")
    summary: str = option("", "Summary", "What it shows, in a sentence or two.")
    settings: Mapping[str, Any] = Field(default_factory=dict)
    vary: Mapping[str, tuple[Any, ...]] = Field(default_factory=dict)
    draw: Mapping[str, Range] = Field(default_factory=dict)
    draws: int = option(
        0, "Draws", "How many runs are drawn at random; 0 for a grid.", low=0, high=MOST_RUNS
    )
    named: tuple[NamedRun, ...] = ()
    figures: Mapping[str, str] = Field(default_factory=dict)
    figures_source: str = option("", "Source", "Where the figures come from.")

    def runs(self) -> tuple[PlannedRun, ...]:
        """The runs in their order.

        Raises
        ------
        SettingError
            Naming the field, its value and what is allowed; or when there are too many runs, two
            of one name, or ranges that nothing draws from.
        """
        if self.draw and not self.draws:
            raise SettingError(
                f"draws is 0, but {', '.join(self.draw)} is drawn from a range",
                "Say how many runs to draw",
                "draws",
            )
        planned = tuple(self._planned())
        names: set[str] = set()
        for run in planned:
            if run.name in names:
                raise SettingError(f"two runs have the name '{run.name}'", "Give each its own")
            names.add(run.name)
        return planned

    def _planned(self) -> Iterator[PlannedRun]:
        combined = (
            (_joined(name, own), values | own)
            for name, values, vary in self._named()
            for own in (self._drawn(values, vary) if self.draws else _grid(vary))
        )
        for number, (name, values) in enumerate(combined, start=1):
            if number > MOST_RUNS:
                raise SettingError(
                    f"the experiment has more than {MOST_RUNS:,} runs", "Vary less at once"
                )
            if self.draws:
                name = f"draw {number}" if not self.named else f"{name}, draw {number}"
            name = name or "run"
            settings = TrainSettings.build(values)
            yield PlannedRun(number, name, settings, self.figures.get(name, ""))

    def _named(self) -> Iterator[tuple[str, dict[str, Any], dict[str, tuple[Any, ...]]]]:
        """Name, settings, and what is varied, of each named run; of all where none has a name."""
        values, vary = dict(self.settings), dict(self.vary)
        for run in self.named or (NamedRun(),):
            if not run.builds_on:
                values, vary = dict(self.settings), dict(self.vary)
            own = {**run.settings, **run.vary}
            values = {name: one for name, one in values.items() if name not in own}
            vary = {name: some for name, some in vary.items() if name not in own}
            values |= run.settings
            vary |= run.vary
            yield run.name, values, vary

    def _drawn(
        self, values: Mapping[str, Any], vary: Mapping[str, tuple[Any, ...]]
    ) -> Iterator[dict[str, Any]]:
        chance = random.Random(TrainSettings.build(values).seed)
        for _ in range(self.draws):
            own = {name: chance.choice(some) for name, some in vary.items()}
            for name, span in self.draw.items():
                share = chance.random()
                if name not in values and name not in vary:
                    own[name] = span.at(share, is_whole(name))
            yield own

    def override(self, given: Mapping[str, Any]) -> Self:
        """The same with other values for some settings, one or a tuple of several, in all runs."""
        single = {name: value for name, value in given.items() if not isinstance(value, tuple)}
        several = {name: value for name, value in given.items() if isinstance(value, tuple)}

        def without(values: Mapping[str, Any]) -> dict[str, Any]:
            return {name: value for name, value in values.items() if name not in given}

        named = (
            run.change(settings=without(run.settings), vary=without(run.vary)) for run in self.named
        )
        return self.change(
            settings={**without(self.settings), **single},
            vary={**without(self.vary), **several},
            draw=without(self.draw),
            named=tuple(named),
            draws=self.draws if without(self.draw) or not self.draw else 0,
        )


def _grid(vary: Mapping[str, tuple[Any, ...]]) -> Iterator[dict[str, Any]]:
    for values in itertools.product(*vary.values()):
        yield dict(zip(vary, values, strict=True))


def _joined(name: str, own: Mapping[str, Any]) -> str:
    return ", ".join([*([name] if name else []), *([words(own)] if own else [])])


def words(values: Mapping[str, Any]) -> str:
    """Settings as people read them: ``learning rate 0.1, batch size 128``."""
    return ", ".join(f"{name.replace('_', ' ')} {value_text(one)}" for name, one in values.items())


def value_text(value: Any) -> str:
    """A value as one types it, with as many digits as tell it from any other."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value == "":
        return "–"
    if isinstance(value, float) and float(short := f"{value:g}") == value:
        return short
    return str(value)


def slug(text: str) -> str:
    """What of a text can stand in a folder's name on any system."""
    return re.sub(r"[^a-z0-9.]+", "-", text.lower()).strip("-.")[:60].rstrip("-.")


def is_whole(name: str) -> bool:
    """Whether a setting takes whole numbers only."""
    return name in _OPTIONS and _OPTIONS[name].kind == "integer"


def differences(runs: tuple[PlannedRun, ...]) -> tuple[dict[str, Any], ...]:
    """For each run, those of its settings that are not the same in all, and count in it."""
    if not runs:
        return ()
    first = runs[0].settings
    items = [
        item
        for item in _OPTIONS.values()
        if any(getattr(run.settings, item.name) != getattr(first, item.name) for run in runs)
    ]
    return tuple(
        {one.name: getattr(run.settings, one.name) for one in items if one.counts(run.settings)}
        for run in runs
    )


def telling(differs: Sequence[Mapping[str, Any]]) -> tuple[dict[str, Any], ...]:
    """Of what `differences` found, without the values that more than half of the runs have."""
    had = Counter(pair for one in differs for pair in one.items())
    return tuple(
        {name: value for name, value in one.items() if 2 * had[name, value] <= len(differs)}
        for one in differs
    )


def parse_values(item: Option, text: str) -> tuple[Any, ...]:
    """The values of a setting that a person typed, separated by commas: ``0.1, 0.5, 1``.

    A setting that is text itself, such as a list of classes, has one value, with its commas.

    Raises
    ------
    SettingError
        Naming the field, the value and what is allowed, or a value that stands there twice.
    """
    if item.kind in ("text", "kernel"):
        return (text.strip(),)
    values: list[Any] = []
    for part in text.split(","):
        value = _parsed(item, part.strip())
        if value in values:
            raise SettingError(
                f"{item.name} has the value {value_text(value)} twice",
                "Give each value once",
                item.name,
            )
        values.append(value)
    return tuple(values)


def _parsed(item: Option, text: str) -> Any:
    wrong = SettingError(f"{item.name} can't be {text!r}", f"It must be {item.allowed}", item.name)
    match item.kind:
        case "choice":
            if text not in item.choices:
                raise wrong
            return text
        case "switch":
            if text.lower() not in (*_YES, *_NO):
                raise wrong
            return text.lower() in _YES
    try:
        number = int(text) if item.kind == "integer" else float(text)
    except ValueError:
        raise wrong from None
    low = -math.inf if item.low is None else item.low
    high = math.inf if item.high is None else item.high
    above = item.above is None or number > item.above
    if not (math.isfinite(number) and low <= number <= high and above):
        raise wrong
    return number
