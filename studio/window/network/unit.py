"""One unit: what it sees of the picture, its value, and facts about its layer."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from studio.image.write import number
from studio.nets.row import Row
from studio.window.canvas import overlays
from studio.window.canvas.aim import MARGIN
from studio.window.canvas.levels import image_of
from studio.window.canvas.view import PictureView
from studio.window.chrome import theme
from studio.window.chrome.controls import label, set_property
from studio.window.chrome.inspector import Inspector, Section
from studio.window.network.facts import reach_words, span_words
from studio.window.network.look import Look, Sides
from studio.window.translate import tr

_PATCH = 72
_NONE = Sides()
_DASHES = QColor(19, 20, 22)  # over the accent colour of the rectangle


class FieldView(PictureView):
    """A picture with a rectangle on it; the sides that are cut off at its edge are dashed."""

    def __init__(self) -> None:
        super().__init__()
        self._rectangle: QRectF | None = None
        self._cut = Sides()

    @property
    def rectangle(self) -> QRectF | None:
        """In picture pixels."""
        return self._rectangle

    @property
    def cut(self) -> Sides:
        return self._cut

    def set_rectangle(self, sides: Sides | None, cut: Sides = _NONE) -> None:
        """Frame a part of the picture, in its pixels; `cut` says which sides are its edges."""
        self._rectangle, self._cut = None, cut
        if sides is not None:
            corner = QPointF(sides.left, sides.top)
            self._rectangle = QRectF(corner, QPointF(sides.right, sides.bottom))
        self.set_field(sides)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), theme.colour("panel"))
        if not self.picture_size.isEmpty():
            self.paint_picture(painter)
            self.paint_marks(painter)
        if self._ring:
            overlays.paint_focus(painter, QRectF(self.rect()))

    def paint_marks(self, painter: QPainter) -> None:
        super().paint_marks(painter)
        if self._rectangle is None:
            return
        box = QRectF(
            self.place_of(self._rectangle.left(), self._rectangle.top()),
            self.place_of(self._rectangle.right(), self._rectangle.bottom()),
        )
        corners = box.topLeft(), box.topRight(), box.bottomRight(), box.bottomLeft()
        ends = {0: (0, 1), 1: (3, 0), 2: (2, 3), 3: (1, 2)}  # top, left, bottom, right
        pen = QPen(_DASHES, 2, Qt.PenStyle.CustomDashLine)
        pen.setDashPattern([2.0, 2.0])
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        for side, is_cut in enumerate(self._cut):
            if is_cut:
                first, second = ends[side]
                painter.drawLine(corners[first], corners[second])

    def set_picture(self, rgb: NDArray[np.uint8] | None) -> None:
        self.set_rgb(rgb)
        self.fit()
        self._fit_height()

    def _fit_height(self) -> None:
        size = self.picture_size
        share = size.height() / size.width() if not size.isEmpty() else 1.0
        self.setFixedHeight(round(self.width() * min(max(share, 0.4), 1.0)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit_height()


class Patch(QWidget):
    """The input's own pixels in a receptive field, magnified; hatched where there are none."""

    def __init__(self) -> None:
        super().__init__()
        self._input: NDArray[np.uint8] | None = None
        self._field: tuple[int, int, int, int] | None = None
        self.setFixedSize(theme.px(_PATCH), theme.px(_PATCH))

    def show_field(
        self, pixels: NDArray[np.uint8] | None, field: tuple[int, int, int, int] | None
    ) -> None:
        """Show top, left, bottom, right of the input, which is RGB as the network gets it."""
        self._input, self._field = pixels, field
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._input is None or self._field is None:
            return
        top, left, bottom, right = self._field
        height, width = self._input.shape[:2]
        scale = min(self.width() / (right - left), self.height() / (bottom - top))
        box = QRectF(0, 0, (right - left) * scale, (bottom - top) * scale)
        painter = QPainter(self)
        painter.fillRect(box, theme.colour("well"))
        painter.fillRect(box, QBrush(theme.colour("edge"), Qt.BrushStyle.BDiagPattern))
        first_row, last_row = max(top, 0), min(bottom, height)
        first_column, last_column = max(left, 0), min(right, width)
        if first_row >= last_row or first_column >= last_column:
            return
        pixels = np.ascontiguousarray(self._input[first_row:last_row, first_column:last_column])
        target = QRectF(
            (first_column - left) * scale,
            (first_row - top) * scale,
            pixels.shape[1] * scale,
            pixels.shape[0] * scale,
        )
        painter.drawImage(target, image_of(pixels))
        painter.setPen(QPen(theme.colour("line"), 1))
        painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))


