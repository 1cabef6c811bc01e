"""The Filter workspace: a picture before and after a chain of filters."""

import functools
from collections.abc import Iterator, Sequence
from pathlib import Path

from PySide6.QtCore import QSettings, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QFileDialog, QSizePolicy, QVBoxLayout, QWidget

from studio.document import Document
from studio.errors import StudioError
from studio.image.read import decode_picture
from studio.image.write import number, write_picture
from studio.window.canvas.compare import CompareView
from studio.window.chrome import theme
from studio.window.chrome.controls import Button, PrimaryButton, Segments, label, make_action
from studio.window.chrome.status import Status
from studio.window.chrome.widgets import MessageBar, Toolbar, workspace_layout
from studio.window.drop import Brought, DropVeil, Offer, pasted
from studio.window.filter.arithmetic_panel import ArithmeticPanel
from studio.window.filter.chain_panel import ChainPanel
from studio.window.filter.pointing import Explained, Values, explained, values_at
from studio.window.filter.renderer import Renderer
from studio.window.filter.result import Facts, Result
from studio.window.job import Job
from studio.window.latest import Latest
from studio.window.session import Session
from studio.window.translate import tr

_MODES = (("split", "Split"), ("side", "Side by side"), ("blink", "Blink"))


class FilterSpace(QWidget):
    """Shows what the session's chain makes of its picture, and saves it.

    Signals: `open_wanted` when a person wants another picture.
    """

    open_wanted = Signal()

    def __init__(self, session: Session, status: Status) -> None:
        super().__init__()
        self._session = session
        self._status = status
        self._under_cursor: tuple[int, int] | None = None
        self._pinned: tuple[int, int] | None = None  # column and row the arithmetic stays at
        self._saving: Job | None = None
        self.panel = ChainPanel(session)
        self._make_actions()
        self._make_body()
        self._make_toolbar()
        workspace_layout(self, self.toolbar, self._body, self.panel)
        self.renderer = Renderer(self.compare, self)
        self.renderer.result_changed.connect(self._show_result)
        self.renderer.facts_changed.connect(self._show_facts)
        self.renderer.failed.connect(self._show_failure)
        self.renderer.busy_changed.connect(self._show_busy)
        self.renderer.progress.connect(status.set_progress)
        self._explaining = Latest(tr("Filtering"), interim=True, parent=self)
        self._explaining.result.connect(self._show_explained)
        self._explaining.failed.connect(self._show_failure)
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
            "File": [self._save],
            "Edit": [self._paste, *self.panel.edit_actions],
            "View": [self._fit, self._actual],
            "Picture": self.panel.add_actions,
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
        self.compare.clicked.connect(self.pin)
        self.compare.view_changed.connect(self._show_zoom)
        self.arithmetic = ArithmeticPanel()
        self.panel.selected.connect(self._show_arithmetic)
        self.message = MessageBar()
        self._body = QWidget()
        column = QVBoxLayout(self._body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.message)
        column.addWidget(self.compare, 1)
        column.addWidget(self.arithmetic)

    def _make_toolbar(self) -> None:
        open_button = Button("Open", "folder", tip_text="Open a picture", key="Ctrl+O")
        open_button.clicked.connect(self.open_wanted)
        self._name = label(role="title", elide=True)
        self._name.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self._facts = label(role="caption", elide=True)
        self._mode = Segments(_MODES)
        self._mode.changed.connect(self.set_mode)
        self._zoom = Button("100 %", "fit", "flat", tip_text="Fit to the window", key="Ctrl+0")
        self._zoom.clicked.connect(self._fit.trigger)
        save = PrimaryButton("Save result…", tip_text="Save the filtered picture", key="Ctrl+S")
        save.clicked.connect(self.save)
        self.toolbar = Toolbar(
            open_button, 4, self._name, self._facts, 0, self._mode, 8, self._zoom, 8, save
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._facts.setVisible(event.size().width() >= theme.px(1000))

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
        """Open what was dropped or pasted; of several files the first picture."""
        if brought.paths:
            self._session.open_picture(str(brought.paths[0]))
        else:
            self._reading.submit(lambda: decode_picture(brought.data, brought.name))

    @Slot(int, int)
    def pin(self, x: int, y: int) -> None:
        """Keep the arithmetic at a pixel; at the same one again, let it follow the cursor."""
        self._pinned = None if self._pinned == (x, y) else (x, y)
        self._show_arithmetic()

    @Slot()
    def save(self) -> None:
        """Ask where, and write the result there."""
        if self.result is None or self._saving is not None:
            return
        ending = ".tiff" if self.result.is_float else ".png"
        settings = QSettings()
        folder = str(settings.value("folders/save", str(Path.home())))
        stem = Path(self.result.picture.name).stem or tr("picture")
        path, _ = QFileDialog.getSaveFileName(
            self,
            tr("Save result"),
            str(Path(folder) / f"{stem}-filtered{ending}"),
            tr("Pictures") + " (*.png *.tiff *.tif *.jpg *.webp *.bmp)",
        )
        if path:
            settings.setValue("folders/save", str(Path(path).parent))
            self.save_to(Path(path))

    def save_to(self, path: Path) -> None:
        """Write the result that is shown into a file, in its own depth where the format has it."""
        assert self.result is not None
        picture, evaluation = self.result.picture, self.result.evaluation
        depth = picture.pixels.dtype.name

        def write() -> Iterator[float | str]:
            filled = picture.pixels
            for pixels, share in evaluation.filling():
                filled = pixels
                yield share
            yield write_picture(picture.with_pixels(filled), path, depth=depth)

        self._saving = Job(write, tr("Saving"))
        self._saving.events.connect(functools.partial(self._show_saved, path))
        self._saving.failed.connect(self._show_failure)
        self._saving.finished.connect(self._end_saving)
        self._status.set_busy(tr("Saving {name}").format(name=path.name), self._saving.cancel)
        self._saving.start()

    # Showing

    @Slot()
    def _show_picture(self) -> None:
        picture = self._session.picture
        self._name.setText(picture.name)
        self._facts.setText(picture.words)
        self._submit()

    @Slot(object, object)
    def _follow(self, old: Document, new: Document) -> None:
        if old.chain != new.chain:
            self._submit()

    @Slot()
    def _submit(self) -> None:
        chain, picture = self._session.document.chain, self._session.picture
        self.renderer.show(picture, chain, self.panel.mode, self.panel.rows.row)

    @Slot(object)
    def _show_result(self, result: Result) -> None:
        self.message.clear()
        self.panel.show_result(result)
        self._show_arithmetic()
        self._show_cursor()

    @Slot(object)
    def _show_facts(self, facts: Facts) -> None:
        self.panel.show_facts(facts)
        if facts.milliseconds is not None:
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

    def _show_saved(self, path: Path, events: list[float | str]) -> None:
        last = events[-1]
        if isinstance(last, float):
            self._status.set_progress(last)
            return
        self._status.show_message(tr("Saved {name}").format(name=path.name))
        if last:
            title = tr("{name} could not keep every value:").format(name=path.name)
            self.message.show_warning(title, last + ".")

    @Slot()
    def _end_saving(self) -> None:
        self._saving = None
        self._status.set_idle()

    @Slot()
    def _show_zoom(self) -> None:
        self._zoom.setText(f"{100 * self.compare.scale:.0f} %")

    @Slot(int, int)
    def _point(self, x: int, y: int) -> None:
        self._under_cursor = (x, y)
        self._show_cursor()
        if self._pinned is None:
            self._show_arithmetic()

    @Slot()
    def _show_arithmetic(self) -> None:
        """The sum behind the pinned pixel, the one under the cursor, or the strongest answer."""
        result, row = self.result, self.panel.rows.row
        if result is None or result.chain != self._session.document.chain or row < 0:
            self.arithmetic.show_words(tr("Choose a filter, and its sums stand here."))
            return
        step = result.chain.steps[row]
        if not step.on:
            words = tr("{filter} is switched off.").format(filter=tr(step.filter.title))
            self.arithmetic.show_words(words)
            return
        place = self._pinned or self._under_cursor
        self._explaining.submit(functools.partial(explained, result, row, place))

    @Slot(object)
    def _show_explained(self, shown: Explained) -> None:
        if shown.arithmetic is None:
            title = tr(self._session.document.chain.steps[shown.row].filter.title)
            words = tr("{filter} looks at one pixel at a time: there is no neighbourhood to show.")
            self.arithmetic.show_words(words.format(filter=title))
            return
        colour = tr("red") if shown.channels == 3 else ""
        self.arithmetic.show_arithmetic(shown.arithmetic, *shown.place, colour, shown.depth)

    @Slot()
    def _leave(self) -> None:
        self._under_cursor = None
        self._show_cursor()

    def _show_cursor(self) -> None:
        if self._under_cursor is None or self.result is None:
            self._looking.cancel()
            self._status.set_cursor_text("")
            return
        self._looking.submit(functools.partial(values_at, self.result, self._under_cursor))

    @Slot(object)
    def _show_values(self, values: Values) -> None:
        x, y = values.place
        words = [f"{x}, {y}"]
        for name, pixel in ((tr("before"), values.before), (tr("after"), values.after)):
            if pixel is not None:
                words.append(f"{name} " + " ".join(number(float(value)) for value in pixel))
        self._status.set_cursor_text("   ".join(words))


def _offer(brought: Brought) -> Offer:
    """What a drop would do here."""
    if not brought.paths:
        return Offer(tr("Open {name}").format(name=brought.name))
    first = brought.paths[0]
    if first.is_dir():
        return Offer(tr("Filter opens one picture: drop a file, or the folder in Classify"), False)
    return Offer(tr("Open {name}").format(name=first.name))
