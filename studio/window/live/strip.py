"""The strip below the picture while a camera or a video is open: what drives it, and how fast."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QFontMetrics, QHideEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy

from studio.window.chrome import theme
from studio.window.chrome.controls import Button, IconButton, label, make_action, tip
from studio.window.live.player import State
from studio.window.translate import tr

_HEIGHT = 40
_HIDDEN = "It also pauses when another workspace is shown."


class LiveActions(QObject):
    """What can be done with a camera or a video; buttons and menus follow them."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.play = make_action(self, "Pause", "Ctrl+P")
        self.restart = make_action(self, "Play from the beginning", "Ctrl+Home")
        self.loop = make_action(self, "Repeat the video", "Ctrl+L")
        self.loop.setCheckable(True)
        self.take = make_action(self, "Take this frame", "Ctrl+T")
        self.close = make_action(self, "Close", "Ctrl+W")
        self.show("idle", is_camera=False)

    @property
    def all(self) -> list[QAction]:
        return [self.play, self.restart, self.loop, self.take, self.close]

    def show(self, state: State, is_camera: bool) -> None:
        """Name them, and switch them on or off."""
        is_open = state != "idle"
        self.play.setText(tr("Pause") if state in ("opening", "playing") else tr("Play"))
        self.close.setText(tr("Close the camera") if is_camera else tr("Close the video"))
        for action in (self.play, self.close):
            action.setEnabled(is_open)
        for action in (self.restart, self.loop):
            action.setEnabled(is_open and not is_camera)
        self.take.setEnabled(state in ("playing", "paused", "ended"))


class LiveStrip(QFrame):
    """Play, from the beginning, repeat; the time and the rate; take a frame, close.

    Signals: `left` when it is no longer seen, as when another workspace is shown.
    """

    left = Signal()

    def __init__(self, actions: LiveActions) -> None:
        super().__init__()
        self.setFixedHeight(theme.px(_HEIGHT))
        self._actions = actions
        self.play = IconButton("pause", "Pause", role="text").follow(actions.play)
        self.restart = IconButton("restart", "From the beginning", role="text")
        self.restart.follow(actions.restart)
        self.loop = IconButton("loop", "Repeat", role="text").follow(actions.loop)
        self.loop.setCheckable(True)
        actions.loop.toggled.connect(self.loop.setChecked)
        self.time = label()
        self.time.setMinimumWidth(QFontMetrics(theme.font()).horizontalAdvance("00:00.0 "))
        self.words = label(role="label", elide=True)
        self.words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.take = Button("Take this frame", "picture")
        self.take.clicked.connect(actions.take.trigger)
        self.take.setToolTip(
            tip(
                "Make this frame the document's picture, to be filtered, saved and undone",
                actions.take.shortcut(),
            )
        )
        self.close_button = IconButton("close", "Close").follow(actions.close)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(12), 1, theme.px(12), 0)
        row.setSpacing(theme.px(4))
        for button in (self.play, self.restart, self.loop):
            row.addWidget(button)
        row.addSpacing(theme.px(8))
        row.addWidget(self.time)
        row.addWidget(self.words, 1)
        row.addSpacing(theme.px(8))
        row.addWidget(self.take)
        row.addSpacing(theme.px(4))
        row.addWidget(self.close_button)
        self.hide()

    def show_state(self, state: State, is_camera: bool) -> None:
        """Offer what can be done now."""
        self._actions.show(state, is_camera)
        plays = state in ("opening", "playing")
        self.play.set_icon("pause" if plays else "play", "text")
        words = self._actions.play.text()
        if is_camera:
            words = tr("Pause, and let go of the camera") if plays else tr("Open it again")
        first = tip(words, self._actions.play.shortcut())
        self.play.setToolTip(f"{first}. {tr(_HIDDEN)}" if plays else first)
        self.take.setEnabled(self._actions.take.isEnabled())
        self.restart.setVisible(not is_camera)
        self.loop.setVisible(not is_camera)
        self.setVisible(state != "idle")

    def show_time(self, seconds: float) -> None:
        self.time.setText(clock_words(seconds))

    def show_words(self, words: str) -> None:
        """The rate, or what happens instead."""
        self.words.setText(words)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.left.emit()


def clock_words(seconds: float) -> str:
    """A time in a video.

    Examples
    --------
    >>> clock_words(0), clock_words(83.26), clock_words(3723.5)
    ('0:00.0', '1:23.2', '1:02:03.5')
    """
    tenths = int(seconds * 10 + 1e-6)
    minutes, rest = divmod(tenths, 600)
    end = f"{rest // 10:02}.{rest % 10}"
    if minutes < 60:
        return f"{minutes}:{end}"
    return f"{minutes // 60}:{minutes % 60:02}:{end}"
