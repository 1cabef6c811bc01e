"""Kernels: read from text or a preset's name, and written back as text."""

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, Any

from pydantic import BeforeValidator

Weights = tuple[tuple[float, ...], ...]

MAX_SIDE = 63
MAX_WEIGHT = 1e6


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


def _outer(column: tuple[float, ...], row: tuple[float, ...], divisor: float) -> Weights:
    return tuple(tuple(a * b / divisor for b in row) for a in column)


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
    "sobel-x": Preset(
        "Sobel x",
        "How brightness rises from left to right, smoothed along the columns with 1, 2, 1.",
        _outer((1, 2, 1), (-1, 0, 1), 1),
    ),
    "sobel-y": Preset(
        "Sobel y",
        "How brightness rises from top to bottom, smoothed along the rows with 1, 2, 1.",
        _outer((-1, 0, 1), (1, 2, 1), 1),
    ),
    "prewitt-x": Preset(
        "Prewitt x",
        "How brightness rises from left to right, with the mean of three rows.",
        _outer((1, 1, 1), (-1, 0, 1), 1),
    ),
    "prewitt-y": Preset(
        "Prewitt y",
        "How brightness rises from top to bottom, with the mean of three columns.",
        _outer((-1, 0, 1), (1, 1, 1), 1),
    ),
}


def parse_kernel(value: Any) -> Weights:
    """A kernel from rows of numbers, from text, or from the name of a preset.

    Text has a row to a line, or rows parted by semicolons or closing brackets; numbers are parted
    by blanks or commas, and may be fractions such as 1/9.

    Raises
    ------
    ValueError
        With a sentence about what is wrong.
    """
    is_text = isinstance(value, str)
    if is_text:
        preset = PRESETS.get("-".join(re.split(r"[\s_-]+", value.strip().lower())))
        value = preset.kernel if preset else _rows(value)
    try:
        rows = [list(row) for row in value]
    except TypeError:
        raise ValueError("a kernel is a list of rows of numbers") from None
    kernel = tuple(tuple(_number(weight, is_text) for weight in row) for row in rows)
    height, width = len(kernel), max(map(len, kernel), default=0)
    if not width:
        raise ValueError("the kernel is empty")
    for index, row in enumerate(kernel, 1):
        if len(row) != width:
            numbers = "1 number" if len(row) == 1 else f"{len(row)} numbers"
            raise ValueError(f"row {index} has {numbers}, where another has {width}")
    if max(height, width) > MAX_SIDE:
        raise ValueError(
            f"the kernel is {height} × {width}, and at most {MAX_SIDE} × {MAX_SIDE} is allowed"
        )
    return kernel


def _rows(text: str) -> list[list[str]]:
    text = re.sub(r"[\[(]", " ", text.replace("−", "-"))
    lines = re.split(r"[;\n\r]|[\])]\s*,?", text)
    return [line.replace(",", " ").split() for line in lines if line.strip(" ,\t")]


def _number(weight: Any, or_name: bool) -> float:
    try:
        number = float(Fraction(weight) if isinstance(weight, str) else weight)
    except (ValueError, TypeError, ZeroDivisionError, OverflowError):
        if not or_name:
            raise ValueError(f"'{weight}' is not a number") from None
        known = ", ".join(PRESETS)
        raise ValueError(
            f"'{weight}' is neither a number nor the name of a kernel ({known})"
        ) from None
    if not abs(number) <= MAX_WEIGHT:  # also refuses NaN
        raise ValueError(f"{weight} is not allowed: weights go from −1,000,000 to 1,000,000")
    return number


Kernel = Annotated[Weights, BeforeValidator(parse_kernel)]


def kernel_text(kernel: Weights) -> str:
    """The kernel as text that `parse_kernel` reads back exactly."""
    return "; ".join(" ".join(_shortest(weight) for weight in row) for row in kernel)


def _shortest(weight: float) -> str:
    return str(int(weight)) if weight == int(weight) else repr(float(weight))


def preset_of(kernel: Weights) -> Preset | None:
    """The preset with just these weights, if there is one."""
    return next((preset for preset in PRESETS.values() if preset.kernel == kernel), None)
