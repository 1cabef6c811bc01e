"""The Train workspace: what is trained how, and what comes of it."""

import functools
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QAction, QShowEvent

from studio.errors import StudioError
from studio.training.experiment_plan import Experiment, PlannedRun
from studio.training.run_folders import Summary
from studio.window.chrome import theme
from studio.window.chrome.controls import Button, label
from studio.window.chrome.status import Status
from studio.window.chrome.turns import PaintTurns
from studio.window.chrome.widgets import Toolbar
from studio.window.chrome.workspace import Workspace
from studio.window.session import Session
from studio.window.train.actions import TrainActions, action_button
from studio.window.train.body import TrainBody
from studio.window.train.bringing import Bringing
from studio.window.train.by_hand.opening import ByHandOpening
from studio.window.train.closing import Closing
from studio.window.train.failures import show_failure
from studio.window.train.found import Found
from studio.window.train.handling import RunHandling
from studio.window.train.inspector import TrainInspector
from studio.window.train.model_saving import ModelSaving
from studio.window.train.queue import RunQueue
from studio.window.train.reporting import Reporting
from studio.window.train.run_list import RunList
from studio.window.train.run_status import RunStatus
from studio.window.train.runs import Run
from studio.window.translate import tr

_REDRAW = 500  # milliseconds between two pictures of a run: drawing takes its time


