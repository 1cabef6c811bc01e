"""``studio report``: a run, or the runs of an experiment, as one HTML file."""

import argparse
from pathlib import Path

from studio.errors import SettingError
from studio.image.whole_file import check_place

DESCRIPTION = """\
Writes the report of a run's folder, or of an experiment's with all its runs: settings, curves and \
what they say, confusion matrix, sample pictures, kernels, versions and seed. The file needs \
nothing beside itself, and opens in any browser.

  studio report runs/digits -o digits.html

It can be written while the run goes on."""

_ENDINGS = (".html", ".htm")


def add_arguments(command: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    command.add_argument(
        "folder", metavar="DIR", help="a run's folder, or that of an experiment's runs"
    )
    command.add_argument("-o", dest="out", metavar="FILE", required=True, help="an .html file")
    command.add_argument(
        "--data-root",
        metavar="DIR",
        help="a folder with a copy of the data, to take sample pictures from where the run has "
        "kept none",
    )
    command.set_defaults(run=run_report)


def run_report(given: argparse.Namespace) -> int:
    """Write the report."""
    from studio.report import write_report

    if not given.out.lower().endswith(_ENDINGS):
        raise SettingError(f"-o can't be '{given.out}'", "Name an .html file")
    check_place(given.out)
    root = None if given.data_root is None else Path(given.data_root)
    write_report(Path(given.folder), Path(given.out), root)
    print(given.out)
    return 0
