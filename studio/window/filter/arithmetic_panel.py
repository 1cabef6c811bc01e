"""The sum behind one pixel: neighbourhood × kernel = products, Σ, result."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from studio.filters.arithmetic import Arithmetic
from studio.filters.working import Term
from studio.image.picture import DEPTHS
from studio.image.write import number
from studio.window.canvas.cells import paint_cells, paint_sign, signed_number, tint
from studio.window.chrome import theme
from studio.window.chrome.controls import Segments, label
from studio.window.translate import tr

LARGEST = 7  # rows and columns that are shown cell by cell
_HEIGHT = 208
_TOP = 24  # headings above the grids
_CELL_WIDTH, _CELL_HEIGHT = 46, 38


class ArithmeticPanel(QFrame):
    """Shows one `Arithmetic`, or says why there is none."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(theme.px(_HEIGHT))
        self._place = label(role="caption")
        self._terms = Segments((("x", "gx"), ("y", "gy")))
        self._terms.hide()
        self._sum = _Sum()
        self._terms.changed.connect(self._choose_term)
        head = QHBoxLayout()
        head.setContentsMargins(theme.px(16), theme.px(8), theme.px(16), theme.px(4))
        head.setSpacing(theme.px(8))
        head.addWidget(label("Arithmetic", "title"))
        head.addWidget(self._place)
        head.addStretch(1)
        head.addWidget(self._terms)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 1, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._sum, 1)

    def show_arithmetic(self, shown: Arithmetic, x: int, y: int, channel: str, depth: str) -> None:
        """Show how the value at column `x`, row `y` comes about.

        Parameters
        ----------
        channel : str
            Which of the colours it is about; empty for a grey picture.
        depth : str
            In which depth it is stored, as numpy calls it.
        """
        words = tr("column {x}, row {y}").format(x=x, y=y)
        self._place.setText(f"{words}, {channel}" if channel else words)
        self._terms.setVisible(len(shown.working.terms) > 1)
        self._sum.show_sum(shown, tr("Stored, {depth}").format(depth=tr(DEPTHS[depth])))

    def show_words(self, words: str) -> None:
        """Say why there is nothing to show."""
        self._place.setText("")
        self._terms.hide()
        self._sum.show_words(words)

    @Slot(str)
    def _choose_term(self, name: str) -> None:
        self._sum.choose_term("xy".index(name))


