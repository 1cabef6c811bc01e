"""Writing pictures: exact where the format allows it, said where not, and never half a file."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from studio.errors import PictureError, StudioError
from studio.image.picture import Picture, Pixels
from studio.image.read import printable
from studio.image.tiff_rows import TiffRows
from studio.image.whole_file import whole_file, write_bytes

# Rows of a picture that are worked on at once.
_ROWS = 256


def write_picture(picture: Picture, path: str | Path, depth: str | None = None) -> str:
    """Write a picture in the format that the file's ending names.

    Parameters
    ----------
    picture : Picture
    path : str or Path
        Ends in .png, .tif, .tiff (8 and 16 bits exactly; .tif also floating point), .jpg, .jpeg,
        .webp or .bmp (8 bits).
    depth : {"uint8", "uint16", "float32"}, optional
        The depth of the picture that floating-point values were computed from, which tells what
        white is: 255 (the default), 65535, or 1.0, which is then stretched to the format's range.

    Returns
    -------
    str
        What the format couldn't keep, in a sentence without its full stop; empty if nothing.

    Raises
    ------
    PictureError
        When the ending is unknown or the file can't be written; an older file stays whole.
    """
    check_ending(path)
    name, ending = printable(Path(path).name), Path(path).suffix.lower()
    depths, encode = _ENCODERS[ending]
    fitted, note = _fit(picture, depths, depth)
    if ending in _OPAQUE and fitted.alpha is not None and (fitted.alpha != _white(fitted)).any():
        note += ("; " if note else "") + f"{ending} files have no transparency: it was left out"
    try:
        if encode is None:
            _write_tiff(fitted, path)
        else:
            write_bytes(encode(fitted), path)
    except StudioError as error:
        raise PictureError(error.message, error.remedy) from error
    except (cv2.error, OSError, ValueError, OverflowError) as error:
        raise PictureError(
            f"{name} can't be written: {picture.width} × {picture.height} pixels don't fit a "
            f"{ending} file",
            "Use a .tiff file",
        ) from error
    return note


def check_ending(path: str | Path) -> None:
    """See that pictures can be written into files of this name.

    Raises
    ------
    PictureError
        When the ending is unknown.
    """
    name, ending = printable(Path(path).name or str(path)), Path(path).suffix.lower()
    if not ending:
        raise PictureError(
            f"{name} can't be written: its name has no ending that tells a picture format",
            f"Use one of {', '.join(_ENCODERS)}",
        )
    if ending not in _ENCODERS:
        raise PictureError(
            f"{name} can't be written: '{ending}' is not a picture format to write",
            f"Use one of {', '.join(_ENCODERS)}",
        )


def _white(picture: Picture) -> float:
    return _WHITE[picture.pixels.dtype.name]


_WHITE = {"uint8": 255.0, "uint16": 65535.0, "float32": 1.0}


def _fit(picture: Picture, depths: tuple[str, ...], depth: str | None) -> tuple[Picture, str]:
    """The picture in a depth that the format has, and what that cost."""
    own = picture.pixels.dtype.name
    if own in depths:
        return picture, ""
    if own == "uint16":
        narrow = _cut(picture.pixels, "uint8", 1 / 257)
        alpha = None if picture.alpha is None else _cut(picture.alpha, "uint8", 1 / 257)
        exact = np.array_equal(narrow * np.uint16(257), picture.pixels)
        note = "" if exact else "16 bits were rounded to 8; a .png or .tiff file keeps them"
        return Picture(narrow, alpha, picture.name), note
    rounding = Rounding(depths, depth)
    pixels = rounding.whole(picture.pixels)
    goal = rounding.goal
    alpha = None if picture.alpha is None else _cut(picture.alpha, goal, _WHITE[goal])
    fitted, note = Picture(pixels, alpha, picture.name), rounding.note
    if goal not in depths:
        fitted, more = _fit(fitted, depths, None)
        note = note or more
    return fitted, note


def rounding_for(path: str | Path, depth: str) -> "Rounding":
    """How floating-point values get into a file of this name, which has none.

    Parameters
    ----------
    depth : str
        Of the picture that the values were computed from.
    """
    return Rounding(_ENCODERS[Path(path).suffix.lower()][0], depth)


class Rounding:
    """Makes whole numbers of floating-point values, a strip at a time, and says what that cost.

    Parameters
    ----------
    depths : tuple of str
        That the format has.
    depth : str, optional
        Of the picture that the values were computed from: 0 to white of that depth.
    """

    def __init__(self, depths: tuple[str, ...], depth: str | None) -> None:
        self._scale = 1.0
        if depth == "float32":  # white is 1.0
            depth = "uint16" if "uint16" in depths else "uint8"
            self._scale = _WHITE[depth]
        self.goal = depth or "uint8"
        self._low, self._high = np.inf, -np.inf
        self._is_exact = True

    def whole(self, values: Pixels) -> Pixels:
        """All of a picture's values."""
        out: Pixels = np.empty(values.shape, np.uint16 if self.goal == "uint16" else np.uint8)
        for top in range(0, len(values), _ROWS):  # so that little is there twice
            out[top : top + _ROWS] = self.strip(values[top : top + _ROWS])
        return out

    def strip(self, values: Pixels) -> Pixels:
        """Some of them; not to be called by two threads at once."""
        out = _cut(values, self.goal, self._scale)
        if not np.array_equal(out, values):
            self._is_exact = False
        known = np.isfinite(values)
        self._low = min(self._low, values.min(where=known, initial=np.inf))
        self._high = max(self._high, values.max(where=known, initial=-np.inf))
        return out

    @property
    def note(self) -> str:
        """What was lost so far; empty if nothing."""
        if self._is_exact:
            return ""
        low, high = self._low, self._high
        span = f"{number(low)} to {number(high)}" if low <= high else "that are no numbers"
        done = "rounded and cut to" if self._scale == 1 else "stretched, rounded and cut to"
        return f"values {span} were {done} 0 to {_WHITE[self.goal]:.0f}; a .tiff file keeps them"


