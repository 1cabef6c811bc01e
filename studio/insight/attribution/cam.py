"""Grad-CAM: the maps of a layer, weighted by their mean gradient."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

import cv2
import numpy as np

from studio.declare import SELDOM, option
from studio.errors import NetworkError, SettingError
from studio.insight.attribution.method import Asked, Method, Part, Values, to_array
from studio.nets.row import Row

if TYPE_CHECKING:
    from studio.nets.steps import Steps


class GradCam(Method):
    """Where in a layer's maps the class is found."""

    kind: ClassVar[str] = "grad_cam"
    title: ClassVar[str] = "Grad-CAM"
    summary: ClassVar[str] = (
        "Where the maps of a layer speak for the class, as coarsely as they are."
    )
    formula: ClassVar[str] = "max(0, Σ of mean(∂z / ∂map) · map, over the layer's maps)"
    source: ClassVar[str] = "Selvaraju et al., 2017"
    caveat: ClassVar[str] = (
        "Each value is drawn at the middle of its receptive field, which reaches much farther."
    )

    layer: str = option(
        "", "Layer", "The name of the layer; empty takes the last convolutional maps."
    )
    against: bool = option(
        False,
        "Also against",
        "Keep negative values, where the maps speak against the class.",
        group=SELDOM,
    )

    def is_signed(self) -> bool:
        return self.against

    def parts(self, asked: Asked) -> Iterator[Part]:
        from captum.attr import LayerGradCam

        from studio.insight.logits import Logits

        row = self._row(asked)
        logits = Logits(asked.steps, row.name)
        given = asked.values.clone().requires_grad_()
        found = LayerGradCam(logits, logits.at).attribute(
            given, target=asked.index, relu_attributions=not self.against
        )
        values = to_array(found)
        height, width = asked.values.shape[2:]
        yield Part(1.0, values, spread(values[0], row, height, width), row.name)

    def _row(self, asked: Asked) -> Row:
        if not self.layer:
            return last_maps(asked.rows, asked.steps)
        rows = {row.name: row for row in asked.rows}
        if self.layer not in rows:
            possible = ", ".join(row.name for row in map_rows(asked.rows))
            raise SettingError(
                f"there is no layer '{self.layer}'",
                f"The layers with maps are: {possible}",
                "layer",
            )
        if rows[self.layer] not in map_rows(asked.rows):
            raise SettingError(
                f"{self.layer} gives a vector, not maps", "Name a layer before it", "layer"
            )
        return rows[self.layer]


def map_rows(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """The rows that give maps of more than one value."""
    return tuple(
        row
        for row in rows
        if not row.output.flat and not row.shape and row.output.height * row.output.width > 1
    )


def last_maps(rows: tuple[Row, ...], steps: "Steps") -> Row:
    """The last row that still has the resolution of the last convolution with maps.

    Its normalisation and activation, or the end of its block, come with it; a pooling after it
    doesn't.

    Raises
    ------
    NetworkError
        When no convolution gives maps.
    """
    from torch import nn

    candidates = map_rows(rows)
    places = [
        place for place, row in enumerate(candidates) if isinstance(steps.part(row.name), nn.Conv2d)
    ]
    if not places:
        raise NetworkError(
            "the network has no convolutional maps for Grad-CAM",
            "Take a method that works on the input",
        )
    last = candidates[places[-1]]
    for row in candidates[places[-1] + 1 :]:
        if row.output[1:] != last.output[1:]:
            break
        last = row
    return last


def spread(values: Values, row: Row, height: int, width: int) -> Values:
    """A layer's map at the resolution of the input, linear between the middles of its fields.

    Parameters
    ----------
    values : array, height x width of the layer's maps
    height, width : int
        Of the input.
    """
    middle_y, middle_x = (
        begin + (size - 1) / 2 for begin, size in zip(row.offset, row.receptive_field, strict=True)
    )
    down, across = row.stride
    if not (down and across):  # every value sees the same: there are no middles to go by
        return np.asarray(cv2.resize(values, (width, height)), np.float32)
    place = np.array([[1 / across, 0, -middle_x / across], [0, 1 / down, -middle_y / down]])
    return np.asarray(
        cv2.warpAffine(
            values,
            place,
            (width, height),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        ),
        np.float32,
    )
