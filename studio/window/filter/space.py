"""The Filter workspace: a picture before and after a chain of filters."""

import functools
import os
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QVBoxLayout, QWidget

from studio.document import Document
from studio.errors import StudioError
from studio.filters.presets import Weights
from studio.image.live import is_video
from studio.image.read import decode_picture, printable
from studio.image.write import number
from studio.window.canvas.compare import CompareView
from studio.window.chrome import theme
from studio.window.chrome.controls import (
    Button,
    IconButton,
    PrimaryButton,
    Segments,
    label,
    make_action,
    make_separator,
    tip,
)
from studio.window.chrome.status import Status
from studio.window.chrome.widgets import MessageBar, Toolbar
from studio.window.chrome.workspace import Workspace
from studio.window.drop import Brought, DropVeil, Offer, pasted
from studio.window.filter.arithmetic.panel import ArithmeticPanel
from studio.window.filter.chain_actions import ChainActions
from studio.window.filter.chain_list import sentence
from studio.window.filter.chain_panel import ChainPanel
from studio.window.filter.comparing import Comparing
from studio.window.filter.explaining import Explaining
from studio.window.filter.learning_link import LearningLink
from studio.window.filter.live_view import LiveFilter
from studio.window.filter.pixel_values import PixelValues
from studio.window.filter.pointing import Values, values_at
from studio.window.filter.profile_link import ProfileLink
from studio.window.filter.renderer import Renderer
from studio.window.filter.result import Facts, Result
from studio.window.filter.saving import Saving
from studio.window.filter.series import Series, SeriesStrip
from studio.window.latest import Latest
from studio.window.session import Session
from studio.window.translate import tr

_MODES = (("split", "Split"), ("side", "Side by side"), ("blink", "Blink"))


