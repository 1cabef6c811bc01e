"""Small pictures for lists."""

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QPainter, QPixmap

from studio.window.canvas.levels import image_of

_RADIUS = 3


def thumbnail(rgb: NDArray[np.uint8], width: int, height: int, ratio: float = 1.0) -> QPixmap:
    """The middle of a picture in a box with round corners.

    Parameters
    ----------
    rgb : uint8 array, height x width x 3
    width, height : int
        Of the box, in device-independent pixels.
    ratio : float
        Device pixels per device-independent pixel.
    """
    across, down = round(width * ratio), round(height * ratio)
    scale = max(across / rgb.shape[1], down / rgb.shape[0])
    part_width = min(rgb.shape[1], max(1, round(across / scale)))
    part_height = min(rgb.shape[0], max(1, round(down / scale)))
    left, top = (rgb.shape[1] - part_width) // 2, (rgb.shape[0] - part_height) // 2
    part = rgb[top : top + part_height, left : left + part_width]
    shrinks = cv2.INTER_AREA if scale < 1 else cv2.INTER_NEAREST
    resized = cv2.resize(part, (across, down), interpolation=shrinks)
    small = np.ascontiguousarray(resized, np.uint8)  # the brush does not own the pixels
    pixmap = QPixmap(across, down)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QBrush(image_of(small)))
    painter.drawRoundedRect(QRectF(0, 0, across, down), _RADIUS * ratio, _RADIUS * ratio)
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap
