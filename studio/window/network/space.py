"""The Network workspace: what each layer of a network makes of a picture."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Slot
from PySide6.QtGui import QAction, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QApplication

from studio.document import OWN, Document
from studio.errors import NetworkError, StudioError
from studio.image.write import number
from studio.nets.model import Card, bundled
from studio.nets.network import Network
from studio.window.chrome.controls import make_action, make_separator
from studio.window.chrome.status import Status
from studio.window.chrome.workspace import Workspace
from studio.window.drop import DropVeil, pasted
from studio.window.latest import Latest
from studio.window.network.body import NetworkBody
from studio.window.network.facts import unit_words
from studio.window.network.inspector import UnitInspector
from studio.window.network.live import LiveNetwork
from studio.window.network.look import Look, Looker, View, table
from studio.window.network.model_choosing import ModelChoosing
from studio.window.network.models import Entry, known_rows
from studio.window.network.results import ResultSaving
from studio.window.network.sight import Sight
from studio.window.network.toolbar import NetworkToolbar, offer
from studio.window.session import Session
from studio.window.translate import tr


class NetworkSpace(Workspace):
    """Blocks, table, maps and one unit of a network, with one selection for all of them."""

    def __init__(self, session: Session, status: Status) -> None:
        super().__init__()
        self._session = session
        self._status = status
        self._looker = Looker()
        self.sight = Sight(self)
        self._is_stale = True
        self._has_complained = False  # about a look, so that the next one takes it away
        self._has_refused = False  # a picture, until there is another
        self._latest = Latest(tr("Computing maps"), parent=self)
        self._latest.result.connect(self._show_look)
        self._latest.failed.connect(self._show_failure)
        self._latest.busy.connect(self._show_busy)
        cards, error = _bundled()
        self._make_body(cards)
        if error is not None:
            self.message.show_error(error)
        self._make_toolbar(cards)
        self._make_actions()
        self.inspector = UnitInspector(self.sight, session, status)
        self.lay_out(self.toolbar, self.body, self.inspector)
        self._veil = DropVeil(self, offer)
        self._veil.dropped.connect(self.toolbar.take)
        self.sight.row_changed.connect(self._show_row_actions)
        self.sight.unit_changed.connect(self._show_cursor)
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
                *(self.saving.figure_action, self.saving.maps_action),
                *(self.open_model_action, self.published_action, self.saving.export_action),
            ],
            "Edit": [self.paste_action],
            "Network": [
                *(self.previous_action, self.next_action, make_separator(self)),
                *(self.maps.zoom_action, self.maps.pin_action, self.maps.keys_action),
                make_separator(self),
                *(self.training_action, self.convolutions_action, make_separator(self)),
                *(self.over_action, self.compare_action, make_separator(self)),
                self.freeze_action,
                *(make_separator(self), *self.live.actions.all),
                *(make_separator(self), *self.editor.menu_actions),
            ],
        }

    # Building

    def _make_body(self, cards: Sequence[Card]) -> None:
        self.body = NetworkBody(self.sight, self._session, cards)
        self.message, self.editor, self.maps = self.body.message, self.body.editor, self.body.maps
        self.body.focus_left.connect(self._take_focus)
        self.editor.own_view_wanted.connect(self._take_own_view)
        self.editor.files.saved.connect(self._show_saved_network)
        self.editor.files.failed.connect(self.message.show_error)
        self.saving = ResultSaving(self.sight, self._status, self.message, self)
        self.saving.busy_changed.connect(self._show_busy)
        self.maps.wanted.connect(self._submit)
        self.maps.save_wanted.connect(self.saving.save_maps)
        self.live = LiveNetwork(self._session, self.message, self._status, self)
        self.live.looked.connect(self._show_look)
        self.live.began.connect(self._latest.cancel)
        self.live.playing_changed.connect(self._follow_live)
        self.body.add_strip(self.live.strip)

    def _make_toolbar(self, cards: Sequence[Card]) -> None:
        self.toolbar = NetworkToolbar(self._session, cards)
        self.choosing = ModelChoosing(self)
        self.choosing.chosen.connect(self._look_into)
        self.choosing.failed.connect(self._complain)
        self.toolbar.file_wanted.connect(self.choosing.ask_file)
        self.toolbar.model_brought.connect(self.choosing.open)
        self.toolbar.models.published_wanted.connect(self.choosing.ask_published)
        self.toolbar.save_wanted.connect(self.saving.save_figure)
        self.saving.figure_action.enabledChanged.connect(self.toolbar.save.setEnabled)
        self.toolbar.save.setEnabled(self.saving.figure_action.isEnabled())
        self.toolbar.refused.connect(self._show_picture_failure)
        self.toolbar.view.changed.connect(self._take_view)

    def _make_actions(self) -> None:
        self.open_model_action = make_action(self, "Open model file…", "", self.choosing.ask_file)
        self.published_action = make_action(
            self, "Published network…", "", self.choosing.ask_published
        )
        self.paste_action = make_action(self, "Paste picture", "Ctrl+V", self.paste)
        self.previous_action = make_action(
            self, "Previous layer", "U", lambda: self.sight.choose_row(self.sight.number - 1)
        )
        self.next_action = make_action(
            self, "Next layer", "O", lambda: self.sight.choose_row(self.sight.number + 1)
        )
        self.over_action, self.compare_action = self.body.make_actions(self)
        self.freeze_action = make_action(self, "Freeze the camera", "F", self.freeze)
        self.training_action = make_action(self, "Training mode", "T")
        self.convolutions_action = make_action(self, "Dense layers as convolutions", "")
        for action, ask in (
            (self.training_action, self.toolbar.view.set_training),
            (self.convolutions_action, self.toolbar.view.set_convolutions),
        ):
            action.setCheckable(True)
            action.triggered.connect(ask)

    # What a person does

    @Slot()
    def paste(self) -> None:
        """Look at the picture that is on the clipboard."""
        brought = pasted()
        if brought:
            self.toolbar.take(brought)
        else:
            self._status.show_message(tr("There is no picture on the clipboard"))

    def open_camera(self, reference: str) -> None:
        """Look at what a camera sees, such as ``camera:0``, or at a video file."""
        self.live.start(reference)

    @Slot(str)
    def _look_into(self, reference: str) -> None:
        """Look into a model, also into one that is looked at: its file may be another one now."""
        is_same = reference == self._session.document.model
        self.toolbar.choose_model(reference)
        if is_same:
            self._take_own_view()

    def show_kernel(self, layer: str, output: int) -> None:
        """Show what a layer of the chosen model has learned, once the model is there."""
        self.inspector.show_page("kernel")
        self.sight.want(self._session.document.model, layer, output)

    @Slot()
    def freeze(self) -> None:
        """Stay at the frame that is shown, or go on."""
        if self.live.player.state != "idle":
            self.live.toggle()

    # Following the session

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
        if self._has_refused:
            self.message.clear()
        self._has_refused = False
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
            self.live.set_wanted(entry.reference, None, self.toolbar.view.view)
            return
        self.live.set_wanted(entry.reference, entry.load, self.toolbar.view.view)
        if self.live.is_playing:
            return
        if self.look is None:
            self.body.show_rows(known_rows(entry))
            self.body.show_nothing(tr("Computing the maps…"))
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
        self.body.show_rows(table(network))
        words = tr("The maps come when every layer can work.")
        self.body.show_nothing(words if network.layers else tr("Add a layer, and its maps follow."))
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
        self.training_action.setChecked(view.training)
        self.convolutions_action.setChecked(view.convolutions)
        self.editor.show_entry(entry, view.size is None and not view.convolutions)

    @Slot()
    def _cancel(self) -> None:
        self._latest.cancel()
        self.body.show_nothing(tr("The maps were not computed."), tr("Compute the maps"))

    # Showing

    @Slot(object)
    def _show_look(self, look: Look) -> None:
        entry, view = self.toolbar.entry, self.toolbar.view.view
        if entry is None or (look.reference, look.view) != (entry.reference, view):
            return  # a frame that was begun before something else was wanted
        if self._has_complained:
            self.message.clear()
        self.toolbar.view.show_view(look.view, look.loaded.card.network.input)
        self._has_complained = False
        self._follow_file(look)
        self.body.show_rows(look.rows)
        self.sight.take_look(look)
        if self.sight.is_live:
            return
        words = tr("Maps of {count} layers in {time} ms")
        took = words.format(count=len(look.rows) - 1, time=f"{look.milliseconds:.0f}")
        self._status.show_message(took)

    def _follow_file(self, look: Look) -> None:
        """Where a file holds another network now than its card said when the models were listed."""
        entry, network = self.toolbar.entry, look.loaded.card.network
        if entry is None or entry.reference in (OWN, "") or self.sight.is_live:
            return
        is_known = entry.network is not None and entry.reference == look.reference
        if is_known and entry.network != network:
            self.toolbar.show_models()
            self._show_view(look.view)

    @Slot()
    def _show_row_actions(self) -> None:
        self.previous_action.setEnabled(self.sight.number > 0)
        self.next_action.setEnabled(self.sight.number < len(self.sight.rows) - 1)

    @Slot()
    def _show_cursor(self) -> None:
        """Say in the status bar what is under the cursor."""
        sight, look, row = self.sight, self.look, self.sight.row
        if look is None or row is None:
            return
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
            self._has_complained, self._has_refused = True, False
        else:
            self._complain(error)
        self.body.show_rows(known_rows(entry))
        again = "" if self.message.remedy.text() else tr("Try again")  # one way out is enough
        self.body.show_nothing(tr("There are no maps."), again)

    @Slot(object)
    def _show_picture_failure(self, error: StudioError) -> None:
        self.toolbar.show_pictures()
        self._has_complained, self._has_refused = False, True
        self.message.show_error(error)

    def _complain(self, error: StudioError) -> None:
        self._has_complained, self._has_refused = True, False
        self.message.show_error(error)

    # What goes on

    @Slot(str)
    def _show_saved_network(self, name: str) -> None:
        self._status.show_message(tr("Saved {name}").format(name=name))

    @Slot()
    def _show_busy(self) -> None:
        if self.saving.show_busy():
            return
        if self._latest.is_busy:
            self._status.set_busy(tr("Computing maps"), self._cancel)
        else:
            self._status.set_idle()

    @Slot()
    def _take_focus(self) -> None:
        self.toolbar.models.setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._is_stale:
            self._submit()
        focused = QApplication.focusWidget()
        if focused is None or not self.isAncestorOf(focused):
            self.editor.table.take_focus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        width = self.window().width()
        self.toolbar.view.fit(width)
        self.body.fit(width)


def _bundled() -> tuple[tuple[Card, ...], StudioError | None]:
    """The bundled models' cards; none, and why, where they can't be read."""
    try:
        return bundled(), None
    except StudioError as error:
        return (), error
