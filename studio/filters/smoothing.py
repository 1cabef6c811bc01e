"""Means that spare edges: neighbours count by how much they resemble the pixel."""

from typing import Any, ClassVar

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.declare import option
from studio.filters.base import Family, NeighbourhoodFilter, Piece, Reach
from studio.filters.correlation import stored
from studio.filters.working import Numbers, View, Working, weighted
from studio.image.picture import Pixels, full_scale

Range = tuple[float, float]


class _Resembling(NeighbourhoodFilter):
    """Keeps the depth; what OpenCV makes of floating point depends on the picture's range."""

    family: ClassVar[Family] = "Smoothing"
    measured_depths: ClassVar[frozenset[str]] = frozenset({"float32"})

    @property
    def measures(self) -> bool:
        return True

    @property
    def is_slow(self) -> bool:
        return True

    def measure(self, pixels: Pixels) -> Range | None:
        """The smallest and the largest number that can turn up, for floating point."""
        if pixels.dtype.kind != "f":
            return None
        least, most = (float(found) for found in cv2.minMaxLoc(_finite(pixels).ravel())[:2])
        if self.border in ("zero", "constant"):
            value = float(np.float32(self.beyond[1]))  # as it is in the picture
            least, most = min(least, value), max(most, value)
        return least, most


def _finite(pixels: Any, inside: Range = (0.0, 0.0)) -> NDArray[np.float32]:
    """Floating-point pixels, with numbers within a range for those that are none."""
    if np.isfinite(pixels).all():
        return np.ascontiguousarray(pixels)
    clean = np.nan_to_num(pixels, nan=inside[0], neginf=inside[0], posinf=inside[1])
    return np.asarray(clean, np.float32)


class Bilateral(_Resembling):
    """A Gaussian blur in which only pixels of a like colour count."""

    kind: ClassVar[str] = "bilateral"
    title: ClassVar[str] = "Bilateral"
    summary: ClassVar[str] = (
        "Blurs even parts and leaves edges sharp: a neighbour counts the more the nearer it is "
        "and the more its colour is like the pixel's own. Too large a colour sigma makes it a "
        "plain blur."
    )
    formula: ClassVar[str] = (
        "out = Σ w · in / Σ w, w = exp(−r² / 2σₛ²) · exp(−d² / 2σ_c²), with r the distance to the "
        "neighbour, at most the radius, and d the sum over the channels of |difference|"
    )
    source: ClassVar[str] = (
        "C. Tomasi and R. Manduchi, Bilateral Filtering for Gray and Color Images, 1998"
    )

    radius: int = option(
        4,
        "Radius",
        "How far the circle of neighbours that count reaches from the pixel.",
        low=1,
        high=31,
        unit="pixels",
    )
    sigma_space: float = option(
        2.0,
        "Space sigma",
        "At this distance from the pixel, a neighbour's weight has fallen to 61 %.",
        low=0.1,
        high=100,
        step=0.5,
        unit="pixels",
        logarithmic=True,
    )
    sigma_colour: float = option(
        0.1,
        "Colour sigma",
        "At this difference of colour, as a share of white (1 in floating point), a neighbour's "
        "weight has fallen to 61 %.",
        low=0.001,
        high=10,
        step=0.01,
        logarithmic=True,
    )

    @property
    def reach(self) -> Reach:
        return Reach(self.radius, self.radius, self.radius, self.radius)

    @property
    def words(self) -> str:
        side = 2 * self.radius + 1
        return f"{side} × {side}, {100 * self.sigma_colour:.4g} %"

    def compute(self, piece: Piece) -> Pixels:
        pixels, white = piece.pixels, np.float32(full_scale(piece.pixels))
        # Bytes as well: of grey ones, OpenCV cuts means off at the radii 1 and 2.
        whole_numbers = pixels.dtype.kind != "f"
        limits: Range = (0.0, 1.0) if whole_numbers else piece.measured
        values = pixels / white if whole_numbers else _finite(pixels, limits)
        # OpenCV reads the weights from a table for the range of the numbers it is given: two more
        # rows, further off than the radius from all that is wanted, make it the same for all.
        padded: Any = cv2.copyMakeBorder(values, 0, 2, 0, 0, cv2.BORDER_CONSTANT)
        padded[-2:].reshape(2, -1)[:] = np.reshape(limits, (2, 1))
        sigmas = self.sigma_colour, self.sigma_space
        side = 2 * self.radius + 1
        out = cv2.bilateralFilter(padded, side, *sigmas, borderType=cv2.BORDER_REPLICATE)
        means: Pixels = np.asarray(out)[:-2].reshape(pixels.shape)
        return stored(means * white, pixels.dtype.name) if whole_numbers else means

    def code(self, border: str) -> str:
        sigmas = f"{self.sigma_space!r}, {self.sigma_colour!r}"
        return f"picture = bilateral(picture, {self.radius}, {sigmas})"

    def working_of(self, view: View) -> Working:
        apart = np.arange(-self.radius, self.radius + 1) ** 2
        distances = apart[:, None] + apart
        taps = distances <= self.radius**2
        own = view.colours[self.radius, self.radius]
        colours = np.abs(view.colours - own).sum(axis=2) / (self.sigma_colour * view.white)
        weights = np.exp(-distances / (2 * self.sigma_space**2) - colours**2 / 2) * taps
        kernel: Numbers = weights / weights.sum()
        return Working((weighted("", kernel, view.window),), taps=taps)


