"""From a picture to what a network takes, and back to the place on the picture."""

from typing import Any, Literal, Self

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import model_validator

from studio.declare import Declared, option
from studio.errors import PictureError
from studio.image.picture import Picture, full_scale
from studio.nets.layer import Size
from studio.nets.smooth_resize import Frame, Grid, Values, middle, resize_smoothly

_LUMA = np.array([0.299, 0.587, 0.114], np.float32)  # Rec. 601, as Pillow's "L"
_MID_GREY = 0.5


class Preprocessing(Declared):
    """How a picture becomes numbers; the same in training and afterwards.

    Pixels are resized, brought to 0 to 1 by the full scale of their depth, made grey or RGB,
    inverted where `ink` asks for it, and normalised. Transparent pixels lie on white.
    """

    size: tuple[int, int] = option(
        (32, 32), "Size", "Height and width of what the network takes.", unit="pixels"
    )
    channels: Literal[1, 3] = option(3, "Channels", "1 for grey, 3 for red, green and blue.")
    resize: Literal["fit", "crop", "stretch"] = option(
        "crop",
        "Resize",
        "What to do with a picture of another shape.",
        names={
            "fit": "Fit: all of it, with a border",
            "crop": "Crop: its middle",
            "stretch": "Stretch: all of it, distorted",
        },
    )
    share: float = option(
        1.0,
        "Share",
        "How much of the shorter side the crop keeps; published networks mostly take 224 of 256.",
        above=0.0,
        high=1.0,
        when={"resize": ("crop",)},
    )
    interpolation: Literal["area", "bilinear", "bicubic"] = option(
        "area",
        "Interpolation",
        "How pixels are resized; the last two as Pillow and torchvision do it, smoothed where they "
        "shrink.",
        names={
            "area": "By area where they shrink, linear where they grow",
            "bilinear": "Bilinear",
            "bicubic": "Bicubic",
        },
    )
    ink: Literal["as_is", "light"] = option(
        "as_is",
        "Ink",
        "Invert a picture whose ground is light, for networks that learned light ink on dark.",
        names={"as_is": "As it is", "light": "Light ink on a dark ground"},
    )
    mean: tuple[float, ...] = option(
        (0.0, 0.0, 0.0), "Mean", "Taken away from each channel, on the scale 0 to 1."
    )
    std: tuple[float, ...] = option(
        (1.0, 1.0, 1.0), "Deviation", "Each channel is divided by it, on the scale 0 to 1."
    )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if min(self.size) < 1:
            raise ValueError("the size must be at least 1 × 1")
        if len(self.mean) != self.channels or len(self.std) != self.channels:
            raise ValueError(f"mean and std need {self.channels} numbers, one for each channel")
        if min(self.std) <= 0:
            raise ValueError("std must be more than 0")
        return self

    @property
    def output(self) -> Size:
        return Size(self.channels, *self.size)

    def apply(self, picture: Picture) -> Values:
        """What the network takes for a picture: channels x height x width.

        Raises
        ------
        PictureError
            When the picture holds values that are no numbers, or has no pixels.
        """
        if not picture.pixels.size:
            raise PictureError(f"{picture.name or 'the picture'} has no pixels")
        pixels = _on_white(picture)
        inner = self._inner(picture)
        if self.interpolation != "area":
            is_cropped = self.resize == "crop"
            grid = self._grid(picture) if is_cropped else Grid(inner, (0, 0), inner)
            values = resize_smoothly(pixels, grid, self.interpolation)
        else:
            values = _resize(self._cropped(pixels, picture), inner).astype(np.float32)
        values /= np.float32(full_scale(picture.pixels))
        if not np.isfinite(values).all():
            raise PictureError(f"{picture.name or 'the picture'} has values that are no numbers")
        values = _to_channels(values, self.channels)
        ground = np.array(self.mean, np.float32)
        if self.ink == "light":
            edge = np.median(_edge(values))
            if edge > _MID_GREY:
                values, edge = 1 - values, 1 - edge
            ground = np.full(self.channels, edge, np.float32)
        if inner != self.size:
            values = self._on_ground(values, ground)
        prepared: Values = self._normalise(values[None])[0]
        return prepared

    def batch_from_bytes(self, pictures: NDArray[np.uint8]) -> Values:
        """The same for many pictures of the right size, whose ink is as the network wants it.

        Parameters
        ----------
        pictures : array of uint8, count x height x width x channels

        Returns
        -------
        array of float32, count x channels x height x width

        Raises
        ------
        PictureError
            When the pictures have another size.
        """
        if pictures.shape[1:] != (*self.size, self.channels):
            raise PictureError(
                f"the pictures are {' × '.join(map(str, pictures.shape[1:]))} "
                f"(height × width × channels), not {self.size[0]} × {self.size[1]} × "
                f"{self.channels}"
            )
        return self._normalise(pictures, scale=255)

    def to_bytes(self, picture: Picture) -> NDArray[np.uint8]:
        """What `apply` gives before it normalises, in whole levels of 0 to 255.

        A border that would get the mean is black: `place` says where it is.

        Returns
        -------
        array of uint8, height x width x channels

        Raises
        ------
        PictureError
            As `apply`.
        """
        pixels, inner = picture.pixels, self._inner(picture)
        is_plain = pixels.dtype == np.uint8 and picture.alpha is None and pixels.size > 0
        if is_plain and self.ink == "as_is" and self.interpolation == "area":
            small = _to_channels(_resize(self._cropped(pixels, picture), inner), self.channels)
            levels = small if small.dtype == np.uint8 else _levels(small)
            nothing = np.zeros(self.channels, np.uint8)
            return levels if inner == self.size else self._on_ground(levels, nothing)
        black, one = (0.0,) * self.channels, (1.0,) * self.channels
        values = self.model_copy(update={"mean": black, "std": one}).apply(picture)
        return _levels(255 * np.moveaxis(values, 0, 2))

    def place(self, picture: Picture) -> tuple[int, int, int, int]:
        """Top, left, height and width of the picture on what the network takes."""
        inner = self._inner(picture)
        return *self._margin(inner), *inner

    def frame(self, picture: Picture) -> Frame:
        """The part of the picture that the network sees."""
        height, width = picture.height, picture.width
        if self.resize == "stretch":
            return Frame(0, 0, height, width)
        if self.resize == "crop":
            if self.interpolation != "area":
                return self._grid(picture).frame(height, width)
            scale = self._scale(picture)
            seen_height = min(height, max(1, round(self.size[0] / scale)))
            seen_width = min(width, max(1, round(self.size[1] / scale)))
            top, left = (height - seen_height) // 2, (width - seen_width) // 2
            return Frame(top, left, seen_height, seen_width)
        inner = self._inner(picture)
        above, beside = self._margin(inner)
        down, across = height / inner[0], width / inner[1]  # picture pixels for an input pixel
        return Frame(-above * down, -beside * across, self.size[0] * down, self.size[1] * across)

    def _scale(self, picture: Picture) -> float:
        """How much larger the picture is made before its middle is kept."""
        sides = self.size[0] / picture.height, self.size[1] / picture.width
        return max(sides) / self.share

    def _grid(self, picture: Picture) -> Grid:
        return middle(picture.height, picture.width, self.size, self._scale(picture))

    def _inner(self, picture: Picture) -> tuple[int, int]:
        """Height and width of the picture once it is resized, without a border."""
        if self.resize != "fit":
            return self.size
        scale = min(self.size[0] / picture.height, self.size[1] / picture.width)
        rows = min(self.size[0], max(1, round(picture.height * scale)))
        columns = min(self.size[1], max(1, round(picture.width * scale)))
        return rows, columns

    def _margin(self, inner: tuple[int, int]) -> tuple[int, int]:
        """Rows above and columns to the left of a picture of that size."""
        return (self.size[0] - inner[0]) // 2, (self.size[1] - inner[1]) // 2

    def _cropped(self, pixels: NDArray[Any], picture: Picture) -> NDArray[Any]:
        if self.resize != "crop":
            return pixels
        top, left, height, width = (int(part) for part in self.frame(picture))
        return pixels[top : top + height, left : left + width]

    def _on_ground(self, values: NDArray[Any], ground: NDArray[Any]) -> NDArray[Any]:
        top, left = self._margin((values.shape[0], values.shape[1]))
        whole = np.empty((*self.size, self.channels), values.dtype)
        whole[:] = ground
        whole[top : top + values.shape[0], left : left + values.shape[1]] = values
        return whole

    def _normalise(self, pictures: NDArray[Any], scale: float = 1) -> Values:
        """Count x height x width x channels to normalised count x channels x height x width."""
        count = pictures.shape[0]
        values = np.empty((count, self.channels, *self.size), np.float32)
        values[:] = np.moveaxis(pictures, 3, 1)
        per_channel = (1, self.channels, 1, 1)
        values /= np.float32(scale)
        values -= np.array(self.mean, np.float32).reshape(per_channel)
        values /= np.array(self.std, np.float32).reshape(per_channel)
        return values


