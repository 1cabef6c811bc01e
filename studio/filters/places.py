"""Where the pixels of a result lie in the picture it was made from."""

from collections.abc import Sequence
from typing import NamedTuple

from studio.filters.base import Filter


class Places(NamedTuple):
    """From columns and rows of one picture to those of another, each a stretch and a shift.

    ``other = scale · one + shift``; pixel centres are at whole numbers.
    """

    scale_x: float = 1.0
    shift_x: float = 0.0
    scale_y: float = 1.0
    shift_y: float = 0.0

    def there(self, x: float, y: float) -> tuple[float, float]:
        """The place in the other picture."""
        return self.scale_x * x + self.shift_x, self.scale_y * y + self.shift_y

    def back(self, x: float, y: float) -> tuple[float, float]:
        """The place that `there` leads from."""
        return (x - self.shift_x) / self.scale_x, (y - self.shift_y) / self.scale_y


def places_between(before: Sequence[Filter], after: Sequence[Filter]) -> Places:
    """From what some filters make of a picture to what others make of the same picture.

    A pixel of a result lies where the centre of its window stands, so that a border that was left
    out shifts the result, and a stride makes it smaller.
    """
    first_y, step_y, first_x, step_x = _grid(before)
    other_y, wide_y, other_x, wide_x = _grid(after)
    return Places(
        step_x / wide_x,
        (first_x - other_x) / wide_x,
        step_y / wide_y,
        (first_y - other_y) / wide_y,
    )


def _grid(filters: Sequence[Filter]) -> tuple[int, int, int, int]:
    """Row of the first pixel's centre and rows to the next, in the picture; then columns."""
    top, down, left, across = 0, 1, 0, 1
    for filter in filters:
        if filter.needs_all:  # its reach doesn't count
            continue
        top += down * (filter.reach.top - filter.padding.top)
        left += across * (filter.reach.left - filter.padding.left)
        down, across = down * filter.strides[0], across * filter.strides[1]
    return top, down, left, across
