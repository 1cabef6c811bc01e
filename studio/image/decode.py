"""One decoder for each format, chosen for what the others get wrong.

Pillow reads every 8-bit picture, and the header of the rest; 16-bit pixels come from OpenCV, for
Pillow turns 16-bit RGB into 8. Neither minds a JPEG that is corrupt in the middle, so JPEG goes
through libjpeg-turbo's strict mode. Each decoder checks the size in the header before it decodes.
"""

import io
import re
import struct
import warnings
import zlib
from collections.abc import Callable

import numpy as np
import simplejpeg
from PIL import Image

from studio.image.limits import check_size, max_pixels, too_large
from studio.image.picture import Pixels
from studio.image.raw import (
    Array,
    Raw,
    by_opencv,
    damaged,
    from_numbers,
    from_opencv,
    from_pillow,
    no_page,
    orientation_of,
    truncated,
)
from studio.image.tiff import decode_tiff, tiff_pages

# What Pillow warns of is refused here, or harmless; errors are told once.
warnings.filterwarnings("ignore", module=r"PIL\.")


def _open(data: bytes, name: str, *formats: str) -> Image.Image:
    """The header of a picture, its size checked."""
    Image.MAX_IMAGE_PIXELS = max_pixels()
    try:
        image = Image.open(io.BytesIO(data), formats=formats)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        counted = re.search(r"\((\d+) pixels", str(error))
        raise too_large(name, int(counted[1]) if counted else 2 * max_pixels()) from error
    check_size(name, *image.size)
    return image


def _profile(image: Image.Image) -> bytes:
    return image.info.get("icc_profile") or b""


def _decode_png(data: bytes, name: str) -> Raw:
    _check_png(data, name)
    image = _open(data, name, "PNG")
    if data[24] < 16:  # bits per sample
        image.load()
        return from_pillow(image, orientation_of(image))
    orientation = orientation_of(image) if b"eXIf" in data else 1  # it would decode all pixels
    raw = from_opencv(by_opencv(data, name), orientation, _profile(image), name)
    if data[25] == 4:  # grey with alpha, which OpenCV spreads over three channels
        return Raw(np.ascontiguousarray(raw.pixels[..., :1]), raw.alpha, raw.orientation)
    return raw


def _check_png(data: bytes, name: str) -> None:
    """Walk the chunks: each whole, with its checksum, from the header to the end mark."""
    at, kind = 8, b""
    while kind != b"IEND":
        length = int.from_bytes(data[at : at + 4])
        kind = data[at + 4 : at + 8]
        body, mark = data[at + 4 : at + 8 + length], data[at + 8 + length : at + 12 + length]
        if len(mark) < 4:
            raise truncated(name)
        if at == 8:
            if kind != b"IHDR" or length != 13:
                raise damaged(name, "it doesn't begin with a PNG header")
            check_size(name, *struct.unpack(">II", body[4:12]))
        critical = not kind[0] & 32
        if critical and zlib.crc32(body) != int.from_bytes(mark):
            raise damaged(name, "a checksum in its PNG data is wrong")
        at += 12 + length


def _decode_jpeg(data: bytes, name: str) -> Raw:
    image = _open(data, name, "JPEG", "MPO")
    orientation = orientation_of(image)
    if image.mode not in ("L", "RGB"):
        return from_pillow(image, orientation)
    try:
        pixels = simplejpeg.decode_jpeg(
            data,
            "GRAY" if image.mode == "L" else "RGB",
            fastdct=False,
            fastupsample=False,
            strict=True,
        )
    except ValueError as error:
        problem = str(error)
        if problem.startswith("Premature end"):
            raise truncated(name) from error
        if problem.startswith("Corrupt JPEG data") and not _only_filling(data, problem):
            raise damaged(name, "its JPEG data is corrupt") from error
        return from_pillow(image, orientation)  # harmless, or a variant: Pillow decides
    return from_numbers(pixels, None, orientation, _profile(image), name)


def _only_filling(data: bytes, problem: str) -> bool:
    """Whether what is wrong are zero bytes before the end mark: some cameras fill with them."""
    extra = re.search(r"(\d+) extraneous bytes before marker 0xd9", problem)
    end = data.rfind(b"\xff\xd9")
    return extra is not None and not any(data[max(0, end - int(extra[1])) : end])


def _decode_webp(data: bytes, name: str, frame: int = 0) -> Raw:
    if len(data) < 8 + int.from_bytes(data[4:8], "little"):
        raise truncated(name)
    return _frame("WEBP", data, name, frame)


def _decode_gif(data: bytes, name: str, frame: int = 0) -> Raw:
    return _frame("GIF", data, name, frame)


