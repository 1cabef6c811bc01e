"""The Train workspace: what is trained how, and what comes of it."""

import functools
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from studio.document import Document
from studio.errors import DataError, StudioError
from studio.nets.model import Model
from studio.training.settings import OWN_NETWORK, TrainSettings
from studio.window.chrome import theme
from studio.window.chrome.controls import Button, label
from studio.window.chrome.status import Status
from studio.window.chrome.widgets import MessageBar, Toolbar, workspace_layout
from studio.window.session import Session
from studio.window.train.actions import TrainActions, follow
from studio.window.train.charts import TrainCharts
from studio.window.train.confusion import ConfusionPanel
from studio.window.train.inspector import TrainInspector
from studio.window.train.model_saving import ModelSaving
from studio.window.train.run_table import RunTable
from studio.window.train.runs import Run
from studio.window.train.transport import Transport, ending_words, fraction
from studio.window.translate import tr

_REDRAW = 100  # milliseconds between two pictures of a run that goes on


class TrainSpace(QWidget):
    """Trains networks, one at a time, and keeps what became of each run.

    Signals: `use_wanted` with ``network`` or ``classify`` and the reference of a trained model.
    """

    use_wanted = Signal(str, str)

    def __init__(self, session: Session, status: Status) -> None:
        super().__init__()
        self._session = session
        self._status = status
        self._active: Run | None = None
        self.saving = ModelSaving(self)
        self.saving.saved.connect(self._show_saved)
        self.saving.failed.connect(self._show_failure)
        self._epoch: int | None = None  # the one that is looked at, None for the last
        self._redraw = QTimer(self, singleShot=True, interval=_REDRAW)
        self._redraw.timeout.connect(self._show_progress)
        self._make_actions()
        self._make_toolbar()
        self._make_body()
        self._make_inspector()
        workspace_layout(self, self.toolbar, self._body, self.inspector)
        session.changed.connect(self._follow)
        theme.theme().changed.connect(self._show_run)
        self._add_draft(session.document.training)

    @property
    def active(self) -> Run | None:
        """The run that was started and has not ended."""
        return self._active

    @property
    def run(self) -> Run:
        """The chosen one."""
        run = self.table.run
        assert run is not None
        return run

    @property
    def menu_actions(self) -> dict[str, Sequence[QAction]]:
        """What the window's menus show while this workspace is the current one."""
        return {
            "File": [self.commands.save],
            "Run": [
                self.commands.start,
                self.commands.step,
                self.commands.stop,
                self.commands.new,
                self.commands.use_network,
                self.commands.use_classify,
            ],
        }

    # Building

    def _make_actions(self) -> None:
        self.commands = actions = TrainActions(self)
        for action, slot in (
            (actions.start, self.start_or_pause),
            (actions.step, self.step),
            (actions.stop, self.stop),
            (actions.new, self.new_run),
            (actions.use_network, functools.partial(self.use_in, "network")),
            (actions.use_classify, functools.partial(self.use_in, "classify")),
            (actions.save, self.save),
        ):
            action.triggered.connect(lambda _=False, slot=slot: slot())

    def _make_toolbar(self) -> None:
        self.title = label(role="title", elide=True)
        self.count = label(role="caption")
        buttons = [
            _button(self.commands.use_network),
            _button(self.commands.use_classify),
            _button(self.commands.save, "save"),
        ]
        self.toolbar = Toolbar(self.title, self.count, 0, *buttons)

    def _make_body(self) -> None:
        self.transport = Transport(self.commands.start, self.commands.step, self.commands.stop)
        self.message = MessageBar()
        self.charts = TrainCharts()
        self.charts.marked.connect(self._show_epoch)
        self.table = RunTable()
        self.table.chosen.connect(self._show_run)
        runs = QWidget()
        column = QVBoxLayout(runs)
        column.setContentsMargins(theme.px(16), theme.px(8), 0, theme.px(8))
        column.setSpacing(theme.px(4))
        column.addWidget(label("Runs", "title"))
        column.addWidget(self.table, 1)
        self.confusion = ConfusionPanel()
        self.confusion.live_wanted.connect(self._go_live)
        results = QWidget()
        row = QHBoxLayout(results)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.px(24))
        row.addWidget(runs, 1)
        row.addWidget(self.confusion)
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.setObjectName("train")
        splitter.setChildrenCollapsible(False)
        splitter.setHandleWidth(1)
        splitter.addWidget(self.charts)
        splitter.addWidget(results)
        splitter.setStretchFactor(0, 1)
        splitter.setStretchFactor(1, 0)
        self._body = QWidget()
        column = QVBoxLayout(self._body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.transport)
        column.addWidget(self.message)
        column.addWidget(splitter, 1)

    def _make_inspector(self) -> None:
        self.inspector = TrainInspector(self._session.document.training, self.commands.new)
        self.inspector.changed.connect(self._edit)
        self.inspector.problem_changed.connect(self._show_actions)

    # What a person does

    @Slot()
    def start_or_pause(self) -> None:
        """Train what the inspector shows; or pause or resume the run that goes on."""
        if self._active is None:
            self.start()
        elif self._active.state == "paused":
            self._active.resume()
        else:
            self._active.pause()

    def start(self) -> None:
        """Train with the chosen run's settings: a run that has ended is made once more."""
        if self._active is not None or self.inspector.problem:
            return
        if self.run.state != "new":
            self.new_run()
        self._go_live()
        run = self._active = self.run
        run.progressed.connect(self._soon)
        run.state_changed.connect(self._show_state)
        run.started.connect(self._show_start)
        run.learned.connect(self._keep_model)
        run.ended.connect(self._end)
        self.message.clear()
        run.start(self.inspector.data_root)

    @Slot()
    def step(self) -> None:
        """Learn from one more batch while paused."""
        if self._active is not None:
            self._active.step()

    @Slot()
    def stop(self) -> None:
        """End the run that goes on; its last model is kept."""
        if self._active is not None:
            self._active.stop()

    @Slot()
    def new_run(self) -> None:
        """A draft with the settings of the chosen run."""
        if self._active is None:
            settings = self.run.settings
            self._edit(settings)
            self._take_draft(settings)

    def use_in(self, space: str) -> None:
        """Take the chosen run's model to another workspace."""
        if self.run.model is not None:
            self.use_wanted.emit(space, self.run.model_key)

    @Slot()
    def save(self) -> None:
        """Ask where, and save the chosen run's model there."""
        if self.run.model is not None:
            self.saving.ask(self.run.model)

    @Slot(object)
    def _show_saved(self, path: Path) -> None:
        self._status.show_message(tr("Saved {path}").format(path=path))

    @Slot(object)
    def _show_failure(self, error: StudioError, subject: str = "") -> None:
        message = f"{subject}: {error.message}" if subject else error.message
        if isinstance(error, DataError):
            remedy = tr("Choose a folder with copies, or train on Glyphs")
            action = self.inspector.choose_data_root
            self.message.show_error(StudioError(message, remedy), tr("Copies of data…"), action)
        else:
            self.message.show_error(StudioError(message, error.remedy))

    # The draft and the document

    @Slot(object, str)
    def _edit(self, settings: TrainSettings, label: str = "") -> None:
        words = tr("Change {setting}").format(setting=label) if label else tr("New run")
        document = self._session.document.change(training=settings)
        self._session.edit(words, document, label or None)

    @Slot(object, object)
    def _follow(self, old: Document, new: Document) -> None:
        is_other = new.training.network == OWN_NETWORK and old.network != new.network
        if old.training != new.training or is_other:
            self._take_draft(new.training)

    def _take_draft(self, settings: TrainSettings) -> None:
        """Show a draft with these settings, the one that is there or a new one."""
        last = self.table.runs.runs[-1]
        if last.state != "new":
            self._add_draft(settings)
            return
        last.settings, last.own_network = settings, self._session.document.network
        self.table.choose(last)
        self._show_run()

    def _add_draft(self, settings: TrainSettings) -> None:
        number, own = len(self.table.runs.runs) + 1, self._session.document.network
        self.table.add(Run(number, settings, own))

    # Following the run

    @Slot()
    def _soon(self) -> None:
        if not self._redraw.isActive():
            self._redraw.start()

    @Slot()
    def _show_start(self) -> None:
        run = self._active
        assert run is not None
        assert run.history.started is not None
        self._status.set_device(run.history.started.device)
        self._show_run()

    @Slot()
    def _show_state(self) -> None:
        run = self._active
        assert run is not None
        words = (
            tr("Run {number} is paused") if run.state == "paused" else tr("Training run {number}")
        )
        if run.is_stopping:
            words = tr("Stopping run {number}")
        self._status.set_busy(words.format(number=run.number), self.stop)
        self._show_progress()
        self._show_run()

    @Slot()
    def _keep_model(self) -> None:
        run = self._active
        assert run is not None
        assert run.model is not None
        card = run.model.card.change(title=run.model_title)
        model = Model(card, run.model.weights)
        self._session.add_model(model, run.model_key, epoch=len(run.history.epochs))
        self._show_results()

    @Slot()
    def _end(self) -> None:
        run, self._active = self._active, None
        assert run is not None
        self._status.set_idle(ending_words(run))
        if run.error is not None:
            self._show_failure(run.error, run.title)
        self._draw(run)
        self._show_run()

    # Showing

    @Slot()
    def _show_progress(self) -> None:
        """What changes with every step; the curves only while somebody sees them."""
        run = self._active
        if run is None:
            return
        self._status.set_progress(fraction(run))
        if self.isVisible():
            self.transport.show_run(run)
            self._draw(run)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show_progress()

    def _draw(self, run: Run) -> None:
        with_curves = [one for one in self._runs() if one.history.started]
        if run in with_curves:
            self.charts.draw(run, with_curves)

    def _runs(self) -> list[Run]:
        """Those that were started."""
        return [run for run in self.table.runs.runs if run.state != "new"]

    @Slot()
    def _show_run(self) -> None:
        """What depends on which run is chosen, and on its state."""
        run = self.run
        self.title.setText(run.subject)
        count = len(self._runs())
        words = {0: tr("no runs yet"), 1: tr("1 run")}.get(count, tr("{count} runs"))
        self.count.setText(words.format(count=count))
        self.transport.show_run(self._active or run)
        self.inspector.show_run(run)
        self._show_results()

    def _show_results(self) -> None:
        """What the epochs bring."""
        for run in {self.run, self._active or self.run}:
            self.table.runs.refresh(run)
        self.confusion.show_run(self.run, self._epoch)
        self._show_actions()

    @Slot()
    def _show_actions(self) -> None:
        self.commands.show(self.run, self._active, self.inspector.problem)

    @Slot()
    def _go_live(self) -> None:
        self._show_epoch(None)

    @Slot(int)
    def _show_epoch(self, epoch: int | None) -> None:
        """Show the confusion matrix after an epoch; None is the last one."""
        self._epoch = epoch
        self.charts.show_marker(epoch)
        self.confusion.show_run(self.run, epoch)


def _button(action: QAction, icon_name: str = "") -> Button:
    button = Button(action.text(), icon_name)
    follow(button, action)
    return button
