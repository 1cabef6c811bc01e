"""The grids of a sum: what they show, how they are painted, and which cell is where."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QFontMetricsF, QImage, QPainter, QPen

from studio.filters.arithmetic import Arithmetic
from studio.filters.working import Numbers, Term
from studio.image.display import to_display
from studio.window.canvas.cells import gap_of, paint_cells, rounded
from studio.window.chrome import theme
from studio.window.translate import tr

# Of the values in order beside a window that is too large for numbers.
_EXCERPT_ROWS, _EXCERPT_COLUMNS = 5, 5
_STRONGEST = 0.9  # of the tints of cells without numbers

Bytes = NDArray[np.uint8]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Grid:
    """One grid of cells.

    Attributes
    ----------
    values : array, height x width
        NaN where there is no cell.
    likely : tuple of float
        Numbers that cells like these have room for, so that nothing moves as numbers change.
    hatched, left_out : bool arrays, optional
        Which cells the border made up, and which don't count.
    places : array, optional
        For values in order: the place of each cell of the window among the cells of this grid, -1
        for one that isn't there.
    marked : int, optional
        The cell that is taken, counted along the rows.
    white : float, optional
        What is white among cells without numbers; the largest value if not said.
    """

    name: Literal["window", "kernel", "products", "order"]
    title: str
    values: Numbers
    signed: bool = False
    plus: bool = False
    likely: tuple[float, ...] = ()
    hatched: Mask | None = None
    left_out: Mask | None = None
    places: NDArray[np.intp] | None = None
    marked: int | None = None
    white: float | None = None

    def needs(self, metrics: QFontMetricsF) -> float:
        """The width of its longest number."""
        words = {self._word(value) for value in self.likely}
        words |= {self._word(value) for value in self.values.flat if not np.isnan(value)}
        return max((metrics.horizontalAdvance(word) for word in words), default=0.0)

    def _word(self, value: float) -> str:
        if value == int(value) and abs(value) < 1e6:
            text = f"{value:.0f}".replace("-", "−")
        else:
            text = rounded(value, 3).replace("0.", ".", 1)
        return f"+{text}" if self.plus and value > 0 else text


class Placed(NamedTuple):
    """A grid in its place; without numbers where its cells are too small for them."""

    grid: Grid
    box: QRectF
    has_numbers: bool

    def cell(self, row: int, column: int) -> QRectF:
        """Where a cell of the grid is."""
        rows, columns = self.grid.values.shape
        width, height = self.box.width() / columns, self.box.height() / rows
        gap = gap_of(width, height) if self.has_numbers else 0
        left, top = self.box.left() + column * width, self.box.top() + row * height
        return QRectF(left, top, width - gap, height - gap)

    def cell_of(self, row: int, column: int) -> QRectF | None:
        """Where the cell that belongs to a cell of the window is."""
        if self.grid.places is None:
            return self.cell(row, column) if self.grid.name != "order" else None
        place = int(self.grid.places[row, column])
        return self.cell(*divmod(place, self.grid.values.shape[1])) if place >= 0 else None

    def window_cell_at(self, place: QPointF) -> tuple[int, int] | None:
        """The cell of the window that the cell at a place belongs to."""
        if not self.box.contains(place):
            return None
        rows, columns = self.grid.values.shape
        row = min(int((place.y() - self.box.top()) / self.box.height() * rows), rows - 1)
        column = min(int((place.x() - self.box.left()) / self.box.width() * columns), columns - 1)
        if self.grid.name != "order":
            return row, column
        if self.grid.places is None:
            return None
        found = np.argwhere(self.grid.places == row * columns + column)
        return (int(found[0, 0]), int(found[0, 1])) if len(found) else None


def grids_of(shown: Arithmetic, term: Term | None, few: bool) -> list[Grid]:
    """The grids that an arithmetic is shown with.

    Parameters
    ----------
    term : Term, optional
        The weighted sum to show.
    few : bool
        Whether the cells are few enough for numbers; if not, of ordered values only those around
        the one that is taken are shown.
    """
    white = _white(shown)
    rows, columns = shown.window.shape
    size = "" if few else f", {rows} × {columns}"
    left_out = None if shown.working.taps is None else ~shown.working.taps
    window = Grid(
        "window",
        tr("Neighbourhood") + size,
        shown.window,
        likely=(white,),
        hatched=shown.invented,
        left_out=left_out,
        white=white if white > 0 else None,
    )
    if term is not None:
        weights = tuple(np.unique(term.kernel).tolist()) if few else ()
        return [
            window,
            Grid("kernel", tr("Kernel"), term.kernel, signed=True, left_out=left_out),
            Grid(
                "products",
                tr("Products"),
                term.products,
                signed=True,
                plus=True,
                likely=tuple(white * weight for weight in weights),
                left_out=left_out,
            ),
        ]
    if shown.working.ordered is not None:
        return [window, _ordered(shown, shown.working.ordered, few, white)]
    return [window]


def _ordered(shown: Arithmetic, ordered: Numbers, few: bool, white: float) -> Grid:
    count, place, ranks = ordered.size, shown.working.place, shown.ranks
    rows, columns = shown.window.shape
    first = 0
    if not few:
        rows, columns = _EXCERPT_ROWS, _EXCERPT_COLUMNS
        middle = count // 2 if place is None else place
        first = max(0, min(middle - rows * columns // 2, count - rows * columns))
    part = ordered[first : first + rows * columns]
    rows = -(-part.size // columns)
    values = np.full(rows * columns, np.nan)
    values[: part.size] = part
    if ranks is not None:
        ranks = np.where((ranks >= first) & (ranks < first + part.size), ranks - first, -1)
    if part.size < count:
        title = tr("In order, places {first} to {last} of {count}").format(
            first=first + 1, last=first + part.size, count=count
        )
    elif place is None:
        title = tr("In order")
    else:
        title = tr("In order: place {place} of {count} is taken").format(
            place=place + 1, count=count
        )
    return Grid(
        "order",
        title,
        values.reshape(rows, columns),
        likely=(white,),
        places=ranks,
        marked=None if place is None else place - first,
    )


def _white(shown: Arithmetic) -> float:
    """A number as long as those of the picture."""
    return {"uint8": 255.0, "uint16": 65535.0}.get(shown.surroundings.pixels.dtype.name, -0.888)


def paint_grid(painter: QPainter, placed: Placed) -> None:
    """Paint a grid and its title."""
    grid, box = placed.grid, placed.box
    paint_title(painter, box, grid.title)
    if placed.has_numbers:
        paint_cells(
            painter,
            box,
            grid.values,
            signed=grid.signed,
            plus=grid.plus,
            hatched=grid.hatched,
            left_out=grid.left_out,
        )
    else:
        _paint_colours(painter, placed)
    if grid.marked is not None:
        cell = placed.cell(*divmod(grid.marked, grid.values.shape[1]))
        _paint_frame(painter, cell, "accent")


def paint_title(painter: QPainter, box: QRectF, title: str) -> None:
    """Small words above a box."""
    painter.setFont(theme.font(12))
    painter.setPen(theme.colour("text2"))
    height = theme.px(20)
    room = QRectF(box.left(), box.top() - theme.px(24), max(box.width(), theme.px(280)), height)
    painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, title)


def paint_pointed(painter: QPainter, cell: QRectF) -> None:
    """Mark the cell that a person points at."""
    _paint_frame(painter, cell, "text")


def _paint_frame(painter: QPainter, cell: QRectF, role: str) -> None:
    grown = max(0.0, (theme.px(7) - cell.width()) / 2), max(0.0, (theme.px(7) - cell.height()) / 2)
    cell = cell.adjusted(-grown[0], -grown[1], grown[0], grown[1])
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for pen in (QPen(theme.colour("window"), 4), QPen(theme.colour(role), 2)):
        painter.setPen(pen)
        painter.drawRoundedRect(cell.adjusted(1, 1, -1, -1), theme.px(3), theme.px(3))
    painter.restore()


def _paint_colours(painter: QPainter, placed: Placed) -> None:
    """Cells without numbers, all as one picture."""
    grid, box = placed.grid, placed.box
    rgb = _tints(grid.values) if grid.signed else _greys(grid.values, grid.white)
    if grid.left_out is not None:
        rgb = np.where(grid.left_out[..., None], _rgb("window").astype(np.uint8), rgb)
    paint_rgb(painter, box, rgb)
    if grid.hatched is not None and grid.hatched.any():
        paint_hatches(painter, placed, grid.hatched)
    painter.setPen(QPen(theme.colour("edge"), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(box)


def paint_rgb(painter: QPainter, box: QRectF, rgb: Bytes) -> None:
    """Paint height x width x 3 bytes into a box, each pixel as a sharp rectangle."""
    rows, columns = rgb.shape[:2]
    image = QImage(
        np.ascontiguousarray(rgb).tobytes(), columns, rows, 3 * columns, QImage.Format.Format_RGB888
    )
    painter.drawImage(box, image)


def paint_hatches(painter: QPainter, placed: Placed, hatched: Mask) -> None:
    """Hatch cells, run by run of each row."""
    brush = QBrush(theme.colour("text3", 0.6), Qt.BrushStyle.BDiagPattern)
    for row, cells in enumerate(hatched):
        edges = np.flatnonzero(np.diff(np.concatenate(([False], cells, [False])).astype(np.int8)))
        for first, last in edges.reshape(-1, 2):
            box = placed.cell(row, int(first)).united(placed.cell(row, int(last) - 1))
            painter.fillRect(box, brush)


def _greys(values: Numbers, white: float | None) -> Bytes:
    """Black to white; without a white between the extremes, around mid grey if one is negative."""
    known = values[np.isfinite(values)]
    if white or not known.size:
        low, high = 0.0, white or 1.0
    else:
        low, high = float(known.min()), float(known.max())
    if low < 0:
        return to_display(values[..., None].astype(np.float32), "signed").rgb
    scaled = np.rint((values - low) / ((high - low) or 1.0) * 255).clip(0, 255)
    scaled[np.isnan(scaled)] = 0  # what is not a number
    return np.repeat(scaled.astype(np.uint8)[..., None], 3, axis=2)


def _tints(values: Numbers) -> Bytes:
    """The colours of signed cells, stronger than behind numbers."""
    known = values[np.isfinite(values)]
    largest = float(np.abs(known).max(initial=0.0)) or 1.0
    share = _STRONGEST * np.nan_to_num(np.abs(values) / largest).clip(0, 1)[..., None]
    colour = np.where(values[..., None] > 0, _rgb("warm"), _rgb("cold"))
    return np.rint(_rgb("control") * (1 - share) + colour * share).astype(np.uint8)


def _rgb(role: str) -> NDArray[np.float64]:
    colour = theme.colour(role)
    return np.array([colour.red(), colour.green(), colour.blue()], np.float64)
