"""What was taken for what after an epoch: as a matrix, and as figures of each class."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from studio.data import DATASETS
from studio.training.scores import class_scores
from studio.window.chrome import theme
from studio.window.chrome.controls import Segments, label
from studio.window.train.class_table import ClassTable
from studio.window.train.confusion_matrix import ConfusionMatrix
from studio.window.train.runs import Run
from studio.window.translate import tr

_MATRIX, _CLASSES = "matrix", "classes"
_PARTS = {"test": "of the test pictures", "validation": "of the validation pictures"}
_NARROWEST = 236
_TABLE = 340  # the least width at which every column of the table can be read


class ConfusionPanel(QWidget):
    """The confusion matrix of a run after one of its epochs, with what the pointer is on.

    Signals: `cell_chosen(epoch, row, column)` for the cell whose pictures a person wants to see;
    the diagonal's is what is right.
    """

    cell_chosen = Signal(int, int, int)

    def __init__(self) -> None:
        super().__init__()
        self.matrix = ConfusionMatrix()
        self.matrix.pointed.connect(self._say)
        self.matrix.chosen.connect(self._choose)
        self.table = ClassTable()
        self.table.chosen.connect(lambda number: self._choose(number, number))
        self.words = label(role="label", elide=True)
        self.words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.segments = Segments([(_MATRIX, "Matrix"), (_CLASSES, "Classes")])
        self.segments.setAccessibleName(tr("How to show what was taken for what"))
        self.segments.changed.connect(self._show_page)
        self._checked_on = "test"
        self._epoch = 0
        self._pages = QStackedWidget()
        holder = QWidget()  # so that the matrix needn't be as wide as the panel
        inside = QHBoxLayout(holder)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self.matrix)
        inside.addStretch(1)
        self._pages.addWidget(holder)
        # Its least width is the panel's, which needn't be wider for it while the matrix is shown.
        self.table.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        self._pages.addWidget(self.table)
        head = QHBoxLayout()
        head.setSpacing(theme.px(8))
        head.addWidget(label("Confusion", "title"), 1)
        head.addWidget(self.segments)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, theme.px(8), 0, theme.px(8))
        column.setSpacing(theme.px(4))
        column.addLayout(head)
        column.addWidget(self._pages, 1)
        column.addWidget(self.words)
        self._show_page()

    @property
    def epoch(self) -> int:
        """The epoch that is shown, from 1; 0 while there is none."""
        return self._epoch

    def show_run(self, run: Run, epoch: int | None = None) -> None:
        """Show a run's matrix after an epoch, counted from 1; None is the last one."""
        history = run.history
        epochs = history.epochs
        self._epoch = min(epoch or len(epochs), len(epochs))
        counts = epochs[self._epoch - 1].confusion if epochs else None
        started = history.started
        classes = started.classes if started else DATASETS[run.settings.data].classes
        self.matrix.show_counts(classes, counts)
        self.table.classes.show_scores([] if counts is None else class_scores(counts, classes))
        self._checked_on = started.checked_on if started else "test"
        self._say(self.matrix.words)

    @Slot()
    def _show_page(self) -> None:
        is_table = self.segments.value == _CLASSES
        self._pages.setCurrentIndex(int(is_table))
        self.setMinimumWidth(theme.px(_TABLE if is_table else _NARROWEST))
        self._say(self.matrix.words)

    @Slot(int, int)
    def _choose(self, row: int, column: int) -> None:
        if self._epoch:
            self.cell_chosen.emit(self._epoch, row, column)

    @Slot(str)
    def _say(self, words: str) -> None:
        """Words about a cell, or else what there is to see."""
        is_matrix = self.segments.value == _MATRIX
        if not self._epoch:
            words = tr("after the first epoch")
        elif not is_matrix:
            words = tr(_PARTS[self._checked_on])
        self.words.setText(words or tr("rows true, columns answered"))
