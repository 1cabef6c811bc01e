"""A measured field in colours: by itself, and see-through over the picture."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from studio.image.colour_map import apply_map
from studio.insight.effective_field import Heat
from studio.window.canvas.view import PictureView
from studio.window.network.look import Sides

_FAINTEST, _STRONGEST = 0.2, 0.95  # opacity over the picture, of no heat and of the most


def heat_pixels(heat: Heat) -> NDArray[np.uint8]:
    """The heat from black to yellow, and how much it covers: rows x columns x 4."""
    share = (heat / (float(heat.max(initial=0.0)) or 1.0)).astype(np.float32)
    opacity = np.rint(255 * (_FAINTEST + (_STRONGEST - _FAINTEST) * share)).astype(np.uint8)
    return np.dstack([apply_map(share, "inferno", 0.0, 1.0), opacity])


class HeatOverlay:
    """Paints a part of a heat over the picture it belongs to; the strongest places cover it most.

    Parameters
    ----------
    pixels : uint8 array, rows x columns x 4
        What `heat_pixels` gave for the part.
    sides : Sides
        Where that is, in the pixels of the picture that is painted over.
    """

    def __init__(self, pixels: NDArray[np.uint8], sides: Sides) -> None:
        self._pixels = np.ascontiguousarray(pixels)
        self._sides = sides

    def __call__(self, painter: QPainter, view: PictureView) -> None:
        sides, (height, width) = self._sides, self._pixels.shape[:2]
        corners = view.place_of(sides.left, sides.top), view.place_of(sides.right, sides.bottom)
        form = QImage.Format.Format_RGBA8888
        image = QImage(self._pixels.data, width, height, 4 * width, form)
        painter.save()
        painter.setClipRect(view.visible_picture())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.drawImage(QRectF(*corners), image)
        painter.restore()
