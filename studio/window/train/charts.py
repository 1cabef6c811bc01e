"""The charts of the runs, side by side."""

from collections.abc import Collection, Sequence
from typing import cast

import numpy as np
from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget

from studio.training.advice import Advice
from studio.window.chrome import theme
from studio.window.train.chart_export import ChartSaving, values_text
from studio.window.train.chart_menu import keep, kept
from studio.window.train.chart_notes import note_for, quantity_of
from studio.window.train.quantities import SMOOTHINGS, UNITS, Smoothing, Unit
from studio.window.train.quantity_chart import QuantityChart
from studio.window.train.run_lines import RunLines
from studio.window.train.run_model import what_differs
from studio.window.train.runs import Run
from studio.window.translate import tr

_AT_ONCE = 20_000  # events of opened runs that are looked at in one go
_FEW = 3  # runs up to which the raw line of each is shown, not only of the chosen one

# The word at the axis, and how a place is said.
_WORDS: dict[Unit, tuple[str, str]] = {
    "epochs": ("epoch", "epoch {place}"),
    "steps": ("step", "step {place}"),
    "seconds": ("s", "{place} s"),
}


class TrainCharts(QWidget):
    """Two charts with one marker, one crosshair and one horizontal axis.

    Signals: `marked` with the epoch, from 1, that a person points out; `failed` with a StudioError
    and `saved` with a path when a chart was to be saved.
    """

    marked = Signal(int)
    saved = Signal(str)
    failed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._lines: dict[Run, RunLines] = {}
        self._hidden: frozenset[Run] = frozenset()
        self._chosen: Run | None = None
        self._epoch: int | None = None
        self._why: tuple[Run, Advice] | None = None
        self.unit = cast("Unit", kept("axis", UNITS, "epochs"))
        self.smoothing = cast("Smoothing", kept("smoothing", SMOOTHINGS, "some"))
        self.loss = QuantityChart("left", "loss", legend=True)
        self.accuracy = QuantityChart("right", "accuracy")
        self.saving = ChartSaving(self)
        self.saving.saved.connect(self.saved)
        self.saving.failed.connect(self.failed)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(16), theme.px(8), theme.px(8), theme.px(8))
        row.setSpacing(theme.px(16))
        for chart in self.charts:
            chart.marker_moved.connect(self._mark)
            chart.stepped.connect(self._step)
            chart.crosshair_moved.connect(self._cross)
            chart.quantity_changed.connect(self.redraw)
            chart.menu.unit_chosen.connect(self.set_unit)
            chart.menu.smoothing_chosen.connect(self.set_smoothing)
            chart.menu.save_wanted.connect(lambda chart=chart: self.save(chart))
            chart.menu.copy_wanted.connect(lambda chart=chart: self.copy(chart))
            chart.menu.aboutToShow.connect(self._show_choices)
            row.addWidget(chart, 1)
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self.redraw)
        self._show_axis()

    @property
    def charts(self) -> tuple[QuantityChart, QuantityChart]:
        return self.loss, self.accuracy

    @property
    def shown(self) -> list[Run]:
        """The runs whose lines are there."""
        return [run for run in self._lines if run not in self._hidden]

    # What is drawn

    def draw(self, runs: Sequence[Run]) -> None:
        """Draw the lines of these runs as they are now, on axes that reach over all.

        What is new in their histories is looked at once, and runs that aren't among `runs`
        are taken away. A loss far above that of guessing, as of a run that diverges, doesn't
        flatten the others.
        """
        for one in [one for one in self._lines if one not in runs]:
            self.remove_run(one)
        for one in runs:
            if one not in self._lines:
                self._lines[one] = RunLines(one.history)
        self.redraw()

    @Slot(object)
    def choose(self, run: Run | None) -> None:
        """Draw a run's lines stronger, and its layers where those are shown."""
        if run is not self._chosen:
            self._chosen = run
            self._later.start()

    def set_hidden(self, runs: Collection[Run]) -> None:
        """Leave the lines of these runs away, and show those of all others."""
        hidden = frozenset(runs)
        if hidden != self._hidden:
            self._hidden = hidden
            self._later.start()

    def remove_run(self, run: Run) -> None:
        """Take a run away for good."""
        if self._lines.pop(run, None) is not None:
            for chart in self.charts:
                chart.drop_run(run)
            self._later.start()

    @Slot(str)
    def set_unit(self, unit: str) -> None:
        """Count epochs, steps or seconds along the horizontal axis."""
        self.unit = cast("Unit", unit)
        keep("axis", unit)
        self._cross(None)
        self._show_axis()
        self.redraw()

    @Slot(str)
    def set_smoothing(self, smoothing: str) -> None:
        """Smooth the training lines: ``none``, ``some`` or ``strong``."""
        self.smoothing = cast("Smoothing", smoothing)
        keep("smoothing", smoothing)
        self.redraw()

    @Slot()
    def redraw(self) -> None:
        """Draw what has changed since it was last drawn."""
        self._take_new()
        shown = self.shown
        parts = {run.history.started.checked_on for run in shown if run.history.started}
        word = parts.pop() if len(parts) == 1 else "validation"
        for chart in self.charts:
            chart.set_span(self._span(shown))
            chart.set_checked_on(tr(word))
            if chart.quantity.per_layer:
                self._draw_layers(chart)
            else:
                self._draw_runs(chart, shown)
            chart.fit(shown)
        self._place_marker()
        self._place_note()

    def _take_new(self) -> None:
        """Take what is new in the histories; of long runs a part now, the rest later."""
        left = _AT_ONCE
        for run, lines in self._lines.items():
            left -= lines.follow(run.history, left)
        if any(lines.is_behind for lines in self._lines.values()):
            self._later.start()

    def _draw_runs(self, chart: QuantityChart, shown: Sequence[Run]) -> None:
        for run in self._hidden:
            chart.drop_run(run)
        for run in shown:
            lines = self._lines[run]
            with_raw = run is self._chosen or len(shown) <= _FEW
            chart.draw_run(run, lines, self.unit, self.smoothing, with_raw)
        chart.plot.choose(self._chosen.number if self._chosen else None)

    def _draw_layers(self, chart: QuantityChart) -> None:
        run = self._chosen if self._chosen in self._lines else None
        run = run or next(iter(self._lines), None)
        lines = self._lines[run] if run else None
        chart.plot.choose(None)
        chart.draw_layers(run, lines, self.unit, self.smoothing)

    def _span(self, runs: Sequence[Run]) -> float:
        return max((self._lines[run].span(self.unit) for run in runs), default=0.0)

    def _show_axis(self) -> None:
        word, place = _WORDS[self.unit]
        for chart in self.charts:
            chart.set_unit(tr(word), tr(place), whole=self.unit != "seconds")

    @Slot()
    def _show_choices(self) -> None:
        for chart in self.charts:
            chart.menu.show_choices(self.unit, self.smoothing, chart.plot.is_log)
            for action in (chart.menu.save, chart.menu.copy):
                action.setEnabled(bool(chart.plot.series))

    # The marker and the crosshair

    def show_marker(self, epoch: int | None) -> None:
        """Put the marker on an epoch, or take it away."""
        self._epoch = epoch
        self._place_marker()

    def _place_marker(self) -> None:
        place = None if self._epoch is None else self._place(self._reference, self._epoch)
        for chart in self.charts:
            if chart.marker != place:
                chart.set_marker(place)

    @property
    def _reference(self) -> Run | None:
        """The run whose epochs the marker goes by."""
        return self._chosen if self._chosen in self._lines else next(iter(self.shown), None)

    def _place(self, run: Run | None, epoch: int) -> float:
        """Where the end of an epoch is on the horizontal axis."""
        if self.unit == "epochs" or run is None:
            return float(epoch)
        ends = self._lines[run].place_epochs(self.unit)
        if 1 <= epoch <= ends.size:
            return float(ends[epoch - 1])
        return float(self._lines[run].place(np.array([epoch * run.steps_per_epoch]), self.unit)[0])

    @Slot(float)
    def _mark(self, place: float) -> None:
        run = self._reference
        if self.unit == "epochs" or run is None:
            self.marked.emit(max(1, round(place)))
            return
        ends = self._lines[run].place_epochs(self.unit)
        self.marked.emit(int(np.argmin(np.abs(ends - place))) + 1 if ends.size else 1)

    @Slot(int)
    def _step(self, epochs: int) -> None:
        """Mark the next or the previous epoch; from the last where none is marked."""
        last = max((len(run.history.epochs) for run in self.shown), default=0)
        if last:
            start = last if self._epoch is None else self._epoch
            self.marked.emit(min(max(start + epochs, 1), last))

    @Slot(object)
    def _cross(self, place: float | None) -> None:
        for chart in self.charts:
            chart.set_crosshair(place)

    # Words on a chart

    @Slot(object, object)
    def show_why(self, run: Run, advice: Advice) -> None:
        """Put the marker on what an advice is about, and a ring with words around it."""
        self._why = (run, advice)
        if quantity_of(advice) not in [chart.quantity.key for chart in self.charts]:
            self.loss.choose_quantity(quantity_of(advice))
        self.redraw()
        self.marked.emit(min(advice.epoch, max(1, len(run.history.epochs))))

    @Slot()
    def clear_why(self) -> None:
        """Take the ring away."""
        self._why = None
        self._place_note()

    def _place_note(self) -> None:
        for chart in self.charts:
            run, advice = self._why or (None, None)
            lines = self._lines.get(run) if run else None
            found = run and advice and lines and note_for(advice, run, lines, chart, self.unit)
            chart.set_note(found or None)

    # Out of the window

    def save(self, chart: QuantityChart) -> None:
        """Ask where, and save a chart there."""
        shown = self.shown
        names = [(run.number, run.name or what_differs(run, shown[0])) for run in shown]
        self.saving.ask(chart, [] if chart.quantity.per_layer else names)

    def copy(self, chart: QuantityChart) -> None:
        """Put what a chart shows on the clipboard, as a table."""
        runs = [(run, self._lines[run]) for run in self.shown]
        if chart.quantity.per_layer:
            runs = [(run, lines) for run, lines in runs if run is self._reference]
        QApplication.clipboard().setText(values_text(chart.quantity, runs))
