"""What became of a run: runs, kernels and confusion side by side, and its epochs beneath."""

from functools import partial

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from studio.data.parts import Part
from studio.data.progress import Preparing
from studio.image.picture import Picture
from studio.training.events import Kernels
from studio.window.chrome import theme
from studio.window.chrome.controls import Segments, label
from studio.window.latest import Latest
from studio.window.session import Session
from studio.window.train.cell_dialog import CellDialog
from studio.window.train.cell_work import CellAsked
from studio.window.train.checked_parts import CheckedParts
from studio.window.train.confusion import ConfusionPanel
from studio.window.train.epoch_models import EpochModels
from studio.window.train.learned_panel import LearnedPanel
from studio.window.train.replay import source_of
from studio.window.train.runs import Run
from studio.window.train.scrubber import Scrubber
from studio.window.train.selection import Selection
from studio.window.translate import tr

_KERNELS, _CONFUSION = "kernels", "confusion"
_GAP, _EDGE = 24, 16
_NARROWEST = 620  # of the panel
_RUNS, _LEARNED = 230, 276  # least widths


class ResultsPanel(QWidget):
    """One run and one epoch for kernels, matrix and scrubber.

    Parameters
    ----------
    runs : QWidget
        The table of runs.
    head : QWidget
        What stands above it, beside its title.

    Signals
    -------
    network_wanted(reference, layer, output)
        A person wants to see a kernel or a map of a model in Network.
    filter_wanted()
        A kernel was made a filter of the document.
    picture_wanted(space, reference, picture)
        A person wants to see a picture with a model, in ``network`` or ``classify``.
    failed(error)
        Something can't be done.
    """

    network_wanted = Signal(str, str, int)
    filter_wanted = Signal()
    picture_wanted = Signal(str, str, object)
    failed = Signal(object)

    def __init__(self, runs: QWidget, head: QWidget, session: Session) -> None:
        super().__init__()
        self._session = session
        self._selection: Selection | None = None
        self._parts = CheckedParts()
        self._kernels: Kernels | None = None  # the newest that were shown
        self._shown: Run | None = None
        self._opening = Latest(tr("Opening the pictures"), parent=self)
        self._opening.result.connect(self._take_pictures)
        self._opening.failed.connect(self.failed)
        self.learned = LearnedPanel(session)
        self.learned.network_wanted.connect(self._want_network)
        self.learned.filter_wanted.connect(self.filter_wanted)
        self.learned.pictures_wanted.connect(self._open_pictures)
        self.learned.failed.connect(self.failed)
        self.confusion = ConfusionPanel()
        self.confusion.cell_chosen.connect(self.show_cell)
        self.confusion.segments.changed.connect(self._lay_out)
        self.scrubber = Scrubber()
        self.dialog: CellDialog | None = None
        self.switch = Segments([(_KERNELS, "Kernels"), (_CONFUSION, "Confusion")])
        self.switch.setAccessibleName(tr("What to show beside the runs"))
        self.switch.changed.connect(self._lay_out)
        self._models = EpochModels(session, self)
        self._models.failed.connect(self.failed)
        self._make_layout(runs, head)

    def follow(self, selection: Selection) -> None:
        """Show what is selected from now on."""
        self._selection = selection
        self.scrubber.epoch_wanted.connect(lambda epoch: selection.look_at(epoch or None))
        for signal in (selection.chosen, selection.changed, selection.learned):
            signal.connect(self._follow)
        selection.progressed.connect(self._follow_kernels)
        selection.epoch_changed.connect(self._show_all)
        theme.theme().changed.connect(self._show_all)
        self._show_all()

    def _make_layout(self, runs: QWidget, beside: QWidget) -> None:
        head = QHBoxLayout()
        head.addWidget(label("Runs", "title"), 1)
        head.addWidget(beside)
        head.addWidget(self.switch)
        left = self._left = QWidget()
        left.setMinimumWidth(theme.px(_RUNS))
        column = QVBoxLayout(left)
        column.setContentsMargins(theme.px(16), theme.px(8), 0, theme.px(8))
        column.setSpacing(theme.px(4))
        column.addLayout(head)
        column.addWidget(runs, 1)
        self.learned.setMinimumWidth(theme.px(_LEARNED))
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, theme.px(_EDGE), 0)
        row.setSpacing(theme.px(_GAP))
        row.addWidget(left, 13)  # what differs needs the room
        row.addWidget(self.learned, 10)
        row.addWidget(self.confusion, 0)
        column = QVBoxLayout(self)
        column.setSizeConstraint(QVBoxLayout.SizeConstraint.SetNoConstraint)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row, 1)
        column.addWidget(self.scrubber)

    def minimumSizeHint(self) -> QSize:
        """Room for the runs and one of the others."""
        return QSize(theme.px(_NARROWEST), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    @Slot()
    def _lay_out(self) -> None:
        """Both where there is room, or the one that the switch says."""
        needed = self._left.minimumWidth() + self.learned.minimumWidth() + 2 * theme.px(_GAP)
        needed += self.confusion.minimumWidth() + theme.px(_EDGE)
        has_both = self.width() >= needed
        self.switch.setVisible(not has_both)
        self.learned.setVisible(has_both or self.switch.value == _KERNELS)
        self.confusion.setVisible(has_both or self.switch.value == _CONFUSION)

    # Following the selection

    @property
    def run(self) -> Run:
        """The chosen one."""
        assert self._selection is not None
        return self._selection.run

    @property
    def epoch(self) -> int:
        """The epoch that is shown, from 1; 0 while none is whole."""
        assert self._selection is not None
        done = len(self.run.history.epochs)
        return min(self._selection.epoch or done, done)

    @Slot(object)
    def _follow(self, run: Run) -> None:
        if run is self.run:
            self._show_all()

    @Slot(object)
    def _follow_kernels(self, run: Run) -> None:
        """Newer kernels within an epoch, where the last is looked at."""
        if run is self.run and run.history.kernels is not self._kernels:
            self._show_learned()

    @Slot()
    def _show_all(self) -> None:
        assert self._selection is not None
        run, epoch = self.run, self._selection.epoch
        self.confusion.show_run(run, epoch)
        self.scrubber.show_epochs(len(run.history.epochs), run.settings.epochs, epoch)
        if run is not self._shown:
            self._shown = run
            self.learned.set_pictures(None, ())
        self._show_learned()

    def _show_learned(self) -> None:
        assert self._selection is not None
        history, epoch = self.run.history, self.epoch
        self._kernels = newer = history.kernels
        if self._selection.epoch is None:
            # The weights come a moment after the matrix.
            epoch = history.snapshot.epoch if history.snapshot is not None else 0
        elif epoch:
            newer = None
        last = history.epochs[epoch - 1].step if epoch else 0
        if newer is not None and newer.step <= last:
            newer = None
        self.learned.show_epoch(source_of(self.run, self._session), epoch, newer)

    # To other workspaces

    @Slot(str, int)
    def _want_network(self, layer: str, output: int) -> None:
        def tell(reference: str) -> None:
            self.network_wanted.emit(reference, layer, output)

        self._models.find(self.run, self.epoch, tell)

    @Slot(str, object)
    def _want_picture(self, space: str, picture: Picture) -> None:
        assert self.dialog is not None
        run, epoch = self._asked
        self._models.find(
            run, epoch, lambda reference: self.picture_wanted.emit(space, reference, picture)
        )

    # Pictures

    @Slot()
    def _open_pictures(self) -> None:
        self._opening.submit(partial(self._parts.pick, self.run.settings, self.run.data_root))

    @Slot(object)
    def _take_pictures(self, event: Part | Preparing) -> None:
        started = self.run.history.started
        if isinstance(event, Part) and started is not None:
            self.learned.set_pictures(event, started.classes)
            self.learned.choose_picture(0)

    @Slot(int, int, int)
    def show_cell(self, epoch: int, true: int, answered: int) -> None:
        """Show the pictures of one cell of the chosen run's matrix after an epoch."""
        run = self.run
        source, history = source_of(run, self._session), run.history
        if source is None or not 1 <= epoch <= len(history.epochs):
            return
        if self.dialog is None:
            self.dialog = CellDialog(self._parts, self)
            self.dialog.picture_wanted.connect(self._want_picture)
        self._asked = run, epoch
        is_last = epoch == len(history.epochs)
        asked = CellAsked(
            run=run.model_key,
            source=source,
            epoch=epoch,
            true=true,
            answered=answered,
            settings=run.settings,
            data_root=run.data_root,
            confusion=history.epochs[epoch - 1].confusion,
            answers=history.answers if is_last else None,
        )
        self.dialog.show_cell(asked, run.title)
