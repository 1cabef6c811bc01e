"""What the unit sees of the picture: its receptive field, in theory and measured."""

from PySide6.QtCore import Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from studio.nets.row import INPUT
from studio.window.canvas.aim import MARGIN
from studio.window.chrome import theme
from studio.window.chrome.controls import Segments, Switch, label
from studio.window.chrome.status import Status
from studio.window.network.field.heat import HeatOverlay
from studio.window.network.field.input_section import InputSection
from studio.window.network.field.many import ManyPanel
from studio.window.network.field.measuring import Measuring
from studio.window.network.field.sizes import FieldSizes
from studio.window.network.field.view import FieldView
from studio.window.network.look import Look
from studio.window.network.sight import Sight
from studio.window.session import Session
from studio.window.translate import tr

_ONE, _MANY = "one", "many"


class FieldPage(QWidget):
    """The part of the picture that the network sees, the unit's field on it, and its size."""

    def __init__(self, sight: Sight, session: Session, status: Status) -> None:
        super().__init__()
        self._sight = sight
        self._drawn: Look | None = None
        self.measuring = Measuring(sight, self)
        self.picture = FieldView()
        self.picture.setAccessibleName(tr("The part of the picture that the network sees"))
        self.picture.setToolTip(tr("Click to find the unit that looks there"))
        self.picture.clicked.connect(self._choose_place)
        self.sizes = FieldSizes()
        self.over = Segments(
            [(_ONE, "This picture"), (_MANY, "Many")],
            [
                tr("Measured by the gradient on the picture that is shown"),
                tr("The mean over a collection, with the network in evaluation mode"),
            ],
        )
        self.over.setAccessibleName(tr("What the field is measured over"))
        self.heat = Switch(tr("Heat"))
        self.heat.setChecked(True)
        self.heat.setToolTip(tr("Draw what was measured over the picture"))
        self.many = ManyPanel()
        self.error = label(role="error", wrap=True)
        self.input = InputSection(sight, status)
        self._lay_out()
        self.over.changed.connect(self._choose_over)
        self.heat.toggled.connect(self._show_measured)
        self.many.begun.connect(self.measuring.begin)
        self.many.stopped.connect(self.measuring.stop)
        self.measuring.changed.connect(self._show_measured)
        sight.look_changed.connect(self._show_look)
        sight.settled.connect(self._show_unit)

    def _lay_out(self) -> None:
        self._switches = QWidget()
        row = QHBoxLayout(self._switches)
        row.setContentsMargins(MARGIN, 0, MARGIN, 0)
        row.addWidget(self.over)
        row.addStretch(1)
        row.addWidget(self.heat)
        self._below = QWidget()
        below = QVBoxLayout(self._below)
        below.setContentsMargins(MARGIN, 0, MARGIN, 0)
        below.setSpacing(theme.px(8))
        for line in (self.many, self.sizes.words, self.error):
            below.addWidget(line)
        upper = QVBoxLayout()
        beside = theme.px(16) - MARGIN  # the picture keeps a margin of its own
        upper.setContentsMargins(beside, theme.px(12) - MARGIN, beside, theme.px(12))
        upper.setSpacing(theme.px(12) - MARGIN)
        for part in (self.picture, self.sizes, self._switches, self._below):
            upper.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(upper)
        column.addWidget(self.input)

    # Showing

    @Slot()
    def _show_look(self) -> None:
        look = self._sight.look
        if look is None or look is self._drawn:
            return
        same_size = self._drawn is not None and self._drawn.seen.shape == look.seen.shape
        self._drawn = look
        if same_size:
            self.picture.set_rgb(look.seen)
        else:
            self.picture.set_picture(look.seen)

    @Slot()
    def _show_unit(self) -> None:
        look, row = self._sight.look, self._sight.row
        if look is None or row is None:
            return
        _, y, x = self._sight.unit
        box, cut = look.field_of(row, y, x)
        self.picture.set_rectangle(box, cut)
        self.sizes.show_theory(look, self._sight.number, y, x, any(cut))
        has_field = row.name != INPUT
        self.sizes.setVisible(has_field)
        self._switches.setVisible(has_field)
        self._below.setVisible(has_field)
        self._show_measured()

    @Slot()
    def _show_measured(self) -> None:
        """Show what was measured, in numbers, as a patch, and over the picture."""
        measuring, row = self.measuring, self._sight.row
        has_field = row is not None and row.name != INPUT
        found = measuring.found if has_field else None
        self.sizes.show_measured(found, self._waiting())
        self._show_heat()
        error = "" if measuring.error is None else str(measuring.error)
        self.error.setText(error)
        self.error.setVisible(bool(error))
        over_many = measuring.over_many and has_field
        self.many.setVisible(over_many)
        if over_many:
            self.many.show_state(measuring.preparing, found, measuring.is_busy)

    def _show_heat(self) -> None:
        """Draw the heat of the very unit that is framed, or nothing."""
        found, look = self.measuring.found, self._sight.look
        shown = found is not None and self.heat.isChecked() and self.measuring.is_current
        if not shown or found is None or look is None or found.row.name == INPUT:
            self.picture.set_overlay(None)
            return
        seen = found.field.seen
        if not seen.height * seen.width or found.field.measured is None:
            self.picture.set_overlay(None)
            return
        part = found.pixels[seen.top : seen.bottom, seen.left : seen.right]
        self.picture.set_overlay(HeatOverlay(part, look.on_seen(*seen)))

    def _waiting(self) -> str:
        """Why nothing is measured."""
        if self.measuring.error is not None:
            return ""
        if self._sight.is_live and not self.measuring.over_many:
            return tr("Measured once the picture rests: freeze it with F")
        if self.measuring.over_many:
            if self.measuring.is_busy:
                return ""
            return tr("Press Measure to average over many pictures")
        return tr("Measuring…")

    # What a person does

    @Slot(str)
    def _choose_over(self, over: str) -> None:
        self.measuring.set_over_many(over == _MANY)
        self._show_measured()

    @Slot(int, int)
    def _choose_place(self, x: int, y: int) -> None:
        """Find the unit that looks at a place on the picture."""
        look, row = self._sight.look, self._sight.row
        if look is not None and row is not None and not row.output.flat:
            found = look.unit_at(row, y + 0.5, x + 0.5)
            self._sight.choose_unit(self._sight.chosen_unit[0], *found)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.measuring.set_wanted(True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.measuring.set_wanted(False)
