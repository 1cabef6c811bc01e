"""Pictures inside the page: samples with their answers, and the kernels of the first layer."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from xml.etree.ElementTree import Element

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.insight.kernel_sheet import kernel_sheet
from studio.insight.kernels import Kernels, all_kernels
from studio.nets.row import Row
from studio.report.markup import tag
from studio.report.numbers import figure
from studio.training.samples import Samples

Bytes = NDArray[np.uint8]

_MOST_KERNELS = 64  # outputs of the first layer
_MOST_INPUTS = 16


def image(pixels: Bytes, words: str, width: int | None = None) -> Element:
    """A picture, height x width x 1 or 3, as part of the page."""
    colours = pixels[..., ::-1] if pixels.shape[2] == 3 else pixels
    # PNG of 8-bit samples in memory can't fail
    data = cv2.imencode(".png", np.ascontiguousarray(colours))[1].tobytes()
    source = f"data:image/png;base64,{base64.b64encode(data).decode()}"
    return tag("img", src=source, alt=words, width=width)


def sample_sheet(
    samples: Samples, classes: Sequence[str], right: bool, most: int
) -> Element | None:
    """The pictures answered right, or wrong, with the largest loss first; None without any."""
    is_right = samples.labels == samples.answered
    chosen = np.flatnonzero(is_right == right)
    if len(chosen) > most and right:  # the least and the most sure
        chosen = np.concatenate([chosen[: most - most // 2], chosen[len(chosen) - most // 2 :]])
    if not chosen.size:
        return None
    found = []
    for place in chosen[:most].tolist():
        true, answered = samples.labels[place], samples.answered[place]
        words = classes[true] if right else f"{classes[true]} as {classes[answered]}"
        number = f"picture {samples.numbers[place]:,} of the test part"
        caption = tag(
            "figcaption",
            words,
            tag("br"),
            f"loss {figure(float(samples.losses[place]))}",
        )
        found.append(tag("figure", image(samples.pictures[place], words), caption, title=number))
    return tag("div", found, class_="pictures")


def first_kernels(rows: Sequence[Row], weights: Mapping[str, NDArray[Any]]) -> Kernels | None:
    """Those of the first layer that has some, as many as a page can show."""
    found = next(iter(all_kernels(rows, weights)), None)
    if found is None:
        return None
    bias = None if found.bias is None else found.bias[:_MOST_KERNELS]
    shown = found.weights[:_MOST_KERNELS, : None if found.in_colour else _MOST_INPUTS]
    return replace(found, weights=shown, bias=bias)


def kernel_figure(kernels: Kernels, words: str) -> Element:
    """The kernels as squares, with words beneath."""
    sheet = kernel_sheet(kernels).pixels
    picture = image(np.asarray(sheet, np.uint8), words)
    return tag("figure", picture, tag("figcaption", words))
