"""The maps of one layer: as a grid, one of them large, or as values where there is one each."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMenu,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from studio.image.write import number
from studio.nets.row import Row
from studio.window.canvas.map_strips import Colours
from studio.window.canvas.maps import MapGrid
from studio.window.chrome import theme
from studio.window.chrome.controls import make_action, tip
from studio.window.chrome.widgets import EmptyState
from studio.window.latest import Latest
from studio.window.network.map_head import MapHead
from studio.window.network.map_keys import MapKeys
from studio.window.network.map_measuring import Measured, Measuring, order_of
from studio.window.network.map_scale import MapScale
from studio.window.network.map_zoom import MapZoom
from studio.window.network.pinned import Pin, PinnedMaps
from studio.window.network.values import ValueView
from studio.window.translate import tr

_RING = 2  # that the grid keeps around its cells
_LARGEST, _ALONE = 240, 720  # side of a cell, where there is much room: of several, of one map


class MapsPanel(QWidget):
    """What one layer gives, and the scale of its colours.

    Signals: `unit_chosen` and `unit_hovered` with map, row and column; the value of a vector is a
    map of one unit. `hover_left`; `wanted` when the button is pressed that computes the maps;
    `pin_chosen` with a row's name and a map's number; `save_wanted`.
    """

    unit_chosen = Signal(int, int, int)
    unit_hovered = Signal(int, int, int)
    hover_left = Signal()
    wanted = Signal()
    pin_chosen = Signal(str, int)
    save_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._row: Row | None = None
        self._maps = np.zeros((0, 0, 0), np.float32)
        self._layers: Mapping[str, NDArray[np.float32]] = {}
        self._names: Sequence[str] = ()
        self._unit = (0, 0, 0)
        self._measured: Measured | None = None
        self._taken = ""  # the name of the row whose maps are shown
        self._zoomed: object = None  # what the enlarged map shows
        self._measuring = Measuring()
        self._latest = Latest(tr("Measuring maps"), parent=self)
        self._latest.result.connect(self._take)
        self.head = MapHead()
        self.head.ordered.connect(self._reorder)
        self.head.ranged.connect(self._measure)
        self._make_pages()
        self._make_actions()
        column = QVBoxLayout(self)
        side, above = theme.px(12) - _RING, theme.px(6)
        column.setContentsMargins(side, above, theme.px(10) - _RING, above)
        column.setSpacing(above)
        head = QHBoxLayout()
        head.setContentsMargins(_RING, 0, _RING, 0)
        head.addWidget(self.head)
        column.addLayout(head)
        column.addWidget(self.pinned)
        column.addWidget(self._pages, 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(_RING, 0, _RING, 0)
        foot.addWidget(self.scale)
        column.addLayout(foot)
        self.keys = MapKeys(self)

    def _make_pages(self) -> None:
        self.grid, self.values, self.zoom = MapGrid(), ValueView(), MapZoom()
        self.grid.set_largest(_LARGEST, _ALONE)
        self.grid.current_changed.connect(self._choose_map)
        self.grid.unit_chosen.connect(self._choose)
        self.grid.unit_hovered.connect(self.unit_hovered)
        self.grid.hover_left.connect(self.hover_left)
        self.grid.opened.connect(self._open)
        self.grid.menu_wanted.connect(self._show_menu)
        self.values.chosen.connect(lambda index: self._choose(index, 0, 0))
        self.values.hovered.connect(lambda index: self.unit_hovered.emit(index, 0, 0))
        self.values.hover_left.connect(self.hover_left)
        self.zoom.clicked.connect(lambda x, y: self._choose(self._unit[0], y, x))
        self.zoom.cursor_moved.connect(lambda x, y: self.unit_hovered.emit(self._unit[0], y, x))
        self.zoom.cursor_left.connect(self.hover_left)
        self.zoom.moved.connect(lambda step: self.grid.set_place(self.grid.place + step))
        self.zoom.stepped.connect(self._step)
        self.zoom.closed.connect(self.close_zoom)
        self.empty = EmptyState("", "Try again")
        self.empty.pressed.connect(self.wanted)
        self._pages = QStackedWidget()
        for page in (self.empty, self.grid, self.values, self.zoom):
            self._pages.addWidget(page)
        self.scale = MapScale()
        self.pinned = PinnedMaps()
        self.pinned.chosen.connect(self.pin_chosen)
        self.pinned.changed.connect(self._show_actions)

    def _make_actions(self) -> None:
        self.pin_action = make_action(self, "Pin map", "D", self.toggle_pin)
        self.zoom_action = make_action(self, "Zoom map", "Z", self.toggle_zoom)
        self.keys_action = make_action(self, "Keys of the maps", "H", self.show_keys)
        for action in (self.pin_action, self.zoom_action, self.keys_action):
            self.addAction(action)
        self.zoom_action.setCheckable(True)
        self.menu = QMenu(self)
        self.menu.addActions([self.pin_action, self.zoom_action])
        self.menu.addAction(make_action(self, "Save maps…", "", self.save_wanted.emit))
        self._show_actions()

    # What is shown

    def show_nothing(self, row: Row | None, sentence: str, button: str) -> None:
        """Show a sentence in place of the maps of a layer, and a button if it has words."""
        self._row, self._measured = row, None
        self._maps = np.zeros((0, 0, 0), np.float32)
        self._latest.cancel()
        self.empty.set_sentence(sentence)
        self.empty.button.setText(button)
        self.empty.button.setVisible(bool(button))
        self._pages.setCurrentWidget(self.empty)
        self._show_heading()
        self.scale.hide()
        self._show_actions()

    def show_maps(
        self,
        row: Row,
        maps: NDArray[np.float32],
        names: Sequence[str] = (),
        layers: Mapping[str, NDArray[np.float32]] | None = None,
    ) -> None:
        """Show a layer's maps.

        Parameters
        ----------
        maps : array, channels x height x width
            Used as it is, not copied.
        names : sequence of str
            What the values stand for, where there is one in each map.
        layers : mapping, optional
            The maps of all layers by row name, for the pinned ones and the network's range.
        """
        self._row, self._maps, self._names = row, maps, names
        self._layers = layers if layers is not None else {row.name: maps}
        self._measure()

    @property
    def has_values(self) -> bool:
        """Whether the layer gives one value for each map, as vectors and global pooling do."""
        return self._maps.shape[1:] == (1, 1)

    def show_unit(self, index: int, y: int, x: int) -> None:
        """Mark a unit, without a signal."""
        self._unit = (index, y, x)
        if self._measured is None or self._measured.maps is not self._maps:
            return  # marked when the maps are there
        if self.has_values:
            self.values.set_current(index)
        else:
            self.grid.set_unit(index, y, x)
            self._show_zoomed()
        self._show_actions()

    @Slot()
    def _measure(self) -> None:
        """Take the figures of the maps, beside the window where that takes long."""
        if self._row is None or not self._maps.size:
            return
        whole = self._layers if self.head.range.value == "network" and not self.has_values else None
        work = self._measuring.task(self._maps, whole)
        if self._measuring.is_quick(self._maps, whole):
            self._latest.cancel()
            self._take(work())
        else:
            self._latest.submit(work)

    @Slot(object)
    def _take(self, measured: Measured) -> None:
        if self._row is None or measured.maps is not self._maps:
            return
        self._measuring.keep(measured)
        self._measured, is_other = measured, self._row.name != self._taken
        self._taken = self._row.name
        if self.has_values:
            self.values.set_values(self._maps[:, 0, 0], self._names)
            self._pages.setCurrentWidget(self.values)
        elif self._pages.currentWidget() is not self.zoom:
            self._pages.setCurrentWidget(self.grid)
        self._show_heading()
        self._colour()
        self.show_unit(*self._unit)
        if is_other:
            (self.values if self.has_values else self.grid).bring_into_sight()

    @Slot()
    def _reorder(self) -> None:
        """Show the maps in another order, from the first on."""
        self._colour()
        for view in (self.grid, self.values):
            view.verticalScrollBar().setValue(0)

    @Slot()
    def _colour(self) -> None:
        """Show the maps in the chosen order and range."""
        measured = self._measured
        if measured is None or measured.maps is not self._maps:
            return
        statistics = measured.statistics
        order = order_of(statistics, self.head.order.currentData())
        if self.has_values:
            self.values.set_order(order)
        else:
            span = self._span(measured)
            self.grid.set_maps(self._maps, *span, order=order, statistics=statistics)
            self._show_zoomed()
        self._show_scale()
        self.pinned.show_maps(self._layers, self._colours_of)

    def _span(self, measured: Measured) -> tuple[float | None, float | None]:
        """The range of all maps; nothing where each has its own."""
        if measured.maps.shape[1:] == (1, 1) or self.head.range.value == "layer":
            high = measured.statistics.largest
        elif self.head.range.value == "network":
            high = measured.largest
        else:
            return None, None
        return (-high, high) if measured.statistics.is_signed else (0.0, high)

    def _colours_of(self, name: str) -> Colours:
        """The colours of the maps of any row, for the pinned ones."""
        maps = self._layers[name]
        statistics = self._measuring.statistics(maps)
        largest = self._measured.largest if self._measured else statistics.largest
        span = self._span(Measured(maps, statistics, None, largest))
        return Colours.of(maps, *span, statistics)

    def _show_scale(self) -> None:
        """What the colours mean; of one map alone, in its own numbers."""
        if self._measured is None:
            return
        statistics = self._measured.statistics
        chosen = "" if self.has_values else self.head.range.value
        colours = Colours.of(self._maps, *self._span(self._measured), statistics)
        index = min(self._unit[0], len(self._maps) - 1) if self.is_zoomed else 0
        ends = number(float(colours.low[index])), number(float(colours.high[index]))
        words = tr("in the whole network") if chosen == "network" else ""
        if chosen == "map" and not self.is_zoomed:
            words = tr("largest of each map")
            ends = ("−", "+") if statistics.is_signed else ("0", "")
        has_dead = not self.has_values and bool(colours.nearly_dead.any())
        unknown = (statistics.nans, statistics.infinite)
        self.scale.show_scale(colours.name, ends, words, has_dead, unknown)
        self.scale.setVisible(not self.has_values or not self.values.has_bars)

    def _show_heading(self) -> None:
        words, count = "", len(self._maps) if self._measured else 0
        if self.is_zoomed:
            words = tr("map {number} of {count}").format(number=self._unit[0], count=count)
        maps, values = (0, count) if self.has_values else (count, 0)
        self.head.show_layer(self._row, words, maps, values)

    # One map, large

    @property
    def is_zoomed(self) -> bool:
        return self._pages.currentWidget() is self.zoom

    @Slot()
    def toggle_zoom(self) -> None:
        """Show the current map large, or all maps again."""
        if self.is_zoomed:
            self.close_zoom()
        elif self._can_choose:
            self._pages.setCurrentWidget(self.zoom)
            self._zoomed = None
            self.zoom.fit()
            self._show_zoomed()
            self.zoom.setFocus(Qt.FocusReason.OtherFocusReason)
        self._show_heading()
        self._show_actions()

    @Slot()
    def close_zoom(self) -> None:
        """Show all maps of the layer again."""
        if self.is_zoomed:
            had_focus = self.zoom.hasFocus()
            self._pages.setCurrentWidget(self.grid)
            if had_focus:
                self.grid.setFocus(Qt.FocusReason.OtherFocusReason)
            self._show_scale()
            self._show_heading()
            self._show_actions()

    @Slot(int)
    def _open(self, index: int) -> None:
        if not self.is_zoomed:
            self.toggle_zoom()

    def _show_zoomed(self) -> None:
        if not self.is_zoomed or self._measured is None:
            return
        index = min(self._unit[0], len(self._maps) - 1)
        colours = Colours.of(self._maps, *self._span(self._measured), self._measured.statistics)
        low, high = float(colours.low[index]), float(colours.high[index])
        shown = (self._measured, index, colours.name, low, high)
        if shown != self._zoomed:
            self._zoomed = shown
            self.zoom.set_map(self._maps[index], colours.name, low, high)
            self._show_scale()
            self._show_heading()
        self.zoom.set_unit(*self._unit[1:])

    # Pins and keys

    @property
    def _can_choose(self) -> bool:
        """Whether there are maps of which one is the current one."""
        shown = self._pages.currentWidget()
        return self._measured is not None and shown in (self.grid, self.zoom)

    @property
    def _pin(self) -> Pin | None:
        if self._row is None or not self._can_choose:
            return None
        return Pin(self._row.name, self._row.title, self._unit[0])

    @Slot()
    def toggle_pin(self) -> None:
        """Pin the current map, or unpin it."""
        pin = self._pin
        if pin is not None:
            self.pinned.toggle(pin)
            self.pinned.show_maps(self._layers, self._colours_of)

    @Slot()
    def show_keys(self) -> None:
        """Show the keys of the maps, or hide them."""
        self.keys.toggle()

    @Slot()
    def _show_actions(self) -> None:
        pin = self._pin
        is_pinned = pin in self.pinned.pins
        self.pin_action.setEnabled(pin is not None)
        self.pin_action.setText(tr("Unpin map") if is_pinned else tr("Pin map"))
        self.zoom_action.setEnabled(self._can_choose)
        self.zoom_action.setChecked(self.is_zoomed)
        words = tr("Arrows choose a map, double click zooms it")
        self.grid.setToolTip("" if pin is None else tip(words, self.keys_action.shortcut()))

    @Slot(object)
    def _show_menu(self, place: QPoint) -> None:
        self.menu.popup(place)

    # The person's hands

    @Slot(int)
    def _choose_map(self, index: int) -> None:
        if index != self._unit[0]:
            self._choose(index, *self._unit[1:])

    @Slot(int, int, int)
    def _choose(self, index: int, y: int, x: int) -> None:
        self._unit = (index, y, x)
        self._show_zoomed()
        self._show_actions()
        self.unit_chosen.emit(index, y, x)

    @Slot(int, int)
    def _step(self, down: int, right: int) -> None:
        """Choose the unit beside the marked one."""
        index, y, x = self._unit
        height, width = self._maps.shape[1:]
        self._choose(index, min(max(y + down, 0), height - 1), min(max(x + right, 0), width - 1))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.is_zoomed:
            self.close_zoom()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.keys.isVisible():
            self.keys.place()
