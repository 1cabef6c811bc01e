"""How large the cells of a grid may be."""

from PySide6.QtCore import QSize


def fitting_cells(
    count: int, aspect: float, room: QSize, gap: int, limits: tuple[int, int]
) -> tuple[int, QSize]:
    """How many columns, and how large cells may be.

    Parameters
    ----------
    aspect : float
        Height of a map by its width; cells are at most four times as wide as they are high, and
        twice as high as they are wide.
    limits : tuple of int
        The narrowest and the widest cell.
    """
    aspect = min(max(aspect, 0.25), 2.0)
    smallest, largest = limits
    if count == 1:
        width = max(1, min(room.width(), round(room.height() / aspect), largest))
        return 1, QSize(width, max(1, round(width * aspect)))
    most = max(1, (room.width() + gap) // (smallest + gap))
    for columns in range(1, most + 1):
        width = max(1, min((room.width() + gap) // columns - gap, largest))
        height = max(1, round(width * aspect))
        if -(-count // columns) * (height + gap) - gap <= room.height():
            break
    # Cells as large as they may be need not stand below each other.
    columns = max(columns, (room.width() + gap) // (width + gap))
    return columns, QSize(width, height)
