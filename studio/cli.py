"""The studio's work without a window: the commands and their arguments.

The options of a command come from the declarations that the window's forms are made from.
"""

import argparse
import errno
import os
import shutil
import sys
import textwrap
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from studio import __version__
from studio.commands import explain as explaining
from studio.commands import export as exporting
from studio.commands import figure as drawing
from studio.commands import filter as filtering
from studio.commands import kernels
from studio.commands import report as reporting
from studio.commands import train as training
from studio.commands.classify import run_classify
from studio.commands.describe import run_describe
from studio.commands.features import run_features
from studio.commands.listing import LISTS, run_list
from studio.commands.options import add_option, add_options, given_settings
from studio.commands.shared import BAD_INPUT, INTERRUPTED
from studio.console import accept_any_text, complain
from studio.errors import StudioError
from studio.faults import record_fault

FAULT = 70

_DESCRIPTION = """\
See every number of a convolution and of a neural network, on your own pictures.
Without a command, the window opens."""


class _Parser(argparse.ArgumentParser):
    """Says what is wrong with the arguments in one line."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**{"formatter_class": _Help} | settings)

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
    accept_any_text()
    try:
        given = _build_parser().parse_args(arguments)
        if given.command is None:
            return open_window(None)
        if given.command == "open":
            return open_window(given.document)
        if given.command == "tour":
            return tour(given.folder)
        if hasattr(given, "declared"):
            given.settings = given_settings(given)
        status: int = given.run(given)
        if sys.stdout is not None:
            sys.stdout.flush()
        return status
    except StudioError as error:
        complain(str(error))
        return BAD_INPUT
    except KeyboardInterrupt:
        complain("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        _drop_output()  # whoever read it has gone
        return 0
    except Exception as error:
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            _drop_output()
            complain("the output can't be written: the disk is full")
            return BAD_INPUT
        complain(record_fault(error))
        return FAULT


def _drop_output() -> None:
    """Nothing more can be said on stdout, and what waits there must not fail at the exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _build_parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="studio", description=_DESCRIPTION)
    parser.add_argument("--version", action="version", version=f"studio {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")

    command = commands.add_parser(
        "open",
        help="open the window with a saved document",
        description="Opens the window, with a saved document if one is named.",
    )
    command.add_argument(
        "document", metavar="DOCUMENT", nargs="?", type=_named, help="a document's JSON file"
    )

    command = commands.add_parser(
        "tour",
        help="the whole main job without a display",
        description="Opens every workspace without a display and works in each: writes pictures "
        "of them into DIR, and report.json with what was measured.",
    )
    command.add_argument("folder", metavar="DIR", type=_path, help="where the pictures go")

    command = commands.add_parser(
        "filter",
        help="apply a chain of filters to pictures",
        description=filtering.DESCRIPTION,
        epilog=_filters_help(),
    )
    command.add_argument(
        "pictures", metavar="PICTURE", nargs="+", type=_named, help="picture files or folders"
    )
    filtering.add_arguments(command)
    command.add_argument(
        "-o",
        dest="out",
        metavar="OUT",
        type=_named,
        required=True,
        help="the result's file; or a folder, which several pictures need",
    )

    command = commands.add_parser(
        "describe",
        help="the table of a network: sizes, weights, receptive fields",
        description="Prints the table of a network, or of a model's network.",
    )
    command.add_argument(
        "network",
        metavar="NETWORK",
        type=_named,
        help="a name from: studio list networks, or studio list published; a network's JSON "
        "file; or a model, as for classify",
    )
    _add_architecture(command)
    command.add_argument("--input", metavar="CxHxW", help="another input size, such as 3x32x32")
    _add_json(command)
    command.set_defaults(run=run_describe)

    command = commands.add_parser(
        "features",
        help="the feature maps of a picture, as pictures",
        description="Writes the feature maps of a picture, one sheet for each layer.",
    )
    _add_model(command)
    command.add_argument("picture", metavar="PICTURE", type=_named, help="a picture file")
    command.add_argument(
        "-o", dest="out", metavar="DIR", type=_path, required=True, help="the sheets' folder"
    )
    command.add_argument("--layer", metavar="NAME", help="only this layer, such as conv1")
    command.set_defaults(run=run_features)

    command = commands.add_parser(
        "kernels",
        help="the learned kernels of a model, as pictures",
        description=kernels.DESCRIPTION,
    )
    _add_model(command)
    kernels.add_arguments(command)
    command.add_argument(
        "-o", dest="out", metavar="DIR", type=_path, required=True, help="the sheets' folder"
    )

    command = commands.add_parser(
        "explain",
        help="why a network gives its answer",
        description=explaining.DESCRIPTION,
        epilog=explaining.epilog(),
    )
    _add_model(command)
    explaining.add_arguments(command)
    for item, methods in explaining.method_options():
        add_option(command, item, f" For: {methods}.")

    command = commands.add_parser(
        "figure",
        help="a picture and what a network makes of it, for a lecture",
        description=drawing.DESCRIPTION,
    )
    _add_model(command)
    drawing.add_arguments(command)
    add_options(command, drawing.DECLARED)

    command = commands.add_parser(
        "train",
        help="train a network, or all networks of an experiment",
        description=training.DESCRIPTION,
    )
    training.add_arguments(command)

    command = commands.add_parser(
        "report",
        help="the report of a run, or of an experiment, as one HTML file",
        description=reporting.DESCRIPTION,
    )
    reporting.add_arguments(command)

    command = commands.add_parser(
        "classify",
        help="say what is on pictures",
        description="Prints the likeliest classes of each picture. Folders are searched.",
    )
    _add_model(command)
    command.add_argument(
        "paths", metavar="PATH", nargs="+", type=_named, help="picture files or folders"
    )
    command.add_argument(
        "--top", metavar="N", type=int, default=5, help="how many classes; 5 unless told"
    )
    _add_json(command)
    command.set_defaults(run=run_classify)

    command = commands.add_parser(
        "export",
        help="write a model for other programs",
        description=exporting.DESCRIPTION,
    )
    _add_model(command)
    exporting.add_arguments(command)
    command.add_argument(
        "-o", dest="out", metavar="PATH", type=_path, required=True, help="the file to write"
    )

    command = commands.add_parser(
        "list",
        help="what there is to choose from",
        description="Prints the name, title and summary of everything there is of a sort.",
    )
    command.add_argument(
        "what", metavar="WHAT", choices=tuple(LISTS), help=f"one of {', '.join(LISTS)}"
    )
    _add_json(command)
    command.set_defaults(run=run_list)
    return parser


