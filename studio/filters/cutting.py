"""Which pixels a piece of a result needs, and where they are when a border is invented."""

from collections.abc import Callable
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.filters.base import CV_BORDER, Border, Filter, Piece
from studio.image.picture import Pixels

# OpenCV takes pixels of a row in blocks and rounds the rest, at the end of the row, a little
# differently. Pieces that begin at whole blocks, and go on beyond what is wanted of them, are the
# same to the last bit as the picture at once.
_BLOCK = 64


class Box(NamedTuple):
    """Rows top to bottom and columns left to right, the ends not included."""

    top: int
    bottom: int
    left: int
    right: int

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def width(self) -> int:
        return self.right - self.left


Source = Callable[[Box], Pixels]


def filtered(
    filter: Filter, box: Box, source: Source, height: int, width: int, measured: object
) -> Pixels:
    """A piece of a filter's result.

    Parameters
    ----------
    box : Box
        The wanted part of the result.
    source : callable
        Gives a part of the picture that is filtered.
    height, width : int
        Of that picture.
    measured : object
        What `Filter.measure` found in it.
    """
    rows = _Axis(filter, 0, height).part(box.top, box.bottom)
    columns = _Axis(filter, 1, width).part(box.left, box.right)
    if isinstance(rows.places, range) and isinstance(columns.places, range):
        pixels = source(
            Box(rows.places.start, rows.places.stop, columns.places.start, columns.places.stop)
        )
    else:
        pixels = _gathered(
            source, np.asarray(rows.places), np.asarray(columns.places), filter.beyond
        )
    border = CV_BORDER[filter.beyond[0]] if filter.pads_itself else cv2.BORDER_REPLICATE
    piece = Piece(pixels, border, rows.start, columns.start, height, width, measured)
    return filter.compute(piece)[rows.wanted, columns.wanted]


def window_box(filter: Filter, y: int, x: int) -> Box:
    """Where the window of one value of the result lies; it may reach beyond the picture."""
    (down, across), reach, padding = filter.strides, filter.reach, filter.padding
    top, left = y * down - padding.top, x * across - padding.left
    return Box(top, top + reach.top + 1 + reach.bottom, left, left + reach.left + 1 + reach.right)


def neighbourhood(
    filter: Filter, box: Box, source: Source, height: int, width: int
) -> tuple[Pixels, NDArray[np.bool_]]:
    """A part of a picture with the filter's border around it, such as a window.

    Parameters
    ----------
    box : Box
        It may reach beyond the picture. Where there is no border, the edge is repeated.

    Returns
    -------
    pixels : array, as high and wide as the box, with all channels
    invented : bool array, as high and wide
        Which pixels lie beyond the picture.
    """
    rows = _Axis(filter, 0, height).stretch(box.top, box.bottom)
    columns = _Axis(filter, 1, width).stretch(box.left, box.right)
    window = _gathered(source, np.asarray(rows.places), np.asarray(columns.places), filter.beyond)
    return window, rows.is_invented[:, None] | columns.is_invented


# Where pixels are in a picture: a range where no border is invented; -1 for a constant border.
_Places = NDArray[np.intp] | range


class _Stretch(NamedTuple):
    places: _Places
    is_invented: NDArray[np.bool_]


class _Part(NamedTuple):
    """A stretch of an axis that a piece is made of."""

    places: _Places
    start: int  # the place in the picture that it begins at, negative inside the border
    wanted: slice  # which results of it are wanted


class _Axis:
    """Rows (axis 0) or columns (axis 1) of a picture with its border around it."""

    def __init__(self, filter: Filter, axis: int, length: int) -> None:
        self._before, self._after = filter.reach[2 * axis : 2 * axis + 2]
        self._pad, pad_after = filter.padding[2 * axis : 2 * axis + 2]
        self._stride = filter.strides[axis]
        self._block = _BLOCK if axis else 1
        self._length = length
        self._border: Border = filter.beyond[0]
        # Put around the picture here, or left to OpenCV.
        self._put = 0 if filter.pads_itself else self._pad
        self._end = length if filter.pads_itself else length + pad_after

    def part(self, first: int, last: int) -> _Part:
        """What the results from `first` up to `last` need."""
        centre = first * self._stride + self._before - self._pad
        begin = centre - self._before
        end = (last - 1) * self._stride + centre - first * self._stride + self._after + 1
        if self._block > 1:
            begin -= (begin + self._put) % self._block
            end += self._block
        if begin < -self._put:  # the border that OpenCV makes mirrors as many pixels at the edge
            end = max(end, self._before + self._after + 2)
            begin = -self._put
        if end > self._end:
            begin = min(begin, self._end - self._before - self._after - 2)
            begin -= (begin + self._put) % self._block
            begin, end = max(begin, -self._put), self._end
        step = self._stride
        wanted = slice(centre - begin, centre - begin + (last - 1 - first) * step + 1, step)
        return _Part(self._places(begin, end), begin, wanted)

    def stretch(self, begin: int, end: int) -> _Stretch:
        outside = [not 0 <= one < self._length for one in range(begin, end)]
        return _Stretch(self._places(begin, end), np.array(outside))

    def _places(self, begin: int, end: int) -> _Places:
        if begin >= 0 and end <= self._length:
            return range(begin, end)
        places = np.arange(begin, end)
        code = CV_BORDER.get(self._border, cv2.BORDER_REPLICATE)
        for index in np.flatnonzero((places < 0) | (places >= self._length)):
            places[index] = cv2.borderInterpolate(int(places[index]), self._length, code)
        return places


