"""How a network answers labelled pictures: class and loss of each."""

from collections.abc import Generator

import numpy as np

from studio.data.parts import Part
from studio.nets.model import Model
from studio.training.events import Answers

_BATCH = 500  # pictures; small enough for a stop to answer at once


def answer_part(model: Model, part: Part, device: str = "cpu") -> Generator[float, None, Answers]:
    """Answer every picture of a part in full precision, saying which share is done.

    Parameters
    ----------
    part : Part
        Of the size that the model takes.

    Returns
    -------
    Answers
        `losses` are the cross-entropies, with natural logarithms.

    Raises
    ------
    NetworkError, PictureError
        When the pictures are of another size.
    """
    import torch
    from torch.nn import functional

    module = model.module(device)
    ends_in_softmax = model.card.network.table()[-1].kind == "softmax"
    count = len(part)
    answered, losses = np.zeros(count, np.int64), np.zeros(count, np.float32)
    for start in range(0, count, _BATCH):
        here = slice(start, min(start + _BATCH, count))
        values = model.card.preprocessing.batch_from_bytes(np.asarray(part.pictures[here]))
        labels = torch.from_numpy(np.asarray(part.labels[here])).to(device)
        with torch.inference_mode():
            scores = module(torch.from_numpy(values).to(device)).flatten(1).float()
            logs = scores.log() if ends_in_softmax else functional.log_softmax(scores, 1)
            losses[here] = functional.nll_loss(logs, labels, reduction="none").cpu().numpy()
            answered[here] = scores.argmax(1).cpu().numpy()
        yield here.stop / count
    return Answers(np.asarray(part.labels), answered, losses)
