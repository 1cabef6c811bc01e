"""The graph of a torch module, read with torch.fx, and a name for each of its nodes."""

import operator
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from threading import RLock, get_ident
from typing import Any

import torch
from torch import fx, nn

from studio.nets.fixed_modules import FIXED
from studio.nets.joining import JOINS

# Modules that are one step, besides those of torch.nn.
_WHOLE = (
    *(own.__name__ for own in (*JOINS.values(), *FIXED)),
    *("StochasticDepth", "Permute", "LayerNorm2d"),
)


_one_at_a_time = RLock()
_confined: set[type[fx.Tracer]] = set()


@contextmanager
def tracing() -> Iterator[None]:
    """Around whatever lets torch.fx trace, so that other threads don't notice.

    While it traces, torch.fx stands in for the call of every module of the process: networks that
    learn or are looked at in other threads would be recorded, or refused. And of two at once, each
    would put back what the other had put in place.
    """
    with _one_at_a_time:
        _confine(fx.Tracer)
        yield


def _confine(tracer: type[fx.Tracer]) -> None:
    """Let a tracer, and those made from it, record what its own thread does and nothing else."""
    if tracer not in _confined:
        _confined.add(tracer)
        own: Any = vars(tracer)
        if "trace" in own:
            tracer.trace = _remembering(own["trace"])  # type: ignore[method-assign]
        if "call_module" in own:
            tracer.call_module = _calling(own["call_module"])  # type: ignore[method-assign]
        if "getattr" in own:
            tracer.getattr = _looking_up(own["getattr"])  # type: ignore[method-assign]
    for each in tracer.__subclasses__():
        _confine(each)


def _remembering(trace: Any) -> Any:
    @wraps(trace)
    def begin(tracer: Any, *given: Any, **named: Any) -> Any:
        tracer._studio_thread = get_ident()
        return trace(tracer, *given, **named)

    return begin


def _calling(call_module: Any) -> Any:
    @wraps(call_module)
    def call(tracer: Any, module: Any, forward: Any, args: Any, kwargs: Any) -> Any:
        if _is_elsewhere(tracer):
            return forward(*args, **kwargs)
        return call_module(tracer, module, forward, args, kwargs)

    return call


def _looking_up(look_up: Any) -> Any:
    @wraps(look_up)
    def get(tracer: Any, name: str, value: Any, known: Any) -> Any:
        return value if _is_elsewhere(tracer) else look_up(tracer, name, value, known)

    return get


def _is_elsewhere(tracer: Any) -> bool:
    """Whether this is not the thread in which a tracer traces."""
    me = get_ident()
    return getattr(tracer, "_studio_thread", me) != me


class _Tracer(fx.Tracer):
    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        return type(m).__name__ in _WHOLE or super().is_leaf_module(m, module_qualified_name)


def trace(module: nn.Module) -> fx.GraphModule:
    """The module as a graph; its parts are the very same ones.

    Raises
    ------
    torch.fx.proxy.TraceError, TypeError
        When what it does depends on the values it is given.
    """
    with tracing():
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
