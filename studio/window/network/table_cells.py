"""How a line of a network's table is painted."""

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from studio.window.chrome import theme
from studio.window.chrome.icons import icon
from studio.window.network.columns import LAYER, WEIGHTS
from studio.window.network.table_model import LINE_ROLE, Index, LayerModel, Line
from studio.window.translate import tr

SIDE = 12  # beside the table, and between two columns
ROW, HEADER = 27, 32
_TITLE, _REASON = 26, 17  # heights in the row of a layer that can't work
_INDENT, _CHEVRON = 14, 12
_REASON_FLAGS = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
_BARS = ("#C9D6EA", "#2C3B52")  # behind the weights, light and dark


def alignment(column: int) -> Qt.AlignmentFlag:
    """Names at the left, figures at the right."""
    side = Qt.AlignmentFlag.AlignLeft if column == LAYER else Qt.AlignmentFlag.AlignRight
    return side | Qt.AlignmentFlag.AlignVCenter


def inner(box: QRect, column: int) -> QRect:
    """A cell without the space that keeps columns apart."""
    return box.adjusted(theme.px(SIDE) if column == LAYER else 0, 0, -theme.px(SIDE), 0)


def chevron_box(box: QRect) -> QRect:
    """Where a block is folded, in its first cell."""
    return QRect(box.left(), box.top(), theme.px(SIDE + _CHEVRON + 6), box.height())


class Cell(QStyledItemDelegate):
    """Paints a layer's name and its settings in two weights, and figures at the right."""

    def __init__(self, parent: QWidget, folded: set[int]) -> None:
        super().__init__(parent)
        self._folded = folded  # the blocks whose layers are hidden

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        line: Line = index.data(LINE_ROLE)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        box, column = QRect(option.rect), index.column()
        if chosen or hovered:
            painter.fillRect(box, theme.colour("selection" if chosen else "panel"))
        if chosen and column == LAYER:
            painter.fillRect(box.left(), box.top(), 3, box.height(), theme.colour("accent"))
        if column != LAYER:
            self._paint_figure(painter, box, index, line, chosen)
        elif line.problem:
            self._paint_problem(painter, box, line, chosen)
        else:
            self._paint_layer(painter, self._after_chevron(painter, box, line), line, chosen)

    def _after_chevron(self, painter: QPainter, box: QRect, line: Line) -> QRect:
        """What is left of the first cell behind the sign of a block, or the indent within one."""
        room = inner(box, LAYER)
        if line.is_inside:
            return room.adjusted(theme.px(_INDENT), 0, 0, 0)
        if line.is_block:
            side = theme.px(_CHEVRON)
            name = "chevron-right" if line.block in self._folded else "chevron-down"
            place = QRect(room.left() - theme.px(2), room.center().y() - side // 2, side, side)
            icon(name, "text2").paint(painter, place)
            return room.adjusted(theme.px(_INDENT), 0, 0, 0)
        return room

    def _paint_layer(self, painter: QPainter, room: QRect, line: Line, chosen: bool) -> None:
        font = theme.font(12, 600 if chosen else 400)
        painter.setFont(font)
        painter.setPen(theme.colour("disabled" if line.is_waiting and not chosen else "text"))
        painter.drawText(room, alignment(LAYER), line.title)
        room.setLeft(room.left() + QFontMetrics(font).horizontalAdvance(line.title) + theme.px(5))
        if line.is_new:
            room = self._paint_mark(painter, room)
        painter.setFont(theme.font(12))
        painter.setPen(theme.colour("disabled" if line.is_waiting and not chosen else "text2"))
        words = _fitting(line.row.words, painter.fontMetrics(), room.width())
        if line.is_block and words != line.row.words:
            words = ""  # a count that is cut would be another one
        painter.drawText(room, alignment(LAYER), words)

    def _paint_mark(self, painter: QPainter, room: QRect) -> QRect:
        """Say that a layer is new, at the right of its cell; what is left for its settings."""
        painter.setFont(theme.font(11))
        painter.setPen(theme.colour("accent"))
        word = tr("new")
        width = painter.fontMetrics().horizontalAdvance(word) + theme.px(4)
        if room.width() >= width:
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(room, right, word)
        return room.adjusted(0, 0, -width, 0)

    def _paint_problem(self, painter: QPainter, box: QRect, line: Line, chosen: bool) -> None:
        """The name in red, and below it what is wrong, over the whole width."""
        room = inner(box, LAYER)
        if line.is_inside:
            room.setLeft(room.left() + theme.px(_INDENT))
        if not chosen:
            painter.fillRect(box, theme.colour("error_ground"))
        painter.fillRect(box.left(), box.top(), 3, box.height(), theme.colour("error"))
        above = QRect(room.left(), room.top(), room.width(), theme.px(_TITLE))
        below = room.adjusted(0, theme.px(_TITLE - 2), 0, 0)
        painter.setFont(theme.font(12, 600))
        painter.setPen(theme.colour("error"))
        painter.drawText(above, alignment(LAYER), line.title)
        left = painter.fontMetrics().horizontalAdvance(line.title) + theme.px(5)
        painter.setFont(theme.font(12))
        painter.drawText(above.adjusted(left, 0, 0, 0), alignment(LAYER), _plain(line.row.words))
        painter.setPen(theme.colour("text"))
        painter.drawText(below, _REASON_FLAGS, _sentence(line.problem))

    def _paint_figure(
        self, painter: QPainter, box: QRect, index: Index, line: Line, chosen: bool
    ) -> None:
        if index.column() == WEIGHTS and not (line.is_block and line.block not in self._folded):
            self._paint_bar(painter, box, index, line)
        painter.setFont(theme.font(12))
        painter.setPen(theme.colour("text" if chosen else "text2"))
        painter.drawText(
            inner(box, index.column()), alignment(index.column()), str(index.data() or "")
        )

    def _paint_bar(self, painter: QPainter, box: QRect, index: Index, line: Line) -> None:
        """The weights as a share of the largest layer's, from the right like the number."""
        model = index.model()
        assert isinstance(model, LayerModel)
        room = box.adjusted(theme.px(4), theme.px(4), -theme.px(SIDE - 4), -theme.px(4))
        share = min(1.0, line.row.weights / model.most_weights)
        width = round(share * room.width())
        if width:
            colour = QColor(_BARS[theme.tokens() is theme.DARK])
            painter.fillRect(room.right() + 1 - width, room.top(), width, room.height(), colour)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, theme.px(ROW))


