"""How pixels are shown: a separate step, which never changes them."""

from dataclasses import dataclass
from functools import cache
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.image.picture import Pixels

Bytes = NDArray[np.uint8]
Kind = Literal["plain", "signed", "magnitude", "direction"]
Mode = Literal["auto", "plain", "signed", "magnitude", "direction"]

MID_GREY = 118  # what zero is shown as
SIGNED_COLOURS = ("#96D7FF", "#288CEB", "#767676", "#FA9628", "#FFDC96")
COLOUR_MAPS = ("signed", "inferno", "direction", "grey")
_SHARE = 0.995  # of the values that a signed scale must reach
# From which share of their sum on values below zero make a picture signed, and from which share of
# its values beyond white it is a magnitude. A sharpened photo stays below both, an edge does not.
_SIGNED_FROM, _MAGNITUDE_FROM = 0.1, 0.05


@dataclass(frozen=True, eq=False)
class DisplayImage:
    """Pixels as they are shown.

    Attributes
    ----------
    rgb : uint8 array, height x width x 3, C-contiguous
        May share its memory with the pixels it shows.
    kind : {"plain", "signed", "magnitude", "direction"}
        What the scale is: the picture's own black to white, minus to plus, 0 to the largest, or
        all the way round.
    low, high : float
        The values at the two ends of the scale.
    """

    rgb: Bytes
    kind: Kind
    low: float
    high: float


def to_display(
    pixels: Pixels,
    mode: Mode = "auto",
    *,
    white: float | None = None,
    limit: float | None = None,
) -> DisplayImage:
    """Show pixels on a screen of 8 bits.

    Parameters
    ----------
    pixels : array, height x width x 1 or 3
        uint8 and uint16 are shown as they are. Floating-point pictures are signed where values
        below zero make up a tenth of the sum of all, without their signs: zero at mid grey, the
        same range to both sides; one channel goes through the colours of the signed map, three go
        up and down from mid grey each by itself. Others of which one value in twenty passes
        `white` are a magnitude, from 0 to the largest; the rest is shown from black to `white`.
    mode : {"auto", "plain", "signed", "magnitude", "direction"}
        What to show floating-point pixels as. Directions, in degrees, have cyclic colours; of
        several channels each is shown as signed.
    white : float, optional
        What white is for floating-point pixels: 255 or 65535 where they were computed from a
        picture of that depth; 1.0 if not said.
    limit : float, optional
        The end of a signed or magnitude scale, instead of finding it. The found one of a signed
        scale leaves out the few values that would flatten the rest.
    """
    if pixels.dtype.kind == "u":
        full = 255.0 if pixels.dtype == np.uint8 else 65535.0
        narrow = pixels if full == 255 else cv2.convertScaleAbs(pixels, alpha=255 / full)
        shown = np.asarray(narrow, np.uint8).reshape(pixels.shape)
        return DisplayImage(_as_rgb(shown), "plain", 0.0, full)
    white = white or 1.0
    kind = mode if mode != "auto" else _kind(_some_of(pixels), white)
    if kind == "direction" and pixels.shape[2] == 1:
        return DisplayImage(apply_map(pixels[..., 0], kind, -180, 180), kind, -180.0, 180.0)
    if kind in ("signed", "direction"):
        end = limit or signed_limit(pixels)
        if pixels.shape[2] == 1:
            return DisplayImage(apply_map(pixels[..., 0], "signed", -end, end), "signed", -end, end)
        return DisplayImage(_to_bytes(pixels, MID_GREY / end, MID_GREY), "signed", -end, end)
    end = white if kind == "plain" else limit or max(0.0, _range(pixels)[1]) or white
    return DisplayImage(_as_rgb(_to_bytes(pixels, 255 / end)), kind, 0.0, end)


