"""Certainty as it is painted: a name, a bar, a number, a word."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from studio.insight.answers import Answer, percent
from studio.window.chrome import theme

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


def write(
    painter: QPainter,
    room: QRect,
    text: str,
    colour: QColor,
    font: QFont | None = None,
    *,
    right: bool = False,
    middle: bool = False,
) -> int:
    """Write one line, cut with an ellipsis where there is no room; the width it takes.

    A name is cut in its `middle`, where the ends tell more.
    """
    font = font or theme.font()
    metrics = QFontMetrics(font)
    how = Qt.TextElideMode.ElideMiddle if middle else Qt.TextElideMode.ElideRight
    shown = metrics.elidedText(text, how, room.width())
    painter.setFont(font)
    painter.setPen(colour)
    painter.drawText(room, _RIGHT if right else _LEFT, shown)
    return metrics.horizontalAdvance(shown)


def paint_bar(painter: QPainter, bar: QRectF, share: float, lit: bool) -> None:
    """A share, 0 to 1, as a bar in its track."""
    round_end = bar.height() / 2
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("accent", 0.3) if lit else theme.colour("track"))
    painter.drawRoundedRect(bar, round_end, round_end)
    painter.setBrush(theme.colour("accent" if lit else "text3"))
    filled = QRectF(bar)
    filled.setWidth(bar.width() * share)
    painter.save()
    painter.setClipRect(filled, Qt.ClipOperation.IntersectClip)
    filled.setWidth(max(filled.width(), bar.height()))
    painter.drawRoundedRect(filled, round_end, round_end)
    painter.restore()


def paint_chip(painter: QPainter, rect: QRect, text: str, role: str) -> None:
    """A word in a round outline, at the left of a cell."""
    font = theme.font(11)
    width = QFontMetrics(font).horizontalAdvance(text) + theme.px(18)
    height = theme.px(20)
    pill = QRectF(rect.left() + 0.5, rect.center().y() - height / 2 + 1, width, height)
    painter.setPen(QPen(theme.colour(role), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(pill, height / 2, height / 2)
    painter.setFont(font)
    painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, text)


class TopAnswers(QWidget):
    """The likeliest classes of one picture, one below the other."""

    def __init__(self, count: int = 5) -> None:
        super().__init__()
        self._answers: Sequence[Answer] = ()
        self._stale = False
        self.setFixedHeight(theme.px(24) * count)

    def show_answers(self, answers: Sequence[Answer], stale: bool) -> None:
        """Show classes, the likeliest first."""
        self._answers, self._stale = answers, stale
        words = (f"{each.class_name} {percent(each.probability)}" for each in answers)
        self.setAccessibleName(", ".join(words))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        px = theme.px
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        fonts = [theme.font(13, 600), *[theme.font()] * len(self._answers)]
        measure = QFontMetrics(fonts[0])
        number_width = measure.horizontalAdvance("> 99.9 %") + px(8)
        names = [measure.horizontalAdvance(each.class_name) for each in self._answers]
        name_width = min(max([px(68), *names]), self.width() // 2 - number_width // 2) + px(12)
        for place, (answer, font) in enumerate(zip(self._answers, fonts, strict=False)):
            line = QRect(0, place * px(24), self.width(), px(24))
            lit = place == 0 and not self._stale
            strong = theme.colour("text3" if self._stale else "text")
            plain = strong if place == 0 else theme.colour("text3" if self._stale else "text2")
            write(
                painter,
                line.adjusted(0, 0, name_width - px(8) - line.width(), 0),
                answer.class_name,
                strong,
                font,
            )
            left = line.left() + name_width
            length = line.width() - name_width - number_width
            bar = QRectF(left, line.center().y() - px(3) + 1, length, px(6))
            paint_bar(painter, bar, answer.probability, lit)
            write(painter, line, percent(answer.probability), plain, font, right=True)
