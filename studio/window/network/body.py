"""The work area of Network: blocks above, the table and the maps below, and what stands beside."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QSplitter, QVBoxLayout, QWidget

from studio.nets.model import Card
from studio.nets.row import Row
from studio.window.chrome import theme
from studio.window.chrome.controls import make_action
from studio.window.chrome.widgets import MessageBar
from studio.window.network.beside.compare import ComparePanel
from studio.window.network.beside.over import OverPanel
from studio.window.network.beside.panel import BesidePanel
from studio.window.network.blocks import Blocks, Line
from studio.window.network.editor.panel import NetworkEditor
from studio.window.network.maps_panel import MapsPanel
from studio.window.network.sight import Sight
from studio.window.session import Session

_BANDS = (1100, 1900)  # widths of the window from which there is room for more


class NetworkBody(QWidget):
    """Shows what is in sight, and leaves out what has no room.

    Signals: `focus_left` when what had the keyboard is about to be hidden.
    """

    focus_left = Signal()

    def __init__(self, sight: Sight, session: Session, cards: Sequence[Card]) -> None:
        super().__init__()
        self._sight = sight
        self._nothing = ("", "")  # why there are no maps, and the words of a button
        self._band = -1  # small, middle or large window
        self.message = MessageBar()
        self.blocks = Blocks()
        self.blocks.strip.chosen.connect(sight.choose_row)
        self._line = Line()
        self.editor = NetworkEditor(sight, session)
        self.editor.tools_changed.connect(self._fit_table)
        self.maps = MapsPanel()
        self.maps.unit_chosen.connect(sight.choose_unit)
        self.maps.unit_hovered.connect(sight.hover)
        self.maps.hover_left.connect(sight.leave)
        self.maps.pin_chosen.connect(self._show_pinned)
        self.over = OverPanel(sight)
        self.compare = ComparePanel(sight, session, cards)
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.setHandleWidth(1)
        for part in (self.editor, self.maps, self.over, self.compare):
            self._splitter.addWidget(part)
        self._splitter.setStretchFactor(1, 1)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        for widget in (self.message, self.blocks, self._line):
            self._column.addWidget(widget)
        self._column.addWidget(self._splitter, 1)
        for panel in (self.over, self.compare):
            panel.closed.connect(partial(self._open_beside, None))
        sight.row_changed.connect(self._show_layer)
        sight.settled.connect(self._show_block)
        sight.unit_changed.connect(self._show_unit)

    def make_actions(self, owner: QObject) -> tuple[QAction, QAction]:
        """The actions that open the panels beside the maps."""
        self.over_action = make_action(
            owner, "Map over the picture", "P", lambda: self._toggle_beside(self.over)
        )
        self.compare_action = make_action(
            owner, "Compare with another model", "C", lambda: self._toggle_beside(self.compare)
        )
        for action in (self.over_action, self.compare_action):
            action.setCheckable(True)
        return self.over_action, self.compare_action

    def add_strip(self, strip: QWidget) -> None:
        """Put a strip below everything."""
        self._column.addWidget(strip)

    # What is shown

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show a network's layers; the current one is kept if nothing has changed."""
        is_other = self._sight.take_rows(rows, self.editor.number_for(rows))
        self.editor.show_rows(rows)
        if is_other:
            self.blocks.strip.set_rows([row for row in rows if not row.problem])
            had_table = self.editor.isVisibleTo(self)
            self._show_parts()
            if self.editor.isVisibleTo(self) != had_table:
                self._fit_table()

    def show_nothing(self, sentence: str, button: str = "") -> None:
        """Show that there are no maps, and why; a button with words asks for them."""
        self._nothing = (sentence, button)
        self._leave(self.maps)
        self._sight.take_look(None)

    @Slot()
    def _show_layer(self) -> None:
        sight, look, row = self._sight, self._sight.look, self._sight.row
        if look is None or row is None:
            self.maps.show_nothing(row, *self._nothing)
        else:
            self.maps.show_maps(row, look.maps[row.name], look.names_of(sight.number), look.maps)

    @Slot()
    def _show_block(self) -> None:
        self.blocks.set_row(self._sight.number)

    @Slot()
    def _show_unit(self) -> None:
        if self._sight.look is not None:
            self.maps.show_unit(*self._sight.chosen_unit)

    @Slot(str, int)
    def _show_pinned(self, name: str, index: int) -> None:
        """Go to a pinned map; the unit stays where it is on the picture."""
        self._sight.choose_name(name)
        self._sight.choose_unit(index, *self._sight.chosen_unit[1:])

    # Room

    def fit(self, window_width: int) -> None:
        """Leave out what has no room in a window of that width."""
        band = sum(window_width >= theme.px(limit) for limit in _BANDS)
        if band != self._band:
            self._band = band
            self._show_parts()
            self._fit_table()

    @Slot()
    def _fit_table(self) -> None:
        """Give the table the width it needs, and the panels beside the maps half of the rest."""
        wanted = self.editor.fit(self.window().width())
        table = wanted if self.editor.isVisibleTo(self) else 0
        room = max(2, self._splitter.width() - table)
        panels = (self.over, self.compare)
        shares = [room // 2 if one.isVisibleTo(self) else 0 for one in panels]
        self._splitter.setSizes([table, room - sum(shares), *shares])

    def _toggle_beside(self, panel: BesidePanel) -> None:
        self._open_beside(None if panel.isVisible() else panel)

    def _open_beside(self, panel: BesidePanel | None) -> None:
        """Open one of the panels beside the maps, or none."""
        for one, action in ((self.over, self.over_action), (self.compare, self.compare_action)):
            if one is not panel:
                self._leave(one)
            one.setVisible(one is panel)
            action.setChecked(one is panel)
        self._show_parts()
        self._fit_table()

    def _show_parts(self) -> None:
        """Leave out what has no room, or nothing to show."""
        has_rows = bool(self._sight.rows)
        has_room = has_rows and self._band > 0
        has_beside = any(one.isVisibleTo(self) for one in (self.over, self.compare))
        has_table = has_rows and (self._band > 1 or not has_beside)
        for part, shown in ((self.editor, has_table), (self.blocks, has_room)):
            if not shown:
                self._leave(part)
            part.setVisible(shown)
        self._line.setVisible(has_room)

    def _leave(self, part: QWidget) -> None:
        """Before a part is hidden; or Qt would give the keyboard to something far away."""
        focused = QApplication.focusWidget()
        if focused is not None and part.isAncestorOf(focused):
            self.focus_left.emit()
