"""The report of a run, or of an experiment's runs: one HTML file that opens anywhere."""

from pathlib import Path

from studio.image.whole_file import write_bytes
from studio.report.markup import page, tag
from studio.report.run_page import run_sections, run_title
from studio.report.set_page import set_sections
from studio.training.kept import RUN, read_run
from studio.training.sweep import open_set

__all__ = ["report", "write_report"]


def report(folder: Path, data_root: Path | None = None) -> bytes:
    """The page about a run's folder, or about that of an experiment, as it is now.

    Parameters
    ----------
    data_root : Path, optional
        The folder that holds a copy of the data: the sample pictures come from there should the
        run have kept none.

    Raises
    ------
    StudioError
        When the folder holds no runs, or is damaged.
    """
    if (folder / RUN).is_file():
        kept = read_run(folder)
        history = kept.history()
        title = run_title(kept, history)
        return page(title, tag("h1", title), *run_sections(kept, history, data_root))
    runs = open_set(folder)
    title = runs.experiment.title or runs.experiment.name
    return page(title, tag("h1", title), *set_sections(runs, data_root))


def write_report(folder: Path, target: Path, data_root: Path | None = None) -> None:
    """Write that page into a file; see `report`.

    Raises
    ------
    StudioError
        Also when the file can't be written.
    """
    write_bytes(report(folder, data_root), target)
