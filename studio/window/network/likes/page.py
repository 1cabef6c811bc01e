"""What a unit likes: a picture drawn for it, and the pictures that excite it most."""

from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.window.chrome.status import Status
from studio.window.network.likes.drawing import Drawing
from studio.window.network.likes.search import SearchSection
from studio.window.network.sight import Sight
from studio.window.session import Session


class LikesPage(QWidget):
    """The drawing above, the search below; both stop when nobody sees them."""

    def __init__(self, sight: Sight, session: Session, status: Status) -> None:
        super().__init__()
        self.drawing = Drawing(sight)
        self.found = SearchSection(sight, session)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.drawing)
        column.addWidget(self.found)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.drawing.cancel()
        self.found.cancel()
