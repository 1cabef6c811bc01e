"""The inspector of the Network workspace: one unit, from four sides."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from studio.window.chrome.controls import Segments
from studio.window.chrome.inspector import Inspector
from studio.window.chrome.status import Status
from studio.window.network.field.page import FieldPage
from studio.window.network.kernel.page import KernelPage
from studio.window.network.likes.page import LikesPage
from studio.window.network.sight import Sight
from studio.window.network.unit import LayerSection, UnitSection
from studio.window.network.why.page import WhyPage
from studio.window.session import Session
from studio.window.translate import tr

# Key, title, what it shows, and whether the unit and its layer are described beneath.
_PAGES = (
    ("field", "Field", "What the unit sees of the picture", FieldPage, True),
    ("kernel", "Kernel", "What the layer has learned", KernelPage, True),
    ("why", "Why", "Why the network gives its answer", WhyPage, False),
    ("likes", "Likes", "What excites the unit most", LikesPage, False),
)


class UnitInspector(Inspector):
    """Pages about the unit that is looked at; only the current one works.

    Signals: `page_changed` with the key of the page that a person chose; `filter_wanted`
    when a kernel was made a filter.
    """

    page_changed = Signal(str)
    filter_wanted = Signal()

    def __init__(self, sight: Sight, session: Session, status: Status) -> None:
        super().__init__(tr("Unit"))
        self._sight = sight
        self._pages: dict[str, QWidget] = {}
        self._described: dict[str, bool] = {}
        for key, _, _, make, is_described in _PAGES:
            self._pages[key] = make(sight, session, status)
            self._described[key] = is_described
        self.kernel.filter_wanted.connect(self.filter_wanted)
        self.segments = Segments(
            [(key, title) for key, title, *_ in _PAGES], [tr(tip) for _, _, tip, *_ in _PAGES]
        )
        self.segments.setAccessibleName(tr("What to show of the unit"))
        self.segments.changed.connect(self._choose)
        self.segments.setVisible(len(_PAGES) > 1)
        self.add_to_header(self.segments)
        self.unit, self.layer = UnitSection(sight), LayerSection(sight)
        self.add(*self._pages.values(), self.unit, self.layer)
        sight.look_changed.connect(self._show)
        self._show()

    @property
    def kernel(self) -> KernelPage:
        """The page of what was learned."""
        page = self._pages["kernel"]
        assert isinstance(page, KernelPage)
        return page

    def page(self, key: str) -> QWidget:
        return self._pages[key]

    def show_page(self, key: str) -> None:
        """Show another page, without a signal."""
        self.segments.set_value(key)
        self._show()

    @Slot(str)
    def _choose(self, key: str) -> None:
        self._show()
        self.scroll_to_top()
        self.page_changed.emit(key)

    @Slot()
    def _show(self) -> None:
        """Show the current page, or nothing where there is no look."""
        has_look = self._sight.look is not None
        current = self.segments.value
        for key, page in self._pages.items():
            page.setVisible(has_look and key == current)
        for part in (self.unit, self.layer):
            part.setVisible(has_look and self._described[current])
