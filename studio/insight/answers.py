"""Which classes a network thinks of when it sees a picture."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from studio.errors import ModelError
from studio.insight.maps import device_of
from studio.nets.model import Model
from studio.nets.row import Row

if TYPE_CHECKING:
    from torch import nn

# Below it, the likeliest class is called a guess.
SURE_FROM = 0.6
_CHANGE_NOTHING = {"flatten", "dropout", "reshape"}


@dataclass(frozen=True)
class Answer:
    """A class and its probability, 0 to 1."""

    class_name: str
    probability: float


def answer_values(
    model: Model, values: NDArray[np.float32], top: int, module: "nn.Module"
) -> list[list[Answer]]:
    """The `top` likeliest classes of each picture, the likeliest first.

    Parameters
    ----------
    values : array, count x channels x height x width
        Preprocessed as the model's card says.
    module : nn.Module
        What `Model.module` gave, in evaluation mode, on any device.

    Raises
    ------
    ModelError
        When the model names no classes, or its answer is not finite.
    """
    import torch

    card = model.card
    if not card.classes:
        raise ModelError(f"{card.title} names no classes, so it can't answer")
    with torch.inference_mode():
        outputs = module(torch.from_numpy(values).to(device_of(module)))
    scores = outputs.reshape(len(values), -1).cpu().double().numpy()
    if not np.isfinite(scores).all():
        raise ModelError(f"{card.title} gives answers that are not finite")
    is_probability = _ends_in_softmax(card.network.table())
    probabilities = scores if is_probability else softmax(scores)
    orders = np.argsort(-probabilities, axis=1, kind="stable")[:, :top]
    return [
        [Answer(card.classes[index], float(of_picture[index])) for index in order]
        for of_picture, order in zip(probabilities, orders, strict=True)
    ]


def _ends_in_softmax(rows: Sequence[Row]) -> bool:
    """Whether the last row that changes a value is a softmax."""
    kinds = (row.kind for row in reversed(rows) if row.kind not in _CHANGE_NOTHING)
    return next(kinds, "") == "softmax"


def softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """exp(x) over the sum of exp(x), along the last axis."""
    powers: NDArray[np.float64] = np.exp(logits - logits.max(axis=-1, keepdims=True))
    powers /= powers.sum(axis=-1, keepdims=True)
    return powers


def percent(probability: float) -> str:
    """A probability for people, never rounded to certainty.

    Examples
    --------
    >>> percent(0.619), percent(0.9998), percent(0.0002)
    ('61.9 %', '> 99.9 %', '< 0.1 %')
    """
    if probability >= 0.9995:
        return "> 99.9 %"
    if probability < 0.0005:
        return "< 0.1 %"
    return f"{100 * probability:.1f} %"


def counted(share: float) -> str:
    """A share that was counted, for people: none and all are exact.

    Examples
    --------
    >>> counted(0.0), counted(0.619), counted(0.9998), counted(1.0)
    ('0 %', '61.9 %', '> 99.9 %', '100 %')
    """
    return f"{share:.0%}".replace("%", " %") if share in (0, 1) else percent(share)
