"""A camera or a video in a workspace: played into its views, and stopped as a picture."""

from PySide6.QtCore import QObject, Signal, Slot

from studio.errors import StudioError
from studio.image.live import Camera, Frame
from studio.image.picture import Picture
from studio.window.chrome.status import Status
from studio.window.chrome.widgets import MessageBar
from studio.window.live.player import LivePlayer, Maker, State
from studio.window.live.strip import LiveActions, LiveStrip
from studio.window.session import Session
from studio.window.translate import tr


class LiveView(QObject):
    """Fills the views while a source plays; a frame it stops at is the session's picture.

    A picture that is opened meanwhile closes the source. A workspace says how its views are filled
    (`fill`) and what ends when it begins (`begin`).

    Parameters
    ----------
    maker : Maker
        What is done with each frame.

    Signals: `picture_changed` when `picture` has another size or name; `playing_changed(playing)`
    when the views are filled from here, or no more; `frame_changed` with every frame shown;
    `opened(path)` when a video file plays for the first time.
    """

    picture_changed = Signal()
    playing_changed = Signal(bool)
    frame_changed = Signal()
    opened = Signal(str)

    def __init__(
        self,
        session: Session,
        maker: Maker,
        message: MessageBar,
        status: Status,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._message = message
        self._status = status
        self._still: Picture | None = None  # the frame that the session shows
        self._was_playing = False
        self._is_busy = False
        self._said = False
        self._size = ""
        self.player = LivePlayer(maker, self)
        self.actions = LiveActions(self)
        self.strip = LiveStrip(self.actions)
        self.player.state_changed.connect(self._follow_state)
        self.player.frame_changed.connect(self._show_frame)
        self.player.rate_changed.connect(self._show_rate)
        self.player.refused.connect(self._show_refusal)
        self.player.noted.connect(self._say_note)
        self.player.failed.connect(self._say_failure)
        self.actions.play.triggered.connect(self.toggle)
        self.actions.restart.triggered.connect(self.player.restart)
        self.actions.loop.toggled.connect(self._loop)
        self.actions.take.triggered.connect(self.take_frame)
        self.actions.close.triggered.connect(self.close)
        self.strip.left.connect(self.player.pause)
        session.picture_changed.connect(self._follow_picture)

    @property
    def is_playing(self) -> bool:
        """Whether the views show frames, and not the session's picture."""
        return self._was_playing

    @property
    def has_said(self) -> bool:
        """Whether the message bar says why it ended."""
        return self._said and self.player.state == "ended"

    @property
    def picture(self) -> Picture | None:
        """The frame that is shown while it plays."""
        frame = self.player.frame
        return frame.picture if self._was_playing and frame is not None else None

    def begin(self) -> None:
        """It begins to play: what computes other pictures can rest."""

    def fill(self, frame: Frame) -> None:
        """Show a frame, with what was made of it."""
        raise NotImplementedError

    def start(self, reference: str) -> None:
        """Play a video file, or a camera such as ``camera:0``."""
        self._message.clear()
        self._size = ""
        self.strip.show_words("")
        self.player.start(reference)

    @Slot()
    def toggle(self) -> None:
        """Pause, or go on."""
        if self.player.state in ("opening", "playing"):
            self.player.pause()
        else:
            self.player.resume()

    @Slot()
    def take_frame(self) -> None:
        """Make the frame that is shown the document's picture; it can be undone."""
        self.player.pause()
        if self._still is not None:
            label = tr("Take a frame of {name}").format(name=self._still.name)
            self._session.paste_picture(self._still, label)
            self._status.show_message(tr("The frame is the document's picture now"))

    @Slot()
    def close(self) -> None:
        """Close the source; the document's picture is shown again."""
        self.player.stop()

    @Slot(bool)
    def _loop(self, wanted: bool) -> None:
        self.player.is_looping = wanted

    # Following the player

    @Slot(str)
    def _follow_state(self, state: State) -> None:
        source = self.player.source
        if self._said and state in ("opening", "playing"):
            self._said = False
            self._message.clear()
        self.strip.show_state(state, isinstance(source, Camera))
        self._show_busy(state)
        playing = state == "playing" or (state == "opening" and self._was_playing)
        if playing != self._was_playing:
            self._was_playing = playing
            if playing:
                self.begin()
            elif state == "idle":
                self._let_go()
            else:
                self._hold()
            self.playing_changed.emit(playing)
        elif state == "idle":
            self._let_go()
        if state == "paused":
            self.strip.show_words(tr("Paused"))
        elif state == "ended":
            self.strip.show_words(tr("Ended"))

    def _show_busy(self, state: State) -> None:
        opening = state == "opening"
        if opening and self.player.source is not None:
            words = tr("Opening {name}").format(name=self.player.source.title)
            self._status.set_busy(words, self.close)
            self.strip.show_words(words)
        elif self._is_busy:
            self._status.set_idle()
        self._is_busy = opening

    def _hold(self) -> None:
        frame = self.player.frame
        if frame is not None and self._session.picture is not frame.picture:
            self._still = frame.picture
            self._session.show_still(frame.picture)

    def _let_go(self) -> None:
        still, self._still = self._still, None
        if still is not None and self._session.picture is still:
            self._session.show_still(None)

    @Slot()
    def _follow_picture(self) -> None:
        if self._session.picture is not self._still:
            self._still = None
            self.player.stop()

    @Slot(object)
    def _show_frame(self, frame: Frame) -> None:
        self.fill(frame)
        self.strip.show_time(frame.seconds)
        said = f"{frame.picture.name}, {frame.picture.words}"
        if said != self._size:
            if not self._size and not isinstance(self.player.source, Camera):
                self.opened.emit(frame.picture.path)
            self._size = said
            self.picture_changed.emit()
        self.frame_changed.emit()

    @Slot(str)
    def _show_rate(self, words: str) -> None:
        self.strip.show_words(words)
        self._status.show_message(words)

    @Slot(str)
    def _say_note(self, note: str) -> None:
        self._said = True
        self._message.show_warning(f"{note}.")

    @Slot(object)
    def _say_failure(self, error: StudioError) -> None:
        self._said = True
        self._message.show_error(error)

    @Slot(object)
    def _show_refusal(self, error: StudioError | None) -> None:
        if error is None:
            self._message.clear()
        else:
            self._message.show_error(error)
