"""A torch module taken apart: what each step gives, under the names of the network's table."""

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, fx, nn
from torch.fx.node import map_arg

from studio.nets.row import INPUT
from studio.nets.tracing import node_names, trace

Change = Callable[[Tensor], Tensor]


@dataclass(frozen=True, eq=False)
class _Step:
    """One node: what is called, with which of the earlier results."""

    name: str
    call: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]
    only: int = -1  # the place of the result that is the one argument, where there is no other


class Steps:
    """Runs a module step by step, in its own mode, and keeps what every step gives.

    The module's parts are used as they are: putting it in training mode, moving it or changing its
    weights shows here. In-place steps are made to give new tensors.

    Parameters
    ----------
    module : nn.Module
        With one input, N x C x H x W, and one output.
    """

    def __init__(self, module: nn.Module) -> None:
        self.module = module
        self._graph = module if isinstance(module, fx.GraphModule) else trace(module)
        names = node_names(self._graph.graph)
        places = {node: place for place, node in enumerate(self._graph.graph.nodes)}
        self._steps: list[_Step] = []
        self._nodes: dict[str, fx.Node] = {}
        for node in self._graph.graph.nodes:
            name = INPUT if node.op == "placeholder" else names[node]
            self._nodes[name] = node
            self._steps.append(self._step(node, name, places))
        self._first = next(module.parameters(), None)

    @property
    def device(self) -> torch.device:
        """Where the module's weights are; the CPU if it has none."""
        return torch.device("cpu") if self._first is None else self._first.device

    @property
    def names(self) -> tuple[str, ...]:
        """Every step, from `INPUT` to ``output``."""
        return tuple(self._nodes)

    def part(self, name: str) -> nn.Module | None:
        """The module that makes a step; None where a plain function does."""
        node = self._nodes[name]
        return self._graph.get_submodule(str(node.target)) if node.op == "call_module" else None

    def feeders(self, name: str) -> tuple[str, ...]:
        """The names of the steps whose results a step is given."""
        places = {
            node: step.name for node, step in zip(self._nodes.values(), self._steps, strict=True)
        }
        return tuple(places[node] for node in self._nodes[name].all_input_nodes)

    def run(
        self,
        values: Tensor,
        until: str = "",
        changes: Mapping[str, Change] | None = None,
        keep: Container[str] | None = None,
    ) -> dict[str, Any]:
        """What the steps give.

        Parameters
        ----------
        values : Tensor, N x C x H x W
        until : str
            The last step to run; all if empty.
        changes : mapping of str to callable, optional
            What to make of the results of some steps before later ones are given them.
        keep : container of str, optional
            The names to return; all if left out.

        Returns
        -------
        dict
            By name, in order; `INPUT` is what was given, ``output`` the answer. Some steps of
            networks from elsewhere give no tensors.
        """
        results: list[Any] = []
        found: dict[str, Any] = {}
        result: Any
        for step in self._steps:
            if step.only >= 0:
                result = step.call(results[step.only])
            elif step.name == INPUT:
                result = values
            else:
                result = step.call(*_filled(step.args, results), **_filled(step.kwargs, results))
            if changes and step.name in changes:
                result = changes[step.name](result)
            results.append(result)
            if keep is None or step.name in keep:
                found[step.name] = result
            if step.name == until:
                break
        return found

    def __call__(self, values: Tensor) -> Tensor:
        """The answer, as the module gives it."""
        answer: Tensor = self.run(values, keep=("output",))["output"]
        return answer

    def _step(self, node: fx.Node, name: str, places: Mapping[fx.Node, int]) -> _Step:
        call = self._call_of(node)

        def place(one: fx.Node) -> Any:
            return _Place(places[one])

        args: Any = map_arg(node.args, place)
        kwargs: Any = map_arg(dict(node.kwargs), place)
        if len(args) == 1 and not kwargs and isinstance(args[0], _Place):
            return _Step(name, call, (), {}, args[0].index)
        return _Step(name, call, args, kwargs)

    def _call_of(self, node: fx.Node) -> Callable[..., Any]:
        match node.op:
            case "call_module":
                return self._graph.get_submodule(str(node.target))
            case "call_function":
                assert callable(node.target)
                return node.target
            case "call_method":
                method = str(node.target)
                return lambda owner, *args, **kwargs: getattr(owner, method)(*args, **kwargs)
            case "get_attr":
                path = str(node.target)
                return lambda: _attribute(self._graph, path)
            case "output":
                return lambda answer: answer
        return lambda *_: None  # the placeholder


@dataclass(frozen=True)
class _Place:
    """Stands for the result of an earlier step among the arguments."""

    index: int


def _filled(arguments: Any, results: list[Any]) -> Any:
    """Arguments with results in their places."""
    if isinstance(arguments, _Place):
        return results[arguments.index]
    if isinstance(arguments, tuple | list):
        return type(arguments)(_filled(each, results) for each in arguments)
    if isinstance(arguments, Mapping):
        return {key: _filled(each, results) for key, each in arguments.items()}
    if isinstance(arguments, slice):
        return slice(*_filled((arguments.start, arguments.stop, arguments.step), results))
    return arguments


def _attribute(owner: Any, path: str) -> Any:
    for name in path.split("."):
        owner = getattr(owner, name)
    return owner
