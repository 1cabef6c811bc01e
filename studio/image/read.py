"""Reading pictures: any regular file in, an upright sRGB `Picture` in the file's depth out."""

import os
import stat
import struct
import zlib
from collections.abc import Container, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
from PIL import Image

from studio.errors import PictureError
from studio.image.decode import DECODERS, PAGES
from studio.image.limits import max_pixels
from studio.image.picture import Picture
from studio.image.raw import damaged, no_page, truncated

EXTENSIONS: tuple[str, ...] = (
    ".avif",
    ".bmp",
    ".gif",
    ".hdr",
    ".jpeg",
    ".jpg",
    ".pbm",
    ".pfm",
    ".pgm",
    ".png",
    ".pnm",
    ".ppm",
    ".tif",
    ".tiff",
    ".webp",
)

_HEAD = 4096  # bytes that tell the format

# How files begin; the first that fits wins.
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"BM", "BMP"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"II+\0", "TIFF"),
    (b"MM\0+", "TIFF"),
    (b"#?RADIANCE", "HDR"),
    (b"#?RGBE", "HDR"),
    (b"v/1\x01", "OpenEXR"),
    (b"8BPS", "Photoshop"),
    (b"\0\0\0\x0cjP  ", "JPEG 2000"),
    (b"\xff\x4f\xff\x51", "JPEG 2000"),
    (b"\0\0\0\x0cJXL ", "JPEG XL"),
    (b"\xff\x0a", "JPEG XL"),
    (b"\0\0\x01\0", "Windows icon"),
    (b"DDS ", "DDS"),
    (b"%PDF", "PDF"),
)
_HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")

# What decoders raise at damaged data, besides what they report themselves.
_FAULTS = (
    OSError,
    ValueError,
    SyntaxError,
    LookupError,
    ArithmeticError,
    TypeError,
    AttributeError,
    EOFError,
    RuntimeError,
    MemoryError,
    Warning,
    struct.error,
    zlib.error,
    cv2.error,
    Image.DecompressionBombError,
)


def read_picture(path: str | Path, page: int = 0) -> Picture:
    """Read a picture file.

    Parameters
    ----------
    path : str or Path
    page : int
        Which page or frame of a TIFF, GIF or WebP file, from 0.

    Returns
    -------
    Picture
        In the file's own depth, turned upright, its colour profile applied.

    Raises
    ------
    PictureError
        When it isn't a regular file, is empty, no picture, damaged, too large or not supported, or
        hasn't got that page.
    """
    name = printable(Path(path).name or str(path))
    picture = decode_picture(picture_bytes(path, name), name, page)
    return Picture(picture.pixels, picture.alpha, name, str(path))


def page_count(path: str | Path) -> int:
    """How many pages or frames a picture file has that `read_picture` can read.

    Raises
    ------
    PictureError
        As `read_picture`.
    """
    name = printable(Path(path).name or str(path))
    data = picture_bytes(path, name, PAGES)
    kind = _recognise(data[:_HEAD], name)
    if kind not in PAGES:
        return 1
    count, _ = PAGES[kind]
    with _told(kind, name):
        return count(data, name)


def decode_picture(data: bytes, name: str, page: int = 0) -> Picture:
    """The picture in the bytes of a file; `name` is what messages call it.

    Raises
    ------
    PictureError
        As `read_picture`.
    """
    kind = _recognise(data[:_HEAD], name)
    if page and kind not in PAGES:
        raise no_page(name, page, 1)
    with _told(kind, name):
        raw = PAGES[kind][1](data, name, page) if page else DECODERS[kind](data, name)
        pixels, alpha = raw.upright()
    return Picture(pixels, alpha, name)


@contextmanager
def _told(kind: str, name: str) -> Iterator[None]:
    """Whatever a decoder raises, as a message."""
    try:
        yield
    except PictureError:
        raise
    except _FAULTS as error:
        if "truncated" in str(error).lower():
            raise truncated(name) from error
        raise damaged(name, f"its {kind} data can't be decoded") from error