class TrainSpace(Workspace):
    """Trains networks, one at a time, and keeps what became of each run.

    What is looked at is in `selection`, whose signals everything that shows a run follows.

    Signals: `use_wanted` with ``network`` or ``classify`` and the reference of a trained model.
    """

    use_wanted = Signal(str, str)

    def __init__(self, session: Session, status: Status) -> None:
        super().__init__()
        self._session = session
        self._status = status
        self._wanted: Path | None = None  # the folder of a run that is to go on once it is read
        self._settings_shown: tuple[object, ...] = ()
        self.commands = TrainActions(self)
        self.inspector = TrainInspector(session.document.training, self.commands.new)
        self.bringing = Bringing(self, self.inspector.judge_drop)
        self.body = body = TrainBody(self.commands, self.bringing.kept.menu, session)
        self.transport, self.message, self.charts = body.transport, body.message, body.charts
        self.table, self.results, self.confusion = body.table, body.results, body.confusion
        self.advice = body.advice
        self.queue = RunQueue(self)
        self.list = RunList(self.table, session, self)
        self.selection = self.list.selection
        self.saving = ModelSaving(self)
        self.reporting = Reporting(self)
        self.handling = RunHandling(self.bringing.kept, self)
        self.closing = Closing(self.queue, self)
        self.by_hand = ByHandOpening(self)
        self._running = RunStatus(status, self.queue, self)
        self._redraw = QTimer(self, singleShot=True, interval=_REDRAW)
        self._turns = PaintTurns(self)
        self._make_toolbar()
        self.lay_out(self.toolbar, body, self.inspector)
        self.results.follow(self.selection)
        self._join_actions()
        self._join()
        self._show_run()

    @property
    def active(self) -> Run | None:
        """The run that was started and has not ended."""
        return self.queue.active

    @property
    def run(self) -> Run:
        """The chosen one."""
        return self.selection.run

    @property
    def runs(self) -> Sequence[Run]:
        """All that the table shows."""
        return self.list.runs

    @property
    def menu_actions(self) -> dict[str, Sequence[QAction]]:
        """What the window's menus show while this workspace is the current one."""
        menus = [self.bringing.experiments.menu, self.bringing.kept.menu]
        brought = [menu.menuAction() for menu in menus]
        return {"File": [self.commands.save], "Run": [*self.commands.run_menu, *brought]}

    # Building

    def _make_toolbar(self) -> None:
        self.title = label(role="title", elide=True)
        self.count = label(role="caption")
        experiment = Button("Experiment", "folder", tip_text="Runs that belong together")
        experiment.setMenu(self.bringing.experiments.menu)
        buttons = [
            action_button(self.commands.report),
            action_button(self.commands.use_network),
            action_button(self.commands.save, "save"),
        ]
        self.toolbar = Toolbar(experiment, self.title, self.count, 0, *buttons)
        self.table.addActions(self.commands.row_menu)

    def _join_actions(self) -> None:
        commands = self.commands
        for action, slot in (
            (commands.start, self.start_or_pause),
            (commands.step, self.step),
            (commands.stop, self.stop),
            (commands.by_hand, lambda: self.by_hand.open(self.run, self.inspector.data_root)),
            (commands.new, self.new_run),
            (commands.take_up, self.take_up),
            (commands.use_network, functools.partial(self.use_in, "network")),
            (commands.use_classify, functools.partial(self.use_in, "classify")),
            (commands.save, self.save),
            (commands.report, lambda: self.reporting.ask(self.run)),
            (commands.rename, lambda: self.table.ask_name(self.run)),
            (commands.hide, lambda: self.table.toggle(self.run)),
            (commands.remove, lambda: self.list.remove(self.run)),
            (commands.delete, lambda: self.handling.ask_delete(self.run)),
        ):
            action.triggered.connect(lambda _=False, slot=slot: slot())

    def _join(self) -> None:
        self._redraw.timeout.connect(self._show_progress)
        self.queue.started.connect(self._begin)
        self.queue.ended.connect(self._end)
        self.list.changed.connect(self._show_state)
        self.list.learned.connect(self._learn)
        self.list.removed.connect(self._forget)
        self.table.renamed.connect(self.handling.rename)
        self.table.hidden_changed.connect(self.charts.set_hidden)
        self.table.hidden_changed.connect(self._show_actions)
        self.handling.removal_wanted.connect(self.list.remove)
        self.bringing.found.connect(self._take_found)
        self.bringing.cut_off.connect(self._offer_rest)
        self.bringing.experiment.connect(self.start_experiment)
        self.bringing.data_dropped.connect(self.inspector.take_drop)
        self.inspector.changed.connect(self.list.edit)
        self.inspector.problem_changed.connect(self._show_actions)
        self.inspector.sweep_changed.connect(self._show_actions)
        self.inspector.offer_trained(self.list.trained)
        self.charts.marked.connect(self.selection.look_at)
        self.advice.why_wanted.connect(self.charts.show_why)
        self.advice.why_ended.connect(self.charts.clear_why)
        self.charts.saved.connect(self._show_saved)
        for writing in (self.saving, self.reporting):
            writing.ended.connect(self._show_saved)
        for part in (self.bringing, self.results, self.charts, self.saving, self.reporting):
            part.failed.connect(self._show_failure)
        self.selection.chosen.connect(self._show_run)
        self.selection.progressed.connect(self.inspector.show_progress)
        self.selection.epoch_changed.connect(self.charts.show_marker)
        theme.theme().changed.connect(self._show_run)

    # What a person does

    @Slot()
    def start_or_pause(self) -> None:
        """Train what the inspector shows; or pause or resume the run that goes on."""
        active = self.active
        if active is None and self.run.has_diverged:
            self.list.copy(self.run, slower=True)
        elif active is None and self.run.can_be_taken_up:
            self.take_up()
        elif active is None or self.run.state == "new":
            self.start()
        elif active.state == "paused":
            active.resume()
        else:
            active.pause()

    def start(self) -> None:
        """Train with the chosen run's settings: a run that has ended is made once more."""
        if self.inspector.problem or (self.active is not None and self.run.state != "new"):
            return
        if self.run.state != "new":
            self.new_run()
        try:
            wanted = self.inspector.confirmed()
        except StudioError as error:
            self._show_failure(error)
            return
        if len(wanted) == 1:
            self._train(self.run)
        else:
            self.train_all([PlannedRun(n, "", one) for n, one in enumerate(wanted, start=1)])

    @Slot(object, str)
    def start_experiment(self, experiment: Experiment, file_name: str) -> None:
        """Train all runs of an experiment."""
        try:
            planned = experiment.runs()
        except StudioError as error:
            self._show_failure(error)
            return
        self.table.runs.figures_source = experiment.figures_source
        self.train_all(planned, file_name)

    def train_all(self, planned: Sequence[PlannedRun], experiment: str = "") -> None:
        """Train runs one after the other; what waits in the inspector to be started makes way."""
        runs = self.list.plan(planned, experiment)
        for run in runs:
            self._train(run)
        if runs:  # once it is locked: a form that opens and closes takes its time
            self.list.choose(runs[0])

    @Slot()
    def take_up(self) -> None:
        """Go on with the chosen run from its last checkpoint, now or when it is its turn."""
        if self.run.can_be_taken_up:
            self._train(self.run)

    def _train(self, run: Run) -> None:
        self.selection.look_at(None)
        self.message.clear()
        run.data_root = self.inspector.data_root
        self.queue.add(run)

    @Slot()
    def step(self) -> None:
        """Learn from one more batch while paused."""
        if self.active is not None:
            self.active.step()

    @Slot()
    def stop(self) -> None:
        """End the run that goes on, everything of it is kept; or don't train one that waits."""
        if self.run.state == "waiting":
            self.queue.withdraw(self.run)
        elif self.active is not None:
            self.active.stop()

    @Slot()
    def new_run(self) -> None:
        """A draft with the settings of the chosen run."""
        self.list.copy(self.run)

    def use_in(self, space: str) -> None:
        """Take the chosen run's model to another workspace."""
        if self.run.model is not None:
            self.use_wanted.emit(space, self.run.model_key)

    @Slot()
    def save(self) -> None:
        """Ask where, and save the chosen run's model there."""
        if self.run.model is not None:
            self.saving.ask(self.run.model)

    # Runs from folders

    @Slot(object)
    def _take_found(self, found: Found) -> None:
        run = self.list.show_found(found)
        if run.folder == self._wanted:
            self._wanted = None
            self.take_up()

    @Slot(object)
    def _offer_rest(self, summary: Summary) -> None:
        """A run of the last session was cut off."""
        words = tr("{run} was cut off after {epochs} of {planned} epochs.").format(
            run=summary.title, epochs=f"{summary.epochs:,}", planned=f"{summary.planned:,}"
        )
        text = tr("It can go on where its last checkpoint is.")
        self.message.show_warning(words, text, tr("Resume"), lambda: self._go_on(summary.folder))

    def _go_on(self, folder: Path) -> None:
        """Show a kept run and go on with it."""
        self._wanted = folder
        self.bringing.kept.open(folder)

    @Slot(str)
    def _show_saved(self, target: str) -> None:
        if target:
            self._status.show_message(tr("Saved {path}").format(path=target))

    @Slot(object)
    def _show_failure(self, error: StudioError, run: Run | None = None) -> None:
        if run is None:
            self._wanted = None
            show_failure(self.message, error)
            return
        remedy = tr("New run") if run.has_diverged else tr("Resume")
        can_help = run.has_diverged or run.can_be_taken_up
        action = functools.partial(self._start_chosen, run) if can_help else None
        copies = self.inspector.choose_data_root
        show_failure(self.message, error, run.title, copies, remedy, action)

    def _start_chosen(self, run: Run) -> None:
        self.list.choose(run)
        self.start_or_pause()

    # Following the runs

    @Slot(object)
    def _begin(self, run: Run) -> None:
        run.progressed.connect(self._soon)
        run.started.connect(self._show_run)
        self.selection.set_active(run)

    @Slot()
    def _soon(self) -> None:
        if not self._redraw.isActive():
            self._redraw.start()

    @Slot(object)
    def _show_state(self, run: Run) -> None:
        if run in (self.run, self.active):
            self._show_progress()
            self._show_run()
        else:
            self._show_count()
        self.table.refresh(run)
        self.selection.changed.emit(run)

    @Slot(object)
    def _learn(self, run: Run) -> None:
        self.advice.follow(run)
        self.table.refresh(run)
        self._show_actions()
        self.selection.learned.emit(run)

    @Slot(object)
    def _end(self, run: Run) -> None:
        run.progressed.disconnect(self._soon)
        run.started.disconnect(self._show_run)
        self.advice.follow(run)
        if run.error is not None and not self.advice.knows(run, "diverged"):
            self._show_failure(run.error, run)
        self.selection.set_active(None)
        self._show_state(run)

    @Slot(object)
    def _forget(self, run: Run) -> None:
        self.advice.forget(run)
        self.charts.remove_run(run)
        self._show_run()

    # Showing

    @Slot()
    def _show_progress(self) -> None:
        """What changes with every step; the curves only while somebody sees them."""
        self._draw()
        run = self.active
        if run is not None:
            self._running.show_progress()
            if self.isVisible():
                self.transport.show_run(run)
                self.selection.progressed.emit(run)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show_progress()

    def _draw(self) -> None:
        if self.isVisible():
            self.charts.draw([run for run in self.runs if run.history.started])

    @Slot()
    def _show_run(self) -> None:
        """What depends on which run is chosen, and on its state."""
        run = self.run
        self.title.setText(run.experiment or run.subject)
        self._show_count()
        self.charts.choose(run)
        self.advice.choose(run)
        self.transport.show_run(self.active or run)
        settings = run, run.state, run.settings, run.own_network, run.history.started
        if settings != self._settings_shown:  # a form takes longer than all else
            self._settings_shown = settings
            self._turns.hold(self.charts, self.inspector, self.results.learned, self.confusion)
            self.inspector.show_run(run)
        self.table.refresh(run)
        self._show_actions()

    def _show_count(self) -> None:
        count = sum(one.state != "new" for one in self.runs)
        words = {0: tr("no runs yet"), 1: tr("1 run")}.get(count, tr("{count} runs"))
        self.count.setText(words.format(count=count))

    @Slot()
    def _show_actions(self) -> None:
        is_hidden = self.run in self.table.runs.hidden
        self.commands.show(self.run, self.active, self.inspector.problem, is_hidden)
        if self.run.state == "new" and self.active is None:
            self.transport.show_planned(self.inspector.count)
