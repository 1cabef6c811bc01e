"""The torch module of a program: a graph of torch.fx, whose layers are torch's own again."""

import operator
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import torch
from torch import fx, nn

from studio.errors import NetworkError
from studio.nets.foreign.lifting import lifted

if TYPE_CHECKING:
    from studio.nets.foreign.program import Program, ProgramStep

_ARITHMETIC: Mapping[str, Any] = {
    "aten.add.Tensor": operator.add,
    "aten.sub.Tensor": operator.sub,
    "aten.mul.Tensor": operator.mul,
    "aten.div.Tensor": operator.truediv,
}


def build_graph(program: "Program") -> fx.GraphModule:
    """The program as a module, its weights freshly initialised.

    Raises
    ------
    NetworkError
        When a step refers to one that isn't above it, or is given what it can't take.
    """
    return _Builder(program).build()


class _Builder:
    def __init__(self, program: "Program") -> None:
        self._program = program
        self._root = nn.Module()
        self._graph = fx.Graph()
        self._nodes: dict[str, fx.Node] = {}

    def build(self) -> fx.GraphModule:
        program = self._program
        self._nodes["input"] = self._graph.placeholder("input")
        for step in program.steps:
            try:
                self._add(step)
            except (KeyError, TypeError, ValueError, RuntimeError, AttributeError) as error:
                reason = str(error).strip().partition("\n")[0]
                raise NetworkError(
                    f"{program.title}: the step {step.name} ({step.op}) can't be made: {reason}"
                ) from None
        if program.output not in self._nodes:
            raise NetworkError(f"{program.title}: there is no step {program.output!r} to give")
        self._graph.output(self._nodes[program.output])
        for node in reversed(self._graph.nodes):
            if node.op not in ("placeholder", "output") and not node.users:
                self._graph.erase_node(node)
        return fx.GraphModule(self._root, self._graph)

    def _add(self, step: "ProgramStep") -> None:
        function = self._function(step.op)
        if step.op.startswith("_operator.") and not all(map(_is_number_or_step, step.args)):
            raise ValueError("it can only be given numbers")
        bound = _bound(function, step)
        layer = lifted(step.op, bound, self._program.parts, step, self._program.modules)
        if layer is not None and self._place(layer.path, layer.module):
            node = self._graph.call_module(layer.path, (self._value(layer.given),))
        else:
            node = self._graph.call_function(
                _ARITHMETIC.get(step.op, function) if not step.kwargs else function,
                tuple(self._value(one) for one in step.args),
                {key: self._value(one) for key, one in step.kwargs.items()},
            )
            node.meta["nn_module_stack"] = self._stack(step.path)
        if layer is not None:
            node.meta["nn_module_stack"] = self._stack(layer.path)
        self._nodes[step.name] = node

    def _function(self, op: str) -> Callable[..., Any]:
        namespace, name, *overload = op.split(".")
        if namespace == "_operator":
            function: Callable[..., Any] = getattr(operator, name)
            return function
        packet = getattr(torch.ops.aten, name)
        getattr(packet, overload[0])  # there is such a one
        found: Callable[..., Any] = packet
        return found

    def _value(self, value: Any) -> Any:
        if isinstance(value, dict):
            ((sort, name),) = value.items()
            if sort == "part":
                return self._attribute(name)
            return self._nodes[name] if sort == "step" else _type(name)
        if isinstance(value, list | tuple):
            return [self._value(one) for one in value]
        return value

    def _attribute(self, name: str) -> fx.Node:
        """A node that gives an array, which is kept under its name."""
        part = self._program.parts[name]
        holder, last = self._holder(name), name.rpartition(".")[2]
        if not hasattr(holder, last):
            empty = torch.empty(part.shape, dtype=getattr(torch, part.dtype))
            if part.learned:
                holder.register_parameter(last, nn.Parameter(empty))
            else:
                holder.register_buffer(last, empty)
        return self._graph.get_attr(name)

    def _place(self, path: str, module: nn.Module) -> bool:
        """Put a layer at its path, unless another one is there."""
        holder, last = self._holder(path), path.rpartition(".")[2]
        there = holder._modules.get(last)
        if there is not None:
            return repr(there) == repr(module)
        if hasattr(holder, last):
            return False
        holder.add_module(last, module)
        return True

    def _holder(self, path: str) -> nn.Module:
        """The module that holds what is at the path."""
        holder = self._root
        for name in path.split(".")[:-1]:
            if name not in holder._modules:
                holder.add_module(name, nn.Module())
            inner = holder._modules[name]
            assert inner is not None
            holder = inner
        return holder

    def _stack(self, path: str) -> dict[str, tuple[str, str]]:
        """The modules that a path goes through, as torch.fx notes them."""
        names = path.split(".") if path else []
        paths = [".".join(names[: count + 1]) for count in range(len(names))]
        kinds = self._program.modules
        inside = [
            one
            for one in paths
            if not kinds.get(one, "").startswith("torch.nn.modules.")
            or kinds[one].endswith("Sequential")
            or one == path
        ]
        return {one: (one, kinds.get(one, "")) for one in inside}


def _is_number_or_step(value: Any) -> bool:
    return isinstance(value, int) or (isinstance(value, dict) and "step" in value)


def _bound(function: Callable[..., Any], step: "ProgramStep") -> dict[str, Any]:
    """The arguments by the names that the operation gives them."""
    if step.op.startswith("_operator."):
        return {}
    overload = getattr(function, step.op.rpartition(".")[2])
    arguments = overload._schema.arguments
    defaults = {one.name: one.default_value for one in arguments if one.has_default_value()}
    placed = dict(zip((one.name for one in arguments), step.args, strict=False))
    return {**defaults, **placed, **step.kwargs}


def _type(name: str) -> torch.dtype:
    found = getattr(torch, name)
    if not isinstance(found, torch.dtype):
        raise ValueError(f"{name!r} is no type of numbers")
    return found
