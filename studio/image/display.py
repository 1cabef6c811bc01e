"""How pixels are shown: a separate step, which never changes them."""

from dataclasses import dataclass, replace
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationInfo, field_validator

from studio.declare import Declared, option
from studio.image.colour_map import MID_GREY, apply_map, coloured, to_bytes
from studio.image.picture import Pixels

Bytes = NDArray[np.uint8]
Kind = Literal["plain", "signed", "magnitude", "direction"]
Mode = Literal["auto", "plain", "signed", "magnitude", "direction"]
Channel = Literal["all", "red", "green", "blue"]

CHANNELS = ("red", "green", "blue")
_SHARE = 0.995  # of the values that a signed scale must reach
# From which share of their sum on values below zero make a picture signed, and from which share of
# its values beyond white it is a magnitude. A sharpened photo stays below both, an edge does not.
_SIGNED_FROM, _MAGNITUDE_FROM = 0.1, 0.05


class Shown(Declared):
    """How pixels are shown; the numbers stay what they are."""

    colours: Mode = option(
        "auto",
        "Colours",
        "Automatic decides by the values. As a picture goes from black to the picture's own white; "
        "around zero has mid grey at zero; from zero goes from black to the largest value.",
        names={
            "auto": "Automatic",
            "plain": "As a picture",
            "signed": "Around zero",
            "magnitude": "From zero",
            "direction": "Direction",
        },
    )
    channel: Channel = option(
        "all",
        "Channel",
        "All channels together as colours, or one of them by itself.",
        names={"all": "Red, green, blue"},
    )
    tinted: bool = option(
        False,
        "Own colour",
        "Show the channel from black to its own colour instead of in grey.",
        when={"channel": CHANNELS},
    )
    colour_map: Literal["auto", "grey", "inferno", "signed", "direction"] = option(
        "auto",
        "Colour map",
        "The colours that a single channel's values are shown in. Automatic takes grey, blue to "
        "orange for values around zero, and the wheel for directions.",
        names={
            "auto": "Automatic",
            "inferno": "Inferno",
            "signed": "Blue, grey, orange",
            "direction": "Wheel",
        },
    )
    levels: Literal["auto", "set"] = option(
        "auto",
        "Levels",
        "Which values are the two ends of the scale: found from the picture, or set by you.",
        names={"auto": "Automatic", "set": "Set"},
    )
    black: float = option(
        0.0,
        "Black point",
        "The value at the lower end of the scale; all below it look the same.",
        low=-1e12,
        high=1e12,
        step=1,
        when={"levels": ("set",)},
    )
    white: float = option(
        255.0,
        "White point",
        "The value at the upper end of the scale; all above it look the same.",
        low=-1e12,
        high=1e12,
        step=1,
        when={"levels": ("set",)},
    )

    @field_validator("white")
    @classmethod
    def _above_black(cls, white: float, info: ValidationInfo) -> float:
        black = info.data.get("black")
        if info.data.get("levels") == "set" and black is not None and white <= black:
            raise ValueError("It must be above the black point")
        return white


@dataclass(frozen=True)
class Scale:
    """What every value is shown as; the same for all pieces of a picture.

    Attributes
    ----------
    kind : {"plain", "signed", "magnitude", "direction"}
        The picture's own black to white, minus to plus, 0 to the largest, or all the way round.
    low, high : float
        The values at the two ends.
    map : str
        The colours of a single channel, one of `studio.image.colour_map.COLOUR_MAPS`.
    channel : {"all", "red", "green", "blue"}
        Which channel of a colour picture is shown.
    """

    kind: Kind
    low: float
    high: float
    map: str = "grey"
    channel: Channel = "all"


