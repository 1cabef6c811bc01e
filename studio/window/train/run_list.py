"""The runs of the window: the draft, which the document holds, and those that were started."""

import functools
from collections.abc import Iterable, Sequence

from PySide6.QtCore import QObject, Signal, Slot

from studio.document import Document
from studio.nets.model import Model
from studio.training.experiment_plan import PlannedRun
from studio.training.settings import OWN_NETWORK, TrainSettings
from studio.window.session import Session
from studio.window.train.found import Found
from studio.window.train.run_table import RunTable
from studio.window.train.runs import Run
from studio.window.train.selection import Selection
from studio.window.translate import tr


class RunList(QObject):
    """Keeps table, document and session at one.

    Signals: `changed` with a run whose state or name is another, `learned` with one that has
    another epoch behind it, `removed` with one that is not shown any more.
    """

    changed = Signal(object)
    learned = Signal(object)
    removed = Signal(object)

    def __init__(self, table: RunTable, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._table = table
        self._session = session
        first = self.add(session.document.training)
        table.choose(first)
        self.selection = Selection(first, self)
        table.chosen.connect(self.selection.choose)
        session.changed.connect(self._follow)

    @property
    def runs(self) -> Sequence[Run]:
        """All, in the order of the table."""
        return self._table.runs.runs

    def trained(self) -> Sequence[tuple[str, str]]:
        """What to call those that others can begin with, and their folders."""
        return [
            (run.model_title, str(run.folder))
            for run in self.runs
            if run.folder is not None and run.model is not None
        ]

    def choose(self, run: Run) -> None:
        """Look at a run."""
        self._table.choose(run)

    def add(self, settings: TrainSettings) -> Run:
        """Another run, with the document's network where the settings ask for it."""
        run = Run(self._table.runs.next_number, settings, self._session.document.network)
        run.state_changed.connect(functools.partial(self.changed.emit, run))
        run.learned.connect(functools.partial(self._learn, run))
        self._table.add(run)
        return run

    def plan(self, planned: Iterable[PlannedRun], experiment: str = "") -> list[Run]:
        """Other runs, of which the first takes the place of a draft."""
        draft = self._table.runs.draft
        runs = []
        for one in planned:
            run = draft or self.add(one.settings)
            draft = None
            run.settings, run.name, run.figure = one.settings, one.name, one.figure
            run.experiment = experiment
            self._table.refresh(run)
            runs.append(run)
        return runs

    def show_found(self, found: Found) -> Run:
        """Show a run that is kept in a folder; one that trains here stays as it is."""
        known = next((run for run in self.runs if run.folder == found.folder), None)
        if known is not None and (known.is_active or known.state == "waiting"):
            self.choose(known)
            return known
        run = known or self.add(found.settings)
        run.show(found)
        for epoch, model in found.models:
            self._session.add_model(_titled(model, run), run.model_key, epoch=epoch)
        self._keep_model(run)
        self.choose(run)
        self.changed.emit(run)
        return run

    @Slot(object)
    def remove(self, run: Run) -> None:
        """Show a run no more, unless it trains or waits; its folder stays."""
        if run.is_active or run.state == "waiting" or run not in self.runs:
            return
        row = self.runs.index(run)
        others = [one for one in self.runs if one is not run]
        if not others:
            others = [self.add(self._session.document.training)]
        if run is self.selection.run:
            self.choose(others[min(row, len(others) - 1)])
        self._table.remove(run)
        self.removed.emit(run)

    # The draft and the document

    @Slot(object, str)
    def edit(self, settings: TrainSettings, label: str = "") -> None:
        """Make settings the document's, and so the draft's."""
        words = tr("Change {setting}").format(setting=label) if label else tr("New run")
        document = self._session.document.change(training=settings)
        self._session.edit(words, document, label or None)

    def copy(self, run: Run, slower: bool = False) -> None:
        """A draft with the settings of a run, or with a tenth of its learning rate."""
        settings = run.settings
        if slower:
            settings = settings.change(learning_rate=float(f"{settings.learning_rate / 10:.6g}"))
        self.edit(settings)
        if self.selection.run.state != "new":  # they were the document's already
            self._take_draft(settings)

    @Slot(object, object)
    def _follow(self, old: Document, new: Document) -> None:
        is_other = new.training.network == OWN_NETWORK and old.network != new.network
        if old.training != new.training or is_other:
            self._take_draft(new.training)

    def _take_draft(self, settings: TrainSettings) -> None:
        """Show a draft with these settings, the one that is there or a new one."""
        draft = self._table.runs.draft or self.add(settings)
        draft.settings, draft.own_network = settings, self._session.document.network
        self.choose(draft)
        self.changed.emit(draft)

    # Models

    def _learn(self, run: Run) -> None:
        self._keep_model(run)
        self.learned.emit(run)

    def _keep_model(self, run: Run) -> None:
        """Give the session a run's newest model, unless it has it."""
        model, snapshot = run.model, run.history.snapshot
        if model is None or snapshot is None:
            return
        known = self._session.snapshots.of(run.model_key)
        if not known or known[-1].epoch != snapshot.epoch:
            self._session.add_model(_titled(model, run), run.model_key, epoch=snapshot.epoch)


def _titled(model: Model, run: Run) -> Model:
    return Model(model.card.change(title=run.model_title), model.weights)
