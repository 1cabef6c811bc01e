"""A class explained by a method: checks before, and the result in full."""

from collections.abc import Iterator
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from studio.errors import ModelError, NetworkError, SettingError
from studio.insight.answers import softmax
from studio.insight.attribution.method import Asked, Attribution, Method, Values
from studio.insight.maps import device_of
from studio.nets.layer import Size
from studio.nets.model import Card, Model

if TYPE_CHECKING:
    from torch import Tensor

    from studio.insight.logits import Logits
    from studio.nets.steps import Steps


def explain(
    model: Model,
    values: Values,
    index: int,
    method: Method,
    steps: "Steps | None" = None,
) -> Iterator[Attribution]:
    """Explain one class's logit; every result but the last is one on the way there.

    Parameters
    ----------
    values : array, channels x height x width
        What `Preprocessing.apply` gives.
    index : int
        The class, from 0.
    method : Method
    steps : Steps, optional
        What `Model.steps` gave, on any device. Evaluation mode is set while something is computed,
        and the mode that was there before is put back before each result is given.

    Raises
    ------
    ModelError
        When the network's answer is not finite.
    NetworkError
        When it can't take the input, or the method can't work on it.
    SettingError
        When a setting of the method means nothing for the network, or there is no such class.
    """
    from studio.insight.logits import evaluation_mode

    steps = model.steps() if steps is None else steps
    begin = perf_counter()
    with evaluation_mode(steps.module):
        asked, probability = _ask(model, values, index, steps)
    parts = method.parts(asked)
    while True:
        with evaluation_mode(steps.module):
            part = next(parts, None)
        if part is None:
            return
        if not np.isfinite(part.values).all():
            raise ModelError(
                f"{method.title} gives values for {model.card.title} that aren't finite"
            )
        yield Attribution(
            method=method,
            index=index,
            class_name=class_name(model.card, index),
            values=part.values,
            map=_together(part.values, method.together) if part.map is None else part.map,
            signed=method.is_signed(),
            logit=asked.logit,
            probability=probability,
            share=part.share,
            seconds=perf_counter() - begin,
            row=part.row,
            baseline_logit=part.baseline_logit,
            residual=part.residual,
        )


def class_name(card: Card, index: int) -> str:
    """The name of a class, or a word for an output of a network that names none."""
    return card.classes[index] if index < len(card.classes) else f"output {index + 1}"


def class_index(card: Card, name: str) -> int:
    """The class of that name.

    Raises
    ------
    ModelError
        When the model names no classes.
    SettingError
        Listing the classes there are.
    """
    if not card.classes:
        raise ModelError(f"{card.title} names no classes, so none can be explained")
    if name not in card.classes:
        listed = ", ".join(card.classes[:20]) + (", …" if len(card.classes) > 20 else "")
        raise SettingError(f"{card.title} has no class '{name}'", f"Its classes are: {listed}")
    return card.classes.index(name)


def class_logits(model: Model, values: Values, steps: "Steps | None" = None) -> NDArray[np.float64]:
    """The logits of all classes for one input, channels x height x width."""
    from studio.insight.logits import evaluation_mode

    steps = model.steps() if steps is None else steps
    with evaluation_mode(steps.module):
        logits, _, _ = _logits(model, values, steps)
    return logits


def _ask(model: Model, values: Values, index: int, steps: "Steps") -> tuple[Asked, float]:
    logits, module, given = _logits(model, values, steps)
    if not 0 <= index < len(logits):
        raise SettingError(
            f"{model.card.title} has no class {index + 1}", f"It gives {len(logits)} values"
        )
    channels, height, width = values.shape
    rows = model.card.network.table(Size(channels, height, width))
    asked = Asked(steps, module, given, index, float(logits[index]), rows, model.card.preprocessing)
    return asked, float(softmax(logits)[index])


def _logits(
    model: Model, values: Values, steps: "Steps"
) -> tuple[NDArray[np.float64], "Logits", "Tensor"]:
    import torch

    from studio.insight.logits import Logits

    network = model.card.network
    if values.ndim != 3 or values.shape[0] != network.input.channels:
        raise NetworkError(f"{network.title} takes {network.input}, not {values.shape}")
    module = Logits(steps)
    given = torch.from_numpy(np.array(values[None], np.float32)).to(device_of(steps.module))
    with torch.no_grad():
        logits: Any = module(given)[0].double().numpy(force=True)
    if not np.isfinite(logits).all():
        raise ModelError(f"{model.card.title} gives answers that are not finite")
    return logits, module, given


def _together(values: Values, how: str) -> Values:
    """Channels x height x width to height x width."""
    if how == "sum":
        return np.asarray(values.sum(axis=0), np.float32)
    return np.asarray(np.abs(values).max(axis=0), np.float32)
