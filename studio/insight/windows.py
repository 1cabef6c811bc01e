"""The values that one output of a sliding layer looks at, those its border invents included."""

from collections.abc import Callable
from math import ceil
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from studio.insight.unit_sum import Inputs, Place, float64

if TYPE_CHECKING:
    from torch import nn

Indices = NDArray[np.int64]

# Which value of a map stands outside it, for torch's padding modes; NumPy's names for them.
_PADDED = {"reflect": "reflect", "replicate": "edge", "circular": "wrap"}


def convolution_inputs(part: "nn.Conv2d", row: str, values: NDArray[Any], unit: Place) -> Inputs:
    """What one output of a convolution sees, and its kernel.

    Parameters
    ----------
    row : str
        The name of the row that gave `values`.
    values : array, channels x height x width
    """
    index, y, x = unit
    kernel = float64(part.weight[index])
    count, height, width = kernel.shape
    first = index // (part.out_channels // part.groups) * count
    above, beside = _padding(part)
    rows = y * part.stride[0] - above + np.arange(height) * part.dilation[0]
    columns = x * part.stride[1] - beside + np.arange(width) * part.dilation[1]
    maps = np.arange(first, first + count)
    mode = _PADDED.get(part.padding_mode, "")
    seen, invented = _cut_out(values, maps, rows, columns, mode)
    return Inputs(row, maps, rows, columns, seen, kernel, invented)


def pooling_inputs(
    part: "nn.MaxPool2d | nn.AvgPool2d", row: str, values: NDArray[Any], unit: Place
) -> Inputs:
    """What one output of a pooling sees; a window may end beyond the padding."""
    index, y, x = unit
    kernel, padding = _pair(part.kernel_size), _pair(part.padding)
    stride = _pair(part.stride if part.stride is not None else part.kernel_size)
    dilation = _pair(getattr(part, "dilation", 1))
    rows, columns = (
        place * step - around + np.arange(length) * apart
        for place, step, around, length, apart in zip(
            (y, x), stride, padding, kernel, dilation, strict=True
        )
    )
    maps = np.array([index])
    seen, invented = _cut_out(values, maps, rows, columns, "")
    return Inputs(row, maps, rows, columns, seen, None, invented)


def averaged_count(part: "nn.AvgPool2d", inputs: Inputs, values: NDArray[Any]) -> int:
    """What the sum of a window is divided by."""
    if part.divisor_override:
        return int(part.divisor_override)
    if not part.count_include_pad:
        return int(np.count_nonzero(~inputs.invented))
    # Rows beyond the padding, where rounding up made room for one more window, don't count.
    padding = _pair(part.padding)
    down = np.count_nonzero(inputs.rows < values.shape[1] + padding[0])
    across = np.count_nonzero(inputs.columns < values.shape[2] + padding[1])
    return int(down * across)


def adaptive_inputs(row: str, values: NDArray[Any], unit: Place, size: tuple[int, int]) -> Inputs:
    """What one output sees where a map is brought to `size`: windows that share it out evenly."""
    index, y, x = unit
    rows, columns = (
        np.arange(place * length // count, ceil((place + 1) * length / count))
        for place, length, count in zip((y, x), values.shape[1:], size, strict=True)
    )
    maps = np.array([index])
    seen, invented = _cut_out(values, maps, rows, columns, "")
    return Inputs(row, maps, rows, columns, seen, None, invented)


def whole_inputs(row: str, values: NDArray[Any], weights: NDArray[Any] | None) -> Inputs:
    """All values of some maps."""
    maps, rows, columns = (np.arange(length) for length in values.shape)
    seen = float64(values)
    shaped = None if weights is None else float64(weights).reshape(seen.shape)
    return Inputs(row, maps, rows, columns, seen, shaped, np.zeros(seen.shape[1:], np.bool_))


def _cut_out(
    values: NDArray[Any], maps: Indices, rows: Indices, columns: Indices, mode: str
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """The values at rows and columns of some maps, and which of them are not there.

    Without a `mode` of padding, those are zero.
    """
    height, width = values.shape[1:]
    outside = ((rows < 0) | (rows >= height))[:, None] | (columns < 0) | (columns >= width)
    inside_rows, inside_columns = _inside(rows, height, mode), _inside(columns, width, mode)
    found = float64(values[np.ix_(maps, inside_rows, inside_columns)])
    if not mode:
        found[:, outside] = 0.0
    return found, np.asarray(outside)


def _inside(places: Indices, length: int, mode: str) -> Indices:
    """The place in the map whose value stands at each place."""
    if not mode:
        return np.clip(places, 0, length - 1)
    before = max(0, -int(places.min()))
    after = max(0, int(places.max()) - length + 1)
    pad: Callable[..., Any] = np.pad
    padded = pad(np.arange(length), (before, after), mode=mode)
    return np.asarray(padded[places + before])


def _padding(part: "nn.Conv2d") -> tuple[int, int]:
    """Rows above and columns to the left."""
    if part.padding == "valid":
        return 0, 0
    if isinstance(part.padding, str):  # the output is as large as the input
        above, beside = (
            apart * (length - 1) // 2
            for apart, length in zip(part.dilation, part.kernel_size, strict=True)
        )
        return above, beside
    return int(part.padding[0]), int(part.padding[1])


def _pair(value: Any) -> tuple[int, int]:
    return (int(value[0]), int(value[1])) if isinstance(value, tuple | list) else (value, value)
