"""What a node of a torch.fx graph does: its kind, its words, and the window that it slides."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import fx, nn

from studio.nets.layer import Window

# Kinds that are also layer kinds of the studio have the same name there.
MODULE_KINDS: Mapping[str, str] = {
    "Conv2d": "conv",
    "Linear": "dense",
    "MaxPool2d": "max_pool",
    "AvgPool2d": "average_pool",
    "AdaptiveAvgPool2d": "adaptive_pool",
    "AdaptiveMaxPool2d": "adaptive_pool",
    "BatchNorm1d": "batch_norm",
    "BatchNorm2d": "batch_norm",
    "LayerNorm2d": "layer_norm",
    "MultiheadAttention": "attention",
    "ReLU": "relu",
    "ReLU6": "relu6",
    "GELU": "gelu",
    "SiLU": "silu",
    "Dropout2d": "dropout",
    "Softmax": "softmax",
    "LogSoftmax": "log_softmax",
    "LeakyReLU": "leaky_relu",
    "PReLU": "prelu",
}
FUNCTION_KINDS: Mapping[str, str] = {
    "linear": "dense",
    "conv2d": "conv",
    "max_pool2d": "max_pool",
    "avg_pool2d": "average_pool",
    "adaptive_avg_pool2d": "adaptive_pool",
    "adaptive_max_pool2d": "adaptive_pool",
    "mul": "multiply",
    "sub": "subtract",
    "truediv": "divide",
    "div": "divide",
    "cat": "concat",
    "concat": "concat",
    "transpose": "permute",
    "swapaxes": "permute",
    "view": "reshape",
    "unsqueeze": "reshape",
    "squeeze": "reshape",
    "unflatten": "reshape",
    "getitem": "slice",
    "chunk": "slice",
    "split": "slice",
    "einsum": "product",
    "matmul": "product",
    "bmm": "product",
    "shifted_window_attention": "attention",
    "scaled_dot_product_attention": "attention",
    "patch_merging_pad": "patch_merging",
}
# What stands in a narrow table, where it isn't the kind itself.
SHORT_TITLES: Mapping[str, str] = {
    "conv": "Conv",
    "dense": "Dense",
    "relu": "ReLU",
    "relu6": "ReLU6",
    "gelu": "GELU",
    "silu": "SiLU",
    "hardswish": "H-swish",
    "hardsigmoid": "H-sigmoid",
    "max_pool": "Pool",
    "average_pool": "Pool",
    "adaptive_pool": "Pool",
    "global_pool": "Pool",
    "batch_norm": "Norm",
    "layer_norm": "Norm",
    "stochastic_depth": "Path",
}
# The value at one place of the result comes from those at the same place alone.
POINTWISE = {
    *("relu", "relu6", "gelu", "silu", "sigmoid", "tanh", "hardswish", "hardsigmoid"),
    *("hardtanh", "selu", "celu", "prelu", "softsign", "sign", "log", "rsqrt", "square"),
    *("batch_norm", "dropout", "stochastic_depth", "elu", "leaky_relu", "mish", "softplus"),
    *("add", "multiply", "subtract", "divide", "clamp", "exp", "sqrt", "pow", "neg", "abs"),
}
SHAPE = "shape"  # under which a node's result notes its own in the node's meta
ALIASES = {"identity", "contiguous", "clone", "detach"}


@dataclass(frozen=True, eq=False)
class Step:
    """A node of a graph, understood.

    Attributes
    ----------
    module : nn.Module or None
        What is called, where that is a module.
    window : Window or None
        What is slid over the maps, where that is so.
    """

    node: fx.Node
    kind: str
    module: nn.Module | None = None
    window: Window | None = None

    def setting(self, name: str, place: int, default: Any = None) -> Any:
        """A setting of the module, or an argument of the function, `place` counted from 0."""
        if self.module is not None:
            return getattr(self.module, name, default)
        given: tuple[Any, ...] = self.node.args
        return given[place] if len(given) > place else self.node.kwargs.get(name, default)


def read_step(node: fx.Node, module: nn.Module | None) -> Step:
    """What a node does; `module` is what it calls, if it calls one."""
    if module is not None:
        class_name = type(module).__name__
        kind = MODULE_KINDS.get(class_name) or _snake(class_name)
    elif node.op == "get_attr":
        kind = "parameter"
    else:
        function = getattr(node.target, "__name__", str(node.target)).strip("_")
        kind = FUNCTION_KINDS.get(function, function)
    step = Step(node, kind, module)
    return Step(node, kind, module, _WINDOWS[kind](step)) if kind in _WINDOWS else step


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def pair(value: Any) -> tuple[int, int]:
    """Along height and width, from one number or two."""
    if isinstance(value, int):
        return value, value
    return (int(value[0]), int(value[-1]))


def _convolution(step: Step) -> Window:
    kernel = step.setting("kernel_size", -1) if step.module is not None else None
    if kernel is None:  # a function: its weights say how large the kernel is
        weight = step.setting("weight", 1)
        kernel = weight.meta[SHAPE][2:] if isinstance(weight, fx.Node) else (1, 1)
    padding = step.setting("padding", 4, 0)
    dilation = pair(step.setting("dilation", 5, 1))
    if isinstance(padding, str):
        reach = [dilation[axis] * (pair(kernel)[axis] - 1) for axis in (0, 1)]
        padding = 0 if padding == "valid" else (reach[0] // 2, reach[1] // 2)
    return Window(pair(kernel), pair(step.setting("stride", 3, 1)), pair(padding), dilation)


def _pooling(step: Step) -> Window:
    kernel = pair(step.setting("kernel_size", 1))
    dilation = step.setting("dilation", 4, 1) if step.kind == "max_pool" else 1
    stride = step.setting("stride", 2)
    return Window(
        kernel,
        pair(stride) if stride else kernel,
        pair(step.setting("padding", 3, 0)),
        pair(dilation),
    )


_WINDOWS: Mapping[str, Callable[[Step], Window]] = {
    "conv": _convolution,
    "max_pool": _pooling,
    "average_pool": _pooling,
}


def step_words(step: Step, result: torch.Tensor) -> str:
    """The settings in a few words, such as ``3 × 3, stride 2, groups 32``."""
    match step.kind:
        case "conv" | "max_pool" | "average_pool":
            return _window_words(step)
        case "global_pool":
            is_largest = "Max" in type(step.module).__name__ or "max" in str(step.node.target)
            return "global max" if is_largest else "global average"
        case "adaptive_pool":
            height, width = result.shape[-2:]
            return f"average to {height} × {width}"
        case "batch_norm":
            return "batch"
        case "layer_norm":
            return "layer"
        case "dropout" | "stochastic_depth":
            return f"{step.setting('p', 1, 0.0):.3g}"
        case "attention":
            heads = step.setting("num_heads", 3)
            return f"{heads} heads" if isinstance(heads, int) else ""
    return ""


def _window_words(step: Step) -> str:
    window = step.window or Window()
    is_pool = step.kind != "conv"
    sides = " × ".join(map(str, window.kernel))
    name = {"max_pool": "max ", "average_pool": "average "}.get(step.kind, "")
    if is_pool and window.kernel[0] == window.kernel[1]:
        sides = str(window.kernel[0])
    words = [name + sides]
    usual = {"stride": window.kernel if is_pool else (1, 1), "padding": (0, 0), "dilation": (1, 1)}
    for what, expected in usual.items():
        found = getattr(window, what)
        if found != expected:
            same = found[0] == found[1]
            words.append(f"{what} {found[0]}" if same else f"{what} {found[0]} × {found[1]}")
    groups = step.setting("groups", 6, 1)
    if step.kind == "conv" and groups != 1:
        words.append(f"groups {groups}")
    return ", ".join(words)