class _Help(argparse.HelpFormatter):
    """Fits the terminal, keeps the lines of descriptions, and never breaks a name at its hyphen."""

    def __init__(self, prog: str) -> None:
        width = min(shutil.get_terminal_size().columns, 100)
        super().__init__(prog, max_help_position=32, width=max(width, 40))

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        lines = []
        for line in text.splitlines():
            words = line.lstrip()
            start = indent + " " * (len(line) - len(words))
            further = start + "  " if start else start
            lines.append(_wrapped(words, width, start, further))
        return "\n".join(lines)

    def _split_lines(self, text: str, width: int) -> list[str]:
        return _wrapped(" ".join(text.split()), width).splitlines()


def _wrapped(text: str, width: int, start: str = "", further: str = "") -> str:
    return textwrap.fill(
        text, width, initial_indent=start, subsequent_indent=further, break_on_hyphens=False
    )


def _named(text: str) -> str:
    """A name or a path: an empty one would mean the current folder."""
    if not text:
        raise argparse.ArgumentTypeError("it is empty")
    return text


def _path(text: str) -> Path:
    return Path(_named(text))


def _add_json(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help="print JSON instead of a table")


def _add_model(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "model",
        metavar="MODEL",
        type=_named,
        help="a name from: studio list models; a .safetensors, .pt or .pt2 file; a run's folder; "
        "or torchvision:NAME[:WEIGHTS], NAME from: studio list published",
    )
    _add_architecture(command)


def _add_architecture(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--architecture",
        metavar="NAME",
        type=_named,
        help="what the weights in a file from elsewhere are for: a network, a model, or a "
        "classifier of torchvision",
    )


def _filters_help() -> str:
    lines = ["filters and their settings:"]
    for item in LISTS["filters"]():
        lines.append(f"  {item['name']}: {item['summary']}")
        lines += [
            f"      {one['name']}={one['default']} unless told; {one['allowed']}"
            for one in item["settings"]
        ]
    return "\n".join(lines)
