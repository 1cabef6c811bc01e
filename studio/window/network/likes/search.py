"""The pictures of a collection that excite a map most."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from studio.data.progress import Preparing
from studio.errors import StudioError
from studio.insight.strongest import Found, strongest
from studio.nets.model import Model
from studio.nets.row import INPUT, Row
from studio.window.chrome import theme
from studio.window.chrome.controls import Button, label
from studio.window.chrome.inspector import Section
from studio.window.chrome.progress import ProgressBar
from studio.window.latest import Latest
from studio.window.network.likes.patches import COUNT, Patches
from studio.window.network.look import Look
from studio.window.network.sight import Sight
from studio.window.network.source_box import SourceBox
from studio.window.network.sources import Entry, Library, Source
from studio.window.session import Session
from studio.window.translate import tr


@dataclass(frozen=True, eq=False)
class Progress:
    """What was found among how many."""

    entries: tuple[Entry, ...]
    found: Found


class SearchSection(Section):
    """Chooses a collection, searches it, and opens what was found."""

    def __init__(self, sight: Sight, session: Session) -> None:
        super().__init__("Strongest in")
        self._sight, self._session = sight, session
        self._library = Library()
        self._latest = Latest(tr("Searching pictures"), parent=self)
        self._progress: Progress | None = None
        self._model: Model | None = None
        self.box = SourceBox()
        self.box.setAccessibleName(tr("Where to search"))
        self.box.setToolTip(tr("Which pictures to search"))
        self.search = Button("Search", "search", tip_text="Find what excites the chosen map most")
        self.stop = Button("Stop", "stop", tip_text="Keep what was found so far")
        self.bar = ProgressBar()
        self.words = label(role="caption", wrap=True)
        self.error = label(role="error", wrap=True)
        self.error.hide()
        self.patches = Patches()
        head = QWidget()
        row = QHBoxLayout(head)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.px(8))
        row.addWidget(self.box, 1)
        row.addWidget(self.search)
        row.addWidget(self.stop)
        self.add(head, self.bar, self.words, self.error, self.patches)
        self.search.clicked.connect(self._begin)
        self.stop.clicked.connect(self._latest.cancel)
        self.patches.pressed.connect(self._open)
        self._latest.result.connect(self._take)
        self._latest.failed.connect(self._fail)
        self._latest.busy.connect(self._show_state)
        sight.look_changed.connect(self._leave_model)
        sight.unit_changed.connect(self._show_state)
        self._show_state()

    @property
    def is_busy(self) -> bool:
        return self._latest.is_busy

    def cancel(self) -> None:
        """Stop, and keep what was found."""
        self._latest.cancel()

    @Slot()
    def _begin(self) -> None:
        look, row = self._sight.look, self._sight.row
        if look is None or row is None or row.name == INPUT:
            return
        index = self._sight.chosen_unit[0]
        self.error.hide()
        self._progress, self._model = None, look.model
        self.patches.show_strongest((), ())
        self._title(look, row, index)
        self._latest.submit(partial(_search, self._library, self.box.source, look, row, index))

    def _title(self, look: Look, row: Row, index: int) -> None:
        names = look.names_of(self._sight.number)
        what = names[index] if index < len(names) else tr("map {index}").format(index=index)
        what = what if names or not row.output.flat else tr("value {index}").format(index=index)
        self.set_title(tr("Strongest in"), f"{row.title}, {what}")

    @Slot(object)
    def _take(self, news: Preparing | Progress) -> None:
        if isinstance(news, Preparing):
            self.words.setText(tr(news.what) + "…")
            self._show_share(news.fraction)
            return
        self._progress = news
        found, total = news.found, len(news.entries)
        names = [_name(news.entries[one.number], one.number) for one in found.strongest]
        self.patches.show_strongest(found.strongest, names)
        words = tr("{done} of {total} pictures").format(done=f"{found.done:,}", total=f"{total:,}")
        if found.unreadable:
            words += tr("; {count} can't be read").format(count=f"{len(found.unreadable):,}")
            listed = [str(error) for _, error in found.unreadable[:20]]
            self.words.setToolTip("\n".join(listed))
        if not total:
            words = tr("There is no picture in it.")
        self.words.setText(words)
        self._show_share(found.done / max(1, total))

    def _show_share(self, share: float | None) -> None:
        self.bar.show_share(share)

    @Slot(object)
    def _fail(self, error: StudioError) -> None:
        self.error.setText(str(error))
        self.error.show()
        self.words.setText("")
        self._show_state()

    @Slot(int)
    def _open(self, number: int) -> None:
        """Make a picture that was found the workspace's."""
        assert self._progress is not None
        entry = self._progress.entries[number]
        if entry.reference:
            self._session.open_picture(entry.reference)
        else:
            picture = entry.read()
            label_words = tr("Open {name}").format(name=picture.name)
            self._session.paste_picture(picture, label_words)

    @Slot()
    def _leave_model(self) -> None:
        look = self._sight.look
        if self._model is not None and (look is None or look.model is not self._model):
            self._latest.cancel()
            self._model, self._progress = None, None
            self.patches.show_strongest((), ())
            self.error.hide()
            self.set_title(tr("Strongest in"))
            self.words.setText("")
            self._show_state()

    @Slot()
    def _show_state(self) -> None:
        busy, row = self._latest.is_busy, self._sight.row
        self.bar.setVisible(busy)
        self.search.setVisible(not busy)
        self.stop.setVisible(busy)
        self.search.setEnabled(row is not None and row.name != INPUT)
        if not self.words.text() and self.error.isHidden():
            self.words.setText(
                tr(
                    "The pictures that excite the chosen map most, cut out at what "
                    "its strongest unit sees."
                )
            )


def _search(
    library: Library, source: Source, look: Look, row: Row, index: int
) -> Iterator[Preparing | Progress]:
    entries = yield from library.entries(source)
    readers = [entry.read for entry in entries]
    for found in strongest(look.model, row, index, readers, COUNT, look.own_steps()):
        yield Progress(entries, found)


def _name(entry: Entry, number: int) -> str:
    return Path(entry.reference).name or tr("picture {number}").format(number=number)
