"""The current map laid over the picture; of the answer, the likeliest class at each place."""

from functools import partial
from html import escape
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QColor, QShowEvent
from PySide6.QtWidgets import QSizePolicy

from studio.image.write import number
from studio.insight.answers import percent
from studio.insight.over_picture import (
    Laid,
    class_colours,
    lay_likeliest,
    lay_map,
    probabilities,
)
from studio.nets.row import Row
from studio.window.canvas.view import PictureView
from studio.window.chrome.controls import Segments, label
from studio.window.latest import Latest
from studio.window.network.beside.panel import BesidePanel
from studio.window.network.look import Look
from studio.window.network.sight import Sight
from studio.window.translate import tr

_IN_LEGEND = 4
_WHAT = (("map", "This map"), ("likeliest", "Likeliest class"))
_TIPS = (
    "The values of the current map, each where the middle of its receptive field is",
    "At each place the class that the network finds likeliest there; the surer, the stronger",
)


class Wanted(NamedTuple):
    """What to lay over the picture: a map of a layer, or the likeliest class."""

    look: Look
    row: Row
    channel: int
    likeliest: bool


class OverPanel(BesidePanel):
    """The picture as the network sees it, under a map."""

    def __init__(self, sight: Sight) -> None:
        super().__init__(tr("Over the picture"), "Close the picture")
        self._sight = sight
        self._wanted: Wanted | None = None
        self._shown: tuple[Wanted, Laid] | None = None
        self._latest = Latest(tr("Laying a map over the picture"), interim=True, parent=self)
        self._latest.result.connect(self._take)
        self.what = Segments(_WHAT, [tr(tip) for tip in _TIPS])
        self.what.changed.connect(self._show)
        self.picture = PictureView()
        self.picture.setAccessibleName(tr("The picture under the current map"))
        self.picture.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.picture.cursor_moved.connect(self._show_value)
        self.picture.cursor_left.connect(self._show_words)
        self.picture.clicked.connect(self._choose)
        self.words = label(role="caption", wrap=True)
        self.words.setTextFormat(Qt.TextFormat.RichText)  # the legend has colours
        self.column.addWidget(self.what)
        self.column.addWidget(self.picture, 1)
        self.column.addWidget(self.words)
        sight.look_changed.connect(self._follow)
        sight.row_changed.connect(self._follow)
        sight.unit_changed.connect(self._follow)

    @Slot()
    def _follow(self) -> None:
        if self.isVisible():
            self._show()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show()

    @Slot()
    def _show(self) -> None:
        look, row = self._sight.look, self._sight.row
        if look is None or row is None:
            return
        last = look.rows[-1]
        has_classes = last.output.channels == len(look.model.card.classes)
        is_answers = has_classes and not last.output.flat
        self.what.setVisible(is_answers)
        likeliest = is_answers and self.what.value == "likeliest"
        wanted = Wanted(look, row, self._sight.chosen_unit[0], likeliest)
        if wanted != self._wanted:
            self._wanted = wanted
            self._latest.submit(partial(_lay, wanted))

    @Slot(object)
    def _take(self, shown: tuple[Wanted, Laid]) -> None:
        wanted, laid = shown
        if wanted.look is not self._sight.look and not self._sight.is_live:
            return
        self._shown = shown
        size = self.picture.picture_size
        self.picture.set_rgb(laid.rgb)
        if (size.width(), size.height()) != laid.rgb.shape[1::-1]:
            self.picture.fit()
        self._show_words()

    @Slot(int, int)
    def _show_value(self, x: int, y: int) -> None:
        if self._shown is None:
            return
        wanted, laid = self._shown
        values = laid.values
        if values is None or y >= values.shape[0] or x >= values.shape[1]:
            return
        value = float(values[y, x])
        if np.isnan(value):
            self.words.setText(tr("No unit's receptive field has its middle here"))
        elif laid.classes is not None:
            name = wanted.look.model.card.classes[laid.classes[y, x]]
            self.words.setText(f"{escape(name)}, {percent(value)}")
        else:
            self.words.setText(number(value))

    @Slot()
    def _show_words(self) -> None:
        if self._shown is None:
            return
        wanted, laid = self._shown
        if laid.classes is not None:
            words = self._legend(wanted.look, laid.classes)
        elif laid.values is None:
            words = tr(
                "This layer gives no maps: its values have no place on the picture. Let dense "
                "layers act as convolutions, and give the network a larger input"
            )
        else:
            words = tr("Map {number} of {layer}; dark: no unit has the middle of its field there")
            words = words.format(number=wanted.channel, layer=escape(wanted.row.title))
        self.words.setText(words)

    def _legend(self, look: Look, classes: NDArray[np.intp]) -> str:
        """The commonest classes, each with its colour and its share of the picture."""
        names = look.model.card.classes
        counts = np.bincount(classes[classes >= 0], minlength=len(names))
        colours = class_colours(len(names))
        parts = []
        for index in np.argsort(-counts, kind="stable")[:_IN_LEGEND]:
            if counts[index]:
                colour = QColor(*(int(part) for part in colours[index])).name()
                share = percent(float(counts[index] / counts.sum()))
                words = escape(f"■ {names[index]} {share}").replace(" ", "&nbsp;")
                parts.append(words.replace("■", f'<span style="color:{colour}">■</span>', 1))
        return "&nbsp;&nbsp; ".join(parts)

    @Slot(int, int)
    def _choose(self, x: int, y: int) -> None:
        look, row = self._sight.look, self._sight.row
        if look is not None and row is not None and not row.output.flat:
            found = look.unit_at(row, y + 0.5, x + 0.5)
            self._sight.choose_unit(self._sight.chosen_unit[0], *found)


def _lay(wanted: Wanted) -> tuple[Wanted, Laid]:
    look, row, channel, likeliest = wanted
    if likeliest:
        last = look.rows[-1]
        shares = probabilities(look.maps[last.name], last.kind == "softmax")
        laid = lay_likeliest(look.seen, last, shares, look.input_places())
    elif row.output.flat:
        laid = Laid(look.seen)
    else:
        laid = lay_map(look.seen, row, look.maps[row.name][channel], look.input_places())
    return wanted, laid
