"""The current map laid over the picture; of the answer, the likeliest class at each place."""

from html import escape

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QColor, QShowEvent
from PySide6.QtWidgets import QSizePolicy

from studio.image.colour_map import apply_map
from studio.image.write import number
from studio.insight.answers import percent
from studio.insight.over_picture import blend, over_picture, probabilities
from studio.nets.row import Row
from studio.window.canvas.view import PictureView
from studio.window.chrome.controls import Segments, label
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


class OverPanel(BesidePanel):
    """The picture as the network sees it, under a map."""

    def __init__(self, sight: Sight) -> None:
        super().__init__(tr("Over the picture"), "Close the picture")
        self._sight = sight
        self._laid: NDArray[np.float32] | None = None
        self._classes: NDArray[np.intp] | None = None
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
        self._shown: tuple[object, ...] = ()

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
        index = self._sight.chosen_unit[0]
        key = (look, row.name, index, likeliest)
        if key == self._shown:
            return
        is_new = not self._shown or self._shown[0] is not look
        self._shown = key
        if likeliest:
            rgb = self._likeliest(look, last)
        elif row.output.flat:
            self._laid, self._classes, rgb = None, None, look.seen
        else:
            rgb = self._map(look, row, index)
        size = self.picture.picture_size
        self.picture.set_rgb(rgb)
        if is_new and (size.width(), size.height()) != rgb.shape[1::-1]:
            self.picture.fit()
        self._show_words()

    def _map(self, look: Look, row: Row, index: int) -> NDArray[np.uint8]:
        self._classes = None
        values = look.maps[row.name][index]
        self._laid = over_picture(row, values, *look.input_places())
        most = float(np.abs(values).max(initial=0.0)) or 1.0
        is_signed = values.min(initial=0.0) < 0
        name, low = ("signed", -most) if is_signed else ("inferno", 0.0)
        coloured = apply_map(np.nan_to_num(self._laid), name, low, most)
        strength = np.abs(self._laid / np.float32(most)).astype(np.float32)
        return blend(look.seen, coloured, strength)

    def _likeliest(self, look: Look, last: Row) -> NDArray[np.uint8]:
        shares = probabilities(look.maps[last.name], last.kind == "softmax")
        classes = shares.argmax(0).astype(np.float32)
        places = look.input_places()
        self._laid = over_picture(last, shares.max(0), *places)
        laid = over_picture(last, classes, *places)
        self._classes = np.nan_to_num(laid, nan=-1).astype(np.intp)
        colours = _class_colours(len(look.model.card.classes))
        return blend(look.seen, colours[self._classes], self._laid)

    @Slot(int, int)
    def _show_value(self, x: int, y: int) -> None:
        look, laid = self._sight.look, self._laid
        if look is None or laid is None or y >= laid.shape[0] or x >= laid.shape[1]:
            return
        if np.isnan(laid[y, x]):
            self.words.setText(tr("No unit's receptive field has its middle here"))
        elif self._classes is not None:
            name = look.model.card.classes[self._classes[y, x]]
            self.words.setText(f"{escape(name)}, {percent(float(laid[y, x]))}")
        else:
            self.words.setText(number(float(laid[y, x])))

    @Slot()
    def _show_words(self) -> None:
        look, row = self._sight.look, self._sight.row
        if look is None or row is None:
            return
        if self._classes is not None:
            self.words.setText(self._legend(look, self._classes))
        elif row.output.flat:
            words = tr(
                "This layer gives no maps: its values have no place on the picture. Let dense "
                "layers act as convolutions, and give the network a larger input"
            )
            self.words.setText(words)
        else:
            words = tr("Map {number} of {layer}; dark: no unit has the middle of its field there")
            text = words.format(number=self._sight.chosen_unit[0], layer=escape(row.title))
            self.words.setText(text)

    def _legend(self, look: Look, classes: NDArray[np.intp]) -> str:
        """The commonest classes, each with its colour and its share of the picture."""
        names = look.model.card.classes
        counts = np.bincount(classes[classes >= 0], minlength=len(names))
        colours = _class_colours(len(names))
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


def _class_colours(count: int) -> NDArray[np.uint8]:
    """A colour for each class, neighbours far apart: Okabe and Ito's, then around the circle."""
    known = np.array(
        [
            (86, 180, 233),
            (230, 159, 0),
            (0, 158, 115),
            (204, 121, 167),
            (240, 228, 66),
            (213, 94, 0),
            (0, 114, 178),
            (170, 170, 170),
        ],
        np.uint8,
    )
    if count <= len(known):
        return known[:count]
    angles = (np.arange(count, dtype=np.float32) * 0.618034) % 1 * 2 - 1
    others = apply_map(angles[len(known) :, None], "direction", -1, 1).reshape(-1, 3)
    return np.concatenate([known, others])
