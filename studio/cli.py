"""The studio's work without a window: the commands and their arguments.

The options of a command come from the declarations that the window's forms are made from.
"""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from studio import __version__
from studio import commands as work
from studio.commands import BAD_INPUT, LISTS
from studio.console import complain
from studio.declare import Declared, Option, options
from studio.errors import StudioError
from studio.faults import record_fault
from studio.training.settings import TrainSettings

FAULT = 70
INTERRUPTED = 130

_DESCRIPTION = """\
See every number of a convolution and of a neural network, on your own pictures.
Without a command, the window opens."""


class _Parser(argparse.ArgumentParser):
    """Says what is wrong with the arguments in one line."""

    def error(self, message: str) -> NoReturn:
        complain(f"{message} (see: {self.prog} --help)")
        raise SystemExit(BAD_INPUT)


def main(
    arguments: Sequence[str],
    open_window: Callable[[str | None], int],
    tour: Callable[[Path], int],
) -> int:
    """Run one command.

    Parameters
    ----------
    arguments : sequence of str
        What stands behind the program's name.
    open_window, tour : callable
        The two commands that need Qt; handed in, so that this module never imports it.

    Returns
    -------
    int
        The exit status: 0, 2 for bad input, 70 for a fault of the program, 130 when interrupted.
    """
    parser = _build_parser()
    try:
        given = parser.parse_args(arguments)
        if given.command is None:
            return open_window(None)
        if given.command == "open":
            return open_window(given.document)
        if given.command == "tour":
            return tour(given.folder)
        if hasattr(given, "declared"):
            given.settings = given.declared.build(given_options(given))
        status: int = given.run(given)
        return status
    except StudioError as error:
        complain(str(error))
        return BAD_INPUT
    except KeyboardInterrupt:
        complain("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output has gone: nothing more can be said there.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        complain(record_fault(error))
        return FAULT


def _build_parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="studio", description=_DESCRIPTION, formatter_class=_Wide)
    parser.add_argument("--version", action="version", version=f"studio {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")

    command = commands.add_parser("open", help="open the window with a saved document")
    command.add_argument("document", metavar="DOCUMENT", nargs="?", help="a document's JSON file")

    command = commands.add_parser(
        "tour",
        help="the whole main job without a display",
        description="Opens every workspace without a display and works in each: writes pictures "
        "of them into DIR, and report.json with what was measured.",
    )
    command.add_argument("folder", metavar="DIR", type=Path, help="where the pictures go")

    command = commands.add_parser(
        "filter",
        help="apply a chain of filters to pictures",
        description="Applies filters to pictures, one after the other.",
        epilog=_filters_help(),
        formatter_class=_Wide,
    )
    command.add_argument("pictures", metavar="PICTURE", nargs="+", help="picture files or folders")
    command.add_argument(
        "--apply",
        metavar="SPEC",
        action="append",
        required=True,
        help='a filter with its settings, such as "median radius=2"; may be given several times',
    )
    command.add_argument(
        "-o",
        dest="out",
        metavar="OUT",
        type=Path,
        required=True,
        help="the result's file, or a folder for several pictures",
    )
    command.set_defaults(run=work.run_filter)

    command = commands.add_parser(
        "describe",
        help="the table of a network: sizes, weights, receptive fields",
        description="Prints the table of a network, or of a model's network.",
    )
    command.add_argument("network", metavar="NETWORK", help="a name from: studio list networks")
    command.add_argument("--input", metavar="CxHxW", help="another input size, such as 3x32x32")
    _add_json(command)
    command.set_defaults(run=work.run_describe)

    command = commands.add_parser(
        "features",
        help="the feature maps of a picture, as pictures",
        description="Writes the feature maps of a picture, one sheet for each layer.",
    )
    _add_model(command)
    command.add_argument("picture", metavar="PICTURE", help="a picture file")
    command.add_argument("-o", dest="out", metavar="DIR", type=Path, required=True, help="folder")
    command.add_argument("--layer", metavar="NAME", help="only this layer, such as conv1")
    command.set_defaults(run=work.run_features)

    command = commands.add_parser(
        "train",
        help="train a network",
        description="Trains a network and writes the run into a folder: result.json with the "
        "settings and figures, and the model.",
        formatter_class=_Wide,
    )
    add_options(command, TrainSettings)
    command.add_argument("--data-root", metavar="DIR", type=Path, help="a folder with copies")
    command.add_argument("-o", dest="out", metavar="RUN_DIR", type=Path, required=True)
    command.set_defaults(run=work.run_train, declared=TrainSettings)

    command = commands.add_parser(
        "classify",
        help="say what is on pictures",
        description="Prints the likeliest classes of each picture. Folders are searched.",
    )
    _add_model(command)
    command.add_argument("paths", metavar="PATH", nargs="+", help="picture files or folders")
    command.add_argument("--top", metavar="N", type=int, default=5, help="how many (5)")
    _add_json(command)
    command.set_defaults(run=work.run_classify)

    command = commands.add_parser("list", help="what there is to choose from")
    command.add_argument("what", choices=tuple(LISTS), help="what to list")
    _add_json(command)
    command.set_defaults(run=work.run_list)
    return parser


class _Wide(argparse.RawDescriptionHelpFormatter):
    """Keeps the lines of descriptions and gives options more room."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=32, width=100)


def _add_json(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help="print JSON instead of a table")


def _add_model(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "model",
        metavar="MODEL",
        help="a name from: studio list models; a .safetensors file; or a run's folder",
    )


def add_options(command: argparse.ArgumentParser, declared: type[Declared]) -> None:
    """Give a command one option for each field of a declaration; unset ones are left out."""
    for item in options(declared):
        command.add_argument(
            "--" + item.name.replace("_", "-"),
            dest="set_" + item.name,
            metavar=_metavar(item),
            default=argparse.SUPPRESS,
            help=f"{item.help} {_range_help(item)}".replace("%", "%%"),
        )


def _metavar(item: Option) -> str:
    return {"integer": "N", "number": "X", "switch": "yes|no"}.get(item.kind, "NAME")


def _range_help(item: Option) -> str:
    unit = f" {item.unit}" if item.unit else ""
    default = f"{item.default:g}" if item.kind == "number" else str(item.default)
    return f"[{item.allowed}; {default}{unit} unless told]"


def given_options(given: argparse.Namespace) -> dict[str, Any]:
    """What `add_options` collected."""
    prefix = "set_"
    found = vars(given).items()
    return {name.removeprefix(prefix): value for name, value in found if name.startswith(prefix)}


def _filters_help() -> str:
    lines = ["filters and their settings:"]
    for item in LISTS["filters"]():
        settings = " ".join(f"{one['name']}={one['default']}" for one in item["settings"])
        lines += [f"  {item['name']} {settings}".rstrip(), f"      {item['summary']}"]
    return "\n".join(lines)
