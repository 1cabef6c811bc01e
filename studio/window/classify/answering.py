"""The work behind the list of pictures: reading them and asking a model, beside the window."""

import functools
from collections.abc import Callable, Iterator, Sequence
from time import monotonic

from PySide6.QtCore import QObject, Signal, Slot

from studio.image.picture import Picture
from studio.insight.gallery import Event, Looked, answer_pictures
from studio.nets.model import Model
from studio.training.device import pick_device
from studio.window.chrome import theme
from studio.window.classify.answers_table import THUMBNAIL, AnswersModel, Row
from studio.window.classify.sources import pictures
from studio.window.latest import Latest
from studio.window.translate import tr

_TOP = 5
_INTERVAL = 0.05  # seconds between two lists of events


class Answering(QObject):
    """Replaces the stale answers in a list, in the order of the list.

    Signals: `progressed` when more is known, `failed` with a StudioError of the model, `busy` with
    True and False.
    """

    progressed = Signal()
    failed = Signal(object)
    busy = Signal(bool)

    def __init__(self, rows: AnswersModel, parent: QObject) -> None:
        super().__init__(parent)
        self._rows = rows
        self._asked: list[Row] = []
        self._known = 0
        self._began = 0.0
        self._ratio = 1.0
        self._latest = Latest(tr("Classifying"), parent=self)
        self._latest.result.connect(self._take)
        self._latest.failed.connect(self.failed)
        self._latest.busy.connect(self.busy)

    @property
    def is_busy(self) -> bool:
        return self._latest.is_busy

    @property
    def asked(self) -> int:
        """How many pictures were asked for."""
        return len(self._asked)

    @property
    def left(self) -> int:
        """Of how many of them nothing is known yet."""
        return len(self._asked) - self._known

    def ask(self, load: Callable[[], Model], ratio: float) -> bool:
        """Ask for every stale row, also those that are being asked for already.

        Parameters
        ----------
        load : callable
            Gives the model; it is called in a thread.
        ratio : float
            Device pixels per pixel, for the thumbnails.

        Returns
        -------
        bool
            Whether there was anything to ask.
        """
        stale = [row for row in self._rows.rows if row.stale]
        if not stale:
            self._latest.cancel()
            return False
        self._asked, self._known, self._ratio = stale, 0, ratio
        self._began = monotonic()
        readers = [row.source.read for row in stale]
        side = round(theme.px(THUMBNAIL) * ratio)
        self._latest.submit(functools.partial(_work, load, readers, side))
        return True

    def cancel(self) -> None:
        """Ask for nothing more; what is known stays."""
        self._latest.cancel()

    def summary(self) -> str:
        """What was done last, in words; empty if nothing."""
        if not self._known:
            return ""
        words = tr("{pictures} in {seconds} s").format(
            pictures=pictures(self._known), seconds=f"{monotonic() - self._began:.1f}"
        )
        refused = sum(bool(row.error) for row in self._asked)
        more = tr("{count} could not be read").format(count=refused)
        return f"{words}, {more}" if refused else words

    @Slot(object)
    def _take(self, events: list[Event]) -> None:
        self._rows.take(self._asked, events, self._ratio)
        self._known += sum(not isinstance(event, Looked) for event in events)
        self.progressed.emit()


def _work(
    load: Callable[[], Model], readers: Sequence[Callable[[], Picture]], side: int
) -> Iterator[list[Event]]:
    """What becomes known of the pictures, in lists; `side` is that of the thumbnails in pixels."""
    model = load()
    module = model.module(pick_device())
    known: list[Event] = []
    since = monotonic()
    for event in answer_pictures(model, readers, _TOP, side, module):
        known.append(event)
        if monotonic() - since > _INTERVAL:
            yield known
            known, since = [], monotonic()
    yield known
