"""Settings in words: all of them, or those in which two runs differ."""

import functools
from pathlib import Path

from studio.declare import Option, options
from studio.training.settings import TrainSettings
from studio.window.translate import tr

_PATHS = ("folder", "start")  # their last names tell them apart


def differences(settings: TrainSettings, first: TrainSettings) -> str:
    """In what settings that count differ from others, in words."""
    return ", ".join(
        _words(item, getattr(settings, item.name))
        for item in _items()
        if getattr(settings, item.name) != getattr(first, item.name) and item.counts(settings)
    )


def all_settings(settings: TrainSettings) -> str:
    """Every setting, one a line."""
    return "\n".join(
        f"{tr(item.label)}: {_shown(item, getattr(settings, item.name))}" for item in _items()
    )


@functools.cache
def _items() -> tuple[Option, ...]:
    return options(TrainSettings)


def _words(item: Option, value: object) -> str:
    name = tr(item.label)
    name = f"{name[:1].lower()}{name[1:]}" if name[1:2].islower() else name
    if isinstance(value, bool):
        return name if value else tr("no {setting}").format(setting=name)
    if item.name in _PATHS:
        return f"{name} {Path(str(value)).name or '–'}"
    return f"{name} {_shown(item, value)}"


def _shown(item: Option, value: object) -> str:
    if isinstance(value, bool):
        return tr("yes") if value else tr("no")
    if item.choices:
        return tr(item.shown(str(value)))
    if isinstance(value, float | int):
        return f"{value:,.12g}".replace("-", "−")
    return str(value) or "–"
