"""Pictures like photos, of any size: smooth shades, edges, and noise in the whole range."""

import cv2
import numpy as np

from studio.image.picture import Pixels

SIZES = {
    "0.5 Mpx": (600, 800),
    "2 Mpx": (1200, 1600),
    "24 Mpx": (4000, 6000),
    "100 Mpx": (8700, 11500),
}


def photo(height: int, width: int, depth: str = "uint8", channels: int = 3) -> Pixels:
    """A picture, height x width x channels; the same every time."""
    random = np.random.default_rng(7)
    coarse = random.random((max(2, height // 200), max(2, width // 200), channels), np.float32)
    shades = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    shades = shades.reshape(height, width, channels)
    objects = random.random((max(2, height // 40), max(2, width // 40), 1), np.float32) > 0.5
    edges = cv2.resize(objects.astype(np.float32), (width, height), interpolation=cv2.INTER_NEAREST)
    picture = 0.15 + 0.5 * shades + 0.2 * edges[..., None]
    for top in range(0, height, 256):  # in parts: noise for 100 megapixels takes gigabytes
        part = picture[top : top + 256]
        part += random.standard_normal(part.shape, np.float32) * np.float32(0.02)
    np.clip(picture, 0, 1, out=picture)
    if depth == "float32":
        return picture
    white = 255 if depth == "uint8" else 65535
    picture *= np.float32(white)
    return np.rint(picture, out=picture).astype(depth)
