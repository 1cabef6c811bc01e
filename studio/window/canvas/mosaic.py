"""A picture that arrives piece by piece, and is painted as far as it is there."""

from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter

from studio.filters.cutting import Box
from studio.filters.rendering import Tile, units
from studio.window.canvas.levels import SHARP_FROM, image_of


class Paintable(Protocol):
    """What a view can show."""

    @property
    def size(self) -> QSize: ...

    def paint(self, painter: QPainter, target: QRectF, ratio: float = 1.0) -> None: ...


class Mosaic:
    """The pieces of a picture that lie where a view looks.

    Pieces of what was shown before stay until newer ones take their place.

    Parameters
    ----------
    height, width : int
        Of the whole picture.
    shown : Paintable, optional
        What was shown so far, if it was no mosaic: where it has the same size, it stays in sight
        until every piece that is looked at is there.
    """

    def __init__(self, height: int, width: int, shown: Paintable | None = None) -> None:
        self.height, self.width = height, width
        fits = shown is not None and shown.size == self.size and not isinstance(shown, Mosaic)
        self._below = shown if fits else None
        self._sheet: _Sheet | None = None
        self._missing: set[Box] = set()  # of the pieces that are looked at

    @property
    def size(self) -> QSize:
        return QSize(self.width, self.height)

    def look(self, level: int, seen: Box) -> list[Box]:
        """Turn to a part of the picture; gives the pieces that are missing, middle first.

        Parameters
        ----------
        level : int
            2^level pixels of the picture become one.
        seen : Box
            In pixels of the picture.
        """
        wanted = units(seen, self.height, self.width)
        sheet = self._sheet
        if not wanted:
            self._missing = set()
            return []
        if sheet is None or sheet.level != level or not all(map(sheet.holds, wanted)):
            self._sheet = sheet = _Sheet(level, _around(wanted), sheet)
        missing = [box for box in wanted if box not in sheet.done]
        self._missing = set(missing)
        return missing

    def renew(self) -> None:
        """All pieces are of yesterday, and stay until others come."""
        if self._sheet is not None:
            self._sheet.done.clear()

    def put(self, tile: Tile) -> None:
        """Take in a piece; one that is not looked for any more is left out."""
        if self._sheet is not None:
            self._sheet.put(tile)
            if tile.level == self._sheet.level:
                self._missing.discard(tile.box)

    @property
    def is_complete(self) -> bool:
        """Whether nothing is missing of where it looks."""
        return self._sheet is not None and not self._missing

    def paint(self, painter: QPainter, target: QRectF, ratio: float = 1.0) -> None:
        """Paint into the box of the whole picture; `ratio` is device pixels per unit of it."""
        if self._below is not None:
            if not self.is_complete:
                self._below.paint(painter, target, ratio)
                return
            self._below = None
        if self._sheet is None or not self.width:
            return
        scale = target.width() / self.width
        painter.save()
        clipped = painter.hasClipping()
        painter.setClipRect(
            target, Qt.ClipOperation.IntersectClip if clipped else Qt.ClipOperation.ReplaceClip
        )
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, scale * ratio < SHARP_FROM)
        box, side = self._sheet.box, 1 << self._sheet.level
        rows, columns = self._sheet.rgb.shape[:2]
        place = QRectF(
            target.left() + box.left * scale,
            target.top() + box.top * scale,
            columns * side * scale,
            rows * side * scale,
        )
        painter.drawImage(place, self._sheet.image, QRectF(self._sheet.image.rect()))
        painter.restore()


class _Sheet:
    """Pixels of one level around where the view looks."""

    def __init__(self, level: int, box: Box, older: "_Sheet | None") -> None:
        self.level = level
        self.box = box
        rows, columns = (-(-length // (1 << level)) for length in (box.height, box.width))
        self.rgb = np.zeros((rows, columns, 3), np.uint8)
        self.image: QImage = image_of(self.rgb)
        self.done: set[Box] = set()
        if older is not None:
            self._take_over(older)

    def holds(self, box: Box) -> bool:
        mine = self.box
        return (
            mine.top <= box.top
            and box.bottom <= mine.bottom
            and mine.left <= box.left
            and box.right <= mine.right
        )

    def put(self, tile: Tile) -> None:
        if tile.level == self.level and self.holds(tile.box):
            top, left = self._place(tile.box)
            rows, columns = tile.rgb.shape[:2]
            self.rgb[top : top + rows, left : left + columns] = tile.rgb
            self.done.add(tile.box)

    def _place(self, box: Box) -> tuple[int, int]:
        return (box.top - self.box.top) >> self.level, (box.left - self.box.left) >> self.level

    def _take_over(self, older: "_Sheet") -> None:
        common = Box(
            max(self.box.top, older.box.top),
            min(self.box.bottom, older.box.bottom),
            max(self.box.left, older.box.left),
            min(self.box.right, older.box.right),
        )
        if common.height <= 0 or common.width <= 0:
            return
        if older.level == self.level:
            self.done = {box for box in older.done if self.holds(box)}
        mine, theirs = self._part(common), older._part(common)
        if mine.size and theirs.size:
            if theirs.shape != mine.shape:
                way = cv2.INTER_NEAREST if older.level > self.level else cv2.INTER_AREA
                theirs = cv2.resize(theirs, mine.shape[1::-1], interpolation=way).astype(np.uint8)
            mine[...] = theirs

    def _part(self, box: Box) -> NDArray[np.uint8]:
        top, left = self._place(box)
        rows, columns = (-(-length // (1 << self.level)) for length in (box.height, box.width))
        return self.rgb[top : top + rows, left : left + columns]


def _around(boxes: list[Box]) -> Box:
    return Box(
        min(box.top for box in boxes),
        max(box.bottom for box in boxes),
        min(box.left for box in boxes),
        max(box.right for box in boxes),
    )
