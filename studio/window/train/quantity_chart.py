"""One chart of the workspace: a quantity of all runs, or of the layers of one."""

import math
from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QToolButton

from studio.training.guessing import guessing_loss
from studio.window.chrome.controls import IconButton
from studio.window.train.chart_menu import ChartMenu, QuantityMenu, keep, kept
from studio.window.train.curve_series import Kind
from studio.window.train.curves import CurvePlot
from studio.window.train.quantities import QUANTITIES, Smoothing, Unit
from studio.window.train.run_lines import Line, RunLines
from studio.window.train.runs import Run
from studio.window.translate import tr

_BEYOND_GUESSING = 3.0  # times the loss of guessing, the highest loss that is shown
_POINTS = 2400  # of all the lines of one kind in a chart
_FEW, _MOST = 100, 400  # points of one line, however many lines there are


class QuantityChart(CurvePlot):
    """A chart whose title chooses what it shows.

    Parameters
    ----------
    name : str
        What its choices are kept under.
    quantity : str
        What it shows where nothing was chosen before.

    Signals: `quantity_changed` when it has to be drawn anew.
    """

    quantity_changed = Signal()

    def __init__(self, name: str, quantity: str, legend: bool = False) -> None:
        self.quantity = QUANTITIES[kept(f"{name}-chart", QUANTITIES, quantity)]
        super().__init__(tr(self.quantity.title), self.quantity.percent, legend)
        self._name = name
        self._drawn: dict[Run, tuple[object, ...]] = {}
        self._layers = 0
        self.quantities = QuantityMenu(self)
        self.quantities.chosen.connect(self.choose_quantity)
        self.title.setMenu(self.quantities)
        self.menu = ChartMenu(self)
        more = IconButton("more", tr("Chart settings"))
        more.setMenu(self.menu)
        more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.header.addWidget(more)
        self.menu.log_chosen.connect(self._choose_log)
        self._take_quantity()
        self.set_log(kept(f"{name}-log", {"yes": 1, "no": 0}, "no") == "yes")

    def choose_quantity(self, key: str) -> None:
        """Show something else."""
        if key != self.quantity.key:
            self.quantity = QUANTITIES[key]
            keep(f"{self._name}-chart", key)
            self._take_quantity()
            self.quantity_changed.emit()

    def _take_quantity(self) -> None:
        shown = self.quantity
        self.quantities.quantities[shown.key].setChecked(True)
        self.title.setToolTip(f"{tr(shown.help)}. {tr('Choose what the chart shows')}.")
        self.plot.is_dashed = bool(shown.checked)
        self.forget_all()
        self.set_title(tr(shown.title), shown.percent)
        self._show_keys()

    def _choose_log(self, is_log: bool) -> None:
        keep(f"{self._name}-log", "yes" if is_log else "no")
        self.set_log(is_log)

    def forget_all(self) -> None:
        """Take all lines away."""
        self._drawn.clear()
        self.set_note(None)
        self.clear()

    # Drawing

    def draw_run(
        self, run: Run, lines: RunLines, unit: Unit, smoothing: Smoothing, with_raw: bool
    ) -> None:
        """Draw a run's lines as they are now, if anything of them is new.

        `with_raw` shows what the training line is a mean of, too.
        """
        per_line = min(_MOST, max(_FEW, _POINTS // max(1, len(self._drawn))))
        state = (lines.version, unit, smoothing, with_raw, per_line)
        if self._drawn.get(run) == state:
            return
        self._drawn[run] = state
        checked = lines.checked(self.quantity, unit)
        trained = lines.trained(self.quantity, unit, smoothing, per_line)
        with_raw = self.quantity.jagged and smoothing != "none" and with_raw
        self._set(run.number, "validation", checked, False)
        self._set(run.number, "training", trained[0] if trained else None, with_raw)

    def draw_layers(
        self, run: Run | None, lines: RunLines | None, unit: Unit, how: Smoothing
    ) -> None:
        """Draw a line for each layer of a run."""
        title = tr(self.quantity.title)
        self.set_title(f"{title}, {run.title[:1].lower()}{run.title[1:]}" if run else title)
        state = (run, lines and lines.version, unit, how)
        if run is not None and self._drawn.get(run) == state:
            return
        found = lines.trained(self.quantity, unit, how, _FEW) if lines else ()
        if run is not None:
            self._drawn = {run: state}
        for number, line in enumerate(found, start=1):
            self._set(number, "training", line, False)
        for number in range(len(found) + 1, self._layers + 1):
            self.remove_run(number)
        self._layers = len(found)

    def _set(self, number: int, kind: Kind, line: Line | None, with_raw: bool) -> None:
        if line is None or not line.x.size:
            self.plot.drop(number, kind)
            return
        lows, highs = (line.lows, line.highs) if with_raw else (None, None)
        self.set_series(number, kind, line.x, line.y, lows=lows, highs=highs, label=line.label)

    def drop_run(self, run: Run) -> None:
        """Take a run away."""
        if self._drawn.pop(run, None) is not None and not self.quantity.per_layer:
            self.remove_run(run.number)

    def fit(self, runs: Sequence[Run]) -> None:
        """Fit the vertical axis: a run that diverges doesn't flatten the others."""
        if self.quantity.key == "loss" and runs:
            self.set_ceiling(_BEYOND_GUESSING * max(_guessing(run) for run in runs))
        else:
            self.set_ceiling(math.inf)
        self.look()

    def nearest(self, run: Run, kind: Kind, x: float) -> tuple[float, float] | None:
        """The point of a run's line next to a place."""
        line = self.plot.series.get((run.number, kind))
        return line.value_at(min(max(x, float(line.x[0])), float(line.x[-1]))) if line else None


def _guessing(run: Run) -> float:
    """The loss of giving every class the same probability."""
    classes = len(run.history.started.classes) if run.history.started else 2
    return guessing_loss(run.settings.loss, [1.0] * max(2, classes))
