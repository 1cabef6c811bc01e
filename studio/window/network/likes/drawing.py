"""A picture that is drawn until it excites a unit as much as it can."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from time import monotonic

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from studio.errors import StudioError
from studio.image.colour_map import to_bytes
from studio.insight.likes import Aim, Excitement, Liked, excite
from studio.nets.model import Model
from studio.nets.row import INPUT, Row
from studio.window.canvas.aim import MARGIN
from studio.window.chrome import theme
from studio.window.chrome.controls import Button, Segments, label
from studio.window.forms.form import Form
from studio.window.latest import Latest
from studio.window.network.facts import unit_words
from studio.window.network.field.view import FieldView
from studio.window.network.likes.curve import ActivationCurve
from studio.window.network.look import Look
from studio.window.network.sight import Sight
from studio.window.translate import tr

_PLACE, _MAP = "place", "map"
_PAUSE = 0.05  # seconds between two pictures that are shown


@dataclass(frozen=True, eq=False)
class Shown:
    """A picture on its way: its pixels, and the activations so far."""

    rgb: NDArray[np.uint8]
    activations: tuple[float, ...]
    steps: int
    size: str


class Drawing(QWidget):
    """Start, stop, the picture and its activation, and how it is drawn."""

    def __init__(self, sight: Sight) -> None:
        super().__init__()
        self._sight = sight
        self._how = Excitement()
        self._model: Model | None = None
        self._has_picture = False
        self._latest = Latest(tr("Drawing what a unit likes"), parent=self)
        self.part = Segments(
            [(_PLACE, "Unit"), (_MAP, "Map")],
            [tr("The unit that is chosen"), tr("The mean of all places of its map")],
        )
        self.part.setAccessibleName(tr("What to excite"))
        self.start = Button("Start", "play", tip_text="Draw a picture that the unit likes")
        self.stop = Button("Stop", "stop", tip_text="Keep the picture as it is now")
        self.words = label(role="caption", wrap=True)
        self.view = FieldView()
        self.view.setAccessibleName(tr("A picture that the unit likes"))
        self.curve = ActivationCurve()
        self.facts = label(role="caption", wrap=True)
        self.error = label(role="error", wrap=True)
        self.error.hide()
        self.form = Form(self._how)
        self._lay_out()
        self.start.clicked.connect(self._begin)
        self.stop.clicked.connect(self._latest.cancel)
        self.form.changed.connect(self._take_how)
        self._latest.result.connect(self._take)
        self._latest.failed.connect(self._fail)
        self._latest.busy.connect(self._show_state)
        sight.look_changed.connect(self._leave_model)
        sight.unit_changed.connect(self._show_state)
        self._show_state()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(theme.px(8))
        row.addWidget(self.part)
        row.addStretch(1)
        row.addWidget(self.start)
        row.addWidget(self.stop)
        above, wide, below = QVBoxLayout(), QVBoxLayout(), QVBoxLayout()
        side, gap = theme.px(16), theme.px(8)
        for part in (above, below):
            part.setContentsMargins(side, 0, side, 0)
            part.setSpacing(gap)
        # The picture keeps a margin of its own.
        wide.setContentsMargins(side - MARGIN, 0, side - MARGIN, 0)
        above.addLayout(row)
        above.addWidget(self.form)
        above.addWidget(self.words)
        above.addWidget(self.error)
        wide.addWidget(self.view)
        below.addWidget(self.curve)
        below.addWidget(self.facts)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, theme.px(12), 0, theme.px(12))
        column.setSpacing(gap)
        for part in (above, wide, below):
            column.addLayout(part)

    @property
    def is_busy(self) -> bool:
        return self._latest.is_busy

    def cancel(self) -> None:
        """Stop, and keep the picture."""
        self._latest.cancel()

    @Slot()
    def _begin(self) -> None:
        look, row = self._sight.look, self._sight.row
        if look is None or row is None or row.name == INPUT:
            return
        index, y, x = self._sight.chosen_unit
        is_map = self.part.value == _MAP and not row.output.flat
        aim = Aim(row.name, index, None if is_map else (y, x))
        self.error.hide()
        self._model = look.model
        self.facts.setText(self._named(look, row, aim))
        self._latest.submit(partial(_draw, look, row, aim, self._how))

    def _named(self, look: Look, row: Row, aim: Aim) -> str:
        if aim.place is None:
            return tr("{layer}, mean of map {map}").format(layer=row.title, map=aim.channel)
        names = look.names_of(self._sight.number)
        words = unit_words(row, aim.channel, *aim.place, names)
        return f"{row.title}, {words[:1].lower()}{words[1:]}"

    @Slot(object)
    def _take(self, shown: Shown) -> None:
        self._has_picture = True
        if (shown.rgb.shape[1], shown.rgb.shape[0]) != self.view.picture_size.toTuple():
            self.view.set_picture(shown.rgb)
        else:
            self.view.set_rgb(shown.rgb)
        step = len(shown.activations) - 1
        self.view.set_badge(tr("step {step} of {steps}").format(step=step, steps=shown.steps))
        self.view.setToolTip(shown.size)
        self.curve.show_values(shown.activations, shown.steps)
        self._show_state()

    @Slot(object)
    def _fail(self, error: StudioError) -> None:
        self.error.setText(str(error))
        self.error.show()

    @Slot(object)
    def _take_how(self, how: Excitement) -> None:
        self._how = how

    @Slot()
    def _leave_model(self) -> None:
        """A picture for another network means nothing any more."""
        look = self._sight.look
        if self._model is not None and (look is None or look.model is not self._model):
            self._latest.cancel()
            self._model, self._has_picture = None, False
            self.error.hide()
            self._show_state()

    @Slot()
    def _show_state(self) -> None:
        row, busy = self._sight.row, self._latest.is_busy
        is_input = row is None or row.name == INPUT
        self.start.setVisible(not busy)
        self.stop.setVisible(busy)
        self.start.setEnabled(not is_input)
        self.part.setEnabled(row is not None and not row.output.flat and not is_input)
        for part in (self.view, self.curve, self.facts):
            part.setVisible(self._has_picture)
        self.words.setVisible(not self._has_picture)
        self.words.setText(
            tr("The input likes nothing: choose another layer.")
            if is_input
            else tr("Start draws a picture, step by step, that excites the chosen unit most.")
        )


def _draw(look: Look, row: Row, aim: Aim, how: Excitement) -> Iterator[Shown]:
    activations: list[float] = []
    shown_at = 0.0
    for liked in excite(look.model, aim, how, look.own_steps()):
        activations.append(liked.activation)
        now = monotonic()
        if now - shown_at > _PAUSE or liked.step == how.steps:
            shown_at = now
            yield _shown(liked, activations, row, aim, how)


def _shown(liked: Liked, activations: list[float], row: Row, aim: Aim, how: Excitement) -> Shown:
    """The picture, or the part of it that the unit sees."""
    height, width = liked.levels.shape[:2]
    levels = liked.levels
    size = tr("The whole input, {width} × {height}").format(width=width, height=height)
    if aim.place is not None:
        top, left, bottom, right = row.field_of(*aim.place)
        levels = levels[max(top, 0) : max(bottom, 1), max(left, 0) : max(right, 1)]
        if levels.shape != liked.levels.shape:
            size = tr("The unit's receptive field, {width} × {height} of {all} input pixels")
            size = size.format(
                width=levels.shape[1], height=levels.shape[0], all=f"{width} × {height}"
            )
    shown = to_bytes(np.ascontiguousarray(levels), 255.0)
    rgb = np.ascontiguousarray(np.broadcast_to(shown, (*shown.shape[:2], 3)))
    return Shown(rgb, tuple(activations), how.steps, size)
