"""``studio filter``: a chain of filters applied to pictures."""

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

from studio.commands.shared import BAD_INPUT, expand, make_folder
from studio.console import MovingLine, complain
from studio.errors import PictureError, SettingError
from studio.filters.base import BORDER_NAMES
from studio.filters.batch import Applied, Applying, apply_to, apply_to_one
from studio.filters.chain import Chain, Step, parse_step
from studio.filters.chain_file import load_chain
from studio.filters.script import script_of
from studio.image.read import printable
from studio.image.whole_file import write_bytes
from studio.image.write import ENDINGS

DESCRIPTION = """\
Applies filters to pictures, one after the other, and writes the results.

  studio filter photo.png --apply "median radius=2" --apply sobel -o edges.tiff
  studio filter holiday/ --pipeline chain.json -o results/

A result has the depth of its picture, or is floating point where its values need it. \
In a folder it gets a name that keeps it exact: .png, or .tiff for floating point."""

# Seconds before progress is shown, and between two showings of it.
_PATIENCE, _PAUSE = 0.5, 0.1


def add_arguments(command: argparse.ArgumentParser) -> None:
    """The command's arguments, but for ``PICTURE`` and ``-o``."""
    chain = command.add_mutually_exclusive_group(required=True)
    chain.add_argument(
        "--apply",
        metavar="SPEC",
        action="append",
        help='a filter with its settings, such as "median radius=2"; may be given several times, '
        "and is applied in that order",
    )
    chain.add_argument(
        "--pipeline",
        metavar="CHAIN.json",
        help="a chain of filters, or a document, that the window has saved",
    )
    command.add_argument(
        "--border",
        choices=tuple(BORDER_NAMES),
        metavar="BORDER",
        help="what stands beyond the picture's edge for every filter whose SPEC doesn't say it, "
        f"and for all filters of a CHAIN.json; one of {', '.join(BORDER_NAMES)}",
    )
    command.add_argument(
        "--script",
        metavar="FILE.py",
        help="write a plain Python script too, which gives the same numbers without the studio",
    )
    command.set_defaults(run=run_filter)


def run_filter(given: argparse.Namespace) -> int:
    """Run the chain on each picture and write the results."""
    chain = _chain(given)
    pictures = expand(given.pictures)
    out = Path(given.out)
    is_folder = os.path.isdir(out) or given.out.endswith(("/", os.sep))
    if len(pictures) > 1 and not is_folder:
        if out.suffix.lower() in ENDINGS:
            raise PictureError(
                f"{out} can't hold the results of {len(pictures)} pictures", "Name a folder"
            )
        is_folder = True
    if is_folder:
        make_folder(out)
    work = apply_to(chain, pictures, out) if is_folder else apply_to_one(chain, pictures[0], out)
    if given.script is not None:
        _write_script(chain, given.script)
    return BAD_INPUT if _report(work) else 0


def _chain(given: argparse.Namespace) -> Chain:
    if given.pipeline is not None:
        chain = load_chain(given.pipeline)
    else:
        chain = Chain(steps=tuple(parse_step(spec) for spec in given.apply))
    if given.border is None:
        return chain
    spoken = given.pipeline is None
    return Chain(steps=tuple(_bordered(step, given.border, spoken) for step in chain.steps))


def _bordered(step: Step, border: str, unless_given: bool) -> Step:
    """The step with another border, where its filter has one."""
    filter = step.filter
    if "border" not in filter.fields() or (unless_given and "border" in filter.model_fields_set):
        return step
    try:
        return step.change(filter=filter.change(border=border))
    except SettingError as error:
        raise SettingError(f"--border: {filter.kind}: {error.message}", error.remedy) from None


def _write_script(chain: Chain, name: str) -> None:
    if not name.lower().endswith(".py"):
        raise SettingError(f"--script can't be '{name}'", "Give the script a name ending in .py")
    write_bytes(script_of(chain).encode(), name)


def _report(work: Iterator[Applying | Applied]) -> int:
    """Print the results as they come and what happens meanwhile; how many failed."""
    failed = 0
    line = MovingLine(sys.stderr)
    show_at = monotonic() + _PATIENCE
    try:
        for event in work:
            if isinstance(event, Applying):
                if monotonic() >= show_at:
                    line.move(_words(event))
                    show_at = monotonic() + _PAUSE
                continue
            line.clear()
            if event.error is not None:
                complain(str(event.error))
                failed += 1
                continue
            if event.note:
                complain(f"{event.target}: {event.note}")
            print(event.target)
    finally:
        line.clear()
    return failed


def _words(event: Applying) -> str:
    number = f"{event.number + 1} of {event.total}: " if event.total > 1 else ""
    return f"{number}{printable(event.source.name)} {100 * event.share:.0f} %"
