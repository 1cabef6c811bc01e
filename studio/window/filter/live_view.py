"""A camera or a video in the Filter workspace: each frame goes through the chain."""

from studio.filters.chain import Chain
from studio.image.display import Shown
from studio.image.live import Frame
from studio.window.canvas.compare import CompareView
from studio.window.chrome.status import Status
from studio.window.chrome.widgets import MessageBar
from studio.window.filter.live_frame import Made, Maker
from studio.window.filter.pointing import Values
from studio.window.filter.renderer import Renderer
from studio.window.live.view import LiveView
from studio.window.session import Session


class LiveFilter(LiveView):
    """Frames before and after the chain, in the views that else show the session's picture."""

    def __init__(
        self,
        session: Session,
        compare: CompareView,
        renderer: Renderer,
        message: MessageBar,
        status: Status,
    ) -> None:
        self.maker = Maker()
        super().__init__(session, self.maker, message, status, compare)
        self._compare = compare
        self._renderer = renderer

    def values_at(self, x: int, y: int) -> Values | None:
        """The values of the frame that is shown at a column and a row."""
        frame = self.player.frame
        if frame is None or not self.is_playing:
            return None
        found = []
        for pixels in (frame.picture.pixels, frame.result.pixels):
            is_inside = pixels is not None and y < pixels.shape[0] and x < pixels.shape[1]
            found.append(pixels[y, x] if is_inside else None)
        return Values((x, y), *found)

    def set_wanted(self, chain: Chain, shown: Shown) -> None:
        """What the next frame goes through, and how it is shown."""
        self.maker.wanted = chain, shown

    def begin(self) -> None:
        self._renderer.release()

    def fill(self, frame: Frame) -> None:
        made = frame.result
        assert isinstance(made, Made)
        self._compare.set_before(made.before)
        self._compare.set_after(made.after)
        self.maker.zoom = self._compare.scale
