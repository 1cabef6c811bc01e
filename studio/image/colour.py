"""Colour profiles: a picture is turned into sRGB once, where it is read.

8-bit pictures go through Little CMS (in Pillow). It has no 16-bit RGB here, so 16-bit pictures go
through the matrix and the curves that nearly every camera and display profile consists of
(ICC.1:2022, sections 9.2 and 10). Floating-point pictures keep their numbers: they are data.
"""

import io
import struct
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

from studio.errors import PictureError
from studio.image.picture import Pixels

Floats = NDArray[np.float64]

# Linear sRGB to XYZ under D50, the white that profiles speak in (Bradford-adapted).
_SRGB_TO_XYZ = np.array(
    [
        [0.4360747, 0.3850649, 0.1430804],
        [0.2225045, 0.7168786, 0.0606169],
        [0.0139322, 0.0971045, 0.7141733],
    ]
)
_MODES = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK"}


def to_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """An 8-bit picture of mode RGB, L or CMYK in sRGB; the same object if nothing changes.

    A profile that is damaged, or made for other channels than the picture has, is passed over,
    as every viewer does.
    """
    transform = _transform(profile, image.mode)
    if transform is None:
        return image
    out = transform.apply(image)
    return out.getchannel(0) if image.mode == "L" else out


@lru_cache(maxsize=16)
def _transform(profile: bytes, mode: str) -> ImageCms.ImageCmsTransform | None:
    """The way from a profile to sRGB, or nothing where it changes no colour visibly."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if _MODES.get(source.profile.xcolor_space.strip()) != mode:
            return None
        transform = ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), mode, "RGB")
    except (OSError, ImageCms.PyCMSError):
        return None
    if mode == "CMYK":
        return transform
    levels = np.linspace(0, 255, 18).round().astype(np.uint8)
    cube = np.stack(np.meshgrid(levels, levels, levels), -1).reshape(1, -1, 3)
    probe = Image.fromarray(cube if mode == "RGB" else np.ascontiguousarray(cube[..., 0]))
    changed = np.asarray(transform.apply(probe)).astype(int) - np.asarray(probe.convert("RGB"))
    return transform if np.abs(changed).max() > 2 else None


def to_srgb_16(pixels: Pixels, profile: bytes, name: str) -> Pixels:
    """A 16-bit picture, height x width x 1 or 3, in sRGB.

    Raises
    ------
    PictureError
        When the profile holds a table instead of a matrix and curves.
    """
    mode = "RGB" if pixels.shape[2] == 3 else "L"
    if _transform(profile, mode) is None:
        return pixels
    tags = _tags(profile)
    curves = [tags.get(key) for key in (("rTRC", "gTRC", "bTRC") if mode == "RGB" else ("kTRC",))]
    columns = [tags.get(key) for key in ("rXYZ", "gXYZ", "bXYZ")] if mode == "RGB" else []
    if "A2B0" in tags or not all(curves) or not all(columns):
        raise PictureError(
            f"{name} has a colour profile that can't be applied to a 16-bit picture",
            "Convert the picture to sRGB, or to 8 bits",
        )
    codes = np.arange(65536) / 65535
    tables = [_curve(curve, codes).astype(np.float32) for curve in curves if curve]
    matrix = np.eye(1)
    if mode == "RGB":
        to_xyz = np.stack([_xyz(column) for column in columns if column], axis=1)
        matrix = np.linalg.inv(_SRGB_TO_XYZ) @ to_xyz
    out = np.empty_like(pixels)
    for row, line in enumerate(pixels):
        linear = np.stack([table[line[:, i]] for i, table in enumerate(tables)], axis=1)
        light = (linear @ matrix.T).clip(0, 1)
        out[row] = np.rint(65535 * _srgb_code(light))
    return out


def _srgb_code(light: Floats) -> Floats:
    """The sRGB value (0 to 1) of linear light (0 to 1), IEC 61966-2-1."""
    bright = 1.055 * light.clip(0.0031308) ** (1 / 2.4) - 0.055
    return np.asarray(np.where(light <= 0.0031308, 12.92 * light, bright))


def _tags(profile: bytes) -> dict[str, bytes]:
    """The elements of a profile by their four-letter names."""
    count = int.from_bytes(profile[128:132])
    tags = {}
    for at in range(132, 132 + 12 * min(count, 100), 12):
        key, offset, size = struct.unpack(">4sII", profile[at : at + 12])
        tags[key.decode("latin-1")] = profile[offset : offset + size]
    return tags


def _fixed(data: bytes) -> Floats:
    """Numbers in s15Fixed16."""
    whole = len(data) // 4 * 4
    return np.asarray(np.frombuffer(data[:whole], ">i4") / 65536)


def _xyz(data: bytes) -> Floats:
    return _fixed(data[8:20])


def _curve(data: bytes, x: Floats) -> Floats:
    """A tone curve (curveType or parametricCurveType) at `x` in 0 to 1."""
    if data[:4] == b"curv":
        count = int.from_bytes(data[8:12])
        if count == 0:
            return x
        table = np.frombuffer(data, ">u2", count, 12).astype(np.float64)
        if count == 1:
            return np.asarray(x ** (table[0] / 256))
        return np.asarray(np.interp(x, np.linspace(0, 1, count), table / 65535))
    form = int.from_bytes(data[8:10])
    g, *rest = _fixed(data[12:])
    if form == 0:
        return np.asarray(x**g)
    a, b, *rest = rest
    if form in (1, 2):
        offset = rest[0] if form == 2 else 0.0
        return np.asarray(np.where(x >= -b / a, np.maximum(a * x + b, 0) ** g, 0) + offset)
    c, d, *rest = rest
    e, f = rest[:2] if form == 4 else (0.0, 0.0)
    return np.asarray(np.where(x >= d, np.maximum(a * x + b, 0) ** g + e, c * x + f))