def _kind(values: NDArray[np.float32], white: float) -> Kind:
    if -values[values < 0].sum(dtype=np.float64) > _SIGNED_FROM * np.abs(values).sum(
        dtype=np.float64
    ):
        return "signed"
    beyond = np.count_nonzero(values > white)
    return "magnitude" if beyond > _MAGNITUDE_FROM * values.size else "plain"


def _some_of(pixels: Pixels) -> NDArray[np.float32]:
    """The finite values; of a large picture about a million, evenly spread."""
    flat = pixels.reshape(-1)
    known = flat[:: max(1, flat.size // 2**20)]
    return np.asarray(known[np.isfinite(known)], np.float32)


def signed_limit(pixels: Pixels) -> float:
    """The end of a scale for signed values: two figures, above all but the largest of them."""
    known = np.abs(_some_of(pixels))
    if not known.size:
        return 1.0
    end = float(np.quantile(known, _SHARE, method="higher")) or float(known.max())
    if end == 0:  # nothing but zeros among those looked at
        low, high = _range(pixels)
        end = max(-low, high)
    if end == 0:
        return 1.0
    step = 10.0 ** (np.floor(np.log10(end)) - 1)
    return float(f"{np.ceil(end / step * (1 - 1e-9)) * step:.12g}")


def _range(pixels: Pixels) -> tuple[float, float]:
    """The smallest and largest of the finite values."""
    low, high = float(pixels.min()), float(pixels.max())
    if np.isfinite(low) and np.isfinite(high):
        return low, high
    known = pixels[np.isfinite(pixels)]
    return (float(known.min()), float(known.max())) if known.size else (0.0, 0.0)


def _to_bytes(values: Pixels, scale: float, offset: float = 0.0, zero: float = 0.0) -> Bytes:
    """``(values - zero) * scale + offset`` rounded and cut to 0 to 255; NaN counts as 0."""
    shown = np.empty(values.shape, np.uint8)
    scale = min(scale, float(np.finfo(np.float32).max))
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


def _as_rgb(shown: Bytes) -> Bytes:
    if shown.ndim == 2 or shown.shape[2] == 1:
        return np.asarray(cv2.cvtColor(shown, cv2.COLOR_GRAY2RGB), np.uint8)
    return np.ascontiguousarray(shown)


def apply_map(values: Pixels, name: str, low: float, high: float) -> Bytes:
    """Values, height x width, through a colour map that begins at `low` and ends at `high`."""
    first = 1 if name == "signed" else 0  # an odd number of colours, so that zero has its own
    if high > low:
        index = _to_bytes(values, (255 - first) / (high - low), first, low)
    else:
        index = np.full(values.shape, first, np.uint8)
    colours = colour_map(name)[None]
    return np.asarray(cv2.LUT(cv2.cvtColor(index, cv2.COLOR_GRAY2RGB), colours), np.uint8)


@cache
def colour_map(name: str) -> Bytes:
    """The 256 colours of a map, 256 x 3.

    "signed" has its mid grey at 128; "inferno" is for magnitudes (S. van der Walt and N. Smith,
    2015); "direction" is cyclic (twilight, B. Bechtold, 2018).
    """
    colours: Bytes
    if name == "signed":
        stops = np.array([[int(code[i : i + 2], 16) for i in (1, 3, 5)] for code in SIGNED_COLOURS])
        place = np.maximum(np.arange(256) - 128, -127) / 127
        ends = np.linspace(-1, 1, len(stops))
        channels = [np.interp(place, ends, stops[:, channel]) for channel in range(3)]
        colours = np.rint(np.stack(channels, axis=1)).astype(np.uint8)
    else:
        ramp = np.arange(256, dtype=np.uint8)[:, None]
        codes = {"inferno": cv2.COLORMAP_INFERNO, "direction": cv2.COLORMAP_TWILIGHT_SHIFTED}
        if name == "grey":
            colours = np.repeat(ramp, 3, axis=1)
        else:
            colours = np.array(cv2.applyColorMap(ramp, codes[name])[:, 0, ::-1], np.uint8)
    colours.setflags(write=False)
    return colours
