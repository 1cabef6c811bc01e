"""Noise that is the same again for the same seed, in whatever pieces it is asked for."""

from functools import lru_cache
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from studio.declare import option
from studio.filters.base import Family, Filter, Piece
from studio.image.picture import Pixels, full_scale

Draws = NDArray[np.float32]

# Rows and columns that are drawn at once, from a generator of their own.
_ROWS, _COLUMNS = 64, 256
# Blocks that are kept: neighbouring pieces share them, and so do two positions of a slider.
_KEPT = 96

_ROUNDED = (
    " Whole numbers are rounded, and cut at black and white: there, half of the noise is lost. "
    "Floating point is not cut."
)


class Noise(Filter):
    """Random numbers that are put into a picture."""

    family: ClassVar[Family] = "Noise"
    # Whether the random numbers are normal, or else even between 0 and 1.
    is_normal: ClassVar[bool] = True

    seed: int = option(
        0,
        "Seed",
        "Where the random numbers begin: the same seed gives the same noise again.",
        low=0,
        high=2**31 - 1,
    )
    per_channel: bool = option(
        True,
        "Each colour its own",
        "On: red, green and blue get noise of their own, which looks coloured. Off: all three get "
        "the same.",
    )

    def compute(self, piece: Piece) -> Pixels:
        pixels = piece.pixels
        height, width, channels = pixels.shape
        drawn = channels if self.per_channel else 1
        out: Pixels = np.empty_like(pixels)
        for row in range(piece.top // _ROWS, -(-(piece.top + height) // _ROWS)):
            for column in range(piece.left // _COLUMNS, -(-(piece.left + width) // _COLUMNS)):
                top, left = row * _ROWS - piece.top, column * _COLUMNS - piece.left
                inside = (
                    slice(max(top, 0), min(top + _ROWS, height)),
                    slice(max(left, 0), min(left + _COLUMNS, width)),
                )
                rows, columns = (
                    slice(part.start - begin, part.stop - begin)
                    for part, begin in zip(inside, (top, left), strict=True)
                )
                draws = _drawn(self.is_normal, self.seed, row, column, drawn)[rows, columns]
                out[inside] = self.noisy(pixels[inside], draws)
        return out

    def _drawing_code(self) -> str:
        """The lines that draw the random numbers for a whole picture."""
        channels = "channels" if self.per_channel else "1"
        normal = "" if self.is_normal else ", normal=False"
        return (
            "height, width, channels = picture.shape\n"
            f"noise = random_numbers(height, width, {channels}, {self.seed}{normal})\n"
        )

    def noisy(self, pixels: Pixels, draws: Draws) -> NDArray[Any]:
        """Part of a picture with its noise.

        Parameters
        ----------
        draws : float32 array, height x width x channels
            The random numbers; one channel where all colours get the same.
        """
        raise NotImplementedError


@lru_cache(_KEPT)
def _drawn(is_normal: bool, seed: int, row: int, column: int, channels: int) -> Draws:
    """A block of random numbers, rows x columns x channels.

    Normal ones, of mean 0 and deviation 1, are made in pairs of even ones: G. E. P. Box and M. E.
    Muller, A Note on the Generation of Random Normal Deviates, 1958.
    """
    random = np.random.default_rng([seed, row, column])
    draws = random.random(_ROWS * _COLUMNS * channels, dtype=np.float32)
    if is_normal:
        radius, angle = np.split(draws, 2)
        np.log1p(np.negative(radius, out=radius), out=radius)
        radius *= -2
        np.sqrt(radius, out=radius)
        angle *= 2 * np.pi
        draws = np.concatenate((radius * np.cos(angle), radius * np.sin(angle)))
    draws = draws.reshape(_ROWS, _COLUMNS, channels)
    draws.setflags(write=False)
    return draws


def _stored(values: Draws, like: Pixels) -> NDArray[Any]:
    """The values in a picture's depth: whole numbers are rounded, halves to even, and cut."""
    if like.dtype.kind == "f":
        return values
    np.rint(values, out=values)
    return np.clip(values, 0, full_scale(like), out=values)


class GaussianNoise(Noise):
    """Normal random numbers are added."""

    kind: ClassVar[str] = "gaussian_noise"
    title: ClassVar[str] = "Gaussian noise"
    summary: ClassVar[str] = (
        "Adds a normal random number to each value, as the electronics of a camera do in the dark. "
        "A mean over neighbours lessens it." + _ROUNDED
    )
    formula: ClassVar[str] = "out = in + σ · white · n, n normal with mean 0 and deviation 1"
    source: ClassVar[str] = (
        "G. E. P. Box and M. E. Muller, A Note on the Generation of Random Normal Deviates, 1958"
    )

    sigma: float = option(
        10.0,
        "Deviation",
        "The standard deviation σ of the noise, in percent of white: 255, 65535, or 1 in floating "
        "point.",
        low=0,
        high=100,
        step=0.5,
        unit="%",
    )

    @property
    def words(self) -> str:
        return f"σ {self.sigma:g} %, seed {self.seed}"

    def noisy(self, pixels: Pixels, draws: Draws) -> NDArray[Any]:
        scale = np.float32(self.sigma / 100 * full_scale(pixels))
        return _stored(np.add(draws * scale, pixels, dtype=np.float32), pixels)

    def code(self, border: str) -> str:
        return self._drawing_code() + (
            f"deviation = np.float32({self.sigma!r} / 100 * white_of(picture))\n"
            "noisy = np.add(noise * deviation, picture, dtype=np.float32)\n"
            "picture = rounded(noisy, picture.dtype)"
        )


class Speckle(Noise):
    """Each value is multiplied by a normal random number around 1."""

    kind: ClassVar[str] = "speckle"
    title: ClassVar[str] = "Speckle"
    summary: ClassVar[str] = (
        "Multiplies each value by a random number around 1, so that bright parts get more noise "
        "than dark ones, as in radar, ultrasound and laser pictures." + _ROUNDED
    )
    formula: ClassVar[str] = "out = in · (1 + σ · n), n normal with mean 0 and deviation 1"
    source: ClassVar[str] = (
        "J. W. Goodman, Some Fundamental Properties of Speckle, 1976; here with normal factors"
    )

    sigma: float = option(
        20.0,
        "Deviation",
        "The standard deviation σ of the factors, in percent of the value itself.",
        low=0,
        high=100,
        step=0.5,
        unit="%",
    )

    @property
    def words(self) -> str:
        return f"σ {self.sigma:g} %, seed {self.seed}"

    def noisy(self, pixels: Pixels, draws: Draws) -> NDArray[Any]:
        factors = draws * np.float32(self.sigma / 100)
        factors += 1
        return _stored(np.multiply(factors, pixels, dtype=np.float32), pixels)

    def code(self, border: str) -> str:
        return self._drawing_code() + (
            f"factors = noise * np.float32({self.sigma!r} / 100) + 1\n"
            "noisy = np.multiply(factors, picture, dtype=np.float32)\n"
            "picture = rounded(noisy, picture.dtype)"
        )


class SaltAndPepper(Noise):
    """Single pixels turn white or black."""

    kind: ClassVar[str] = "salt_and_pepper"
    title: ClassVar[str] = "Salt and pepper"
    summary: ClassVar[str] = (
        "Turns single values white or black and leaves the others as they are, as broken cells of "
        "a sensor or errors of a transmission do. A median removes it, a mean smears it."
    )
    formula: ClassVar[str] = (
        "out = black where u < p · (1 − b), white where u ≥ 1 − p · b, else in; u even in 0 … 1, "
        "p the share and b the balance"
    )
    source: ClassVar[str] = (
        "R. C. Gonzalez and R. E. Woods, Digital Image Processing, chapter 5: noise models"
    )
    is_normal: ClassVar[bool] = False

    share: float = option(
        5.0,
        "Share",
        "How many values in a hundred turn white or black.",
        low=0,
        high=100,
        step=0.5,
        unit="%",
    )
    balance: float = option(
        50.0,
        "White among them",
        "How many in a hundred of those turn white, and not black.",
        low=0,
        high=100,
        step=5,
        unit="%",
    )

    @property
    def words(self) -> str:
        return f"{self.share:g} %, seed {self.seed}"

    def noisy(self, pixels: Pixels, draws: Draws) -> NDArray[Any]:
        white = full_scale(pixels)
        salt = self.share / 100 * self.balance / 100
        out = np.where(draws < self.share / 100 - salt, pixels.dtype.type(0), pixels)
        out[np.broadcast_to(draws >= 1 - salt, out.shape)] = white
        return out

    def code(self, border: str) -> str:
        return self._drawing_code() + (
            f"share, salt = {self.share!r} / 100, {self.share!r} / 100 * {self.balance!r} / 100\n"
            "white = picture.dtype.type(white_of(picture))\n"
            "picture = np.where(noise < share - salt, picture.dtype.type(0), picture)\n"
            "picture = np.where(noise >= 1 - salt, white, picture)"
        )
