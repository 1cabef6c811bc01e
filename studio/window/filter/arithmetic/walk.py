"""The way of a kernel over a result: which pixel comes next, and what is not computed yet."""

import math
from collections.abc import Iterator

from studio.filters.cutting import Box

# Steps of a walk over everything that is seen, and rows and columns of one around a pixel.
_MOST = 200
_ROWS, _COLUMNS = 8, 12
# Width on the screen, in device-independent pixels, from which on a pixel is seen by itself.
_SEEN_FROM = 8


class Walk:
    """Row by row through a part of a result, from its upper left corner.

    Parameters
    ----------
    box : Box
        The part; not empty.
    step : int
        Rows and columns that one step covers: blocks of so many pixels appear at once.
    """

    def __init__(self, box: Box, step: int = 1) -> None:
        if box.height < 1 or box.width < 1 or step < 1:
            raise ValueError(f"a walk needs room and a step, not {box} and {step}")
        self.box = box
        self.step = step
        self._columns = -(-box.width // step)
        self.count = self._columns * -(-box.height // step)
        self._index = 0

    @property
    def block(self) -> Box:
        """The pixels that this step makes appear."""
        row, column = divmod(self._index, self._columns)
        top, left = self.box.top + row * self.step, self.box.left + column * self.step
        bottom, right = top + self.step, left + self.step
        return Box(top, min(bottom, self.box.bottom), left, min(right, self.box.right))

    @property
    def position(self) -> tuple[int, int]:
        """Row and column of the pixel the kernel stands at: the middle of the block."""
        top, bottom, left, right = self.block
        return (top + bottom - 1) // 2, (left + right - 1) // 2

    @property
    def rest(self) -> tuple[Box, ...]:
        """What is not computed yet: the end of this row of blocks, and the rows below."""
        block, box = self.block, self.box
        beside = Box(block.top, block.bottom, block.right, box.right)
        below = Box(block.bottom, box.bottom, box.left, box.right)
        return tuple(part for part in (beside, below) if part.width and part.height)

    @property
    def is_done(self) -> bool:
        """Whether the kernel stands at the last place."""
        return self._index == self.count - 1

    def advance(self) -> bool:
        """Go to the next place; False at the last one."""
        if self.is_done:
            return False
        self._index += 1
        return True

    def restart(self) -> None:
        """Go back to the first place."""
        self._index = 0

    def __iter__(self) -> Iterator[tuple[int, int]]:
        """All positions from this one on."""
        yield self.position
        while self.advance():
            yield self.position


def walk_over(
    size: tuple[int, int], seen: Box | None, pixel: float, place: tuple[int, int]
) -> Walk:
    """A walk that takes a sensible time.

    Every pixel of what is seen, if they are few; where single pixels are seen, those around a
    place; else all that is seen, in blocks.

    Parameters
    ----------
    size : (int, int)
        Height and width of the result.
    seen : Box, optional
        The part of it that is on the screen.
    pixel : float
        How wide one of its pixels is on the screen, in device-independent pixels.
    place : (int, int)
        The row and column a person looks at.
    """
    height, width = size
    whole = Box(0, height, 0, width)
    part = _within(seen, whole) if seen is not None else whole
    if part.height < 1 or part.width < 1:
        part = whole
    area = part.height * part.width
    if area <= _MOST:
        return Walk(part)
    if seen is None or pixel >= _SEEN_FROM:
        top = _begin(place[0], _ROWS, part.top, part.bottom)
        left = _begin(place[1], _COLUMNS, part.left, part.right)
        around = Box(top, top + _ROWS, left, left + _COLUMNS)
        return Walk(_within(around, part))
    step = math.isqrt(area // _MOST)
    while -(-part.height // step) * -(-part.width // step) > _MOST:
        step += 1
    return Walk(part, step)


def _within(box: Box, outer: Box) -> Box:
    return Box(
        max(box.top, outer.top),
        min(box.bottom, outer.bottom),
        max(box.left, outer.left),
        min(box.right, outer.right),
    )


def _begin(place: int, length: int, first: int, last: int) -> int:
    """Where a stretch begins that has `place` in its middle as far as it fits."""
    return max(first, min(place - length // 2, last - length))
