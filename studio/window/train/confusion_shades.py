"""The cells of a confusion matrix as pixels."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from studio.window.chrome import theme

Counts = NDArray[np.int64]
Words = NDArray[np.uint32]  # pixels, 0xAARRGGBB

_FAINTEST = 0.14  # opacity of a cell with one picture among very many


def strengths(counts: Counts | None) -> NDArray[np.float64]:
    """Opacity of each cell, 0 where nothing was counted."""
    if counts is None:
        return np.zeros((0, 0))
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    return np.where(counts > 0, _FAINTEST + (1 - _FAINTEST) * np.sqrt(shares), 0.0)


def cell_colours(shares: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """Red, green, blue and opacity of each cell, 0 to 255, laid on the ground of empty cells.

    Parameters
    ----------
    shares : array, count x count
        What `strengths` gave; empty before anything was counted.
    """
    above = (shares if shares.size else np.zeros((count, count)))[..., None]
    colour = np.broadcast_to(_rgb(theme.colour("warm")), (count, count, 3)).copy()
    colour[np.arange(count), np.arange(count)] = _rgb(theme.colour("cold"))
    ground = theme.colour("track", 0.5)
    below = ground.alphaF() * (1 - above)
    opacity = above + below
    mixed = (above * colour + below * _rgb(ground)) / opacity
    return np.concatenate([mixed, 255 * opacity], axis=2)


def tiles(colours: NDArray[np.float64], mask: NDArray[np.float64]) -> Words:
    """Cells, rows x columns x 4, each as a tile that is covered as the mask says (0 to 1)."""
    rows, columns = colours.shape[:2]
    side = len(mask)
    red, green, blue = (np.rint(colours[..., part]).astype(np.uint32) for part in range(3))
    rgb = red << np.uint32(16) | green << np.uint32(8) | blue
    alpha = np.rint(colours[:, None, :, None, 3] * mask[None, :, None, :]).astype(np.uint32)
    words = alpha << np.uint32(24) | rgb[:, None, :, None]
    return np.ascontiguousarray(words.reshape(rows * side, columns * side))


def tile_mask(side: int, gap: int, radius: float) -> NDArray[np.float64]:
    """How far each pixel of a tile is covered: a round square with a gap at its right and below."""
    image = QImage(side, side, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(Qt.GlobalColor.white)
    painter.drawRoundedRect(QRectF(0, 0, side - gap, side - gap), radius, radius)
    painter.end()
    pixels = np.frombuffer(image.constBits(), np.uint32).reshape(side, side)
    return (pixels >> np.uint32(24)) / 255


def _rgb(colour: QColor) -> NDArray[np.float64]:
    return np.array([colour.red(), colour.green(), colour.blue()], np.float64)
