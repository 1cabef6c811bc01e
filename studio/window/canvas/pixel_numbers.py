"""The values of pixels, written into them where a view is near enough."""

import math
from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from studio.filters.cutting import Box
from studio.image.picture import Pixels
from studio.window.canvas.cells import rounded
from studio.window.chrome import theme

# Device-independent pixels that a picture's pixel must be wide before any number can fit.
NARROWEST = 28

_PLATE = QColor(19, 20, 22, 190)  # keeps a contrast of 5 under the light words, even on white
_ONE = (QColor("#F4F5F6"),)
# Red, green and blue from top to bottom; their lightness differs too.
_THREE = (QColor("#FFB4A8"), QColor("#B9F2D0"), QColor("#A9CBFF"))


Texts = list[list[list[str]]]  # of rows of pixels of channels


class PixelNumbers:
    """Values to be written into the pixels of a part of a picture.

    Parameters
    ----------
    box : Box
        Where the values are in the picture.
    values : array, height x width x 1 or 3
    """

    def __init__(self, box: Box, values: Pixels) -> None:
        if values.shape[:2] != (box.height, box.width):
            raise ValueError(f"{values.shape} values don't fill {box}")
        self.box = box
        self.values = values
        self._written: dict[int, Texts] = {}

    def fitting(self, width: float, metrics: QFontMetricsF) -> Texts | None:
        """The numbers, all with as many decimals as fit into a pixel; none where they don't."""
        for decimals in self._decimals():
            texts = self._texts(decimals)
            every = {text for row in texts for pixel in row for text in pixel}
            if all(metrics.horizontalAdvance(text) <= width for text in every):
                return texts
        return None

    def _decimals(self) -> tuple[int, ...]:
        """How many decimals to try; -1 stands for powers of ten."""
        known = self.values[np.isfinite(self.values)]
        if self.values.dtype.kind == "u" or not known.size:
            return (0,)
        largest = float(np.abs(known).max())
        if largest >= 1e6 or 0 < largest < 1e-2:
            return (-1,)
        if np.array_equal(known, np.rint(known)):
            return (0,)
        before_point = len(str(int(largest)))
        return tuple(range(max(0, 4 - before_point), 0 if before_point == 1 else -1, -1))

    def _texts(self, decimals: int) -> Texts:
        if decimals not in self._written:
            known: dict[float, str] = {}

            def text(value: float) -> str:
                if value not in known:
                    known[value] = _text(value, decimals)
                return known[value]

            self._written[decimals] = [
                [[text(value) for value in pixel] for pixel in row] for row in self.values.tolist()
            ]
        return self._written[decimals]


def _text(value: float, decimals: int) -> str:
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "−∞" if value < 0 else "∞"
    if decimals < 0:
        return rounded(value, 2)
    return f"{round(value, decimals) + 0.0:.{decimals}f}".replace("-", "−")


def paint_numbers(
    painter: QPainter, numbers: PixelNumbers, place_of: Callable[[float, float], QPointF]
) -> bool:
    """Write each pixel's values into it, light on a dark plate; whether they fit.

    Parameters
    ----------
    place_of : callable
        Gives the painter's place for a column and a row of the picture.
    """
    box, channels = numbers.box, numbers.values.shape[2]
    first = place_of(box.left, box.top)
    side = place_of(box.left + 1, box.top + 1).x() - first.x()
    font = theme.font(11)
    metrics = QFontMetricsF(font)
    line, beside = metrics.ascent() + 1, theme.px(3)
    height = channels * line + theme.px(3)
    texts = numbers.fitting(side - 2 * beside - 2, metrics) if height + 2 <= side else None
    if texts is None:
        return False
    wide = max(metrics.horizontalAdvance(t) for row in texts for pixel in row for t in pixel)
    plate = QRectF(0, 0, wide + 2 * beside, height)
    inks = _ONE if channels == 1 else _THREE
    seen = painter.clipBoundingRect() if painter.hasClipping() else None
    painter.save()
    painter.setFont(font)
    advances: dict[str, float] = {}
    for y, row in enumerate(texts):
        for x, pixel in enumerate(row):
            middle = first + QPointF((x + 0.5) * side, (y + 0.5) * side)
            plate.moveCenter(middle)
            if seen is not None and not seen.intersects(plate):
                continue
            painter.fillRect(plate, _PLATE)
            for number, (text, ink) in enumerate(zip(pixel, inks, strict=True)):
                if text not in advances:
                    advances[text] = metrics.horizontalAdvance(text)
                painter.setPen(ink)
                right = plate.right() - beside - advances[text]
                left = middle.x() - advances[text] / 2 if channels == 1 else right
                base = plate.top() + theme.px(1) + (number + 1) * line - 1
                painter.drawText(QPointF(left, base), text)
    painter.restore()
    return True
