"""The table of a network that torch.fx has read: its graph run once without numbers."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import torch
from torch import Tensor, fx, nn
from torch.fx.node import map_arg
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry

from studio.nets.field import Field
from studio.nets.graph_flow import Flow, as_maps, follow
from studio.nets.graph_step import ALIASES, POINTWISE, SHAPE, Step, read_step, step_words
from studio.nets.graph_titles import block_of, number_titles
from studio.nets.layer import Size, Window
from studio.nets.row import INPUT, Row
from studio.nets.tracing import node_names

_OPERATIONS_IN_ONE = 2  # torch counts a multiplication with its addition twice
_BROKEN = Size(0, 0, 0)
_NO_PAIR = (0, 0)


def rows_of(graph: fx.GraphModule, input: Size) -> tuple[Row, ...]:
    """One row for every step whose result is a tensor that depends on the picture.

    Weights and multiply-adds of steps that have no row, such as those that only work on weights,
    are counted in the first row that uses their result, so that the sums are the network's.
    Where a step can't take what it is given, its row and all below say so.

    Parameters
    ----------
    graph : fx.GraphModule
        In evaluation mode, with one input; its weights on the meta device.
    input : Size
        Of the picture.
    """
    return _Walk(graph, input).rows()


class _Cost(NamedTuple):
    weights: int
    multiply_adds: int


class _Counting(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Counts floating-point operations by torch's own formulas."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.operations = 0

    def __torch_dispatch__(
        self,
        func: Any,
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        result = func(*args, **(kwargs or {}))
        formula = flop_registry.get(func.overloadpacket)
        if formula is not None:
            self.operations += formula(*args, **(kwargs or {}), out_val=result)
        return result


class _Walk:
    """Runs a graph from node to node and notes a line for each row."""

    def __init__(self, graph: fx.GraphModule, input: Size) -> None:
        self._graph = graph
        self._input = input
        self._names = node_names(graph.graph)
        self._modules = dict(graph.named_modules())
        self._results: dict[fx.Node, Any] = {}
        self._flows: dict[fx.Node, Flow] = {}  # of nodes that depend on the picture
        self._costs: dict[fx.Node, _Cost] = {}  # not yet in a row
        self._counted: set[int] = set()  # weights, by identity
        self._maps: set[tuple[int, ...]] = set()  # shapes of maps met so far
        self._rows: list[Row] = []  # without titles
        self._problem = ""

    def rows(self) -> tuple[Row, ...]:
        with torch.no_grad():
            for node in self._graph.graph.nodes:
                if node.op == "output":
                    break
                if node.op == "placeholder":
                    shape = (1, *self._input)
                    self._results[node] = torch.empty(shape, device="meta")
                    self._flows[node] = Flow(INPUT, shape, (2, 3), Field())
                else:
                    self._visit(node)
        rows = self._rows
        titles = number_titles([row.kind for row in rows], [row.block for row in rows])
        return tuple(replace(row, title=title) for row, title in zip(rows, titles, strict=True))

    def _visit(self, node: fx.Node) -> None:
        module = self._modules[str(node.target)] if node.op == "call_module" else None
        step = read_step(node, module)
        if step.kind == "slice" and isinstance(node.args[0], fx.Node):
            step = self._taken(step, node.args[0])
        given = [self._flows[each] for each in node.all_input_nodes if each in self._flows]
        if self._problem:
            self._pass_by(step, given)
            return
        try:
            result, cost = self._run(step)
        except (RuntimeError, AssertionError, ValueError, TypeError, IndexError) as error:
            self._problem = _first_line(error)
            self._pass_by(step, given)
            return
        self._results[node] = result
        if isinstance(result, Tensor):
            node.meta[SHAPE] = tuple(result.shape)
        for each in node.all_input_nodes:
            earlier = self._costs.pop(each, _Cost(0, 0))
            cost = _Cost(*(sum(both) for both in zip(cost, earlier, strict=True)))
        if given and isinstance(result, Tensor) and step.kind not in ALIASES:
            self._note(step, given, result, cost)
            return
        self._costs[node] = cost
        if given and _holds_tensor(result):
            self._flows[node] = given[0] if len(given) == 1 else self._mixed(step, given)

    def _taken(self, step: Step, source: fx.Node) -> Step:
        """The step that gives several results, where one of them is taken."""
        if source.op != "call_module" or isinstance(self._results.get(source), Tensor):
            return step
        maker = read_step(source, self._modules[str(source.target)])
        return replace(maker, node=step.node) if maker.kind not in ALIASES else step

    def _run(self, step: Step) -> tuple[Any, _Cost]:
        """The result of a step, and the weights and multiply-adds that are its own."""
        node = step.node
        args: Any = map_arg(node.args, self._results.__getitem__)
        kwargs: Any = map_arg(dict(node.kwargs), self._results.__getitem__)
        if _keeps_shape(step, args):
            return args[0], _Cost(self._weights(step, args[0]), 0)
        with _Counting() as counting:
            if node.op == "call_module" and step.module is not None:
                result = step.module(*args, **kwargs)
            elif node.op == "get_attr":
                result = _attribute(self._graph, str(node.target))
            elif node.op == "call_method":
                result = getattr(args[0], str(node.target))(*args[1:], **kwargs)
            else:
                assert callable(node.target)
                result = node.target(*args, **kwargs)
        return result, _Cost(self._weights(step, result), counting.operations // _OPERATIONS_IN_ONE)

    def _weights(self, step: Step, result: Any) -> int:
        """Learned numbers that no earlier step has."""
        found = list(step.module.parameters()) if step.module is not None else []
        if isinstance(result, nn.Parameter):
            found.append(result)
        new = [each for each in found if id(each) not in self._counted]
        self._counted.update(map(id, new))
        return sum(each.numel() for each in new)

    def _mixed(self, step: Step, given: list[Flow]) -> Flow:
        """What several flows together are, before one of their results is taken."""
        axes, field, _ = follow(step, given, given[0].shape)
        return replace(given[0], axes=axes, field=field)

    def _note(self, step: Step, given: list[Flow], result: Tensor, cost: _Cost) -> None:
        shape = tuple(result.shape)
        kind = step.kind
        if (kind == "adaptive_pool" and shape[2:] == (1, 1)) or (
            kind == "mean" and len(given[0].shape) == 4 and given[0].axes and result.ndim != 3
        ):
            kind = "global_pool"
        axes, field, window = follow(step, given, shape)
        name = self._names[step.node]
        flow = as_maps(Flow(name, shape, axes, field), self._maps)
        if flow.axes == (2, 3):
            self._maps.add(shape)
        self._flows[step.node] = flow
        self._rows.append(
            Row(
                name=name,
                kind=kind,
                title="",
                words=step_words(replace(step, kind=kind), result),
                output=flow.size,
                weights=cost.weights,
                multiply_adds=cost.multiply_adds,
                receptive_field=field.size,
                stride=field.stride,
                offset=field.offset,
                inputs=_names_of(given),
                source=given[0].size,
                window=window,
                block=block_of(step.node),
                shape=flow.own_shape,
            )
        )

    def _pass_by(self, step: Step, given: list[Flow]) -> None:
        """Note a step that can't run; the first with a row tells the problem."""
        if not given:
            return
        if step.kind in ALIASES:
            self._flows[step.node] = given[0]
            return
        is_told = bool(self._rows and self._rows[-1].problem)
        problem = "needs the layers above it to work" if is_told else self._problem
        name = self._names[step.node]
        self._flows[step.node] = Flow(name, (1, 0, 0, 0), (2, 3), Field())
        row = Row(
            name=name,
            kind=step.kind,
            title="",
            words="",
            output=_BROKEN,
            weights=0,
            multiply_adds=0,
            receptive_field=_NO_PAIR,
            stride=_NO_PAIR,
            offset=_NO_PAIR,
            problem=problem,
            inputs=_names_of(given),
            source=given[0].size,
            window=Window(),
            block=block_of(step.node),
        )
        self._rows.append(row)


def _names_of(flows: list[Flow]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(flow.name for flow in flows))


def _keeps_shape(step: Step, args: tuple[Any, ...]) -> bool:
    """Whether a step is one of torch's that surely gives the shape it is given, so needs no run."""
    if step.kind not in POINTWISE or not type(step.module).__module__.startswith("torch.nn."):
        return False
    channels = getattr(step.module, "num_features", None)  # of batch normalisation
    return len(args) == 1 and channels in (None, args[0].shape[1])


def _holds_tensor(result: Any) -> bool:
    if isinstance(result, tuple | list) and not isinstance(result, torch.Size):
        return any(isinstance(each, Tensor) for each in result)
    return isinstance(result, Tensor)


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__


def _attribute(owner: Any, path: str) -> Any:
    for name in path.split("."):
        owner = getattr(owner, name)
    return owner