@dataclass(frozen=True, eq=False)
class DisplayImage:
    """Pixels as they are shown.

    Attributes
    ----------
    rgb : uint8 array, height x width x 3, C-contiguous
        May share its memory with the pixels it shows.
    kind, low, high
        As those of `Scale`.
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
    shown: Shown | None = None,
) -> DisplayImage:
    """Show pixels on a screen of 8 bits, on the scale that `scale_of` finds for them.

    Parameters
    ----------
    pixels : array, height x width x 1 or 3
    mode, white, shown
        As for `scale_of`.
    limit : float, optional
        The end of a signed or magnitude scale, instead of finding it.
    """
    scale = scale_of(pixels, shown, mode, white)
    if limit and scale.kind in ("signed", "magnitude"):
        scale = replace(scale, low=-limit if scale.kind == "signed" else 0.0, high=limit)
    return DisplayImage(show(pixels, scale), scale.kind, scale.low, scale.high)


def scale_of(
    sample: Pixels,
    shown: Shown | None = None,
    mode: Mode = "auto",
    white: float | None = None,
) -> Scale:
    """Decide by some of a picture's values what all of it is shown as.

    Parameters
    ----------
    sample : array, height x width x 1 or 3
        The picture, or pixels from all over it in any shape of these three axes. Whole numbers are
        shown as they are. Floating-point values are signed where those below zero make up a tenth
        of the sum of all, without their signs: zero at mid grey, the same range to both sides; the
        few values that would flatten the rest are left out. Others of which one value in twenty
        passes `white` are a magnitude, from 0 to the largest; the rest goes from black to `white`.
        All channels count, whichever is shown, so that they can be compared.
    shown : Shown, optional
        What a person wants. The levels of a signed scale stay even, those of directions stay a
        full turn; whole numbers are always plain.
    mode : {"auto", "plain", "signed", "magnitude", "direction"}
        What the floating-point values are, as far as whoever computed them knows. Directions, in
        degrees, have cyclic colours; of several channels together each is shown as signed.
    white : float, optional
        What white is for floating-point values: 255 or 65535 where they were computed from a
        picture of that depth; 1.0 if not said.
    """
    shown = shown or Shown()
    channel = shown.channel if sample.shape[2] == 3 else "all"
    is_single = sample.shape[2] == 1 or channel != "all"
    kind, low, high = _ends(sample, shown, mode, white or 1.0, is_single)
    if shown.levels == "set" and kind == "signed":
        high = max(abs(shown.black), abs(shown.white)) or 1.0
        low = -high
    elif shown.levels == "set" and kind != "direction":
        low = shown.black
        high = max(shown.white, float(np.nextafter(low, np.inf)))
    by_kind = {"signed": "signed", "direction": "direction"}
    name = by_kind.get(kind, "grey") if shown.colour_map == "auto" else shown.colour_map
    if shown.tinted and channel != "all":
        name = channel
    return Scale(kind, low, high, name if is_single else "grey", channel)


def _ends(
    sample: Pixels, shown: Shown, mode: Mode, white: float, is_single: bool
) -> tuple[Kind, float, float]:
    """What kind of scale it is, and the values at its ends."""
    if sample.dtype.kind == "u":
        return "plain", 0.0, 255.0 if sample.dtype == np.uint8 else 65535.0
    wanted = mode if shown.colours == "auto" else shown.colours
    kind = wanted if wanted != "auto" else _kind(_some_of(sample), white)
    if kind == "direction" and is_single:
        return kind, -180.0, 180.0
    if kind in ("signed", "direction"):
        end = signed_limit(sample)
        return "signed", -end, end
    if kind == "plain":
        return kind, 0.0, white
    return kind, 0.0, max(0.0, _range(sample)[1]) or white


def show(pixels: Pixels, scale: Scale) -> Bytes:
    """A picture, or any piece of it, on a scale.

    Parameters
    ----------
    pixels : array, height x width x 1 or 3

    Returns
    -------
    uint8 array, height x width x 3, C-contiguous
        Shares its memory with 8-bit colours that are shown as they are.
    """
    if scale.channel != "all" and pixels.shape[2] == 3:
        place = CHANNELS.index(scale.channel)
        pixels = pixels[..., place : place + 1]
    is_signed = scale.kind == "signed"
    if pixels.shape[2] == 3:
        return np.ascontiguousarray(_greys(pixels, scale))
    values = pixels[..., 0]
    if scale.map == "signed" or (is_signed and scale.map in ("inferno", "direction")):
        return apply_map(values, scale.map, scale.low, scale.high)
    return coloured(_greys(values, scale), scale.map)


def _greys(values: Pixels, scale: Scale) -> Bytes:
    """Each value by itself: 0 to 255 from `low` to `high`, or up and down from mid grey."""
    if scale.kind == "signed":
        return to_bytes(values, MID_GREY / scale.high, MID_GREY)
    low, high = scale.low, scale.high
    if values.dtype == np.uint8:
        if (low, high) == (0, 255):
            return np.asarray(values, np.uint8)
        table = to_bytes(np.arange(256, dtype=np.float32), 255 / (high - low), zero=low)
        return np.asarray(cv2.LUT(values, table), np.uint8).reshape(values.shape)
    if values.dtype == np.uint16 and (low, high) == (0, 65535):
        narrow = cv2.convertScaleAbs(values, alpha=255 / 65535)
        return np.asarray(narrow, np.uint8).reshape(values.shape)
    return to_bytes(values, 255 / (high - low), zero=low)


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
