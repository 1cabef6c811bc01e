"""What is chosen in a network: one layer and one unit, for blocks, table, maps and inspector."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from studio.nets.row import Row

Unit = tuple[int, int, int]  # map, row, column; a vector's value is a map of one unit


class Selection:
    """A layer and a unit of it, which stays at its place on the picture from layer to layer."""

    def __init__(self) -> None:
        self.rows: tuple[Row, ...] = ()
        self.number = 0
        self.unit: Unit = (0, 0, 0)
        self._map = 0
        self._place: tuple[float, float] | None = None  # in the input

    @property
    def row(self) -> Row | None:
        """The current row of the table."""
        return self.rows[self.number] if self.rows else None

    def take_rows(self, rows: Sequence[Row], number: int | None = None) -> bool:
        """Take another network's rows, the input's first; whether they are other ones.

        With a `number` it is the same network, changed: that layer is the current one, and the
        unit stays where it is on the picture.
        """
        if tuple(rows) == self.rows:
            return number is not None and self.take_number(number)
        is_changed = number is not None
        self.rows, self.unit = tuple(rows), (0, 0, 0)
        self.number = number if number is not None else _first_row(rows)
        if not is_changed:
            self._map, self._place = 0, None
        return True

    def take_number(self, number: int) -> bool:
        """Go to another row; whether there is one."""
        if number == self.number or not 0 <= number < len(self.rows):
            return False
        self.number, self.unit = number, (0, 0, 0)
        return True

    def take_unit(self, index: int, y: int, x: int) -> None:
        """Go to another unit of the current layer."""
        self.unit = (index, y, x)
        row = self.rows[self.number]
        if not row.output.flat:
            top, left, bottom, right = row.field_of(y, x)
            self._map, self._place = index, ((top + bottom) / 2, (left + right) / 2)

    def find_unit(self, maps: Mapping[str, NDArray[np.float32]]) -> None:
        """Go to the current layer's unit where the last one was; to its strongest at first."""
        row = self.rows[self.number]
        found = maps[row.name]
        if row.output.flat or self._place is None:
            strongest = np.unravel_index(int(np.argmax(found)), found.shape)
            self.take_unit(*(int(number) for number in strongest))
        else:
            self.unit = (min(self._map, len(found) - 1), *nearest_unit(row, *self._place))


def nearest_unit(row: Row, y: float, x: float) -> tuple[int, int]:
    """Row and column of the unit whose field is centred nearest to a place of the input."""
    found = []
    for axis, place in enumerate((y, x)):
        first = row.offset[axis] + row.receptive_field[axis] / 2
        stride = row.stride[axis]
        number = round((place - first) / stride) if stride else row.output[1 + axis] // 2
        found.append(min(max(number, 0), row.output[1 + axis] - 1))
    return found[0], found[1]


def _first_row(rows: Sequence[Row]) -> int:
    """What is shown first: the first activation that has maps, or else the first layer."""
    for number, row in enumerate(rows):
        if row.kind == "relu" and not row.output.flat:
            return number
    return max(0, min(1, len(rows) - 1))
