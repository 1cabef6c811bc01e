"""The layers of a network as blocks, in proportion, from the picture to the answer."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QScrollArea, QToolTip, QWidget

from studio.nets.layer import Size
from studio.nets.row import Row
from studio.window.canvas import overlays
from studio.window.chrome import theme
from studio.window.network.block_graph import BlockGraph, Edge, Node, Picture
from studio.window.network.block_shapes import (
    Shape,
    paint_block,
    paint_line,
    paint_shortcut,
    shape_of,
)
from studio.window.network.facts import size_words
from studio.window.translate import tr

HEIGHT = 144
_ARROW, _SHORT_ARROW = 18.0, 14.0  # the shortest between two blocks; to one without words
_MIDDLE, _REACH = 54, 90  # of the blocks, and their whole height where several stand above another
_SHORTCUT_TOP = 6
_NAME_TOP, _SIZE_TOP = 103, 119


def _short(size: Size) -> str:
    if not size.values:  # of a layer that can't work
        return "—"
    if size.flat or size.height != size.width:
        return size_words(size)
    return f"{size.channels}×{size.height}²"


class BlockStrip(QWidget):
    """The blocks in a row; a click or the arrow keys choose one.

    In a long network what repeats is one block, and opens where the current layer is inside.

    Signals: `chosen` with the number of the row of the table that a block stands for.
    """

    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._graph = BlockGraph(())
        self._picture = Picture()
        self._tallest = self._weights = 1
        self._shapes: list[Shape] = []
        self._slots: list[QRectF] = []
        self._middles: list[float] = []
        self._parts: list[list[int]] = []  # the nodes of each
        self._current = -1
        self._row = 0
        self._ring = False
        self.setFixedHeight(theme.px(HEIGHT))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName(tr("Blocks of the network"))

    @property
    def count(self) -> int:
        return len(self._picture.nodes)

    @property
    def current(self) -> int:
        """The number of the block that the current row belongs to."""
        return self._current

    @property
    def nodes(self) -> tuple[Node, ...]:
        return self._picture.nodes

    @property
    def edges(self) -> tuple[Edge, ...]:
        return self._picture.edges

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Show other layers; activations, normalisation and the like have no block."""
        self._graph = BlockGraph(rows)
        self._tallest = self._graph.tallest
        self._weights = max(1, sum(row.weights for row in rows))
        self._show_picture(self._graph.picture(self._row))
        self.set_row(self._row)

    def set_row(self, row: int) -> None:
        """Mark the block of a row of the table: its own, or the one whose result it works on."""
        self._row = row
        picture = self._graph.picture(row)
        if picture != self._picture:
            self._show_picture(picture)
        before = self._current
        self._current = picture.node_of(row)
        if self._current >= 0:
            node = self.nodes[self._current]
            self.setAccessibleDescription(f"{node.title}, {_short(node.output)}")
        if before != self._current:
            self._update_parts_of((before, self._current))

    def _show_picture(self, picture: Picture) -> None:
        """Lay out other blocks, of which none is marked yet."""
        self._picture, self._current = picture, -1
        self._shapes = [shape_of(node, self._tallest) for node in picture.nodes]
        self.setMinimumWidth(round(sum(self._column_widths())))
        self._lay_out()
        self.update()

    def _update_parts_of(self, numbers: Sequence[int]) -> None:
        """Paint some blocks anew, with the words of the parts they are in."""
        for number in numbers:
            if number >= 0:
                for inside in self._parts[self.nodes[number].part]:
                    self.update(self.box_of(inside))

    def box_of(self, number: int) -> QRect:
        """Where a block and its words are."""
        return self._slots[number].toAlignedRect()

    def sizeHint(self) -> QSize:
        return QSize(self.minimumWidth(), theme.px(HEIGHT))

    # Where things are

    def _column_widths(self) -> list[float]:
        nodes, titles = self.nodes, self._picture.part_titles
        widths = [0.0] * (max((node.column for node in nodes), default=-1) + 1)
        columns: dict[int, set[int]] = {}
        for node, shape in zip(nodes, self._shapes, strict=True):
            wanted = shape.width + theme.px(_ARROW if node.lanes == 1 else _SHORT_ARROW)
            if node.lanes == 1:
                wanted = max(wanted, self._words_width(self._title_of(node), node))
            widths[node.column] = max(widths[node.column], wanted)
            columns.setdefault(node.part, set()).add(node.column)
        for node in nodes:
            here = columns[node.part]
            missing = self._words_width(titles[node.part], node) - sum(widths[c] for c in here)
            if node.lanes > 1 and missing > 0:
                for column in here:
                    widths[column] += missing / len(here)
        return widths

    def _words_width(self, title: str, node: Node) -> float:
        bold, small = QFontMetrics(theme.font(12, 600)), QFontMetrics(theme.font(11))
        words = max(bold.horizontalAdvance(title), small.horizontalAdvance(_short(node.output)))
        return float(words + theme.px(12))

    def _title_of(self, node: Node) -> str:
        """A layer's title without that of its block, which the join has."""
        part, number = self._picture.part_titles[node.part], self.nodes.index(node)
        ends_part = number + 1 == self.count or self.nodes[number + 1].part != node.part
        if node.is_join and ends_part:
            return part
        return node.title.removeprefix(f"{part} · ")

    def _lay_out(self) -> None:
        widths = self._column_widths()
        spare = max(0.0, self.width() - sum(widths)) / max(1, len(widths))
        lefts = [0.0]
        for width in widths:
            lefts.append(lefts[-1] + width + spare)
        self._slots = [
            QRectF(lefts[node.column], 0, widths[node.column] + spare, self.height())
            for node in self.nodes
        ]
        self._parts = [[] for _ in self._picture.part_titles]
        for number, node in enumerate(self.nodes):
            self._parts[node.part].append(number)
        self._middles = [float(theme.px(_MIDDLE))] * self.count
        for number, node in enumerate(self.nodes):
            ends_part = node.is_join and number == self._parts[node.part][-1]
            if node.lanes > 1 and not ends_part:
                high = theme.px(_REACH) / node.lanes
                self._middles[number] += (node.lane - (node.lanes - 1) / 2) * high
                self._slots[number].setTop(self._middles[number] - high / 2)
                self._slots[number].setHeight(high)

    def _left_of(self, number: int) -> float:
        return self._slots[number].center().x() - self._shapes[number].width / 2

    def resizeEvent(self, event: object) -> None:
        self._lay_out()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        seen = event.region()
        for edge in self.edges:
            if seen.intersects(self.box_of(edge.start).united(self.box_of(edge.end))):
                self._paint_edge(painter, edge)
        for number, node in enumerate(self.nodes):
            if not seen.intersects(self.box_of(number)):
                continue
            place = self._left_of(number), self._middles[number]
            is_current = number == self._current
            paint_block(painter, node, self._shapes[number], *place, is_current)
            if node.lanes == 1:
                self._paint_words(painter, self._slots[number], self._title_of(node), [number])
        for title, inside in zip(self._picture.part_titles, self._parts, strict=True):
            box = self._slots[inside[0]].united(self._slots[inside[-1]])
            if self.nodes[inside[-1]].lanes > 1 and seen.intersects(box.toAlignedRect()):
                self._paint_words(painter, box, title, inside)
        if self._ring and self._current >= 0:
            overlays.paint_focus(painter, self._slots[self._current].adjusted(2, 2, -2, -2))

    def _paint_edge(self, painter: QPainter, edge: Edge) -> None:
        right = self._left_of(edge.start) + self._shapes[edge.start].width
        begin = QPointF(right, self._middles[edge.start])
        left, middle = self._left_of(edge.end), self._middles[edge.end]
        if edge.is_shortcut:
            shape = self._shapes[edge.end]
            above = QPointF(left + shape.width / 2, middle - shape.height / 2 - 2)
            paint_shortcut(painter, begin, above, float(theme.px(_SHORTCUT_TOP)))
        else:
            paint_line(painter, begin, QPointF(left, middle))

    def _paint_words(
        self, painter: QPainter, box: QRectF, title: str, numbers: Sequence[int]
    ) -> None:
        """Title and size below one block, or below all of a part."""
        current = self._current in numbers
        centre = int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        for text, font, role, top in (
            (title, theme.font(12, 600 if current else 400), "text", _NAME_TOP),
            (_short(self.nodes[numbers[-1]].output), theme.font(11), "text3", _SIZE_TOP),
        ):
            painter.setFont(font)
            painter.setPen(theme.colour(role if current or role != "text" else "text2"))
            place = QRectF(box.left(), theme.px(top), box.width(), theme.px(18))
            painter.drawText(place, centre, text)

    # The person's hands

    def _block_at(self, place: QPointF) -> int:
        column = [
            n for n, slot in enumerate(self._slots) if slot.left() <= place.x() < slot.right()
        ]
        for number in column:
            if self._slots[number].contains(place):
                return number
        return column[0] if column else -1

    def _choose(self, number: int, last: bool = False) -> None:
        """Choose a block's first row, or its last one, where it stands for several layers."""
        if 0 <= number < self.count:
            node = self.nodes[number]
            self.chosen.emit(node.rows[-1 if last and node.units else 0])

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._choose(self._block_at(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        last = self.count - 1
        places = {
            Qt.Key.Key_Left: max(0, self._current - 1),
            Qt.Key.Key_Right: min(last, self._current + 1),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        key = Qt.Key(event.key())
        if key in places:
            self._choose(places[key], last=key == Qt.Key.Key_Left)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            number = self._block_at(QPointF(event.pos()))
            if number >= 0:
                QToolTip.showText(event.globalPos(), self._tip_of(self.nodes[number]), self)
            return True
        return super().event(event)

    def _tip_of(self, node: Node) -> str:
        words = f"{node.title}  {_short(node.output)}"
        if node.weights:
            share = 100 * node.weights / self._weights
            counted = tr("{count} weights, {share} % of all")
            percent = "<0.1" if share < 0.1 else f"{share:.1f}"
            words += "\n" + counted.format(count=f"{node.weights:,}", share=percent)
        return words

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._ring = event.reason() in (
            Qt.FocusReason.TabFocusReason,
            Qt.FocusReason.BacktabFocusReason,
        )
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._ring = False
        self.update()


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
        wanted = max(self.viewport().width(), self.strip.minimumWidth())
        self.strip.resize(wanted, self.strip.height())  # now, or there is no room to scroll to
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
