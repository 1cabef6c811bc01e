"""Which classes a network thinks of when it sees a picture."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from studio.errors import ModelError
from studio.image.picture import Picture
from studio.insight.maps import device_of
from studio.nets.model import Model

if TYPE_CHECKING:
    from torch import nn

_BATCH = 64


@dataclass(frozen=True)
class Answer:
    """A class and its probability, 0 to 1."""

    class_name: str
    probability: float


def classify(
    model: Model,
    pictures: Iterable[Picture],
    top: int = 5,
    module: "nn.Sequential | None" = None,
) -> list[list[Answer]]:
    """The likeliest classes of every picture, as `answers` gives them."""
    return list(answers(model, pictures, top, module))


def answers(
    model: Model,
    pictures: Iterable[Picture],
    top: int = 5,
    module: "nn.Sequential | None" = None,
) -> Iterator[list[Answer]]:
    """The `top` likeliest classes of each picture, the likeliest first, as they become known.

    Parameters
    ----------
    pictures : iterable
        Taken as they are needed, 64 at a time.
    module : nn.Sequential, optional
        What `Model.module` gave, on any device, to spare making it again; evaluation mode is set.

    Raises
    ------
    ModelError
        When the model names no classes, or its answer is not finite.
    PictureError
        When a picture can't be preprocessed.
    """
    import torch

    card = model.card
    if not card.classes:
        raise ModelError(f"{card.title} names no classes, so it can't answer")
    module = model.module() if module is None else module.eval()
    ends_in_softmax = card.network.layers[-1].kind == "softmax"
    waiting = iter(pictures)
    while batch := list(islice(waiting, _BATCH)):
        values = np.stack([card.preprocessing.apply(picture) for picture in batch])
        with torch.inference_mode():
            outputs = module(torch.from_numpy(values).to(device_of(module)))
        scores = outputs.reshape(len(batch), -1).cpu().double().numpy()
        if not np.isfinite(scores).all():
            raise ModelError(f"{card.title} gives answers that are not finite")
        probabilities = scores if ends_in_softmax else softmax(scores)
        for of_picture in probabilities:
            order = np.argsort(-of_picture, kind="stable")[:top]
            yield [Answer(card.classes[index], float(of_picture[index])) for index in order]


def softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """exp(x) over the sum of exp(x), along the last axis."""
    powers: NDArray[np.float64] = np.exp(logits - logits.max(axis=-1, keepdims=True))
    powers /= powers.sum(axis=-1, keepdims=True)
    return powers
