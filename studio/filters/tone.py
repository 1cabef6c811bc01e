"""Filters that look at one pixel at a time."""

from typing import Any, ClassVar, Literal

import cv2
import numpy as np

from studio.declare import option
from studio.filters.base import Family, Filter, Piece
from studio.filters.histogram import (
    counts_of,
    from_levels,
    looked_up,
    luma,
    otsu_level,
    scale_of,
    to_levels,
)
from studio.filters.working import View, Working
from studio.image.picture import Pixels, full_scale


class Grey(Filter):
    """Colour to one channel."""

    kind: ClassVar[str] = "grey"
    title: ClassVar[str] = "Grey"
    family: ClassVar[Family] = "Tone"
    summary: ClassVar[str] = (
        "Turns colours into one channel of brightness, in the same depth. Green counts most and "
        "blue least, as in the eye; a grey picture stays as it is."
    )
    formula: ClassVar[str] = "out = 0.299 · red + 0.587 · green + 0.114 · blue"
    source: ClassVar[str] = "Recommendation ITU-R BT.601, section 2.5.1: luma"

    @property
    def words(self) -> str:
        return "Rec. 601 luma"

    def compute(self, piece: Piece) -> Pixels:
        return luma(piece.pixels)[..., None]

    def code(self, border: str) -> str:
        return (
            "if picture.shape[2] == 3:\n"
            "    picture = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)[..., None]"
        )


class Invert(Filter):
    """The negative."""

    kind: ClassVar[str] = "invert"
    title: ClassVar[str] = "Invert"
    family: ClassVar[Family] = "Tone"
    summary: ClassVar[str] = (
        "Turns light into dark and dark into light, as in a photographic negative. White is 1 in "
        "floating point."
    )
    formula: ClassVar[str] = "out = white − in"
    source: ClassVar[str] = (
        "R. C. Gonzalez and R. E. Woods, Digital Image Processing, chapter 3: image negatives"
    )

    @property
    def is_light(self) -> bool:
        return True

    @property
    def is_explained(self) -> bool:
        return True

    def compute(self, piece: Piece) -> Pixels:
        pixels = piece.pixels
        if pixels.dtype.kind == "f":
            return np.float32(1) - pixels
        return np.invert(pixels)

    def code(self, border: str) -> str:
        return (
            "if picture.dtype == np.float32:\n"
            "    picture = np.float32(1) - picture\n"
            "else:\n"
            "    picture = np.invert(picture)"
        )

    def working_of(self, view: View) -> Working:
        value = float(view.window[0, 0])
        return Working(lines=(("Value", value), (f"{view.white:g} − value", view.white - value)))


class Gamma(Filter):
    """A power of each value."""

    kind: ClassVar[str] = "gamma"
    title: ClassVar[str] = "Gamma"
    family: ClassVar[Family] = "Tone"
    summary: ClassVar[str] = (
        "Raises each value to a power, black and white staying where they are: below 1 it lightens "
        "the shadows, above 1 it darkens them. In floating point white is 1, and values below zero "
        "keep their sign."
    )
    formula: ClassVar[str] = "out = white · (in / white)^γ"
    source: ClassVar[str] = (
        "C. Poynton, The Rehabilitation of Gamma, 1998; as adjust_gamma in scikit-image, rounded"
    )

    gamma: float = option(
        2.2,
        "Gamma",
        "The power γ: 1 changes nothing, 1/2.2 = 0.45 undoes 2.2.",
        low=0.1,
        high=5,
        step=0.05,
        logarithmic=True,
    )

    @property
    def words(self) -> str:
        return f"γ {self.gamma:g}"

    @property
    def is_explained(self) -> bool:
        return True

    def compute(self, piece: Piece) -> Pixels:
        pixels = piece.pixels
        if pixels.dtype.kind == "f":
            with np.errstate(over="ignore"):  # too large a number becomes infinite
                power = np.power(np.abs(pixels), np.float32(self.gamma))
            return np.copysign(power, pixels, out=power)
        white = full_scale(pixels)
        levels = np.arange(int(white) + 1) / white
        return looked_up(np.rint(levels**self.gamma * white).astype(pixels.dtype), pixels)

    def code(self, border: str) -> str:
        return f"picture = gamma_corrected(picture, {self.gamma!r})"

    def working_of(self, view: View) -> Working:
        share = float(view.window[0, 0]) / view.white
        power = float(np.copysign(abs(share) ** self.gamma, share))
        return Working(
            lines=(
                (f"Value / {view.white:g}", share),
                (f"To the power {self.gamma:g}", power),
                (f"× {view.white:g}", power * view.white),
            )
        )


class Threshold(Filter):
    """Black or white."""

    kind: ClassVar[str] = "threshold"
    title: ClassVar[str] = "Threshold"
    family: ClassVar[Family] = "Tone"
    summary: ClassVar[str] = (
        "Turns what is brighter than a level white, and the rest black, in the picture's own depth "
        "and in one channel: of colours, the Rec. 601 luma counts."
    )
    formula: ClassVar[str] = (
        "out = white where in > t, else black; Otsu's t makes w₀ · w₁ · (μ₀ − μ₁)² largest, with "
        "w the shares of both parts and μ their means"
    )
    source: ClassVar[str] = "N. Otsu, A Threshold Selection Method from Gray-Level Histograms, 1979"

    method: Literal["fixed", "otsu"] = option(
        "fixed",
        "Method",
        "Fixed: the level below. Otsu: the level that parts the picture's own dark and bright "
        "pixels best; floating point is counted in 65536 steps.",
        names={"otsu": "Otsu"},
    )
    level: float = option(
        50.0,
        "Level",
        "What is brighter turns white; in percent of white, which is 255, 65535, or 1 in floating "
        "point.",
        low=0,
        high=100,
        step=1,
        unit="%",
        when={"method": ("fixed",)},
    )

    @property
    def measures(self) -> bool:
        return self.method == "otsu"

    @property
    def words(self) -> str:
        return "Otsu" if self.method == "otsu" else f"{self.level:g} %"

    def measure(self, pixels: Pixels) -> float:
        values = luma(pixels)
        if values.dtype.kind == "u":
            return float(otsu_level(counts_of(values)))
        scale = scale_of(values)
        level = otsu_level(counts_of(to_levels(values, scale)))
        # Between this level and the next, where values are rounded up.
        return float(from_levels(np.array(level + 0.5), scale))

    def compute(self, piece: Piece) -> Pixels:
        values = luma(piece.pixels)
        white = full_scale(values)
        level = piece.measured if self.measures else self.level / 100 * white
        _, out = cv2.threshold(values, level, white, cv2.THRESH_BINARY)
        found: Any = out
        return found[..., None]  # type: ignore[no-any-return]

    def code(self, border: str) -> str:
        level = f"{self.level!r} / 100 * white"
        return (
            "brightness = luma(picture)\n"
            "white = white_of(picture)\n"
            f"level = {'otsu_level(brightness)' if self.measures else level}\n"
            "picture = cv2.threshold(brightness, level, white, cv2.THRESH_BINARY)[1][..., None]"
        )
