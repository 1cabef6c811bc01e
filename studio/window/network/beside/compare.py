"""Another model, or the same one in another state, beside the current one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QSizePolicy, QStackedWidget

from studio.document import Document
from studio.errors import StudioError
from studio.image.write import number
from studio.insight.answers import percent
from studio.nets.model import Card, Model
from studio.nets.network import Network
from studio.nets.published import Published
from studio.nets.untrained import untrained
from studio.window.canvas.maps import MapGrid
from studio.window.chrome.controls import label
from studio.window.chrome.widgets import EmptyState
from studio.window.forms.fields import ChoiceBox
from studio.window.latest import Latest
from studio.window.network.beside.panel import BesidePanel
from studio.window.network.look import Look, Looker, View
from studio.window.network.models import entries
from studio.window.network.sight import Sight
from studio.window.network.values import ValueView
from studio.window.session import Session
from studio.window.translate import tr

_TRAINING, _RANDOM, _EPOCH = "as:training", "as:random", "as:epoch:"


@dataclass(frozen=True)
class Other:
    """What can be compared with: its words, what loads it, and whether it learns meanwhile."""

    reference: str
    words: str
    load: Callable[[], Model] | None = None  # None: the current model itself
    training: bool = False


class ComparePanel(BesidePanel):
    """The same layer of another model, of the same picture."""

    def __init__(self, sight: Sight, session: Session, cards: Sequence[Card]) -> None:
        super().__init__(tr("Compared with"), "Close the comparison")
        self._sight, self._session, self._cards = sight, session, cards
        self._looker = Looker()
        self._look: Look | None = None
        self._others: list[Other] = []
        self._listed: tuple[Model, bool] | None = None  # what the list was made for
        self._latest = Latest(tr("Computing maps to compare"), parent=self)
        self._latest.result.connect(self._take)
        self._latest.failed.connect(self._fail)
        self.others = ChoiceBox()
        self.others.setAccessibleName(tr("Compared with"))
        self.others.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.others.setMinimumContentsLength(8)
        self.others.activated.connect(self._ask)
        self.title.hide()
        self.head.insertWidget(0, self.others, 1)
        self.answer = label(role="label", wrap=True)
        self.grid, self.values, self.empty = MapGrid(), ValueView(), EmptyState("", "Try again")
        self.empty.pressed.connect(self._ask)
        self.grid.unit_chosen.connect(self._choose)
        self.grid.unit_hovered.connect(self._hover)
        self.grid.hover_left.connect(sight.leave)
        self.values.chosen.connect(lambda index: self._choose(index, 0, 0))
        self.pages = QStackedWidget()
        for page in (self.empty, self.grid, self.values):
            self.pages.addWidget(page)
        self.unit = label(role="caption", wrap=True)
        self.column.addWidget(self.answer)
        self.column.addWidget(self.pages, 1)
        self.column.addWidget(self.unit)
        sight.look_changed.connect(self._follow)
        sight.row_changed.connect(self._show_row)
        sight.unit_changed.connect(self._show_unit)
        session.changed.connect(self._follow_document)
        session.models_changed.connect(self._follow_models)

    @property
    def look(self) -> Look | None:
        """What the other model makes of the picture."""
        return self._look

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show_others()
        self._ask()

    # What to compare with

    @Slot()
    def _show_others(self) -> None:
        chosen, look = self.others.currentData(), self._sight.look
        self._listed = None if look is None else (look.loaded, look.view.training)
        self._others = self._find_others()
        self.others.clear()
        for other in self._others:
            self.others.addItem(other.words, other.reference)
        self.others.setCurrentIndex(max(0, self.others.findData(chosen)))

    def _find_others(self) -> list[Other]:
        look, session = self._sight.look, self._session
        found: list[Other] = []
        if look is not None:
            mode = tr("This model in training mode")
            if look.view.training:
                mode = tr("This model in evaluation mode")
            found.append(Other(_TRAINING, mode, None, not look.view.training))
            network, seed = look.loaded.card.network, session.document.training.seed
            if isinstance(network, Network | Published):
                words = tr("{name} before it learned anything").format(name=network.title)
                load = partial(_as_random, look.loaded, network, seed)
                found.append(Other(_RANDOM, words, load))
            for kept in reversed(session.snapshots.of(look.reference)[:-1]):
                words = tr("This run after epoch {epoch}").format(epoch=kept.epoch)
                found.append(Other(f"{_EPOCH}{kept.epoch}", words, partial(_same, kept.model)))
        for group in entries(session, self._cards):
            for entry in group:
                if look is None or entry.reference != look.reference:
                    words = ", ".join(part for part in (entry.title, entry.words) if part)
                    found.append(Other(entry.reference, words, entry.load))
        return found

    # The person's hands

    @Slot(int, int, int)
    def _choose(self, index: int, y: int, x: int) -> None:
        if self._is_here(index, y, x):
            self._sight.choose_unit(index, y, x)

    @Slot(int, int, int)
    def _hover(self, index: int, y: int, x: int) -> None:
        if self._is_here(index, y, x):
            self._sight.hover(index, y, x)
        else:
            self._sight.leave()

    def _is_here(self, index: int, y: int, x: int) -> bool:
        """Whether the current model's layer has such a unit too."""
        look, row = self._sight.look, self._sight.row
        if look is None or row is None:
            return False
        count, height, width = look.maps[row.name].shape
        return bool(index < count and y < height and x < width)

    # Computing

    @Slot()
    def _follow(self) -> None:
        """Compare with what is looked at now; where the model is another one, so is the list."""
        look = self._sight.look
        if look is None:
            self._latest.cancel()
            self._look = None
            self.answer.setText("")
            self._show_nothing(tr("There are no maps to compare with."), "")
        elif self.isVisible():
            if self._listed != (look.loaded, look.view.training):
                self._show_others()
            self._ask()

    @Slot(object, object)
    def _follow_document(self, old: Document, new: Document) -> None:
        """Follow the document's own network, and with which seed others begin."""
        before, now = (
            (one.network, one.origin, one.model, one.training.seed) for one in (old, new)
        )
        if before != now:
            self._follow_models()

    @Slot()
    def _follow_models(self) -> None:
        if self.isVisible():
            self._show_others()
            self._ask()

    @Slot()
    def _ask(self) -> None:
        look, index = self._sight.look, self.others.currentIndex()
        if look is None or not 0 <= index < len(self._others):
            return
        other = self._others[index]
        training = other.training if other.load is None else look.view.training
        is_same_size = other.load is None or other.reference in (_RANDOM,)
        size = look.view.size if is_same_size or look.view.convolutions else None
        view = View(training, look.view.draw, size, look.view.convolutions)
        load = other.load or partial(_same, look.loaded)
        self._latest.submit(partial(self._looker.look, other.reference, load, look.picture, view))

    @Slot(object)
    def _take(self, look: Look) -> None:
        self._look = look
        self._show_answer()
        self._show_row()

    @Slot(object)
    def _fail(self, error: StudioError) -> None:
        self._look = None
        self.answer.setText("")
        self._show_nothing(f"{error.message}.", tr("Try again"))

    # Showing

    def _show_answer(self) -> None:
        found = self._look.likeliest() if self._look is not None else None
        here = self._sight.look.likeliest() if self._sight.look is not None else None
        if found is None or here is None:
            self.answer.setText("")
            return
        words = tr("Says {name}, {share}; the current one {other}, {its}")
        self.answer.setText(
            words.format(
                name=found[0], share=percent(found[1]), other=here[0], its=percent(here[1])
            )
        )

    @Slot()
    def _show_row(self) -> None:
        look, row = self._look, self._sight.row
        if not self.isVisible() or look is None or row is None:
            return
        other = next((one for one in look.rows if one.name == row.name), None)
        if other is None:
            words = tr("{model} has no layer called {layer}.")
            title = look.model.card.title
            self._show_nothing(words.format(model=title, layer=row.title), "")
            return
        maps = look.maps[other.name]
        if maps.shape[1:] == (1, 1):
            number_of = look.rows.index(other)
            self.values.set_values(maps[:, 0, 0], look.names_of(number_of))
            self.pages.setCurrentWidget(self.values)
        else:
            self.grid.set_maps(maps)
            self.pages.setCurrentWidget(self.grid)
        self._show_unit()

    @Slot()
    def _show_unit(self) -> None:
        look, row, here = self._look, self._sight.row, self._sight.look
        if not self.isVisible() or look is None or row is None or here is None:
            return
        index, y, x = self._sight.unit
        maps = look.maps.get(row.name)
        if maps is None or index >= maps.shape[0] or y >= maps.shape[1] or x >= maps.shape[2]:
            self.unit.setText("")
            return
        if maps.shape[1:] == (1, 1):
            self.values.set_current(index)
        elif not self._sight.is_hovered:
            self.grid.set_unit(index, y, x)
        words = tr("The same unit gives {value} here, {other} in the current one")
        its = number(float(here.maps[row.name][index, y, x]))
        self.unit.setText(words.format(value=number(float(maps[index, y, x])), other=its))

    def _show_nothing(self, sentence: str, button: str) -> None:
        self.empty.set_sentence(sentence)
        self.empty.button.setText(button)
        self.empty.button.setVisible(bool(button))
        self.pages.setCurrentWidget(self.empty)
        self.unit.setText("")


def _same(model: Model) -> Model:
    return model


def _as_random(model: Model, network: Network | Published, seed: int) -> Model:
    """The same network and preprocessing with the weights it would begin to learn from."""
    return Model(model.card, untrained(network, seed).weights)