def reason_height(line: Line, width: int) -> int:
    """The height of a layer's row that says why it can't work, in a table of some width."""
    indent = _INDENT if line.is_inside else 0
    room = QRect(0, 0, width - theme.px(2 * SIDE + indent), theme.px(200))
    metrics = QFontMetrics(theme.font(12))
    needed = metrics.boundingRect(room, int(_REASON_FLAGS), _sentence(line.problem)).height()
    return theme.px(_TITLE) + max(theme.px(_REASON), needed) + theme.px(4)


def _sentence(reason: str) -> str:
    return f"{reason[:1].upper()}{reason[1:]}."


def _plain(words: str) -> str:
    return words.replace(" × ", "×")


def _fitting(words: str, metrics: QFontMetrics, width: int) -> str:
    """As many of a layer's settings as fit whole; the tooltip has them all."""
    clauses = _plain(words).split(", ")
    while clauses and metrics.horizontalAdvance(", ".join(clauses)) > width:
        clauses.pop()
    return ", ".join(clauses)


class Header(QHeaderView):
    """Titles in line with what stands below them."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setSectionsClickable(False)
        self.setFixedHeight(theme.px(HEADER))
        self.setMinimumSectionSize(1)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        painter.fillRect(rect, theme.colour("window"))
        painter.setFont(theme.font(12))
        painter.setPen(theme.colour("text2"))
        title = str(self.model().headerData(section, Qt.Orientation.Horizontal))
        painter.drawText(inner(rect, section), alignment(section), title)

    def below(self, place: QPoint) -> QPoint:
        """Where a menu for a place of the header opens, on the screen."""
        return self.mapToGlobal(QPoint(place.x(), self.height()))
