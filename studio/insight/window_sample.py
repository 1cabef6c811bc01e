"""Windows of a picture beside the values that a filter made of them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from studio.errors import PictureError, SettingError
from studio.image.picture import Pixels, full_scale

Numbers = NDArray[np.float64]

_MOST_WINDOWS = 65_536
_MOST_NUMBERS = 4_194_304  # 32 MB
_MOST_LOST = 62  # rows or columns that a kernel of 63 leaves out
_WIDEST_BORDER = 31  # pixels that a border invents at each side for a kernel of 63


@dataclass(frozen=True, eq=False)
class WindowSample:
    """Neighbourhoods and results, for whoever learns the one from the other.

    Attributes
    ----------
    windows : array, windows x (height · width)
        Each neighbourhood row by row, as a share of white.
    values : array, windows
        What the filter made of them, as a share of white.
    white : float
        The value of white in the picture: 255, 65535, or 1.
    rounded : bool
        Whether the values were rounded to whole levels.
    """

    windows: Numbers
    values: Numbers
    white: float
    rounded: bool

    @property
    def spread(self) -> float:
        """Variance of the values, in the picture's units squared."""
        return float(self.values.var()) * self.white**2


def sample_windows(
    before: Pixels, after: Pixels, height: int, width: int, rng: np.random.Generator
) -> WindowSample:
    """Windows of `height` x `width` and their results: all of a small picture, some of a large one.

    A window's result is at row `height // 2`, column `width // 2` in it, as a convolution of the
    studio counts; a result without border is taken to have lost its rows likewise. Windows at the
    edge, whose result an invented border may have touched, are left out.

    Parameters
    ----------
    before : array, height x width x channels
    after : array, height x width x channels
        The same size, or up to 62 rows and columns less. Every channel counts alike.

    Raises
    ------
    PictureError
        When the two don't belong together, or nothing can be learned from them.
    SettingError
        When the window doesn't fit into the picture.
    """
    _check_pair(before, after)
    rows = _fitting_rows(before.shape[0], after.shape[0], height, "height")
    columns = _fitting_rows(before.shape[1], after.shape[1], width, "width")
    channels = before.shape[2]
    available = len(rows) * len(columns) * channels
    most = min(_MOST_WINDOWS, _MOST_NUMBERS // (height * width))
    chosen = (
        np.arange(available)
        if available <= most
        else rng.choice(available, most, replace=False, shuffle=False)
    )
    y, x, channel = np.unravel_index(chosen, (len(rows), len(columns), channels))
    y, x = y + rows.start, x + columns.start
    views = sliding_window_view(before, (height, width), axis=(0, 1))
    windows = views[y - height // 2, x - width // 2, channel].reshape(chosen.size, -1)
    lost = [(whole - left + 1) // 2 for whole, left in zip(before.shape, after.shape, strict=True)]
    values = after[y - lost[0], x - lost[1], channel]
    _check_values(windows, values)
    white = full_scale(before)
    return WindowSample(
        windows.astype(np.float64) / white,
        values.astype(np.float64) / white,
        white,
        after.dtype.kind == "u",
    )


def _check_pair(before: Pixels, after: Pixels) -> None:
    if before.shape[2] != after.shape[2]:
        raise PictureError(
            f"the picture has {_channels(before)} and its result {_channels(after)}",
            "A kernel is learned from each channel's own result: begin behind the step that "
            "changes the colours",
        )
    lost = [whole - left for whole, left in zip(before.shape[:2], after.shape[:2], strict=True)]
    if min(lost) < 0 or max(lost) > _MOST_LOST:
        raise PictureError(
            f"the result is {_size(after)}, the picture {_size(before)}: a kernel that moves by "
            f"one pixel leaves out at most {_MOST_LOST} rows and columns, and adds none",
            "Choose a filter that neither shrinks nor enlarges",
        )


def _fitting_rows(whole: int, left: int, side: int, field: str) -> range:
    """Places, along one axis, of pixels whose window and whose result are both real.

    Parameters
    ----------
    whole, left : int
        Length of the picture and of its result.
    side : int
        Length of the window.
    """
    reach = side // 2, side - 1 - side // 2
    if whole == left:
        # The filter's own reach is unknown: where there is room, the widest is assumed.
        margin = min(_WIDEST_BORDER, whole // 8)
        first, last = max(reach[0], margin), whole - 1 - max(reach[1], margin)
    else:
        top = (whole - left + 1) // 2
        first, last = max(reach[0], top), min(whole - 1 - reach[1], top + left - 1)
    if first > last:
        raise SettingError(
            f"a kernel {field} of {side} doesn't fit into {whole} pixels",
            f"Take a smaller kernel, or a picture of more than {whole} pixels in {field}",
            field,
        )
    return range(first, last + 1)


def _check_values(windows: NDArray[Any], values: NDArray[Any]) -> None:
    for what, numbers in (("picture", windows), ("result", values)):
        if not np.isfinite(numbers).all():
            raise PictureError(
                f"the {what} has values that are infinite or not a number",
                "Choose another picture, or switch off the filter that makes them",
            )
    if windows.min() == windows.max():
        raise PictureError(
            "the picture has one value everywhere: every kernel of the same sum does the same to "
            "it, so nothing can be learned",
            "Choose a picture with edges and texture",
        )


def _channels(pixels: Pixels) -> str:
    return "1 channel" if pixels.shape[2] == 1 else f"{pixels.shape[2]} channels"


def _size(pixels: Pixels) -> str:
    return f"{pixels.shape[1]} × {pixels.shape[0]}"
