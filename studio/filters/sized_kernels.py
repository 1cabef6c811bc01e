"""Kernels made to measure: each is declared by its size and its other parameters."""

import math
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from studio.declare import Declared, option, options
from studio.filters.presets import Weights

MAX_SIDE = 63

Numbers = NDArray[np.float64]


class SizedKernel(Declared):
    """A square kernel that follows from its parameters.

    A subclass has the class variables below, fields made with `option`, and `weights`. It is found
    by its `name` wherever kernels are typed or chosen.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    help: ClassVar[str]
    formula: ClassVar[str]
    source: ClassVar[str]

    def weights(self) -> Numbers:
        """The weights, size x size."""
        raise NotImplementedError

    @property
    def kernel(self) -> "MadeKernel":
        return MadeKernel(self)

    @property
    def text(self) -> str:
        """What makes it when it is typed, such as ``gaussian size=7 sigma=1.5``."""
        settings = (f"{item.name}={getattr(self, item.name)!r}" for item in options(type(self)))
        return " ".join([self.name, *settings])


class MadeKernel(Weights):
    """The weights of a sized kernel, which remember what made them.

    Attributes
    ----------
    made_by : SizedKernel
    """

    made_by: SizedKernel

    def __new__(cls, made_by: SizedKernel) -> "MadeKernel":
        made = super().__new__(cls, map(tuple, made_by.weights().tolist()))
        made.made_by = made_by
        return made

    def __getnewargs__(self) -> tuple[SizedKernel]:
        return (self.made_by,)


def _size(default: int, low: int = 1) -> Any:
    return option(
        default,
        "Size",
        "How many pixels wide and high the kernel is.",
        low=low,
        high=MAX_SIDE,
        unit="pixels",
    )


def _sigma(default: float) -> Any:
    return option(
        default,
        "Sigma",
        "The standard deviation of the bell curve: at this distance from the centre, the weight "
        "has fallen to 61 %.",
        low=0.1,
        high=32.0,
        step=0.1,
        unit="pixels",
        logarithmic=True,
    )


def _places(size: int) -> Numbers:
    """The distances of a row's cells from its middle, in pixels."""
    return np.arange(size, dtype=np.float64) - (size - 1) / 2


def _bell(size: int, sigma: float) -> Numbers:
    """A Gaussian's weights, size x size, with the sum 1."""
    row: Numbers = np.exp(-(_places(size) ** 2) / (2 * sigma**2))
    row /= row.sum()
    return np.outer(row, row)


class Box(SizedKernel):
    """All weights alike."""

    name: ClassVar[str] = "box"
    title: ClassVar[str] = "Box"
    help: ClassVar[str] = "The mean of a square: blurs, and turns points into squares."
    formula: ClassVar[str] = "k = 1 / size²"
    source: ClassVar[str] = "R. C. Gonzalez and R. E. Woods, Digital Image Processing, chapter 3"

    size: int = _size(5)

    def weights(self) -> Numbers:
        return np.full((self.size, self.size), 1 / self.size**2)


class Gaussian(SizedKernel):
    """A bell curve."""

    name: ClassVar[str] = "gaussian"
    title: ClassVar[str] = "Gaussian"
    help: ClassVar[str] = "A mean that counts near pixels more: blurs alike in all directions."
    formula: ClassVar[str] = "k(x, y) = exp(−(x² + y²) / 2σ²), divided by the sum of all"
    source: ClassVar[str] = "R. C. Gonzalez and R. E. Woods, Digital Image Processing, chapter 3"

    size: int = _size(7)
    sigma: float = _sigma(1.5)

    def weights(self) -> Numbers:
        return _bell(self.size, self.sigma)


