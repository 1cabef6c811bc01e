"""What activation, normalisation and dropout make of one value, as a formula with its numbers."""

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from studio.errors import NetworkError
from studio.insight.unit_sum import float64, parameter
from studio.nets.row import Row

if TYPE_CHECKING:
    from torch import nn

_FORMULAS = {
    "relu": "max(0, x)",
    "relu6": "min(max(0, x), 6)",
    "sigmoid": "1 / (1 + e^−x)",
    "tanh": "tanh x",
    "gelu": "x × Φ(x), Φ the normal distribution",
    "silu": "x / (1 + e^−x)",
    "hardswish": "x × min(max(0, x + 3), 6) / 6",
    "hardsigmoid": "min(max(0, x + 3), 6) / 6",
    "elu": "x, or e^x − 1 below 0",
    "softplus": "ln(1 + e^x)",
    "mish": "x × tanh(ln(1 + e^x))",
    "identity": "x",
}


class Made(NamedTuple):
    """A formula, and what it gives in float64."""

    formula: str
    result: float


def made_of(
    row: Row, part: "nn.Module | None", index: int, values: NDArray[Any], given: float, own: float
) -> Made:
    """What a row makes of one value.

    Parameters
    ----------
    part : nn.Module, optional
        The row's module; None where a plain function does it.
    index : int
        The value's map.
    values : array, channels x height x width
        All values that the row was given.
    given, own : float
        The value before, and what the network made of it.

    Raises
    ------
    NetworkError
        When the row's formula isn't known.
    """
    match row.kind:
        case "batch_norm":
            return _normalised(part, index, values, given)
        case "dropout" | "stochastic_depth":
            return _dropped(part, given, own)
        case "scale":
            factor = getattr(part, "factor", 1.0)
            return Made(f"x × {_short(factor)}", given * factor)
    if row.kind in _FORMULAS:
        return Made(_FORMULAS[row.kind], _activated(row.kind, part, given))
    if part is not None:
        return Made(str(part), _activated(row.kind, part, given))
    raise NetworkError(f"{row.title}: the arithmetic of {row.kind} is not known")


def _normalised(part: Any, index: int, values: NDArray[Any], given: float) -> Made:
    """(x − mean) / √(variance + ε) × weight + bias (Ioffe and Szegedy, 2015)."""
    if part.training or part.running_mean is None:
        own = float64(values[index])
        mean, variance = float(own.mean()), float(own.var())
    else:
        mean, variance = parameter(part.running_mean, index), parameter(part.running_var, index)
    scale = parameter(part.weight, index, 1.0)
    shift = parameter(part.bias, index)
    result = (given - mean) / math.sqrt(variance + part.eps) * scale + shift
    formula = (
        f"(x {_less(mean)}) / √({_short(variance)} + {part.eps:g}) × {_short(scale)} {_plus(shift)}"
    )
    return Made(formula, result)


def _dropped(part: Any, given: float, own: float) -> Made:
    """Training: zero for a share p of the values, the others divided by 1 − p."""
    share = getattr(part, "p", 0.0)
    if part is None or not part.training or share == 0:
        return Made("x", given)
    if own == 0:
        return Made("x × 0", 0.0)
    return Made(f"x / (1 − {share:g})", given / (1 - share))


def _activated(kind: str, part: Any, given: float) -> float:
    import torch
    from torch.nn import functional

    function = part if part is not None else getattr(functional, kind, None)
    if function is None:
        return given
    with torch.inference_mode():
        return float(function(torch.tensor([given], dtype=torch.float64)))


def _less(value: float) -> str:
    return f"− {_short(value)}" if value >= 0 else f"+ {_short(-value)}"


def _plus(value: float) -> str:
    return f"+ {_short(value)}" if value >= 0 else f"− {_short(-value)}"


def _short(value: float) -> str:
    return f"{value:.4g}".replace("-", "−")


def spread_of(values: NDArray[Any], epsilon: float) -> tuple[float, float]:
    """Mean, and root of variance and `epsilon`, of some values."""
    numbers = float64(values)
    return float(numbers.mean()), float(np.sqrt(numbers.var() + epsilon))
