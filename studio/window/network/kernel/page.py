"""What a layer has learned: its kernels, the numbers of one, and what can be done with them."""

from functools import partial

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from studio.errors import StudioError
from studio.insight.kernels import Weights
from studio.nets.row import Row
from studio.window.canvas.maps import MapGrid
from studio.window.chrome import theme
from studio.window.chrome.controls import Button, IconButton, Segments, label
from studio.window.chrome.status import Status
from studio.window.latest import Latest
from studio.window.network.kernel.filtering import with_kernel
from studio.window.network.kernel.matrix import WeightMatrix
from studio.window.network.kernel.numbers import KernelNumbers
from studio.window.network.kernel.putting import PutMenu
from studio.window.network.kernel.study import ALL, BEFORE, INITIAL, Shown, Students, kernel_row
from studio.window.network.kernel.weight_bars import WeightBars
from studio.window.network.kernel.words import (
    count_words,
    input_words,
    kernel_facts,
    since_words,
)
from studio.window.network.look import Look
from studio.window.network.sight import Sight
from studio.window.network.sums import Sums
from studio.window.network.unit import Facts
from studio.window.session import Session
from studio.window.translate import tr

_CELL, _LARGEST, _GRID = 34, 72, 176  # of the grid of kernels


class KernelPage(QWidget):
    """The kernels of the current layer, and the numbers of the current unit's.

    For an activation or a normalisation, those of the layer that it comes from.

    Signals: `filter_wanted` when a kernel was made a filter of the document.
    """

    filter_wanted = Signal()

    def __init__(self, sight: Sight, session: Session, status: Status) -> None:
        super().__init__()
        self._sight, self._session, self._status = sight, session, status
        self._students = Students()
        self._look: Look | None = None  # the newest
        self._before: Weights | None = None  # of the epoch before, in a run of this session
        self._shown: Shown | None = None
        self._name = ""  # of the row that was asked for
        self._input = ALL
        self._is_stale = True
        self._follows = False  # while the page follows the sight, not a person
        self._pictures: object = None  # what the grid shows
        self._dead: list[bool] = []
        self.sums = Sums(sight, self)
        self._latest = Latest(tr("Looking at kernels"), parent=self)
        self._make_parts()
        self._lay_out()
        self.sums.changed.connect(self._show_numbers)
        self._latest.result.connect(self._take)
        self._latest.failed.connect(self._fail)
        self._latest.busy.connect(self._show_numbers)
        sight.look_changed.connect(self._follow_look)
        sight.row_changed.connect(self._follow_row)
        sight.unit_changed.connect(self._show_unit)
        self._show_all()

    # Building

    def _make_parts(self) -> None:
        self.heading = label(role="title")
        self.extent = label(role="caption", elide=True)
        self.nothing = label(role="caption", wrap=True)
        self.grid = MapGrid(smallest=_CELL, ground="panel")
        self.grid.set_largest(_LARGEST, _GRID)
        self.grid.setFixedHeight(theme.px(_GRID))
        self.grid.setAccessibleName(tr("Kernels"))
        self.grid.current_changed.connect(self._choose_output)
        self.matrix = WeightMatrix()
        self.matrix.chosen.connect(self._choose_weight)
        self.marker = label(role="caption", wrap=True)
        self.less = IconButton("chevron-left", "Kernel for the input before")
        self.more = IconButton("chevron-right", "Kernel for the next input")
        self.less.clicked.connect(lambda: self.choose_input(self._input - 1))
        self.more.clicked.connect(lambda: self.choose_input(self._input + 1))
        self.which = label(role="label", elide=True)
        self.which.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.stepper = QWidget()
        self.numbers = KernelNumbers()
        self.facts = Facts()
        self.bars = WeightBars()
        self.since = Segments([(INITIAL, since_words(INITIAL)), (BEFORE, since_words(BEFORE))])
        self.since.setAccessibleName(tr("What to compare the kernels with"))
        self.since.changed.connect(self._show_facts)
        self._compared = label("Compared with", "label")
        self.to_filter = Button("Use in Filter", "filter")
        self.to_filter.clicked.connect(self.use_in_filter)
        self.put_menu = PutMenu(self._sight, self._session, self)
        self.put = Button("Hand-made", "pencil")
        self.put.setMenu(self.put_menu)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(theme.px(8))
        head.addWidget(self.heading)
        head.addWidget(self.extent, 1)
        steps = QHBoxLayout(self.stepper)
        steps.setContentsMargins(0, 0, 0, 0)
        steps.addWidget(self.less)
        steps.addWidget(self.which, 1)
        steps.addWidget(self.more)
        compared = QHBoxLayout()
        compared.setSpacing(theme.px(8))
        compared.addWidget(self._compared)
        compared.addWidget(self.since)
        compared.addStretch(1)
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.px(8))
        buttons.addWidget(self.to_filter)
        buttons.addWidget(self.put)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.px(16), theme.px(12), theme.px(16), theme.px(12))
        column.setSpacing(theme.px(8))
        column.addLayout(head)
        for part in (self.nothing, self.grid, self.matrix, self.marker, self.stepper):
            column.addWidget(part)
        column.addWidget(self.numbers)
        column.addLayout(buttons)
        column.addWidget(self.facts)
        column.addLayout(compared)
        column.addWidget(self.bars)

    # What a person does

    @property
    def shown(self) -> Shown | None:
        """What is known of the kernels that are shown."""
        return self._shown

    @property
    def input(self) -> int:
        """Which input of the kernels is shown; `ALL` for all together."""
        return self._input

    def choose_input(self, input: int) -> None:
        """Show the kernels for another of their inputs."""
        if self._shown is not None and ALL <= input < self._shown.study.kernels.inputs:
            self._input = input
            self._ask()
            self._show_all()

    @Slot()
    def use_in_filter(self) -> None:
        """Make the kernel that is shown a filter of the document, and show what it does."""
        shown, row = self._shown, self._kernel_row
        if shown is None or row is None:
            return
        output, document, kernels = self._output, self._session.document, shown.study.kernels
        try:
            made = with_kernel(
                document, kernels, output, "mean" if self._input == ALL else self._input
            )
        except StudioError as error:
            self._status.show_message(str(error))
            return
        text = tr("Use kernel {number} of {layer}").format(number=output, layer=row.title)
        self._session.edit(text, made)
        self.filter_wanted.emit()

    @Slot(int)
    def _choose_output(self, output: int) -> None:
        row = self._sight.row
        if self._follows or row is None or output >= row.output.channels:
            return
        _, y, x = self._sight.chosen_unit
        self._sight.choose_unit(output, y, x)

    @Slot(int, int)
    def _choose_weight(self, output: int, input: int) -> None:
        if input >= 0:
            self.choose_input(input)
        self._choose_output(output)

    # Following what is looked at

    @property
    def _kernel_row(self) -> Row | None:
        row = self._sight.row
        return None if row is None else kernel_row(self._sight.rows, row)

    @property
    def _output(self) -> int:
        """The kernel of the current unit."""
        return self._sight.unit[0]

    @Slot()
    def _follow_look(self) -> None:
        look, last = self._sight.look, self._look
        if look is not None and (last is None or look.loaded is not last.loaded):
            before = self._session.snapshots.before(look.reference, look.loaded)
            fits = before is not None and before.card.network == look.model.card.network
            self._before = before.weights if before is not None and fits else None
        self._look = look or last
        if look is None:
            self._latest.cancel()
            self._shown = None

    @Slot()
    def _follow_row(self) -> None:
        row = self._kernel_row
        name = "" if row is None else row.name
        if name != self._name:
            self._name, self._input, self._shown = name, ALL, None
        self._ask()
        self._show_all()

    def _ask(self) -> None:
        look, row = self._sight.look, self._kernel_row
        self._is_stale = not self.isVisible()
        if look is not None and row is not None and not self._is_stale:
            self._latest.submit(
                partial(self._students.show, look, row.name, self._before, self._input)
            )

    @Slot(object)
    def _take(self, shown: Shown | None) -> None:
        self._shown = shown
        if shown is not None:
            self._input = shown.input  # another network's kernels may have fewer inputs
            self._show_kernels(shown)
        self._show_all()

    @Slot(object)
    def _fail(self, error: StudioError) -> None:
        self._shown = None
        self._show_all()
        self.nothing.setText(str(error))

    # Showing

    def _show_kernels(self, shown: Shown) -> None:
        study = shown.study
        dead = (study.dead | study.silent).tolist()
        self._follows = True
        if shown.matrix is not None:
            self.matrix.show_weights(study.kernels.matrix(), shown.matrix)
        elif shown.pictures is not self._pictures or dead != self._dead:
            self.grid.set_maps(shown.pictures, dead=dead)
            self._pictures, self._dead = shown.pictures, dead
        self._follows = False
        self.bars.show_counts(study.counted)
        since = self.since.value
        if since not in study.changes and study.changes:
            self.since.set_value(next(iter(study.changes)))

    def _show_all(self) -> None:
        row, shown = self._kernel_row, self._shown
        has_kernels = shown is not None
        is_matrix = shown is not None and shown.matrix is not None
        self.heading.setText("" if row is None else row.title)
        self.extent.setText("" if shown is None else count_words(shown.study))
        for part in (self.facts, self.bars, self.to_filter, self.put):
            part.setVisible(has_kernels)
        self.grid.setVisible(has_kernels and not is_matrix)
        self.matrix.setVisible(is_matrix)
        can_choose = shown is not None and len(shown.study.changes) > 1
        self._compared.setVisible(can_choose)
        self.since.setVisible(can_choose)
        self.stepper.setVisible(shown is not None and shown.study.kernels.inputs > 1)
        self._show_marker()
        self._show_unit()

    def _show_marker(self) -> None:
        """What the rings on the kernels mean, where there are any."""
        words = []
        if self._shown is not None and self._shown.matrix is None:
            study = self._shown.study
            if study.dead.any():
                words.append(tr("nearly no weights"))
            if study.silent.any():
                words.append(tr("silent on this picture"))
        self.marker.setText("○ " + tr(", or ").join(words) if words else "")
        self.marker.setVisible(bool(words))

    @Slot()
    def _show_unit(self) -> None:
        """Follow the current unit: its kernel, and what is known about it."""
        shown, row = self._shown, self._kernel_row
        if shown is not None and row is not None and self._output < shown.study.kernels.count:
            self._follows = True
            self.grid.set_current(self._output)
            self.matrix.set_current(self._output)
            self._follows = False
            kernels = shown.study.kernels
            sources = {one.name: one for one in self._sight.rows}
            source = sources.get(row.inputs[0], row) if row.inputs else row
            self.which.setText(input_words(shown.study, source, self._output, self._input))
            self.less.setEnabled(self._input > ALL)
            self.more.setEnabled(self._input + 1 < kernels.inputs)
            self._show_facts()
            self._show_buttons(row)
        self._show_numbers()

    @Slot()
    def _show_facts(self) -> None:
        if self._shown is not None and self._output < self._shown.study.kernels.count:
            self.facts.show_facts(kernel_facts(self._shown.study, self._output, self.since.value))

    def _show_buttons(self, row: Row) -> None:
        shown = self._shown
        assert shown is not None
        is_window = shown.study.kernels.size != (1, 1)
        self.to_filter.setEnabled(is_window)
        words = tr("Apply these weights to the picture, in Filter; other filters are switched off")
        self.to_filter.setToolTip(words if is_window else tr("A single weight is no filter"))
        self.put_menu.set_place(row, self._output)
        why_not = self.put_menu.why_not
        self.put.setEnabled(not why_not)
        self.put.setToolTip(why_not or tr("Put a hand-made kernel in its place"))

    @Slot()
    def _show_numbers(self) -> None:
        """Show the numbers of the current unit, or say why there are none."""
        found, shown, row = self.sums.found, self._shown, self._kernel_row
        inputs = None
        if found is not None and row is not None and found.row.name == row.name:
            inputs = found.inputs
        self.numbers.show_unit(shown, inputs, self._output, self._input)
        is_one = shown is not None and shown.matrix is not None and self._input == ALL
        self.numbers.setVisible(not is_one and (shown is not None or self.numbers.has_numbers))
        self.nothing.setText(self._why_nothing(row))
        self.nothing.setVisible(bool(self.nothing.text()))

    def _why_nothing(self, row: Row | None) -> str:
        if self._shown is not None or row is None:
            return ""
        if self._latest.is_busy:
            return tr("Looking at the kernels…")
        if self.numbers.has_numbers:
            words = tr("{layer} has no kernels. This is the window that the unit looks at.")
        else:
            words = tr("{layer} has no kernels. Choose a convolution or a dense layer.")
        return words.format(layer=row.title)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.sums.want(True)
        if self._is_stale:
            self._ask()
        self._show_all()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.sums.want(False)
