"""A learned kernel as a filter for pictures, with its exact weights."""

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from studio.errors import SettingError
from studio.filters.linear import MAX_DILATION, Convolution
from studio.filters.sized_kernels import MAX_SIDE
from studio.insight.kernels import Kernels
from studio.nets.layer import Window

Slice = int | Literal["mean"]


def kernel_slice(kernels: Kernels, output: int, input: Slice) -> NDArray[np.float64]:
    """The weights that one map gives to one of its inputs, or their mean over all inputs.

    On a grey picture, whose three channels are alike, three times the mean does what the kernels
    of a first layer do together.

    Returns
    -------
    array, height x width
    """
    kernel = kernels.kernel(output).astype(np.float64)
    return np.asarray(kernel.mean(axis=0) if input == "mean" else kernel[input])


def as_filter(weights: NDArray[Any], window: Window | None = None) -> Convolution:
    """A filter step with these weights.

    The weights are exact. The scale divides by the sum of their sizes, so that no result leaves
    the picture's range, on one side or the other; the offset is 0. A kernel of even size has no
    middle: the value that it lies on is the one that the layer's padding says, and without padding
    the one below and to the right of the middle. The layer's stride is left out, so that the result
    is as large as the picture.

    Parameters
    ----------
    weights : array, height x width
    window : Window, optional
        Of the layer, whose dilation and padding are kept.

    Raises
    ------
    SettingError
        When the kernel is larger than a filter's may be.
    """
    window = window or Window()
    height, width = weights.shape
    if max(height, width) > MAX_SIDE:
        raise SettingError(
            f"the kernel is {height} × {width}, and a filter's is at most {MAX_SIDE} × {MAX_SIDE}",
            "Take a kernel of a convolution",
        )
    if len(set(window.dilation)) > 1 or window.dilation[0] > MAX_DILATION:
        raise SettingError(
            f"the kernel is dilated by {' × '.join(map(str, window.dilation))}, and a filter's by "
            f"one number of at most {MAX_DILATION} in both directions"
        )
    size = float(np.abs(weights.astype(np.float64)).sum())
    row, column = (
        _anchor(length, around, apart)
        for length, around, apart in zip(
            weights.shape, window.padding, window.dilation, strict=True
        )
    )
    return Convolution.build(
        {
            "kernel": tuple(tuple(float(weight) for weight in line) for line in weights),
            "scale": 1 / size if size else 1.0,
            "dilation": window.dilation[0],
            "anchor_row": row,
            "anchor_column": column,
            "result": "float",
            **({"border": "zero"} if any(window.padding) else {}),
        }
    )


def _anchor(length: int, padding: int, dilation: int) -> int:
    """Which weight lies on the value; −1 for the middle one."""
    place, left = divmod(padding, dilation)
    return place if length % 2 == 0 and padding and not left and place < length else -1
