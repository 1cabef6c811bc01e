"""The learning rate over the run, before it is started and where it is now."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QFontMetrics,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.training.schedule import plot_points
from studio.training.settings import TrainSettings
from studio.window.chrome import theme
from studio.window.translate import tr

_HEIGHT = 56
_STEPS_PER_EPOCH = 200  # while it isn't known how many there are


class SchedulePlot(QWidget):
    """A curve of the learning rate; a marker at the step that the run has reached.

    Hovering reads a rate off the curve.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(theme.px(_HEIGHT))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.epochs: NDArray[np.float64] = np.zeros(0)
        self.rates: NDArray[np.float64] = np.zeros(0)
        self._length = 1.0  # epochs
        self._now: tuple[float, float] | None = None  # epochs, rate
        self._hovered: float | None = None  # epochs
        self._shown: object = None
        theme.theme().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(256), theme.px(_HEIGHT))

    def show_schedule(self, settings: TrainSettings, steps_per_epoch: int = 0) -> None:
        """Draw what the settings say.

        Parameters
        ----------
        steps_per_epoch : int
            0 where it isn't known yet.
        """
        per_epoch = steps_per_epoch or _STEPS_PER_EPOCH
        key = (
            *(settings.learning_rate, settings.epochs, settings.schedule, settings.decay),
            *(settings.drop, settings.drop_every, settings.warm_up, per_epoch),
        )
        if key == self._shown:
            return
        self._shown = key
        self.epochs, self.rates = plot_points(settings, per_epoch)
        self._length = float(settings.epochs)
        shape = tr("Learning rate from {first} over at most {top} to {last}")
        self.setAccessibleName(
            shape.format(
                first=_words(self.rates[0]),
                top=_words(self.rates.max()),
                last=_words(self.rates[-1]),
            )
        )
        self.update()

    def show_now(self, epochs: float | None, rate: float = 0.0) -> None:
        """Mark where the run is; None for a run that hasn't begun."""
        self._now = None if epochs is None else (epochs, rate)
        self.update()

    @property
    def marked(self) -> tuple[float, str] | None:
        """Where the marker is, in epochs, and the words beside it."""
        if self._hovered is not None and len(self.rates):
            rate = float(np.interp(self._hovered, self.epochs, self.rates))
            words = tr("{rate} in epoch {epoch}")
            epoch = min(int(self._hovered) + 1, round(self._length))
            return self._hovered, words.format(rate=_words(rate), epoch=epoch)
        return None if self._now is None else (self._now[0], _words(self._now[1]))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        room = self._room()
        share = (event.position().x() - room.left()) / max(1.0, room.width())
        self._hovered = min(max(share, 0.0), 1.0) * self._length
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hovered = None
        self.update()

    def _room(self) -> QRectF:
        return QRectF(self.rect()).adjusted(0.5, theme.px(6), -0.5, -1.5)

    def paintEvent(self, event: QPaintEvent) -> None:
        if not len(self.rates):
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room, top = self._room(), float(self.rates.max()) or 1.0
        painter.setPen(QPen(theme.colour("line"), 1))
        painter.drawLine(QLineF(room.bottomLeft(), room.bottomRight()))
        x = room.left() + self.epochs / self._length * room.width()
        y = room.bottom() - self.rates / top * room.height()
        painter.setPen(QPen(theme.colour("text2"), 1.5))
        painter.drawPolyline(
            QPolygonF([QPointF(*pair) for pair in zip(x.tolist(), y.tolist(), strict=True)])
        )
        if self.marked is not None:
            self._paint_marker(painter, room, *self.marked)

    def _paint_marker(self, painter: QPainter, room: QRectF, epochs: float, words: str) -> None:
        x = room.left() + min(epochs / self._length, 1.0) * room.width()
        painter.setPen(QPen(theme.colour("text3"), 1))
        painter.drawLine(QLineF(x, 0, x, room.bottom()))
        font = theme.font(11)
        metrics = QFontMetrics(font)
        width, gap = metrics.horizontalAdvance(words), theme.px(6)
        left = x + gap if x + gap + width <= room.right() else x - gap - width
        place = QRectF(left - theme.px(2), 0, width + theme.px(4), metrics.height())
        painter.fillRect(place, theme.colour("panel"))
        painter.setFont(font)
        painter.setPen(theme.colour("text2"))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, words)


def _words(rate: float) -> str:
    return f"{rate:.3g}".replace("-", "−")
