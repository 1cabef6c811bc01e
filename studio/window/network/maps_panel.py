"""The maps of one layer: as a grid, or as values where the layer gives a vector."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from studio.image.colour_map import colour_map
from studio.image.write import number
from studio.nets.row import Row
from studio.window.canvas.levels import image_of
from studio.window.canvas.maps import NEARLY_DEAD, MapGrid
from studio.window.chrome import theme
from studio.window.chrome.controls import Segments, label
from studio.window.chrome.widgets import EmptyState
from studio.window.network.values import ValueView, scale_of
from studio.window.translate import tr

_RANGES = (("map", "Each map"), ("layer", "Layer"))
_RING = 2  # that the grid keeps around its cells
_LARGEST = 240  # side of a cell, where there are few maps and much room
_RANGE_TIPS = (
    "Each map's own largest value is brightest: weak maps can be seen",
    "One range for the whole layer: strong and weak maps can be compared",
)


class MapsPanel(QWidget):
    """What one layer gives, and the scale of its colours.

    Signals: `unit_chosen` and `unit_hovered` with map, row and column; the value of a vector is a
    map of one unit. `hover_left`; `wanted` when the button is pressed that computes the maps.
    """

    unit_chosen = Signal(int, int, int)
    unit_hovered = Signal(int, int, int)
    hover_left = Signal()
    wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._row: Row | None = None
        self._maps = np.zeros((0, 0, 0), np.float32)
        self._unit = (0, 0, 0)
        self._heading, self._count = label(role="title"), label(role="label")
        self._count.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._range_label = label("Range", "label")
        self.range = Segments(_RANGES, [tr(tip) for tip in _RANGE_TIPS])
        self.range.changed.connect(self._colour)
        self.grid, self.values = MapGrid(), ValueView()
        self.grid.set_largest(_LARGEST)
        self.grid.current_changed.connect(self._choose_map)
        self.grid.unit_chosen.connect(self._choose)
        self.grid.unit_hovered.connect(self.unit_hovered)
        self.grid.hover_left.connect(self.hover_left)
        self.values.chosen.connect(lambda index: self._choose(index, 0, 0))
        self.values.hovered.connect(lambda index: self.unit_hovered.emit(index, 0, 0))
        self.values.hover_left.connect(self.hover_left)
        self.empty = EmptyState("", "Try again")
        self.empty.pressed.connect(self.wanted)
        self._pages = QStackedWidget()
        for page in (self.empty, self.grid, self.values):
            self._pages.addWidget(page)
        self.scale = MapScale()
        for part in (self._range_label, self.range):  # the maps below don't move when it goes
            policy = part.sizePolicy()
            policy.setRetainSizeWhenHidden(True)
            part.setSizePolicy(policy)
        head = QHBoxLayout()
        head.setContentsMargins(_RING, 0, _RING, 0)
        head.setSpacing(theme.px(8))
        head.addWidget(self._heading)
        head.addWidget(self._count, 1)
        head.addWidget(self._range_label)
        head.addWidget(self.range)
        foot = QHBoxLayout()
        foot.setContentsMargins(_RING, 0, _RING, 0)
        foot.addWidget(self.scale)
        column = QVBoxLayout(self)
        column.setContentsMargins(
            theme.px(12) - _RING, theme.px(6), theme.px(10) - _RING, theme.px(6)
        )
        column.setSpacing(theme.px(6))
        column.addLayout(head)
        column.addWidget(self._pages, 1)
        column.addLayout(foot)

    def show_nothing(self, row: Row | None, sentence: str, button: str) -> None:
        """Show a sentence in place of the maps of a layer, and a button if it has words."""
        self._row = row
        self.empty.set_sentence(sentence)
        self.empty.button.setText(button)
        self.empty.button.setVisible(bool(button))
        self._show_heading()
        self._pages.setCurrentWidget(self.empty)
        self.scale.hide()

    def show_maps(self, row: Row, maps: NDArray[np.float32], names: Sequence[str] = ()) -> None:
        """Show a layer's maps, channels x height x width; the values of a vector have names."""
        self._row, self._maps = row, maps
        if row.output.flat:
            self.values.set_values(maps[:, 0, 0], names)
        self._show_heading()
        self._pages.setCurrentWidget(self.values if row.output.flat else self.grid)
        self._colour()

    def show_unit(self, index: int, y: int, x: int) -> None:
        """Mark a unit, without a signal."""
        self._unit = (index, y, x)
        if self._row is not None and self._row.output.flat:
            self.values.set_current(index)
        else:
            self.grid.set_unit(index, y, x)

    def _show_heading(self) -> None:
        row = self._row
        self._heading.setText(row.title if row else "")
        self._count.setText(_count_words(row) if row else "")
        has_range = row is not None and not row.output.flat
        self.range.setVisible(has_range)
        self._range_label.setVisible(has_range)

    @Slot()
    def _colour(self) -> None:
        row, maps = self._row, self._maps
        if row is None or not maps.size:
            return
        is_flat, is_each = row.output.flat, self.range.value == "map"
        low, high, name = scale_of(maps)
        if is_flat or not is_each:
            ends, words = (number(low), number(high)), ""
        else:
            ends, words = ("−", "+") if low else ("0", ""), tr("largest of each map")
        if not is_flat:
            self.grid.set_maps(maps, *(() if is_each else (low, high)))
        has_dead = not is_flat and not low and _has_dead(maps)
        self.scale.show_scale(name, ends, words, has_dead)
        self.scale.setVisible(not is_flat or not self.values.has_bars)

    @Slot(int)
    def _choose_map(self, index: int) -> None:
        if index != self._unit[0]:
            self._choose(index, *self._unit[1:])

    @Slot(int, int, int)
    def _choose(self, index: int, y: int, x: int) -> None:
        self._unit = (index, y, x)
        self.unit_chosen.emit(index, y, x)


