"""The painted part of the arithmetic: patch, grids, caption, lines; and pointing at its cells."""

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from studio.filters.arithmetic import Arithmetic
from studio.filters.working import Term
from studio.image.write import number
from studio.window.canvas.cells import paint_sign
from studio.window.canvas.overlays import paint_unit
from studio.window.chrome import theme
from studio.window.filter.arithmetic.grids import (
    paint_grid,
    paint_pointed,
    paint_title,
)
from studio.window.filter.arithmetic.layout import Layout, lay_out
from studio.window.filter.arithmetic.lines import Line, lines_of, paint_lines, words_at
from studio.window.filter.arithmetic.patch import Patch
from studio.window.translate import tr

_ARROWS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}
_BEYOND = {
    "mirror": "mirrored about the edge pixel",
    "reflect": "mirrored by the border",
    "replicate": "repeated from the edge",
    "wrap": "from the opposite side",
    "zero": "zero beyond the edge",
    "constant": "{value} beyond the edge",
    "valid": "beyond the edge",
}


class Sums(QWidget):
    """Shows one `Arithmetic`, or words. The pointer, or the arrows, point at a cell of the window.

    Signals: `cell_hovered(dy, dx)` with a cell's distance from the window's centre, `cell_left`.
    """

    cell_hovered = Signal(int, int)
    cell_left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.shown: Arithmetic | None = None
        self.pointed: tuple[int, int] | None = None  # row and column of the window
        self._lines: list[Line] = []
        self._white: float | None = None
        self._words = ""
        self._term = 0
        self._by_keys = False
        self._laid: Layout | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        theme.theme().changed.connect(self._lay_anew)

    # What is shown

    def show_sum(self, shown: Arithmetic, depth: str, white: float | None = None) -> None:
        """Show an arithmetic whose result is stored in a depth; see `ArithmeticPanel`."""
        if self.shown is None or shown.window.shape != self.shown.window.shape:
            self._point(None)
        self.shown, self._lines, self._white = shown, lines_of(shown, depth), white
        said = ", ".join(f"{line.name} {number(line.value)}".strip() for line in self._lines)
        self.setAccessibleName(said)
        self._lay_anew()

    def show_words(self, words: str) -> None:
        self._point(None)
        self.shown, self._words = None, words
        self.setAccessibleName(words)
        self._lay_anew()

    def choose_term(self, place: int) -> None:
        """Show the grids of another of several sums."""
        self._term = place
        self._lay_anew()

    @property
    def term(self) -> Term | None:
        """The weighted sum whose grids are shown."""
        terms = self.shown.working.terms if self.shown else ()
        return terms[min(self._term, len(terms) - 1)] if terms else None

    @property
    def layout_shown(self) -> Layout:
        """Where everything is; only while there is an arithmetic."""
        assert self.shown is not None
        if self._laid is None:
            edge = theme.px(16)
            inside = QRectF(self.rect()).adjusted(edge, 0, -edge, -theme.px(8))
            self._laid = lay_out(inside, self.shown, self.term)
        return self._laid

    @property
    def patch(self) -> Patch | None:
        box = self.layout_shown.patch
        return Patch(self.shown, box, self._white) if self.shown and box is not None else None

    def sizeHint(self) -> QSize:
        return QSize(theme.px(640), theme.px(170))

    def _lay_anew(self) -> None:
        self._laid = None
        self.update()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self.shown is None:
            painter.setPen(theme.colour("text2"))
            edge = theme.px(16)
            inside = self.rect().adjusted(edge, 0, -edge, -edge)
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(inside, flags, self._words)
            return
        laid, patch = self.layout_shown, self.patch
        if patch is not None:
            paint_title(painter, patch.box, tr("Under the cursor"))
            patch.paint(painter)
        for placed in laid.grids:
            paint_grid(painter, placed)
        self._paint_signs(painter, laid)
        self._paint_lines(painter, laid)
        self._paint_caption(painter, laid.caption)
        for cell in self._pointed_cells(laid):
            paint_pointed(painter, cell)
        if patch is not None and self.pointed is not None:
            paint_unit(painter, patch.cell_of(*self.pointed))

    def _paint_signs(self, painter: QPainter, laid: Layout) -> None:
        boxes = [placed.box for placed in laid.grids]
        signs = {3: "×=", 2: "→"}.get(len(boxes), "")
        ends = [*(box.left() for box in boxes[1:]), laid.lines.left()]
        for box, end, sign in zip(boxes, ends, signs + "Σ" * (len(boxes) == 3), strict=False):
            paint_sign(painter, QPointF((box.right() + end) / 2 - 1, boxes[0].center().y()), sign)

    def _paint_lines(self, painter: QPainter, laid: Layout) -> None:
        term = self.term
        paint_title(painter, laid.lines, tr("Sum") if term is not None else tr("Result"))
        paint_lines(painter, laid.lines, self._lines, term.name if term is not None else "")

    def _paint_caption(self, painter: QPainter, box: QRectF) -> None:
        """The pointed cell in words; else what the hatching means, or that cells can be pointed."""
        assert self.shown is not None
        painter.setFont(theme.font(12))
        is_hatched = bool(self.shown.invented.any())
        words = self.caption
        if is_hatched and (self.pointed is None or self.shown.invented[self.pointed]):
            side = theme.px(11)
            swatch = QRectF(box.left() + 0.5, box.center().y() - side / 2, side, side)
            painter.fillRect(swatch, QBrush(theme.colour("text3", 0.6), Qt.BrushStyle.BDiagPattern))
            painter.setPen(QPen(theme.colour("box"), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(swatch)
            box = box.adjusted(side + theme.px(7), 0, 0, 0)
        painter.setPen(theme.colour("text2" if self.pointed else "text3"))
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        elided = painter.fontMetrics().elidedText(
            words, Qt.TextElideMode.ElideRight, int(box.width())
        )
        painter.drawText(box, flags, elided)

    @property
    def caption(self) -> str:
        """The words below the grids."""
        assert self.shown is not None
        border, value = self.shown.beyond
        hatching = tr(_BEYOND.get(border, _BEYOND["valid"])).format(value=number(value))
        if self.pointed is not None:
            words = words_at(self.shown, self.term, *self.pointed)
            return f"{words}, {hatching}" if self.shown.invented[self.pointed] else words
        parts = [hatching] if self.shown.invented.any() else []
        if not self.layout_shown.grids[0].has_numbers:
            parts.append(tr("point at a cell for its numbers"))
        return "; ".join(parts)

    # Pointing

    def _pointed_cells(self, laid: Layout) -> list[QRectF]:
        """The pointed cell in each grid; the whole first grid for one who may point with keys."""
        if self.pointed is None:
            return [laid.grids[0].box] if self._by_keys else []
        cells = [placed.cell_of(*self.pointed) for placed in laid.grids]
        return [cell for cell in cells if cell is not None]

    def _point(self, cell: tuple[int, int] | None) -> None:
        if cell == self.pointed:
            return
        self.pointed = cell
        if cell is None or self.shown is None:
            self.setAccessibleDescription("")
            self.cell_left.emit()
        else:
            row, column = self.shown.centre
            self.setAccessibleDescription(self.caption)
            self.cell_hovered.emit(cell[0] - row, cell[1] - column)
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.shown is None:
            return
        place, patch = event.position(), self.patch
        holders = [placed.window_cell_at for placed in self.layout_shown.grids]
        if patch is not None:
            holders.append(patch.window_cell_at)
        found = (cell_at(place) for cell_at in holders)
        self._point(next((cell for cell in found if cell is not None), None))

    def leaveEvent(self, event: QEvent) -> None:
        if not self.hasFocus():
            self._point(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _ARROWS and self.shown is not None and not event.modifiers():
            rows, columns = self.shown.window.shape
            if self.pointed is None:
                self._point(self.shown.centre)
                return
            row, column = self.pointed[0] + _ARROWS[key][0], self.pointed[1] + _ARROWS[key][1]
            self._point((min(max(row, 0), rows - 1), min(max(column, 0), columns - 1)))
        elif key == Qt.Key.Key_Escape and self.pointed is not None:
            self._point(None)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        reasons = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        self._by_keys = event.reason() in reasons
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._by_keys = False
        self._point(None)
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_anew()
