"""The models that can be looked into, and the list to choose one from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QPaintEvent
from PySide6.QtWidgets import (
    QSizePolicy,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
)

from studio.document import OWN, file_of
from studio.errors import StudioError
from studio.nets.model import (
    CARD_SUFFIX,
    TORCHVISION,
    UNTRAINED,
    AnyNetwork,
    Card,
    Model,
    read_card,
)
from studio.nets.network import Network
from studio.nets.published_names import KNOWN
from studio.nets.row import Row
from studio.nets.untrained import untrained
from studio.nets.zoo import NETWORKS
from studio.window.chrome import theme
from studio.window.forms.action_box import ActionBox
from studio.window.network.look import table
from studio.window.network.own import load_own
from studio.window.session import Session
from studio.window.translate import tr

_OPEN, _PUBLISHED = "open", "published"
_REST = 0.4  # of the room, that a long name leaves to the words behind it


@dataclass(frozen=True)
class Entry:
    """A model that can be chosen.

    Attributes
    ----------
    reference : str
        What the document calls it.
    title, words : str
        Its name, and what kind of model it is.
    network : Network, Published or Program, optional
        Known before the model is loaded; None where its file can't be read.
    load : callable
        Gives the model; slow, for a job.
    is_trained : bool
        Whether its weights have learned anything.
    origin : Network, optional
        Of the document's own network: the one whose learned weights it begins with.
    """

    reference: str
    title: str
    words: str
    network: AnyNetwork | None
    load: Callable[[], Model]
    is_trained: bool = True
    origin: Network | None = None


def entries(session: Session, cards: Sequence[Card]) -> list[list[Entry]]:
    """Bundled models, models of this session, a file, one's own network, and untrained ones.

    The file is the document's model, where that is none of the others.
    """
    seed = session.document.training.seed
    found = partial(partial, session.find_model)
    ready = [
        Entry(card.name, *_split(card.title), card.network, found(card.name)) for card in cards
    ]
    trained = [
        Entry(reference, *_split(model.card.title), model.card.network, found(reference))
        for reference, model in session.models.items()
    ]
    random = [
        Entry(name, network.title, tr("untrained"), network, partial(_untrained, name, seed), False)
        for name, network in NETWORKS.items()
    ]
    groups = [ready, trained, random]
    document = session.document
    known = {entry.reference: entry for group in groups for entry in group}
    if document.network is not None:
        origin = known.get(document.origin) or (
            _other_entry(session, document.origin) if document.origin else None
        )
        groups.insert(2, [_own_entry(document.network, origin, seed)])
    if document.model and document.model not in {*known, OWN}:
        groups.insert(2, [_other_entry(session, document.model)])
    return groups


def _own_entry(network: Network, origin: Entry | None, seed: int) -> Entry:
    load = partial(load_own, network, origin.load if origin else None, seed)
    is_trained = origin is not None and origin.is_trained
    learned = origin.network if origin is not None and is_trained else None
    before = learned if isinstance(learned, Network) else None
    return Entry(OWN, network.title, tr("edited"), network, load, is_trained, before)


def known_rows(entry: Entry | None) -> tuple[Row, ...]:
    """The rows of a model that isn't loaded, the input's first; none where they take a while."""
    network = None if entry is None else entry.network
    return table(network) if isinstance(network, Network) else ()


def _split(title: str) -> tuple[str, str]:
    """A model's title in its name and the rest."""
    name, _, rest = title.partition(", ")
    return name, rest


def _other_entry(session: Session, reference: str) -> Entry:
    """A published network, or a file."""
    if not reference.startswith(TORCHVISION):
        return _file_entry(session, reference)
    name, _, weights = reference.removeprefix(TORCHVISION).partition(":")
    title = KNOWN[name].title if name in KNOWN else name
    is_trained = weights != UNTRAINED
    words = tr("torchvision") if is_trained else tr("torchvision, untrained")
    load = partial(session.find_model, reference)
    return Entry(reference, title, words, None, load, is_trained)


def _file_entry(session: Session, reference: str) -> Entry:
    load = partial(session.find_model, reference)
    file, architecture = file_of(reference)
    path = Path(file)
    if architecture is not None:
        return Entry(reference, path.name, architecture, None, load)
    folder_or_file = path / "model" if path.is_dir() else path
    try:
        card = read_card(folder_or_file.with_suffix(CARD_SUFFIX))
    except StudioError:  # the message comes when the model is loaded
        return Entry(reference, path.name or reference, "", None, load)
    return Entry(reference, _split(card.title)[0], path.name, card.network, load)


@lru_cache(maxsize=4)
def _untrained(name: str, seed: int) -> Model:
    return untrained(NETWORKS[name], seed)


class ModelList(ActionBox):
    """The models, and last lines for published networks and to open a file.

    Signals: `chosen` with a model's reference, `published_wanted`, `file_wanted`.
    """

    published_wanted = Signal()
    file_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._entries: list[Entry] = []
        self.setAccessibleName(tr("Model"))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(theme.px(150))
        self.setMaximumWidth(theme.px(300))
        self.setMinimumContentsLength(28)
        self.wanted.connect(self._tell)

    def show_entries(self, groups: list[list[Entry]], reference: str) -> None:
        """Offer other models; the first is in use where the reference is empty."""
        self.clear()
        self._entries = []
        for group in filter(None, groups):
            if self._entries:
                self.insertSeparator(self.count())
            for entry in group:
                text = ", ".join(part for part in (entry.title, entry.words) if part)
                self.addItem(text, entry.reference)
                self._entries.append(entry)
        actions = ((tr("Published network…"), _PUBLISHED), (tr("Open model file…"), _OPEN))
        self.show_actions(actions)
        self.show_reference(reference)

    def show_reference(self, reference: str) -> None:
        """Show which model is in use."""
        self.show_choice(reference or None)

    @property
    def entry(self) -> Entry | None:
        """The model that is shown."""
        found = [one for one in self._entries if one.reference == self.currentData()]
        return found[0] if found else None

    @Slot(str)
    def _tell(self, action: str) -> None:
        {_OPEN: self.file_wanted, _PUBLISHED: self.published_wanted}[action].emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The name in bold, then the rest: each keeps some room, as both tell models apart."""
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        option.currentText = ""
        control, part = QStyle.ComplexControl.CC_ComboBox, QStyle.SubControl.SC_ComboBoxEditField
        painter.drawComplexControl(control, option)
        entry = self.entry
        if entry is None:
            return
        box = self.style().subControlRect(control, option, part, self)
        box.adjust(theme.px(2), 0, -theme.px(2), 0)
        gap, left = theme.px(7), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        rest = QFontMetrics(theme.font()).horizontalAdvance(entry.words)
        rest = min(rest, round(_REST * box.width())) + gap
        for text, font, role, room in (
            (entry.title, theme.font(weight=600), "text", box.width() - rest),
            (entry.words, theme.font(), "text2", box.width()),
        ):
            metrics = QFontMetrics(font)
            painter.setFont(font)
            painter.setPen(theme.colour(role if self.isEnabled() else "disabled"))
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, min(room, box.width()))
            painter.drawText(box, left, shown)
            box.setLeft(box.left() + metrics.horizontalAdvance(shown) + gap)
