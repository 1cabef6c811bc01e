"""Loss and accuracy of the runs, side by side."""

import math
from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from studio.data import DATASETS
from studio.window.chrome import theme
from studio.window.train.curves import CurvePlot
from studio.window.train.runs import Run
from studio.window.translate import tr

_BEYOND_GUESSING = 3.0  # times the loss of guessing, the highest loss that is shown


class TrainCharts(QWidget):
    """Two charts with one marker.

    Signals: `marked` with the epoch, from 1, that a person points out.
    """

    marked = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._drawn: dict[Run, int] = {}  # epochs
        self.loss = CurvePlot(tr("Loss"), legend=True)
        self.accuracy = CurvePlot(tr("Accuracy"), percent=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(16), theme.px(12), theme.px(8), theme.px(8))
        row.setSpacing(theme.px(16))
        for chart in (self.loss, self.accuracy):
            chart.marker_moved.connect(self._mark)
            row.addWidget(chart, 1)

    def draw(self, run: Run, runs: Sequence[Run]) -> None:
        """Draw a run's lines as they are now, on axes that reach over all runs.

        A loss far above that of guessing, as of a run that diverges, doesn't flatten the others.
        """
        per_epoch, epochs = run.steps_per_epoch, run.history.epochs
        numbers = [epoch.epoch for epoch in epochs]
        charts = (
            (self.loss, run.losses, [epoch.test_loss for epoch in epochs]),
            (self.accuracy, run.accuracies, [epoch.test_accuracy for epoch in epochs]),
        )
        self.loss.set_ceiling(_BEYOND_GUESSING * max(_guessing(one) for one in runs))
        for chart, stretches, values in charts:
            chart.set_span(max(one.settings.epochs for one in runs))
            middles = [step / per_epoch for step in stretches.middles]
            chart.set_series(run.number, "training", middles, stretches.means)
            if self._drawn.get(run) != len(numbers):
                chart.set_series(run.number, "validation", numbers, values)
        self._drawn[run] = len(numbers)

    def show_marker(self, epoch: int | None) -> None:
        """Put the marker on an epoch, or take it away."""
        for chart in (self.loss, self.accuracy):
            chart.set_marker(epoch)

    @Slot(float)
    def _mark(self, place: float) -> None:
        self.marked.emit(max(1, round(place)))


def _guessing(run: Run) -> float:
    """The cross-entropy of giving every class the same probability."""
    return math.log(max(2, len(DATASETS[run.settings.data].classes)))