class NonLocalMeans(_Resembling):
    """A mean of pixels whose surroundings look alike."""

    kind: ClassVar[str] = "non_local_means"
    title: ClassVar[str] = "Non-local means"
    summary: ClassVar[str] = (
        "Takes noise away and keeps texture: a pixel becomes the mean of pixels farther off, each "
        "counting the more the patch around it is like the patch around the pixel. It is slow."
    )
    formula: ClassVar[str] = (
        "out = Σ w · in / Σ w, w = exp(−d² / h²), with d² the mean over patch and channels of the "
        "squared differences for 8 bits, and for 16 bits and floating point, which is computed in "
        "65536 steps from its smallest to its largest number, d the mean of their sizes"
    )
    source: ClassVar[str] = (
        "A. Buades, B. Coll and J.-M. Morel, A Non-Local Algorithm for Image Denoising, 2005"
    )

    strength: float = option(
        0.05,
        "Strength",
        "The h of the formula, as a share of white (1 in floating point): how different patches "
        "may be and still count, about the size of the noise.",
        low=0.001,
        high=1,
        step=0.01,
        logarithmic=True,
    )
    patch: int = option(
        2,
        "Patch",
        "How far the patches that are compared reach from their centres: they are 2 × patch + 1 "
        "pixels wide.",
        low=1,
        high=7,
        unit="pixels",
    )
    search: int = option(
        7,
        "Search",
        "How far from the pixel others are looked for: time grows with its square.",
        low=1,
        high=20,
        unit="pixels",
    )

    @property
    def is_explained(self) -> bool:
        return False

    @property
    def reach(self) -> Reach:
        far = self.patch + self.search
        return Reach(far, far, far, far)

    @property
    def words(self) -> str:
        return f"patch {2 * self.patch + 1}, search {2 * self.search + 1}"

    def compute(self, piece: Piece) -> Pixels:
        pixels, strength = piece.pixels, self.strength * full_scale(piece.pixels)
        if pixels.dtype.kind != "f":
            smoothed: Pixels = self._filtered(np.ascontiguousarray(pixels), strength)
            return smoothed
        least, most = piece.measured
        step = (most - least) / 65535
        if step == 0:
            return pixels
        levels = np.rint((_finite(pixels, (least, most)) - least) / step).astype(np.uint16)
        out = self._filtered(levels, strength / step)
        return np.asarray(out * step + least, np.float32)

    def code(self, border: str) -> str:
        how = f"{self.strength!r}, {self.patch}, {self.search}"
        return f"picture = non_local_means(picture, {how})"

    def _filtered(self, pixels: Any, strength: float) -> Any:
        sides = 2 * self.patch + 1, 2 * self.search + 1
        if pixels.dtype == np.uint8:
            norm = cv2.NORM_L2
        else:
            # OpenCV adds up the channels' differences here, and divides their square by h² and the
            # number of channels once; that makes it the mean.
            norm, strength = cv2.NORM_L1, strength * pixels.shape[2] ** 0.5
        out = cv2.fastNlMeansDenoising(
            pixels,
            [strength],
            templateWindowSize=sides[0],
            searchWindowSize=sides[1],
            normType=norm,
        )
        return np.asarray(out).reshape(pixels.shape)
