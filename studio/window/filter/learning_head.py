"""The row that drives the learning of a kernel: learn, pause, step, stop, use, close."""

from typing import Literal

from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QHBoxLayout, QWidget

from studio.window.chrome import theme
from studio.window.chrome.controls import Button, IconButton, fill_row, label
from studio.window.translate import tr

State = Literal["idle", "running", "paused"]

_LEARN = {"idle": "Learn", "running": "Pause", "paused": "Resume"}


class LearningHead(QWidget):
    """Title, place and buttons; what they do is the panel's."""

    def __init__(self) -> None:
        super().__init__()
        self.place = label(role="caption", elide=True)
        self.learn_button = Button("Learn", "play")
        width = max(QFontMetrics(theme.font()).horizontalAdvance(tr(w)) for w in _LEARN.values())
        self.learn_button.setFixedWidth(width + theme.px(56))
        self.step_button = IconButton("step", "One step", role="text", look="labelled")
        self.stop_button = IconButton("stop", "Stop", role="text", look="labelled")
        self.use_button = Button("Use as filter")
        self.settings_button = IconButton("settings", "Settings of the learning")
        self.settings_button.setCheckable(True)
        self.close_button = IconButton("close", "Close", "Esc")
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(16), theme.px(8), theme.px(12), theme.px(8))
        row.setSpacing(theme.px(8))
        row.addWidget(label("Learn this kernel", "title"))
        row.addWidget(self.place, 1)
        buttons = (self.learn_button, self.step_button, self.stop_button, self.use_button)
        fill_row(row, (*buttons, self.settings_button, self.close_button))

    def show_state(self, state: State, has_pair: bool, has_learned: bool) -> None:
        """Name the buttons and switch on those that can do something."""
        self.learn_button.setText(tr(_LEARN[state]))
        self.learn_button.set_icon("pause" if state == "running" else "play")
        self.learn_button.setToolTip("" if has_pair else tr("There is nothing to learn from"))
        for button in (self.learn_button, self.step_button, self.settings_button):
            button.setEnabled(has_pair)
        self.stop_button.setEnabled(state != "idle")
        self.use_button.setEnabled(has_learned)
        self.use_button.setToolTip(
            tr("Make a convolution with the learned weights")
            if has_learned
            else tr("Nothing has been learned yet")
        )
