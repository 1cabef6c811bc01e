"""What the page asks for, and how it is computed beside the window."""

from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from studio.insight.answers import softmax
from studio.insight.attribution import Attribution, Method, class_logits, class_name, explain
from studio.insight.overlay import scale_end
from studio.nets.model import Model
from studio.window.network.look import Look

if TYPE_CHECKING:
    from studio.nets.steps import Steps

LIKELIEST = -1


class Chosen(NamedTuple):
    """A class by its number, and the names of the classes that it was chosen from."""

    number: int = LIKELIEST
    names: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Answers:
    """What the network answers: the name and the probability of each class."""

    look: Look
    names: tuple[str, ...]
    probabilities: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Explained:
    """An attribution, the look that it is of, and the end of its colour scale."""

    look: Look
    attribution: Attribution
    end: float


class Explainer:
    """Explains looks; keeps the last model's steps. For one job at a time."""

    def __init__(self) -> None:
        self._model: Model | None = None
        self._steps: Steps | None = None

    def explain(
        self, look: Look, chosen: Chosen, method: Method
    ) -> "Generator[Answers | Explained, None, None]":
        """The answers, then an attribution that grows.

        It is of the likeliest class where that is chosen, or one of another network's.
        """
        steps = self._steps_of(look)
        logits = class_logits(look.model, look.values, steps)
        names = tuple(class_name(look.model.card, index) for index in range(len(logits)))
        yield Answers(look, names, softmax(logits))
        index = chosen.number if chosen.names == names else int(logits.argmax())
        for found in explain(look.model, look.values, index, method, steps):
            yield Explained(look, found, scale_end(found.map))

    def _steps_of(self, look: Look) -> "Steps":
        if self._steps is None or self._model is not look.model:
            self._steps = None
            self._steps, self._model = look.own_steps(), look.model
        return self._steps