def _gathered(
    source: Source,
    rows: NDArray[np.intp],
    columns: NDArray[np.intp],
    beyond: tuple[Border, float],
) -> Pixels:
    """The pixels at rows x columns; -1 stands for the constant of the border."""
    constant = rows[0] < 0 or rows[-1] < 0 or columns[0] < 0 or columns[-1] < 0
    if not constant and _is_run(rows) and _is_run(columns):
        return source(Box(rows[0], rows[-1] + 1, columns[0], columns[-1] + 1))
    if constant:
        inner_rows, inner_columns = rows[rows >= 0], columns[columns >= 0]
        if not len(inner_rows) or not len(inner_columns):  # all border
            some = source(Box(0, 1, 0, 1))
            shape = (len(rows), len(columns), some.shape[2])
            return np.full(shape, _stored(beyond[1], some), some.dtype)
        inside = _gathered(source, inner_rows, inner_columns, beyond)
        top, left = int(np.argmax(rows >= 0)), int(np.argmax(columns >= 0))
        around = (
            top,
            len(rows) - len(inner_rows) - top,
            left,
            len(columns) - len(inner_columns) - left,
        )
        value = (beyond[1],) * 4
        padded: Any = cv2.copyMakeBorder(inside, *around, cv2.BORDER_CONSTANT, value=value)
        return padded.reshape(len(rows), len(columns), -1)  # type: ignore[no-any-return]
    bands: list[Any] = []
    for row_run in _spans(rows):
        strips = []
        for column_run in _spans(columns):
            box = Box(row_run.min(), row_run.max() + 1, column_run.min(), column_run.max() + 1)
            part = source(box)
            strips.append(_taken(part, row_run - box.top, column_run - box.left))
        bands.append(np.concatenate(strips, axis=1) if len(strips) > 1 else strips[0])
    return np.concatenate(bands) if len(bands) > 1 else bands[0]


def _taken(part: Pixels, rows: NDArray[np.intp], columns: NDArray[np.intp]) -> Pixels:
    """``part[np.ix_(rows, columns)]``, fast where most of them follow one another."""
    down, across = _longest_run(rows), _longest_run(columns)
    out = np.empty((len(rows), len(columns), part.shape[2]), part.dtype)
    inside = part[rows[down.start] : rows[down.stop - 1] + 1]
    out[down, across] = inside[:, columns[across.start] : columns[across.stop - 1] + 1]
    for edge in (slice(0, across.start), slice(across.stop, len(columns))):
        if edge.start < edge.stop:
            out[down, edge] = inside[:, columns[edge]]
    for edge in (slice(0, down.start), slice(down.stop, len(rows))):
        if edge.start < edge.stop:
            out[edge] = part[rows[edge]][:, columns]
    return out


def _longest_run(places: NDArray[np.intp]) -> slice:
    """The longest stretch whose numbers go up by one."""
    ends = np.flatnonzero(np.diff(places) != 1) + 1
    starts, stops = np.concatenate([[0], ends]), np.concatenate([ends, [len(places)]])
    longest = int(np.argmax(stops - starts))
    return slice(int(starts[longest]), int(stops[longest]))


def _stored(value: float, like: Pixels) -> float:
    """The value as OpenCV puts it into a picture of this depth: rounded and cut."""
    if like.dtype.kind == "f":
        return value
    white = 255 if like.dtype == np.uint8 else 65535
    return min(max(float(np.rint(value)), 0), white)


def _is_run(places: NDArray[np.intp]) -> bool:
    return bool(places[-1] - places[0] == len(places) - 1 and (np.diff(places) == 1).all())


def _spans(places: NDArray[np.intp]) -> list[NDArray[np.intp]]:
    """Cut where neighbours lie far apart, as at the seam of a border that wraps."""
    seams = np.flatnonzero(np.abs(np.diff(places)) > len(places)) + 1
    return np.split(places, seams)
