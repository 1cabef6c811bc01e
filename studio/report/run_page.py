"""The report of one run, finished or not."""

from collections.abc import Sequence
from pathlib import Path
from xml.etree.ElementTree import Element

import numpy as np
from numpy.typing import NDArray

from studio.data.opening import open_data
from studio.errors import StudioError
from studio.nets.row import Row
from studio.report.curves import charts_of
from studio.report.facts import making_section, network_section, settings_section
from studio.report.markup import Content, folded, table, tag
from studio.report.matrix import confusion_section
from studio.report.numbers import counted, duration, figure, percent
from studio.report.pictures import first_kernels, kernel_figure, sample_sheet
from studio.training.advice import Advice, advise
from studio.training.history import History
from studio.training.kept import KeptRun
from studio.training.samples import MOST, Samples, choose_samples, read_samples

_STATES = {
    "running": "Still going on",
    "stopped": "Stopped before its end",
    "failed": "Failed",
    "done": "Done",
}


def run_title(kept: KeptRun, history: History) -> str:
    """What the run is called: its name, or what was trained on what."""
    return kept.name or what_on_what(kept, history)


def what_on_what(kept: KeptRun, history: History) -> str:
    """The network and the data."""
    started = history.started
    network = started.network.title if started and started.network else kept.settings.network
    data = started.data_title if started else ""
    return f"{network} on {data or kept.settings.data}"


def run_sections(
    kept: KeptRun, history: History, data_root: Path | None = None, most: int = MOST
) -> list[Content]:
    """Everything about a run, beneath its title.

    Parameters
    ----------
    data_root : Path, optional
        Where the data is, should the run have kept no pictures of it.
    most : int
        How many pictures are shown.
    """
    advice = advise(history)
    parts: list[Content] = [
        _state(kept, history),
        _figures(history),
        *_said(kept, history, advice),
    ]
    charts = charts_of(history, advice)
    if charts is not None:
        parts += [tag("h2", "Curves"), charts, _epochs(history)]
    found = _confusion(history)
    if found is not None:
        confusion, part = found
        classes = _classes(history, len(confusion))
        parts += [tag("h2", f"Confusion, {part}"), *confusion_section(confusion, classes)]
    parts += [tag("h2", "Pictures"), *_pictures(kept, history, data_root, most)]
    kernels = _kernels(kept, history)
    if kernels:
        parts += [tag("h2", "First layer"), tag("div", kernels, class_="charts")]
    if history.started and history.started.network:
        parts += [tag("h2", "Network"), *network_section(history.started.network)]
    parts += [tag("h2", "Settings"), *settings_section(kept.settings)]
    parts += [tag("h2", "Made with"), *making_section(kept, history)]
    return parts


def _state(kept: KeptRun, history: History) -> Element:
    done, asked = len(history.epochs), kept.settings.epochs
    words = f"{_STATES[kept.state]}, {done} of {counted(asked, 'epoch')}"
    if history.finished and history.finished.early:
        words += f"; ended early, after {counted(kept.settings.patience, 'epoch')} without gain"
    return tag("p", f"{what_on_what(kept, history)}. {words}.", class_="quiet")


def _figures(history: History) -> Element | None:
    started, best = history.started, history.best
    if not started or not best:
        return None
    pairs = [(f"Best {started.checked_on} accuracy", percent(best.validation_accuracy))]
    pairs.append(("In epoch", str(best.epoch)))
    if history.finished:
        pairs.insert(0, ("Test accuracy", percent(history.finished.test_accuracy)))
    last = history.epochs[-1]
    pairs.append(("Training accuracy", percent(last.train_accuracy)))
    pairs.append(("Weights", f"{started.weights:,}"))
    pairs.append(("Time", duration(history.seconds)))
    return tag(
        "dl",
        [tag("div", tag("dt", name), tag("dd", value)) for name, value in pairs],
        class_="figures",
    )


