"""TIFF: tifffile for plain samples of any depth, others for what it leaves out.

Pillow silently makes 8 bits of 16-bit RGB, OpenCV multiplies alpha in and mixes up separate
planes; tifffile gives the samples as they are, but knows neither LZW nor palettes by itself.
"""

import io
import logging
from typing import Any

import numpy as np
import tifffile
from PIL import Image

from studio.errors import PictureError
from studio.image.limits import check_size, max_pixels
from studio.image.raw import (
    ORIENTATION,
    Array,
    Raw,
    by_opencv,
    damaged,
    from_numbers,
    from_opencv,
    from_pillow,
    no_page,
)

logging.getLogger("tifffile").addHandler(logging.NullHandler())

_PLAIN = {tifffile.PHOTOMETRIC.MINISBLACK: 1, tifffile.PHOTOMETRIC.MINISWHITE: 1}
_PLAIN[tifffile.PHOTOMETRIC.RGB] = 3
_DEPTHS = ("uint8", "uint16", "int8", "int16", "float16", "float32", "float64")
_PREMULTIPLIED, _STRAIGHT = tifffile.EXTRASAMPLE.ASSOCALPHA, tifffile.EXTRASAMPLE.UNASSALPHA


def tiff_pages(data: bytes, name: str) -> int:
    """How many pages a TIFF file has."""
    with tifffile.TiffFile(io.BytesIO(data)) as file:
        return len(file.pages)


def decode_tiff(data: bytes, name: str, number: int = 0) -> Raw:
    """A page of a TIFF file; they are counted from 0."""
    with tifffile.TiffFile(io.BytesIO(data)) as file:
        if number and number >= len(file.pages):
            raise no_page(name, number, len(file.pages))
        page: Any = file.pages[number] if number else file.pages.first
        check_size(name, page.imagewidth, page.imagelength)
        if page.photometric not in _PLAIN or page.bitspersample == 1:
            return _by_pillow(data, page, name)
        return _plain(data, page, name)


def _plain(data: bytes, page: Any, name: str) -> Raw:
    kind = page.dtype.name if page.dtype is not None else "unknown"
    if kind not in _DEPTHS or page.bitspersample != page.dtype.itemsize * 8:
        bits = f"{page.bitspersample}-bit " if isinstance(page.bitspersample, int) else ""
        raise PictureError(
            f"{name} has {bits}samples of type {kind}, which is not supported",
            "Save it with 8 or 16 bits, or as 32-bit floating point",
        )
    try:
        samples = page.asarray()
    except ValueError as error:
        if "imagecodecs" not in str(error):
            raise
        return _compressed(data, page, name)
    if page.axes == "SYX":
        samples = np.moveaxis(samples, 0, -1)
    elif page.axes not in ("YX", "YXS"):
        raise PictureError(f"{name} isn't a flat picture: its axes are {page.axes}")
    return _from_samples(samples.reshape(*samples.shape[:2], -1), page, name)


def _from_samples(samples: Array, page: Any, name: str) -> Raw:
    count = _PLAIN[page.photometric]
    if samples.shape[2] < count:
        raise damaged(name, f"it has {samples.shape[2]} channels where {count} belong")
    if samples.dtype.name not in ("uint8", "uint16"):
        samples = samples.astype(np.float32, copy=False)
    pixels = np.ascontiguousarray(samples[..., :count])
    if page.photometric == tifffile.PHOTOMETRIC.MINISWHITE:
        if pixels.dtype.kind != "u":
            raise PictureError(f"{name} has inverted floating-point samples, not supported")
        pixels = np.invert(pixels)
    extra = page.extrasamples[0] if page.extrasamples and samples.shape[2] > count else None
    alpha = samples[..., count] if extra in (_PREMULTIPLIED, _STRAIGHT) else None
    if alpha is not None and extra == _PREMULTIPLIED:
        pixels = _straight(pixels, alpha)
    return from_numbers(pixels, alpha, _orientation(page), _profile(page), name)


def _straight(pixels: Array, alpha: Array) -> Array:
    """Colours with alpha divided out again."""
    white = np.iinfo(alpha.dtype).max if alpha.dtype.kind == "u" else 1.0
    opacity = alpha[..., None] / np.float64(white)
    with np.errstate(divide="ignore", invalid="ignore"):
        colours = np.where(opacity > 0, pixels / opacity, 0)
    if alpha.dtype.kind == "u":
        colours = np.rint(colours).clip(0, white)
    return colours.astype(pixels.dtype)


def _compressed(data: bytes, page: Any, name: str) -> Raw:
    """Plain samples under a compression that tifffile lacks here, mostly LZW."""
    if page.dtype == np.uint8:
        return _by_pillow(data, page, name)
    if page.planarconfig == tifffile.PLANARCONFIG.SEPARATE or page.extrasamples:
        raise PictureError(
            f"{name} is a TIFF of separate planes or extra channels, compressed with "
            f"{page.compression.name}, which is not supported",
            "Save it without compression",
        )
    # OpenCV turns a TIFF upright by itself, so there is nothing left to turn.
    decoded = by_opencv(data, name, page.index)
    raw = from_opencv(decoded, 1, _profile(page), name)
    if page.photometric == tifffile.PHOTOMETRIC.MINISWHITE:
        return Raw(np.invert(raw.pixels))
    return raw


def _by_pillow(data: bytes, page: Any, name: str) -> Raw:
    """8-bit samples of any kind: palette, CMYK, JPEG inside, one bit."""
    if page.bitspersample > 8:
        raise PictureError(
            f"{name} is a {page.bitspersample}-bit {page.photometric.name} TIFF, which is not "
            "supported",
            "Save it as RGB",
        )
    Image.MAX_IMAGE_PIXELS = max_pixels()
    image = Image.open(io.BytesIO(data), formats=("TIFF",))
    image.seek(page.index)
    profile = image.info.get("icc_profile")
    image.load()  # turns the picture upright by itself
    image.info["icc_profile"] = profile
    return from_pillow(image, 1)


def _orientation(page: Any) -> int:
    tag = page.tags.get(ORIENTATION)
    return int(tag.value) if tag is not None and 1 <= int(tag.value) <= 8 else 1


def _profile(page: Any) -> bytes:
    return page.iccprofile or b""
