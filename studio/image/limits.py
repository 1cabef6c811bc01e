"""How large a picture may be: checked from its header, before anything is decoded."""

import math
import os

from studio.errors import PictureError

VARIABLE = "STUDIO_MAX_MEGAPIXELS"
DEFAULT_MEGAPIXELS = 200.0


def max_pixels() -> int:
    """The largest allowed height x width.

    Raises
    ------
    PictureError
        When the environment variable isn't a positive number.
    """
    text = os.environ.get(VARIABLE, "").strip()
    try:
        megapixels = float(text) if text else DEFAULT_MEGAPIXELS
    except ValueError:
        megapixels = math.nan
    if not 0 < megapixels < math.inf:
        raise PictureError(
            f"{VARIABLE} is {text!r}, which isn't a number of megapixels",
            f"Set it to a positive number, such as {DEFAULT_MEGAPIXELS:g}, or unset it",
        )
    return int(megapixels * 1e6)


def check_size(name: str, width: int, height: int) -> None:
    """Refuse a picture whose header says that it is empty or too large."""
    if width < 1 or height < 1:
        raise PictureError(f"{name} is damaged: its header says {width} × {height} pixels")
    if width * height > max_pixels():
        raise too_large(name, width * height)


def too_large(name: str, pixels: int) -> PictureError:
    """The refusal of a picture of so many pixels."""
    megapixels = f"{pixels / 1e6:,.0f}" if pixels >= 1e9 else f"{pixels / 1e6:.4g}"
    return PictureError(
        f"{name} is too large: {megapixels} megapixels, where {max_pixels() / 1e6:,.12g} "
        "are allowed",
        f"Set the environment variable {VARIABLE} to raise the limit",
    )


def limit_opencv() -> None:
    """Tell OpenCV, which reads its own limit once, when it is first imported."""
    try:
        pixels = max_pixels()
    except PictureError:  # said when a picture is read, where a person sees it
        pixels = int(DEFAULT_MEGAPIXELS * 1e6)
    os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", str(pixels))
