"""The Classify workspace: many pictures, and what a trained network says to each."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from studio.errors import StudioError
from studio.image.read import EXTENSIONS
from studio.window.asking import ask_folder, remember, remembered
from studio.window.chrome import theme
from studio.window.chrome.controls import Button, PrimaryButton, label, make_action
from studio.window.chrome.status import Status
from studio.window.chrome.widgets import MessageBar, Toolbar
from studio.window.chrome.workspace import Workspace
from studio.window.classify.answer_panel import AnswerPanel
from studio.window.classify.answering import Answering
from studio.window.classify.answers_export import AnswersExport, copy_answers
from studio.window.classify.answers_table import Row
from studio.window.classify.drawing_pad import DrawingPad
from studio.window.classify.model_choice import ModelChoice
from studio.window.classify.picture_list import PictureList
from studio.window.classify.picture_search import PictureSearch
from studio.window.classify.sources import Source, list_words, offer, pictures, sample_sources
from studio.window.drop import Brought, DropVeil, pasted
from studio.window.session import Session
from studio.window.translate import tr

_FOLDER = "classify"  # what the folder is remembered for


class ClassifySpace(Workspace):
    """Shows what a network says to every picture in a list.

    Signals: `space_wanted` with the key of a workspace, after the picture was sent there.
    """

    space_wanted = Signal(str)

    def __init__(self, session: Session, status: Status) -> None:
        super().__init__()
        self._session = session
        self._status = status
        self._used: object = None  # what the answers are from
        self._greeted = False
        self._count_before = 0  # of pictures, when a search began
        self.list = PictureList()
        self.rows = self.list.rows
        self._search = PictureSearch(self)
        self._answering = Answering(self.rows, self)
        self._exports = AnswersExport(self)
        self.models = ModelChoice(session, self)
        self._make_actions()
        self._make_toolbar()
        self._make_body()
        self.panel = AnswerPanel()
        self.lay_out(self.toolbar, self._body, self.panel)
        self.veil = DropVeil(self, offer)
        self._connect()
        self._show_list()
        self.models.start()

    @property
    def menu_actions(self) -> dict[str, Sequence[QAction]]:
        """What the window's menus show while this workspace is the current one."""
        return {
            "File": [self._add, self._add_folder, self._export],
            "Edit": [self._paste, self._copy, self._remove, self._clear],
            "View": [self._find],
            "Picture": [self._samples, self._to_filter, self._to_network],
        }

    # Building

    def _make_actions(self) -> None:
        make = partial(make_action, self)
        self._add = make("Add pictures…", "", self.choose_files)
        self._add_folder = make("Add folder…", "", self.choose_folder)
        self._export = make("Export answers…", "Ctrl+S", self.export)
        self._paste = make("Paste pictures", "Ctrl+V", self.paste)
        self._copy = make("Copy answers", "Ctrl+C", self.copy)
        self._remove = make("Remove pictures", "Del", self.list.remove_chosen)
        self._clear = make("Clear the list", "", self.clear)
        self._find = make("Find by name", "Ctrl+F", lambda: self.list.bar.name_field.setFocus())
        self._samples = make("Add sample pictures", "", self.add_samples)
        self._to_filter = make("Show in Filter", "", lambda: self._send("filter"))
        self._to_network = make("Show in Network", "", lambda: self._send("network"))

    def _make_toolbar(self) -> None:
        add = PrimaryButton("Add pictures…", "plus", "Add picture files", "Ctrl+O")
        add.clicked.connect(self.choose_files)
        self.counts = label(role="caption", elide=True)
        self.export_button = Button("Export…", "save", tip_text="Save all answers", key="Ctrl+S")
        self.export_button.clicked.connect(self.export)
        self.toolbar = Toolbar(add, 4, self.models.list, 4, self.counts, self.export_button)
        self.toolbar.row.setStretchFactor(self.counts, 1)

    def _make_body(self) -> None:
        self.message = MessageBar()
        self.list.view.addActions([self._copy, self._remove, self._to_filter, self._to_network])
        self.list.view.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.pad = DrawingPad()
        self._body = QWidget()
        column = QVBoxLayout(self._body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.message)
        column.addWidget(self.list, 1)
        column.addWidget(self.pad)

    def _connect(self) -> None:
        self.models.changed.connect(self._follow_models)
        self.models.failed.connect(self._fail)
        self.rows.listed.connect(self._show_list)
        self.list.row_chosen.connect(self._choose)
        self.list.samples_wanted.connect(self.add_samples)
        self.list.model_wanted.connect(self.models.open_file)
        self.list.paste_wanted.connect(self.paste)
        self.list.folder_wanted.connect(self.choose_folder)
        self._search.found.connect(self._add_sources)
        self._search.refused.connect(self._fail)
        self._search.changed.connect(self._follow_search)
        self.veil.dropped.connect(self.bring)
        self.panel.filter_wanted.connect(self._to_filter.trigger)
        self.panel.network_wanted.connect(self._to_network.trigger)
        self._answering.progressed.connect(self._show_progress)
        self._answering.failed.connect(self._fail)
        self._answering.busy.connect(self._show_busy)
        self._exports.saved.connect(self._show_saved)
        self._exports.failed.connect(self._fail)
        self.list.look_wanted.connect(self._look)
        self.panel.shown.connect(self._follow_look)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.pad.suit(event.size().height())

    # Pictures come and go

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._greeted:
            self.add_samples()
            self.list.view.setFocus(Qt.FocusReason.OtherFocusReason)
        self._classify()

    @Slot()
    def add_samples(self) -> None:
        """Put the sample pictures into the list."""
        self._greeted = True
        self._add_sources(sample_sources())
        self._classify()

    @Slot()
    def choose_files(self) -> None:
        """Ask for picture files and add them."""
        endings = " ".join(f"*{ending}" for ending in EXTENSIONS)
        kinds = f"{tr('Pictures')} ({endings});;{tr('All files')} (*)"
        found, _ = QFileDialog.getOpenFileNames(
            self, tr("Add pictures"), str(remembered(_FOLDER)), kinds
        )
        if found:
            self.add_paths([Path(path) for path in found])

    @Slot()
    def choose_folder(self) -> None:
        """Ask for a folder and add the pictures in it and below."""
        found = ask_folder(self, tr("Add folder"), _FOLDER)
        if found:
            self.add_paths([found])

    @Slot()
    def paste(self) -> None:
        """Add what is on the clipboard."""
        brought = pasted()
        if brought:
            self.bring(brought)
        else:
            self._status.show_message(tr("There is no picture on the clipboard"))

    @Slot(object)
    def bring(self, brought: Brought) -> None:
        """Add what was dropped or pasted."""
        if brought.paths:
            self.add_paths(brought.paths)
        elif brought.data:
            self._add_sources([Source(brought.name, data=brought.data)])
            self._classify()

    def add_paths(self, paths: Sequence[Path]) -> None:
        """Look for pictures in files and folders, beside the window, and add them."""
        remember(_FOLDER, paths[0].parent)
        self._count_before = len(self.rows.rows)
        self._search.start(paths)

    @Slot()
    def _follow_search(self) -> None:
        if not self._search.is_busy:
            self._classify()
        self._show_busy()
        if not self._search.is_busy and len(self.rows.rows) == self._count_before:
            self._status.show_message(tr("No picture was found that is not in the list already"))

    @Slot(object)
    def _add_sources(self, sources: Sequence[Source]) -> None:
        only_samples = all(row.source.is_sample for row in self.rows.rows)
        if only_samples and any(not source.is_sample for source in sources):
            self.rows.remove(list(self.rows.rows))  # they only said hello
        self.rows.add(sources)

    @Slot()
    def clear(self) -> None:
        """Empty the list."""
        self._answering.cancel()
        self.message.clear()
        self.rows.remove(list(self.rows.rows))

    # Classifying

    @Slot()
    def _classify(self) -> None:
        """Ask for what isn't known yet, once the workspace is seen."""
        entry = self.models.entry
        if entry is not None and self.isVisible():
            self._answering.ask(entry.load, self.devicePixelRatioF())
            self._show_busy()

    @Slot()
    def _show_progress(self) -> None:
        answering = self._answering
        self._status.set_progress(1 - answering.left / answering.asked)
        self.panel.refresh()

    @Slot(object)
    def _fail(self, error: StudioError) -> None:
        self.message.show_error(error)

    @Slot()
    def stop(self) -> None:
        """Look for no more pictures and ask for no more answers; what is known stays."""
        self._search.cancel()
        if self._answering.is_busy:
            self._answering.cancel()
            words = tr("Stopped. {left} of {all} are not classified with this model.")
            left, everything = f"{self._answering.left:,}", pictures(self._answering.asked)
            title = words.format(left=left, all=everything)
            self.message.show_warning(title, "", tr("Go on"), self._go_on)

    def _go_on(self) -> None:
        self.message.clear()
        self._classify()

    @Slot()
    def _show_busy(self) -> None:
        if self._search.is_busy:
            self._status.set_busy(tr("Looking for pictures"), self.stop)
        elif self._answering.is_busy:
            words = tr("Classifying {pictures}")
            self._status.set_busy(words.format(pictures=pictures(self._answering.asked)), self.stop)
        else:
            self._status.set_idle(self._answering.summary())

    @Slot()
    def _follow_models(self) -> None:
        models = self.models
        if models.used != self._used:
            self._used = models.used
            self.message.clear()
            self.rows.set_stale()
            self._choose(self.list.view.current_row)
            self._classify()
        self.list.set_has_model(models.entry is not None)
        reader = models.reader
        self.pad.setVisible(reader is not None)
        if reader is not None:
            title = ", ".join(filter(None, (reader.title, reader.words)))
            self.pad.set_model(reader.load, title)

    # Showing

    @Slot()
    def _show_list(self) -> None:
        rows = self.rows.rows
        self.counts.setText(list_words([row.source for row in rows]))
        self.counts.setMinimumWidth(min(self.counts.sizeHint().width(), theme.px(200)))
        for action in (self._export, self._clear):
            action.setEnabled(bool(rows))
        self.export_button.setEnabled(bool(rows))

    @Slot(object)
    def _choose(self, row: Row | None) -> None:
        entry = self.models.entry
        self.panel.show_row(row, entry.load if entry else None)
        for action in (self._copy, self._remove, self._to_filter, self._to_network):
            action.setEnabled(row is not None)

    @Slot()
    def _look(self) -> None:
        """Show the chosen picture in the place of the list."""
        self.list.look_at(self.panel.view.levels)

    @Slot()
    def _follow_look(self) -> None:
        if self.list.is_looking:
            self._look()

    def _send(self, space: str) -> None:
        """Make the picture that is shown the session's, and go where it is wanted."""
        row, picture = self.panel.row, self.panel.picture
        if row is None or picture is None:
            return
        if row.source.reference:
            self._session.open_picture(row.source.reference)
        else:
            label = tr("Open {name}").format(name=row.source.name)
            self._session.paste_picture(picture, label)
        self.space_wanted.emit(space)

    @Slot()
    def copy(self) -> None:
        """Put the answers of the chosen pictures on the clipboard."""
        rows = self.list.view.chosen_rows()
        copy_answers(rows)
        words = tr("Copied the answers of {pictures}").format(pictures=pictures(len(rows)))
        self._status.show_message(words)

    @Slot()
    def export(self) -> None:
        """Ask where, and write all answers there."""
        self._exports.ask(self.rows.rows)

    @Slot(str)
    def _show_saved(self, name: str) -> None:
        self._status.show_message(tr("Saved {name}").format(name=name))
