"""The lines of a run: what its history holds, kept small, in the unit of the horizontal axis."""

from dataclasses import dataclass, replace

import numpy as np

from studio.training.events import Norms
from studio.training.history import History
from studio.window.train.quantities import CONSTANTS, Quantity, Smoothing, Unit
from studio.window.train.traces import Stretches, Trace, Values, coarser, smoothed

ALL = 1 << 62
_NORMS_WEIGH = 10  # steps: what the norms of all layers cost
_STEP_COLUMNS = {"loss": 0, "accuracy": 1, "learning_rate": 2, "speed": 3}


@dataclass(frozen=True, eq=False)
class Line:
    """`y` at each `x`, ascending; between `lows` and `highs` lie the values it is a mean of."""

    x: Values
    y: Values
    lows: Values
    highs: Values
    label: str = ""

    def within(self) -> "Line":
        """Without points that are not finite."""
        known = np.isfinite(self.x) & np.isfinite(self.y)
        if known.all():
            return self
        return Line(self.x[known], self.y[known], self.lows[known], self.highs[known], self.label)


class RunLines:
    """Follows a history; each of its events is looked at once.

    Attributes
    ----------
    layers : tuple of str
        Those whose norms are known.
    version : int
        Another one whenever there is something new.
    """

    def __init__(self, history: History) -> None:
        self.version = 0
        self._begin(history)

    def _begin(self, history: History) -> None:
        self._history = history
        self._steps = Trace(len(_STEP_COLUMNS))
        self._norms: Trace | None = None
        self.layers: tuple[str, ...] = ()
        self._taken = (0, 0, 0)  # steps, norms, epochs

    def follow(self, history: History, most: int = ALL) -> int:
        """Take what is new in a history, which may be another one than before.

        Parameters
        ----------
        most : int
            How many steps are taken at most: the run may just have been opened. Norms, of all
            layers, count as ten, and as many of them may come to the steps.

        Returns
        -------
        int
            How many were taken, counted so. `is_behind` says whether there are more.
        """
        counts = len(history.steps), len(history.norms), len(history.epochs)
        is_shorter = any(now < before for now, before in zip(counts, self._taken, strict=True))
        if history is not self._history or is_shorter:
            self._begin(history)
            self.version += 1
        steps = min(counts[0], self._taken[0] + max(0, most))
        norms = min(counts[1], self._taken[1] + max(0, most) // _NORMS_WEIGH)
        taken = steps - self._taken[0] + _NORMS_WEIGH * (norms - self._taken[1])
        if (steps, norms, counts[2]) != self._taken:
            self._take_steps(slice(self._taken[0], steps))
            self._take_norms(history.norms[self._taken[1] : norms])
            self._taken = steps, norms, counts[2]
            self.version += 1
        return taken

    @property
    def is_behind(self) -> bool:
        """Whether the history holds more than was taken."""
        history = self._history
        return self._taken[:2] != (len(history.steps), len(history.norms))

    def _take_steps(self, new: slice) -> None:
        history = self._history
        columns = (history.losses, history.accuracies, history.learning_rates, history.speeds)
        values = np.column_stack([np.asarray(one[new], np.float64) for one in columns])
        self._steps.add(history.steps[new], values)

    def _take_norms(self, new: list[Norms]) -> None:
        if not new:
            return
        if self._norms is None:
            self.layers = new[0].layers
            self._norms = Trace(2 * len(self.layers) + 1)
        rows = [(*one.gradients, *one.weights, one.memory) for one in new]
        self._norms.add([one.step for one in new], np.asarray(rows, np.float64))

    @property
    def _per_epoch(self) -> float:
        """Steps in an epoch."""
        started = self._history.started
        return started.steps / int(started.settings["epochs"]) if started else 1.0

    # Where things are on the horizontal axis

    def place(self, steps: Values, unit: Unit) -> Values:
        """Steps, counted from 1, in a unit; a step stands at its middle."""
        match unit:
            case "epochs":
                return (steps - 0.5) / self._per_epoch
            case "seconds":
                return self._seconds(steps - 0.5)
        return steps

    def place_epochs(self, unit: Unit) -> Values:
        """The end of each epoch, in a unit."""
        epochs = self._history.epochs
        match unit:
            case "epochs":
                return np.array([one.epoch for one in epochs], np.float64)
            case "seconds":
                return np.array([one.seconds for one in epochs], np.float64).cumsum()
        return np.array([one.step for one in epochs], np.float64)

    def span(self, unit: Unit) -> float:
        """How far the run will reach; in seconds how far it has."""
        history = self._history
        match unit:
            case "epochs":
                return self.span("steps") / self._per_epoch
            case "steps":
                return float(history.started.steps) if history.started else 0.0
        last = history.steps[-1] if history.steps else 0
        return float(self._seconds(np.array([last], np.float64))[0])

    def _seconds(self, steps: Values) -> Values:
        """Computing time: as measured to the end of each epoch, then as the speed suggests."""
        history = self._history
        ends = np.array([0.0] + [one.step for one in history.epochs])
        times = np.cumsum([0.0] + [one.seconds for one in history.epochs])
        started, speed = history.started, history.speed
        if started is not None and speed > 0:
            each = started.train_count / self._per_epoch / speed
        else:
            each = float(times[-1] / ends[-1]) if ends[-1] else 0.0
        found: Values = np.interp(steps, ends, times) + np.maximum(0.0, steps - ends[-1]) * each
        return found

    # The lines

    def checked(self, quantity: Quantity, unit: Unit) -> Line | None:
        """After each epoch, on the part that epochs are tested on."""
        if not quantity.checked or not self._history.epochs:
            return None
        epochs = self._history.epochs
        y = np.array([getattr(one, quantity.checked) for one in epochs], np.float64)
        return Line(self.place_epochs(unit), y, y, y).within()

    def trained(
        self, quantity: Quantity, unit: Unit, smoothing: Smoothing, most: int
    ) -> tuple[Line, ...]:
        """While training: one line, or one a layer, of at most so many points."""
        found = self._stretches(quantity)
        if found is None:
            return ()
        stretches, labels = found
        length = self._run_length() / max(1, stretches.places.size)
        x = self.place(stretches.places, unit)
        lines = []
        for column, label in enumerate(labels):
            parts = (stretches.means, stretches.lows, stretches.highs)
            y, lows, highs = (part[:, column] / quantity.scale for part in parts)
            line = Line(x, y, lows, highs, label).within()
            if quantity.jagged and line.x.size:
                constant = CONSTANTS[smoothing] * self._total_steps() / length
                line = replace(line, y=smoothed(line.y, constant))
            lines.append(_thinned(line, most))
        return tuple(lines)

    def _stretches(self, quantity: Quantity) -> tuple[Stretches, tuple[str, ...]] | None:
        if quantity.key in _STEP_COLUMNS:
            column = _STEP_COLUMNS[quantity.key]
            return _columns(self._steps.stretches(), column, column + 1), ("",)
        if self._norms is None:
            return None
        count, every = len(self.layers), self._norms.stretches()
        match quantity.key:
            case "gradients":
                return _columns(every, 0, count), self.layers
            case "weights":
                return _columns(every, count, 2 * count), self.layers
        return _columns(every, 2 * count, 2 * count + 1), ("",)

    def _run_length(self) -> int:
        return self._history.steps[-1] if self._history.steps else 1

    def _total_steps(self) -> int:
        started = self._history.started
        return started.steps if started else self._run_length()


def _columns(every: Stretches, first: int, last: int) -> Stretches:
    cut = (part[:, first:last] for part in (every.means, every.lows, every.highs))
    return Stretches(every.places, *cut)


def _thinned(line: Line, most: int) -> Line:
    parts = (part[:, None] for part in (line.y, line.lows, line.highs))
    fewer = coarser(Stretches(line.x, *parts), most)
    return Line(
        fewer.places, fewer.means[:, 0], fewer.lows[:, 0], fewer.highs[:, 0], label=line.label
    )
