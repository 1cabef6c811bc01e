"""Colour maps: from values to 256 steps, and from these to colours."""

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.image.picture import Pixels

Bytes = NDArray[np.uint8]

MID_GREY = 118  # what zero is shown as
NOT_FINITE = (0x3D, 0xDC, 0x97)  # what is not a number, or infinite: green is in none of the maps
SIGNED_COLOURS = ("#96D7FF", "#288CEB", "#767676", "#FA9628", "#FFDC96")
COLOUR_MAPS = ("signed", "inferno", "direction", "grey", "red", "green", "blue")
_CHANNELS = ("red", "green", "blue")
_OPENCV = {"inferno": cv2.COLORMAP_INFERNO, "direction": cv2.COLORMAP_TWILIGHT_SHIFTED}


@cache
def colour_map(name: str) -> Bytes:
    """The 256 colours of a map, 256 x 3.

    "signed" has its mid grey at 128; "inferno" is for magnitudes (S. van der Walt and N. Smith,
    2015); "direction" is cyclic (twilight, B. Bechtold, 2018); "red", "green" and "blue" go from
    black to that colour.
    """
    ramp = np.arange(256, dtype=np.uint8)[:, None]
    colours: Bytes
    if name == "signed":
        stops = np.array([[int(code[i : i + 2], 16) for i in (1, 3, 5)] for code in SIGNED_COLOURS])
        place = np.maximum(np.arange(256) - 128, -127) / 127
        ends = np.linspace(-1, 1, len(stops))
        channels = [np.interp(place, ends, stops[:, channel]) for channel in range(3)]
        colours = np.rint(np.stack(channels, axis=1)).astype(np.uint8)
    elif name == "grey":
        colours = np.repeat(ramp, 3, axis=1)
    elif name in _CHANNELS:
        colours = np.zeros((256, 3), np.uint8)
        colours[:, _CHANNELS.index(name)] = ramp[:, 0]
    else:
        colours = np.array(cv2.applyColorMap(ramp, _OPENCV[name])[:, 0, ::-1], np.uint8)
    colours.setflags(write=False)
    return colours


def apply_map(values: Pixels, name: str, low: float, high: float) -> Bytes:
    """Values, height x width, through a colour map that begins at `low` and ends at `high`."""
    first = 1 if name == "signed" else 0  # an odd number of colours, so that zero has its own
    if high > low:
        index = to_bytes(values, (255 - first) / (high - low), first, low)
    else:
        index = np.full(values.shape, first, np.uint8)
    return coloured(index, name)


def coloured(index: Bytes, name: str) -> Bytes:
    """Places in a colour map, height x width, as RGB."""
    grey = np.asarray(cv2.cvtColor(index, cv2.COLOR_GRAY2RGB), np.uint8)
    return grey if name == "grey" else np.asarray(cv2.LUT(grey, colour_map(name)[None]), np.uint8)


def to_bytes(values: Pixels, scale: float, offset: float = 0.0, zero: float = 0.0) -> Bytes:
    """``(values - zero) * scale + offset`` rounded and cut to 0 to 255; NaN counts as 0."""
    shown = np.empty(values.shape, np.uint8)
    largest = float(np.finfo(np.float32).max)
    scale, zero = min(scale, largest), min(max(zero, -largest), largest)
    rows = max(1, 2**16 // max(1, values[:1].size))  # a strip that stays in the cache
    for top in range(0, len(values), rows):
        level = np.array(values[top : top + rows], np.float32)
        if np.isnan(level.min()):
            level[np.isnan(level)] = 0
        with np.errstate(over="ignore"):  # becomes infinite, and is cut
            level -= np.float32(zero)
            level *= np.float32(scale)
        level += np.float32(offset)
        np.clip(level, 0, 255, out=level)
        shown[top : top + rows] = np.rint(level, out=level)
    return shown
