"""Learn this kernel: a kernel found from a picture and its filtered result, before one's eyes."""

import functools
import time
from collections.abc import Iterator

import numpy as np
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout

from studio.errors import SettingError, StudioError
from studio.filters.presets import Weights
from studio.image.picture import Pixels
from studio.insight.kernel_learning import (
    LARGEST_SIDE,
    BestKernel,
    KernelLearning,
    LearningStep,
    best_kernel,
    learn_kernel,
)
from studio.window.chrome import theme
from studio.window.filter.learning_body import LearningBody
from studio.window.filter.learning_head import LearningHead, State
from studio.window.filter.learning_kernels import rounded_kernel
from studio.window.filter.learning_words import findings, place_words
from studio.window.forms.kernel_grid import as_weights
from studio.window.job import Job
from studio.window.translate import tr

_HEIGHT = 260
_SHOWN = 4.0  # seconds that a run is stretched to, so that it can be watched
_SLOWEST = 1 / 20  # seconds between two steps, at most


class LearningPanel(QFrame):
    """Learns a kernel from one pair of pictures, step by step.

    Signals: `kernel_learned` with the rows of numbers when a person wants to use them as a filter;
    `closed` when the panel is to go away.

    Parameters
    ----------
    shown : float
        Seconds that a run of few steps is stretched to; 0 for as fast as can be.
    """

    kernel_learned = Signal(object)
    closed = Signal()

    def __init__(self, shown: float = _SHOWN) -> None:
        super().__init__()
        self._shown = shown
        self._pair: tuple[Pixels, Pixels] | None = None
        self._true: Weights | None = None
        self._name = ""
        self._best: BestKernel | None = None
        self._step: LearningStep | None = None
        self._job: Job | None = None
        self.setFixedHeight(theme.px(_HEIGHT))
        self._make_head()
        self.body = LearningBody()
        self.form = self.body.form
        self.form.changed.connect(self._begin_anew)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 1, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.head)
        column.addWidget(self.body, 1)
        self.body.form_shown.connect(self.head.settings_button.setChecked)
        self.show_words(
            tr("Choose a filter: its kernel is learned from the picture before and after it.")
        )

    # What a person and the workspace do

    def show_pair(
        self, before: Pixels, after: Pixels, true_kernel: Weights | None, name: str
    ) -> None:
        """Take another pair to learn from; a run begins anew with it.

        Parameters
        ----------
        before, after : array, height x width x channels
            A picture and what a filter made of it.
        true_kernel : rows of numbers, optional
            The kernel that the filter has, as it lies on the picture; None where it has none.
        name : str
            What the filter is called.
        """
        pair = self._pair
        if pair is not None and before is pair[0] and after is pair[1]:
            return
        self._pair, self._name = (before, after), name
        if true_kernel is not None and _size(true_kernel) != _size(self._true):
            rows, columns = (min(side, LARGEST_SIDE) for side in _size(true_kernel))
            self.form.set_value(self.settings.change(height=rows, width=columns))
        self._true = true_kernel
        self.body.show_parts()
        self._begin_anew()

    def show_words(self, words: str) -> None:
        """Say why there is nothing to learn from; a run is stopped."""
        self._pair, self._true, self._name = None, None, ""
        self._withdraw()
        self._reset()
        self.body.show_empty(words)
        self._show_state()

    @property
    def settings(self) -> KernelLearning:
        value = self.form.value
        assert isinstance(value, KernelLearning)
        return value

    @property
    def state(self) -> State:
        if self._job is None:
            return "idle"
        return "paused" if self._job.is_paused else "running"

    @property
    def words(self) -> str:
        """What the panel says about the learned kernel, or about what went wrong."""
        return self.body.said

    @Slot()
    def learn(self) -> None:
        """Begin, hold, or go on."""
        if self._job is None:
            self._start()
        elif self._job.is_paused:
            self._job.resume()
        else:
            self._job.pause()
        self._show_state()

    @Slot()
    def step(self) -> None:
        """Make one correction, and wait."""
        if self._job is None:
            self._start(paused=True)
        elif self._job.is_paused:
            self._job.step()
        else:
            self._job.pause()
        self._show_state()

    @Slot()
    def stop(self) -> None:
        """End the run; what has been learned stays."""
        self._withdraw()
        self._show_state()

    @Slot()
    def use(self) -> None:
        """Hand out the learned kernel, rounded to four figures of its largest weight."""
        if self._step is not None:
            self.kernel_learned.emit(as_weights(rounded_kernel(self._step.kernel)))

    @Slot()
    def close_panel(self) -> None:
        self.stop()
        self.closed.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        if not event.spontaneous():  # not when the window is merely minimised
            self.stop()
        super().hideEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_panel()
        else:
            super().keyPressEvent(event)

    # Building

    def _make_head(self) -> None:
        self.head = LearningHead()
        self.head.learn_button.clicked.connect(self.learn)
        self.head.step_button.clicked.connect(self.step)
        self.head.stop_button.clicked.connect(self.stop)
        self.head.use_button.clicked.connect(self.use)
        self.head.settings_button.clicked.connect(lambda on: self.body.show_form(on))
        self.head.close_button.clicked.connect(self.close_panel)

    # The run

    def _start(self, paused: bool = False) -> None:
        if self._pair is None:
            return
        self._reset()
        settings = self.settings
        pause = min(_SLOWEST, self._shown / settings.steps)
        self._job = Job(
            functools.partial(_work, *self._pair, settings, pause), tr("Learning a kernel")
        )
        self._job.events.connect(self._take)
        self._job.done.connect(self._end)
        self._job.failed.connect(self._fail)
        if paused:
            self._job.pause()
            for _ in ("the best kernel", "the start", "the first step"):
                self._job.step()
        self._job.start()

    def _withdraw(self) -> None:
        """Let the run end without a word."""
        job, self._job = self._job, None
        if job is not None:
            job.events.disconnect(self._take)
            job.done.disconnect(self._end)
            job.failed.disconnect(self._fail)
            job.cancel()

    @Slot()
    def _begin_anew(self) -> None:
        """Another pair, or other settings: what was learned before has no meaning any more."""
        state = self.state
        self._withdraw()
        self._reset()
        if state != "idle":
            self._start(paused=state == "paused")
        self._show_state()

    def _reset(self) -> None:
        """Empty curve and kernel."""
        settings = self.settings
        self._best = self._step = None
        self.body.curve.begin(settings.steps)
        self.body.kernels.show_learned(np.zeros((settings.height, settings.width)))
        true = None if self._true is None else np.array(self._true, np.float64)
        self.body.kernels.show_other(true, tr("True"))
        for name in self.form.fields:
            self.form.clear_error(name)
        self.body.say(tr("Press Learn, and watch the weights being found."))

    @Slot(object)
    def _take(self, events: list[BestKernel | LearningStep]) -> None:
        steps = [event for event in events if isinstance(event, LearningStep)]
        for event in events:
            if isinstance(event, BestKernel):
                self._take_best(event)
        if steps:
            self._step = steps[-1]
            self.body.curve.add([step.error for step in steps])
            self.body.kernels.show_learned(self._step.kernel)
        self._show_state()

    def _take_best(self, best: BestKernel) -> None:
        self._best = best
        if not best.is_exact:
            self.body.curve.show_remaining(best.error)
        if self._true is None:
            rows, columns = best.kernel.shape
            title = tr("Best {rows} × {columns}").format(rows=rows, columns=columns)
            self.body.kernels.show_other(best.kernel, title)

    @Slot()
    def _end(self) -> None:
        self._job = None
        self._show_state()

    @Slot(object)
    def _fail(self, error: StudioError) -> None:
        self._job = self._step = None
        self._show_state()
        if isinstance(error, SettingError) and error.field in self.form.fields:
            self.form.show_error(error.field, error.remedy or error.message)
        sentence = str(error)
        self.body.say(f"{sentence[:1].upper()}{sentence[1:]}.", is_error=True)

    # Showing

    def _show_state(self) -> None:
        step = self._step
        self.head.show_state(self.state, self._pair is not None, step is not None)
        steps = self.settings.steps
        self.head.place.setText(place_words(self._name, step, steps) if step else self._name)
        if step is not None and self._best is not None:
            self.body.say(findings(step, self._best, self._true))


def _work(
    before: Pixels, after: Pixels, settings: KernelLearning, pause: float
) -> Iterator[BestKernel | LearningStep]:
    """The best there is, then the way there, no faster than eyes can follow."""
    yield best_kernel(before, after, settings)
    for step in learn_kernel(before, after, settings):
        yield step
        time.sleep(pause)


def _size(kernel: Weights | None) -> tuple[int, int]:
    return (len(kernel), len(kernel[0])) if kernel is not None else (0, 0)
