"""A drawer to draw digits in, and what a network says to them at once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import (
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSlider, QVBoxLayout, QWidget

from studio.errors import StudioError
from studio.insight.answers import answer_values
from studio.insight.digit import centre_digit
from studio.nets.model import Model
from studio.window.chrome import theme
from studio.window.chrome.controls import Button, IconButton, label
from studio.window.chrome.icons import icon
from studio.window.classify.answer_panel import input_picture
from studio.window.classify.paper import PENS, ClassBars, InputSquare, Paper
from studio.window.latest import Latest
from studio.window.translate import tr

if TYPE_CHECKING:
    from torch import nn

_ROOMY = 700  # height of a workspace with room for the drawer


@dataclass(frozen=True, eq=False)
class Read:
    """A drawing as the network got it, and the probability of every class in their order."""

    input_rgb: NDArray[np.uint8]
    classes: tuple[str, ...]
    probabilities: tuple[float, ...]


class Reader:
    """Reads drawings with one model; its torch module is made once, in a thread."""

    def __init__(self, load: Callable[[], Model]) -> None:
        self._load = load
        self._module: nn.Module | None = None

    def read(self, ink: NDArray[np.uint8]) -> Read:
        """Classify ink, height x width, 0 where nothing is drawn."""
        model = self._load()
        if self._module is None:
            self._module = model.module()
        classes, picture = model.card.classes, centre_digit(ink)
        values = model.card.preprocessing.apply(picture)
        (answers,) = answer_values(model, values[None], len(classes), self._module)
        known = {answer.class_name: answer.probability for answer in answers}
        rgb = input_picture(values, model.card.preprocessing)
        return Read(rgb, classes, tuple(known[name] for name in classes))


class DrawingPad(QFrame):
    """The drawer: a square to draw in, the network's input, and a bar for each class."""

    def __init__(self) -> None:
        super().__init__()
        self._reader: Reader | None = None
        self._latest = Latest(tr("Reading the drawing"), interim=True, parent=self)
        self._latest.result.connect(self._show)
        self._latest.failed.connect(self._fail)
        self.paper = Paper()
        self.paper.drawn.connect(self._read)
        self.input = InputSquare()
        self.bars = ClassBars()
        self._is_open = True
        self._was_pressed = False
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.px(12), 0, theme.px(12), 0)
        column.setSpacing(0)
        self.body = self._make_body()
        column.addLayout(self._make_head())
        column.addWidget(self.body)

    def _make_head(self) -> QHBoxLayout:
        self._mark = QLabel()
        self.model_words = label(role="caption", elide=True)
        self.pen = QSlider(Qt.Orientation.Horizontal)
        self.pen.setRange(PENS[0], PENS[2])
        self.pen.setValue(PENS[1])
        self.pen.setFixedWidth(theme.px(72))
        self.pen.setAccessibleName(tr("Pen"))
        self.pen.setToolTip(tr("Width of the pen"))
        self.pen.valueChanged.connect(self.paper.set_pen)
        self.undo = IconButton("undo", "Take back the last stroke")
        self.undo.clicked.connect(self.paper.undo)
        self.clear = Button("Clear", look="flat", tip_text="Take back everything")
        self.clear.clicked.connect(self.paper.clear)
        self.fold = IconButton("chevron-down", "Fold the drawing pad")
        self.fold.clicked.connect(self.toggle)
        self._pen_words = label("Pen", "label")
        self._tools: tuple[QWidget, ...] = (self._pen_words, self.pen, self.undo, self.clear)
        row = QHBoxLayout()
        row.setContentsMargins(0, theme.px(6), 0, theme.px(6))
        row.setSpacing(theme.px(8))
        for widget in (self._mark, label("Draw", "title"), self.model_words):
            row.addWidget(widget, 1 if widget is self.model_words else 0)
        for tool in (*self._tools, self.fold):
            row.addWidget(tool)
        theme.theme().changed.connect(self._redraw)
        self._redraw()
        return row

    def _make_body(self) -> QWidget:
        made = QWidget()
        row = QHBoxLayout(made)
        row.setContentsMargins(0, 0, 0, theme.px(10))
        row.setSpacing(theme.px(12))
        row.addWidget(self.paper)
        row.addWidget(self.input)
        self.input_words = label("Network input", "small", wrap=True)
        self.input_words.setFixedWidth(theme.px(64))
        row.addWidget(self.input_words, 0, Qt.AlignmentFlag.AlignBottom)
        row.addWidget(self.bars, 1)
        return made

    @property
    def is_open(self) -> bool:
        return self._is_open

    @Slot(bool)
    def set_open(self, is_open: bool) -> None:
        """Unfold the drawer, or leave only its title."""
        self._is_open = is_open
        for part in (self.body, *self._tools):
            part.setVisible(is_open)
        self.fold.set_icon("chevron-down" if is_open else "chevron-up")
        name = tr("Fold the drawing pad") if is_open else tr("Unfold the drawing pad")
        self.fold.setToolTip(name)
        self.fold.setAccessibleName(name)

    @Slot()
    def toggle(self) -> None:
        """Fold or unfold, as a person wants it."""
        self._was_pressed = True
        self.set_open(not self._is_open)

    def suit(self, height: int) -> None:
        """Be open in a workspace that is high enough, until a person says otherwise."""
        if not self._was_pressed:
            self.set_open(height >= theme.px(_ROOMY))

    def set_model(self, load: Callable[[], Model], title: str) -> None:
        """Let a model read the drawing from now on."""
        self._reader = Reader(load)
        self.model_words.setText(title)
        self._read()

    @Slot()
    def _read(self) -> None:
        for tool in (self.undo, self.clear):
            tool.setEnabled(not self.paper.is_empty)
        if self._reader is None or self.paper.is_empty:
            self._latest.cancel()
            self.input.show_rgb(None)
            self.bars.show_probabilities((), ())
        else:
            reader, ink = self._reader, self.paper.ink()
            self._latest.submit(lambda: reader.read(ink))

    @Slot(object)
    def _show(self, read: Read) -> None:
        self.input.show_rgb(read.input_rgb)
        height, width, _ = read.input_rgb.shape
        size = f"{width}\u00a0×\u00a0{height}"
        self.input_words.setText(tr("Network input, {size}").format(size=size))
        self.bars.show_probabilities(read.classes, read.probabilities)

    @Slot(object)
    def _fail(self, error: StudioError) -> None:
        self.model_words.setText(str(error))

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(0, 0, self.width(), 1, theme.colour("line"))

    @Slot()
    def _redraw(self) -> None:
        side = QSize(theme.px(18), theme.px(18))
        self._mark.setPixmap(icon("pencil", "text2").pixmap(side, self.devicePixelRatioF()))
