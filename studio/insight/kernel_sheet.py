"""The kernels of a layer as one picture, and their figures as a table."""

import csv
import io
import json
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.image.picture import Picture
from studio.image.whole_file import write_bytes
from studio.image.write import write_picture
from studio.insight.kernels import Change, Kernels, Scaling, in_colours, signed

MOST_SHOWN = 1024  # outputs, and inputs, of one sheet
_MOST_CELLS = 4096  # along each side of a matrix of 1 x 1 kernels
_CELL = 48  # pixels that a kernel is at least magnified to, where there is room
_WIDEST = 2048  # pixels of a sheet, beyond which kernels are not magnified
_GAP, _GROUND, _MARK = 2, 32, 255

Bytes = NDArray[np.uint8]


def kernel_sheet(kernels: Kernels, scaling: Scaling = "symmetric", shared: bool = False) -> Picture:
    """Draw the kernels of a layer, each weight as a square.

    Kernels of three colours stand in a grid, as do those of one input. Others have a row for each
    output and a column for each input, and 1 x 1 kernels are a matrix. A dead kernel is crossed
    out.

    Parameters
    ----------
    scaling : str
        For kernels in colour: ``symmetric`` or ``range``, as for `in_colours`.
    shared : bool
        Colour all kernels on the scale of the layer, not each on its own.

    Returns
    -------
    Picture
        RGB, 8-bit; at most the first 1024 outputs and inputs, 4096 of 1 x 1 kernels.
    """
    weights = kernels.weights
    reach = float(np.abs(weights).max()) if shared else 0.0
    if kernels.size == (1, 1) and not kernels.in_colour and kernels.inputs > 1:
        matrix = kernels.matrix()[:_MOST_CELLS, :_MOST_CELLS]
        reach = float(np.abs(matrix).max())
        return Picture(_magnified(signed(matrix, reach).pixels, matrix.shape))
    weights = weights[:MOST_SHOWN, :MOST_SHOWN]
    dead = kernels.dead
    cells: list[list[Bytes]] = []
    for output, kernel in enumerate(weights):
        own = reach or float(np.abs(kernel).max())
        if kernels.in_colour:
            slices = [in_colours(kernel, scaling, reach).pixels]
        else:
            slices = [signed(one, own).pixels for one in kernel]
        cells.append([_crossed(one) if dead[output] else one for one in slices])
    if len(cells[0]) == 1:
        return Picture(_grid([one for (one,) in cells], _squarish(len(cells))))
    return Picture(_grid([one for line in cells for one in line], len(cells[0])))


def write_kernels(
    layers: Sequence[tuple[Kernels, Change | None]],
    folder: Path,
    scaling: Scaling = "symmetric",
    shared: bool = False,
) -> Iterator[Path]:
    """Write a sheet for each layer, and ``kernels.json`` and ``kernels.csv`` with their figures.

    Gives each file as it is written.

    Raises
    ------
    StudioError
        When one can't be written.
    """
    for number, (kernels, _) in enumerate(layers, start=1):
        target = folder / f"{number:02d}-{kernels.row.name}.png"
        write_picture(kernel_sheet(kernels, scaling, shared), target)
        yield target
    found = [figures(kernels, change) for kernels, change in layers]
    text = json.dumps(found, indent=2, ensure_ascii=False, allow_nan=False)
    target = folder / "kernels.json"
    write_bytes(f"{text}\n".encode(), target)
    yield target
    target = folder / "kernels.csv"
    write_bytes(_csv(found).encode(), target)
    yield target


def figures(kernels: Kernels, change: Change | None = None) -> dict[str, Any]:
    """The figures of a layer's kernels, fit for JSON.

    Returns
    -------
    dict
        ``layer``, ``shape``, ``groups``, ``dead`` (how many), and for each map in ``kernels`` its
        ``norm``, ``mean``, ``smallest``, ``largest``, ``bias``, ``dead``; with `change` also
        ``changed_by``, ``changed_share`` and ``cosine``, None where there is no such number.
    """
    matrix, norms, means, dead = kernels.matrix(), kernels.norms, kernels.means, kernels.dead
    found = []
    for index in range(kernels.count):
        one: dict[str, Any] = {
            "map": index,
            "norm": float(norms[index]),
            "mean": float(means[index]),
            "smallest": float(matrix[index].min()),
            "largest": float(matrix[index].max()),
            "bias": None if kernels.bias is None else float(kernels.bias[index]),
            "dead": bool(dead[index]),
        }
        if change is not None:
            one["changed_by"] = float(change.norms[index])
            one["changed_share"] = _finite(change.shares[index])
            one["cosine"] = _finite(change.cosines[index])
        found.append(one)
    return {
        "layer": kernels.row.name,
        "shape": list(kernels.weights.shape),
        "groups": kernels.groups,
        "dead": int(dead.sum()),
        "kernels": found,
    }


def _csv(layers: Sequence[dict[str, Any]]) -> str:
    text = io.StringIO()
    names = list(dict.fromkeys(name for layer in layers for name in layer["kernels"][0]))
    writer = csv.DictWriter(text, ["layer", *names], lineterminator="\n")
    writer.writeheader()
    for layer in layers:
        writer.writerows({"layer": layer["layer"], **one} for one in layer["kernels"])
    return text.getvalue()


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _squarish(count: int) -> int:
    return math.ceil(math.sqrt(count))


def _grid(cells: Sequence[Bytes], columns: int) -> Bytes:
    """Cells of one size in rows, magnified as far as there is room."""
    height, width = cells[0].shape[:2]
    rows = -(-len(cells) // columns)
    widest = max(rows * height, columns * width)
    zoom = max(1, min(_CELL // max(height, width), _WIDEST // widest))
    gap = _GAP if zoom > 1 else 1
    down, across = height * zoom + gap, width * zoom + gap
    sheet = np.full((rows * down + gap, columns * across + gap, 3), _GROUND, np.uint8)
    for index, cell in enumerate(cells):
        row, column = divmod(index, columns)
        top, left = gap + row * down, gap + column * across
        shown = cell.repeat(zoom, axis=0).repeat(zoom, axis=1)
        sheet[top : top + height * zoom, left : left + width * zoom] = shown
    return sheet


def _magnified(pixels: Bytes, size: tuple[int, ...]) -> Bytes:
    zoom = max(1, min(8, _WIDEST // max(size)))
    return np.ascontiguousarray(pixels.repeat(zoom, axis=0).repeat(zoom, axis=1))


def _crossed(cell: Bytes) -> Bytes:
    """A dead kernel: a diagonal through it, one weight wide."""
    height, width = cell.shape[:2]
    marked = cell.copy()
    cv2.line(marked, (0, height - 1), (width - 1, 0), (_MARK, _MARK, _MARK))
    return marked
