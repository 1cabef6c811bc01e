"""Operations of a program that are layers of torch.nn again, with their settings."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from torch import nn

from studio.nets.layer import Part

if TYPE_CHECKING:
    from studio.nets.foreign.program import ProgramStep

Bound = Mapping[str, Any]


class Lifted(NamedTuple):
    """A layer, the path where it belongs, and what it is given."""

    path: str
    module: nn.Module
    given: Any


# Layers without weights: how they are made from the arguments of their operation.
_PLAIN: Mapping[str, Callable[[Bound], nn.Module]] = {
    "ReLU": lambda bound: nn.ReLU(),
    "ReLU6": lambda bound: nn.ReLU6(),
    "Sigmoid": lambda bound: nn.Sigmoid(),
    "Tanh": lambda bound: nn.Tanh(),
    "SiLU": lambda bound: nn.SiLU(),
    "Hardswish": lambda bound: nn.Hardswish(),
    "Hardsigmoid": lambda bound: nn.Hardsigmoid(),
    "GELU": lambda bound: nn.GELU(bound["approximate"]),
    "Dropout": lambda bound: nn.Dropout(bound["p"]),
    "Softmax": lambda bound: nn.Softmax(bound["dim"]),
    "Flatten": lambda bound: nn.Flatten(bound["start_dim"], bound["end_dim"]),
    "MaxPool2d": lambda bound: nn.MaxPool2d(
        *_pooled(bound), bound["dilation"], ceil_mode=bound["ceil_mode"]
    ),
    "AvgPool2d": lambda bound: nn.AvgPool2d(
        *_pooled(bound), bound["ceil_mode"], bound["count_include_pad"], bound["divisor_override"]
    ),
    "AdaptiveAvgPool2d": lambda bound: nn.AdaptiveAvgPool2d(tuple(bound["output_size"])),
}
_PLAIN_OPS: Mapping[str, str] = {
    "relu": "ReLU",
    "hardtanh": "ReLU6",
    "relu6": "ReLU6",
    "sigmoid": "Sigmoid",
    "tanh": "Tanh",
    "silu": "SiLU",
    "hardswish": "Hardswish",
    "hardsigmoid": "Hardsigmoid",
    "gelu": "GELU",
    "dropout": "Dropout",
    "softmax": "Softmax",
    "flatten": "Flatten",
    "max_pool2d": "MaxPool2d",
    "avg_pool2d": "AvgPool2d",
    "adaptive_avg_pool2d": "AdaptiveAvgPool2d",
}


def lifted(
    op: str,
    bound: Bound,
    parts: Mapping[str, Part],
    step: "ProgramStep",
    modules: Mapping[str, str],
) -> Lifted | None:
    """The layer that a step is; None for those that stay functions.

    Parameters
    ----------
    bound : mapping
        The step's arguments by name.
    modules : mapping
        The kinds of the program's modules, by path.
    """
    name = op.split(".")[1]
    if name in ("conv2d", "convolution", "_convolution") and not bound.get("transposed"):
        path = _owner(bound, "weight", "bias")
        return _convolution(path, bound, parts) if path else None
    if name == "linear":
        path = _owner(bound, "weight", "bias")
        if not path:
            return None
        units, values = parts[f"{path}.weight"].shape
        return Lifted(path, nn.Linear(values, units, bound["bias"] is not None), bound["input"])
    if name == "batch_norm":
        path = _owner(bound, "weight", "bias", "running_mean", "running_var")
        if not path or bound["weight"] is None or bound["running_mean"] is None:
            return None
        kind = nn.BatchNorm2d if step.rank == 4 else nn.BatchNorm1d
        channels = parts[f"{path}.weight"].shape[0]
        norm = kind(channels, bound["eps"], bound["momentum"])
        return Lifted(path, norm, bound["input"])
    class_name = _PLAIN_OPS.get(name, "")
    kind_name = modules.get(step.path, "")
    if class_name and kind_name == f"torch.nn.modules.{_HOMES[class_name]}.{class_name}":
        given = bound["self"] if "self" in bound else bound["input"]
        return Lifted(step.path, _PLAIN[class_name](bound), given)
    return None


_HOMES: Mapping[str, str] = dict.fromkeys(_PLAIN, "activation") | {
    "Dropout": "dropout",
    "Flatten": "flatten",
    "MaxPool2d": "pooling",
    "AvgPool2d": "pooling",
    "AdaptiveAvgPool2d": "pooling",
}


def _convolution(path: str, bound: Bound, parts: Mapping[str, Part]) -> Lifted | None:
    shape = parts[f"{path}.weight"].shape
    if len(shape) != 4:
        return None
    groups, padding = bound["groups"], bound["padding"]
    module = nn.Conv2d(
        shape[1] * groups,
        shape[0],
        (shape[2], shape[3]),
        _pair(bound["stride"]),
        padding if isinstance(padding, str) else _pair(padding),
        _pair(bound["dilation"]),
        groups,
        bound["bias"] is not None,
    )
    return Lifted(path, module, bound["input"])


def _owner(bound: Bound, *names: str) -> str:
    """The path of the module whose arrays, and no others, a step uses under those names."""
    given = {name: bound.get(name) for name in names}
    first = given["weight"]
    path = first["part"].rpartition(".")[0] if isinstance(first, dict) and "part" in first else ""
    if not path:
        return ""
    fits = all(one is None or one == {"part": f"{path}.{name}"} for name, one in given.items())
    return path if fits else ""


def _pair(value: Any) -> tuple[int, int]:
    numbers = [value] if isinstance(value, int) else list(value)
    return numbers[0], numbers[-1]


def _pooled(bound: Bound) -> tuple[Any, Any, Any]:
    kernel = tuple(bound["kernel_size"])
    return kernel, tuple(bound["stride"] or kernel), tuple(bound["padding"])
