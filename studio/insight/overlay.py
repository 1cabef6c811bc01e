"""An attribution drawn over the picture that the network was given."""

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.image.colour_map import apply_map, to_bytes
from studio.nets.preprocess import Preprocessing

Bytes = NDArray[np.uint8]
Map = NDArray[np.float32]

_SHARE = 0.995  # of the places that the scale reaches; the rest would flatten it


def seen_by_network(preprocessing: Preprocessing, values: Map) -> Bytes:
    """The network's input as a picture: normalisation undone, 0 to 1 as 0 to 255.

    Parameters
    ----------
    values : array, channels x height x width
        What `Preprocessing.apply` gives.

    Returns
    -------
    uint8 array, height x width x 3
    """
    mean = np.array(preprocessing.mean, np.float32).reshape(-1, 1, 1)
    std = np.array(preprocessing.std, np.float32).reshape(-1, 1, 1)
    levels = np.moveaxis(values * std + mean, 0, 2)
    shown = to_bytes(np.ascontiguousarray(levels), 255.0)
    return np.ascontiguousarray(np.broadcast_to(shown, (*shown.shape[:2], 3)))


def scale_end(values: Map) -> float:
    """The strength at the end of the colour scale: above all but the strongest places."""
    strength = np.abs(values)
    end = float(np.quantile(strength, _SHARE, method="higher"))
    return end or float(strength.max(initial=0.0)) or 1.0


def tinted(values: Map, signed: bool, end: float, opacity: float = 1.0) -> Bytes:
    """An attribution as colours that are the more opaque the stronger it is.

    Parameters
    ----------
    values : array, height x width
    signed : bool
        Blue against, orange for; otherwise inferno.
    end : float
        The strength that is fully opaque.
    opacity : float
        Of the strongest places, 0 to 1.

    Returns
    -------
    uint8 array, height x width x 4
        RGB and straight alpha. The alpha grows with the root of the strength, so that weak places
        still show.
    """
    colours = apply_map(values, "signed" if signed else "inferno", -end if signed else 0.0, end)
    strength = np.sqrt(np.clip(np.abs(values) / np.float32(end), 0, 1))
    return np.dstack([colours, to_bytes(strength, 255 * opacity)])


def laid_over(picture: Bytes, tint: Bytes) -> Bytes:
    """Colours with alpha over a picture, made grey so that every hue is the attribution's.

    Parameters
    ----------
    picture : uint8 array, height x width x 3
    tint : uint8 array, height x width x 4
        Of the same size.
    """
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)[..., None].astype(np.float32)
    alpha = tint[..., 3:].astype(np.float32) / 255
    return np.asarray(np.rint(grey + (tint[..., :3] - grey) * alpha), np.uint8)
