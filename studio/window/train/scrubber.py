"""The epochs of a run, to go through once more."""

import math

from PySide6.QtCore import QRectF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSlider

from studio.window.chrome import theme
from studio.window.chrome.controls import IconButton, LinkButton, label
from studio.window.translate import tr

_PACE = 350  # milliseconds that an epoch is shown while they play
_TICKS = 28  # at most
_EDGE = 9  # from the end of the groove to the first and the last epoch


class EpochSlider(QSlider):
    """An epoch of a run, from 1; epochs that are still to come are there, and out of reach.

    Signals: `picked` with the epoch that a person goes to, 0 for the last, whichever that is.
    """

    picked = Signal(int)

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.done = 0
        self.setFixedHeight(theme.px(28))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Epoch"))
        self.setToolTip(tr("Show the results after an epoch (arrows, Home, End for the last)"))
        self.setRange(1, 1)
        theme.theme().changed.connect(self.update)

    def show_epochs(self, done: int, planned: int, epoch: int) -> None:
        """Show how many epochs are whole, of how many, and which one is looked at."""
        self.done = done
        self.setRange(1, max(1, planned, done))
        self.setValue(epoch)
        self.setEnabled(done > 0)
        self.update()

    # Where an epoch is

    def x_of(self, epoch: float) -> float:
        """The place of an epoch."""
        room = self.width() - 2 * theme.px(_EDGE)
        share = (epoch - self.minimum()) / max(1, self.maximum() - self.minimum())
        return theme.px(_EDGE) + room * share

    def _epoch_at(self, x: float) -> int:
        room = max(1, self.width() - 2 * theme.px(_EDGE))
        share = (x - theme.px(_EDGE)) / room
        return round(self.minimum() + share * (self.maximum() - self.minimum()))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        middle, half = self.height() / 2 - theme.px(2), theme.px(2)
        left, right = self.x_of(self.minimum()), self.x_of(self.maximum())
        painter.setBrush(theme.colour("track"))
        painter.drawRoundedRect(QRectF(left, middle - half, right - left, 2 * half), half, half)
        self._paint_ticks(painter, middle + theme.px(8))
        if not self.done:
            return
        place = self.x_of(self.value())
        painter.setBrush(theme.colour("accent"))
        painter.drawRoundedRect(QRectF(left, middle - half, place - left, 2 * half), half, half)
        radius = theme.px(7)
        handle = QRectF(place - radius, middle - radius, 2 * radius, 2 * radius)
        painter.setBrush(theme.colour("accent" if self.isSliderDown() else "text"))
        painter.drawEllipse(handle)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(theme.colour("accent"))
            painter.drawEllipse(handle.adjusted(-2, -2, 2, 2))

    def _paint_ticks(self, painter: QPainter, top: float) -> None:
        """A line for each epoch, or for each second, fifth, tenth, ... where they are many."""
        step = _tick_step(self.maximum())
        numbers = [1, *range(step, self.maximum() + 1, step)]
        for number in dict.fromkeys(numbers):
            role = "box" if number <= self.done else "line"
            mark = QRectF(round(self.x_of(number)) - 0.5, top, 1, theme.px(4))
            painter.fillRect(mark, theme.colour(role))

    # The person's hands

    def _pick(self, epoch: int) -> None:
        if self.done:
            self.picked.emit(min(max(epoch, 1), self.done))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self._pick(self._epoch_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self._pick(self._epoch_at(event.position().x()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.setSliderDown(False)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        page = max(2, self.done // 10)
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Down: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: 1,
            Qt.Key.Key_PageDown: -page,
            Qt.Key.Key_PageUp: page,
        }
        key = Qt.Key(event.key())
        if key in steps:
            self._pick(self.value() + steps[key])
        elif key == Qt.Key.Key_Home:
            self._pick(1)
        elif key == Qt.Key.Key_End:
            self.picked.emit(0)
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class Scrubber(QFrame):
    """Which epoch is looked at; goes through them by itself, and back to the last.

    Signals: `epoch_wanted` with an epoch from 1, or 0 for the last one, as it changes.
    """

    epoch_wanted = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(theme.px(44))
        self.setObjectName("scrubber")
        self._is_live, self._done = True, 0
        self.play = IconButton("play", "Play the epochs", role="text")
        self.play.clicked.connect(self.toggle)
        self.words = label()
        self.words.setTextFormat(Qt.TextFormat.RichText)
        self.slider = EpochSlider()
        self.slider.picked.connect(self._pick)
        self.live = LinkButton("Live", "Follow the last epoch (End)")
        self.live.clicked.connect(lambda: self._pick(0))
        self._clock = QTimer(self, interval=_PACE)
        self._clock.timeout.connect(self._next)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(12), 1, theme.px(12), 0)
        row.setSpacing(theme.px(8))
        row.addWidget(self.play)
        row.addWidget(self.words)
        row.addWidget(self.slider, 1)
        row.addWidget(self.live)

    @property
    def is_playing(self) -> bool:
        return self._clock.isActive()

    def show_epochs(self, done: int, planned: int, epoch: int | None) -> None:
        """Show a run's epochs.

        Parameters
        ----------
        done, planned : int
            How many are whole, and how many there will be.
        epoch : int, optional
            The one that is looked at; None for the last, whichever that is.
        """
        self._is_live, self._done = epoch is None or not done, done
        shown = min(epoch or done, done)
        self.slider.show_epochs(done, planned, max(1, shown))
        self.words.setText(tr("Epoch {number}").format(number=f"<b>{shown:,}</b>"))
        widest = tr("Epoch {number}").format(number=f"{max(planned, done):,} ")
        self.words.setMinimumWidth(self.words.fontMetrics().horizontalAdvance(widest))
        self.play.setEnabled(done > 1)
        self.live.setEnabled(not self._is_live)
        if self.is_playing and (self._is_live or done < 2):
            self.stop()

    @Slot()
    def toggle(self) -> None:
        """Go through the epochs, from the first if the last is shown; or stay."""
        if self.is_playing:
            self.stop()
        elif self._done > 1:
            if self._is_live or self.slider.value() >= self._done:
                self.epoch_wanted.emit(1)
            self._clock.start()
            self._show_play()

    @Slot()
    def stop(self) -> None:
        """Stay at the epoch that is shown."""
        self._clock.stop()
        self._show_play()

    def _show_play(self) -> None:
        self.play.set_icon("pause" if self.is_playing else "play", "text")
        words = tr("Stay at this epoch") if self.is_playing else tr("Play the epochs")
        self.play.setToolTip(words)
        self.play.setAccessibleName(words)

    @Slot(int)
    def _pick(self, epoch: int) -> None:
        self.stop()
        self.epoch_wanted.emit(epoch)

    @Slot()
    def _next(self) -> None:
        following = self.slider.value() + 1
        self.epoch_wanted.emit(following if following < self._done else 0)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.stop()


def _tick_step(epochs: int) -> int:
    """Epochs from one tick to the next, a round number."""
    least = epochs / _TICKS
    if least <= 1:
        return 1
    ten = 10 ** math.floor(math.log10(least))
    return int(next(factor * ten for factor in (1, 2, 5, 10) if factor * ten >= least))
