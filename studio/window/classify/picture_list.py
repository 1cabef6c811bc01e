"""The list of pictures with what stands around it."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from studio.window.canvas.mosaic import Paintable
from studio.window.canvas.view import PictureView
from studio.window.chrome import theme
from studio.window.chrome.widgets import EmptyState
from studio.window.classify.answers_bar import AnswersBar, DropLine
from studio.window.classify.answers_table import AnswersFilter, AnswersModel
from studio.window.classify.answers_view import AnswersView
from studio.window.translate import tr

_STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Left: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_Right: 1}


class QuickLook(PictureView):
    """A picture of the list in large.

    Signals: `closed` by Space, Esc or Enter, `stepped` with -1 or 1 for the picture before or
    after it.
    """

    closed = Signal()
    stepped = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Space, Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.closed.emit()
        elif key in _STEPS and not event.modifiers():
            self.stepped.emit(_STEPS[key])
        else:
            super().keyPressEvent(event)


class PictureList(QWidget):
    """Chips and a search field over the list, the line about drops under it.

    Signals: `row_chosen` with the current `Row`, or None; `samples_wanted`, `model_wanted`,
    `paste_wanted`, `folder_wanted` and `look_wanted` when a person presses for them.
    """

    row_chosen = Signal(object)
    samples_wanted = Signal()
    model_wanted = Signal()
    paste_wanted = Signal()
    folder_wanted = Signal()
    look_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._has_model = False
        self._is_looking = False
        self.rows = AnswersModel()
        self.shown = AnswersFilter(self.rows)
        self.view = AnswersView(self.shown)
        self.bar = AnswersBar()
        self.drop_line = DropLine()
        self._empty = EmptyState("There are no pictures in the list.", "Try the sample pictures")
        self._none_fits = EmptyState("No picture fits.", "Show all")
        self._no_model = EmptyState(
            "There is no trained network yet.", "Open model file…", "folder"
        )
        self.look = QuickLook()
        self.look.setAccessibleName(tr("The chosen picture"))
        self.look.setToolTip(tr("Space or Esc goes back to the list, the arrows to other pictures"))
        self.pages = QStackedWidget()
        for page in (self.view, self._empty, self._none_fits, self._no_model, self.look):
            self.pages.addWidget(page)
        below = QWidget()
        room = QVBoxLayout(below)
        room.setContentsMargins(theme.px(12), theme.px(8), theme.px(12), theme.px(8))
        room.addWidget(self.drop_line)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self.pages, 1)
        column.addWidget(below)
        self._connect()

    def _connect(self) -> None:
        self.rows.listed.connect(self._follow_list)
        self.rows.counted.connect(self._show_counts)
        self.bar.changed.connect(self._filter)
        self.view.row_chosen.connect(self.row_chosen)
        self.view.look_wanted.connect(self.look_wanted)
        self.look.closed.connect(self.close_look)
        self.look.stepped.connect(self._step)
        self._empty.pressed.connect(self.samples_wanted)
        self._none_fits.pressed.connect(self.bar.show_all)
        self._no_model.pressed.connect(self.model_wanted)
        self.drop_line.paste_wanted.connect(self.paste_wanted)
        self.drop_line.folder_wanted.connect(self.folder_wanted)

    def set_has_model(self, has_model: bool) -> None:
        """Say whether there is a model to ask; without one there is a way to it instead."""
        self._has_model = has_model
        self._show_page()

    @property
    def is_looking(self) -> bool:
        """Whether a picture stands in the place of the list."""
        return self._is_looking

    def look_at(self, levels: Paintable | None) -> None:
        """Show a picture in the place of the list, or the list where there is none."""
        if levels is None:
            self.close_look()
            return
        self._is_looking = True
        self.look.set_rgb(levels)
        self.look.fit()
        self._show_page()
        self.look.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def close_look(self) -> None:
        """Go back to the list."""
        if self._is_looking:
            self._is_looking = False
            self.look.set_rgb(None)
            self._show_page()
            self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(int)
    def _step(self, by: int) -> None:
        self.view.choose_number(max(0, self.view.currentIndex().row() + by))

    @Slot()
    def remove_chosen(self) -> None:
        """Take the chosen pictures out of the list, and choose the next."""
        first = self.view.first_chosen
        self.rows.remove(self.view.chosen_rows())
        self.view.choose_number(first)

    @Slot()
    def _follow_list(self) -> None:
        self._choose_first()

    @Slot()
    def _show_counts(self) -> None:
        self.bar.show_counts(self.rows.counts, len(self.rows.rows))
        self._show_page()

    @Slot()
    def _filter(self) -> None:
        self.shown.show_only(self.bar.state, self.bar.name)
        self._choose_first()
        self._show_page()

    def _choose_first(self) -> None:
        if self.view.current_row is None:
            self.view.choose_number(0)

    def _show_page(self) -> None:
        page: QWidget = self.view
        if not self._has_model:
            page = self._no_model
        elif not self.rows.rows:
            page = self._empty
        elif not self.shown.rowCount():
            page = self._none_fits
        elif self._is_looking:
            page = self.look
        self.pages.setCurrentWidget(page)
