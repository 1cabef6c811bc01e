"""The report of an experiment: its runs beside each other, and each of them folded below."""

from pathlib import Path
from xml.etree.ElementTree import Element

from studio.errors import StudioError
from studio.report.curves import Curve, charts_beside
from studio.report.markup import Content, folded, table, tag
from studio.report.numbers import counted, duration, percent
from studio.report.run_page import run_sections
from studio.training.history import History
from studio.training.kept import RUN, KeptRun, read_run
from studio.training.samples import MOST
from studio.training.sweep import Outcome, RunSet

_MOST_PICTURES = 192  # on the page
_MOST_WHOLE = 24  # runs that are shown with everything


def set_sections(runs: RunSet, data_root: Path | None = None) -> list[Content]:
    """Everything about the runs of an experiment, beneath its title."""
    outcomes = runs.outcomes()
    kept = {one.run.number: _read(one.folder) for one in outcomes}
    curves = [
        Curve(one.run.number, one.run.name, found[1])
        for one in outcomes
        if (found := kept[one.run.number])
    ]
    parts: list[Content] = []
    if runs.experiment.summary:
        parts.append(tag("p", runs.experiment.summary))
    done = sum(one.ending == "done" for one in outcomes)
    parts.append(tag("p", f"{done} of {counted(len(outcomes), 'run')} done.", class_="quiet"))
    charts = charts_beside(curves)
    if charts is not None:
        parts += [tag("h2", "Curves"), charts]
    parts += [tag("h2", "Runs"), _table(runs, outcomes, kept)]
    most = max(8, min(MOST, _MOST_PICTURES // max(1, len(outcomes))))
    parts.append(tag("h2", "Each run"))
    for one in outcomes:
        found = kept[one.run.number]
        title = f"{one.run.number} {one.run.name}"
        if found and len(curves) <= _MOST_WHOLE:
            sections = run_sections(*found, data_root or runs.data_root, most)
            parts.append(folded(title, *sections, class_="run", id=f"run-{one.run.number}"))
    if len(curves) > _MOST_WHOLE:
        parts.append(tag("p", "Of so many runs, each has a report of its own: name its folder."))
    return parts


def _read(folder: Path) -> tuple[KeptRun, History] | None:
    """A run with its history, if it has begun and can be read; the table says what is wrong."""
    if not (folder / RUN).is_file():
        return None
    try:
        kept = read_run(folder)
        return kept, kept.history()
    except StudioError:
        return None


def _table(
    runs: RunSet,
    outcomes: tuple[Outcome, ...],
    kept: dict[int, tuple[KeptRun, History] | None],
) -> Element:
    has_course = any(one.run.figure for one in outcomes)
    head = ["Run", "What the curves say", "Best", "Test", "Epochs", "Time"]
    if has_course:
        head.insert(2, "In the course")
    rows: list[list[Content]] = []
    for one in outcomes:
        number, found = one.run.number, kept[one.run.number]
        swatch = tag("span", class_=f"swatch run{(number - 1) % 6 + 1}")
        name = tag("a", f"{number} {one.run.name}", href=f"#run-{number}") if found else None
        row: list[Content] = [
            [swatch, name if name is not None else f"{number} {one.run.name}"],
            _words(one),
            percent(one.best),
            percent(one.test),
            str(one.epochs),
            duration(one.seconds),
        ]
        if has_course:
            row.insert(2, one.run.figure or "–")
        rows.append(row)
    source = runs.experiment.figures_source
    caption = "Best: the highest accuracy after an epoch. Test: at the end, on the test part."
    if has_course and source:
        caption += f" In the course: {source}"
    return table(head, rows, words=3 if has_course else 2, caption=caption)


def _words(one: Outcome) -> str:
    """How it ended, where that isn't well, and its warnings."""
    words = [one.error] if one.error else []
    if one.ending not in ("done", "failed", "diverged"):
        words.append(one.ending)
    return "; ".join([*words, *one.seen])
