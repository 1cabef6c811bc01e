"""What of a picture is seen at some zoom: the pieces to compute, and each piece shrunk.

Everything is computed at the picture's own size and shrunk when it is coloured, so that what is
seen of a result at any zoom is what it is.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.filters.cutting import Box, Source
from studio.filters.threads import each
from studio.image.picture import Pixels

Bytes = NDArray[np.uint8]

# Rows and columns of the picture that are computed and shown at once; powers of two.
UNIT = (256, 512)
MAX_LEVEL = 8
# Rows and columns of the parts by which a scale is chosen, and how many of them there are.
_SAMPLE, _SAMPLES = (32, 256), 16


class Tile(NamedTuple):
    """A shrunk piece: `box` is its place in the picture, and 2^level pixels are one of `rgb`."""

    level: int
    box: Box
    rgb: Bytes


def level_for(scale: float, height: int, width: int) -> int:
    """The level with at least one pixel for each of the screen's, at `scale` of them per pixel."""
    level = 0
    while level < MAX_LEVEL and scale * 2 ** (level + 1) <= 1 and min(height, width) >> (level + 1):
        level += 1
    return level


def units(seen: Box, height: int, width: int) -> list[Box]:
    """The pieces that a part of a picture lies in, those nearest to its middle first."""
    tall, wide = UNIT
    rows = range(seen.top // tall, -(-seen.bottom // tall))
    columns = range(seen.left // wide, -(-seen.right // wide))
    boxes = [
        Box(row * tall, min((row + 1) * tall, height), left * wide, min((left + 1) * wide, width))
        for row in rows
        for left in columns
    ]
    middle = (seen.top + seen.bottom) / 2, (seen.left + seen.right) / 2

    def distance(box: Box) -> float:
        down = (box.top + box.bottom) / 2 - middle[0]
        across = (box.left + box.right) / 2 - middle[1]
        return down * down + across * across

    return sorted(boxes, key=distance)


def shrunk(rgb: Bytes, level: int) -> Bytes:
    """The mean of every 2^level x 2^level pixels; what lacks at the end is repeated."""
    if not level:
        return rgb
    side = 1 << level
    down, across = -rgb.shape[0] % side, -rgb.shape[1] % side
    whole: Any = rgb
    if down or across:
        whole = cv2.copyMakeBorder(rgb, 0, down, 0, across, cv2.BORDER_REPLICATE)
    size = (whole.shape[1] >> level, whole.shape[0] >> level)
    return np.asarray(cv2.resize(whole, size, interpolation=cv2.INTER_AREA), np.uint8)


def tiles(
    source: Source,
    show: Callable[[Pixels], Bytes],
    level: int,
    boxes: Iterable[Box],
    seen: Callable[[Box, Pixels], object] | None = None,
) -> Iterator[Tile]:
    """Compute pieces on all cores; gives each as soon as it is there.

    Parameters
    ----------
    source : callable
        Gives a part of the result.
    show : callable
        Makes RGB of it.
    seen : callable, optional
        Is told of every piece, in whatever thread computed it.
    """

    def make(box: Box) -> Tile:
        pixels = source(box)
        if seen is not None:
            seen(box, pixels)
        return Tile(level, box, shrunk(show(pixels), level))

    for _, tile in each(make, boxes):
        yield tile


def sample_boxes(height: int, width: int) -> list[Box]:
    """Some small parts from all over a picture, or all of a small one."""
    tall, wide = _SAMPLE
    if height * width <= tall * wide * _SAMPLES:
        return [Box(0, height, 0, width)]
    side = int(_SAMPLES**0.5)
    boxes = []
    for row in range(side):
        for column in range(side):
            top = max(0, (2 * row + 1) * height // (2 * side) - tall // 2)
            left = max(0, (2 * column + 1) * width // (2 * side) - wide // 2)
            boxes.append(Box(top, min(top + tall, height), left, min(left + wide, width)))
    return boxes


def sample(source: Source, height: int, width: int) -> Pixels:
    """Values of a result from all over it, the same every time: n x 1 x channels."""
    boxes = sample_boxes(height, width)
    parts = dict(each(source, boxes))
    flat: list[Any] = [parts[box].reshape(-1, 1, parts[box].shape[2]) for box in boxes]
    return np.concatenate(flat)
