"""What a decoder hands over, and how it becomes an upright picture in sRGB."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from studio.errors import PictureError
from studio.image.colour import to_srgb, to_srgb_16
from studio.image.picture import Pixels

Array = NDArray[Any]
ORIENTATION = 0x0112  # the EXIF and TIFF tag

# It would print each damaged picture to stderr besides reporting it.
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)


@dataclass(frozen=True, eq=False)
class Raw:
    """Decoded, but not yet turned upright.

    Attributes
    ----------
    pixels : array, height x width x 1 or 3
        uint8, uint16 or float32, in sRGB unless floating point.
    alpha : array, height x width, optional
        Straight opacity in the same depth.
    orientation : int
        1 to 8, as EXIF numbers it; 1 is upright.
    """

    pixels: Array
    alpha: Array | None = None
    orientation: int = 1

    def upright(self) -> tuple[Pixels, Pixels | None]:
        alpha = None if self.alpha is None else _turned(self.alpha, self.orientation)
        return _turned(self.pixels, self.orientation), alpha


def _turned(array: Array, orientation: int) -> Pixels:
    """The array as EXIF's orientation wants it seen: transposed first, then flipped."""
    if orientation >= 5:
        array = array.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        array = array[::-1]
    if orientation in (2, 3, 6, 7):
        array = array[:, ::-1]
    return np.ascontiguousarray(array)


def damaged(name: str, what: str) -> PictureError:
    """The refusal of a file whose data is wrong."""
    return PictureError(f"{name} is damaged: {what}", "Take another copy of the file")


def truncated(name: str) -> PictureError:
    """The refusal of a file that ends too early."""
    return damaged(name, "the file ends before the picture does")


def no_page(name: str, number: int, count: int) -> PictureError:
    """The refusal of a page, counted from 0, that a file doesn't have."""
    has = "one page" if count == 1 else f"{count} pages"
    return PictureError(f"{name} has no page {number + 1}: it has {has}")


def orientation_of(image: Image.Image) -> int:
    """EXIF's orientation of an opened picture; 1 where it is missing or damaged."""
    try:
        value = image.getexif().get(ORIENTATION, 1)
    except (ValueError, SyntaxError, LookupError, TypeError, Warning):
        return 1  # a damaged note beside sound pixels
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def from_pillow(image: Image.Image, orientation: int) -> Raw:
    """An 8-bit picture of any mode, with its profile applied."""
    profile = image.info.get("icc_profile") or b""
    if image.mode in ("La", "RGBa"):  # alpha multiplied in
        image = image.convert(image.mode[:-1] + "A")
    elif image.mode == "1":
        image = image.convert("L")
    if "transparency" in image.info and image.mode in ("L", "RGB", "P"):
        image = image.convert("LA" if image.mode == "L" else "RGBA")
    alpha = None
    if image.mode in ("LA", "RGBA", "PA"):
        alpha = np.asarray(image.getchannel("A"))
        image = image.convert("L" if image.mode == "LA" else "RGB")
    if image.mode in ("L", "RGB", "CMYK") and profile:
        image = to_srgb(image, profile)
    if image.mode not in ("L", "RGB"):
        image = image.convert("RGB")
    pixels = np.asarray(image)
    return Raw(pixels.reshape(*pixels.shape[:2], -1), alpha, orientation)


def by_opencv(data: bytes, name: str, page: int = 0) -> Array:
    """Pixels in the file's own depth, channels as OpenCV orders them (blue first)."""
    buffer = np.frombuffer(data, np.uint8)
    if page:
        wanted = cv2.imdecodemulti(buffer, cv2.IMREAD_UNCHANGED, range=(page, page + 1))[1]
        decoded = wanted[0] if wanted else None
    else:
        decoded = cv2.imdecode(buffer, cv2.IMREAD_UNCHANGED)
    if decoded is None:
        raise damaged(name, "its pixels can't be decoded")
    return decoded


def from_opencv(decoded: Array, orientation: int, profile: bytes, name: str) -> Raw:
    """What `by_opencv` gave, with the profile applied."""
    samples = decoded.reshape(*decoded.shape[:2], -1)
    alpha = samples[..., 3] if samples.shape[2] == 4 else None
    pixels = samples[..., 2::-1] if samples.shape[2] > 1 else samples
    return from_numbers(np.ascontiguousarray(pixels), alpha, orientation, profile, name)


def from_numbers(
    pixels: Array, alpha: Array | None, orientation: int, profile: bytes, name: str
) -> Raw:
    """Decoded channels of any depth, red first, with the profile applied."""
    if profile and pixels.dtype == np.uint16:
        pixels = to_srgb_16(pixels, profile, name)
    elif profile and pixels.dtype == np.uint8:
        plain = Image.fromarray(pixels if pixels.shape[2] == 3 else pixels[..., 0])
        pixels = np.asarray(to_srgb(plain, profile)).reshape(pixels.shape)
    return Raw(pixels, alpha, orientation)
