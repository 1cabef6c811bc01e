"""The layers of a network as blocks, in proportion, from the picture to the answer."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QScrollArea, QToolTip, QWidget

from studio.nets.layer import Size
from studio.nets.row import Row
from studio.window.canvas import overlays
from studio.window.chrome import theme
from studio.window.network.facts import size_words
from studio.window.translate import tr

HEIGHT = 144
_TALLEST, _WIDEST, _SMALLEST = 62.0, 120.0, 5.0  # of a block's front, in the design's pixels
_SLANT = 0.55  # how far a side rises for each pixel it goes back
_DEPTH = 0.4  # of the side, for a map as wide as it is tall
_ARROW = 18.0  # the shortest between two blocks
_MIDDLE, _NAME_TOP, _SIZE_TOP = 58, 104, 121
_SHOWN = ("input", "conv", "dense")  # pooling too, whatever its kind

# Front colours; top and side are lighter and darker by the factors of `_paint_block`.
_FRONTS = {
    "input": ("#C9CDD3", "#5C6068"),
    "maps": ("#B9CFEA", "#47617F"),
    "vector": ("#CFC8E6", "#5B5279"),
}


def _short(size: Size) -> str:
    if size.flat or size.height != size.width:
        return size_words(size)
    return f"{size.channels}×{size.height}²"


class _Block:
    """One block: which row of the table it stands for, and where it is."""

    def __init__(self, index: int, row: Row, tallest: int) -> None:
        self.index = index
        self.title = row.title
        self.words = _short(row.output)
        kind = "input" if row.kind == "input" else "vector" if row.output.flat else "maps"
        self.fronts = _FRONTS[kind]
        channels, height, width = row.output
        # Powers below one, so that a map of 16 and one of 512 can both be seen.
        self.high = _SMALLEST + _TALLEST * (height / tallest) ** 0.8 * (not row.output.flat)
        self.wide = min(_WIDEST, 3.0 + 1.35 * channels**0.65)
        self.deep = max(_SMALLEST, _DEPTH * _TALLEST * (width / tallest) ** 0.8)
        if row.output.flat:
            self.high, self.deep = 13.0, 7.0
        self.left = 0.0  # of the front, set when the strip is laid out
        self.slot = QRectF()


class BlockStrip(QWidget):
    """The blocks in a row; a click or the arrow keys choose one.

    Signals: `chosen` with the number of the row of the table that a block stands for.
    """

    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._blocks: list[_Block] = []
        self._current = -1
        self._row = 0
        self._ring = False
        self.setFixedHeight(theme.px(HEIGHT))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName(tr("Blocks of the network"))

    @property
    def count(self) -> int:
        return len(self._blocks)

    @property
    def current(self) -> int:
        """The number of the block that the current row belongs to."""
        return self._current

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Show other layers; activations, normalisation and the like have no block."""
        tallest = max((max(row.output[1:]) for row in rows if not row.output.flat), default=1)
        self._blocks = [
            _Block(index, row, tallest)
            for index, row in enumerate(rows)
            if row.kind in _SHOWN or row.kind.endswith("pool")
        ]
        self.setMinimumWidth(round(sum(self._slot_width(block) for block in self._blocks)))
        self._lay_out()
        self.set_row(self._row)

    def set_row(self, row: int) -> None:
        """Mark the block of a row of the table: its own, or the last one above it."""
        self._row = row
        at_or_above = [n for n, block in enumerate(self._blocks) if block.index <= row]
        self._current = at_or_above[-1] if at_or_above else -1
        if self._current >= 0:
            block = self._blocks[self._current]
            self.setAccessibleDescription(f"{block.title}, {block.words}")
        self.update()

    def box_of(self, number: int) -> QRect:
        """Where a block and its words are."""
        return self._blocks[number].slot.toAlignedRect()

    def sizeHint(self) -> QSize:
        return QSize(self.minimumWidth(), theme.px(HEIGHT))

    def _slot_width(self, block: _Block) -> float:
        words = max(
            QFontMetrics(theme.font(12, 600)).horizontalAdvance(block.title),
            QFontMetrics(theme.font(11)).horizontalAdvance(block.words),
        )
        drawn = theme.theme().scale * (block.wide + block.deep + _ARROW)
        return float(max(drawn, words + theme.px(12)))

    def _lay_out(self) -> None:
        scale = theme.theme().scale
        widths = [self._slot_width(block) for block in self._blocks]
        spare = max(0.0, self.width() - sum(widths)) / max(1, len(widths))
        left = 0.0
        for block, width in zip(self._blocks, widths, strict=True):
            block.slot = QRectF(left, 0, width + spare, self.height())
            block.left = block.slot.center().x() - scale * (block.wide + block.deep) / 2
            left += width + spare

    def resizeEvent(self, event: object) -> None:
        self._lay_out()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for number, block in enumerate(self._blocks):
            if number:
                self._paint_arrow(painter, self._blocks[number - 1], block)
            self._paint_block(painter, block, number == self._current)
            self._paint_words(painter, block, number == self._current)
        if self._ring and self._current >= 0:
            box = self._blocks[self._current].slot.adjusted(2, 4, -2, -4)
            overlays.paint_focus(painter, box)

    def _paint_block(self, painter: QPainter, block: _Block, current: bool) -> None:
        scale, is_dark = theme.theme().scale, theme.tokens() is theme.DARK
        front_colour = QColor(block.fronts[is_dark])
        high, wide, deep = (scale * side for side in (block.high, block.wide, block.deep))
        rise = _SLANT * deep
        top = theme.px(_MIDDLE) - (high - rise) / 2
        back = QPointF(deep, -rise)
        corners = [
            QPointF(block.left, top),
            QPointF(block.left + wide, top),
            QPointF(block.left + wide, top + high),
            QPointF(block.left, top + high),
        ]
        upper_left, upper_right, lower_right, _ = corners
        painter.setPen(_outline(current))
        painter.setBrush(front_colour)
        painter.drawPolygon(QPolygonF(corners))
        painter.setBrush(front_colour.lighter(125 if is_dark else 106))
        painter.drawPolygon(
            QPolygonF([upper_left, upper_left + back, upper_right + back, upper_right])
        )
        painter.setBrush(front_colour.darker(129))
        painter.drawPolygon(
            QPolygonF([upper_right, upper_right + back, lower_right + back, lower_right])
        )

    def _paint_arrow(self, painter: QPainter, before: _Block, after: _Block) -> None:
        scale, gap, tip = theme.theme().scale, theme.px(5), theme.px(4)
        y = float(theme.px(_MIDDLE))
        start = before.left + scale * (before.wide + before.deep) + gap
        end = after.left - gap
        if end - start < tip:
            return
        painter.setPen(QPen(theme.colour("text3"), 1))
        painter.drawLine(QPointF(start, y), QPointF(end, y))
        head = [QPointF(end - tip, y - tip), QPointF(end, y), QPointF(end - tip, y + tip)]
        painter.drawPolyline(head)

    def _paint_words(self, painter: QPainter, block: _Block, current: bool) -> None:
        centre = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
        for text, font, colour, top in (
            (block.title, theme.font(12, 600 if current else 400), "text", _NAME_TOP),
            (block.words, theme.font(11), "text3", _SIZE_TOP),
        ):
            painter.setFont(font)
            painter.setPen(theme.colour(colour if current or colour != "text" else "text2"))
            box = block.slot
            painter.drawText(
                QRectF(box.left(), theme.px(top), box.width(), theme.px(18)), int(centre), text
            )

    # The person's hands

    def _block_at(self, x: float) -> int:
        for number, block in enumerate(self._blocks):
            if block.slot.left() <= x < block.slot.right():
                return number
        return -1

    def _choose(self, number: int) -> None:
        if 0 <= number < len(self._blocks):
            self.chosen.emit(self._blocks[number].index)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._choose(self._block_at(event.position().x()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        last = len(self._blocks) - 1
        places = {
            Qt.Key.Key_Left: max(0, self._current - 1),
            Qt.Key.Key_Right: min(last, self._current + 1),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        key = Qt.Key(event.key())
        if key in places:
            self._choose(places[key])
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            number = self._block_at(event.pos().x())
            if number >= 0:
                block = self._blocks[number]
                QToolTip.showText(event.globalPos(), f"{block.title}  {block.words}", self)
            return True
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._ring = event.reason() in (
            Qt.FocusReason.TabFocusReason,
            Qt.FocusReason.BacktabFocusReason,
        )
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._ring = False
        self.update()


def _outline(current: bool) -> QPen:
    pen = QPen(theme.colour("accent" if current else "text3"), 2 if current else 1)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return pen


class Blocks(QScrollArea):
    """The strip of blocks, which scrolls sideways where it is longer than the window."""

    def __init__(self) -> None:
        super().__init__()
        self.strip = BlockStrip()
        self.setWidget(self.strip)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFixedHeight(theme.px(HEIGHT))

    def set_row(self, row: int) -> None:
        """Mark the block of a row and bring it into sight."""
        self.strip.set_row(row)
        if self.strip.current >= 0:
            box = self.strip.box_of(self.strip.current)
            self.ensureVisible(box.center().x(), 0, box.width() // 2 + 1, 0)


class Line(QWidget):
    """A separator."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(1)

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), theme.colour("line"))