class FilterSpace(Workspace):
    """Shows what the session's chain makes of its picture, and saves it.

    Signals: `open_wanted` when a person wants another picture; `opened(path)` with each file that a
    person chose and that was opened.
    """

    open_wanted = Signal()
    opened = Signal(str)

    def __init__(self, session: Session, status: Status) -> None:
        super().__init__()
        self._session = session
        self._status = status
        self._under_cursor: tuple[int, int] | None = None
        self.saving = Saving(status, self)
        self.saving.failed.connect(self._show_failure)
        self.saving.noted.connect(self._show_note)
        self.panel = ChainPanel(session)
        self.series = Series(session, self)
        self.series.failed.connect(self._show_failure)
        self.series.opened.connect(self.opened)
        self._make_actions()
        self._make_body()
        self._make_toolbar()
        self.lay_out(self.toolbar, self._body, self.panel)
        self.renderer = Renderer(self.compare, self)
        self.renderer.result_changed.connect(self._show_result)
        self.renderer.facts_changed.connect(self._show_facts)
        self.renderer.failed.connect(self._show_failure)
        self.renderer.busy_changed.connect(self._show_busy)
        self.renderer.progress.connect(status.set_progress)
        self.live = LiveFilter(session, self.compare, self.renderer, self.message, status)
        self._column.insertWidget(self._column.indexOf(self.compare) + 1, self.live.strip)
        self.live.picture_changed.connect(self._show_name)
        self.live.playing_changed.connect(self._follow_live)
        self.live.frame_changed.connect(self._show_cursor)
        self.live.opened.connect(self.opened)
        self.comparing = Comparing(self.compare, self.renderer, self.panel, self)
        self._column.addWidget(self.comparing.panel)
        self.comparing.changed.connect(self._submit)
        self.panel.more_menu.addAction(self.comparing.action)
        self.learning = LearningLink(self.renderer, self.panel, self)
        self._column.addWidget(self.learning.panel)
        self.learning.kernel_learned.connect(self._use_kernel)
        self.panel.more_menu.addAction(self.learning.action)
        self.profile = ProfileLink(self.compare, self.renderer, self)
        self.profile.failed.connect(self._show_failure)
        self._column.addWidget(self.profile.panel)
        self._below = (self.comparing, self.learning, self.profile)
        for one in self._below:
            one.open_changed.connect(functools.partial(self._show_below, one))
        self.numbers = PixelValues(self.compare, self.renderer, lambda: self.live.is_playing, self)
        self.numbers.failed.connect(self._show_failure)
        self.chain_actions = ChainActions(session, self, status, self.message)
        self.explaining = Explaining(self.compare, self.arithmetic, self._to_explain, self)
        self.explaining.failed.connect(self._show_failure)
        self.panel.selected.connect(self.explaining.refresh)
        self._looking = Latest(tr("Filtering"), interim=True, parent=self)
        self._looking.result.connect(self._show_values)
        self._looking.failed.connect(self._show_failure)
        self.panel.shown_changed.connect(self._submit)
        session.changed.connect(self._follow)
        session.picture_changed.connect(self._show_picture)
        self._reading = Latest(tr("Reading a picture"), parent=self)
        self._reading.result.connect(session.paste_picture)
        self._reading.failed.connect(self._show_failure)
        self._veil = DropVeil(self, _offer)
        self._veil.dropped.connect(self.take)
        self.set_mode("side")
        self._show_picture()

    @property
    def result(self) -> Result | None:
        """The last result, which stays until a newer one is there."""
        return self.renderer.result

    @property
    def menu_actions(self) -> dict[str, Sequence[QAction]]:
        """What the window's menus show while this workspace is the current one."""
        return {
            "File": [self._save, *self.chain_actions.actions],
            "Edit": [self._paste, *self.panel.edit_actions],
            "View": [self._fit, self._actual, *(one.action for one in self._below)],
            "Picture": [
                *(self.series.previous, self.series.next, make_separator(self)),
                *(*self.live.actions.all, make_separator(self)),
                *self.panel.add_entries,
            ],
        }

    # Building

    def _make_actions(self) -> None:
        self._save = make_action(self, "Save result…", "Ctrl+S", self.save)
        self._fit = make_action(self, "Fit to the window", "Ctrl+0", lambda: self.compare.fit())
        self._paste = make_action(self, "Paste picture", "Ctrl+V", self.paste)
        self._paste.setShortcuts([QKeySequence("Ctrl+V"), QKeySequence("Ctrl+N")])
        self._actual = make_action(
            self, "Actual size", "Ctrl+Alt+0", lambda: self.compare.actual_size()
        )

    def _make_body(self) -> None:
        self.compare = CompareView()
        self.compare.cursor_moved.connect(self._point)
        self.compare.cursor_left.connect(self._leave)
        self.compare.view_changed.connect(self._show_zoom)
        self.arithmetic = ArithmeticPanel()
        self.message = MessageBar()
        self._body = QWidget()
        self._column = column = QVBoxLayout(self._body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.message)
        column.addWidget(self.compare, 1)
        column.addWidget(SeriesStrip(self.series))
        column.addWidget(self.arithmetic)

    def _make_toolbar(self) -> None:
        open_button = Button("Open", "folder", tip_text="Open a picture", key="Ctrl+O")
        open_button.clicked.connect(self.open_wanted)
        self._more = IconButton("chevron-down", "Open a video, a camera or a recent file")
        self._more.hide()
        self._name = label(role="title", elide=True)
        self._name.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self._facts = label(role="caption", elide=True)
        self._mode = Segments(_MODES)
        self._mode.changed.connect(self.set_mode)
        self._zoom = Button("100 %", "fit", "flat", tip_text="Fit to the window", key="Ctrl+0")
        self._zoom.clicked.connect(self._fit.trigger)
        self._save_button = save = PrimaryButton("Save result…")
        save.clicked.connect(self.save)
        self._allow_saving(True)
        self.toolbar = Toolbar(open_button, self._more, 4, self._name, self._facts)
        self.toolbar.add(0, self._mode, 8, self._zoom, 8, save)

    def set_open_menu(self, menu: QMenu) -> None:
        """What else the Open button offers."""
        corner = self._more.rect().bottomLeft
        self._more.clicked.connect(lambda: menu.popup(self._more.mapToGlobal(corner())))
        self._more.show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._facts.setVisible(event.size().width() >= theme.px(1000))

    def _allow_saving(self, possible: bool) -> None:
        words = "Save the filtered picture" if possible else "Pause first, or take a frame"
        for part in (self._save, self._save_button):
            part.setEnabled(possible)
            part.setToolTip(tip(words, "Ctrl+S"))

    # What a person does

    @Slot(str)
    def set_mode(self, mode: str) -> None:
        """Show before and after `side` by side, `split` by a line, or `blink`ing."""
        self._mode.set_value(mode)
        self.compare.mode = mode  # type: ignore[assignment]
        self._show_zoom()

    @Slot()
    def paste(self) -> None:
        """Take the picture, or the file, that is on the clipboard."""
        brought = pasted()
        if brought:
            self.take(brought)
        else:
            self._status.show_message(tr("There is no picture on the clipboard"))

    @Slot(object)
    def take(self, brought: Brought) -> None:
        """Open what was dropped or pasted."""
        if brought.paths:
            self.open_files(brought.paths)
        else:
            self._reading.submit(lambda: decode_picture(brought.data, brought.name))

    def open_files(self, paths: Sequence[Path]) -> None:
        """Open a video, or the first of some pictures; a folder stands for those in it."""
        if is_video(paths[0]) and not os.path.isdir(paths[0]):
            self.live.start(str(paths[0]))
        else:
            self.series.open(paths)

    def open_camera(self, reference: str) -> None:
        """Show what a camera sees, such as ``camera:0``."""
        self.live.start(reference)

    @Slot()
    def save(self) -> None:
        """Ask where, and write the result there."""
        if self.result is not None:
            self.saving.ask(self.result)

    # Showing

    @Slot()
    def _show_picture(self) -> None:
        self._show_name()
        self._submit()

    @Slot()
    def _show_name(self) -> None:
        picture = self.live.picture or self._session.picture
        self._name.setText(picture.name)
        self._facts.setText(picture.words)
        self.panel.set_size(*picture.pixels.shape[:2])

    @Slot(bool)
    def _follow_live(self, playing: bool) -> None:
        """Frames fill the views from now on, or the session's picture again."""
        if playing:
            self.series.close()
        self._allow_saving(not playing)
        for one in self._below:
            one.allow(not playing)
        self.numbers.refresh()
        self._show_picture()
        self.explaining.refresh()

    def _show_below(self, changed: Comparing | LearningLink | ProfileLink, is_open: bool) -> None:
        """The arithmetic, or what a person opened in its place."""
        for one in self._below:
            if is_open and one is not changed:
                one.close()
        self.arithmetic.setHidden(any(one.is_open for one in self._below))
        self.explaining.refresh()

    @Slot(object)
    def _use_kernel(self, rows: Weights) -> None:
        """Put a learned kernel into the chain, in place of nothing: below the chosen filter."""
        self.panel.append("convolution", {"kernel": rows, "result": "float"})

    @Slot(object, object)
    def _follow(self, old: Document, new: Document) -> None:
        if old.chain != new.chain:
            self._submit()

    @Slot()
    def _submit(self) -> None:
        chain, picture = self._session.document.chain, self._session.picture
        self.live.set_wanted(chain, self.panel.display.shown)
        if self.live.is_playing:
            return
        row, other = self.panel.rows.row, self.comparing.other
        self.renderer.show(picture, chain, self.panel.display.shown, row, other)

    @Slot(object)
    def _show_result(self, result: Result) -> None:
        if not self.live.has_said:
            self.message.clear()
        self.panel.show_result(result)
        self.explaining.refresh()
        self._show_cursor()

    @Slot(object)
    def _show_facts(self, facts: Facts) -> None:
        self.panel.show_facts(facts)
        if facts.milliseconds is not None and self.comparing.other is None:
            took = tr("Chain in {time} ms").format(time=f"{facts.milliseconds:,.1f}")
            self._status.show_message(took)

    @Slot(object)
    def _show_failure(self, error: StudioError) -> None:
        self.message.show_error(error)

    @Slot(bool)
    def _show_busy(self, busy: bool) -> None:
        if busy:
            self._status.set_busy(tr("Filtering"), self.renderer.cancel)
        else:
            self._status.set_idle()

    @Slot(str, str)
    def _show_note(self, title: str, words: str) -> None:
        self.message.show_warning(title, f"{words}.")

    @Slot()
    def _show_zoom(self) -> None:
        self._zoom.setText(f"{100 * self.compare.scale:.0f} %")

    @Slot(int, int)
    def _point(self, x: int, y: int) -> None:
        self._under_cursor = (x, y)
        self._show_cursor()

    def _to_explain(self) -> tuple[Result, int] | str:
        """What the arithmetic is about, or why there is none."""
        result, row = self.result, self.panel.rows.row
        if self.comparing.is_open:
            return tr("Two filters are being compared.")
        if self.live.is_playing:
            return tr("Pause, and the sums of that frame stand here.")
        if self.panel.fault is not None:
            return f"{sentence(self.panel.fault.message)}."
        if result is None or result.chain != self._session.document.chain or row < 0:
            return tr("Choose a filter, and its sums stand here.")
        return result, row

    @Slot()
    def _leave(self) -> None:
        self._under_cursor = None
        self._show_cursor()

    def _show_cursor(self) -> None:
        live = self.live.values_at(*self._under_cursor) if self._under_cursor else None
        if live is not None:
            self._looking.cancel()
            self._show_values(live)
            return
        if self._under_cursor is None or self.result is None:
            self._looking.cancel()
            self._status.set_cursor_text("")
            return
        self._looking.submit(functools.partial(values_at, self.result, self._under_cursor))

    @Slot(object)
    def _show_values(self, values: Values) -> None:
        x, y = values.place
        words = [f"{x}, {y}"]
        compared = self.result is not None and self.result.other is not None
        names = ("A", "B") if compared else (tr("before"), tr("after"))
        for name, pixel in zip(names, (values.before, values.after), strict=True):
            if pixel is not None:
                words.append(f"{name} " + " ".join(number(float(value)) for value in pixel))
        self._status.set_cursor_text("   ".join(words))


def _offer(brought: Brought) -> Offer:
    """What a drop would do here."""
    if not brought.paths:
        return Offer(tr("Open {name}").format(name=brought.name))
    first = brought.paths[0]
    if os.path.isdir(first):
        return Offer(tr("Open the pictures in {name}").format(name=printable(first.name)))
    name = printable(first.name)
    if len(brought.paths) > 1 and not is_video(first):
        count = len(brought.paths)
        return Offer(tr("Open {name} and {count} more").format(name=name, count=count - 1))
    return Offer(tr("Open {name}").format(name=name))
