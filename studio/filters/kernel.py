"""Kernels: read from text or a preset's name, and written back as text."""

import re
from fractions import Fraction
from typing import Annotated, Any

from pydantic import PlainSerializer, PlainValidator

from studio.declare import options
from studio.errors import SettingError
from studio.filters.presets import PRESETS, Weights, preset_of
from studio.filters.sized_kernels import MAX_SIDE, SIZED, MadeKernel, SizedKernel

MAX_WEIGHT = 1e6


def parse_kernel(value: Any) -> Weights:
    """A kernel from rows of numbers, from text, or from the name of a preset.

    Text has a row to a line, or rows parted by semicolons or closing brackets; numbers are parted
    by blanks or commas, and may be fractions such as 1/9. Presets that are made to measure take
    their parameters after the name, as in ``gaussian size=7 sigma=1.5``.

    Raises
    ------
    ValueError
        With a sentence about what is wrong.
    """
    if isinstance(value, MadeKernel):
        return value
    is_text = isinstance(value, str)
    if is_text:
        named = _named(value)
        if named is not None:
            return named
        value = _rows(value)
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


def _named(text: str) -> Weights | None:
    """The kernel of a preset's name, with parameters if it has any; None for other text."""
    words = re.sub(r"\s*=\s*", "=", text).split()
    if "=" in text:
        words = [word.rstrip(",;") for word in words]
    settings = [word for word in words if "=" in word]
    name = re.sub(r"[\s_-]+", "-", " ".join(word for word in words if "=" not in word).lower())
    if name in PRESETS and not settings:
        return PRESETS[name].kernel
    if name not in SIZED:
        if settings and re.search("[a-z]", name):
            takers = ", ".join(SIZED)
            raise ValueError(f"there is no '{name}' with parameters: those are {takers}")
        return None
    values: dict[str, Any] = {}
    for setting in settings:
        key, _, value = setting.partition("=")
        if key in values:
            raise ValueError(f"{name}: {key} is given twice")
        values[key] = value.replace("−", "-")
    try:
        return SIZED[name].build(values).kernel
    except SettingError as error:
        raise ValueError(f"{name}: {error}") from None


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
        known = ", ".join([*PRESETS, *SIZED])
        raise ValueError(
            f"'{weight}' is neither a number nor the name of a kernel ({known})"
        ) from None
    if not abs(number) <= MAX_WEIGHT:  # also refuses NaN
        raise ValueError(f"{weight} is not allowed: weights go from −1,000,000 to 1,000,000")
    return number


def made_by(kernel: Weights) -> SizedKernel | None:
    """The preset made to measure that the kernel comes from, if it does."""
    return kernel.made_by if isinstance(kernel, MadeKernel) else None


def title_of(kernel: Weights) -> str:
    """What to call a kernel, without its size where that isn't part of the name."""
    made, preset = made_by(kernel), preset_of(kernel)
    return made.title if made else preset.title if preset else "Own kernel"


def kernel_help() -> str:
    """What may be typed for a kernel, in words."""
    sized = (f"{name} ({', '.join(item.name for item in options(SIZED[name]))})" for name in SIZED)
    return (
        f"rows of numbers, such as '0 1; 1 0', or one of {', '.join(PRESETS)}; or, with "
        f"parameters as in 'gaussian size=7 sigma=1.5', one of {', '.join(sized)}"
    )


def _written(kernel: Weights) -> Any:
    """For a file: the words that make it, or its rows."""
    made = made_by(kernel)
    return made.text if made else kernel


Kernel = Annotated[Weights, PlainValidator(parse_kernel), PlainSerializer(_written)]


def kernel_text(kernel: Weights) -> str:
    """The kernel as text that `parse_kernel` reads back exactly."""
    return "; ".join(" ".join(_shortest(weight) for weight in row) for row in kernel)


def _shortest(weight: float) -> str:
    return str(int(weight)) if weight == int(weight) else repr(float(weight))
