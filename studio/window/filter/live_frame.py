"""What the chain makes of each frame of a video or a camera, on a scale that holds still."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.errors import SettingError
from studio.filters.chain import Chain
from studio.filters.rendering import sample
from studio.image.display import Scale, Shown, scale_of, show
from studio.image.picture import Picture, Pixels, full_scale
from studio.window.canvas.levels import Levels

# Seconds that frames must ask for another scale before they get it.
_PATIENCE = 0.5
# Share of the scale that frames may fill less, or reach beyond it, until they ask for another.
_LESS, _MORE = 0.6, 1.25
_AS_IT_IS = Scale("plain", 0.0, 255.0)


@dataclass(frozen=True, eq=False)
class Made:
    """A frame before and after the chain.

    Attributes
    ----------
    before, after : Levels
        RGB as it is shown, ready to be painted; no `after` while no chain has fitted yet.
    pixels : array, height x width x channels, optional
        The result in its own depth.
    wanted : tuple of Chain and Shown
        What was wanted when it was made.
    error : SettingError, optional
        Why this is not what the chain that was wanted makes of it, but the last one that fitted.
    """

    wanted: tuple[Chain, Shown]
    before: Levels
    after: Levels | None = None
    pixels: Pixels | None = None
    error: SettingError | None = None


class Maker:
    """Called with each frame in a job's thread; what is wanted may change at any moment.

    Attributes
    ----------
    wanted : tuple of Chain and Shown
        What the next frame goes through, and how the result is shown.
    zoom : float
        Device pixels per pixel that frames are looked at with: shrunk here, not while painting.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.wanted: tuple[Chain, Shown] = (Chain(), Shown())
        self.zoom = 1.0
        self._fitting: Chain | None = None
        self._scale = SteadyScale(clock)

    def __call__(self, picture: Picture) -> Made:
        chain, shown = wanted = self.wanted
        before = self._ready(show(picture.pixels, _AS_IT_IS))
        error = None
        try:
            pixels = chain.run(picture.pixels)
        except SettingError as found:
            error = found
            if self._fitting is None:
                return Made(wanted, before, error=error)
            chain = self._fitting
            try:
                pixels = chain.run(picture.pixels)
            except SettingError:  # frames of another size, as cameras give when they are turned
                self._fitting = None
                return Made(wanted, before, error=error)
        self._fitting = chain
        scale = self._scale.follow(_found(pixels, chain, shown, picture), (chain, shown))
        return Made(wanted, before, self._ready(show(pixels, scale)), pixels, error)

    def _ready(self, rgb: NDArray[np.uint8]) -> Levels:
        levels = Levels(rgb)
        levels.image(self.zoom)
        return levels


def _found(pixels: Pixels, chain: Chain, shown: Shown, picture: Picture) -> Scale:
    """The scale that this frame by itself would be shown on."""
    some = pixels
    if pixels.dtype.kind == "f":
        some = sample(
            lambda box: pixels[box.top : box.bottom, box.left : box.right], *pixels.shape[:2]
        )
    return scale_of(some, shown, chain.shown_as, full_scale(picture.pixels))


class SteadyScale:
    """Takes another scale only when frames ask for it for a while: one that jumps would flicker."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._scale: Scale | None = None
        self._cause: object = None
        self._since: float | None = None

    def follow(self, found: Scale, cause: object) -> Scale:
        """The scale to use for a frame.

        Parameters
        ----------
        found : Scale
            What suits this frame best.
        cause : object
            What else decides about it; where this is another, the scale is taken at once.
        """
        if self._scale is None or cause != self._cause:
            self._scale, self._cause, self._since = found, cause, None
        elif _is_near(found, self._scale):
            self._since = None
        elif self._since is None:
            self._since = self._clock()
        elif self._clock() - self._since >= _PATIENCE:
            self._scale, self._since = found, None
        return self._scale


def _is_near(found: Scale, used: Scale) -> bool:
    if (found.kind, found.map, found.channel) != (used.kind, used.map, used.channel):
        return False
    lengths = found.high - found.low, used.high - used.low
    return _LESS * lengths[1] <= lengths[0] <= _MORE * lengths[1]
