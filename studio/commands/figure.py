"""``studio figure``: one picture and what a network makes of it, as one figure for a lecture."""

import argparse
import sys
from time import monotonic

from studio.commands.shared import open_model
from studio.console import MovingLine
from studio.errors import SettingError
from studio.image.whole_file import check_place
from studio.insight.figure import FigureSettings, check_ending, save_figure

DESCRIPTION = """\
Draws one figure, fit for a lecture: the picture, a layer's maps, what one unit sees in theory and \
measured, and the answers, with titles and scales.

  studio figure convnet-cifar10 photo.jpg --layer conv3 -o figure.pdf
  studio figure convnet-cifar10 photo.jpg --layer conv3 --unit 21,4,3 --scheme dark -o figure.png

In a PDF all text stays text, with its fonts."""

DECLARED = FigureSettings

# Seconds before progress is shown.
_PATIENCE = 0.5


def add_arguments(command: argparse.ArgumentParser) -> None:
    """The command's arguments, but for ``MODEL`` and the declared options."""
    command.add_argument("picture", metavar="PICTURE", help="a picture file")
    command.add_argument(
        "--unit",
        metavar="M,Y,X",
        help="the unit whose field is shown: map, row and column, counted from 0; the one with the "
        "layer's largest value unless told",
    )
    command.add_argument(
        "-o", dest="out", metavar="FILE", required=True, help="a .png or .pdf file"
    )
    command.set_defaults(run=run_figure, declared=DECLARED)


def run_figure(given: argparse.Namespace) -> int:
    """Draw the figure, and write it."""
    from studio.image.read import read_picture

    check_ending(given.out)
    check_place(given.out)
    unit = None if given.unit is None else _unit(given.unit)
    model = open_model(given.model, given.architecture)
    picture = read_picture(given.picture)
    line = MovingLine(sys.stderr)
    show_at = monotonic() + _PATIENCE
    try:
        for share in save_figure(model, picture, given.out, given.settings, unit):
            if monotonic() >= show_at:
                line.move(f"{100 * share:.0f} %")
    finally:
        line.clear()
    print(given.out)
    return 0


def _unit(text: str) -> tuple[int, int, int]:
    parts = text.split(",")
    try:
        index, y, x = (int(part) for part in parts)
    except ValueError:
        raise SettingError(
            f"--unit can't be '{text}'", "Write map, row and column, such as 21,4,3"
        ) from None
    return index, y, x
