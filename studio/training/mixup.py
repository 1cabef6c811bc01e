"""Mixup: each picture and its answer mixed with another's (H. Zhang et al., 2018)."""

import torch
from scipy.special import betaincinv
from torch import Tensor
from torch.nn import functional


def mix(
    values: Tensor, labels: Tensor, classes: int, alpha: float, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Mix each picture with another of its batch.

    With the share s drawn for each picture from Beta(alpha, alpha), it becomes s times itself plus
    1 − s times its partner, and its answer likewise. The partners are the batch in another order,
    so a picture may meet itself.

    Parameters
    ----------
    values : Tensor of float, N x channels x height x width
        Normalised pictures.
    labels : Tensor of int64, N
    generator : torch.Generator
        On the CPU; one number and one place in the order are drawn for each picture.

    Returns
    -------
    values : Tensor, N x channels x height x width
    targets : Tensor of float32, N x classes
        Rows add up to 1.
    """
    count, device = len(labels), values.device
    uniform = torch.rand(count, dtype=torch.float64, generator=generator)
    shares = torch.from_numpy(betaincinv(alpha, alpha, uniform.numpy())).float().to(device)
    partners = torch.randperm(count, generator=generator).to(device)
    targets = functional.one_hot(labels, classes).float()
    share = shares.to(values.dtype)[:, None, None, None]
    return (
        torch.lerp(values[partners], values, share),
        torch.lerp(targets[partners], targets, shares[:, None]),
    )
