"""Kernels known by name: fixed ones here, and those made to measure in `sized_kernels`."""

from dataclasses import dataclass

Weights = tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Preset:
    """A kernel known by name.

    Attributes
    ----------
    title : str
        What a person reads.
    help : str
        What it does to a picture, one sentence.
    kernel : tuple of rows
    """

    title: str
    help: str
    kernel: Weights


def _outer(column: tuple[float, ...], row: tuple[float, ...], divisor: float = 1) -> Weights:
    return tuple(tuple(a * b / divisor for b in row) for a in column)


_RISE = (-1.0, 0.0, 1.0)
_ACROSS = "How brightness rises from left to right"
_DOWN = "How brightness rises from top to bottom"

PRESETS: dict[str, Preset] = {
    "identity": Preset(
        "Identity",
        "Leaves the picture as it is: the centre alone counts.",
        ((0, 0, 0), (0, 1, 0), (0, 0, 0)),
    ),
    "box-3": Preset(
        "Box, 3 × 3",
        "The mean of nine pixels: blurs, and lessens noise at the cost of sharp edges.",
        _outer((1, 1, 1), (1, 1, 1), 9),
    ),
    "gaussian-3": Preset(
        "Gaussian, 3 × 3",
        "A mean that counts near pixels more: blurs more softly than a box.",
        _outer((1, 2, 1), (1, 2, 1), 16),
    ),
    "gaussian-5": Preset(
        "Gaussian, 5 × 5",
        "A wider soft blur, with the binomial weights 1, 4, 6, 4, 1 in both directions.",
        _outer((1, 4, 6, 4, 1), (1, 4, 6, 4, 1), 256),
    ),
    "sharpen": Preset(
        "Sharpen",
        "The picture plus its Laplacian turned over: what differs from its neighbours stands out.",
        ((0, -1, 0), (-1, 5, -1), (0, -1, 0)),
    ),
    "emboss": Preset(
        "Emboss",
        "The picture plus its slope along the diagonal: looks lit from the lower right.",
        ((-2, -1, 0), (-1, 1, 1), (0, 1, 2)),
    ),
    "laplacian": Preset(
        "Laplacian",
        "The sum of both second derivatives: zero where brightness changes evenly, large at spots.",
        ((0, 1, 0), (1, -4, 1), (0, 1, 0)),
    ),
    "difference-x": Preset(
        "Difference x", f"{_ACROSS}: the right neighbour less the left one.", (_RISE,)
    ),
    "difference-y": Preset(
        "Difference y",
        f"{_DOWN}: the lower neighbour less the upper one.",
        _outer(_RISE, (1,)),
    ),
    "sobel-x": Preset(
        "Sobel x", f"{_ACROSS}, smoothed along the columns with 1, 2, 1.", _outer((1, 2, 1), _RISE)
    ),
    "sobel-y": Preset(
        "Sobel y", f"{_DOWN}, smoothed along the rows with 1, 2, 1.", _outer(_RISE, (1, 2, 1))
    ),
    "prewitt-x": Preset(
        "Prewitt x", f"{_ACROSS}, with the mean of three rows.", _outer((1, 1, 1), _RISE)
    ),
    "prewitt-y": Preset(
        "Prewitt y", f"{_DOWN}, with the mean of three columns.", _outer(_RISE, (1, 1, 1))
    ),
    "scharr-x": Preset(
        "Scharr x",
        f"{_ACROSS}, smoothed along the columns with 3, 10, 3, which keeps directions true.",
        _outer((3, 10, 3), _RISE),
    ),
    "scharr-y": Preset(
        "Scharr y",
        f"{_DOWN}, smoothed along the rows with 3, 10, 3, which keeps directions true.",
        _outer(_RISE, (3, 10, 3)),
    ),
}


def preset_of(kernel: Weights) -> Preset | None:
    """The preset with just these weights, if there is one."""
    return next((preset for preset in PRESETS.values() if preset.kernel == kernel), None)
