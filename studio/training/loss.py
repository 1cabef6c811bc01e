"""What is made small."""

from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional

from studio.training.sections import OptimiserSettings


def loss_of(
    settings: OptimiserSettings,
    logits: Tensor,
    targets: Tensor,
    reduction: Literal["mean", "none"] = "mean",
) -> Tensor:
    """The loss of a batch.

    The truth t of a picture has 1 for its class and 0 elsewhere, or is given as shares of the
    classes; with label smoothing s and K classes it becomes (1 − s) t + s / K. With the logits z,
    p = softmax(z) and σ the sigmoid, the loss of one picture is, summed over the classes k:

    - cross_entropy: −Σ t_k log p_k
    - binary: −Σ [t_k log σ(z_k) + (1 − t_k) log(1 − σ(z_k))]
    - squared: Σ (p_k − t_k)²
    - l1: Σ |p_k − t_k|

    Parameters
    ----------
    logits : Tensor of float, N x K
    targets : Tensor
        Labels (int64, N), or shares of the classes (float, N x K).
    reduction : str
        The mean over the pictures, or one number for each.
    """
    smoothing = settings.label_smoothing
    if settings.loss == "cross_entropy":
        return functional.cross_entropy(
            logits, targets, reduction=reduction, label_smoothing=smoothing
        )
    losses = _summed(settings, logits, _shares(logits, targets, smoothing))
    return losses.mean() if reduction == "mean" else losses


def _shares(logits: Tensor, targets: Tensor, smoothing: float) -> Tensor:
    """The truth as N x K."""
    classes = logits.shape[1]
    if not targets.is_floating_point():
        targets = functional.one_hot(targets, classes)
    return targets.to(logits.dtype) * (1 - smoothing) + smoothing / classes


def _summed(settings: OptimiserSettings, logits: Tensor, shares: Tensor) -> Tensor:
    """One number for each picture."""
    if settings.loss == "binary":
        each = functional.binary_cross_entropy_with_logits(logits, shares, reduction="none")
        return each.sum(1)
    apart = torch.softmax(logits, 1) - shares
    return (apart.square() if settings.loss == "squared" else apart.abs()).sum(1)
