"""The colours of the maps, and what their ends and marks stand for."""

import numpy as np
from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from studio.image.colour_map import NOT_FINITE, colour_map
from studio.window.canvas.levels import image_of
from studio.window.chrome import theme
from studio.window.translate import tr


class MapScale(QWidget):
    """The colours of the maps with what their ends stand for, in a line."""

    def __init__(self) -> None:
        super().__init__()
        self._name, self._ends, self._words = "inferno", ("", ""), ""
        self._has_dead, self._unknown = False, ""
        self.setFixedHeight(theme.px(24))

    def show_scale(
        self,
        name: str,
        ends: tuple[str, str],
        words: str,
        has_dead: bool = False,
        not_finite: tuple[int, int] = (0, 0),
    ) -> None:
        """Show a colour map with words for its ends, and explain the marks.

        Parameters
        ----------
        has_dead : bool
            Whether a map has the mark of nearly dead ones.
        not_finite : tuple of int
            How many values are not a number, and how many infinite.
        """
        self._name, self._ends, self._words, self._has_dead = name, ends, words, has_dead
        self._unknown = _unknown_words(*not_finite)
        self.setAccessibleName(" ".join(filter(None, (*ends, words, self._unknown))))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font(12))
        metrics, gap = painter.fontMetrics(), theme.px(8)
        middle = Qt.AlignmentFlag.AlignVCenter
        low, high = self._ends
        box = QRect(self.rect())
        painter.setPen(theme.colour("text3"))
        painter.drawText(box, middle, low)
        box.setLeft(metrics.horizontalAdvance(low) + gap)
        bar = QRectF(box.left(), box.center().y() - theme.px(3), theme.px(96), theme.px(6))
        shape = QPainterPath()
        shape.addRoundedRect(bar, bar.height() / 2, bar.height() / 2)
        painter.save()
        painter.setClipPath(shape)
        painter.drawImage(bar, image_of(np.ascontiguousarray(colour_map(self._name)[None])))
        painter.restore()
        box.setLeft(round(bar.right()) + gap)
        painter.drawText(box, middle, high)
        if high and self._words:
            box.setLeft(box.left() + metrics.horizontalAdvance(high) + gap)
        painter.drawText(box, middle, self._words)
        self._paint_marks(painter, box.left() + metrics.horizontalAdvance(self._words) + gap)

    def _paint_marks(self, painter: QPainter, after: int) -> None:
        """From the right: what no number can be painted for, and the mark of nearly dead maps."""
        mark, right = theme.px(7), self.width()
        marks = [("unknown", self._unknown)] if self._unknown else []
        if self._has_dead:
            marks.append(("dead", tr("nearly dead, over 95 % zero")))
        for kind, text in marks:
            left = right - painter.fontMetrics().horizontalAdvance(text)
            ring = QRectF(left - mark - theme.px(6), (self.height() - mark) / 2, mark, mark)
            if ring.left() < after:
                return
            painter.setPen(theme.colour("text3"))
            box = QRect(left, 0, right - left, self.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, text)
            if kind == "dead":
                painter.setPen(QPen(theme.colour("text3"), 1.2))
                painter.drawEllipse(ring)
            else:
                painter.fillRect(ring, QColor(*NOT_FINITE))
            right = round(ring.left()) - theme.px(12)


def _unknown_words(nans: int, infinite: int) -> str:
    named = [(nans, tr("{count} NaN")), (infinite, tr("{count} infinite"))]
    return ", ".join(words.format(count=f"{count:,}") for count, words in named if count)
