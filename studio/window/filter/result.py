"""What a chain makes of a picture, with everything that is shown of it; made in a thread."""

from dataclasses import dataclass
from time import perf_counter
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.filters.chain import Chain
from studio.image.display import DisplayImage, Mode, to_display
from studio.image.picture import Picture, Pixels, full_scale

# Twice the size a list shows them in, for screens with two device pixels to one.
SMALL = (84, 56)


@dataclass(frozen=True, eq=False)
class Result:
    """What a chain made of a picture, and how it is shown."""

    picture: Picture
    chain: Chain
    stages: list[Pixels]  # the picture's pixels, then what each step gave
    shown: DisplayImage
    before: DisplayImage
    small: list[NDArray[np.uint8]]  # RGB, one for each step
    strongest: list[tuple[int, int]]  # column and row worth a look, one for each step
    milliseconds: float

    @property
    def pixels(self) -> Pixels:
        """What the whole chain gave."""
        return self.stages[-1]


def compute(picture: Picture, chain: Chain, mode: Mode = "auto") -> Result:
    """Run a chain over a picture, and show the result in a mode of `to_display`."""
    white = full_scale(picture.pixels)
    started = perf_counter()
    evaluation = chain.evaluate(picture.pixels)
    places = [chain.stage(step) for step in range(len(chain.steps))]
    stages = [picture.pixels, *(evaluation.whole(place) for place in places)]
    milliseconds = 1000 * (perf_counter() - started)
    return Result(
        picture=picture,
        chain=chain,
        stages=stages,
        shown=to_display(stages[-1], chain.shown_as if mode == "auto" else mode, white=white),
        before=to_display(picture.pixels, white=white),
        small=[
            _small(pixels, white, step.filter.shown_as if step.on else "auto")
            for step, pixels in zip(chain.steps, stages[1:], strict=True)
        ],
        strongest=[_strongest(pixels) for pixels in stages[1:]],
        milliseconds=milliseconds,
    )


def _small(pixels: Pixels, white: float, mode: Mode) -> NDArray[np.uint8]:
    height, width = pixels.shape[:2]
    scale = max(SMALL[0] / width, SMALL[1] / height)
    if scale >= 1:
        return to_display(pixels, mode, white=white).rgb
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    # The mean of two directions is no direction between them.
    way = cv2.INTER_NEAREST if mode == "direction" else cv2.INTER_AREA
    shrunk = cv2.resize(pixels, size, interpolation=way)
    return to_display(_as_channels(shrunk), mode, white=white).rgb


def _as_channels(pixels: Any) -> Pixels:
    """OpenCV drops the axis of a single channel; this puts it back."""
    return pixels[..., None] if pixels.ndim == 2 else pixels  # type: ignore[no-any-return]


def _strongest(pixels: Pixels) -> tuple[int, int]:
    """Where the first channel is largest without its sign; the middle, for whole numbers."""
    height, width = pixels.shape[:2]
    if pixels.dtype.kind != "f":
        return width // 2, height // 2
    row, column = divmod(int(np.abs(pixels[..., 0]).argmax()), width)
    return column, row
