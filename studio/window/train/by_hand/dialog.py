"""One step of training after the other, in three parts, with every number of it."""

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QSize, Slot
from PySide6.QtGui import QHideEvent, QKeySequence, QPainter, QPaintEvent, QShortcut
from PySide6.QtWidgets import QAbstractButton, QDialog, QHBoxLayout, QVBoxLayout, QWidget

from studio.data.progress import Preparing
from studio.errors import StudioError
from studio.window.chrome import theme
from studio.window.chrome.widgets import MessageBar
from studio.window.latest import Latest
from studio.window.train.by_hand.batch_panel import BatchPanel
from studio.window.train.by_hand.head import PARTS, HandHead
from studio.window.train.by_hand.landscape import Landscape
from studio.window.train.by_hand.layer_panel import LayerPanel
from studio.window.train.by_hand.step_words import (
    backward_words,
    forward_words,
    ready_words,
    update_words,
)
from studio.window.train.by_hand.surface_panel import SurfacePanel
from studio.window.train.by_hand.work import Answered, HandAsked, HandWork, Moved, Ready, Sloped
from studio.window.translate import tr

_WIDE, _HIGH = 1180, 720
_BATCH, _SURFACE = 204, 276  # widths
_TEN = 10
_AFTER = {"forward": "backward", "backward": "update", "update": "forward"}
_OPENING, _PART, _STEPS, _DRAWING = "opening", "part", "steps", "drawing"