class _Sum(QWidget):
    """The grids and the lines below the heading, painted."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: Arithmetic | None = None
        self._words = ""
        self._stored = ""
        self._term = 0

    def show_sum(self, shown: Arithmetic, stored: str) -> None:
        self._shown, self._stored = shown, stored
        said = ", ".join(f"{name} {number(value)}" for name, value in _lines(shown, stored))
        self.setAccessibleName(said)
        self.update()

    def show_words(self, words: str) -> None:
        self._shown, self._words = None, words
        self.setAccessibleName(words)
        self.update()

    def choose_term(self, place: int) -> None:
        self._term = place
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        inside = QRectF(self.rect()).adjusted(theme.px(16), 0, -theme.px(16), -theme.px(8))
        if self._shown is None:
            painter.setPen(theme.colour("text2"))
            painter.drawText(inside, Qt.AlignmentFlag.AlignCenter, self._words)
            return
        shown = self._shown
        lines = _lines(shown, self._stored)
        if shown.working.ordered is not None:
            self._paint_sorting(painter, inside, shown, lines)
        elif shown.working.terms:
            term = shown.working.terms[min(self._term, len(shown.working.terms) - 1)]
            self._paint_products(painter, inside, shown, term, lines)
        else:
            self._paint_window(painter, inside, shown, lines)

    def _paint_products(
        self,
        painter: QPainter,
        inside: QRectF,
        shown: Arithmetic,
        term: Term,
        lines: list[tuple[str, float]],
    ) -> None:
        grids, room = self._grids(inside, shown.window.shape, 3)
        if grids:
            titles = (tr("Neighbourhood"), tr("Kernel"), tr("Products"))
            for box, title in zip(grids, titles, strict=True):
                _paint_title(painter, box, title)
            paint_cells(painter, grids[0], shown.window, signed=False, hatched=shown.invented)
            paint_cells(painter, grids[1], term.kernel, signed=True)
            paint_cells(painter, grids[2], term.products, signed=True, plus=True)
            for left, right, sign in ((0, 1, "×"), (1, 2, "=")):
                between = (grids[left].right() + grids[right].left()) / 2
                paint_sign(painter, QPointF(between, grids[0].center().y()), sign)
            paint_sign(painter, QPointF(room.left() - theme.px(14), grids[0].center().y()), "Σ")
        else:
            room = self._paint_too_large(painter, inside, shown)
        _paint_title(painter, room, tr("Sum"))
        below = _paint_sums(painter, room, shown.working.terms)
        _paint_lines(painter, below, lines, signed=True)

    def _paint_sorting(
        self, painter: QPainter, inside: QRectF, shown: Arithmetic, lines: list[tuple[str, float]]
    ) -> None:
        assert shown.working.ordered is not None
        grids, room = self._grids(inside, shown.window.shape, 2)
        if grids:
            _paint_title(painter, grids[0], tr("Neighbourhood"))
            _paint_title(painter, grids[1], tr("In order, the middle one marked"))
            paint_cells(painter, grids[0], shown.window, signed=False, hatched=shown.invented)
            rows, columns = shown.window.shape
            paint_cells(
                painter, grids[1], shown.working.ordered.reshape(rows, columns), signed=False
            )
            _paint_middle(painter, grids[1], rows, columns)
            between = (grids[0].right() + grids[1].left()) / 2
            paint_sign(painter, QPointF(between, grids[0].center().y()), "→")
        else:
            room = self._paint_too_large(painter, inside, shown)
        _paint_lines(painter, room, lines)

    def _paint_window(
        self, painter: QPainter, inside: QRectF, shown: Arithmetic, lines: list[tuple[str, float]]
    ) -> None:
        grids, room = self._grids(inside, shown.window.shape, 1)
        if grids:
            _paint_title(painter, grids[0], tr("Neighbourhood"))
            paint_cells(painter, grids[0], shown.window, signed=False, hatched=shown.invented)
        else:
            room = self._paint_too_large(painter, inside, shown)
        _paint_lines(painter, room, lines)

    def _grids(
        self, inside: QRectF, shape: tuple[int, ...], count: int
    ) -> tuple[list[QRectF], QRectF]:
        """Boxes for the grids, and what is left for the lines; no boxes for too large a window."""
        rows, columns = shape
        if rows > LARGEST or columns > LARGEST:
            return [], inside
        between = theme.px(28 if inside.width() > theme.px(760) else 22)
        lines = theme.px(190 if inside.width() > theme.px(760) else 150)
        most = (inside.width() - lines - between * count) / count
        cell_width = min(theme.px(_CELL_WIDTH), most / columns)
        cell_height = min(theme.px(_CELL_HEIGHT), (inside.height() - theme.px(_TOP)) / rows)
        width, height = cell_width * columns, cell_height * rows
        top = inside.top() + theme.px(_TOP)
        boxes = [
            QRectF(inside.left() + place * (width + between), top, width, height)
            for place in range(count)
        ]
        left = boxes[-1].right() + between
        return boxes, QRectF(left, top, min(inside.right() - left, theme.px(280)), inside.height())

    def _paint_too_large(self, painter: QPainter, inside: QRectF, shown: Arithmetic) -> QRectF:
        rows, columns = shown.window.shape
        words = tr("{rows} × {columns} values: too many to show one by one").format(
            rows=rows, columns=columns
        )
        half = QRectF(
            inside.left(), inside.top() + theme.px(_TOP), inside.width() / 2, theme.px(24)
        )
        painter.setFont(theme.font())
        painter.setPen(theme.colour("text2"))
        painter.drawText(half, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)
        width = min(theme.px(280), inside.width() / 2)
        return QRectF(inside.right() - width, half.top(), width, inside.height())


def _lines(shown: Arithmetic, stored: str) -> list[tuple[str, float]]:
    return [*((tr(name), value) for name, value in shown.working.lines), (stored, shown.stored)]


def _paint_title(painter: QPainter, grid: QRectF, text: str) -> None:
    painter.setFont(theme.font(12))
    painter.setPen(theme.colour("text2"))
    height = theme.px(20)
    box = QRectF(grid.left(), grid.top() - height - theme.px(2), max(grid.width(), 240), height)
    painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)


def _paint_sums(painter: QPainter, room: QRectF, terms: tuple[Term, ...]) -> QRectF:
    """The sums in large figures with the colour of their sign; what is left below them."""
    height, left = theme.px(34), room.left()
    for term in terms:
        side = theme.px(14)
        swatch = QRectF(left, room.top() + (height - side) / 2, side, side)
        colour = tint(term.total, abs(term.total)) or theme.colour("control")
        colour.setAlphaF(0.9)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawRoundedRect(swatch, theme.px(3), theme.px(3))
        painter.setFont(theme.font(24 if len(terms) == 1 else 18, 600))
        painter.setPen(theme.colour("text"))
        words = signed_number(term.total)
        box = QRectF(swatch.right() + theme.px(8), room.top(), room.width(), height)
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)
        left = box.left() + painter.fontMetrics().horizontalAdvance(words) + theme.px(24)
    return room.adjusted(0, height + theme.px(4), 0, 0)


def _paint_lines(
    painter: QPainter, room: QRectF, lines: list[tuple[str, float]], signed: bool = False
) -> None:
    """Names at the left, numbers at the right; the last one, what is stored, is bold."""
    height = theme.px(24)
    for place, (name, value) in enumerate(lines):
        box = QRectF(room.left(), room.top() + place * height, room.width(), height)
        last = place == len(lines) - 1
        painter.setFont(theme.font(weight=600 if last else 400))
        painter.setPen(theme.colour("text" if last else "text2"))
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)
        painter.setPen(theme.colour("text"))
        words = signed_number(value) if signed else number(value)
        painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, words)


def _paint_middle(painter: QPainter, grid: QRectF, rows: int, columns: int) -> None:
    row, column = divmod(rows * columns // 2, columns)
    width, height = grid.width() / columns, grid.height() / rows
    cell = QRectF(grid.left() + column * width, grid.top() + row * height, width, height)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(theme.colour("accent"))
    gap = theme.px(3)
    for inset in np.linspace(0, 1, 3):
        painter.drawRoundedRect(cell.adjusted(inset, inset, -gap - inset, -gap - inset), 3, 3)