class _Facts(QWidget):
    """Labels and words in two columns; rows are made once and filled again."""

    def __init__(self) -> None:
        super().__init__()
        self._form = QFormLayout(self)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setHorizontalSpacing(theme.px(8))
        self._form.setVerticalSpacing(theme.px(6))
        self._rows: list[tuple[QLabel, QLabel]] = []

    def show_facts(self, facts: Sequence[tuple[str, str]]) -> None:
        while len(self._rows) < len(facts):
            name, words = label(role="label"), label(wrap=True)
            name.setFixedWidth(theme.px(96))
            name.setAlignment(Qt.AlignmentFlag.AlignTop)
            words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._form.addRow(name, words)
            self._rows.append((name, words))
        for place, (name, words) in enumerate(self._rows):
            shown = place < len(facts)
            self._form.setRowVisible(place, shown)
            if shown:
                name.setText(facts[place][0])
                words.setText(facts[place][1])


class UnitInspector(Inspector):
    """The inspector of the Network workspace."""

    def __init__(self) -> None:
        super().__init__(tr("Unit"))
        self.picture = FieldView()
        self.picture.setAccessibleName(tr("The part of the picture that the network sees"))
        self.picture.setToolTip(tr("Click to find the unit that looks there"))
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
        self._seen = QWidget()
        column = QVBoxLayout(self._seen)
        beside = theme.px(16) - MARGIN  # the picture keeps a margin of its own
        column.setContentsMargins(beside, theme.px(12) - MARGIN, beside, theme.px(12))
        column.setSpacing(theme.px(12) - MARGIN)
        column.addWidget(self.picture)
        column.addLayout(row)
        self.unit = Section("")
        set_property(self.unit.head.caption, "role", "title")
        self._unit_facts = _Facts()
        self.unit.add(self._unit_facts)
        self.layer = Section("")
        self._summary = label(role="caption", wrap=True)
        self._layer_facts = _Facts()
        self.layer.add(self._layer_facts, self._summary)
        self.add(self._seen, self.unit, self.layer)

    def show_layer(
        self, title: str, words: str, facts: Sequence[tuple[str, str]], summary: str
    ) -> None:
        """Show what a layer is."""
        self.layer.set_title(title, words)
        self._layer_facts.show_facts(facts)
        self._summary.setText(summary)
        self._summary.setVisible(bool(summary))

    def show_unit(
        self, title: str, value: float, row: Row, place: tuple[int, int], look: Look
    ) -> None:
        """Show a unit's value, and what it sees of the picture and of the input."""
        field = row.field_of(*place)
        top, left, bottom, right = field
        box, cut = look.field_of(row, *place)
        self.picture.set_rectangle(box, cut)
        self.patch.show_field(look.input, field)
        self.unit.set_title(title, number(value))
        self.field_size.setText("×".join(map(str, row.receptive_field)))
        border = tr("reaches into the border that was added") if any(cut) else ""
        self.reach.setText(reach_words(field, look.rows[0].output) or border)
        facts = [
            (tr("Sees rows"), span_words(top, bottom)),
            (tr("Sees columns"), span_words(left, right)),
        ]
        self._unit_facts.show_facts(facts)

    def set_shown(self, shown: bool) -> None:
        """Show what there is, or nothing."""
        for part in (self._seen, self.unit, self.layer):
            part.setVisible(shown)
