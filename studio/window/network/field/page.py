"""What the unit sees of the picture: its receptive field."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from studio.window.canvas.aim import MARGIN
from studio.window.chrome import theme
from studio.window.chrome.controls import label
from studio.window.chrome.status import Status
from studio.window.network.facts import reach_words
from studio.window.network.field.view import FieldView, Patch
from studio.window.network.sight import Sight
from studio.window.session import Session
from studio.window.translate import tr


class FieldPage(QWidget):
    """The part of the picture that the network sees, and the unit's field on it."""

    def __init__(self, sight: Sight, session: Session, status: Status) -> None:
        super().__init__()
        self._sight = sight
        self.picture = FieldView()
        self.picture.setAccessibleName(tr("The part of the picture that the network sees"))
        self.picture.setToolTip(tr("Click to find the unit that looks there"))
        self.picture.clicked.connect(self._choose_place)
        self.patch = Patch()
        self._theory = label("Theory", "small")
        self._theory.setToolTip(
            tr("What the unit can depend on, from kernels, strides and padding alone")
        )
        self.field_size = label(role="title")
        self._pixels = label("pixels", "label")
        self.reach = label(role="caption", wrap=True)
        words = QVBoxLayout()
        words.setSpacing(theme.px(2))
        for part in (self._theory, self.field_size, self._pixels):
            words.addWidget(part)
        words.addStretch(1)
        row = QHBoxLayout()
        row.setContentsMargins(MARGIN, 0, MARGIN, 0)
        row.setSpacing(theme.px(8))
        row.addWidget(self.patch, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words)
        row.addSpacing(theme.px(8))
        row.addWidget(self.reach, 1, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        beside = theme.px(16) - MARGIN  # the picture keeps a margin of its own
        column.setContentsMargins(beside, theme.px(12) - MARGIN, beside, theme.px(12))
        column.setSpacing(theme.px(12) - MARGIN)
        column.addWidget(self.picture)
        column.addLayout(row)
        sight.look_changed.connect(self._show_look)
        sight.unit_changed.connect(self._show_unit)

    @Slot()
    def _show_look(self) -> None:
        if self._sight.look is not None:
            self.picture.set_picture(self._sight.look.seen)

    @Slot()
    def _show_unit(self) -> None:
        look, row = self._sight.look, self._sight.row
        if look is None or row is None:
            return
        _, y, x = self._sight.unit
        field = row.field_of(y, x)
        box, cut = look.field_of(row, y, x)
        self.picture.set_rectangle(box, cut)
        self.patch.show_field(look.input, field)
        self.field_size.setText("×".join(map(str, row.receptive_field)))
        border = tr("reaches into the border that was added") if any(cut) else ""
        self.reach.setText(reach_words(field, look.rows[0].output) or border)

    @Slot(int, int)
    def _choose_place(self, x: int, y: int) -> None:
        """Find the unit that looks at a place on the picture."""
        look, row = self._sight.look, self._sight.row
        if look is not None and row is not None and not row.output.flat:
            found = look.unit_at(row, y + 0.5, x + 0.5)
            self._sight.choose_unit(self._sight.chosen_unit[0], *found)
