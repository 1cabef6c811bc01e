"""Several filters one after the other, and the text and JSON they are kept in."""

import shlex
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer

import studio.filters as package
from studio.declare import Declared, option, options
from studio.errors import SettingError
from studio.filters.base import Filter
from studio.filters.evaluation import Evaluation
from studio.image.display import Mode
from studio.image.picture import Pixels


def make_filter(kind: str, values: Mapping[str, Any] | None = None) -> Filter:
    """A filter of a kind, with some of its settings.

    Raises
    ------
    SettingError
        Naming the filter, the field, and what is allowed.
    """
    if kind not in package.FILTERS:
        listed = ", ".join(package.FILTERS)
        raise SettingError(f"there is no filter '{kind}'", f"The filters are: {listed}")
    try:
        return package.FILTERS[kind].build(values)
    except SettingError as error:
        raise SettingError(f"{kind}: {error.message}", error.remedy, error.field) from None


def _read(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    values = dict(value)
    return make_filter(str(values.pop("kind", "")), values)


def _written(value: Filter) -> dict[str, Any]:
    return {"kind": value.kind, **value.model_dump(mode="json")}


AnyFilter = Annotated[Filter, BeforeValidator(_read), PlainSerializer(_written)]


class Step(Declared):
    """A filter in a chain."""

    filter: AnyFilter = option(..., "Filter", "What is done to the picture.")
    on: bool = option(True, "On", "Whether it is done, or passed over.")


class Chain(Declared):
    """Filters one after the other; ``model_dump(mode="json")`` and `build` keep it in a file."""

    steps: tuple[Step, ...] = option((), "Steps", "The filters, in the order they are applied.")

    @property
    def shown_as(self) -> Mode:
        """What kind of numbers the result is: the last filter that is on says it."""
        return self.filters[-1].shown_as if self.filters else "auto"

    @property
    def filters(self) -> tuple[Filter, ...]:
        """The filters that are on."""
        return tuple(step.filter for step in self.steps if step.on)

    def stage(self, step: int) -> int:
        """How many filters are on up to a step, itself included: the stage that it gives."""
        return sum(one.on for one in self.steps[: step + 1])

    def evaluate(self, pixels: Pixels, like: Evaluation | None = None) -> Evaluation:
        """What the filters that are on make of a picture, computed where it is asked for.

        Raises
        ------
        SettingError
            When the picture is too small for a filter; `step` says for which.
        """
        try:
            return Evaluation(self.filters, pixels, like)
        except SettingError as error:
            on = [place for place, step in enumerate(self.steps) if step.on]
            error.step = on[error.step] if error.step is not None else None
            raise

    def run(self, pixels: Pixels) -> Pixels:
        """The picture after all filters that are on; height x width x channels."""
        return self.evaluate(pixels).whole()


def parse_step(text: str) -> Step:
    """A step from words such as ``median radius=2`` or ``convolution kernel="0 1; 1 0"``.

    Raises
    ------
    SettingError
        Naming the filter, the field, and what is allowed.
    """
    try:
        kind, *settings = shlex.split(text)
    except ValueError as error:
        what = (
            f"'{text}' names no filter" if not text.strip() else f"'{text}': a quote isn't closed"
        )
        raise SettingError(
            what, "Write a filter and its settings, as in: median radius=2"
        ) from error
    values: dict[str, str] = {}
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not equals:
            raise SettingError(
                f"{kind}: '{setting}' has no value", f"Write it as {_example(kind)}", setting
            )
        if name in values:
            raise SettingError(f"{kind}: {name} is given twice", "Give it once", name)
        values[name] = value
    return Step(filter=make_filter(kind, values))


def _example(kind: str) -> str:
    known = options(package.FILTERS[kind]) if kind in package.FILTERS else ()
    return f"{known[0].name}=VALUE" if known else "NAME=VALUE"
