"""The three parts of a step as buttons, its learning rate, and what it did in words."""

from functools import partial

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout

from studio.declare import options
from studio.training.settings import TrainSettings
from studio.window.chrome import theme
from studio.window.chrome.controls import Button, LinkButton, label, set_property, tip
from studio.window.chrome.progress import ProgressBar
from studio.window.forms.numbers import NumberBox
from studio.window.translate import tr

PARTS = (("forward", "F"), ("backward", "B"), ("update", "U"))
_TITLES = {"forward": "Forward", "backward": "Backward", "update": "Update"}
_TIPS = {
    "forward": "Answer the next batch: pictures in, probabilities and loss out",
    "backward": "Find the gradient of the loss by every weight",
    "update": "Move every weight as the optimiser makes it of the gradient",
}


class HandHead(QFrame):
    """The row of buttons over a sentence.

    Signals: `part_wanted` with a part, `steps_wanted` to take ten steps or to stop, `anew_wanted`.
    """

    part_wanted = Signal(str)
    steps_wanted = Signal()
    anew_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.parts: dict[str, Button] = {}
        for part, key in PARTS:
            button = Button(_TITLES[part], tip_text=_TIPS[part], key=key, tall=True)
            button.setMinimumWidth(theme.px(104))
            button.clicked.connect(partial(self._want, part))
            self.parts[part] = button
        self.steps = Button("10 steps", tall=True)
        self.steps.clicked.connect(self.steps_wanted)
        option = next(one for one in options(TrainSettings) if one.name == "learning_rate")
        self.box = NumberBox(option)
        self.box.setFixedWidth(theme.px(88))
        self.box.setToolTip(tr(option.help))
        self.box.edited.connect(self._take_rate)
        self._rate: float | None = None  # a person's own
        self._scheduled = 0.0
        self._option = option
        self.schedule = LinkButton("")
        self.schedule.clicked.connect(self._follow_schedule)
        self.anew = LinkButton("Start over", "Take the weights as they were at first")
        self.anew.clicked.connect(self.anew_wanted)
        self.words = label(wrap=True)
        self.words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.words.setMinimumHeight(2 * self.words.fontMetrics().height())
        self.words.setAlignment(Qt.AlignmentFlag.AlignVCenter)
        self.progress = ProgressBar(160, 6)
        self._make_layout()

    def _make_layout(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(theme.px(8))
        for button in self.parts.values():
            row.addWidget(button)
        row.addSpacing(theme.px(16))
        row.addWidget(self.steps)
        row.addSpacing(theme.px(16))
        row.addWidget(label("Learning rate", "label"))
        row.addWidget(self.box)
        row.addWidget(self.schedule)
        row.addStretch(1)
        row.addWidget(self.anew)
        second = QHBoxLayout()
        second.addWidget(self.words, 1)
        second.addWidget(self.progress)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.px(16), theme.px(12), theme.px(16), theme.px(8))
        column.setSpacing(theme.px(6))
        column.addLayout(row)
        column.addLayout(second)

    @property
    def rate(self) -> float | None:
        """The learning rate that a person chose; None for the schedule's."""
        return self._rate

    def say(self, words: str) -> None:
        """Say what a part did."""
        self.words.setText(words)

    def show_progress(self, words: str, fraction: float | None) -> None:
        """Say what is being made ready, and how much of it is done."""
        self.say(words)
        self.progress.show_share(fraction)

    def show_rate(self, scheduled: float) -> None:
        """The schedule's learning rate for the next step."""
        self._scheduled = scheduled
        if self._rate is None:
            self.box.set_number(float(f"{scheduled:.4g}"))
        words = tr("Schedule: {rate}").format(
            rate=self.box.textFromValue(float(f"{scheduled:.3g}"))
        )
        self.schedule.setText(words)
        self.schedule.setToolTip(tr("Use the schedule's learning rate again"))
        self.schedule.setVisible(self._rate is not None)

    def set_state(self, next_part: str, is_free: bool, in_steps: bool, is_opening: bool) -> None:
        """Fill the next part's button, and enable what can be done."""
        had_focus = any(button.hasFocus() for button in self.parts.values())
        if next_part:
            self.parts[next_part].setEnabled(True)
            if had_focus:
                self.focus_next(next_part)
        for part, button in self.parts.items():
            is_next = part == next_part
            set_property(button, "look", "primary" if is_next else "labelled")
            button.setEnabled(is_next)
            key = dict(PARTS)[part]
            hint = _TIPS[part]
            if not is_next and next_part:
                hint = f"{tr(hint)}. {tr(_TITLES[next_part])} {tr('comes first')}"
            button.setToolTip(tip(hint, key))
        self.steps.setText(tr("Stop") if in_steps else tr("10 steps"))
        self.steps.setEnabled(in_steps or (bool(next_part) and is_free))
        hint = tr("Take ten whole steps; a begun one counts as the first")
        self.steps.setToolTip(tr("Stop after this step") if in_steps else hint)
        self.anew.setEnabled(not is_opening)
        self.progress.setVisible(is_opening)

    def focus_next(self, part: str) -> None:
        """Let the keyboard be on a part's button."""
        if part:
            self.parts[part].setFocus(Qt.FocusReason.MouseFocusReason)

    @Slot()
    def _want(self, part: str) -> None:
        self.part_wanted.emit(part)

    @Slot()
    def _take_rate(self) -> None:
        number = float(self.box.number())
        if self.box.is_inside(number):
            self._rate = number
            set_property(self.box, "refused", False)
            self.show_rate(self._scheduled)
        else:
            set_property(self.box, "refused", True)

    @Slot()
    def _follow_schedule(self) -> None:
        self._rate = None
        set_property(self.box, "refused", False)
        self.show_rate(self._scheduled)