def _said(kept: KeptRun, history: History, advice: Sequence[Advice]) -> list[Element]:
    """What went wrong, and what the curves say."""
    parts = []
    if kept.error:
        parts.append(tag("p", tag("strong", _sentence(str(kept.error))), class_="said error"))
    for one in advice:
        name = "said warning" if one.is_warning else "said"
        remedy = f" {_sentence(one.remedy)}" if one.remedy else ""
        words = f" {_sentence(one.evidence)}{remedy}"
        parts.append(tag("p", tag("strong", _sentence(one.words)), words, class_=name))
    if not parts and len(history.epochs) > 1:
        parts.append(tag("p", "No rule finds anything wrong with the curves.", class_="said"))
    return [tag("h2", "What the curves say"), *parts] if parts else []


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."


def _epochs(history: History) -> Element | None:
    if not history.epochs or not history.started:
        return None
    name = history.started.checked_on
    head = ["Epoch", "Training loss", "Training accuracy", f"{name.capitalize()} loss"]
    head += [f"{name.capitalize()} accuracy", "Time"]
    rows: list[list[Content]] = [
        [
            str(epoch.epoch),
            figure(epoch.train_loss),
            percent(epoch.train_accuracy),
            figure(epoch.validation_loss),
            percent(epoch.validation_accuracy),
            duration(epoch.seconds),
        ]
        for epoch in history.epochs
    ]
    return folded("Figures of each epoch", table(head, rows, words=0))


def _confusion(history: History) -> tuple[NDArray[np.int64], str] | None:
    """Of the test part at the end, or of the part that the last epoch was tested on."""
    started, answers = history.started, history.answers
    if not started:
        return None
    if answers is not None:
        count = len(started.classes)
        pairs = answers.labels * count + answers.answered
        confusion = np.bincount(pairs, minlength=count**2).reshape(count, count)
        return np.asarray(confusion, np.int64), "test part"
    if not history.epochs:
        return None
    last = history.epochs[-1]
    return last.confusion, f"{started.checked_on} part after epoch {last.epoch}"


def _classes(history: History, count: int) -> tuple[str, ...]:
    classes = history.started.classes if history.started else ()
    return classes if len(classes) == count else tuple(map(str, range(count)))


def _pictures(kept: KeptRun, history: History, data_root: Path | None, most: int) -> list[Content]:
    try:
        samples = _samples(kept, history, data_root)
    except StudioError as error:
        return [tag("p", f"They can't be shown: {error}", class_="quiet")]
    if samples is None:
        words = "They are answered at the end of the run."
        if history.answers is not None:
            words = "The run kept none. With the folder of its data (--data-root), they are read "
            words += "again."
        return [tag("p", words, class_="quiet")]
    classes = _classes(history, int(max(samples.labels.max(), samples.answered.max())) + 1)
    wrong = sample_sheet(samples, classes, False, max(1, most // 2))
    right = sample_sheet(samples, classes, True, max(1, most // 2))
    parts: list[Content] = []
    if wrong is not None:
        parts += [tag("h3", "Answered wrong, the largest loss first"), wrong]
    if right is not None:
        parts += [tag("h3", "Answered right, the least and the most sure"), right]
    return parts


def _samples(kept: KeptRun, history: History, data_root: Path | None) -> Samples | None:
    """Those that the run kept; else chosen again from its data, where that is named."""
    samples = read_samples(kept.folder)
    if samples is not None and len(samples):
        return samples
    if history.answers is None or data_root is None:
        return None
    work = open_data(kept.settings, data_root)
    while True:
        try:
            next(work)
        except StopIteration as end:
            return choose_samples(end.value, history.answers)


def _kernels(kept: KeptRun, history: History) -> list[Element]:
    """The first layer before and after the training, in the same order."""
    network = history.started.network if history.started else None
    if network is None:
        return []
    rows: Sequence[Row] = network.table()
    parts = []
    for snapshot, words in ((history.initial, "before"), (history.snapshot, "after")):
        if snapshot is None:
            continue
        kernels = first_kernels(rows, snapshot.weights)
        if kernels is not None:
            count = counted(len(kernels.weights), "kernel")
            when = f"{words} epoch {snapshot.epoch}" if snapshot.epoch else "before the first step"
            parts.append(kernel_figure(kernels, f"{count} of {kernels.row.name}, {when}"))
    return parts
