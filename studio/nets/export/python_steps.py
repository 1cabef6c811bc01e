"""A graph of torch.fx as the lines of a ``forward`` that a person would write."""

import builtins
import keyword
import operator
from collections.abc import Callable, Mapping
from types import BuiltinFunctionType, MethodDescriptorType
from typing import Any

import torch
from torch import fx

from studio.errors import NetworkError

_INFIX: Mapping[Any, str] = {
    operator.add: "+",
    operator.sub: "-",
    operator.mul: "*",
    operator.truediv: "/",
    operator.floordiv: "//",
    operator.mod: "%",
    operator.pow: "**",
    operator.matmul: "@",
}
_RESERVED = ("self", "torch", "nn", "F", "math")
_MODULES = {"torch": "torch", "torch._C._nn": "F", "torch.nn.functional": "F", "math": "math"}


def lines_of(graph: fx.Graph, part_text: Callable[[str], str]) -> list[str]:
    """The statements of ``forward(self, x)``.

    Parameters
    ----------
    graph : fx.Graph
        With one input and one output.
    part_text : callable
        The expression for the part of the module at a path, such as ``self.conv1``.

    Raises
    ------
    NetworkError
        When a step can't be written as plain Python.
    """
    return _Writer(part_text).write(graph)


class _Writer:
    def __init__(self, part_text: Callable[[str], str]) -> None:
        self._part_text = part_text
        self._names: dict[fx.Node, str] = {}
        self._taken: set[str] = set()

    def write(self, graph: fx.Graph) -> list[str]:
        lines = []
        last_use = {source: node for node in graph.nodes for source in node.all_input_nodes}
        for node in graph.nodes:
            if node.op == "placeholder":
                self._names[node] = "x"
                self._taken.add("x")
            elif node.op == "output":
                lines.append(f"return {self._text(node.args[0])}")
            elif node.op == "get_attr":
                self._names[node] = self._part_text(str(node.target))
            elif node in last_use:
                text = self._expression(node)
                ending = [self._names[one] for one in node.all_input_nodes if last_use[one] is node]
                self._names[node] = self._name(node, ending)
                lines.append(f"{self._names[node]} = {text}")
        if len(lines) > 1 and lines[-1] == f"return {(made := lines[-2].partition(' = '))[0]}":
            lines[-2:] = [f"return {made[2]}"]
        return lines

    def _name(self, node: fx.Node, ending: list[str]) -> str:
        """A variable that isn't needed any more, or a new one."""
        free = [name for name in ending if name in self._taken]
        self._taken.difference_update(free)
        hint = node.name if node.op == "call_function" else str(node.target)
        name = free[0] if free else self._new_name(hint)
        self._taken.add(name)
        return name

    def _new_name(self, target: str) -> str:
        plain = "".join(c if c.isalnum() else "_" for c in target.rpartition(".")[2])
        if not plain[:1].isalpha() or keyword.iskeyword(plain) or plain in _RESERVED:
            plain = "y"
        name, number = plain, 2
        while name in self._taken:
            name, number = f"{plain}{number}", number + 1
        return name

    def _expression(self, node: fx.Node) -> str:
        target = node.target
        if node.op == "call_module":
            return f"{self._part_text(str(target))}({self._arguments(node.args, node.kwargs)})"
        if node.op == "get_attr":
            return self._part_text(str(target))
        if node.op == "call_method":
            owner, *rest = node.args
            return f"{self._text(owner)}.{target}({self._arguments(rest, node.kwargs)})"
        if target in _INFIX and len(node.args) == 2:
            first, second = (self._text(one) for one in node.args)
            return f"{first} {_INFIX[target]} {second}"
        if target is operator.getitem:
            return f"{self._text(node.args[0])}[{self._index(node.args[1])}]"
        if target is builtins.getattr:
            return f"{self._text(node.args[0])}.{node.args[1]}"
        if isinstance(target, torch._ops.OpOverloadPacket) and _is_method(target.__name__):
            owner, *rest = node.args
            name = target.__name__
            return f"{self._text(owner)}.{name}({self._arguments(rest, node.kwargs)})"
        return f"{self._function(target)}({self._arguments(node.args, node.kwargs)})"

    def _function(self, function: Any) -> str:
        if isinstance(function, torch._ops.OpOverloadPacket):
            name = function.__name__
            is_torchs = isinstance(getattr(torch, name, None), BuiltinFunctionType)
            return f"torch.{name}" if is_torchs else f"torch.ops.aten.{name}"
        home, name = getattr(function, "__module__", ""), getattr(function, "__name__", "")
        if home is None or (home.startswith("torch.") and hasattr(torch, name)):
            home = "torch"
        if home in _MODULES and name:
            return f"{_MODULES[home]}.{name}"
        raise NetworkError(f"the step {name or function} can't be written as Python")

    def _arguments(self, args: Any, kwargs: Mapping[str, Any]) -> str:
        plain = [self._text(one) for one in args]
        return ", ".join(plain + [f"{name}={self._text(one)}" for name, one in kwargs.items()])

    def _index(self, index: Any) -> str:
        if isinstance(index, tuple):
            return ", ".join(self._index(one) for one in index)
        if isinstance(index, slice):
            ends = [index.start, index.stop] + ([] if index.step is None else [index.step])
            return ":".join("" if end is None else self._text(end) for end in ends)
        return self._text(index)

    def _text(self, value: Any) -> str:
        if isinstance(value, fx.Node):
            return self._names[value]
        if isinstance(value, tuple):
            inner = ", ".join(self._text(one) for one in value)
            return f"({inner},)" if len(value) == 1 else f"({inner})"
        if isinstance(value, list):
            return f"[{', '.join(self._text(one) for one in value)}]"
        if isinstance(value, str | int | float | bool | None | torch.dtype | torch.memory_format):
            return repr(value)
        raise NetworkError(f"the value {value!r} in a step can't be written as Python")


def _is_method(name: str) -> bool:
    """Whether tensors have a method that torch has no function for, as ``view``."""
    method = getattr(torch.Tensor, name, None)
    return isinstance(method, MethodDescriptorType) and not hasattr(torch, name)