def _count_words(row: Row) -> str:
    count = row.output.channels
    if row.output.flat:
        return tr("{count} values").format(count=f"{count:,}")
    if count == 1:
        return tr("1 channel") if row.kind == "input" else tr("1 map")
    words = tr("{count} channels") if row.kind == "input" else tr("{count} maps")
    return words.format(count=count)


def _has_dead(maps: NDArray[np.float32]) -> bool:
    return bool((np.mean(maps == 0, axis=(1, 2)) > NEARLY_DEAD).any())


class MapScale(QWidget):
    """The colours of the maps with what their ends stand for, in a line."""

    def __init__(self) -> None:
        super().__init__()
        self._name, self._ends, self._words = "inferno", ("", ""), ""
        self._has_dead = False
        self.setFixedHeight(theme.px(24))

    def show_scale(self, name: str, ends: tuple[str, str], words: str, has_dead: bool) -> None:
        """Show a colour map with words for its ends, and explain the mark of a dead map."""
        self._name, self._ends, self._words, self._has_dead = name, ends, words, has_dead
        self.setAccessibleName(" ".join((*ends, words)))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font(12))
        metrics, gap = painter.fontMetrics(), theme.px(8)
        middle = Qt.AlignmentFlag.AlignVCenter
        low, high = self._ends
        box = QRect(self.rect())
        painter.setPen(theme.colour("text3"))
        painter.drawText(box, middle, low)
        box.setLeft(metrics.horizontalAdvance(low) + gap)
        bar = QRectF(box.left(), box.center().y() - theme.px(3), theme.px(96), theme.px(6))
        shape = QPainterPath()
        shape.addRoundedRect(bar, bar.height() / 2, bar.height() / 2)
        painter.save()
        painter.setClipPath(shape)
        painter.drawImage(bar, image_of(np.ascontiguousarray(colour_map(self._name)[None])))
        painter.restore()
        box.setLeft(round(bar.right()) + gap)
        painter.drawText(box, middle, high)
        if high and self._words:
            box.setLeft(box.left() + metrics.horizontalAdvance(high) + gap)
        painter.drawText(box, middle, self._words)
        if self._has_dead:
            self._paint_dead(painter, box.left() + metrics.horizontalAdvance(self._words) + gap)

    def _paint_dead(self, painter: QPainter, after: int) -> None:
        text = tr("nearly dead, over 95 % zero")
        width, ring = painter.fontMetrics().horizontalAdvance(text), theme.px(7)
        left = self.width() - width - ring - theme.px(6)
        if left < after:
            return
        painter.drawText(
            self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, text
        )
        painter.setPen(QPen(theme.colour("text3"), 1.2))
        painter.drawEllipse(QRectF(left, (self.height() - ring) / 2, ring, ring))
