"""The Network workspace: what each layer of a network makes of a picture."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QAction, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from studio.document import OWN, Document
from studio.errors import NetworkError, StudioError
from studio.image.write import number
from studio.nets.model import Card, bundled
from studio.nets.network import Network
from studio.nets.row import Row
from studio.window.chrome import theme
from studio.window.chrome.controls import make_action, make_separator
from studio.window.chrome.status import Status
from studio.window.chrome.widgets import MessageBar, workspace_layout
from studio.window.drop import DropVeil, pasted
from studio.window.latest import Latest
from studio.window.network.beside.compare import ComparePanel
from studio.window.network.beside.over import OverPanel
from studio.window.network.beside.panel import BesidePanel
from studio.window.network.blocks import Blocks, Line
from studio.window.network.editor.panel import NetworkEditor
from studio.window.network.facts import unit_words
from studio.window.network.figure_saving import FigureSaver
from studio.window.network.inspector import UnitInspector
from studio.window.network.live import LiveNetwork
from studio.window.network.look import Look, Looker, View, table
from studio.window.network.maps_panel import MapsPanel
from studio.window.network.model_choosing import ModelChoosing
from studio.window.network.models import Entry, known_rows
from studio.window.network.saving import MapSaver
from studio.window.network.sight import Sight
from studio.window.network.toolbar import NetworkToolbar, offer
from studio.window.session import Session
from studio.window.translate import tr


class NetworkSpace(QWidget):
    """Blocks, table, maps and one unit of a network, with one selection for all of them."""

    def __init__(self, session: Session, status: Status) -> None:
        super().__init__()
        self._session = session
        self._status = status
        self._looker = Looker()
        self.sight = Sight(self)
        self._is_stale = True
        self._nothing = ("", "")  # why there are no maps, and the words of a button
        self._band = -1  # small, middle or large window
        self._saver = MapSaver(self)
        self.figures = FigureSaver(self)
        self._has_complained = False  # about a look, so that the next one takes it away
        self._latest = Latest(tr("Computing maps"), parent=self)
        self.message = MessageBar()
        self._cards = self._bundled()
        self._make_actions()
        self._make_body()
        self.toolbar = NetworkToolbar(session, self._cards)
        self.choosing = ModelChoosing(self)
        self.choosing.chosen.connect(self.toolbar.choose_model)
        self.choosing.failed.connect(self._complain)
        self.toolbar.file_wanted.connect(self.choosing.ask_file)
        self.toolbar.model_brought.connect(self.choosing.open)
        self.toolbar.models.published_wanted.connect(self.choosing.ask_published)
        self.toolbar.save_wanted.connect(self.save_figure)
        self.toolbar.refused.connect(self._show_picture_failure)
        self.toolbar.view.changed.connect(self._take_view)
        self.inspector = UnitInspector(self.sight, session, status)
        workspace_layout(self, self.toolbar, self._body, self.inspector)
        self._veil = DropVeil(self, offer)
        self._veil.dropped.connect(self.toolbar.take)
        self._latest.result.connect(self._show_look)
        self._latest.failed.connect(self._show_failure)
        self._latest.busy.connect(self._show_busy)
        self._saver.ended.connect(self._end_saving)
        self.figures.ended.connect(self._end_figure)
        for saver in (self._saver, self.figures):
            saver.progress.connect(status.set_progress)
            saver.failed.connect(self._show_save_failure)
        self.sight.row_changed.connect(self._show_layer)
        self.sight.unit_changed.connect(self._show_unit)
        self._show_view(View())
        session.changed.connect(self._follow)
        session.picture_changed.connect(self._follow_picture)
        session.picture_failed.connect(self._show_picture_failure)
        session.models_changed.connect(self._follow_models)

    @property
    def look(self) -> Look | None:
        """The last result, which stays until a newer one is there."""
        return self.sight.look

    @property
    def menu_actions(self) -> dict[str, Sequence[QAction]]:
        """What the window's menus show while this workspace is the current one."""
        return {
            "File": [
                self.figure_action,
                self.save_action,
                self.open_model_action,
                self.published_action,
            ],
            "Edit": [self.paste_action],
            "Network": [
                *(self.previous_action, self.next_action, make_separator(self)),
                *(self.maps.zoom_action, self.maps.pin_action, self.maps.keys_action),
                make_separator(self),
                *(self.over_action, self.compare_action, make_separator(self)),
                self.freeze_action,
                *(make_separator(self), *self.live.actions.all),
                *(make_separator(self), *self.editor.menu_actions),
            ],
        }

    # Building

    def _make_actions(self) -> None:
        self.figure_action = make_action(self, "Save figure…", "Ctrl+S", self.save_figure)
        self.save_action = make_action(self, "Save maps…", "", self.save)
        self.open_model_action = make_action(
            self, "Open model file…", "", lambda: self.choosing.ask_file()
        )
        self.published_action = make_action(
            self, "Published network…", "", lambda: self.choosing.ask_published()
        )
        self.paste_action = make_action(self, "Paste picture", "Ctrl+V", self.paste)
        self.previous_action = make_action(
            self, "Previous layer", "U", lambda: self.sight.choose_row(self.sight.number - 1)
        )
        self.next_action = make_action(
            self, "Next layer", "O", lambda: self.sight.choose_row(self.sight.number + 1)
        )

        self.over_action = make_action(
            self, "Map over the picture", "P", lambda: self._toggle_beside(self.over)
        )
        self.compare_action = make_action(
            self, "Compare with another model", "C", lambda: self._toggle_beside(self.compare)
        )
        for action in (self.over_action, self.compare_action):
            action.setCheckable(True)
        self.freeze_action = make_action(self, "Freeze the camera", "F", self.freeze)

    def _make_body(self) -> None:
        self.blocks = Blocks()
        self.blocks.strip.chosen.connect(self.sight.choose_row)
        self.editor = NetworkEditor(self.sight, self._session)
        self.table = self.editor.table
        self.editor.own_view_wanted.connect(self._take_own_view)
        self.editor.tools_changed.connect(self._fit_table)
        self.editor.files.saved.connect(self._show_saved_network)
        self.editor.files.failed.connect(self.message.show_error)
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.setHandleWidth(1)
        self.maps = MapsPanel()
        self.maps.unit_chosen.connect(self.sight.choose_unit)
        self.maps.unit_hovered.connect(self.sight.hover)
        self.maps.hover_left.connect(self.sight.leave)
        self.maps.wanted.connect(self._submit)
        self.maps.pin_chosen.connect(self._show_pinned)
        self.maps.save_wanted.connect(self.save)
        self._splitter.addWidget(self.editor)
        self._splitter.addWidget(self.maps)
        self.over = OverPanel(self.sight)
        self.compare = ComparePanel(self.sight, self._session, self._cards)
        for panel in (self.over, self.compare):
            self._splitter.addWidget(panel)
            panel.closed.connect(partial(self._open_beside, None))
        self._splitter.setStretchFactor(1, 1)
        self._line = Line()
        self._body = QWidget()
        column = QVBoxLayout(self._body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part in (self.message, self.blocks, self._line):
            column.addWidget(part)
        column.addWidget(self._splitter, 1)
        self.live = LiveNetwork(self._session, self.message, self._status, self)
        self.live.looked.connect(self._show_look)
        self.live.began.connect(self._latest.cancel)
        self.live.playing_changed.connect(self._follow_live)
        column.addWidget(self.live.strip)

    # What a person does

    @Slot()
    def paste(self) -> None:
        """Look at the picture that is on the clipboard."""
        brought = pasted()
        if brought:
            self.toolbar.take(brought)
        else:
            self._status.show_message(tr("There is no picture on the clipboard"))

    @Slot()
    def save(self) -> None:
        """Ask what to write of the maps and where, and write it."""
        look, row = self.look, self.sight.row
        if look is None or row is None or self._saver.is_busy:
            return
        wanted = self._saver.ask(row)
        if wanted is not None:
            self._saver.start({row.name: look.maps[row.name] for row in look.rows}, wanted)
            self._show_busy()

    @Slot()
    def save_figure(self) -> None:
        """Ask what to show in a figure and where to write it, and write it."""
        look, row = self.look, self.sight.row
        if look is None or row is None or self.figures.is_busy:
            return
        unit = self.sight.chosen_unit
        path = self.figures.ask(look, row)
        if path is not None:
            self.figures.start(look, row, unit, path)
            self._show_busy()

    @Slot(str, int)
    def _show_pinned(self, name: str, index: int) -> None:
        """Go to a pinned map; the unit stays where it is on the picture."""
        self.sight.choose_name(name)
        self.sight.choose_unit(index, *self.sight.chosen_unit[1:])

    def open_camera(self, reference: str) -> None:
        """Look at what a camera sees, such as ``camera:0``, or at a video file."""
        self.live.start(reference)

    @Slot()
    def freeze(self) -> None:
        """Stay at the frame that is shown, or go on."""
        if self.live.player.state != "idle":
            self.live.toggle()

    def _toggle_beside(self, panel: BesidePanel) -> None:
        self._open_beside(None if panel.isVisible() else panel)

    def _open_beside(self, panel: BesidePanel | None) -> None:
        """Open one of the panels beside the maps, or none."""
        for one, action in ((self.over, self.over_action), (self.compare, self.compare_action)):
            if one is not panel:
                self._take_focus_from(one)
            one.setVisible(one is panel)
            action.setChecked(one is panel)
        self._show_parts()
        has_table = self.editor.isVisibleTo(self)
        table = self.editor.fit(self.window().width()) if has_table else 0
        room = max(2, self._splitter.width() - table)
        shares = [room // 2 if one is panel else 0 for one in (self.over, self.compare)]
        self._splitter.setSizes([table, room - sum(shares), *shares])

    # Following the session

    def _bundled(self) -> tuple[Card, ...]:
        try:
            return bundled()
        except StudioError as error:
            self.message.show_error(error)
            return ()

    @Slot(object, object)
    def _follow(self, old: Document, new: Document) -> None:
        if (old.model, old.training.seed) != (new.model, new.training.seed):
            self.toolbar.show_models()
            self._show_view(View(training=self.toolbar.view.view.training))
            self._ask()
        elif (old.network, old.origin) != (new.network, new.origin):
            self.toolbar.show_models()
            if new.model == OWN:
                self._show_view(self.toolbar.view.view)
                self._ask()
        if old.picture != new.picture:
            self.toolbar.show_pictures()

    @Slot()
    def _follow_models(self) -> None:
        self.toolbar.show_models()
        self._show_view(self.toolbar.view.view)
        entry, look = self.toolbar.entry, self.look
        if entry is None or look is None or entry.reference != look.reference:
            self._ask()
            return
        models = self._session.models
        is_begun = look.reference == OWN and self._session.document.origin in models
        if is_begun or models.get(look.reference, look.loaded) is not look.loaded:
            self._ask()

    @Slot()
    def _follow_picture(self) -> None:
        self.toolbar.show_pictures()
        self._ask()

    def _ask(self) -> None:
        """Compute maps now, or once they can be seen."""
        self._is_stale = True
        if self.isVisible():
            self._submit()

    @Slot()
    def _submit(self) -> None:
        entry = self.toolbar.entry
        if entry is None:
            return
        self._is_stale = False
        if self._is_broken(entry):
            return
        self.live.set_wanted(entry.reference, entry.load, self.toolbar.view.view)
        if self.live.is_playing:
            return
        if self.look is None:
            self._show_rows(known_rows(entry))
            self._show_nothing(tr("Computing the maps…"))
        self._latest.submit(
            partial(
                self._looker.look,
                entry.reference,
                entry.load,
                self._session.picture,
                self.toolbar.view.view,
            )
        )

    def _is_broken(self, entry: Entry) -> bool:
        """Whether a layer can't work: there is nothing to compute then, and the table says why."""
        network = entry.network
        if self.toolbar.view.view.size is not None or not isinstance(network, Network):
            return False
        if not network.problems():
            return False
        self._latest.cancel()
        self._show_rows(table(network))
        words = tr("The maps come when every layer can work.")
        self._show_nothing(words if network.layers else tr("Add a layer, and its maps follow."))
        return True

    @Slot(bool)
    def _follow_live(self, playing: bool) -> None:
        """Frames are looked at from now on, or the session's picture again."""
        self.sight.set_live(playing)
        if not playing:
            self._ask()

    @Slot(object)
    def _take_view(self, view: View) -> None:
        """Look at the model in another way."""
        self._show_view(view)
        self._ask()

    @Slot()
    def _take_own_view(self) -> None:
        """Look at the model as it is."""
        self._take_view(View(training=self.toolbar.view.view.training))

    @Slot()
    def use_convolutions(self) -> None:
        """Let dense layers act as convolutions, so that they take maps of any size."""
        self._take_view(self.toolbar.view.view._replace(convolutions=True))

    def _show_view(self, view: View) -> None:
        entry = self.toolbar.entry
        network = None if entry is None else entry.network
        self.toolbar.view.show_view(view, None if network is None else network.input)
        self.editor.show_entry(entry, view.size is None and not view.convolutions)

    @Slot()
    def _cancel(self) -> None:
        self._latest.cancel()
        self._show_nothing(tr("The maps were not computed."), tr("Compute the maps"))

    # Showing

    @Slot(object)
    def _show_look(self, look: Look) -> None:
        if self._has_complained:
            self.message.clear()
        self.toolbar.view.show_view(look.view, look.loaded.card.network.input)
        self._has_complained = False
        self._show_rows(look.rows)
        self.sight.take_look(look)
        if self.sight.is_live:
            return
        words = tr("Maps of {count} layers in {time} ms")
        took = words.format(count=len(look.rows) - 1, time=f"{look.milliseconds:.0f}")
        self._status.show_message(took)
        self._show_buttons()

    def _show_rows(self, rows: Sequence[Row]) -> None:
        """Show a network's layers; the current one is kept if nothing has changed."""
        is_other = self.sight.take_rows(rows, self.editor.number_for(rows))
        self.editor.show_rows(rows)
        if is_other:
            self.blocks.strip.set_rows([row for row in rows if not row.problem])
            self._show_parts()

    def _show_nothing(self, sentence: str, button: str = "") -> None:
        """Show that there are no maps, and why."""
        self._nothing = (sentence, button)
        self._take_focus_from(self.maps)
        self.sight.take_look(None)
        self._show_buttons()

    @Slot()
    def _show_layer(self) -> None:
        """Show the current layer in table, blocks and maps."""
        sight, look, row = self.sight, self.look, self.sight.row
        self.previous_action.setEnabled(sight.number > 0)
        self.next_action.setEnabled(sight.number < len(sight.rows) - 1)
        self.blocks.set_row(sight.number)
        if look is None or row is None:
            self.maps.show_nothing(row, *self._nothing)
        else:
            self.maps.show_maps(row, look.maps[row.name], look.names_of(sight.number), look.maps)

    @Slot()
    def _show_unit(self) -> None:
        """Mark the chosen unit, and say in the status bar what is under the cursor."""
        sight, look, row = self.sight, self.look, self.sight.row
        if look is None or row is None:
            return
        self.maps.show_unit(*sight.chosen_unit)
        index, y, x = sight.unit
        words = unit_words(row, index, y, x, look.names_of(sight.number))
        value = number(float(look.maps[row.name][index, y, x]))
        under_cursor = f"{words[:1].lower()}{words[1:]}   {value}"
        self._status.set_cursor_text(under_cursor if sight.is_hovered else "")

    @Slot(object)
    def _show_failure(self, error: StudioError) -> None:
        entry, view = self.toolbar.entry, self.toolbar.view.view
        if isinstance(error, NetworkError) and view.size is not None and not view.convolutions:
            words = tr("Let dense layers act as convolutions")
            self.message.show_error(error, words, self.use_convolutions)
            self._has_complained = True
        else:
            self._complain(error)
        self._show_rows(known_rows(entry))
        self._show_nothing(tr("There are no maps."), tr("Try again"))

    @Slot(object)
    def _show_picture_failure(self, error: StudioError) -> None:
        self.toolbar.show_pictures()
        self._complain(error)

    def _complain(self, error: StudioError) -> None:
        self._has_complained = True
        self.message.show_error(error)

    # Saving, and what goes on

    @Slot(str)
    def _end_saving(self, target: str) -> None:
        self._show_busy()
        if target:
            self._status.show_message(tr("Maps saved in {target}").format(target=target))

    @Slot(str)
    def _end_figure(self, target: str) -> None:
        self._show_busy()
        if target:
            self._status.show_message(tr("Figure saved in {target}").format(target=target))

    @Slot(str)
    def _show_saved_network(self, name: str) -> None:
        self._status.show_message(tr("Saved {name}").format(name=name))

    @Slot(object)
    def _show_save_failure(self, error: StudioError) -> None:
        self._show_busy()
        self.message.show_error(error)

    @Slot()
    def _show_busy(self) -> None:
        self._show_buttons()
        if self._saver.is_busy:
            self._status.set_busy(tr("Saving maps"), self._saver.cancel)
        elif self.figures.is_busy:
            self._status.set_busy(tr("Saving a figure"), self.figures.cancel)
        elif self._latest.is_busy:
            self._status.set_busy(tr("Computing maps"), self._cancel)
        else:
            self._status.set_idle()

    def _show_buttons(self) -> None:
        has_look = self.look is not None
        self.save_action.setEnabled(has_look and not self._saver.is_busy)
        self.toolbar.save.setEnabled(has_look and not self.figures.is_busy)
        self.figure_action.setEnabled(has_look and not self.figures.is_busy)

    def _show_parts(self) -> None:
        """Leave out what has no room, or nothing to show."""
        has_rows = bool(self.sight.rows)
        has_room = has_rows and self._band > 0
        has_beside = any(one.isVisibleTo(self) for one in (self.over, self.compare))
        has_table = has_rows and (self._band > 1 or not has_beside)
        for part, shown in ((self.editor, has_table), (self.blocks, has_room)):
            if not shown:
                self._take_focus_from(part)
            part.setVisible(shown)
        self._line.setVisible(has_room)

    def _take_focus_from(self, part: QWidget) -> None:
        """Before a part is hidden; or Qt would give the keyboard to something far away."""
        focused = QApplication.focusWidget()
        if focused is not None and part.isAncestorOf(focused):
            self.toolbar.models.setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._is_stale:
            self._submit()
        focused = QApplication.focusWidget()
        if focused is None or not self.isAncestorOf(focused):
            self.table.take_focus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        width = self.window().width()
        band = sum(width >= theme.px(limit) for limit in (1100, 1900))
        if band != self._band:
            self._band = band
            self._show_parts()
            self.toolbar.view.fit(width)
            self._fit_table()

    @Slot()
    def _fit_table(self) -> None:
        wanted = self.editor.fit(self.window().width())
        self._splitter.setSizes([wanted, max(1, self._splitter.width() - wanted)])
