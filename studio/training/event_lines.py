"""Events as lines of JSON, as a run's folder and its checkpoints keep them."""

import math
from dataclasses import asdict
from typing import Any

import numpy as np

from studio.errors import TrainingError
from studio.training.events import Epoch, Event, Finished, Norms, Step

# The events that are kept; the others are told only while they happen.
_KINDS: dict[str, type[Event]] = {
    "step": Step,
    "norms": Norms,
    "epoch": Epoch,
    "finished": Finished,
}
_WORDS = ("nan", "inf", "-inf")
_NAMES = {kind: name for name, kind in _KINDS.items()}


def to_line(event: Event) -> dict[str, Any] | None:
    """Plain values, or None for an event that isn't kept."""
    name = _NAMES.get(type(event))
    if name is None:
        return None
    values = asdict(event)
    if isinstance(event, Epoch):
        values["confusion"] = event.confusion.tolist()
    return {"event": name, **{key: to_plain(value) for key, value in values.items()}}


def from_line(line: Any) -> Event:
    """The event that a line stands for.

    Raises
    ------
    TrainingError
        When it stands for none.
    """
    try:
        values = dict(line)
        kind = _KINDS[values.pop("event")]
        if kind is Norms:
            values |= {key: tuple(map(_number, values[key])) for key in ("gradients", "weights")}
            values["layers"] = tuple(values["layers"])
        if kind is Epoch:
            values["confusion"] = np.array(values["confusion"], np.int64)
        return kind(**{key: _number(value) for key, value in values.items()})
    except (KeyError, TypeError, ValueError) as error:
        raise TrainingError(f"a line of the run's events is damaged: {error}") from None


def to_plain(value: Any) -> Any:
    """JSON has no numbers that are not finite: they are written as words."""
    match value:
        case float() if not math.isfinite(value):
            return str(value)
        case tuple() | list():
            return [to_plain(part) for part in value]
        case dict():
            return {key: to_plain(part) for key, part in value.items()}
    return value


def _number(value: Any) -> Any:
    return float(value) if isinstance(value, str) and value in _WORDS else value
