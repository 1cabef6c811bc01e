"""Which settings stand in which section, and the field for each."""

import functools
from collections.abc import Callable

from studio.declare import SELDOM, Option, options
from studio.training.settings import TrainSettings
from studio.window.forms.fields import Field
from studio.window.forms.form import make_field
from studio.window.forms.several_choices import SeveralChoices, SeveralSwitch
from studio.window.forms.several_numbers import SeveralNumbers
from studio.window.train.setup.begin_field import BeginField
from studio.window.train.setup.text_fields import ClassesField, FolderField

_OWN: dict[str, Callable[[Option], Field]] = {
    "classes": ClassesField,
    "folder": FolderField,
    "start": BeginField,
    "learning_rate": functools.partial(SeveralNumbers, hint=True),
}
_SEVERAL: dict[str, Callable[[Option], Field]] = {
    "number": SeveralNumbers,
    "integer": SeveralNumbers,
    "choice": SeveralChoices,
    "switch": SeveralSwitch,
}


def make(item: Option) -> Field:
    """The field for a setting of a run: numbers and choices can have several values."""
    own = _OWN.get(item.name) or _SEVERAL.get(item.kind)
    return own(item) if own is not None else make_field(item)


@functools.cache
def sections() -> dict[str, tuple[str, ...]]:
    """The settings of each section; what is seldom changed folds in the one that it follows."""
    found: dict[str, tuple[str, ...]] = {}
    for item in options(TrainSettings):
        group = item.group if item.group != SELDOM else next(reversed(found))
        found[group] = (*found.get(group, ()), item.name)
    return found


def section_of(field: str) -> str:
    """The section that a setting stands in."""
    return next(group for group, names in sections().items() if field in names)
