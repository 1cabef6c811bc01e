"""Maps as the pixels of their cells, all maps of one size at once."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.image.colour_map import NOT_FINITE, colour_map
from studio.window.canvas.levels import SHARP_FROM

Words = NDArray[np.uint32]  # pixels, 0xFFRRGGBB
Floats = NDArray[np.float32]


def coloured_maps(maps: Floats, name: str, low: Floats, high: Floats) -> Words:
    """Maps through a colour map, each over its own range.

    Parameters
    ----------
    maps : array, count x height x width
    low, high : array, count
        What the first and the last colour stand for; `high` is above `low`.

    Returns
    -------
    array, count x height x width
    """
    first = 1 if name == "signed" else 0  # an odd number of colours, so that zero has its own
    with np.errstate(over="ignore", invalid="ignore"):  # infinite is cut, not a number is marked
        scale = (np.float32(255 - first) / (high - low))[:, None, None]
        level = (maps - low[:, None, None]) * scale
        level += np.float32(first)
        np.clip(level, 0, 255, out=level)
        index = np.rint(level, out=level).astype(np.uint8)
    found = _words(name).take(index)
    if maps.size and not (np.isfinite(maps.min()) and np.isfinite(maps.max())):
        found[~np.isfinite(maps)] = _packed(np.array(NOT_FINITE))
    return found


def cells_of(maps: Floats, name: str, low: Floats, high: Floats, size: tuple[int, int]) -> Words:
    """Maps as cells of `size`, height and width in device pixels.

    What is larger than the cell is averaged before it is coloured; below twice its size it is
    smoothed, above single units are seen.
    """
    count, high_side, wide_side = maps.shape
    height, width = size
    shrunk = min(high_side, height), min(wide_side, width)
    if shrunk != (high_side, wide_side):
        # Stacked on each other, so that one call does all: the borders fall on whole pixels.
        stack = np.ascontiguousarray(maps).reshape(count * high_side, wide_side)
        target = (shrunk[1], count * shrunk[0])
        averaged = cv2.resize(stack, target, interpolation=cv2.INTER_AREA)
        maps = np.asarray(averaged, np.float32).reshape(count, *shrunk)
    return _enlarged(coloured_maps(maps, name, low, high), size)


def pixel_cells(pictures: Sequence[NDArray[Any]], size: tuple[int, int]) -> Words:
    """Pictures, uint8 height x width x 3, as cells of `size`."""
    height, width = size
    found = np.empty((len(pictures), height, width), np.uint32)
    for index, picture in enumerate(pictures):
        shrunk = min(width, picture.shape[1]), min(height, picture.shape[0])
        part = np.ascontiguousarray(picture)
        if shrunk != (picture.shape[1], picture.shape[0]):
            part = np.asarray(cv2.resize(part, shrunk, interpolation=cv2.INTER_AREA), np.uint8)
        found[index] = _enlarged(_packed(part)[None], size)[0]
    return found


def round_corners(cells: Words, radius: float, ground: int) -> None:
    """Blend the corners of cells, count x height x width, with the ground; in place."""
    side = min(int(np.ceil(radius)), *(length // 2 for length in cells.shape[1:]))
    if side <= 0:
        return
    away = radius - (np.arange(side) + 0.5)
    covered = np.clip(radius + 0.5 - np.hypot(away[:, None], away), 0, 1)
    behind = np.array(ground, np.uint32).reshape(1).view(np.uint8).astype(np.float64)
    channels = cells.view(np.uint8).reshape(*cells.shape, 4)
    for rows in (slice(0, side), slice(-1, -side - 1, -1)):
        for columns in (slice(0, side), slice(-1, -side - 1, -1)):
            corner = channels[:, rows, columns]
            share = covered[..., None]
            corner[:] = np.rint(corner * share + behind * (1 - share))


def _enlarged(cells: Words, size: tuple[int, int]) -> Words:
    count, high_side, wide_side = cells.shape
    height, width = size
    if (high_side, wide_side) == size:
        return cells
    if max(height / high_side, width / wide_side) >= SHARP_FROM:
        rows = np.arange(height) * high_side // height
        columns = np.arange(width) * wide_side // width
        return np.asarray(cells.take(columns, axis=2).take(rows, axis=1), np.uint32)
    found = np.empty((count, height, width), np.uint32)
    for index, cell in enumerate(cells):
        channels = cell.view(np.uint8).reshape(high_side, wide_side, 4)
        smooth = cv2.resize(channels, (width, height), interpolation=cv2.INTER_LINEAR)
        found[index] = np.asarray(smooth, np.uint8).view(np.uint32)[..., 0]
    return found


@cache
def _words(name: str) -> Words:
    return _packed(colour_map(name))


def _packed(rgb: NDArray[Any]) -> Words:
    red, green, blue = (rgb[..., channel].astype(np.uint32) for channel in range(3))
    return np.uint32(0xFF000000) | red << np.uint32(16) | green << np.uint32(8) | blue
