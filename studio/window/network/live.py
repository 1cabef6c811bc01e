"""A camera or a video in the Network workspace: every frame is looked at."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, Signal

from studio.errors import StudioError
from studio.image.live import Frame
from studio.image.picture import Picture
from studio.nets.model import Model
from studio.window.chrome.status import Status
from studio.window.chrome.widgets import MessageBar
from studio.window.live.view import LiveView
from studio.window.network.look import Look, Looker, View
from studio.window.session import Session

Wanted = tuple[str, Callable[[], Model] | None, View]


@dataclass(frozen=True, eq=False)
class Looked:
    """What the network makes of a frame, or why it can't."""

    wanted: Wanted
    look: Look | None = None
    error: StudioError | None = None


class FrameLooker:
    """Called with each frame in a job's thread.

    Attributes
    ----------
    wanted : tuple
        The model's reference, what loads it, and how to look at it; may change at any moment.
    """

    def __init__(self) -> None:
        self.wanted: Wanted = ("", None, View())
        self._looker = Looker()

    def __call__(self, picture: Picture) -> Looked:
        reference, load, view = wanted = self.wanted
        if load is None:
            return Looked(wanted)
        try:
            return Looked(wanted, self._looker.look(reference, load, picture, view))
        except StudioError as error:
            return Looked(wanted, error=error)


class LiveNetwork(LiveView):
    """Hands on what the network makes of each frame.

    Signals: `looked(Look)`; `began` when frames take the place of the session's picture.
    """

    looked = Signal(object)
    began = Signal()

    def __init__(
        self, session: Session, message: MessageBar, status: Status, parent: QObject
    ) -> None:
        self._frame_looker = FrameLooker()
        super().__init__(session, self._frame_looker, message, status, parent)

    def set_wanted(self, reference: str, load: Callable[[], Model] | None, view: View) -> None:
        """What looks at the next frame; nothing without `load`."""
        before = self._frame_looker.wanted
        if (reference, view) != (before[0], before[2]) or not _is_same(load, before[1]):
            self._frame_looker.wanted = (reference, load, view)

    def begin(self) -> None:
        self.began.emit()

    def fill(self, frame: Frame) -> None:
        found = frame.result
        assert isinstance(found, Looked)
        if found.look is not None and found.wanted == self._frame_looker.wanted:
            self.looked.emit(found.look)


def _is_same(one: object, other: object) -> bool:
    """Whether two functions do the same, as far as their parts tell."""
    if not (isinstance(one, partial) and isinstance(other, partial)):
        return one == other
    parts = zip(one.args, other.args, strict=False)
    return (
        _is_same(one.func, other.func)
        and len(one.args) == len(other.args)
        and one.keywords == other.keywords
        and all(_is_same(*pair) for pair in parts)
    )