class ByHandDialog(QDialog):
    """Stays open beside the window; closing it lets go of network and data.

    What is computed is computed in a job, one thing at a time: while a part is, clicks do nothing;
    the surface makes way for the next part.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._work = HandWork()
        self._asked: HandAsked | None = None
        self._ready: Ready | None = None
        self._next = ""  # the part; empty while nothing is ready
        self._doing = ""
        self._has_plane = False
        self._latest = Latest(tr("Step by step"), parent=self)
        self._latest.result.connect(self._take)
        self._latest.failed.connect(self._fail)
        self._latest.busy.connect(self._settle)
        self.head = HandHead()
        self.message = MessageBar()
        self.batch, self.layers, self.surface = BatchPanel(), LayerPanel(), SurfacePanel()
        self.head.part_wanted.connect(self.do)
        self.head.steps_wanted.connect(self.do_steps)
        self.head.anew_wanted.connect(self.start_over)
        self.head.box.lineEdit().returnPressed.connect(self._leave_box)
        self.surface.drawing_wanted.connect(self.draw)
        self.surface.stop_wanted.connect(self._work.stop)
        self._make_layout()
        self._make_keys()
        self.resize(self._fitting())
        self._settle()

    def _make_layout(self) -> None:
        self.batch.setFixedWidth(theme.px(_BATCH))
        self.surface.setFixedWidth(theme.px(_SURFACE))
        row = QHBoxLayout()
        row.setSpacing(0)
        for part, stretch in ((self.batch, 0), (self.layers, 1), (self.surface, 0)):
            if row.count():
                row.addWidget(_Line())
            row.addWidget(part, stretch)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.head)
        column.addWidget(self.message)
        column.addLayout(row, 1)

    def _make_keys(self) -> None:
        for part, key in PARTS:
            QShortcut(QKeySequence(key), self, partial(self.do, part))
        QShortcut(QKeySequence("D"), self, self.surface.press)
        QShortcut(QKeySequence("Space"), self, self._press_space)

    def _fitting(self) -> QSize:
        """As large as the design has it, or as the window is."""
        parent = self.parentWidget()
        assert parent is not None
        window = parent.window().size()
        wide = min(theme.px(_WIDE), window.width() - theme.px(16))
        high = min(theme.px(_HIGH), window.height() - theme.px(16))
        return QSize(wide, high)

    # What a person does

    def show_run(self, asked: HandAsked) -> None:
        """Begin with a run."""
        self._asked = asked
        self.setWindowTitle(tr("{run}, step by step").format(run=asked.title))
        self.setFocus()
        self.start_over()
        self.show()
        self.raise_()
        self.activateWindow()

    @Slot()
    def start_over(self) -> None:
        """Begin again where the run is."""
        if self._asked is None:
            return
        self._next, self._ready, self._has_plane = "", None, False
        self.head.show_rate(self._asked.settings.learning_rate)
        self.head.show_progress(tr("Getting data and network ready"), None)
        self.batch.clear()
        self.surface.show_landscape(None)
        self._submit(_OPENING, partial(self._work.open, self._asked))

    @Slot(str)
    def do(self, part: str) -> None:
        """Do a part, if it is its turn."""
        if part == self._next and self._doing in ("", _DRAWING):
            self._submit(_PART, partial(self._work.part, part, self.head.rate))

    @Slot()
    def do_steps(self) -> None:
        """Take ten steps; or stop after the one that is being made."""
        if self._doing == _STEPS:
            self._work.stop()
        elif self._next and self._doing in ("", _DRAWING):
            self._submit(_STEPS, partial(self._work.steps, _TEN, self.head.rate))

    @Slot(float)
    def draw(self, reach: float) -> None:
        """Draw the loss around the weights."""
        if self._can_draw and not self._doing:
            self._submit(_DRAWING, partial(self._work.draw, reach))

    @Slot()
    def _leave_box(self) -> None:
        """From the learning rate back to the parts, whose keys are letters."""
        self.head.focus_next(self._next)

    @Slot()
    def _press_space(self) -> None:
        """The next part; but a button that the keyboard is on is pressed."""
        on = self.focusWidget()
        if isinstance(on, QAbstractButton) and on not in self.head.parts.values():
            on.click()
        else:
            self.do(self._next)

    # What comes back

    def _submit(self, doing: str, function: Callable[[], Any]) -> None:
        self._doing = doing
        self.message.clear()
        self._latest.submit(function)
        self._settle()

    @property
    def is_busy(self) -> bool:
        return self._latest.is_busy

    @property
    def _can_draw(self) -> bool:
        return self._next == "update" or (self._has_plane and self._next == "forward")

    @Slot(object)
    def _take(self, said: Any) -> None:
        match said:
            case Preparing():
                self.head.show_progress(tr(said.what), said.fraction)
            case Ready():
                assert self._asked is not None
                self._ready, self._next = said, "forward"
                self.layers.begin(said)
                self.head.show_rate(said.rate)
                self.head.say(ready_words(said, self._asked.title))
                self.head.parts["forward"].setEnabled(True)
                self.head.focus_next("forward")
            case Answered():
                assert self._ready is not None
                self.batch.show_batch(said, self._ready.classes)
                self._go_on("forward", forward_words(said))
            case Sloped():
                self.layers.slope(said)
                self._go_on("backward", backward_words(said))
            case Moved():
                self.batch.end(said.update.loss)
                self.layers.change(said)
                self.surface.show_path(said.path)
                self._go_on("update", update_words(said))
                self.head.show_rate(said.rate)
            case Landscape():
                self._has_plane = True
                self.surface.show_landscape(said)

    def _go_on(self, done: str, words: str) -> None:
        self._next = _AFTER[done]
        self.head.say(words)

    @Slot(object)
    def _fail(self, error: StudioError) -> None:
        self.head.say("")
        self.message.show_error(error, tr("Start over"), self.start_over)

    @Slot()
    def _settle(self) -> None:
        """Name and enable everything as it is now."""
        if not self._latest.is_busy:
            self._doing = ""
        is_free = self._doing in ("", _DRAWING)
        self.head.set_state(self._next, is_free, self._doing == _STEPS, self._doing == _OPENING)
        self.surface.set_state(self._can_draw and not self._doing, self._doing == _DRAWING)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if not event.spontaneous():  # closed, not minimised
            self._next, self._asked = "", None
            self._work.stop()
            self._submit("", self._work.close)


class _Line(QWidget):
    """Between two columns."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedWidth(1)

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), theme.colour("line"))
