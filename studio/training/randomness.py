"""Random numbers of a run's own, whatever else draws from torch's generator meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock

import torch

_TURN = RLock()  # the generators are one for all threads


class Randomness:
    """A state of torch's generators that is put in while the run computes, and out again.

    Weights at the start and dropout draw from torch's global generator. That of an MPS device is
    seeded, but not put back. Two runs in one process compute in turns.
    """

    def __init__(self, seed: int, device: str) -> None:
        self._gpus = [torch.cuda.current_device()] if device == "cuda" else []
        with _TURN, torch.random.fork_rng(self._gpus):
            torch.default_generator.manual_seed(seed)
            if device == "cuda":
                torch.cuda.manual_seed(seed)
            elif device == "mps":
                torch.mps.manual_seed(seed)
            self._keep()

    @contextmanager
    def __call__(self) -> Iterator[None]:
        with _TURN, torch.random.fork_rng(self._gpus):
            torch.set_rng_state(self._state)
            for gpu, state in zip(self._gpus, self._gpu_states, strict=True):
                torch.cuda.set_rng_state(state, gpu)
            yield
            self._keep()

    def state(self) -> list[torch.Tensor]:
        """The generators' states: the CPU's first."""
        return [self._state, *self._gpu_states]

    def set_state(self, states: list[torch.Tensor]) -> None:
        """Go on from what `state` gave."""
        self._state, *self._gpu_states = states

    def _keep(self) -> None:
        self._state = torch.get_rng_state()
        self._gpu_states = [torch.cuda.get_rng_state(gpu) for gpu in self._gpus]
