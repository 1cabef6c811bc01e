"""The table of the network that is looked at, and where its layers are edited."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from studio.document import OWN, Document
from studio.errors import NetworkError
from studio.nets.inherit import new_layers
from studio.nets.layer import Layer
from studio.nets.network import Network
from studio.nets.row import INPUT, Row
from studio.window.chrome import theme
from studio.window.network.columns import dense_words
from studio.window.network.editor.editing import INPUT_PLACE, Editing
from studio.window.network.editor.files import NetworkFiles
from studio.window.network.editor.input_settings import settings_of
from studio.window.network.editor.layer_form import LayerForm
from studio.window.network.editor.tools import EditTools
from studio.window.network.look import table
from studio.window.network.models import Entry
from studio.window.network.own import as_own
from studio.window.network.sight import Sight
from studio.window.network.table import LayerTable
from studio.window.session import Session
from studio.window.translate import tr

_NARROWEST = 304  # while editing: what the tools and the form need
_WIDE = 1100  # a window that has room for undo and redo
_SHARE = 0.45  # of the height, for the form at most, until a person moves the line


class NetworkEditor(QWidget):
    """The table, below it what can be done with its layers, and the form of the chosen one.

    While the document's own network is looked at, the table shows every change at once; maps of
    it come when they are computed.

    Signals: `own_view_wanted` when the network is to be looked at as it is, so that it can be
    edited; `tools_changed` when it needs more or less room.
    """

    own_view_wanted = Signal()
    tools_changed = Signal()

    def __init__(self, sight: Sight, session: Session) -> None:
        super().__init__()
        self._sight = sight
        self._session = session
        self._entry: Entry | None = None
        self._shown: tuple[Row, ...] = ()  # of a network that isn't edited
        self._name = ""  # of the chosen row
        self._has_own_view = True
        self._share = _SHARE
        self.editing = Editing(session)
        self.files = NetworkFiles(session, self.editing, self)
        self.table = LayerTable()
        self.table.chosen.connect(self._choose)
        self.table.line_changed.connect(self._show_line)
        self.tools = EditTools(
            self.editing,
            self.table,
            session.undo_stack,
            lambda: self.place,
            self.files.actions,
        )
        self.tools.edit_wanted.connect(self.edit)
        self.form = LayerForm()
        self.form.layer_changed.connect(self._set_layer)
        self.form.input_changed.connect(self.editing.set_input)
        self.form.forget_wanted.connect(self.editing.forget_classes)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._parts = QSplitter(Qt.Orientation.Vertical)
        self._parts.setChildrenCollapsible(False)
        self._parts.setHandleWidth(1)
        self._parts.splitterMoved.connect(self._take_share)
        column.addWidget(self._parts)
        upper = QWidget()
        rows = QVBoxLayout(upper)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self.table)
        rows.addWidget(self.tools)
        rows.addStretch(1)
        self._parts.addWidget(upper)
        self._parts.addWidget(self.form)
        self.editing.placed.connect(self._place)
        sight.look_changed.connect(self._follow_look)
        sight.row_changed.connect(self._follow_sight)
        session.changed.connect(self._follow)
        self._show_tools()

    @property
    def menu_actions(self) -> list[QAction]:
        """What the window's menu offers."""
        return self.tools.menu_actions

    # What is looked at

    @property
    def network(self) -> Network | None:
        """The network that is being edited."""
        return self.editing.network if self._has_own_view else None

    def show_entry(self, entry: Entry | None, has_own_view: bool = True) -> None:
        """Follow the choice of a model.

        Parameters
        ----------
        has_own_view : bool
            Whether the model is looked at as it is: in another size its rows are others.
        """
        self._entry, self._has_own_view = entry, has_own_view
        if self.network is not None:
            self._show_own()
        self._show_tools()

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show the rows that maps belong to; while editing, the network's own are shown."""
        if self.network is None and tuple(rows) != self._shown:
            self._shown = tuple(rows)
            self.table.set_rows(rows)
            self._follow_sight()

    def number_for(self, rows: Sequence[Row]) -> int | None:
        """Which of some rows is the chosen one of the network that is being edited."""
        names = [row.name for row in rows]
        if self.network is None or not names:
            return None
        if self._name in names:
            return names.index(self._name)
        return min(self._sight.number, len(names) - 1)

    def fit(self, window_width: int) -> int:
        """Show what a window has room for; the width that suits it."""
        wanted = self.table.fit(window_width)
        self._show_bar()
        for part in (self.tools, self._parts):  # or how narrow they are now is known too late
            part.updateGeometry()
        return max(wanted, theme.px(_NARROWEST)) if self.network is not None else wanted

    def take_focus(self) -> None:
        """Let the keyboard move through the layers."""
        self.table.take_focus()

    # What a person does

    @Slot()
    def edit(self) -> None:
        """Make a copy of the network that is looked at the document's own."""
        entry, architecture = self._entry, self._architecture
        if entry is None or not isinstance(architecture, Network):
            return
        if entry.reference == OWN:
            self.own_view_wanted.emit()
        else:
            self.editing.begin(as_own(architecture), entry.reference)
        self.table.take_focus()

    @property
    def why_not(self) -> str:
        """Why the network that is looked at can't be edited; empty where it can."""
        architecture = self._architecture
        if architecture is None:
            return tr("Its layers aren't known yet")
        if not isinstance(architecture, Network):
            return tr("Made by code, so its layers can't be edited")
        return ""

    @property
    def _architecture(self) -> object:
        """What is looked at; for some files it is known only when they have been read."""
        entry, look = self._entry, self._sight.look
        if entry is None or entry.network is not None:
            return None if entry is None else entry.network
        return look.loaded.card.network if look and look.reference == entry.reference else None

    @property
    def place(self) -> int:
        """The chosen layer of the network that is being edited; -1 for the picture."""
        line = self.table.line
        return line.row.layer_index if line is not None else INPUT_PLACE

    @Slot(object)
    def _set_layer(self, layer: Layer) -> None:
        self.editing.set_layer(self.place, layer)

    @Slot(int)
    def _choose(self, number: int) -> None:
        self._name = self.table.model.rows[number].name
        self._sight.choose_name(self._name)

    @Slot(int)
    def _place(self, place: int) -> None:
        """Make the layer that was changed the current one."""
        for number, line in enumerate(self.table.model.lines):
            if line.row.layer_index == place:
                self._name = self.table.model.rows[line.number].name
                self.table.show_line(number)
                self._sight.choose_name(self._name)
                return

    # Showing

    @Slot(object, object)
    def _follow(self, old: Document, new: Document) -> None:
        if new.model != OWN:
            self._name = ""

    @Slot()
    def _follow_look(self) -> None:
        if self._entry is not None and self._entry.network is None:
            self._show_tools()

    @Slot()
    def _follow_sight(self) -> None:
        """Make the layer that is looked at the current line."""
        row = self._sight.row
        names = [one.name for one in self.table.model.rows]
        if row is None or row.name not in names:
            return
        if self.network is not None and names != [one.name for one in self._sight.rows]:
            return  # maps of an older state are still shown
        self._name = row.name
        self.table.set_row(names.index(row.name))

    def _show_own(self) -> None:
        network = self.network
        assert network is not None
        before = self.table.line
        rows, problems = table(network), network.problems()
        new = () if problems else self._new(network)
        is_edited = not self._shown  # it was edited before
        self._shown = ()
        self.table.set_rows(rows, problems[0] if problems else None, new, is_edited)
        if before is not None and self.table.line is None:
            self._place(min(before.row.layer_index, len(network.layers) - 1))
        self._show_line()

    def _new(self, network: Network) -> tuple[str, ...]:
        """Layers whose weights are random although the others were learned."""
        origin = None if self._entry is None else self._entry.origin
        if origin is None:
            return ()
        try:
            return new_layers(network, origin)
        except NetworkError:  # what it was made from doesn't work: nothing was learned
            return ()

    def _show_tools(self) -> None:
        is_on = self.network is not None
        was_on = not self.form.isHidden()
        self.form.setVisible(is_on)
        self._show_bar()
        self.files.show_network(self._architecture, self.why_not)
        self._show_line()
        if is_on != was_on:
            self.tools_changed.emit()

    def _show_bar(self) -> None:
        has_room = self.window().width() >= theme.px(_WIDE)
        self.tools.show_state(self.network is not None, self.why_not, has_room)

    @Slot()
    def _show_line(self) -> None:
        """Show the chosen layer's settings, and what can be done with it."""
        network, line = self.network, self.table.line
        place = self.place if network is not None and line is not None else INPUT_PLACE
        count = 0 if network is None else len(network.layers)
        self.tools.show_place(place, count)
        if network is None or line is None:
            return
        self._name = self.table.model.rows[line.number].name
        if 0 <= place < count:
            self.form.show_layer(line.row.block or line.row.title, network.layers[place])
        elif line.row.kind == INPUT:
            self.form.show_input(settings_of(network))
        caption = tr("new: its weights are random") if line.is_new else ""
        if line.is_broken:
            caption = tr("needs the layers above it") if line.is_waiting else tr("can't work here")
        self.form.show_remarks(
            caption,
            "" if line.is_broken else dense_words(line.row),
            bool(line.problem and network.classes and not line.row.problem),
        )
        self._fit_form()

    def _fit_form(self) -> None:
        wanted = min(self.form.natural_height(self.width()), round(self._share * self.height()))
        self._parts.setSizes([self.height() - wanted, wanted])

    @Slot()
    def _take_share(self) -> None:
        self._share = self.form.height() / max(1, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_form()
