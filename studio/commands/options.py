"""The options of a command, made from a declaration, and the settings that they give."""

import argparse
from typing import Any

from studio.commands.listing import default_text
from studio.declare import Declared, Option, options
from studio.errors import SettingError

_PREFIX = "set_"


def add_options(command: argparse.ArgumentParser, declared: type[Declared]) -> None:
    """Give a command one option for each field of a declaration; unset ones are left out."""
    for item in options(declared):
        add_option(command, item)


def add_option(command: argparse.ArgumentParser, item: Option, more: str = "") -> None:
    """Give a command the option of one field; `more` stands behind its help."""
    command.add_argument(
        "--" + item.name.replace("_", "-"),
        dest=_PREFIX + item.name,
        metavar=_metavar(item),
        default=argparse.SUPPRESS,
        help=f"{item.help}{more} {_range_help(item)}".replace("%", "%%"),
    )


def _metavar(item: Option) -> str:
    return {"integer": "N", "number": "X", "switch": "yes|no"}.get(item.kind, "NAME")


def _range_help(item: Option) -> str:
    unit = f" {item.unit}" if item.unit else ""
    default = default_text(item)
    return f"[{item.allowed}; {default}{unit} unless told]" if default else f"[{item.allowed}]"


def given_settings(given: argparse.Namespace) -> Declared:
    """The declared settings of a command; a wrong one is named as it was typed."""
    declared: type[Declared] = given.declared
    try:
        return declared.build(given_options(given))
    except SettingError as error:
        raise as_typed(error, getattr(declared, "kind", "")) from None


def as_typed(error: SettingError, kind: str = "") -> SettingError:
    """The error with its setting named as it is typed on the command line.

    Parameters
    ----------
    kind : str
        What has the setting, where it is one of several that may not be the one that was meant.
    """
    if not error.field:
        return error
    typed = "--" + error.field.replace("_", "-")
    rest = error.message.removeprefix(error.field)
    between = "" if rest != error.message else ": "
    if kind:
        rest = rest.replace("there is no setting", f"{kind} has no setting")
    return SettingError(f"{typed}{between}{rest}", error.remedy, error.field)


def given_options(given: argparse.Namespace) -> dict[str, Any]:
    """What `add_options` collected."""
    found = vars(given).items()
    return {name.removeprefix(_PREFIX): value for name, value in found if name.startswith(_PREFIX)}
