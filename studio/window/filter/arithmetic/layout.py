"""Where the parts of a sum stand: patch, grids, caption and lines."""

from typing import NamedTuple

from PySide6.QtCore import QRectF
from PySide6.QtGui import QFontMetricsF

from studio.filters.arithmetic import Arithmetic
from studio.filters.working import Term
from studio.window.chrome import theme
from studio.window.filter.arithmetic.grids import Grid, Placed, grids_of

WIDE = 760  # from there on there is room for the patch
_TOP, _CAPTION, _PATCH = 24, 22, 140
_CELL_WIDTH, _CELL_HEIGHT = 46, 38
_LOWEST, _NARROWEST = 16, 20  # of a cell with a number
_FLATTEST = 14  # a grid without numbers


class Layout(NamedTuple):
    """Boxes in a widget; `patch` is None where it has no room."""

    patch: QRectF | None
    grids: list[Placed]
    caption: QRectF
    lines: QRectF


def lay_out(inside: QRectF, shown: Arithmetic, term: Term | None) -> Layout:
    """Find a place for everything: with numbers if need be without the patch, else without them."""
    is_wide = inside.width() >= theme.px(WIDE)
    grids = grids_of(shown, term, few=True)
    for with_patch in (True, False) if is_wide else (False,):
        space = _Space(inside, is_wide, with_patch)
        widths = space.widths(grids)
        if widths is not None:
            tallest = max(grid.values.shape[0] for grid in grids)
            height = min(theme.px(_CELL_HEIGHT), space.height / tallest)
            return space.placed(grids, [(width, height, True) for width in widths])
    space = _Space(inside, is_wide, is_wide)
    grids = grids_of(shown, term, few=False)
    return space.placed(grids, space.cells(grids))


class _Space:
    """What is free for the grids of a row."""

    def __init__(self, inside: QRectF, is_wide: bool, with_patch: bool) -> None:
        self._inside = inside
        self._between = theme.px(28 if is_wide else 22)
        self._lines = theme.px(190 if is_wide else 150)
        self._top = inside.top() + theme.px(_TOP)
        self.height = inside.bottom() - self._top - theme.px(_CAPTION)
        side = min(theme.px(_PATCH), inside.bottom() - self._top)
        self._patch = QRectF(inside.left(), self._top, side, side) if with_patch else None
        self._left = self._patch.right() + self._between if self._patch else inside.left()
        self._metrics = QFontMetricsF(theme.font(11))

    def _free(self, grids: list[Grid]) -> float:
        return self._inside.right() - self._left - self._lines - self._between * len(grids)

    def widths(self, grids: list[Grid]) -> list[float] | None:
        """How wide the cells of each grid are, as equal as they can be; None if too narrow."""
        if self.height / max(grid.values.shape[0] for grid in grids) < theme.px(_LOWEST):
            return None
        free = self._free(grids)
        least = [
            max(grid.needs(self._metrics) + theme.px(5), theme.px(_NARROWEST)) for grid in grids
        ]
        for width in range(theme.px(_CELL_WIDTH), theme.px(_NARROWEST) - 1, -1):
            widths = [max(width, needed) for needed in least]
            if sum(w * g.values.shape[1] for w, g in zip(widths, grids, strict=True)) <= free:
                return widths
        return None

    def cells(self, grids: list[Grid]) -> list[tuple[float, float, bool]]:
        """Cells without numbers, square if that leaves enough to see; ordered ones keep theirs."""
        free, made = self._free(grids), []
        ordered = next((grid for grid in grids if grid.name == "order"), None)
        order = 0.0, 0.0, True
        if ordered is not None:
            rows, columns = ordered.values.shape
            needed = ordered.needs(self._metrics) + theme.px(5)
            order = min(max(needed, theme.px(34)), free / 2 / columns), self.height / rows, True
            free -= order[0] * columns
        rest = [grid for grid in grids if grid.name != "order"]
        for grid in grids:
            rows, columns = grid.values.shape
            side = min(self.height / rows, free / max(1, len(rest)) / columns)
            square = max(side, theme.px(_FLATTEST) / columns), max(side, theme.px(_FLATTEST) / rows)
            made.append(order if grid.name == "order" else (*square, False))
        return made

    def placed(self, grids: list[Grid], cells: list[tuple[float, float, bool]]) -> Layout:
        left, made = self._left, []
        titles = QFontMetricsF(theme.font(12))
        for grid, (width, height, has_numbers) in zip(grids, cells, strict=True):
            rows, columns = grid.values.shape
            box = QRectF(left, self._top, width * columns, height * rows)
            made.append(Placed(grid, box, has_numbers))
            left += max(box.width(), titles.horizontalAdvance(grid.title)) + self._between
        room = self._inside.right() - left
        lines = QRectF(left, self._top, min(room, theme.px(280)), self._inside.bottom() - self._top)
        bottom = max(placed.box.bottom() for placed in made)
        caption = QRectF(
            self._left, bottom + theme.px(2), left - self._between - self._left, theme.px(_CAPTION)
        )
        return Layout(self._patch, made, caption, lines)
