"""Feature maps as one picture, a grid that can be saved and printed; and as their values."""

import io
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.errors import PictureError, StudioError
from studio.image.colour_map import NOT_FINITE, apply_map
from studio.image.picture import Picture
from studio.image.whole_file import write_bytes
from studio.image.write import write_picture

_GAP = 2
_BIGGEST_CELL = 96

Ending = Literal["png", "npy"]
Maps = Mapping[str, NDArray[np.float32]]


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
        black (zero) to yellow (the map's maximum). Values that are not finite are green.
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
    maps: Maps, folder: Path, only: str | None = None, ending: Ending = "png"
) -> Iterator[Path]:
    """Write a file for each layer, numbered and named like it; gives each one as it is written.

    Parameters
    ----------
    maps : mapping
        The maps of every layer by its name, in the network's order.
    only : str, optional
        The one layer to write.
    ending : str
        ``png`` for sheets, ``npy`` for the values.

    Raises
    ------
    PictureError
        When one can't be written.
    """
    for number, (name, values) in enumerate(maps.items(), start=1):
        if only in (None, name):
            target = folder / f"{number:02d}-{name}.{ending}"
            write_layer(values, target)
            yield target


def write_layer(values: NDArray[np.float32], path: Path) -> None:
    """Write the maps of one layer, as a sheet or as they are; a file is whole or not there.

    Parameters
    ----------
    values : array, channels x height x width
    path : Path
        Ends in .npy for the values, float32, channels x height x width; in the name of a picture
        format for a sheet.

    Raises
    ------
    PictureError
        When it can't be written; an older file stays whole.
    """
    if path.suffix.lower() != ".npy":
        write_picture(map_sheet(values), path)
        return
    data = io.BytesIO()
    np.save(data, np.asarray(values, np.float32), allow_pickle=False)
    try:
        write_bytes(data.getbuffer(), path)
    except StudioError as error:
        raise PictureError(error.message, error.remedy) from error


def colour(values: NDArray[np.float32]) -> NDArray[np.uint8]:
    """One map in colours: signed around mid grey where a value is negative, inferno elsewhere."""
    is_finite = np.isfinite(values)
    finite = values[is_finite]
    high = float(np.abs(finite).max(initial=0.0)) or 1.0
    if finite.min(initial=0.0) < 0:
        coloured = apply_map(values, "signed", -high, high)
    else:
        coloured = apply_map(values, "inferno", 0.0, high)
    coloured[~is_finite] = NOT_FINITE
    return coloured