def _on_white(picture: Picture) -> NDArray[Any]:
    """The pixels, blended over white where they are transparent; float32 if there is alpha."""
    if picture.alpha is None:
        return picture.pixels
    white = np.float32(full_scale(picture.pixels))
    opacity = (picture.alpha / white).astype(np.float32)[..., None]
    return white + (picture.pixels - white) * opacity


def _levels(values: NDArray[Any]) -> NDArray[np.uint8]:
    """Values of 0 to 255, rounded."""
    return np.asarray(np.rint(np.clip(values, 0, 255)), np.uint8)


def _resize(pixels: NDArray[Any], size: tuple[int, int]) -> NDArray[Any]:
    """Resize to height x width, by area along an axis that shrinks, linearly where it grows."""
    shrunk = min(pixels.shape[0], size[0]), min(pixels.shape[1], size[1])
    result = np.ascontiguousarray(pixels, dtype=pixels.dtype.newbyteorder("="))
    for target, how in ((shrunk, cv2.INTER_AREA), (size, cv2.INTER_LINEAR)):
        if result.shape[:2] != target:
            result = cv2.resize(result, target[::-1], interpolation=how)
    return result.reshape(*size, pixels.shape[2])


def _to_channels(values: NDArray[Any], channels: int) -> NDArray[Any]:
    """Grey from RGB by luma, or RGB from grey by repeating it."""
    if values.shape[2] == channels:
        return values
    if channels == 1:
        return (values @ _LUMA)[..., None]
    return np.repeat(values, channels, axis=2)


def _edge(values: Values) -> Values:
    """The brightness of the outermost pixels."""
    grey = _to_channels(values, 1)[..., 0]
    return np.concatenate([grey[0], grey[-1], grey[1:-1, 0], grey[1:-1, -1]])
