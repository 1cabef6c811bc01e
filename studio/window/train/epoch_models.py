"""A run's model as it was after an epoch, for the other workspaces."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal, Slot

from studio.nets.model import Model
from studio.window.latest import Latest
from studio.window.session import Session
from studio.window.train.replay import Replayer, source_of
from studio.window.train.runs import Run
from studio.window.translate import tr

_Then = Callable[[str], None]


@dataclass(frozen=True, eq=False)
class _Found:
    key: str
    epoch: int
    model: Model
    then: _Then


class EpochModels(QObject):
    """Makes the session know models of earlier epochs, reading their weights beside the window.

    Signals: `failed` with a StudioError where the weights aren't there.
    """

    failed = Signal(object)

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._replayer = Replayer()
        self._latest = Latest(tr("Reading a model"), parent=self)
        self._latest.result.connect(self._take)
        self._latest.failed.connect(self.failed)

    def find(self, run: Run, epoch: int, then: _Then) -> None:
        """Call `then` with the reference of a run's model as it was after an epoch."""
        key = f"{run.model_key}:{epoch}"
        if epoch == len(run.history.epochs) and run.model_key in self._session.models:
            then(run.model_key)
            return
        if key in self._session.models:
            then(key)
            return
        source = source_of(run, self._session)
        if source is None:
            return
        words = tr("{run}, epoch {epoch}")
        title = words.format(run=run.title, epoch=epoch)

        def find() -> _Found:
            made = source.model(self._replayer.weights(source, epoch))
            card = made.card.change(title=title)
            return _Found(key, epoch, Model(card, made.weights), then)

        self._latest.submit(find)

    @Slot(object)
    def _take(self, found: _Found) -> None:
        self._session.add_model(found.model, found.key, epoch=found.epoch)
        found.then(found.key)
