"""The loss around the weights: drawn on demand, from coarse to fine."""

import math

import numpy as np
from PySide6.QtCore import QRectF, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from studio.declare import Declared, option, options
from studio.image.colour_map import apply_map
from studio.image.write import number
from studio.window.canvas.levels import image_of
from studio.window.chrome import theme
from studio.window.chrome.controls import Button, label
from studio.window.forms.numbers import NumberField
from studio.window.train.by_hand.landscape import Landscape, Places
from studio.window.train.by_hand.surface_plot import SurfacePlot
from studio.window.translate import tr

_EDGE = 12


class SurfaceSettings(Declared):
    """What of the surface is drawn."""

    reach: float = option(
        0.5,
        "Reach",
        "How far the plane goes each way; at 1, as far as the weights of each filter are long.",
        low=0.01,
        high=2.0,
        logarithmic=True,
    )


class SurfacePanel(QWidget):
    """The plot with what belongs to it.

    Signals: `drawing_wanted(reach)`, and `stop_wanted` while it is drawn.
    """

    drawing_wanted = Signal(float)
    stop_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        (reach,) = options(SurfaceSettings)
        self.reach = NumberField(reach)
        self.reach.set_value(SurfaceSettings().reach)
        self.reach.setToolTip(tr(reach.help))
        self.draw = Button("Draw", key="D")
        self.draw.clicked.connect(self.press)
        self.plot = SurfacePlot()
        self.plot.hovered.connect(self._read)
        self.plot.left.connect(self._rest)
        self.scale = _ScaleBar()
        self.words = label(role="caption", wrap=True)
        self.words.setMinimumHeight(2 * self.words.fontMetrics().height())
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._is_drawing = False
        self._make_layout()
        self.set_state(False, False)
        self.show_landscape(None)

    def _make_layout(self) -> None:
        head, foot = QHBoxLayout(), QHBoxLayout()
        head.addWidget(label("Loss around the weights", "title"), 1)
        head.addWidget(self.draw)
        foot.setSpacing(theme.px(8))
        foot.addWidget(label("Reach", "label"))
        foot.addWidget(self.reach, 1)
        explained = label(
            "The loss of this batch over a plane through the weights: to the right along the "
            "negative gradient, upwards along a random direction, both as long as the weights "
            "in each filter.",
            "caption",
            wrap=True,
        )
        up, right = label("↑ a random direction", "small"), label(role="small")
        right.setText(tr("along the negative gradient →"))
        right.setAlignment(Qt.AlignmentFlag.AlignRight)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.px(_EDGE), theme.px(12), theme.px(_EDGE), theme.px(8))
        column.setSpacing(theme.px(6))
        column.addLayout(head)
        column.addLayout(foot)
        column.addWidget(up)
        column.addWidget(self.plot, 1)
        column.addWidget(right)
        column.addWidget(self.scale)
        column.addWidget(self.words)
        column.addWidget(explained)
        column.addStretch()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the plane be a square where there is room."""
        super().resizeEvent(event)
        self.plot.setMaximumHeight(self.width() - 2 * theme.px(_EDGE) - self.plot.margin)

    @Slot()
    def press(self) -> None:
        """Draw, or stop."""
        if self._is_drawing:
            self.stop_wanted.emit()
        elif self.draw.isEnabled():
            self.drawing_wanted.emit(float(self.reach.value()))

    def set_state(self, can_draw: bool, is_drawing: bool) -> None:
        """Whether there is a plane to draw, and whether it is being drawn."""
        self._is_drawing = is_drawing
        self.draw.setText(tr("Stop") if is_drawing else tr("Draw"))
        self.draw.setEnabled(can_draw or is_drawing)
        hint = tr("Draw the loss around the weights (D)")
        if not can_draw:
            hint = tr("The plane lies along the gradient: do the backward pass first")
        self.draw.setToolTip(hint)
        self._rest()

    def show_landscape(self, landscape: Landscape | None) -> None:
        """Show as much of the surface as is known, or nothing."""
        self.plot.show_landscape(landscape)
        self.scale.show_range(landscape)
        self._rest()

    def show_path(self, path: Places) -> None:
        """Show where the weights have gone on the plane."""
        self.plot.show_path(path)
        self._rest()

    @Slot(float, float)
    def _read(self, x: float, y: float) -> None:
        landscape = self.plot.landscape
        if landscape is None:
            return
        loss = landscape.loss_at(x, y)
        if math.isnan(loss):
            return
        shown = number(float(f"{loss:.4g}")) if math.isfinite(loss) else tr("not finite")
        words = tr("Loss {loss} at {x} to the right, {y} upwards")
        self.words.setText(words.format(loss=shown, x=_short(x), y=_short(y)))

    @Slot()
    def _rest(self) -> None:
        """What there is to say while the pointer is elsewhere."""
        self.words.setText(self._resting())

    def _resting(self) -> str:
        landscape = self.plot.landscape
        if landscape is None:
            return tr("Nothing drawn yet: after Backward, press Draw.")
        if self._is_drawing:
            return tr("Drawing, {share} %").format(share=round(100 * landscape.fraction))
        found = []
        if landscape.fraction < 1:
            found.append(tr("Stopped at {share} %.").format(share=round(100 * landscape.fraction)))
        if landscape.diverged:
            words = tr("Green: no finite loss, at {count} of {all} places.")
            total = landscape.losses.size
            found.append(words.format(count=landscape.diverged, all=total))
        if _is_outside(self.plot.path, landscape.edge):
            found.append(tr("The weights have left the plane's edge: draw with a larger reach."))
        if not found:
            found.append(tr("Ring: where the gradient was taken. Line: the last steps, projected."))
        return " ".join(found)


class _ScaleBar(QWidget):
    """Which losses the colours stand for."""

    def __init__(self) -> None:
        super().__init__()
        self._landscape: Landscape | None = None
        self._pixels = np.ascontiguousarray(
            apply_map(np.linspace(0, 1, 256, dtype=np.float32)[None], "inferno", 0, 1)
        )
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(theme.px(8) + self.fontMetrics().height())
        self.setAccessibleName(tr("Scale of the losses"))

    def show_range(self, landscape: Landscape | None) -> None:
        self._landscape = landscape
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        landscape = self._landscape
        if landscape is None or not np.isfinite(landscape.losses).any():
            return
        painter = QPainter(self)
        painter.drawImage(QRectF(0, 0, self.width(), theme.px(6)), image_of(self._pixels))
        painter.setFont(theme.font(11))
        painter.setPen(theme.colour("text2"))
        room = QRectF(0, theme.px(7), self.width(), self.height() - theme.px(7))
        middle = tr("logarithmic") if landscape.is_log else ""
        for side, text in (
            (Qt.AlignmentFlag.AlignLeft, tr("loss {value}").format(value=_short(landscape.low))),
            (Qt.AlignmentFlag.AlignHCenter, middle),
            (Qt.AlignmentFlag.AlignRight, _short(landscape.high)),
        ):
            painter.drawText(room, side, text)


def _short(value: float) -> str:
    return number(float(f"{value:.3g}"))


def _is_outside(path: Places, edge: float) -> bool:
    return bool(path) and any(abs(one) > edge for one in path[-1])
