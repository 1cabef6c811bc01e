"""Writing pictures: exact where the format allows it, said where not, and never half a file."""

import contextlib
import errno
import io
import os
import secrets
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import tifffile
from numpy.typing import NDArray
from PIL import Image

from studio.errors import PictureError, StudioError
from studio.image.picture import Picture, Pixels
from studio.image.read import printable

_REASONS = {
    "ENOSPC": "the disk is full",
    "EDQUOT": "the disk quota is used up",
    "EROFS": "the disk is read-only",
    "EACCES": "the folder can't be written to",
    "EPERM": "the folder can't be written to",
    "ENOENT": "there is no such folder",
    "ENOTDIR": "there is no such folder",
    "ENAMETOOLONG": "the name is too long",
}


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
    name = printable(Path(path).name)
    ending = Path(path).suffix.lower()
    if ending not in _ENCODERS:
        listed = ", ".join(_ENCODERS)
        raise PictureError(
            f"{name} can't be written: '{ending}' is not a picture format to write",
            f"Use one of {listed}",
        )
    depths, encode = _ENCODERS[ending]
    fitted, note = _fit(picture, depths, depth)
    if ending in _OPAQUE and fitted.alpha is not None and (fitted.alpha != _white(fitted)).any():
        note += ("; " if note else "") + f"{ending} files have no transparency: it was left out"
    try:
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