def printable(name: str) -> str:
    """A file name for people, also where it isn't valid text."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def picture_bytes(path: str | Path, name: str, wanted: Container[str] = DECODERS) -> bytes:
    """The bytes of a regular file, or only its first ones where its format isn't `wanted`.

    Raises
    ------
    PictureError
        As `read_picture`, where it isn't for what the picture holds.
    """
    try:
        with open(path, "rb", opener=_open) as file:  # refuses a folder
            kind = os.fstat(file.fileno())
            if not stat.S_ISREG(kind.st_mode):
                raise PictureError(f"{name} is not a regular file, but a pipe or a device")
            if kind.st_size > 16 * max_pixels() + 2**20:  # four channels of 32 bits
                raise PictureError(
                    f"{name} is too large for a picture: {kind.st_size / 1e9:.3g} gigabytes"
                )
            head = file.read(_HEAD)
            return head + file.read() if _recognise(head, name) in wanted else head
    except FileNotFoundError as error:
        raise PictureError(f"there is no file {printable(str(path))}") from error
    except IsADirectoryError as error:
        raise PictureError(f"{name} is a folder, not a picture") from error
    except (OSError, ValueError) as error:  # ValueError: a name with a null character
        if os.path.isdir(path):
            raise PictureError(f"{name} is a folder, not a picture") from error
        reason = getattr(error, "strerror", None) or str(error)
        raise PictureError(f"{name} can't be read: {reason.lower()}") from error


def _open(path: str, flags: int) -> int:
    # A named pipe would block until somebody writes to it, unless it is opened this way.
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _recognise(head: bytes, name: str) -> str:
    """The format of a file that begins with `head`: a key of `DECODERS`."""
    if not head:
        raise PictureError(f"{name} is empty")
    kind = _format(head)
    if kind in DECODERS:
        return kind
    readable = "PNG, JPEG, WebP, AVIF, BMP, GIF, TIFF, HDR, PFM, PBM, PGM and PPM"
    if kind:
        raise PictureError(
            f"{name} is a picture in {kind} format, which is not supported",
            "Save it as PNG, JPEG or TIFF",
        )
    raise PictureError(f"{name} is not a picture that the studio knows", f"It reads {readable}")


def _format(head: bytes) -> str:
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WebP"
    if head[4:8] == b"ftyp":
        brands = [head[8:12], *(head[i : i + 4] for i in range(16, min(64, len(head)), 4))]
        if b"avif" in brands or b"avis" in brands:
            return "AVIF"
        return "HEIC" if any(brand in _HEIF_BRANDS for brand in brands) else ""
    if head[:1] == b"P" and head[2:3].isspace():
        return "PNM" if head[1:2] in b"123456" else "PFM" if head[1:2] in b"Ff" else ""
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith((b"<svg", b"<?xml", b"<!doctype", b"<!--")) and b"<svg" in text:
        return "SVG"
    return ""


def picture_paths(paths: Iterable[str | Path]) -> list[Path]:
    """The files meant by a list of files and folders, in the order given.

    A folder stands for every file in it and below it that ends like a picture, sorted; hidden
    ones, and folders behind a symbolic link, are left out. A file is taken whatever its name.

    Raises
    ------
    PictureError
        When a folder can't be read.
    """
    found: list[Path] = []
    for path in map(Path, paths):
        found += _pictures_in(path) if os.path.isdir(path) else [path]
    return list(dict.fromkeys(found))  # each once


def _pictures_in(folder: Path) -> Iterator[Path]:
    def refuse(error: OSError) -> None:
        reason = (error.strerror or "unknown reason").lower()
        raise PictureError(f"folder {printable(str(error.filename))} can't be read: {reason}")

    for place, folders, files in os.walk(folder, onerror=refuse):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if not name.startswith(".") and name.lower().endswith(EXTENSIONS):
                yield Path(place, name)
