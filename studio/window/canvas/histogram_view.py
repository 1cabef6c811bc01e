"""How often which values occur, and below it the colours they are shown in."""

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QHelpEvent,
    QImage,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from studio.image.display import CHANNELS, Scale, show
from studio.image.statistics import Histogram
from studio.image.write import number
from studio.window.canvas.cells import signed_number
from studio.window.canvas.histogram_bars import Counted, Which, paint_bars, paint_key
from studio.window.canvas.level_handle import HEIGHT, LevelHandle
from studio.window.canvas.levels import image_of
from studio.window.chrome import theme
from studio.window.chrome.controls import Button
from studio.window.translate import tr

_HEAD, _BARS, _STRIP, _NUMBERS = 26, 52, 6, 15
_STEPS = 200  # into which a scale of floating-point values is divided by the arrows


class HistogramView(QWidget):
    """Bars, or a line for each channel of a colour picture; the scale; black and white point.

    Signals: `levels_changed(low, high)` while a person moves the black or the white point,
    `automatic_wanted` when both are to be found by themselves again.
    """

    levels_changed = Signal(float, float)
    automatic_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._counted: Counted | None = None
        self._scale = Scale("plain", 0.0, 255.0)
        self._mean: float | None = None
        self._whole = True
        self._logarithmic: bool | None = None  # None: as suits the values
        self._held = False
        self._strip: tuple[QImage, object] | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(self.sizeHint().height())
        self.log_button = _log_button(self)
        self.log_button.clicked.connect(self._choose_log)
        self.low_handle = self._handle("low", tr("Black point"))
        self.high_handle = self._handle("high", tr("White point"))
        theme.theme().changed.connect(self.update)
        self._place()

    def _handle(self, which: Which, name: str) -> LevelHandle:
        handle = LevelHandle(self, name)
        handle.moved.connect(lambda x: self._drag(which, x))
        handle.stepped.connect(lambda steps: self._step(which, steps))
        handle.let_go.connect(self._let_go)
        handle.automatic.connect(self.automatic_wanted)
        return handle

    def sizeHint(self) -> QSize:
        return QSize(theme.px(256), theme.px(_HEAD + _BARS + 4 + _STRIP + HEIGHT + _NUMBERS))

    # What is shown

    def show_histogram(self, histogram: Histogram, scale: Scale, whole: bool = True) -> None:
        """Show what was counted so far.

        Parameters
        ----------
        whole : bool
            Whether the values are whole numbers.
        """
        self._counted = Counted.of(histogram, scale)
        self._mean = _mean(histogram, scale) if histogram.total else None
        self._whole = whole
        if self._held:  # what is under the person's hand doesn't jump back to an older result
            scale = replace(scale, low=self._scale.low, high=self._scale.high)
        self._set_scale(scale)
        self.setToolTip("")
        self.setAccessibleName(self._words(histogram))

    def show_scale(self, scale: Scale) -> None:
        """Show another scale for the same values."""
        self._set_scale(scale)

    @property
    def scale(self) -> Scale:
        return self._scale

    @property
    def logarithmic(self) -> bool:
        """Whether the heights are logarithms of the counts."""
        if self._logarithmic is None:
            return self._scale.kind in ("signed", "magnitude")
        return self._logarithmic

    def set_logarithmic(self, logarithmic: bool) -> None:
        self._logarithmic = logarithmic
        self.log_button.setChecked(logarithmic)
        self.update()

    @property
    def ends(self) -> tuple[float, float]:
        """The values at the left and at the right edge."""
        if self._counted is not None:
            return self._counted.low, self._counted.high
        return self._scale.low, self._scale.high

    def _set_scale(self, scale: Scale) -> None:
        self._scale = scale
        channels = 3 if self._counted is not None and len(self._counted.counts) == 3 else 1
        low, high = self.ends
        ramp = np.linspace(low, high, 512, dtype=np.float32).reshape(1, -1, 1)
        rgb = show(np.repeat(ramp, channels, axis=2), replace(scale, channel="all"))
        self._strip = image_of(rgb), rgb
        is_wheel = scale.kind == "direction"
        for handle in (self.low_handle, self.high_handle):
            handle.setVisible(not is_wheel)
        self.log_button.setChecked(self.logarithmic)
        self._place()
        self.update()

    def _words(self, histogram: Histogram) -> str:
        if not histogram.total:
            return tr("Histogram, empty")
        words = tr("Histogram: values {low} to {high}, mean {mean}").format(
            low=number(histogram.minimum),
            high=number(histogram.maximum),
            mean=number(histogram.mean),
        )
        low, high = number(self._scale.low), number(self._scale.high)
        return f"{words}; " + tr("scale {low} to {high}").format(low=low, high=high)

    # Where things are

    def _box(self) -> QRectF:
        """Where the bars are."""
        side = theme.px(1)
        return QRectF(side, theme.px(_HEAD), self.width() - 2 * side, theme.px(_BARS))

    def _across(self, value: float) -> float:
        low, high = self.ends
        share = (min(max(value, low), high) - low) / (high - low)
        return self._box().left() + share * self._box().width()

    def _value(self, x: float) -> float:
        low, high = self.ends
        share = (x - self._box().left()) / max(1.0, self._box().width())
        return low + min(max(share, 0.0), 1.0) * (high - low)

    def _place(self) -> None:
        top = round(self._box().bottom()) + theme.px(4 + _STRIP)
        for handle, value in (
            (self.low_handle, self._scale.low),
            (self.high_handle, self._scale.high),
        ):
            left = round(self._across(value) - handle.width() / 2)
            handle.move(
                min(max(left, -handle.width() // 2), self.width() - handle.width() // 2), top
            )
        size = self.log_button.sizeHint()
        self.log_button.setGeometry(self.width() - size.width(), 0, size.width(), size.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        box = self._box()
        if self._counted is not None:
            paint_bars(painter, box, self._counted, self._scale, self.logarithmic)
        if self._counted is not None and len(self._counted.counts) == 3:
            paint_key(painter, QPointF(box.left(), theme.px(5)))
        elif self._mean is not None and self._scale.kind != "direction":
            painter.setFont(theme.font(11))
            painter.setPen(theme.colour("text3"))
            base = theme.px(5) + painter.fontMetrics().ascent()
            words = tr("mean {value}").format(value=number(self._mean))
            painter.drawText(QPointF(box.left(), base), words)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(QPen(theme.colour("line"), 1))
        painter.drawLine(QPointF(0, box.bottom()), QPointF(self.width(), box.bottom()))
        self._paint_points(painter, box)
        self._paint_strip(painter, box)
        self._paint_numbers(painter, box)

    def _paint_points(self, painter: QPainter, box: QRectF) -> None:
        """Lines at black and white point, where they are not at the ends."""
        painter.setPen(QPen(theme.colour("text2"), 1))
        for value in (self._scale.low, self._scale.high):
            x = round(self._across(value)) + 0.5
            if box.left() + 2 < x < box.right() - 2 and self._scale.kind != "direction":
                painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))

    def _paint_strip(self, painter: QPainter, box: QRectF) -> None:
        if self._strip is None:
            return
        bar = QRectF(0, box.bottom() + theme.px(4), self.width(), theme.px(_STRIP))
        shape = QPainterPath()
        shape.addRoundedRect(bar, bar.height() / 2, bar.height() / 2)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.save()
        painter.setClipPath(shape)
        painter.drawImage(bar, self._strip[0])
        painter.restore()
        painter.setPen(QPen(theme.colour("box", 0.6), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(shape)

    def _paint_numbers(self, painter: QPainter, box: QRectF) -> None:
        """The ends of the scale below their handles, and zero between them."""
        painter.setFont(theme.font(12))
        painter.setPen(theme.colour("text2"))
        metrics = painter.fontMetrics()
        top = box.bottom() + theme.px(4 + _STRIP + HEIGHT)
        scale = self._scale
        words = [
            number(scale.low),
            signed_number(scale.high) if scale.low < 0 else number(scale.high),
        ]
        widths = [metrics.horizontalAdvance(word) for word in words]
        room, gap = self.width(), theme.px(8)
        left = min(max(0.0, self._across(scale.low) - widths[0] / 2), room - sum(widths) - gap)
        right = min(self._across(scale.high) - widths[1] / 2, room - widths[1])
        right = max(right, left + widths[0] + gap)
        base = top + metrics.ascent()
        painter.drawText(QPointF(left, base), words[0])
        painter.drawText(QPointF(right, base), words[1])
        if scale.low < 0 < scale.high:
            zero = self._across(0) - metrics.horizontalAdvance("0") / 2
            after = zero + metrics.horizontalAdvance("0")
            if left + widths[0] + gap <= zero and after + gap <= right:
                painter.drawText(QPointF(zero, base), "0")

    # The person's hands

    @Slot()
    def _choose_log(self) -> None:
        self.set_logarithmic(self.log_button.isChecked())

    def _drag(self, which: Which, x: float) -> None:
        self._held = True
        self._move(which, self._value(x))

    def _step(self, which: Which, steps: float) -> None:
        value = self._scale.low if which == "low" else self._scale.high
        self._move(which, value + steps * self._grain)

    @Slot()
    def _let_go(self) -> None:
        self._held = False

    @property
    def _grain(self) -> float:
        """The step between two values that a point can be put at: 1, or 1, 2, 5 times 10ⁿ."""
        if self._whole:
            return 1.0
        low, high = self.ends
        power = 10.0 ** np.floor(np.log10((high - low) / _STEPS))
        steps = (power * part for part in (1, 2, 5, 10))
        return float(next(step for step in steps if step * _STEPS >= (high - low) * (1 - 1e-9)))

    def _move(self, which: Which, value: float) -> None:
        """Take a point to a value; it stays a step away from the other one."""
        step = self._grain
        value = float(f"{round(value / step) * step:.12g}")
        low, high = self._scale.low, self._scale.high
        if self._scale.kind == "signed":  # zero stays in the middle
            high = max(abs(value) if (value < 0) == (which == "low") else 0.0, step)
            low = -high
        elif which == "low":
            low = min(value, high - step)
        else:
            high = max(value, low + step)
        if (low, high) != (self._scale.low, self._scale.high):
            self._set_scale(replace(self._scale, low=low, high=high))
            self.levels_changed.emit(low, high)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.automatic_wanted.emit()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self.words_at(event.pos().x()), self)
            return True
        return super().event(event)

    def words_at(self, x: float) -> str:
        """Which values the bar at a place stands for, and how many there are."""
        if self._counted is None:
            return ""
        counts = self._counted.grouped(self._box().width())
        bars, (low, high) = counts.shape[1], self.ends
        bar = min(int((self._value(x) - low) / (high - low) * bars), bars - 1)
        first, last = (low + (bar + side) * (high - low) / bars for side in (0, 1))
        if self._whole:
            first, last = np.ceil(first), np.ceil(last) - 1
        total = int(counts.sum())
        here = " ".join(f"{int(count):,}" for count in counts[:, bar])
        words = tr("{first} to {last}: {count} values").format(
            first=number(first), last=number(last), count=here
        )
        share = 100 * int(counts[:, bar].sum()) / max(1, total)
        beyond = {0: tr("with all below"), bars - 1: tr("with all above")}.get(bar, "")
        return f"{words} ({share:.3g} %) {beyond}".strip()


def _mean(histogram: Histogram, scale: Scale) -> float:
    if scale.channel == "all" or histogram.channels == 1:
        return histogram.mean
    return histogram.means[CHANNELS.index(scale.channel)]


def _log_button(parent: QWidget) -> Button:
    button = Button("Log", look="chip", tip_text="Heights as logarithms, so that rare values show")
    button.setParent(parent)
    button.show()
    return button