def write_bytes(data: bytes, path: str | Path) -> None:
    """Write a file whole or not at all: beside its place first, then moved over it.

    Raises
    ------
    StudioError
        When it can't be written; an older file stays as it was.
    """
    target = Path(os.path.realpath(path))  # a link stays a link
    name = printable(target.name)
    draft = target.with_name(f".{secrets.token_hex(8)}.part")
    try:
        mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else None
        if mode is not None and not target.is_file():
            raise StudioError(f"{name} can't be written: there is a folder or device of that name")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o666)
        try:
            with open(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(handle)
            if mode is not None:
                os.chmod(draft, mode)
            os.replace(draft, target)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                draft.unlink()
            raise
    except (OSError, ValueError) as error:  # ValueError: a name with a null character
        code = errno.errorcode.get(getattr(error, "errno", None) or 0, "")
        reason = _REASONS.get(code) or getattr(error, "strerror", None) or str(error)
        raise StudioError(f"{name} can't be written: {reason}") from error


_BINARY: int = getattr(os, "O_BINARY", 0)


def _white(picture: Picture) -> float:
    return _WHITE[picture.pixels.dtype.name]


_WHITE = {"uint8": 255.0, "uint16": 65535.0, "float32": 1.0}


def _fit(picture: Picture, depths: tuple[str, ...], depth: str | None) -> tuple[Picture, str]:
    """The picture in a depth that the format has, and what that cost."""
    own = picture.pixels.dtype.name
    if own in depths:
        return picture, ""
    if own == "uint16":
        narrow = _cut(picture.pixels / 257.0, "uint8")
        alpha = None if picture.alpha is None else _cut(picture.alpha / 257.0, "uint8")
        exact = np.array_equal(narrow * np.uint16(257), picture.pixels)
        note = "" if exact else "16 bits were rounded to 8; a .png or .tiff file keeps them"
        return Picture(narrow, alpha, picture.name), note
    scale = 1.0
    if depth == "float32":  # white is 1.0
        depth = "uint16" if "uint16" in depths else "uint8"
        scale = _WHITE[depth]
    goal = depth or "uint8"
    pixels = _cut(picture.pixels if scale == 1 else picture.pixels * np.float64(scale), goal)
    alpha = None if picture.alpha is None else _cut(picture.alpha * np.float64(_WHITE[goal]), goal)
    note = "" if np.array_equal(pixels, picture.pixels) else _note(picture.pixels, goal, scale)
    fitted = Picture(pixels, alpha, picture.name)
    if goal not in depths:
        fitted, more = _fit(fitted, depths, None)
        note = note or more
    return fitted, note


def _cut(values: NDArray[Any], depth: str) -> Pixels:
    """Rounded half to even and cut to the range of the depth; NaN becomes 0."""
    known = np.nan_to_num(values, nan=0.0, posinf=np.inf, neginf=-np.inf)
    cut: NDArray[Any] = np.rint(known).clip(0, _WHITE[depth])
    return cut.astype(np.uint16) if depth == "uint16" else cut.astype(np.uint8)


def _note(values: Pixels, goal: str, scale: float) -> str:
    known = values[np.isfinite(values)]
    span = (
        f"{number(known.min())} to {number(known.max())}" if known.size else "that are no numbers"
    )
    done = "rounded and cut to" if scale == 1 else "stretched, rounded and cut to"
    return f"values {span} were {done} 0 to {_WHITE[goal]:.0f}; a .tiff file keeps them"


def number(value: float) -> str:
    """A value for a person: four figures, with a real minus; zero has no sign."""
    text = f"{value + 0.0:.4g}" if abs(value) < 1e4 else f"{value:.0f}"
    return text.replace("-", "−")


def _png(picture: Picture) -> bytes:
    return _opencv(".png", _with_alpha(picture))


def _opencv(ending: str, samples: Pixels) -> bytes:
    """Encoded by OpenCV, which wants blue first."""
    if samples.shape[2] > 1:
        samples = samples[..., [2, 1, 0, 3][: samples.shape[2]]]
    done, encoded = cv2.imencode(ending, np.ascontiguousarray(samples))
    if not done:
        raise ValueError("OpenCV can't encode the picture")
    return encoded.tobytes()


def _with_alpha(picture: Picture) -> Pixels:
    """Channels for formats whose transparency goes with colour: 1, 3 or 4."""
    if picture.alpha is None:
        return picture.pixels
    colours = np.broadcast_to(picture.pixels, (*picture.pixels.shape[:2], 3))
    return np.dstack([colours, picture.alpha])


def _pillow(kind: str, **settings: object) -> Callable[[Picture], bytes]:
    def encode(picture: Picture) -> bytes:
        samples = picture.pixels if kind in ("JPEG", "BMP") else _with_alpha(picture)
        image = Image.fromarray(samples[..., 0] if samples.shape[2] == 1 else samples)
        out = io.BytesIO()
        image.save(out, kind, **settings)
        return out.getvalue()

    return encode


def _tiff(picture: Picture) -> bytes:
    samples: NDArray[Any] = picture.pixels
    extra = []
    if picture.alpha is not None:
        samples = np.dstack([samples, picture.alpha])
        extra = ["unassalpha"]
    elif samples.shape[2] == 1:
        samples = samples[..., 0]
    out = io.BytesIO()
    tifffile.imwrite(
        out,
        samples,
        photometric="rgb" if picture.channels == 3 else "minisblack",
        planarconfig="contig" if samples.ndim == 3 else None,
        extrasamples=extra,
        metadata=None,
    )
    return out.getvalue()


_ENCODERS: dict[str, tuple[tuple[str, ...], Callable[[Picture], bytes]]] = {
    ".png": (("uint8", "uint16"), _png),
    ".tiff": (("uint8", "uint16", "float32"), _tiff),
    ".tif": (("uint8", "uint16", "float32"), _tiff),
    ".jpg": (("uint8",), _pillow("JPEG", quality=95, subsampling=0)),
    ".jpeg": (("uint8",), _pillow("JPEG", quality=95, subsampling=0)),
    ".webp": (("uint8",), _pillow("WEBP", lossless=True, exact=True)),
    ".bmp": (("uint8",), _pillow("BMP")),
}
_OPAQUE = (".jpg", ".jpeg", ".bmp")
ENDINGS: tuple[str, ...] = tuple(_ENCODERS)
