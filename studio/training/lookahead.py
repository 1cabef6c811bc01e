"""Weights that go back, again and again, to their slow average."""

from typing import Any

import torch
from torch import Tensor, nn

EVERY = 5  # steps


class Lookahead:
    """After every 5 steps, and after the last: s ← r s + (1 − r) w, then w ← s.

    w are the weights and running statistics, s the slow ones, which begin equal. r is the share at
    the end of the run times the cube of the time passed: first the slow weights follow, later they
    lead (M. Zhang et al., Lookahead optimizer, 2019, whose r is always ½; growing as K. Jordan's
    for CIFAR-10, 2024).

    Parameters
    ----------
    share : float
        r at the end of the run, 0 to below 1.
    """

    def __init__(self, module: nn.Module, share: float) -> None:
        self._share = share
        self._fast = [part for part in module.state_dict().values() if part.is_floating_point()]
        self._slow = [part.clone() for part in self._fast]

    @torch.no_grad()
    def follow(self, step: int, steps: int) -> None:
        """To be called after every step of the run, counted from 1."""
        if step % EVERY and step != steps:
            return
        kept = self._share * min(1.0, step / steps) ** 3
        for slow, fast in zip(self._slow, self._fast, strict=True):
            slow.lerp_(fast, 1 - kept)
            fast.copy_(slow)

    def state(self) -> list[Tensor]:
        """The slow weights."""
        return self._slow

    @torch.no_grad()
    def set_state(self, state: list[Any]) -> None:
        """Go on from what `state` gave."""
        for slow, kept in zip(self._slow, state, strict=True):
            slow.copy_(kept)