def _cut(values: NDArray[Any], depth: str, scale: float = 1.0) -> Pixels:
    """Scaled, rounded half to even and cut to the range of the depth; NaN becomes 0."""
    out: Pixels = np.empty(values.shape, np.uint16 if depth == "uint16" else np.uint8)
    for top in range(0, len(values), _ROWS):  # so that little is there twice
        some = values[top : top + _ROWS]
        scaled = some if scale == 1 else some * np.float64(scale)
        known = np.nan_to_num(scaled, nan=0.0, posinf=np.inf, neginf=-np.inf)
        out[top : top + _ROWS] = np.rint(known).clip(0, _WHITE[depth])
    return out


def number(value: float) -> str:
    """A value for a person: four figures, with a real minus; zero has no sign."""
    text = f"{value + 0.0:.4g}" if abs(value) < 1e4 else f"{value:.0f}"
    return text.replace("-", "−")


def encode_png(picture: Picture) -> bytes:
    """The bytes of a PNG file, for a picture of 8 or 16 bits."""
    return bytes(_png(picture))


def _png(picture: Picture) -> memoryview:
    return _opencv(".png", _with_alpha(picture))


def _opencv(ending: str, samples: Pixels) -> memoryview:
    """Encoded by OpenCV, which wants blue first."""
    if samples.shape[2] > 1:
        code = cv2.COLOR_RGB2BGR if samples.shape[2] == 3 else cv2.COLOR_RGBA2BGRA
        turned: Any = cv2.cvtColor(np.ascontiguousarray(samples), code)
    else:
        turned = np.ascontiguousarray(samples)
    done, encoded = cv2.imencode(ending, turned)
    if not done:
        raise ValueError("OpenCV can't encode the picture")
    return encoded.data


def _with_alpha(picture: Picture) -> Pixels:
    """Channels for formats whose transparency goes with colour: 1, 3 or 4."""
    if picture.alpha is None:
        return picture.pixels
    colours = np.broadcast_to(picture.pixels, (*picture.pixels.shape[:2], 3))
    return np.dstack([colours, picture.alpha])


def _pillow(kind: str, **settings: object) -> "_Encoder":
    def encode(picture: Picture) -> memoryview:
        samples = picture.pixels if kind in ("JPEG", "BMP") else _with_alpha(picture)
        image = Image.fromarray(samples[..., 0] if samples.shape[2] == 1 else samples)
        out = io.BytesIO()
        image.save(out, kind, **settings)
        return out.getbuffer()

    return encode


def _write_tiff(picture: Picture, path: str | Path) -> None:
    pixels = picture.pixels
    shape = picture.height, picture.width, picture.channels
    with whole_file(path) as file:
        rows = TiffRows(file, shape, pixels.dtype, picture.alpha)
        for top in range(0, picture.height, _ROWS):
            rows.put(top, pixels[top : top + _ROWS])


_Encoder = Callable[[Picture], memoryview]
_ENCODERS: dict[str, tuple[tuple[str, ...], _Encoder | None]] = {
    ".png": (("uint8", "uint16"), _png),
    ".tiff": (("uint8", "uint16", "float32"), None),
    ".tif": (("uint8", "uint16", "float32"), None),
    ".jpg": (("uint8",), _pillow("JPEG", quality=95, subsampling=0)),
    ".jpeg": (("uint8",), _pillow("JPEG", quality=95, subsampling=0)),
    ".webp": (("uint8",), _pillow("WEBP", lossless=True, exact=True)),
    ".bmp": (("uint8",), _pillow("BMP")),
}
_OPAQUE = (".jpg", ".jpeg", ".bmp")
ENDINGS: tuple[str, ...] = tuple(_ENCODERS)
