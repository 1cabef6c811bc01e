"""A picture ready to be painted at any zoom."""

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QImage, QPainter

# Device pixels per picture pixel from which single pixels are to be seen.
SHARP_FROM = 2.0


class Levels:
    """RGB pixels, and their halves, quarters... made when a zoom first asks for them.

    Painting a picture from a level of nearly its size on the screen takes the same few
    milliseconds for 24 megapixels as for one, and averages instead of leaving pixels out.

    Parameters
    ----------
    rgb : uint8 array, height x width x 3
        Used as it is, not copied, if it is C-contiguous; must not be changed afterwards.
    """

    def __init__(self, rgb: NDArray[np.uint8]) -> None:
        if rgb.dtype != np.uint8 or rgb.ndim != 3 or rgb.shape[2] != 3 or not rgb.size:
            raise ValueError(
                f"pixels must be uint8 height x width x 3, not {rgb.dtype} {rgb.shape}"
            )
        self.rgb = np.ascontiguousarray(rgb)
        self._images: dict[int, tuple[QImage, NDArray[np.uint8]]] = {}

    @property
    def width(self) -> int:
        return int(self.rgb.shape[1])

    @property
    def height(self) -> int:
        return int(self.rgb.shape[0])

    @property
    def size(self) -> QSize:
        return QSize(self.width, self.height)

    def image(self, scale: float) -> QImage:
        """The smallest level that has at least one pixel for each device pixel at this scale."""
        level = 0
        while scale * 2 ** (level + 1) <= 1 and min(self.width, self.height) >> (level + 1):
            level += 1
        if level not in self._images:
            pixels = self.rgb
            if level:
                size = (self.width >> level, self.height >> level)
                pixels = cv2.resize(self.rgb, size, interpolation=cv2.INTER_AREA).astype(np.uint8)
            self._images[level] = image_of(pixels), pixels  # QImage does not own the pixels
        return self._images[level][0]

    def paint(self, painter: QPainter, target: QRectF, ratio: float = 1.0) -> None:
        """Paint into a box; `ratio` is device pixels per unit of the painter."""
        scale = target.width() * ratio / self.width
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, scale < SHARP_FROM)
        image = self.image(scale)
        painter.drawImage(target, image, QRectF(image.rect()))


def image_of(rgb: NDArray[np.uint8]) -> QImage:
    """A QImage on top of C-contiguous RGB pixels, which must live as long as it does."""
    height, width, _ = rgb.shape
    return QImage(rgb.data, width, height, 3 * width, QImage.Format.Format_RGB888)