class Unsharp(SizedKernel):
    """The centre and what differs from its blur."""

    name: ClassVar[str] = "unsharp"
    title: ClassVar[str] = "Unsharp mask"
    help: ClassVar[str] = "Sharpens: adds what a Gaussian blur would take away."
    formula: ClassVar[str] = "k = δ + amount · (δ − g), with g a Gaussian and δ the centre alone"
    source: ClassVar[str] = "R. C. Gonzalez and R. E. Woods, Digital Image Processing, chapter 3"

    size: int = _size(5)
    sigma: float = _sigma(1.0)
    amount: float = option(
        1.0, "Amount", "How much of what the blur takes away is added.", low=0, high=10, step=0.1
    )

    def weights(self) -> Numbers:
        weights = -self.amount * _bell(self.size, self.sigma)
        weights[self.size // 2, self.size // 2] += 1 + self.amount
        return weights


class LaplacianOfGaussian(SizedKernel):
    """The second derivatives of a bell curve."""

    name: ClassVar[str] = "log"
    title: ClassVar[str] = "Laplacian of Gaussian"
    help: ClassVar[str] = (
        "Blurs and takes the second derivatives: its sign changes at edges, and it answers most "
        "to spots with a radius of √2 · sigma."
    )
    formula: ClassVar[str] = (
        "k(x, y) = (x² + y² − 2σ²) / σ⁴ · g(x, y), less the mean of all, with g a Gaussian"
    )
    source: ClassVar[str] = "D. Marr and E. Hildreth, Theory of Edge Detection, 1980"

    size: int = _size(9, low=3)
    sigma: float = _sigma(1.4)

    def weights(self) -> Numbers:
        squares = _places(self.size) ** 2
        distances = squares[:, None] + squares
        bent = _bell(self.size, self.sigma) * (distances - 2 * self.sigma**2) / self.sigma**4
        return np.asarray(bent - bent.mean())


class Motion(SizedKernel):
    """A line."""

    name: ClassVar[str] = "motion"
    title: ClassVar[str] = "Motion"
    help: ClassVar[str] = "The mean along a line: blurs as a camera does that moves."
    formula: ClassVar[str] = (
        "k(x, y) = 1 − distance to the line, at least 0, divided by the sum of all"
    )
    source: ClassVar[str] = (
        "R. C. Gonzalez and R. E. Woods, Digital Image Processing, chapter 5: uniform motion"
    )

    size: int = option(
        9,
        "Length",
        "How many pixels long the line is; the kernel is as wide and high.",
        low=1,
        high=MAX_SIDE,
        unit="pixels",
    )
    angle: float = option(
        0.0,
        "Angle",
        "Where the line points: 0° along the rows, 45° down to the right, 90° along the columns.",
        low=-180,
        high=180,
        step=5,
        unit="°",
    )

    def weights(self) -> Numbers:
        places, half = _places(self.size), (self.size - 1) / 2
        cosine, sine = _direction(self.angle)
        along = places[:, None] * sine + places * cosine
        aside = places[:, None] * cosine - places * sine
        distance = np.hypot(along - along.clip(-half, half), aside)
        weights = np.maximum(0, 1 - distance)
        return np.asarray(weights / weights.sum())


class Gabor(SizedKernel):
    """A wave under a bell curve."""

    name: ClassVar[str] = "gabor"
    title: ClassVar[str] = "Gabor"
    help: ClassVar[str] = (
        "A wave under a bell curve: answers to stripes of its width and direction, as cells of "
        "the visual cortex do."
    )
    formula: ClassVar[str] = (
        "k(x, y) = exp(−(u² + r²v²) / 2σ²) · (cos(2πu / λ + φ) − c), with u along and v across "
        "the wave; c makes the sum 0, and the sizes of the weights are divided by their sum"
    )
    source: ClassVar[str] = (
        "D. Gabor, Theory of Communication, 1946; in two dimensions: J. G. Daugman, 1985"
    )

    size: int = _size(21, low=3)
    wavelength: float = option(
        8.0,
        "Wavelength",
        "How many pixels from one crest of the wave to the next: the width of a pair of stripes.",
        low=2,
        high=63,
        step=0.5,
        unit="pixels",
    )
    angle: float = option(
        0.0,
        "Angle",
        "Where the wave runs: 0° to the right, so that its stripes are upright, 90° downwards.",
        low=-180,
        high=180,
        step=5,
        unit="°",
    )
    sigma: float = _sigma(4.0)
    ratio: float = option(
        1.0,
        "Ratio",
        "How much narrower the bell curve is along the stripes: 1 is round, 0.5 twice as long.",
        low=0.1,
        high=10,
        step=0.1,
    )
    phase: float = option(
        0.0,
        "Phase",
        "Where the wave begins: 0° puts a crest on the centre, ±90° an edge.",
        low=-180,
        high=180,
        step=15,
        unit="°",
    )

    def weights(self) -> Numbers:
        places = _places(self.size)
        cosine, sine = _direction(self.angle)
        along = places[:, None] * sine + places * cosine
        aside = places[:, None] * cosine - places * sine
        bell = np.exp(-(along**2 + (self.ratio * aside) ** 2) / (2 * self.sigma**2))
        wave = np.cos(2 * np.pi * along / self.wavelength + math.radians(self.phase))
        weights = bell * (wave - (bell * wave).sum() / bell.sum())
        return np.asarray(weights / max(float(np.abs(weights).sum()), 1e-9))


def _direction(degrees: float) -> tuple[float, float]:
    """Cosine and sine, exact at the quarters."""
    quarters, rest = divmod(degrees, 90)
    if rest == 0:
        return ((1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0))[int(quarters) % 4]
    return math.cos(math.radians(degrees)), math.sin(math.radians(degrees))


SIZED: dict[str, type[SizedKernel]] = {
    made.name: made for made in (Box, Gaussian, Unsharp, LaplacianOfGaussian, Motion, Gabor)
}
