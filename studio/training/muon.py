"""Muon, for the matrices inside a network, with AdamW for everything else."""

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor
from torch.optim import Optimizer

_QUINTIC = (3.4445, -4.775, 2.0315)
_ROUNDS = 5
_LIKE_ADAM = 0.2
_BETAS = (0.9, 0.999)
_EPSILON, _SMALLEST = 1e-8, 1e-7


class Muon(Optimizer):
    """Steps whose directions are orthogonal matrices (K. Jordan, 2024).

    A group with ``hidden`` holds weights of hidden layers, each as a matrix with one row for each
    unit or filter. With the rate a, the momentum μ, a matrix W of m x n, its gradient G and the
    factor λ of the decoupled weight decay, a step is

        B ← μ B + (1 − μ) G,  U = (1 − μ) G + μ B (Nesterov's),  W ← (1 − a λ) W,
        W ← W − 0.2 a √max(m, n) · orthogonal(U)

    The factor 0.2 √max(m, n) makes a step about as long as one of AdamW (J. Liu et al., 2025), so
    that one learning rate suits both. The weights of all other groups are moved by AdamW with the
    same rate and weight decay.

    Parameters
    ----------
    groups : iterable of dict
        With ``params`` and ``hidden``.
    lr, momentum, weight_decay : float
    """

    def __init__(
        self, groups: Iterable[dict[str, Any]], lr: float, momentum: float, weight_decay: float
    ) -> None:
        defaults = {"lr": lr, "momentum": momentum, "weight_decay": weight_decay, "hidden": False}
        super().__init__(groups, defaults)

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        """Move every weight that has a gradient."""
        for group in self.param_groups:
            move = self._move_matrix if group["hidden"] else self._move_other
            for weight in group["params"]:
                if weight.grad is not None:
                    weight.mul_(1 - group["lr"] * group["weight_decay"])
                    move(weight, weight.grad, group)

    def _move_matrix(self, weight: Tensor, gradient: Tensor, group: dict[str, Any]) -> None:
        state = self.state[weight]
        if not state:
            state["momentum_buffer"] = torch.zeros_like(weight)
        momentum = group["momentum"]
        mean = state["momentum_buffer"].lerp_(gradient, 1 - momentum)
        update = gradient.lerp(mean, momentum).flatten(1)
        length = _LIKE_ADAM * max(update.shape) ** 0.5
        weight.add_(orthogonal(update).view(weight.shape), alpha=-group["lr"] * length)

    def _move_other(self, weight: Tensor, gradient: Tensor, group: dict[str, Any]) -> None:
        state = self.state[weight]
        if not state:
            state["step"] = 0
            state["exp_avg"] = torch.zeros_like(weight)
            state["exp_avg_sq"] = torch.zeros_like(weight)
        state["step"] += 1
        mean = state["exp_avg"].lerp_(gradient, 1 - _BETAS[0])
        square = state["exp_avg_sq"].mul_(_BETAS[1])
        square.addcmul_(gradient, gradient, value=1 - _BETAS[1])
        mean_share, square_share = (1 - beta ** state["step"] for beta in _BETAS)
        deviation = square.sqrt().div_(square_share**0.5).add_(_EPSILON)
        weight.addcdiv_(mean, deviation, value=-group["lr"] / mean_share)


def orthogonal(matrix: Tensor) -> Tensor:
    """About U V^T where U S V^T is the matrix's singular value decomposition.

    Five rounds of X ← a X + (b X X^T + c (X X^T)²) X, which bring the singular values between
    about 0.7 and 1.2. In bfloat16 on a GPU; in float32 elsewhere, where bfloat16 may be slow.
    """
    a, b, c = _QUINTIC
    x = matrix.bfloat16() if matrix.device.type == "cuda" else matrix
    is_tall = x.shape[0] > x.shape[1]
    x = x.T if is_tall else x
    x = x / x.norm().clamp(min=_SMALLEST)
    for _ in range(_ROUNDS):
        gram = x @ x.T
        x = torch.addmm(x, torch.addmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
    return (x.T if is_tall else x).to(matrix.dtype)
