"""What a network says before softmax, as one torch module for whoever explains or excites it."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from torch import Tensor, nn

from studio.errors import ModelError
from studio.nets.steps import Steps

_SOFTMAX = re.compile(r"(log_)?softmax(_\d+)?")
_RELU = re.compile(r"relu6?_?(_\d+)?")


class Logits(nn.Module):
    """N x C x H x W to N x classes: the values that softmax would be given.

    Parameters
    ----------
    steps : Steps
        Its parts are not parts of this module, so nothing that is hooked here reaches them.
    row : str
        A row whose result also passes `at`, a place for hooks; none if empty.
    is_guided : bool
        Whether every ReLU is followed by one of this module's own, used once, which changes no
        value: hooks on these act at every ReLU, also where the network uses one module many times
        or a plain function.
    """

    def __init__(self, steps: Steps, row: str = "", is_guided: bool = False) -> None:
        super().__init__()
        self._steps = steps
        self.last = logits_step(steps)
        self.at = nn.Identity()
        names = relu_steps(steps) if is_guided else ()
        self.relus = nn.ModuleList(nn.ReLU() for _ in names)
        self._changes: Mapping[str, Callable[[Tensor], Tensor]] = {
            **dict(zip(names, self.relus, strict=True)),
            **({row: self.at} if row else {}),
        }

    def forward(self, values: Tensor) -> Tensor:
        found = self._steps.run(values, self.last, self._changes, keep=(self.last,))
        logits: Any = found[self.last]
        # Where the answer is a map, a class is explained by its mean over all places.
        answers: Tensor = logits if logits.ndim == 2 else logits.flatten(2).mean(2)
        return answers


def logits_step(steps: Steps) -> str:
    """The step that gives the logits: the last, or what feeds a softmax at the end.

    Raises
    ------
    ModelError
        When the network gives several answers.
    """
    last = found = _only_feeder(steps, "output")
    while isinstance(steps.part(found), nn.Flatten | nn.Identity | nn.Dropout):
        found = _only_feeder(steps, found)
    return _only_feeder(steps, found) if _is_softmax(steps, found) else last


def _only_feeder(steps: Steps, name: str) -> str:
    feeders = steps.feeders(name)
    if len(feeders) != 1:
        raise ModelError(f"{name} is made from {len(feeders)} results, so there is no one answer")
    return feeders[0]


def _is_softmax(steps: Steps, name: str) -> bool:
    part = steps.part(name)
    if part is None:
        return _SOFTMAX.fullmatch(name.rpartition(".")[2]) is not None
    return isinstance(part, nn.Softmax | nn.LogSoftmax)


def relu_steps(steps: Steps) -> tuple[str, ...]:
    """The steps that cut negative values off, whether modules or functions."""
    found = []
    for name in steps.names:
        part = steps.part(name)
        if part is None:
            if _RELU.fullmatch(name.rpartition(".")[2]):
                found.append(name)
        elif isinstance(part, nn.ReLU | nn.ReLU6):
            found.append(name)
    return tuple(found)


@contextmanager
def evaluation_mode(module: nn.Module) -> Iterator[None]:
    """Every part in evaluation mode, and afterwards in the mode that it was in."""
    training = [part for part in module.modules() if part.training]
    module.eval()
    try:
        yield
    finally:
        for part in training:
            part.training = True
