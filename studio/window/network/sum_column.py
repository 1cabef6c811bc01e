"""What adds up to a unit's value, a line with a bar for each contribution."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from studio.window.chrome import theme
from studio.window.network.sum_words import SumLine
from studio.window.translate import tr

_LINE, _BAR, _LABELS, _NUMBERS, _GAP = 22, 9, 104, 68, 8


class SumColumn(QWidget):
    """The lines of a sum; those that come from another layer's unit lead there.

    The arrows move through the lines, Enter or a click follows one.

    Signals: `followed(row name, map, row, column)`.
    """

    followed = Signal(str, int, int, int)

    def __init__(self) -> None:
        super().__init__()
        self._lines: tuple[SumLine, ...] = ()
        self._current = 0
        self._under = -1
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("What adds up to the value"))

    @property
    def lines(self) -> tuple[SumLine, ...]:
        return self._lines

    @property
    def current(self) -> int:
        return self._current

    def set_lines(self, lines: Sequence[SumLine]) -> None:
        """Show another sum."""
        if len(lines) != len(self._lines):
            self.updateGeometry()
        self._lines = tuple(lines)
        self._current = min(self._current, max(0, len(lines) - 1))
        self._describe()
        self.update()

    def sizeHint(self) -> QSize:
        height = len(self._lines) * theme.px(_LINE)
        if any(line.style != "term" for line in self._lines):
            height += theme.px(_GAP) // 2
        return QSize(theme.px(200), height)

    def box_of(self, place: int) -> QRectF:
        """Where a line is."""
        high = theme.px(_LINE)
        before = any(line.style == "term" for line in self._lines[:place])
        is_term = self._lines[place].style == "term"
        below = theme.px(_GAP) // 2 if before and not is_term else 0
        return QRectF(0, place * high + below, self.width(), high)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        terms = [line for line in self._lines if line.style == "term"]
        largest = max((abs(line.value) for line in terms), default=0.0)
        labels = min(theme.px(_LABELS), round(0.42 * self.width()))
        numbers = self._numbers_width()
        signed = any(line.value < 0 for line in terms)
        room = QRectF(labels, 0, max(0, self.width() - labels - numbers), self.height())
        for place, line in enumerate(self._lines):
            box = self.box_of(place)
            if line.style != "term" and terms and place == len(terms):
                top = box.top() - theme.px(_GAP) / 4
                painter.setPen(QPen(theme.colour("line"), 1))
                painter.drawLine(0, round(top), self.width(), round(top))
            if place == self._under and self._leads(place):
                painter.fillRect(box, theme.colour("hover"))
            if line.style == "term":
                bar = QRectF(room.left(), box.top(), room.width(), box.height())
                self._paint_bar(painter, bar, line.value, largest, signed)
            self._paint_words(painter, box, line, labels if line.style == "term" else None)
        if self.hasFocus() and self._lines:
            painter.setPen(QPen(theme.colour("accent"), 2))
            painter.drawRoundedRect(self.box_of(self._current).adjusted(1, 1, -1, -1), 3, 3)

    def _numbers_width(self) -> int:
        metrics = QFontMetrics(theme.font(12, 600))
        widest = max((metrics.horizontalAdvance(line.shown) for line in self._lines), default=0)
        return max(theme.px(_NUMBERS), widest + theme.px(_GAP))

    def _paint_words(
        self, painter: QPainter, box: QRectF, line: SumLine, labels: int | None
    ) -> None:
        is_total = line.style == "total"
        painter.setFont(theme.font(12, 600 if is_total else 400))
        painter.setPen(theme.colour("text" if is_total else "text2"))
        numbers = self._numbers_width()
        room = (labels or self.width() - numbers) - theme.px(4)
        words = painter.fontMetrics().elidedText(line.words, Qt.TextElideMode.ElideRight, room)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(box, middle | Qt.AlignmentFlag.AlignLeft, words)
        painter.setPen(theme.colour("text" if line.style != "after" else "text2"))
        painter.drawText(box, middle | Qt.AlignmentFlag.AlignRight, line.shown)

    @staticmethod
    def _paint_bar(
        painter: QPainter, room: QRectF, value: float, largest: float, signed: bool
    ) -> None:
        """A bar from the middle where values have signs, else from the left."""
        middle = room.center().x() if signed else room.left()
        reach = room.width() / 2 if signed else room.width()
        long = abs(value) / largest * reach if largest else 0.0
        left = middle - long if value < 0 else middle
        top = room.center().y() - theme.px(_BAR) / 2
        bar = QRectF(left, top, long, theme.px(_BAR))
        painter.fillRect(bar, theme.colour("warm" if value > 0 else "cold"))
        painter.setPen(QPen(theme.colour("edge"), 1))
        x = round(middle)
        painter.drawLine(x, round(room.top() + 3), x, round(room.bottom() - 3))

    # Following a line

    def _leads(self, place: int) -> bool:
        return 0 <= place < len(self._lines) and self._lines[place].target is not None

    def _follow(self, place: int) -> None:
        if self._leads(place):
            target = self._lines[place].target
            assert target is not None
            name, unit = target
            self.followed.emit(name, *unit)

    def _place_at(self, y: float) -> int:
        boxes = (self.box_of(place) for place in range(len(self._lines)))
        return next((place for place, box in enumerate(boxes) if box.top() <= y < box.bottom()), -1)

    def _describe(self) -> None:
        if self._lines:
            line = self._lines[self._current]
            self.setAccessibleDescription(f"{line.words} {line.shown}")

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        under = self._place_at(event.position().y())
        if under != self._under:
            self._under = under
            can = self._leads(under)
            self.setCursor(Qt.CursorShape.PointingHandCursor if can else Qt.CursorShape.ArrowCursor)
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._under = -1
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._follow(self._place_at(event.position().y()))
        else:
            super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
        if step:
            self._current = min(max(self._current + step, 0), max(0, len(self._lines) - 1))
            self._describe()
            self.update()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._follow(self._current)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            place = self._place_at(event.pos().y())
            if 0 <= place < len(self._lines):
                line = self._lines[place]
                words = "\n".join(part for part in (line.words, line.tip) if part)
                QToolTip.showText(event.globalPos(), words, self)
            return True
        return super().event(event)
