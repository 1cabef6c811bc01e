"""The parts of the drawing pad: paper, the network's input, and bars for the classes."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QImage,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QWidget

from studio.insight.answers import Answer, percent
from studio.window.canvas.levels import Levels
from studio.window.chrome import theme
from studio.window.translate import tr

_SIDE = 138  # of the two squares, in pixels of the design
_FINE = 280  # side of the drawing in pixels
PENS = (8, 18, 32)  # thinnest, first and thickest pen, in pixels of the drawing


class _Square(QWidget):
    def __init__(self, name: str) -> None:
        super().__init__()
        self.setFixedSize(theme.px(_SIDE), theme.px(_SIDE))
        self.setAccessibleName(name)

    def paint_words(self, painter: QPainter, words: str) -> None:
        painter.setFont(theme.font(12))
        painter.setPen(theme.colour("text3"))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, words)

    def paint_frame(self, painter: QPainter) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.colour("edge"), 1))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)


class Paper(_Square):
    """Where a person draws.

    Signals: `drawn` after every change.
    """

    drawn = Signal()

    def __init__(self) -> None:
        super().__init__(tr("Drawing"))
        self._strokes: list[QPainterPath] = []  # in pixels of the drawing
        self._pen = PENS[1]
        self._is_down = False
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setToolTip(tr("Draw with the mouse or a pen"))

    @property
    def is_empty(self) -> bool:
        return not self._strokes

    @Slot(int)
    def set_pen(self, width: int) -> None:
        """Take a pen, for all strokes; its width is in pixels of the drawing."""
        self._pen = width
        self._change()

    @Slot()
    def undo(self) -> None:
        """Take the last stroke back."""
        del self._strokes[-1:]
        self._change()

    @Slot()
    def clear(self) -> None:
        self._strokes.clear()
        self._change()

    def ink(self) -> NDArray[np.uint8]:
        """The drawing, height x width, 255 where the pen was."""
        image = QImage(_FINE, _FINE, QImage.Format.Format_Grayscale8)
        image.fill(0)
        painter = QPainter(image)
        self._paint_strokes(painter, QColor("white"))
        painter.end()
        rows = np.frombuffer(image.constBits(), np.uint8)
        return rows.reshape(_FINE, image.bytesPerLine())[:, :_FINE].copy()

    def _paint_strokes(self, painter: QPainter, colour: QColor) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(colour, self._pen)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for stroke in self._strokes:
            painter.drawPath(stroke)

    def _change(self) -> None:
        self.update()
        self.drawn.emit()

    def _place(self, event: QMouseEvent) -> QPointF:
        return event.position() * (_FINE / self.width())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            stroke = QPainterPath(self._place(event))
            stroke.lineTo(self._place(event) + QPointF(0.1, 0))  # a dot is seen too
            self._strokes.append(stroke)
            self._is_down = True
            self._change()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._is_down and self._strokes:
            self._strokes[-1].lineTo(self._place(event))
            self._change()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._is_down = False

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("control"))
        painter.drawRoundedRect(self.rect(), 3, 3)
        if self.is_empty:
            self.paint_words(painter, tr("Draw here"))
        painter.save()
        painter.setClipRect(self.rect())
        painter.scale(self.width() / _FINE, self.height() / _FINE)
        self._paint_strokes(painter, theme.colour("text"))
        painter.restore()
        self.paint_frame(painter)


class InputSquare(_Square):
    """What the network gets, pixel by pixel."""

    def __init__(self) -> None:
        super().__init__(tr("The network's input"))
        self.setToolTip(tr("What the network gets, each pixel enlarged"))
        self._levels: Levels | None = None

    def show_rgb(self, rgb: NDArray[np.uint8] | None) -> None:
        """Show pixels, height x width x 3, or that there are none yet."""
        self._levels = None if rgb is None else Levels(rgb)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shape = QPainterPath()
        shape.addRoundedRect(QRectF(self.rect()), 3, 3)
        painter.setClipPath(shape)
        if self._levels is not None:
            self._levels.paint(painter, QRectF(self.rect()), self.devicePixelRatioF())
        else:
            painter.fillRect(self.rect(), theme.colour("well"))
        painter.setClipping(False)
        self.paint_frame(painter)


class ClassBars(QWidget):
    """A bar for each class, and the likeliest in large."""

    def __init__(self) -> None:
        super().__init__()
        self._classes: tuple[str, ...] = tuple("0123456789")  # until another model answers
        self._probabilities: tuple[float, ...] = ()
        self.setMinimumWidth(theme.px(240))
        self.setFixedHeight(theme.px(_SIDE))

    @property
    def answer(self) -> Answer | None:
        """The likeliest class; None while nothing is drawn."""
        if not self._probabilities:
            return None
        best = int(np.argmax(self._probabilities))
        return Answer(self._classes[best], self._probabilities[best])

    def show_probabilities(self, classes: Sequence[str], probabilities: Sequence[float]) -> None:
        """Show one for each class; none leaves the bars empty."""
        self._classes = tuple(classes) or self._classes
        self._probabilities = tuple(probabilities)
        answer = self.answer
        words = f"{answer.class_name} {percent(answer.probability)}" if answer else ""
        self.setAccessibleName(words or tr("Nothing is drawn"))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        px = theme.px
        painter = QPainter(self)
        answer = self.answer
        sign = px(100)
        step = (self.width() - sign) / len(self._classes)
        base, thick = self.height() - px(24), px(16)
        for number, name in enumerate(self._classes):
            middle = round((number + 0.5) * step)
            is_best = answer is not None and name == answer.class_name
            share = self._probabilities[number] if answer else 0.0
            bar = QRect(middle - thick // 2, 0, thick, max(px(1), round(share * (base - px(8)))))
            bar.moveBottom(base)
            painter.fillRect(bar, theme.colour("accent" if is_best else "text3"))
            painter.setFont(theme.font(12, 600 if is_best else 400))
            painter.setPen(theme.colour("text" if is_best else "text2"))
            below = QRect(round(number * step), base + px(4), round(step), px(18))
            shown = QFontMetrics(painter.font()).elidedText(
                name, Qt.TextElideMode.ElideRight, below.width()
            )
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, shown)
        if answer is not None:
            self._paint_sign(painter, answer, sign)

    def _paint_sign(self, painter: QPainter, answer: Answer, width: int) -> None:
        """The likeliest class at the right end."""
        px = theme.px
        room = QRect(self.width() - width, 0, width, self.height() - px(24))
        large, small = theme.font(44, 600), theme.font(16, 600)
        fits = QFontMetrics(large).horizontalAdvance(answer.class_name) <= width
        painter.setFont(large if fits else small)
        painter.setPen(theme.colour("text"))
        flags = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
        painter.drawText(room, flags, answer.class_name)
        painter.setFont(theme.font(12))
        painter.setPen(theme.colour("text2"))
        line = QRect(room.left(), self.rect().center().y() + px(24), width, px(18))
        painter.drawText(line, Qt.AlignmentFlag.AlignCenter, percent(answer.probability))
