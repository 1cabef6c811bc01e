"""What is known of a run before it is started: its classes, its network, and what can't work."""

import functools
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication

from studio.data.opening import facts
from studio.data.parts import Facts
from studio.data.settings import FOLDER
from studio.errors import StudioError
from studio.nets.model import TORCHVISION
from studio.nets.network import Network
from studio.nets.published_names import KNOWN
from studio.training.building import build
from studio.training.settings import ALL_BUT_LAST, OWN_NETWORK, TrainSettings
from studio.window.latest import Latest
from studio.window.translate import tr

_MOST_NAMED = 4  # layers


@dataclass(frozen=True)
class Known:
    """What the settings of a run come to.

    `classes` are all that the data has, chosen or not; `learned` the names of the layers with
    weights, first to last. `problem` says why it can't be trained, `field` the setting to blame.
    Nothing is known of `weights` where it is 0.
    """

    facts: Facts | None = None
    classes: tuple[str, ...] = ()
    title: str = ""
    weights: int = 0
    learned: tuple[str, ...] = ()
    problem: str = ""
    field: str = "network"

    @property
    def words(self) -> str:
        """Such as ``ConvNet, 1,191,490 weights``."""
        counted = tr("{title}, {count} weights")
        if not self.weights:
            return self.title
        return counted.format(title=self.title, count=f"{self.weights:,}")


def is_quick(settings: TrainSettings) -> bool:
    """Whether `look_into` reads no file."""
    return settings.data != FOLDER and not settings.start


def look_into(settings: TrainSettings, root: Path | None, own: Network | None) -> Known:
    """Build the network's table for the data, without weights where it can be done."""
    classes: tuple[str, ...] = ()
    try:
        classes = facts(settings.change(classes=""), root).classes
        known = facts(settings, root)
    except StudioError as error:
        return Known(
            None, classes, problem=_sentence(error), field=_field_of(settings, bool(classes))
        )
    start = settings.start
    if start.startswith(TORCHVISION):  # its weights may have to be downloaded first
        name = start.removeprefix(TORCHVISION).partition(":")[0]
        if name not in KNOWN:
            problem = tr("torchvision has no network '{name}'").format(name=name)
            return Known(known, classes, problem=problem, field="start")
        return Known(known, classes, title=KNOWN[name].title)
    field = "start" if start else "network"
    try:
        if settings.network == OWN_NETWORK and own is None and not start:
            words = tr("There is no network of your own yet: edit one in Network")
            return Known(known, classes, problem=words, field=field)
        network = build(settings, known, own).network
    except StudioError as error:
        return Known(known, classes, problem=_sentence(error), field=field)
    rows = network.table()
    learned = tuple(row.name for row in rows if row.weights and row.kind != "batch_norm")
    return Known(known, classes, network.title, network.weights, learned)


def frozen_words(frozen: int, learned: tuple[str, ...]) -> str:
    """Which layers stay as they are, by name."""
    if not frozen or not learned:
        return ""
    kept = learned[:-1] if frozen == ALL_BUT_LAST else learned[:frozen]
    if len(kept) == len(learned):
        return tr("All layers stay as they are: nothing would be learned")
    if not kept:
        return ""
    if len(kept) > _MOST_NAMED:
        words = tr("{first} to {last}, {count} layers, stay as they are")
        return words.format(first=kept[0], last=kept[-1], count=len(kept))
    if len(kept) == 1:
        return tr("{name} stays as it is").format(name=kept[0])
    return tr("{names} stay as they are").format(names=", ".join(kept))


def _sentence(error: StudioError) -> str:
    words = str(error)
    return words[:1].upper() + words[1:]


def _field_of(settings: TrainSettings, has_classes: bool) -> str:
    if has_classes:
        return "classes"
    return "folder" if settings.data == FOLDER else "data"


class Checking(QObject):
    """Looks into the settings that are shown, at once or beside the window; the newest count.

    Signals: `changed` when `known` is another.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.known = Known()
        self._asked: tuple[TrainSettings, Path | None, Network | None] | None = None
        self._jobs = Latest(tr("Looking at the data"), parent=self)
        self._jobs.result.connect(self._take)
        app = QGuiApplication.instance()
        assert isinstance(app, QGuiApplication)
        app.applicationStateChanged.connect(self._look_again)

    def look(self, settings: TrainSettings, root: Path | None, own: Network | None) -> None:
        """Find out about a run's settings, unless they are those that were asked about last."""
        asked = (settings, root, own)
        if asked == self._asked:
            return
        self._asked = asked
        if is_quick(settings):
            self._jobs.cancel()
            self._take(look_into(settings, root, own))
        else:
            self._jobs.submit(functools.partial(look_into, *asked))
            self._take(Known())

    @Slot(Qt.ApplicationState)
    def _look_again(self, state: Qt.ApplicationState) -> None:
        """A person who comes back to the window may have put the missing folder there."""
        is_back = state == Qt.ApplicationState.ApplicationActive
        if is_back and self.known.problem and self._asked and not is_quick(self._asked[0]):
            self._jobs.submit(functools.partial(look_into, *self._asked))

    @Slot(object)
    def _take(self, known: Known) -> None:
        self.known = known
        self.changed.emit()
