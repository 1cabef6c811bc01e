"""Feature maps as one picture: a grid that can be saved and printed."""

import math
from collections.abc import Iterator, Mapping
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.image.colour_map import apply_map
from studio.image.picture import Picture
from studio.image.write import write_picture

_GAP = 2
_BIGGEST_CELL = 96


def map_sheet(maps: NDArray[np.float32]) -> Picture:
    """Draw the maps of one layer in a grid, each coloured over its own range.

    Parameters
    ----------
    maps : array, channels x height x width
        A map of one value becomes one square.

    Returns
    -------
    Picture
        RGB, 8-bit. Maps with negative values are drawn with zero at mid grey, the others from
        black (zero) to yellow (the map's maximum).
    """
    count, height, width = maps.shape
    # Whole pixels only: a map is shown as it is, never smoothed.
    zoom = max(1, _BIGGEST_CELL // max(height, width)) if height * width > 1 else 12
    columns = math.ceil(math.sqrt(count * height / width))
    rows = math.ceil(count / columns)
    cell_height, cell_width = height * zoom, width * zoom
    sheet = np.full(
        (rows * (cell_height + _GAP) + _GAP, columns * (cell_width + _GAP) + _GAP, 3), 32, np.uint8
    )
    for index, values in enumerate(maps):
        row, column = divmod(index, columns)
        top = _GAP + row * (cell_height + _GAP)
        left = _GAP + column * (cell_width + _GAP)
        cell = cv2.resize(
            colour(values), (cell_width, cell_height), interpolation=cv2.INTER_NEAREST
        )
        sheet[top : top + cell_height, left : left + cell_width] = cell
    return Picture(sheet)


def write_sheets(
    maps: Mapping[str, NDArray[np.float32]], folder: Path, only: str | None = None
) -> Iterator[Path]:
    """Write a sheet for each layer, numbered and named like it; gives each file as it is written.

    Parameters
    ----------
    maps : mapping
        The maps of every layer by its name, in the network's order.
    only : str, optional
        The one layer to write.

    Raises
    ------
    PictureError
        When one can't be written.
    """
    for number, (name, values) in enumerate(maps.items(), start=1):
        if only in (None, name):
            target = folder / f"{number:02d}-{name}.png"
            write_picture(map_sheet(values), target)
            yield target


def colour(values: NDArray[np.float32]) -> NDArray[np.uint8]:
    """One map in colours: signed around mid grey where a value is negative, inferno elsewhere."""
    high = float(np.abs(values).max(initial=0.0)) or 1.0
    if values.min(initial=0.0) < 0:
        return apply_map(values, "signed", -high, high)
    return apply_map(values, "inferno", 0.0, high)
