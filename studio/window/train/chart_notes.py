"""Where on a chart the evidence of an advice is, and the few words that stand there."""

import numpy as np

from studio.training.advice import Advice
from studio.window.train.curve_marks import Note
from studio.window.train.quantities import Unit
from studio.window.train.quantity_chart import QuantityChart
from studio.window.train.run_lines import RunLines
from studio.window.train.runs import Run
from studio.window.translate import tr

_WORDS = {
    "diverged": "{run} diverges",
    "over-fitting": "{run} over-fits",
    "unmoved": "{run} learns nothing",
    "unsteady": "{run} is unsteady",
    "vanishing": "{run} hardly gets a gradient",
    "improving": "{run} still improves",
    "best": "{run} is at its best",
}
_OF_TRAINING = ("diverged", "unsteady", "vanishing", "unmoved")  # seen on the training loss


def quantity_of(advice: Advice) -> str:
    """Which quantity shows what an advice says."""
    return "accuracy" if advice.kind == "best" else "loss"


def note_for(
    advice: Advice, run: Run, lines: RunLines, chart: QuantityChart, unit: Unit
) -> Note | None:
    """A ring at the place of a run's line where an advice begins; none on other charts."""
    if chart.quantity.key != quantity_of(advice):
        return None
    ends = lines.place_epochs(unit)
    if advice.kind not in _OF_TRAINING and 1 <= advice.epoch <= ends.size:
        found = chart.nearest(run, "validation", float(ends[advice.epoch - 1]))
    else:
        place = lines.place(np.array([float(advice.step)]), unit)
        found = chart.nearest(run, "training", float(place[0]))
    name = f"{run.title[:1].lower()}{run.title[1:]}"
    return Note(*found, tr(_WORDS[advice.kind]).format(run=name)) if found else None
