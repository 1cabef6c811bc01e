"""The graph of a torch module, read with torch.fx, and a name for each of its nodes."""

import operator
from collections.abc import Callable, Mapping
from threading import RLock, get_ident
from typing import Any

import torch
from torch import fx, nn

from studio.nets.joining import JOINS

# Modules that are one step, besides those of torch.nn.
_WHOLE = (*(join.__name__ for join in JOINS.values()), "StochasticDepth", "Permute", "LayerNorm2d")


# Held by whatever lets torch.fx trace: of two at once, each would put back what the other had put
# in place.
tracing = RLock()


class OneThreadTracer(fx.Tracer):
    """Records what its own thread calls.

    While torch.fx traces, it stands in for the call of every module of the process; networks that
    are trained or looked at in other threads must not notice.
    """

    def trace(self, *given: Any, **named: Any) -> fx.Graph:
        with tracing:
            self._thread = get_ident()
            return super().trace(*given, **named)

    def call_module(
        self,
        m: nn.Module,
        forward: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> Any:
        if get_ident() != self._thread:
            return forward(*args, **kwargs)
        return super().call_module(m, forward, args, kwargs)

    def getattr(self, attr: str, attr_val: Any, parameter_proxy_cache: dict[str, fx.Proxy]) -> Any:
        if get_ident() != self._thread:
            return attr_val
        return super().getattr(attr, attr_val, parameter_proxy_cache)


class _Tracer(OneThreadTracer):
    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        return type(m).__name__ in _WHOLE or super().is_leaf_module(m, module_qualified_name)


def trace(module: nn.Module) -> fx.GraphModule:
    """The module as a graph; its parts are the very same ones.

    Raises
    ------
    torch.fx.proxy.TraceError, TypeError
        When what it does depends on the values it is given.
    """
    graph = _Tracer().trace(module)
    for node in graph.nodes:
        # What a step gives must not be changed by a later one.
        if node.kwargs.get("inplace"):
            node.kwargs = {**node.kwargs, "inplace": False}
        if node.target in _NOT_IN_PLACE:
            node.target = _NOT_IN_PLACE[node.target]
    for part in module.modules():
        if getattr(part, "inplace", False):
            setattr(part, "inplace", False)  # noqa: B010 (torch's types don't know it)
    return fx.GraphModule(module, graph)


def node_names(graph: fx.Graph) -> dict[fx.Node, str]:
    """A name for each node: its module's path, or the path it stands in and its function.

    Names that repeat are numbered: ``layer1.0.relu``, ``layer1.0.relu_1``.
    """
    names: dict[fx.Node, str] = {}
    taken: dict[str, int] = {}
    for node in graph.nodes:
        name = _plain_name(node)
        count = taken.get(name, 0)
        taken[name] = count + 1
        names[node] = f"{name}_{count}" if count else name
    return names


def _plain_name(node: fx.Node) -> str:
    if node.op in ("call_module", "get_attr", "placeholder", "output"):
        return str(node.target)
    if _is_one_result(node):
        source, place = node.args
        assert isinstance(source, fx.Node)
        return f"{source.target}.{place}"
    stack: Mapping[str, Any] = node.meta.get("nn_module_stack") or {}
    parents = [path for path, _ in stack.values()]
    function = getattr(node.target, "__name__", str(node.target)).strip("_")
    return ".".join(part for part in (parents[-1] if parents else "", function) if part)


def _is_one_result(node: fx.Node) -> bool:
    """Whether a node takes one of a module's several results, such as those of attention."""
    if node.target is not operator.getitem:
        return False
    source, place = node.args
    return isinstance(source, fx.Node) and source.op == "call_module" and isinstance(place, int)


def _in_place_functions() -> dict[Any, Any]:
    return {
        operator.iadd: operator.add,
        operator.imul: operator.mul,
        operator.isub: operator.sub,
        operator.itruediv: operator.truediv,
        torch.relu_: torch.relu,
        "add_": "add",
        "mul_": "mul",
        "sub_": "sub",
        "div_": "div",
        "relu_": "relu",
    }


_NOT_IN_PLACE = _in_place_functions()
