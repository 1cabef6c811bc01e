"""What a picture is compared with: an input that stands for nothing to be seen."""

from typing import TYPE_CHECKING, Any, Literal

import cv2
import numpy as np

from studio.declare import option
from studio.insight.attribution.method import Asked

if TYPE_CHECKING:
    from torch import Tensor

Baseline = Literal["black", "mean", "white", "blurred"]

_BLUR = 1 / 8  # standard deviation, as a share of the shorter side


def baseline_option() -> Any:
    """The setting that chooses one, the same for every method that compares."""
    return option(
        "black",
        "Baseline",
        "What the picture is compared with, and what covers it.",
        names={
            "black": "Black",
            "mean": "Mean of training",
            "white": "White",
            "blurred": "The picture, blurred",
        },
    )


def baseline_values(asked: Asked, kind: Baseline) -> "Tensor":
    """The network's input for a baseline, 1 x channels x height x width."""
    import torch

    if kind == "blurred":
        rows = asked.values[0].numpy(force=True)
        sigma = _BLUR * min(rows.shape[1:])
        blurred = [cv2.GaussianBlur(channel, (0, 0), sigma) for channel in rows]
        found = torch.from_numpy(np.stack(blurred)[None])
        return found.to(asked.values.device)
    preprocessing = asked.preprocessing
    mean = torch.tensor(preprocessing.mean, dtype=torch.float32)
    std = torch.tensor(preprocessing.std, dtype=torch.float32)
    level = mean if kind == "mean" else torch.full_like(mean, float(kind == "white"))
    normalised = ((level - mean) / std).reshape(1, -1, 1, 1)
    return normalised.to(asked.values.device).expand_as(asked.values).contiguous()