def _frame(kind: str, data: bytes, name: str, number: int) -> Raw:
    image = _open(data, name, kind)
    if number:  # the frames before it are decoded too, since it may show through to them
        count = getattr(image, "n_frames", 1)
        if number >= count:
            raise no_page(name, number, count)
        image.seek(number)
    image.load()
    return from_pillow(image, orientation_of(image))


def _frames(kind: str) -> Callable[[bytes, str], int]:
    return lambda data, name: getattr(_open(data, name, kind), "n_frames", 1)


def _by_pillow(kind: str) -> Callable[[bytes, str], Raw]:
    return lambda data, name: _frame(kind, data, name, 0)


def _decode_avif(data: bytes, name: str) -> Raw:
    image = _open(data, name, "AVIF")
    coding = data.find(b"av1C")
    flags = data[coding + 6] if 0 < coding < len(data) - 6 else 0
    if not flags & 0x40:  # AV1 codec configuration: high_bitdepth, then twelve_bit
        image.load()
        return from_pillow(image, orientation_of(image))
    decoded = _stretched(by_opencv(data, name), 4095 if flags & 0x20 else 1023)
    return from_opencv(decoded, orientation_of(image), _profile(image), name)


def _stretched(values: Array, white: int) -> Pixels:
    """Values 0 to `white` as 0 to 65535."""
    if white == 65535:
        return values
    return np.rint(values * (65535 / white)).astype(np.uint16)


_PNM_HEADER = re.compile(rb"P([1-6])(?:\s|#[^\n]*\n)+(\d+)(?:\s|#[^\n]*\n)+(\d+)")
_PNM_WHITE = re.compile(rb"(?:\s|#[^\n]*\n)+(\d+)")


def _decode_pnm(data: bytes, name: str) -> Raw:
    header = _PNM_HEADER.match(data)
    if not header:
        raise damaged(name, "its header isn't that of a PBM, PGM or PPM picture")
    check_size(name, int(header[2]), int(header[3]))
    white = None if header[1] in b"14" else _PNM_WHITE.match(data, header.end())
    if white is None or int(white[1]) < 256:
        return _by_pillow("PPM")(data, name)
    decoded = by_opencv(data, name)
    if int(white[1]) > 65535 or decoded.max() > int(white[1]):
        raise damaged(name, f"it has values above {int(white[1])}, which its header calls white")
    return from_opencv(_stretched(decoded, int(white[1])), 1, b"", name)


_PFM_HEADER = re.compile(rb"P([Ff])\s+(\d+)\s+(\d+)\s+([-+.0-9eE]+)\s")


def _decode_pfm(data: bytes, name: str) -> Raw:
    header = _PFM_HEADER.match(data)
    if not header or float(header[4]) == 0:
        raise damaged(name, "its header isn't that of a PFM picture")
    width, height, channels = int(header[2]), int(header[3]), 3 if header[1] == b"F" else 1
    check_size(name, width, height)
    count = width * height * channels
    if len(data) < header.end() + 4 * count:
        raise truncated(name)
    order = "<f4" if float(header[4]) < 0 else ">f4"
    rows = np.frombuffer(data, order, count, header.end()).reshape(height, width, channels)
    return Raw(rows[::-1].astype(np.float32))  # PFM begins with the bottom row


_HDR_SIZE = re.compile(rb"\n[-+]Y +(\d+) +[-+]X +(\d+)\n")


def _decode_hdr(data: bytes, name: str) -> Raw:
    size = _HDR_SIZE.search(data[:65536])
    if not size:
        raise damaged(name, "its header doesn't give the size of a Radiance picture")
    check_size(name, int(size[2]), int(size[1]))
    return from_opencv(by_opencv(data, name), 1, b"", name)


DECODERS: dict[str, Callable[[bytes, str], Raw]] = {
    "PNG": _decode_png,
    "JPEG": _decode_jpeg,
    "WebP": _decode_webp,
    "AVIF": _decode_avif,
    "BMP": _by_pillow("BMP"),
    "GIF": _decode_gif,
    "TIFF": decode_tiff,
    "PNM": _decode_pnm,
    "PFM": _decode_pfm,
    "HDR": _decode_hdr,
}

# How many pages or frames there are, and a decoder of any of them, counted from 0.
PAGES: dict[str, tuple[Callable[[bytes, str], int], Callable[[bytes, str, int], Raw]]] = {
    "GIF": (_frames("GIF"), _decode_gif),
    "TIFF": (tiff_pages, decode_tiff),
    "WebP": (_frames("WEBP"), _decode_webp),
}
