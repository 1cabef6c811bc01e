"""One unit of a feature map, and the part of the picture that it sees."""

from typing import NamedTuple

from studio.image.picture import Picture
from studio.nets.model import Model
from studio.nets.row import Row


class FieldOnPicture(NamedTuple):
    """A rectangle in the pixels of a picture.

    `clipped` says that the field reaches beyond the picture, where the rectangle ends.
    """

    top: float
    left: float
    height: float
    width: float
    clipped: bool


def field_on_picture(model: Model, row: Row, y: int, x: int, picture: Picture) -> FieldOnPicture:
    """The receptive field of the unit at row `y`, column `x` of a layer's maps, on the picture.

    Preprocessing is undone: the rectangle is in the pixels of the picture as it was before it was
    cropped and resized. A field that lies wholly outside has no height or no width.
    """
    preprocessing = model.card.preprocessing
    frame = preprocessing.frame(picture)
    rows, columns = preprocessing.size
    down, across = frame.height / rows, frame.width / columns  # picture pixels for an input pixel
    top, left, bottom, right = row.field_of(y, x)
    edges = (
        frame.top + top * down,
        frame.left + left * across,
        frame.top + bottom * down,
        frame.left + right * across,
    )
    seen_top, seen_left = max(frame.top, 0.0), max(frame.left, 0.0)
    seen_bottom = min(frame.top + frame.height, picture.height)
    seen_right = min(frame.left + frame.width, picture.width)
    inside = (
        min(max(edges[0], seen_top), seen_bottom),
        min(max(edges[1], seen_left), seen_right),
        min(max(edges[2], seen_top), seen_bottom),
        min(max(edges[3], seen_left), seen_right),
    )
    return FieldOnPicture(
        inside[0], inside[1], inside[2] - inside[0], inside[3] - inside[1], inside != edges
    )
